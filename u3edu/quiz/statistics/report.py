"""The report of a reader study: tables as CSV, all figures as JSON, drawings, and a page that holds them."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from u3edu.quiz.statistics.figures import accuracy_figure, items_figure, ratings_figure
from u3edu.quiz.statistics.paper_table import HEAD, NOTE, as_markdown, p_in_words, paper_rows
from u3edu.quiz.statistics.study import Agreement, DatasetFigures, ReaderStudy


def write_report(study: ReaderStudy, folder: Path) -> tuple[Path, ...]:
    """Write a report into a folder.

    Parameters
    ----------
    study : ReaderStudy
    folder : pathlib.Path
        Must be there.

    Returns
    -------
    tuple of pathlib.Path
        ``report.md``, ``study.json``, ``reader_study.csv`` (the paper's table), ``trainees.csv``,
        ``items.csv`` and three PNG files.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    drawings = {"accuracy.png": accuracy_figure, "ratings.png": ratings_figure, "items.png": items_figure}
    for name, draw in drawings.items():
        draw(study).savefig(folder / name, dpi=110)
    (folder / "study.json").write_text(json.dumps(study.to_dict(), indent=1) + "\n", "utf-8")
    _write_csv(folder / "reader_study.csv", [dict(zip(HEAD, row, strict=True)) for row in paper_rows(study)])
    _write_csv(folder / "trainees.csv", trainee_rows(study))
    _write_csv(folder / "items.csv", item_rows(study))
    (folder / "report.md").write_text(page(study), "utf-8")
    names = ("report.md", "study.json", "reader_study.csv", "trainees.csv", "items.csv", *drawings)
    return tuple(folder / name for name in names)


def page(study: ReaderStudy) -> str:
    """The report as Markdown."""
    title = f"# Reader study: {len(study.trainees)} trainees, {len(study.items)} items\n"
    parts = [title, "## As in section 3 of the paper\n", as_markdown(paper_rows(study)), NOTE + "\n"]
    parts += ["![Accuracy](accuracy.png)\n", "![Ratings](ratings.png)\n"]
    for figures in study.datasets:
        parts += [f"## {figures.dataset}\n", *_dataset_page(figures)]
    parts += [
        "## Items\n",
        "![Items](items.png)\n",
        f"Figures of each item are in items.csv. {_ITEMS_NOTE}\n",
    ]
    return "\n".join(parts)


_ITEMS_NOTE = (
    "difficulty: share of the trainees who got it wholly right. point_biserial and upper_lower (27 %): "
    "against the score in all other items. rasch_difficulty: logits, with standard error."
)


def _dataset_page(figures: DatasetFigures) -> list[str]:
    rows = [
        (name, str(one), f"{one.low:.2f} to {one.high:.2f}", str(one.n)) for name, one in _measures(figures)
    ]
    parts = [as_markdown(rows, ("measure", "mean ± SD over readers", "95 % bootstrap interval", "readers"))]
    if figures.ratings:
        tests = [(one.rating, p_in_words(one.p_paired), p_in_words(one.p_welch)) for one in figures.ratings]
        parts.append(as_markdown(tests, ("synthetic against real", "p, paired t-test", "p, Welch's t-test")))
    if figures.confusion:
        given = [(right, *(str(count) for count in row.values())) for right, row in figures.confusion.items()]
        parts.append(as_markdown(given, ("made to be", "rated A", "rated B", "rated C")))
    agreements = (("real or synthetic", figures.source_agreement), ("A, B, C", figures.rating_agreement))
    listed = [_agreement_row(name, one) for name, one in agreements if one is not None]
    if listed:
        parts.append(
            as_markdown(listed, ("agreement", "items", "readers", "Fleiss' kappa", "Krippendorff's alpha"))
        )
    return parts


def _measures(figures: DatasetFigures) -> list[tuple[str, Any]]:
    named = [(f"accuracy, {kind.replace('_', ' ')}", one) for kind, one in figures.accuracy.items()]
    named += [(f"accuracy where {right} is right", one) for right, one in figures.by_class.items()]
    found = {
        "sensitivity to synthetic": figures.sensitivity,
        "specificity": figures.specificity,
        "d′ (log-linear correction)": figures.d_prime,
        "criterion c": figures.criterion,
    }
    return named + [(name, one) for name, one in found.items() if one is not None]


def _agreement_row(name: str, one: Agreement) -> tuple[str, ...]:
    return (
        name,
        str(one.items),
        str(one.readers),
        _with_interval(one.kappa, one.kappa_interval),
        _with_interval(one.alpha, one.alpha_interval),
    )


def _with_interval(value: float | None, interval: tuple[float, float] | None) -> str:
    if value is None:
        return "-"
    return f"{value:.2f}" + (f" ({interval[0]:.2f} to {interval[1]:.2f})" if interval else "")


def trainee_rows(study: ReaderStudy) -> list[dict[str, Any]]:
    """A row for each trainee."""
    kinds = sorted({kind for one in study.trainees for kind in one.accuracy})
    return [
        {
            "who": one.who,
            "answers": one.answers,
            "score": one.score,
            **{f"accuracy_{kind}": one.accuracy.get(kind) for kind in kinds},
            "sensitivity": one.sensitivity,
            "specificity": one.specificity,
            "d_prime": one.d_prime,
            "criterion": one.criterion,
            "ability_logits": one.ability,
        }
        for one in study.trainees
    ]


def item_rows(study: ReaderStudy) -> list[dict[str, Any]]:
    """A row for each item."""
    return [
        vars(one)
        | {
            "rasch_difficulty": study.difficulties.get(one.item, (None, None))[0],
            "rasch_error": study.difficulties.get(one.item, (None, None))[1],
        }
        for one in study.items
    ]


def _write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows with four decimals; what is not defined stays empty."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]) if rows else [])
        table.writeheader()
        for row in rows:
            table.writerow(
                {name: f"{one:.4f}" if isinstance(one, float) else one for name, one in row.items()}
            )
