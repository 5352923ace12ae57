"""The reader-study table of the paper (section 3) from a class's answers, with the physicians beside it."""

from collections.abc import Sequence

from u3edu.quiz.statistics.ratings import RATINGS
from u3edu.quiz.statistics.reading import REAL_OR_SYNTHETIC
from u3edu.quiz.statistics.reference import CITATION, PAPER, READERS
from u3edu.quiz.statistics.study import DatasetFigures, ReaderStudy

HEAD = (
    "dataset",
    "readers",
    "accuracy, real or synthetic",
    *(f"{rating}: synthetic (vs. real)" for rating in RATINGS),
    "t-test, p (A; B; C)",
)
NOTE = (
    "Mean ± SD over readers (n - 1). Chance is 0.50 in the first test. A: natural, and the caption fits; "
    "B: natural, but the caption does not fit; C: not natural. Items made wrong on purpose are left out. "
    "p: two-sided paired t-test over readers; no correction for three comparisons. "
    f"Physicians: {CITATION}, which gives p > 0.05 for all."
)


def paper_rows(study: ReaderStudy) -> list[tuple[str, ...]]:
    """A row for each dataset, and after it the paper's physicians where the paper has that dataset."""
    rows = []
    for figures in study.datasets:
        rows.append(_class_row(figures))
        if figures.dataset in PAPER:
            rows.append(_paper_row(figures.dataset))
    return rows


def as_markdown(rows: Sequence[tuple[str, ...]], head: tuple[str, ...] = HEAD) -> str:
    """Rows as a Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines) + "\n"


def p_in_words(p: float | None) -> str:
    """A p value with two digits, or a dash."""
    return "-" if p is None else "< 0.001" if p < 0.001 else f"{p:.3f}" if p < 0.01 else f"{p:.2f}"


def _class_row(figures: DatasetFigures) -> tuple[str, ...]:
    accuracy = figures.accuracy.get(REAL_OR_SYNTHETIC)
    ratings = [f"{one.synthetic} (vs. {one.real})" for one in figures.ratings]
    tests = "; ".join(p_in_words(one.p_paired) for one in figures.ratings)
    return (
        figures.dataset,
        str(figures.readers),
        str(accuracy) if accuracy else "-",
        *(ratings or ["-"] * len(RATINGS)),
        tests or "-",
    )


def _paper_row(dataset: str) -> tuple[str, ...]:
    paper = PAPER[dataset]
    ratings = (f"{paper.synthetic[rating]} (vs. {paper.real[rating]})" for rating in RATINGS)
    return (f"{dataset}, the paper's physicians", str(READERS), str(paper.accuracy), *ratings, "> 0.05")
