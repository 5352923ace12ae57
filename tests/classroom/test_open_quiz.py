"""One call opens a quiz at a classroom or on a laptop; answers survive a classroom that goes away."""

import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.classroom.hub_stand_in import HubStandIn
from tests.classroom.served import Served
from tests.quiz.stand_ins import RIGHT, WRONG, every_kind
from u3edu.classroom import open_quiz
from u3edu.classroom.client import ClassroomClient
from u3edu.classroom.database import connect
from u3edu.classroom.errors import ClassroomAway, ClassroomProblem, Conflict, NotThere
from u3edu.classroom.far_results import FarResults
from u3edu.classroom.ledger import Entry, Ledger
from u3edu.classroom.messages import Receipt, Submission
from u3edu.classroom.outbox import Outbox
from u3edu.classroom.publication import Publication
from u3edu.quiz.answer_book import write_answer_book
from u3edu.quiz.answers import answer_to
from u3edu.quiz.quiz import Quiz, Rules, write_quiz
from u3edu.quiz.response import now
from u3edu.quiz.session import QuizSession

QUIZZES = {
    "every-kind": ("a", None),
    "twice": ("b", Rules(attempts=2)),
    "at-the-end": ("c", Rules(feedback="end")),
    "timed": ("d", Rules(seconds=60)),
}


@pytest.fixture(autouse=True)
def _answers_beside_the_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("U3EDU_ANSWERS", raising=False)


@pytest.fixture(scope="module")
def hub() -> Iterator[HubStandIn]:
    hub = HubStandIn()
    yield hub
    hub.close()


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('classroom') / 'classroom.sqlite'}"


@pytest.fixture(scope="module")
def running(hub: HubStandIn, database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(hub, database, tmp_path_factory.mktemp("log") / "service.log")
    grace = ClassroomClient(served.address, hub.instructor("grace"))
    for name, (letter, rules) in QUIZZES.items():
        quiz, book = every_kind(rules)
        quiz = Quiz(quiz.document.model_copy(update={"id": letter * 16}), quiz.files)
        book = type(book)(book.document.model_copy(update={"quiz": letter * 16}), book.files)
        grace.publish(Publication.of(name, quiz, book))
    yield served
    served.close()


@pytest.fixture
def served(running: Served) -> Iterator[Served]:
    yield running
    running.close()
    running.start()


@pytest.fixture
def who(request: pytest.FixtureRequest) -> str:
    return request.node.name[:100]


@pytest.fixture
def at_desk(
    running: Served, hub: HubStandIn, who: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server of the Hub as a trainee has it."""
    monkeypatch.setenv("U3EDU_CLASSROOM_URL", running.address)
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", hub.trainee(who))
    monkeypatch.setattr("u3edu.classroom.opening.default_folder", lambda: tmp_path / "unsent")
    monkeypatch.setattr("u3edu.classroom.client.WAITS", (0.01,))


@pytest.fixture
def kept(database: str, who: str) -> Iterator[Callable[[], tuple[Entry, ...]]]:
    """What the database has of this test's trainee."""
    engine = connect(database)
    yield lambda: Ledger(engine).entries(who=who)
    engine.dispose()


def answer(session: QuizSession, answers: dict[str, tuple[object, object]] = RIGHT) -> object:  # type: ignore[assignment]
    item = session.item
    assert item is not None
    given, place = answers[item.kind]
    return session.answer(given, place=place)  # type: ignore[arg-type]


@pytest.mark.usefixtures("at_desk")
def test_a_session_at_the_classroom_is_like_one_on_a_laptop(
    kept: Callable[[], tuple[Entry, ...]], who: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = open_quiz("every-kind")
    monkeypatch.delenv("U3EDU_CLASSROOM_URL")
    monkeypatch.setenv("JUPYTERHUB_USER", who)
    monkeypatch.chdir(tmp_path)
    quiz, book = every_kind()
    write_quiz(quiz, "every-kind")
    write_answer_book(book, "every-kind-keys")
    near = open_quiz("every-kind")
    assert far.who == near.who == who
    for answers in (RIGHT, WRONG, RIGHT, WRONG, RIGHT):
        assert answer(far, answers) == answer(near, answers)  # type: ignore[arg-type]
        assert far.score() == near.score()
    assert far.done and str(far.score()) == str(near.score())
    assert [far.feedback(item) for item in far.quiz.items] == [
        near.feedback(item) for item in near.quiz.items
    ]
    assert len(kept()) == 5
    assert len((tmp_path / "answers" / "every-kind.jsonl").read_text().splitlines()) == 10


@pytest.mark.usefixtures("at_desk")
def test_a_quiz_opened_again_goes_on_where_it_was_left() -> None:
    first = open_quiz("every-kind")
    marks = [answer(first), answer(first, WRONG)]  # type: ignore[arg-type]
    again = open_quiz("every-kind")
    assert again.answered == 2
    assert [again.feedback(item) for item in again.quiz.items[:2]] == marks
    answer(again)
    assert open_quiz("every-kind").answered == 3


@pytest.mark.usefixtures("at_desk")
def test_after_the_last_attempt_earlier_ones_too_are_told_with_their_reason() -> None:
    session = open_quiz("twice")
    item = session.item
    assert item is not None
    first = answer(session, WRONG)  # type: ignore[arg-type]
    assert first is not None and "again" in first.reason  # type: ignore[attr-defined]
    answer(session, WRONG)  # type: ignore[arg-type]
    mark = session.feedback(item)
    assert mark is not None and not mark.right and "again" not in mark.reason


@pytest.mark.usefixtures("at_desk")
def test_at_the_end_everything_is_told() -> None:
    session = open_quiz("at-the-end")
    assert [answer(session) for _ in range(4)] == [None] * 4
    assert session.score().right is None
    assert answer(session) is not None
    assert session.score().right == 5
    assert all(session.feedback(item) for item in session.quiz.items)


@pytest.mark.usefixtures("at_desk")
def test_the_time_goes_on_after_a_reload() -> None:
    open_quiz("timed").open()
    left = open_quiz("timed").seconds_left()
    assert left is not None and 0 < left < 60


@pytest.mark.usefixtures("at_desk")
def test_an_answer_to_a_classroom_that_is_away_is_kept_and_sent_when_it_is_back(
    served: Served, tmp_path: Path, kept: Callable[[], tuple[Entry, ...]]
) -> None:
    session = open_quiz("every-kind")
    answer(session)
    session.open()
    served.kill()
    with pytest.raises(ClassroomAway, match=r"not lost.*unsent"):
        answer(session)
    assert session.answered == 1
    (file,) = (tmp_path / "unsent").rglob("*.json")
    with pytest.raises(ClassroomAway):
        answer(session, WRONG)  # type: ignore[arg-type]
    assert list((tmp_path / "unsent").rglob("*.json")) == [file]
    served.start()
    # The first one was given; a second try of the same attempt sends it.
    mark = answer(session, WRONG)  # type: ignore[arg-type]
    assert mark is not None and mark.right  # type: ignore[attr-defined]
    assert not list((tmp_path / "unsent").rglob("*.json"))
    assert [one.response.id for one in kept()][1] == file.stem


@pytest.mark.usefixtures("at_desk")
def test_what_a_killed_kernel_could_not_send_is_sent_when_the_quiz_is_opened(
    served: Served, tmp_path: Path, kept: Callable[[], tuple[Entry, ...]]
) -> None:
    session = open_quiz("every-kind")
    session.open()
    served.kill()
    with pytest.raises(ClassroomAway):
        answer(session)
    served.start()
    assert open_quiz("every-kind").answered == 1
    assert len(kept()) == 1
    assert not list((tmp_path / "unsent").rglob("*.json"))


@pytest.mark.usefixtures("at_desk")
def test_a_service_that_is_told_to_stop_acknowledges_what_it_has_begun(
    served: Served, hub: HubStandIn, database: str
) -> None:
    quiz, _ = every_kind()
    names = [f"stopping {number}" for number in range(16)]
    tokens = {name: hub.trainee(name) for name in names}

    def submit(name: str) -> bool:
        item = next(one for one in quiz.items if one.kind == "stage_it")
        given = Submission(
            id=uuid.uuid4().hex, item=item.id, attempt=1, answer=answer_to(item, "T2"), given_at=now()
        )
        try:
            ClassroomClient(served.address, tokens[name]).submit("a" * 16, given)
        except ClassroomAway:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        told = pool.map(submit, names)
        time.sleep(0.2)
        assert served.stop() == 0
        acknowledged = {name for name, kept in zip(names, told, strict=True) if kept}
    engine = connect(database)
    kept = {one.who for one in Ledger(engine).responses() if one.who in tokens}
    engine.dispose()
    # Whatever was begun was answered: what is kept and what was acknowledged are the same.
    assert kept == acknowledged


class LostReplies(ClassroomClient):
    """Every first reply to a submission is lost on the way."""

    seen: set[str]

    def submit(self, quiz: str, given: Submission) -> Receipt:
        receipt = super().submit(quiz, given)
        if given.id not in self.seen:
            self.seen.add(given.id)
            raise ClassroomAway("the line broke")
        return receipt


@pytest.mark.usefixtures("at_desk")
def test_an_answer_whose_receipt_was_lost_is_kept_once(
    running: Served, hub: HubStandIn, who: str, tmp_path: Path, kept: Callable[[], tuple[Entry, ...]]
) -> None:
    client = LostReplies(running.address, hub.trainee(who))
    client.seen = set()
    outbox = Outbox(tmp_path, running.address, who, "a" * 16)
    results = FarResults(client, "a" * 16, outbox)
    session = QuizSession(client.quiz("a" * 16), who, results, results)
    for _ in range(5):
        with pytest.raises(ClassroomAway):
            answer(session)
        mark = answer(session)
        assert mark is not None and mark.right  # type: ignore[attr-defined]
    assert session.done and len(kept()) == 5


@pytest.mark.usefixtures("at_desk")
def test_of_two_windows_the_first_answer_counts_and_the_other_is_told(
    tmp_path: Path, kept: Callable[[], tuple[Entry, ...]]
) -> None:
    one, other = open_quiz("every-kind"), open_quiz("every-kind")
    answer(one, WRONG)  # type: ignore[arg-type]
    with pytest.raises(Conflict, match="another window"):
        answer(other)
    assert [entry.marks[-1][1].right for entry in kept()] == [False]
    # Kept aside, in case somebody asks.
    assert [path.parent.name for path in (tmp_path / "unsent").rglob("*.json")] == ["refused"]
    assert open_quiz("every-kind").answered == 1


@pytest.mark.usefixtures("at_desk")
def test_unknown_quizzes_are_told_with_those_that_there_are() -> None:
    with pytest.raises(NotThere, match="there is: timed, at-the-end, twice, every-kind"):
        open_quiz("no-such-quiz")


def test_a_classroom_without_a_token_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("U3EDU_CLASSROOM_URL", "http://127.0.0.1:9/services/u3edu/")
    monkeypatch.delenv("JUPYTERHUB_API_TOKEN", raising=False)
    with pytest.raises(ClassroomProblem, match="JUPYTERHUB_API_TOKEN not set"):
        open_quiz("every-kind")


def test_on_a_laptop_without_the_answer_book_answers_are_kept_unmarked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("U3EDU_CLASSROOM_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    write_quiz(every_kind()[0], tmp_path / "every-kind")
    session = open_quiz("every-kind")
    assert answer(session) is None
    assert open_quiz("every-kind").answered == 1
