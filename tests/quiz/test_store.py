"""The local file of results."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from u3edu.quiz.answers import RealOrSyntheticAnswer
from u3edu.quiz.errors import InvalidQuiz
from u3edu.quiz.response import Opening, Response
from u3edu.quiz.store import LocalStore

WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def response(number: int, verdict: str = "real", who: str = "ada") -> Response:
    return Response(
        id=f"{number:032x}",
        quiz="0" * 16,
        item=f"{number:016x}",
        who=who,
        attempt=1,
        answer=RealOrSyntheticAnswer(verdict=verdict),  # type: ignore[arg-type]
        given_at=WHEN,
        seconds=2.5,
    )


def test_what_is_recorded_is_there_when_the_file_is_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "ada" / "answers.jsonl"
    for number in range(3):
        LocalStore(path).record(response(number))
    assert LocalStore(path).responses() == tuple(response(number) for number in range(3))


def test_a_response_recorded_twice_is_kept_once(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "answers.jsonl")
    assert store.record(response(1)) == store.record(response(1))
    assert len(store.responses()) == 1
    assert len(store.path.read_text().splitlines()) == 1


def test_another_response_with_a_known_identifier_is_refused(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "answers.jsonl")
    store.record(response(1))
    with pytest.raises(InvalidQuiz, match="identifier"):
        store.record(response(1, "synthetic"))
    assert store.responses() == (response(1),)


@pytest.mark.parametrize("kept", [1, 20, 200])
def test_a_last_line_that_was_cut_off_costs_no_other_answer(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "answers.jsonl"
    store = LocalStore(path)
    store.record(response(1))
    whole = path.read_bytes()
    store.record(response(2))
    path.write_bytes(path.read_bytes()[: len(whole) + kept])
    reopened = LocalStore(path)
    assert reopened.responses() == (response(1),)
    reopened.record(response(3))
    assert LocalStore(path).responses() == (response(1), response(3))


def test_a_damaged_line_before_the_last_is_named(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    store = LocalStore(path)
    for number in range(3):
        store.record(response(number))
    lines = path.read_text().splitlines()
    lines[1] = lines[1][:30]
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(InvalidQuiz, match="line 2: no response"):
        LocalStore(path).responses()


def test_lines_that_another_kernel_adds_are_seen(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    one, other = LocalStore(path), LocalStore(path)
    one.record(response(1))
    other.record(response(2))
    assert one.responses() == other.responses() == (response(1), response(2))


def test_responses_are_found_by_quiz_and_trainee(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "answers.jsonl")
    store.record(response(1))
    store.record(response(2, who="bert"))
    assert [one.who for one in store.responses("0" * 16, "bert")] == ["bert"]
    assert store.responses("1" * 16) == ()


def test_the_first_opening_of_an_item_counts(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    first = Opening(quiz="0" * 16, item="1" * 16, who="ada", attempt=1, at=WHEN)
    later = first.model_copy(update={"at": datetime(2026, 1, 2, tzinfo=UTC)})
    assert LocalStore(path).opened(first) == first
    assert LocalStore(path).opened(later) == first
    assert len(path.read_text().splitlines()) == 1


def test_every_line_is_plain_json(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "answers.jsonl")
    store.record(response(1))
    line = json.loads(store.path.read_text())
    assert line["answer"] == {"kind": "real_or_synthetic", "verdict": "real"}
    assert line["who"] == "ada" and line["seconds"] == 2.5
