"""Taking a quiz in the classroom: what is kept, what is refused, what is revealed and when."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from tests.classroom.classes import Class, corrected, start_class
from tests.quiz.stand_ins import Clock
from u3edu.classroom.errors import ClassroomProblem, Conflict, NotThere
from u3edu.classroom.ledger import Superseded
from u3edu.quiz.errors import InvalidAnswer, InvalidQuiz
from u3edu.quiz.marking import BookMarker
from u3edu.quiz.quiz import Rules


@pytest.fixture
def taught(engine: Engine, clock: Clock) -> Class:
    return start_class(engine, clock)


def marks_of(taught: Class, who: str) -> list[list[tuple[int, bool]]]:
    return [
        [(number, mark.right) for number, mark in entry.marks]
        for entry in taught.ledger.entries(taught.quiz.id, who)
    ]


def test_every_kind_of_answer_is_kept_and_marked(taught: Class) -> None:
    receipts = taught.answer_all("ada")
    assert [receipt.done for receipt in receipts] == [False] * 4 + [True]
    assert all(receipt.item[-1].mark.right for receipt in receipts if receipt.item[-1].mark)
    standing = taught.room.standing("ada", taught.quiz.id)
    assert [one.response for one in standing.responses] == [receipt.response for receipt in receipts]
    assert {one.response.who for one in standing.responses} == {"ada"}
    marks = [one.mark for one in standing.responses]
    book = BookMarker(taught.quiz, taught.book)
    assert marks == [book.mark(one.response.item, one.response.answer) for one in standing.responses]


def test_a_submission_sent_again_changes_nothing(taught: Class) -> None:
    given = taught.submission("stage_it")
    first = taught.submit("ada", given)
    taught.clock.wait(60)
    assert taught.submit("ada", given) == first
    assert len(taught.ledger.responses()) == 1
    assert marks_of(taught, "ada") == [[(1, True)]]


def test_the_same_submission_from_fifty_windows_at_once_is_kept_once(taught: Class) -> None:
    given = taught.submission("stage_it")
    with ThreadPoolExecutor(10) as pool:
        receipts = list(pool.map(lambda _: taught.submit("ada", given), range(50)))
    assert len({receipt.response.id for receipt in receipts}) == 1
    assert len(taught.ledger.responses()) == 1


def test_of_different_answers_at_once_one_is_kept_and_the_others_are_told(taught: Class) -> None:
    def send(right: bool) -> str:
        try:
            return taught.submit("ada", taught.submission("stage_it", right)).response.id
        except Conflict:
            return ""

    with ThreadPoolExecutor(10) as pool:
        told = list(pool.map(send, [True, False] * 10))
    (kept,) = taught.ledger.responses()
    assert [one for one in told if one] == [kept.id]


def test_another_answer_under_a_known_identifier_is_refused(taught: Class) -> None:
    given = taught.submission("stage_it", right=False)
    taught.submit("ada", given)
    forged = given.model_copy(update={"answer": taught.answer("stage_it")})
    with pytest.raises(Conflict, match="identifier"):
        taught.submit("ada", forged)
    assert marks_of(taught, "ada") == [[(1, False)]]


def test_one_trainees_identifier_in_anothers_hands_touches_nothing_of_the_first(taught: Class) -> None:
    given = taught.submission("stage_it", right=False)
    taught.submit("ada", given)
    stolen = given.model_copy(update={"answer": taught.answer("stage_it")})
    assert taught.submit("alan", stolen).response.who == "alan"
    assert marks_of(taught, "ada") == [[(1, False)]]
    assert marks_of(taught, "alan") == [[(1, True)]]


def test_attempts_come_in_order_and_no_more_than_the_rules_allow(engine: Engine, clock: Clock) -> None:
    taught = start_class(engine, clock, Rules(attempts=2))
    second = taught.submission("stage_it", attempt=2)
    with pytest.raises(Conflict, match="after attempt 1"):
        taught.submit("ada", second)
    first = taught.submission("stage_it", right=False)
    told = taught.submit("ada", first).item[-1].mark
    assert told is not None and "T2" not in told.reason and "again" in told.reason
    receipt = taught.submit("ada", second)
    # Now that it is closed, the first attempt too is told with its reason.
    assert [one.mark.right for one in receipt.item if one.mark] == [False, True]
    assert all(one.mark and "muscularis" in one.mark.reason for one in receipt.item)
    taught.submit("ada", first)
    with pytest.raises(Conflict, match="closed"):
        taught.submit("ada", taught.submission("stage_it", attempt=3))
    assert marks_of(taught, "ada") == [[(1, False)], [(1, True)]]


def test_a_right_answer_closes_the_question(engine: Engine, clock: Clock) -> None:
    taught = start_class(engine, clock, Rules(attempts=3))
    taught.submit("ada", taught.submission("stage_it"))
    with pytest.raises(Conflict, match="closed"):
        taught.submit("ada", taught.submission("stage_it", right=False, attempt=2))


def test_nothing_is_revealed_before_the_end_where_the_rules_say_so(engine: Engine, clock: Clock) -> None:
    taught = start_class(engine, clock, Rules(feedback="end"))
    receipts = taught.answer_all("ada", right=False)
    assert all(one.mark is None for receipt in receipts[:-1] for one in receipt.item)
    assert receipts[-1].done
    standing = taught.room.standing("ada", taught.quiz.id)
    assert all(one.mark is not None for one in standing.responses)


def test_nothing_is_ever_revealed_where_the_rules_say_so(engine: Engine, clock: Clock) -> None:
    taught = start_class(engine, clock, Rules(feedback="none"))
    receipts = taught.answer_all("ada")
    assert all(one.mark is None for receipt in receipts for one in receipt.item)
    assert all(one.mark is None for one in taught.room.standing("ada", taught.quiz.id).responses)
    assert all(entry.marks for entry in taught.ledger.entries())


def test_the_time_counts_by_the_clock_of_the_classroom(engine: Engine, clock: Clock) -> None:
    taught = start_class(engine, clock, Rules(seconds=30))
    given = taught.submission("stage_it")
    with pytest.raises(Conflict, match="time limit"):
        taught.submit("ada", given)
    item = given.item
    first = taught.room.open("ada", taught.quiz.id, item, 1, clock())
    clock.wait(25)
    # Opened again: the first time counts.
    assert taught.room.open("ada", taught.quiz.id, item, 1, clock()) == first
    clock.wait(20)
    receipt = taught.submit("ada", given)
    assert receipt.response.answer is None and receipt.response.seconds == 45
    assert receipt.item[-1].mark is not None and not receipt.item[-1].mark.right
    # What was given is kept all the same, and the instructor can let it count.
    (entry,) = taught.ledger.entries()
    assert entry.late and entry.response.answer == given.answer
    taught.desk.regrade(taught.quiz.id, taught.book, "the network was down", "grace", late_counts=True)
    assert marks_of(taught, "ada") == [[(1, False), (2, True)]]
    assert taught.room.standing("ada", taught.quiz.id).responses[0].response.answer == given.answer


def test_what_is_no_answer_or_answers_nothing_is_refused(taught: Class) -> None:
    given = taught.submission("stage_it")
    other = given.model_copy(update={"answer": taught.answer("rate_abc")})
    with pytest.raises(InvalidAnswer):
        taught.submit("ada", other)
    with pytest.raises(NotThere):
        taught.submit("ada", given.model_copy(update={"item": "0" * 16}))
    with pytest.raises(NotThere):
        taught.room.submit("ada", "0" * 16, given, taught.clock())
    assert taught.ledger.responses() == ()


def test_after_a_correction_the_old_marks_are_kept_beside_the_new_ones(taught: Class) -> None:
    taught.answer_all("ada")
    book = corrected(taught.book, "stage_it", choice=2)
    assert taught.desk.regrade(taught.quiz.id, book, "T3 after all", "grace") == (5, 1)
    marks = {tuple(one) for one in marks_of(taught, "ada")}
    assert marks == {((1, True), (2, True)), ((1, True), (2, False))}
    assert taught.desk.regrade(taught.quiz.id, book, "T3 after all", "grace") == (5, 0)  # sent again
    readings = {one.kind: one.score for one in taught.desk.readings(taught.quiz.id)}
    assert readings["stage_it"] == 0 and readings["rate_abc"] == 1
    step = list(taught.trail.steps())[-1]
    assert (step.who, step.action, step.detail["why"]) == ("grace", "re-graded", "T3 after all")
    # A new answer is marked with the corrected book alone.
    taught.submit("alan", taught.submission("stage_it"))
    assert marks_of(taught, "alan") == [[(2, False)]]


def test_a_book_that_cannot_mark_what_was_given_changes_nothing(taught: Class) -> None:
    taught.answer_all("ada")
    other = taught.book.document.model_copy(update={"quiz": "0" * 16})
    with pytest.raises(InvalidQuiz):
        taught.desk.regrade(taught.quiz.id, type(taught.book)(other, taught.book.files), "no", "grace")
    assert taught.shelf.edition(taught.quiz.id).version == 1


def test_a_mark_by_a_book_that_was_corrected_meanwhile_is_made_anew(taught: Class) -> None:
    response = taught.submit("ada", taught.submission("stage_it")).response
    taught.desk.regrade(taught.quiz.id, taught.book, "again", "grace")
    mark = BookMarker(taught.quiz, taught.book).mark(response.item, response.answer)
    late = response.model_copy(update={"who": "alan"})
    with pytest.raises(Superseded):
        taught.ledger.record(late, mark=mark, version=1)
    assert {one.who for one in taught.ledger.responses()} == {"ada"}


def test_answers_during_a_correction_all_end_up_with_the_newest_mark(taught: Class) -> None:
    def take(who: str) -> None:
        for item in taught.quiz.items:
            taught.submit(who, taught.submission(item.kind))

    with ThreadPoolExecutor(6) as pool:
        waiting = [pool.submit(take, f"trainee {number}") for number in range(10)]
        for version in range(2, 5):
            taught.desk.regrade(taught.quiz.id, taught.book, f"version {version}", "grace")
        for one in waiting:
            one.result()
    entries = taught.ledger.entries(taught.quiz.id)
    assert len(entries) == 50
    assert {entry.marks[-1][0] for entry in entries} == {4}


def test_a_quiz_is_published_once_and_whole(taught: Class) -> None:
    with pytest.raises(Conflict, match="published already"):
        taught.desk.publish(taught.quiz, taught.book, "again", "grace")
    taught.desk.publish(taught.quiz, taught.book, "every-kind", "grace")  # as after a lost reply
    assert len(list(taught.trail.steps())) == 1
    with pytest.raises(InvalidQuiz, match="name"):
        taught.desk.publish(taught.quiz, taught.book, "../again", "grace")
    (listed,) = taught.room.quizzes()
    assert (listed.name, listed.items) == ("every-kind", 5)
    kept = taught.shelf.quiz(taught.quiz.id)
    assert kept.document == taught.quiz.document and kept.files == taught.quiz.files
    assert isinstance(NotThere(""), ClassroomProblem)
