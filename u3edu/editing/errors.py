"""The error of an edit that cannot be applied."""

from pydantic import ValidationError


class InvalidEdit(ValueError):
    """An edit does not fit the label map it was given; the map is left as it was."""

    @classmethod
    def from_validation(cls, error: ValidationError, what: str) -> "InvalidEdit":
        """Turn pydantic's list of problems into one line; `what` says what was being read."""
        problems = (
            f"{'.'.join(str(part) for part in problem['loc']) or 'text'}: "
            f"{problem['msg'].removeprefix('Value error, ')}"
            for problem in error.errors(include_url=False)
        )
        return cls(f"{what}: {'; '.join(problems)}")
