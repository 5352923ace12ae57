"""What can be wrong with a quiz, and with an answer to it."""

from pydantic import ValidationError

from u3edu.problems import in_words


class InvalidQuiz(ValueError):
    """A quiz, its keys or the responses to it do not hold together; the message says where."""

    @classmethod
    def from_validation(cls, error: ValidationError, what: str) -> "InvalidQuiz":
        """Turn pydantic's list of problems into one line; `what` says what was being read."""
        return cls(f"{what}: {in_words(error)}")


class InvalidAnswer(ValueError):
    """An answer cannot be taken: it does not fit the item, or the item is closed. Nothing is recorded."""
