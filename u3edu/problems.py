"""What is wrong in settings that came from outside, in a line."""

from pydantic import ValidationError


def first_problem(error: ValidationError, whole: str) -> str:
    """Where the first wrong setting stands, and what is wrong there.

    Parameters
    ----------
    error : ValidationError
    whole : str
        Named where no single setting is to blame, for example ``"the file"``.
    """
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or whole
    return f"{where}: {first['msg'].removeprefix('Value error, ')}"
