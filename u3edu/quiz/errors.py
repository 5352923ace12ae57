"""What can be wrong with a quiz, and with an answer to it."""

from pydantic import ValidationError


class InvalidQuiz(ValueError):
    """A quiz, its keys or the responses to it do not hold together; the message says where."""

    @classmethod
    def from_validation(cls, error: ValidationError, what: str) -> "InvalidQuiz":
        """Turn pydantic's list of problems into one line; `what` says what was being read."""
        return cls(f"{what}: {in_words(error)}")


class InvalidAnswer(ValueError):
    """An answer cannot be taken: it does not fit the item, or the item is closed. Nothing is recorded."""


def in_words(error: ValidationError) -> str:
    """The first three problems of a validation, each with its place."""
    problems = [
        f"{'.'.join(str(part) for part in problem['loc']) or 'text'}: "
        f"{problem['msg'].removeprefix('Value error, ')}"
        for problem in error.errors(include_url=False)
    ]
    more = f"; and {len(problems) - 3} more" if len(problems) > 3 else ""
    return "; ".join(problems[:3]) + more
