"""A Mark: what an answer is worth, with the reason and a picture, as the trainee gets to see it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from u3edu.quiz.items import Identifier


class Part(BaseModel):
    """One thing that was looked at.

    Parameters
    ----------
    name : str
        For example ``"depth"``.
    right : bool
    words : str
        What was found, for the trainee.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    right: bool
    words: str


class Mark(BaseModel):
    """The mark of one answer.

    Parameters
    ----------
    item : str
        Identifier of the item.
    right : bool
    score : float
        0 to 1.
    reason : str
        Why, for the trainee.
    parts : tuple of Part
        What was looked at one by one, where there is more than one thing.
    picture : bytes, optional
        A PNG to show beside the reason.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")

    item: Identifier
    right: bool
    score: Annotated[float, Field(ge=0, le=1)]
    reason: str
    parts: tuple[Part, ...] = ()
    picture: bytes | None = None

    def without_reason(self) -> "Mark":
        """The mark alone, for a trainee who may try again."""
        return Mark(item=self.item, right=self.right, score=self.score, reason="Not yet; you can try again.")

    def __repr__(self) -> str:
        parts = "".join(f"; {part.name} {'right' if part.right else 'wrong'}" for part in self.parts)
        return f"Mark({'right' if self.right else 'wrong'}, {self.score:.2f}{parts})"

    __str__ = __repr__
