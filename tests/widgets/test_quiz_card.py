"""Quiz cards as the page sees them: what is shown when, and that nothing of the answers is sent early."""

import json

import ipywidgets
import pytest

from tests.quiz.stand_ins import ELEMENTS, Clock, MemoryStore, every_kind
from tests.widgets.fake_engine import FakeEngine
from tests.widgets.screen import Screen
from u3edu.quiz.items import PaintIt, RealOrSynthetic
from u3edu.quiz.marking import BookMarker
from u3edu.quiz.quiz import Rules
from u3edu.quiz.session import QuizSession
from u3edu.widgets.quiz_card import QuizCard
from u3edu.widgets.quiz_choice import ChoiceForm
from u3edu.widgets.quiz_keys import QuizKeys
from u3edu.widgets.quiz_paint import PaintForm
from u3edu.widgets.quiz_place import PlaceForm


class ThreeElements(FakeEngine):
    elements = ELEMENTS


def card(
    store: MemoryStore | None = None, rules: Rules | None = None, clock: Clock | None = None
) -> QuizCard:
    quiz, book = every_kind(rules)
    session = QuizSession(quiz, "ada", store or MemoryStore(), BookMarker(quiz, book), clock or Clock())
    return QuizCard(session, ThreeElements())


def widgets(root: ipywidgets.Widget) -> list[ipywidgets.Widget]:
    return [root, *(inside for one in getattr(root, "children", ()) for inside in widgets(one))]


def button(shown: QuizCard, words: str) -> ipywidgets.Button:
    found = [
        one
        for one in widgets(shown)
        if isinstance(one, ipywidgets.Button) and one.description == words and one.layout.display != "none"
    ]
    assert len(found) == 1, f"one button {words!r} is to be seen"
    return found[0]


def text(shown: QuizCard) -> str:
    return " ".join(one.value for one in widgets(shown) if isinstance(one, ipywidgets.HTML))


def form(shown: QuizCard) -> ChoiceForm | PlaceForm | PaintForm:
    return next(one for one in widgets(shown) if isinstance(one, ChoiceForm | PlaceForm | PaintForm))


def give(shown: QuizCard, *, right: bool) -> None:
    """Answer the open question with its controls, as a trainee does."""
    asked, item = form(shown), shown.session.item
    assert item is not None
    if isinstance(asked, PaintForm):
        points = [(24, 4), (24, 21 if right else 10)]
        asked.painter.stroke(points, element="tumour", diameter=5)
        return
    radio = next(one for one in widgets(asked) if isinstance(one, ipywidgets.RadioButtons))
    answers = {
        "real_or_synthetic": ("real", "synthetic"),
        "rate_abc": ("B", "A"),
        "stage_it": (1, 2),
        "what_changed": (1, 0),
    }
    radio.value = answers[item.kind][0 if right else 1]
    if isinstance(asked, PlaceForm):
        asked.point((32, 12) if right else (1, 1))


def take(shown: QuizCard, *, right: bool) -> None:
    button(shown, "Start").click()
    while not shown.session.done:
        give(shown, right=right)
        button(shown, "Submit").click()
        button(shown, "Finish" if shown.session.done else "Next question").click()


@pytest.mark.parametrize(("right", "points"), [(True, "5 right"), (False, "0 right")])
def test_a_trainee_takes_every_kind_of_question_with_the_controls(
    screen: Screen, right: bool, points: str
) -> None:
    shown = card()
    take(shown, right=right)
    assert f"5 of 5 answered, {points}" in text(shown)


def test_nothing_is_opened_before_the_trainee_starts() -> None:
    clock = Clock()
    shown = card(rules=Rules(seconds=60), clock=clock)
    clock.wait(1000)
    button(shown, "Start").click()
    assert shown.session.seconds_left() == 60
    assert "60 left" in text(shown)


def test_submit_waits_for_an_answer(screen: Screen) -> None:
    shown = card()
    button(shown, "Start").click()
    while not shown.session.done:
        assert button(shown, "Submit").disabled
        give(shown, right=True)
        assert not button(shown, "Submit").disabled
        button(shown, "Submit").click()
        button(shown, "Finish" if shown.session.done else "Next question").click()


def test_a_place_needs_the_choice_and_the_place(screen: Screen) -> None:
    shown = card()
    button(shown, "Start").click()
    while not isinstance(form(shown), PlaceForm):
        give(shown, right=True)
        button(shown, "Submit").click()
        button(shown, "Next question").click()
    next(one for one in widgets(shown) if isinstance(one, ipywidgets.RadioButtons)).value = 1
    assert button(shown, "Submit").disabled
    row, column = (one for one in widgets(shown) if isinstance(one, ipywidgets.BoundedIntText))
    row.value, column.value = 32, 12
    assert form(shown).given == (1, (32.0, 12.0)), "typed as well as clicked"
    assert not button(shown, "Submit").disabled


def test_the_page_gets_nothing_of_an_answer_before_it_is_given(screen: Screen) -> None:
    shown = card()
    quiz, book = every_kind()
    button(shown, "Start").click()
    while not shown.session.done:
        item = shown.session.item
        assert item is not None
        state = json.dumps([one.get_state() for one in widgets(shown)], default=str)
        for key in book.document.keys:
            if shown.session.feedback(quiz.item(key.item)) is None:
                assert key.reason not in state
        for other in quiz.items:
            if other.id != item.id:
                assert other.id not in state
        give(shown, right=False)
        button(shown, "Submit").click()
        assert book.key(item.id).reason in text(shown)
        button(shown, "Finish" if shown.session.done else "Next question").click()


def test_after_submission_the_answer_can_no_longer_be_changed(screen: Screen) -> None:
    shown = card()
    button(shown, "Start").click()
    give(shown, right=True)
    button(shown, "Submit").click()
    assert all(one.disabled for one in widgets(form(shown)) if isinstance(one, ipywidgets.RadioButtons))


def test_a_card_made_anew_goes_on_where_the_last_one_stopped(screen: Screen) -> None:
    store = MemoryStore()
    first = card(store)
    button(first, "Start").click()
    give(first, right=True)
    button(first, "Submit").click()
    again = card(store)
    assert "1 of 5 questions are answered and kept" in text(again)
    button(again, "Go on").click()
    assert "question 2 of 5" in text(again)


def test_a_wrong_answer_may_be_tried_again_without_the_reason(screen: Screen) -> None:
    shown = card(rules=Rules(attempts=2))
    _, book = every_kind()
    button(shown, "Start").click()
    item = shown.session.item
    assert item is not None
    give(shown, right=False)
    button(shown, "Submit").click()
    assert book.key(item.id).reason not in text(shown)
    button(shown, "Try again").click()
    give(shown, right=True)
    button(shown, "Submit").click()
    assert book.key(item.id).reason in text(shown)


def test_without_feedback_the_card_says_only_that_the_answer_is_kept(screen: Screen) -> None:
    shown = card(rules=Rules(feedback="none"))
    button(shown, "Start").click()
    give(shown, right=False)
    button(shown, "Submit").click()
    assert "Your answer is kept." in text(shown)
    assert "Right." not in text(shown) and "Not right." not in text(shown)


def test_a_question_whose_time_ran_out_is_closed_when_the_trainee_comes_back(screen: Screen) -> None:
    clock, store = Clock(), MemoryStore()
    shown = card(store, Rules(seconds=60), clock)
    button(shown, "Start").click()
    clock.wait(100)
    again = card(store, Rules(seconds=60), clock)
    button(again, "Start").click()
    assert "The time was over." in text(again)
    assert store.responses()[0].answer is None


def test_a_failure_to_keep_an_answer_is_said_and_the_answer_stays(screen: Screen) -> None:
    class FullDisk(MemoryStore):
        def record(self, response: object) -> object:  # type: ignore[override]
            raise OSError("no space left on the disk")

    shown = card(FullDisk())
    button(shown, "Start").click()
    give(shown, right=True)
    button(shown, "Submit").click()
    assert "no space left on the disk" in text(shown)
    assert form(shown).given is not None
    assert button(shown, "Submit")


def test_the_end_shows_every_question_with_its_reason(screen: Screen) -> None:
    shown = card(rules=Rules(feedback="end"))
    _, book = every_kind()
    take(shown, right=False)
    slider = next(one for one in widgets(shown) if isinstance(one, ipywidgets.IntSlider))
    for number, item in enumerate(shown.session.quiz.items, start=1):
        slider.value = number
        assert book.key(item.id).reason in text(shown)
        assert text(shown).count("<img") >= 1


def test_a_title_with_markup_is_shown_as_text() -> None:
    quiz, book = every_kind()
    named = quiz.document.model_copy(update={"title": "<script>x</script>"})
    session = QuizSession(type(quiz)(named, quiz.files), "ada", MemoryStore(), BookMarker(quiz, book))
    assert "<script>" not in text(QuizCard(session))


def test_the_engine_must_be_of_the_items_model() -> None:
    quiz, _ = every_kind()
    item = next(one for one in quiz.items if isinstance(one, PaintIt))
    other = ThreeElements()
    other.name = "other"
    with pytest.raises(ValueError, match="painted with the model 'fake'"):
        PaintForm(item, quiz, other)


def test_every_picture_has_words_that_do_not_tell_the_answer(screen: Screen) -> None:
    shown = card()
    button(shown, "Start").click()
    assert 'alt="The picture of this question"' in text(shown)


def test_the_card_answers_from_python_and_reads_the_same_each_time() -> None:
    shown = card(rules=Rules(feedback="none"))
    assert repr(shown) == "QuizCard('Every kind', ada: 0 of 5 answered)"
    given = {"real_or_synthetic": "real", "rate_abc": "A", "stage_it": "T1", "what_changed": "size"}
    item = shown.session.item
    assert item is not None
    while item is not None and item.kind != "paint_it":
        shown.answer(given[item.kind], place=(1, 1) if item.kind == "what_changed" else None)
        item = shown.session.item
    assert "answered" in repr(shown)


def test_a_still_of_the_question_is_there_for_viewers_without_widgets() -> None:
    bundle = card()._repr_mimebundle_()
    assert bundle["image/png"]


def test_a_submission_brings_its_choice_along_when_the_choice_is_still_on_its_way(screen: Screen) -> None:
    store = MemoryStore()
    shown = card(store)
    keys = next(one for one in widgets(shown) if isinstance(one, QuizKeys))
    button(shown, "Start").click()
    item = shown.session.item
    assert isinstance(item, RealOrSynthetic)
    radio = next(one for one in widgets(form(shown)) if isinstance(one, ipywidgets.RadioButtons))
    radio.index = 0
    keys._handle_custom_msg({"press": "submit", "chosen": 1}, [])
    (given,) = store.responses()
    assert given.answer is not None and given.answer.model_dump()["verdict"] == "synthetic"
    keys._handle_custom_msg({"press": "submit", "chosen": 0}, [])
    assert len(store.responses()) == 1
