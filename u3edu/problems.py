"""What is wrong in settings, answers and messages that came from outside, in a line."""

from pydantic import ValidationError

# A line stays readable; who mends these finds the rest.
_MOST = 3


def in_words(error: ValidationError, whole: str = "text") -> str:
    """The first three problems of a validation, each with its place.

    Parameters
    ----------
    error : ValidationError
    whole : str
        Named where no single place is to blame, for example ``"the file"``.
    """
    problems = [
        f"{'.'.join(str(part) for part in problem['loc']) or whole}: "
        f"{problem['msg'].removeprefix('Value error, ')}"
        for problem in error.errors(include_url=False)
    ]
    more = f"; and {len(problems) - _MOST} more" if len(problems) > _MOST else ""
    return "; ".join(problems[:_MOST]) + more
