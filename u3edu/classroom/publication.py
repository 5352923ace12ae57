"""What an instructor hands to the classroom: a quiz with its answer book, or a corrected answer book."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from u3edu.quiz.answer_book import AnswerBook, Keys
from u3edu.quiz.items import PictureName
from u3edu.quiz.quiz import Quiz, QuizDocument

Files = dict[PictureName, bytes]
Why = Annotated[str, Field(min_length=1, max_length=4000)]


class _Handed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")


class Publication(_Handed):
    """A quiz and its answer book.

    Parameters
    ----------
    name : str
        What notebooks ask for.
    quiz : QuizDocument
    pictures : dict of str to bytes
    keys : Keys
    key_pictures : dict of str to bytes
    """

    name: Annotated[str, Field(min_length=1, max_length=200)]
    quiz: QuizDocument
    pictures: Files
    keys: Keys
    key_pictures: Files

    @classmethod
    def of(cls, name: str, quiz: Quiz, book: AnswerBook) -> "Publication":
        """From a quiz and an answer book."""
        return cls(
            name=name,
            quiz=quiz.document,
            pictures=dict(quiz.files),
            keys=book.document,
            key_pictures=dict(book.files),
        )

    def parts(self) -> tuple[Quiz, AnswerBook]:
        """The quiz and the answer book."""
        return Quiz(self.quiz, self.pictures), AnswerBook(self.keys, self.key_pictures)


class Correction(_Handed):
    """A corrected answer book.

    Parameters
    ----------
    keys : Keys
    key_pictures : dict of str to bytes
    why : str
        For the audit trail.
    late_counts : bool
        Let answers that came too late count as they are.
    """

    keys: Keys
    key_pictures: Files
    why: Why
    late_counts: bool = False

    @classmethod
    def of(cls, book: AnswerBook, why: str, late_counts: bool) -> "Correction":
        """From an answer book."""
        return cls(keys=book.document, key_pictures=dict(book.files), why=why, late_counts=late_counts)

    def book(self) -> AnswerBook:
        """The answer book."""
        return AnswerBook(self.keys, self.key_pictures)


class Remarked(_Handed):
    """How many responses were marked again, and how many scores changed."""

    marked: int
    changed: int
