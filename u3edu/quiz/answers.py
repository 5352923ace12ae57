"""Answers: what a trainee gives to each kind of item."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from u3edu.editing.script import EditScript
from u3edu.problems import in_words
from u3edu.quiz.errors import InvalidAnswer
from u3edu.quiz.items import Item, PaintIt, RateABC, RealOrSynthetic, StageIt, WhatChanged

Source = Literal["real", "synthetic"]
Rating = Literal["A", "B", "C"]
Place = tuple[Annotated[float, Field(allow_inf_nan=False)], Annotated[float, Field(allow_inf_nan=False)]]


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RealOrSyntheticAnswer(_Answer):
    """``"real"`` or ``"synthetic"``."""

    kind: Literal["real_or_synthetic"] = "real_or_synthetic"
    verdict: Source


class RateABCAnswer(_Answer):
    """``"A"``, ``"B"`` or ``"C"``."""

    kind: Literal["rate_abc"] = "rate_abc"
    rating: Rating


class StageItAnswer(_Answer):
    """The number of the choice, counted from 0."""

    kind: Literal["stage_it"] = "stage_it"
    choice: Annotated[int, Field(ge=0)]


class WhatChangedAnswer(_Answer):
    """The number of the choice, and the place of the change (row, column) in pixels."""

    kind: Literal["what_changed"] = "what_changed"
    choice: Annotated[int, Field(ge=0)]
    place: Place


class PaintItAnswer(_Answer):
    """The edit, as the painter leaves it."""

    kind: Literal["paint_it"] = "paint_it"
    script: EditScript


Answer = Annotated[
    RealOrSyntheticAnswer | RateABCAnswer | StageItAnswer | WhatChangedAnswer | PaintItAnswer,
    Field(discriminator="kind"),
]
_ANSWER: TypeAdapter[Answer] = TypeAdapter(Answer)


def answer_to(item: Item, given: Any, place: tuple[float, float] | None = None) -> Answer:
    """Make an answer to an item from what a person would write.

    Parameters
    ----------
    item : Item
    given : Answer, str, int or EditScript
        An answer as it is, or its plain form: ``"real"``, ``"A"``, the words or the number
        (from 0) of a choice, an edit script.
    place : (row, column), optional
        Where the change is, for `WhatChanged`.

    Raises
    ------
    InvalidAnswer
        If it is no answer to this item; the message says what would be.
    """
    if isinstance(given, BaseModel) and not isinstance(given, EditScript):
        fields: dict[str, Any] = given.model_dump()
    elif isinstance(item, RealOrSynthetic):
        fields = {"verdict": given}
    elif isinstance(item, RateABC):
        fields = {"rating": given}
    elif isinstance(item, PaintIt):
        fields = {"script": given.model_dump() if isinstance(given, EditScript) else given}
    else:
        fields = {"choice": _number(item, given)}
        if isinstance(item, WhatChanged):
            fields["place"] = place
    try:
        answer = _ANSWER.validate_python({"kind": item.kind, **fields})
    except ValidationError as error:
        raise InvalidAnswer(f"{_expected(item)}; {in_words(error)}") from error
    check_answer(item, answer)
    return answer


def check_answer(item: Item, answer: Answer) -> None:
    """Check that an answer belongs to an item and names one of its choices.

    Raises
    ------
    InvalidAnswer
    """
    if answer.kind != item.kind:
        raise InvalidAnswer(f"{_expected(item)}; got an answer to {answer.kind}")
    if (
        isinstance(item, StageIt | WhatChanged)
        and isinstance(answer, StageItAnswer | WhatChangedAnswer)
        and answer.choice >= len(item.choices)
    ):
        raise InvalidAnswer(
            f"{_expected(item)}; got number {answer.choice} of {len(item.choices)} choices, from 0"
        )


def _number(item: StageIt | WhatChanged, given: Any) -> Any:
    """The number of a choice that was given by its words; numbers as they are."""
    if not isinstance(given, str):
        return given
    if given not in item.choices:
        raise InvalidAnswer(f"{_expected(item)}; got {given!r}")
    return item.choices.index(given)


def _expected(item: Item) -> str:
    """What an answer to an item looks like."""
    if isinstance(item, RealOrSynthetic):
        return "answer 'real' or 'synthetic'"
    if isinstance(item, RateABC):
        return "answer 'A', 'B' or 'C'"
    if isinstance(item, PaintIt):
        return "answer with an edit script"
    choices = ", ".join(repr(choice) for choice in item.choices)
    place = " and place=(row, column)" if isinstance(item, WhatChanged) else ""
    return f"answer with one of {choices}{place}"
