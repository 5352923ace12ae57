"""`u3edu quiz mark` and `u3edu quiz report`: from handed-in files to the paper's table."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from tests.quiz.stand_ins import every_kind
from u3edu.cli import app
from u3edu.quiz.answer_book import write_answer_book
from u3edu.quiz.quiz import write_quiz
from u3edu.quiz.session import QuizSession
from u3edu.quiz.statistics.reading import read_csv
from u3edu.quiz.store import LocalStore


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["quiz", *map(str, words)])


def write_study(path: Path, readers: int = 6) -> None:
    """A table of two reader tests in two datasets, of which every number is known."""
    rng = np.random.default_rng(4)
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["who", "item", "kind", "dataset", "source", "fault", "answer"])
        for dataset in ("pelvic MRI", "chest CT"):
            for reader in range(readers):
                who = f"reader {reader}"
                for item in range(20):
                    source = "real" if item < 10 else "synthetic"
                    # Reader n takes n of the ten synthetic pictures for real, and errs nowhere else.
                    answer = "real" if source == "real" or item - 10 < reader else "synthetic"
                    table.writerow(
                        [who, f"{dataset} r{item}", "real_or_synthetic", dataset, source, "", answer]
                    )
                    rating = rng.choice(["A", "B", "C"], p=[0.8, 0.1, 0.1])
                    table.writerow([who, f"{dataset} c{item}", "rate_abc", dataset, source, "none", rating])
                table.writerow([who, f"{dataset} x", "rate_abc", dataset, "synthetic", "unnatural", "C"])


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a report and what the command printed; the table lies beside it."""
    folder = tmp_path_factory.mktemp("study")
    write_study(folder / "responses.csv")
    result = run("report", folder / "responses.csv", "--output", folder / "report")
    assert result.exit_code == 0, result.output
    return folder / "report", result.output


def test_the_papers_table_comes_from_a_csv_by_one_command(reported: tuple[Path, str]) -> None:
    folder, printed = reported
    with (folder / "reader_study.csv").open() as file:
        rows = {row["dataset"]: row for row in csv.DictReader(file)}
    assert list(rows) == [
        "chest CT",
        "chest CT, the paper's physicians",
        "pelvic MRI",
        "pelvic MRI, the paper's physicians",
    ]
    # Accuracies 20/20, 19/20, ... 15/20.
    expected = np.arange(20, 14, -1) / 20
    assert (
        rows["pelvic MRI"]["accuracy, real or synthetic"]
        == f"{expected.mean():.2f} ± {expected.std(ddof=1):.2f}"
    )
    assert rows["pelvic MRI"]["readers"] == "6"
    paper = rows["pelvic MRI, the paper's physicians"]
    assert paper["accuracy, real or synthetic"] == "0.69 ± 0.11"
    assert paper["A: synthetic (vs. real)"] == "0.80 ± 0.15 (vs. 0.78 ± 0.20)"
    assert (
        rows["chest CT, the paper's physicians"]["C: synthetic (vs. real)"] == "0.18 ± 0.21 (vs. 0.12 ± 0.14)"
    )
    assert "accuracy, real or synthetic: 0.69 ± 0.11" in printed


def test_shares_of_the_table_are_those_of_the_csv(reported: tuple[Path, str]) -> None:
    folder, _ = reported
    rated = [
        one
        for one in read_csv(folder.parent / "responses.csv")
        if (one.kind, one.source, one.dataset, one.fault) == ("rate_abc", "synthetic", "chest CT", "none")
    ]
    readers = sorted({one.who for one in rated})
    shares = [np.mean([one.answer == "A" for one in rated if one.who == who]) for who in readers]
    study = json.loads((folder / "study.json").read_text())
    chest = next(one for one in study["datasets"] if one["dataset"] == "chest CT")
    assert chest["ratings"][0]["synthetic"]["mean"] == pytest.approx(np.mean(shares))
    assert chest["ratings"][0]["synthetic"]["sd"] == pytest.approx(np.std(shares, ddof=1))
    assert sum(one["synthetic"]["mean"] for one in chest["ratings"]) == pytest.approx(1)


def test_the_report_holds_tables_figures_and_valid_json(reported: tuple[Path, str]) -> None:
    folder, _ = reported
    page = (folder / "report.md").read_text()
    for name in ("accuracy.png", "ratings.png", "items.png"):
        assert (folder / name).read_bytes().startswith(b"\x89PNG")
        assert f"({name})" in page
    assert "| pelvic MRI, the paper's physicians | 5 | 0.69 ± 0.11 |" in page
    assert "Fleiss' kappa" in page and "d′" in page
    assert "NaN" not in (folder / "study.json").read_text()
    with (folder / "trainees.csv").open() as file:
        trainees = list(csv.DictReader(file))
    assert [row["who"] for row in trainees] == [f"reader {number}" for number in range(6)]
    assert trainees[3]["sensitivity"] == "0.7000" and trainees[3]["specificity"] == "1.0000"
    with (folder / "items.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 82


def test_what_trainees_hand_in_is_marked_into_the_table_that_the_report_reads(tmp_path: Path) -> None:
    quiz, book = every_kind()
    write_quiz(quiz, tmp_path / "quiz")
    write_answer_book(book, tmp_path / "keys")
    given = {
        "real_or_synthetic": ("real", None),
        "rate_abc": ("A", None),
        "stage_it": ("T2", None),
        "what_changed": ("margin", (0, 0)),
    }
    for who in ("ada", "bert"):
        session = QuizSession(quiz, who, LocalStore(tmp_path / f"{who}.jsonl"))
        while session.item is not None and session.item.kind in given:
            answer, place = given[session.item.kind]
            session.answer(answer, place=place)  # type: ignore[arg-type]
    marked = tmp_path / "marked.csv"
    files = [tmp_path / "ada.jsonl", tmp_path / "bert.jsonl", tmp_path / "ada.jsonl"]
    result = run("mark", tmp_path / "quiz", *files, "--keys", tmp_path / "keys", "--output", marked)
    assert result.exit_code == 0, result.output
    readings = read_csv(marked)
    assert "of 2 trainees, marked" in result.output
    scores = {one.kind: one.score for one in readings if one.who == "ada"}
    expected = {"real_or_synthetic": 1, "rate_abc": 0, "stage_it": 1, "what_changed": 0.5}
    assert scores == {kind: expected[kind] for kind in scores} and scores
    assert len(readings) == 2 * len(scores), "a file handed in twice counts once"
    result = run("report", marked, "--output", tmp_path / "report")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("who,item\nada,1\n", "no column kind, dataset, answer"),
        ("who,item,kind,dataset,answer,source\n", "no answers in it"),
        (
            "who,item,kind,dataset,answer,source\na,1,rate_abc,d,D,real\n",
            "line 2: text: answer: 'D' is none of A, B, C",
        ),
        (
            "who,item,kind,dataset,answer,source\na,1,rate_abc,d,A,\n",
            "line 2: text: source: a row of rate_abc",
        ),
        ("who,item,kind,dataset,answer\na,1,stage_it,d,T1\n", "line 2: score"),
        ("who,item,kind,dataset,answer,source\na,1,guess,d,A,real\n", "line 2: kind"),
        (
            "who,item,kind,dataset,answer,source\n" + 2 * "a,1,rate_abc,d,A,real\n",
            "a answers item 1 twice",
        ),
        ("\x00\xff", "CSV"),
    ],
)
def test_a_table_that_cannot_be_used_is_told_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "table.csv").write_text(text, encoding="latin-1")
    result = run("report", tmp_path / "table.csv", "--output", tmp_path / "report")
    assert result.exit_code == 1
    assert message in result.output and "Traceback" not in result.output
    assert result.output.startswith("u3edu: ")


def test_missing_files_and_wrong_keys_are_told(tmp_path: Path) -> None:
    quiz, book = every_kind()
    write_quiz(quiz, tmp_path / "quiz")
    write_answer_book(book, tmp_path / "keys")
    out = tmp_path / "out.csv"
    for words, message in (
        ((tmp_path / "quiz", "gone.jsonl", "--keys", tmp_path / "keys"), "no file gone.jsonl"),
        ((tmp_path, "gone.jsonl", "--keys", tmp_path / "keys"), "no quiz.json in it"),
        ((tmp_path / "quiz", "gone.jsonl", "--keys", tmp_path / "quiz"), "no keys.json in it"),
    ):
        result = run("mark", *words, "--output", out)
        assert result.exit_code == 1 and message in result.output
    assert run("report", tmp_path / "gone.csv", "--output", tmp_path / "r").exit_code == 1
