"""The error of an edit that cannot be applied."""

from pydantic import ValidationError

from u3edu.problems import in_words


class InvalidEdit(ValueError):
    """An edit does not fit the label map it was given; the map is left as it was."""

    @classmethod
    def from_validation(cls, error: ValidationError, what: str) -> "InvalidEdit":
        """Turn pydantic's list of problems into one line; `what` says what was being read."""
        return cls(f"{what}: {in_words(error)}")
