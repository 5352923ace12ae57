"""What notebooks and the classroom say to each other; nothing that a notebook says names a person."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from u3edu.quiz.answers import Answer
from u3edu.quiz.items import Identifier
from u3edu.quiz.mark import Mark
from u3edu.quiz.response import Attempt, Opening, Response


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")


class Open(_Message):
    """An item was shown. Who saw it, and when, the service knows."""

    item: Identifier
    attempt: Attempt


class Opened(_Message):
    """The first opening of the item and attempt, and the service's time now."""

    opening: Opening
    now: AwareDatetime


class Submission(_Message):
    """An answer. Who gave it, and how long it took, the service knows.

    Parameters
    ----------
    id : str
        32 hexadecimal digits; the same submission sent again counts once.
    item : str
    attempt : int
    answer : Answer or None
        None where the time was over.
    given_at : datetime
        By the clock of the notebook's kernel; kept, and counted for nothing.
    """

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    item: Identifier
    attempt: Attempt
    answer: Answer | None
    given_at: AwareDatetime


class Marked(_Message):
    """A response and as much of its mark as its trainee may know now."""

    response: Response
    mark: Mark | None


class Receipt(_Message):
    """An answer is kept.

    Parameters
    ----------
    response : Response
        As it is kept and counts.
    item : tuple of Marked
        All attempts at the item, this one last.
    done : bool
        Whether the quiz has no open item left.
    """

    response: Response
    item: tuple[Marked, ...]
    done: bool


class Standing(_Message):
    """All that a trainee has given in a quiz, and what they may know of it."""

    who: str
    responses: tuple[Marked, ...]


class Listed(_Message):
    """One quiz that can be taken."""

    id: Identifier
    name: str
    title: str
    items: int
