"""A Response: who gave which answer to which item, when, and how long it took."""

from datetime import UTC, datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from u3edu.quiz.answers import Answer
from u3edu.quiz.items import Identifier

Who = Annotated[str, Field(min_length=1, max_length=200)]
Attempt = Annotated[int, Field(ge=1)]


class Opening(BaseModel):
    """A trainee saw an item for the first time; time limits count from here.

    Parameters
    ----------
    quiz, item : str
        Identifiers.
    who : str
        The trainee, by the name that the course knows.
    attempt : int
        Counted from 1.
    at : datetime
        With a time zone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["opening"] = "opening"
    quiz: Identifier
    item: Identifier
    who: Who
    attempt: Attempt
    at: AwareDatetime


class Response(BaseModel):
    """One answer, as it was given; never changed afterwards.

    Parameters
    ----------
    id : str
        32 hexadecimal digits; a response that is recorded twice counts once.
    quiz, item : str
        Identifiers.
    who : str
    attempt : int
        Counted from 1.
    answer : Answer or None
        None where the time was over.
    given_at : datetime
        With a time zone.
    seconds : float
        Since the item was opened.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["response"] = "response"
    id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    quiz: Identifier
    item: Identifier
    who: Who
    attempt: Attempt
    answer: Answer | None
    given_at: AwareDatetime
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)]


Record: TypeAlias = Annotated[Opening | Response, Field(discriminator="type")]


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)
