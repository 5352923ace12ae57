"""The service over HTTP for instructors: the class, files to take away, corrections, publishing."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.classroom.classes import corrected
from tests.classroom.service_site import Site, client
from tests.quiz.stand_ins import every_kind
from u3edu.classroom.errors import ClassroomProblem
from u3edu.classroom.publication import Correction, Publication
from u3edu.quiz.marking import BookMarker
from u3edu.quiz.statistics.reading import read_csv


def test_an_instructor_sees_the_class_and_takes_it_away(site: Site, tmp_path: Path) -> None:
    quiz, book = site.taught.quiz, site.taught.book
    grace = site.hub.instructor("grace")
    kim, lee = client(site, site.hub.trainee("kim")), client(site, site.hub.trainee("=lee"))
    for item in quiz.items:
        kim.submit(quiz.id, site.taught.submission(item.kind))
        lee.submit(quiz.id, site.taught.submission(item.kind, right=False))
    assert site.ask(f"{site.at}/class", site.hub.trainee("kim")).status == 403
    view = site.ask(f"{site.at}/class", grace).json()
    trainees = {one["who"]: one for one in view["trainees"]}
    assert (trainees["kim"]["answered"], trainees["kim"]["right"], trainees["kim"]["points"]) == (5, 5, 5)
    assert trainees["=lee"]["cells"] == [0] * 5
    assert [one["answers"] >= 2 for one in view["items"]] == [True] * 5

    def table(name: str) -> list[dict[str, str]]:
        reply = site.ask(f"quizzes/{quiz.id}/{name}", grace)
        assert "attachment" in reply.headers["Content-Disposition"]
        (tmp_path / name).write_bytes(reply.content)
        return list(csv.DictReader(io.StringIO(reply.content.decode())))

    book_rows = {row["username"]: row for row in table("gradebook.csv")}
    assert (book_rows["kim"]["points"], book_rows["kim"]["of"], book_rows["kim"]["percent"]) == (
        "5",
        "5",
        "100.0",
    )
    assert "'=lee" in book_rows  # no spreadsheet takes the name for a formula
    answers = [row for row in table("answers.csv") if row["who"] == "kim"]
    assert {row["kind"]: row["answer"] for row in answers}["stage_it"] == "T2"
    table("readings.csv")
    readings = [one for one in read_csv(tmp_path / "readings.csv") if one.who in ("kim", "=lee")]
    marker = BookMarker(quiz, book)
    expected = {
        (one.who, one.item): marker.mark(one.item, one.answer).score
        for one in site.taught.ledger.responses(quiz.id)
        if one.who in ("kim", "=lee")
    }
    assert {(one.who, one.item): one.score for one in readings} == expected
    lines = site.ask(f"quizzes/{quiz.id}/statements.jsonl", grace).content.decode().splitlines()
    mine = [json.loads(line) for line in lines]
    mine = [one for one in mine if one["actor"]["account"]["name"] == "kim"]
    assert len(mine) == 5 and all(one["verb"]["id"].endswith("/answered") for one in mine)
    assert all(one["result"]["success"] and one["result"]["score"]["scaled"] == 1 for one in mine)
    steps = [json.loads(line) for line in site.ask("trail.jsonl", grace).content.decode().splitlines()]
    assert {"published", "exported", "refused"} <= {step["action"] for step in steps}


def test_after_a_correction_new_marks_count_and_old_ones_are_told(site: Site) -> None:
    quiz = site.taught.quiz
    token = site.hub.instructor("grace")
    mia = client(site, site.hub.trainee("mia"))
    mia.submit(quiz.id, site.taught.submission("rate_abc"))
    book = corrected(site.taught.book, "rate_abc", fault="none")
    done = client(site, token).regrade(quiz.id, Correction.of(book, "the caption is true", False))
    assert done.changed >= 1
    (marked,) = mia.standing(quiz.id).responses
    assert marked.mark is not None and not marked.mark.right
    rows = csv.DictReader(io.StringIO(site.ask(f"quizzes/{quiz.id}/answers.csv", token).content.decode()))
    row = next(row for row in rows if row["who"] == "mia")
    assert (row["score"], row["earlier_scores"]) == ("0.0", "1:1")
    # The record store is told that the old statement does not hold.
    text = site.ask(f"quizzes/{quiz.id}/statements.jsonl", token).content.decode()
    lines = [json.loads(line) for line in text.splitlines()]
    ids = [line["id"] for line in lines]
    voided = [line["object"]["id"] for line in lines if line["verb"]["id"].endswith("/voided")]
    assert voided and set(voided) <= set(ids) and len(set(ids)) == len(ids)
    client(site, token).regrade(quiz.id, Correction.of(site.taught.book, "and back", False))


def test_what_cannot_be_published_is_refused_in_words(site: Site) -> None:
    quiz, book = every_kind()
    grace = client(site, site.hub.instructor("grace"))
    other = type(book)(book.document.model_copy(update={"quiz": "a" * 16}), book.files)
    with pytest.raises(ValueError, match="answer book of quiz"):
        grace.publish(Publication.of("other", quiz, other))
    with pytest.raises(ClassroomProblem, match="scope"):
        client(site, site.hub.trainee("ned")).publish(Publication.of("mine", quiz, book))


def test_statements_name_the_address_that_browsers_see(site: Site) -> None:
    """Behind a web server with a certificate and the Hub's proxy, which adds its own protocol."""
    client(site, site.hub.trainee("oda")).submit(
        site.taught.quiz.id, site.taught.submission("real_or_synthetic")
    )
    headers = {"Host": "jupyter.hospital.example", "X-Forwarded-Proto": "https,http"}
    path = f"quizzes/{site.taught.quiz.id}/statements.jsonl"
    lines = site.ask(path, site.hub.instructor("grace"), **headers).content.decode().splitlines()
    pages = {json.loads(line)["actor"]["account"]["homePage"] for line in lines}
    assert pages == {"https://jupyter.hospital.example/services/u3edu/"}
