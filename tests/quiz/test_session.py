"""Taking a quiz from Python: one answer at a time, kept at once, by the instructor's rules."""

from pathlib import Path

import pytest

from tests.quiz.stand_ins import RIGHT, WRONG, Clock, MemoryStore, every_kind
from u3edu.quiz.answer_book import AnswerBook
from u3edu.quiz.answers import answer_to
from u3edu.quiz.errors import InvalidAnswer
from u3edu.quiz.marking import BookMarker, KnownMarks
from u3edu.quiz.quiz import Quiz, Rules
from u3edu.quiz.response import Response
from u3edu.quiz.session import QuizSession
from u3edu.quiz.store import LocalStore


def session(built: tuple[Quiz, AnswerBook], results: object = None, **options: object) -> QuizSession:
    quiz, book = built
    return QuizSession(quiz, "ada", results or MemoryStore(), BookMarker(quiz, book), **options)  # type: ignore[arg-type]


def answer_all(quiz: QuizSession, answers: dict[str, tuple[object, object]]) -> None:
    while quiz.item is not None:
        given, place = answers[quiz.item.kind]
        quiz.answer(given, place=place)  # type: ignore[arg-type]


def test_right_answers_to_every_kind_get_full_marks(built: tuple[Quiz, AnswerBook]) -> None:
    quiz = session(built)
    answer_all(quiz, RIGHT)
    assert str(quiz.score()) == "5 of 5 answered, 5 right"


def test_wrong_answers_to_every_kind_are_not_right(built: tuple[Quiz, AnswerBook]) -> None:
    quiz = session(built)
    answer_all(quiz, WRONG)
    assert quiz.score().right == 0
    assert quiz.score().points == 0


def test_a_session_goes_on_where_the_last_one_stopped(built: tuple[Quiz, AnswerBook], tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    first = session(built, LocalStore(path))
    item = first.item
    assert item is not None
    first.answer(*RIGHT[item.kind][:1], place=RIGHT[item.kind][1])
    again = session(built, LocalStore(path))
    assert again.answered == 1
    assert again.item == built[0].items[1]
    assert again.feedback(item) == first.feedback(item)
    answer_all(again, RIGHT)
    assert session(built, LocalStore(path)).score().right == 5


def test_an_answer_is_on_disk_before_the_call_returns(built: tuple[Quiz, AnswerBook], tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "answers.jsonl")
    quiz = session(built, store)
    for number in range(1, 6):
        item = quiz.item
        assert item is not None
        quiz.answer(*RIGHT[item.kind][:1], place=RIGHT[item.kind][1])
        assert len(LocalStore(store.path).responses()) == number


def test_feedback_comes_after_submission_alone(built: tuple[Quiz, AnswerBook]) -> None:
    quiz = session(built)
    item = quiz.item
    assert item is not None
    assert quiz.feedback(item) is None
    mark = quiz.answer(*WRONG[item.kind][:1], place=WRONG[item.kind][1])
    assert mark is not None and mark.reason
    assert quiz.feedback(item) == mark


def test_what_is_no_answer_is_refused_and_nothing_recorded(built: tuple[Quiz, AnswerBook]) -> None:
    store = MemoryStore()
    quiz = session(built, store)
    while quiz.item is not None:
        before = len(store.responses())
        with pytest.raises(InvalidAnswer, match="answer"):
            quiz.answer("maybe")
        assert len(store.responses()) == before
        given, place = RIGHT[quiz.item.kind]
        quiz.answer(given, place=place)
    with pytest.raises(InvalidAnswer, match="all 5 items are done"):
        quiz.answer("real")


def test_a_retry_shows_no_reason_and_the_best_attempt_counts() -> None:
    quiz = session(every_kind(Rules(attempts=2)))
    item = quiz.item
    assert item is not None
    mark = quiz.answer(*WRONG[item.kind][:1], place=WRONG[item.kind][1])
    assert mark is not None and not mark.right
    assert mark.reason == "Not yet; you can try again." and mark.picture is None and not mark.parts
    assert quiz.item == item and quiz.feedback(item) is None
    right = quiz.answer(*RIGHT[item.kind][:1], place=RIGHT[item.kind][1])
    assert right is not None and right.right
    assert quiz.item != item
    assert quiz.score().right == 1


def test_a_right_answer_ends_the_attempts() -> None:
    quiz = session(every_kind(Rules(attempts=3)))
    item = quiz.item
    assert item is not None
    quiz.answer(*RIGHT[item.kind][:1], place=RIGHT[item.kind][1])
    assert quiz.attempts_left(item) == 0


def test_the_first_attempt_counts_where_the_rules_say_so() -> None:
    quiz = session(every_kind(Rules(attempts=2, counts="first")))
    for _ in range(2):
        item = quiz.item
        assert item is not None
        answers = WRONG if quiz.attempts_left(item) == 2 else RIGHT
        quiz.answer(*answers[item.kind][:1], place=answers[item.kind][1])
    assert quiz.score().right == 0


def test_feedback_at_the_end_tells_nothing_before() -> None:
    quiz = session(every_kind(Rules(feedback="end")))
    first = quiz.item
    assert first is not None
    assert quiz.answer(*RIGHT[first.kind][:1], place=RIGHT[first.kind][1]) is None
    assert quiz.feedback(first) is None
    assert quiz.score().right is None
    assert str(quiz.score()) == "1 of 5 answered"
    answer_all(quiz, RIGHT)
    assert quiz.feedback(first) is not None
    assert quiz.score().right == 5


def test_a_test_without_feedback_never_tells() -> None:
    quiz = session(every_kind(Rules(feedback="none")))
    answer_all(quiz, RIGHT)
    assert all(quiz.feedback(item) is None for item in quiz.quiz.items)
    assert quiz.score().right is None


def test_without_a_marker_answers_are_kept_for_later(built: tuple[Quiz, AnswerBook]) -> None:
    store = MemoryStore()
    quiz = QuizSession(built[0], "ada", store)
    answer_all(quiz, RIGHT)
    assert len(store.responses()) == 5
    assert repr(quiz) == "QuizSession('Every kind', ada: 5 of 5 answered)"


def test_time_counts_from_the_first_opening_also_after_a_reload(clock: Clock) -> None:
    built, store = every_kind(Rules(seconds=60)), MemoryStore()
    quiz = session(built, store, clock=clock)
    assert quiz.seconds_left() == 60
    clock.wait(25)
    assert session(built, store, clock=clock).seconds_left() == 35


def test_an_answer_after_the_time_counts_as_none(clock: Clock) -> None:
    store = MemoryStore()
    quiz = session(every_kind(Rules(seconds=60)), store, clock=clock)
    item = quiz.item
    assert item is not None
    quiz.open()
    clock.wait(70)
    mark = quiz.answer(*RIGHT[item.kind][:1], place=RIGHT[item.kind][1])
    assert mark is not None and not mark.right and "time was over" in mark.reason
    assert store.responses()[0].answer is None
    assert store.responses()[0].seconds == 70


def test_an_items_own_time_limit_goes_before_the_quizs(clock: Clock) -> None:
    quiz, _ = every_kind(Rules(seconds=60))
    first, *others = quiz.items
    items = (first.model_copy(update={"seconds": 10.0}), *others)
    timed = Quiz(quiz.document.model_copy(update={"items": items}), quiz.files)
    session = QuizSession(timed, "ada", MemoryStore(), clock=clock)
    session.open()
    assert session.seconds_left() == 10
    clock.wait(20)
    session.time_over()
    assert session.seconds_left() == 60


def test_an_item_whose_time_is_over_can_be_closed_and_not_before(clock: Clock) -> None:
    store = MemoryStore()
    quiz = session(every_kind(Rules(seconds=60)), store, clock=clock)
    quiz.open()
    with pytest.raises(InvalidAnswer, match="not over"):
        quiz.time_over()
    clock.wait(61)
    quiz.time_over()
    assert quiz.answered == 1


def test_the_repr_is_the_same_each_time(built: tuple[Quiz, AnswerBook]) -> None:
    quiz = session(built)
    answer_all(quiz, RIGHT)
    assert repr(quiz) == "QuizSession('Every kind', ada: 5 of 5 answered, 5 right)"
    assert repr(built[0]) == "Quiz('Every kind', 5 items)"
    assert repr(built[1]) == "AnswerBook(5 keys)"


def test_marks_that_are_kept_back_elsewhere_are_shown_once_they_are_known(
    built: tuple[Quiz, AnswerBook],
) -> None:
    quiz, book = built
    far_away, kept = KnownMarks(), MemoryStore()
    taken = QuizSession(quiz, "ada", kept, far_away)
    item = taken.item
    assert item is not None
    assert taken.answer(*RIGHT[item.kind][:1], place=RIGHT[item.kind][1]) is None
    assert taken.feedback(item) is None
    (response,) = kept.responses()
    far_away.learn(response.answer, BookMarker(quiz, book).mark(item.id, response.answer))
    shown = taken.feedback(item)
    assert shown is not None and shown.right


def test_an_earlier_answer_that_the_store_has_already_counts_as_the_answer(
    built: tuple[Quiz, AnswerBook],
) -> None:
    quiz, book = built

    class Slow(MemoryStore):
        """Holds a wrong answer to the first question that was on its way for long."""

        def record(self, response: Response) -> Response:
            given, place = WRONG[quiz.items[0].kind]
            return super().record(
                response.model_copy(update={"answer": answer_to(quiz.items[0], given, place)})
            )

    taken = QuizSession(quiz, "ada", Slow(), BookMarker(quiz, book))
    given, place = RIGHT[quiz.items[0].kind]
    mark = taken.answer(given, place=place)  # type: ignore[arg-type]
    assert mark is not None and not mark.right
