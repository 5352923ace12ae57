"""Where the cases lie that come with u3edu."""

import os
from pathlib import Path

from u3edu.cases.reading import CASE_FILE

# Names another folder of cases, for example a hospital's own.
CASES_VARIABLE = "U3EDU_CASES"
# In a wheel the cases lie beside this file, in a clone at its root (pyproject.toml, force-include).
_PACKAGED = Path(__file__).parent / "shipped"
_CLONED = Path(__file__).parents[3] / "cases"


class NoSuchCase(LookupError):
    """There is no case of that name in the library; the message lists those that are."""

    def __str__(self) -> str:
        return str(self.args[0])


def library_folder() -> Path:
    """The folder of the library: U3EDU_CASES, or what came with u3edu.

    Raises
    ------
    NotADirectoryError
        If U3EDU_CASES names something that is no folder.
    FileNotFoundError
        If u3edu came without its cases.
    """
    value = os.environ.get(CASES_VARIABLE, "").strip()
    if value:
        folder = Path(value).expanduser()
        if not folder.is_dir():
            raise NotADirectoryError(
                f"{CASES_VARIABLE} is {value!r}, which is no folder; name a folder of cases, or unset it"
            )
        return folder
    for folder in (_PACKAGED, _CLONED):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(
        f"u3edu came without its cases; set {CASES_VARIABLE} to a folder of them, such as the folder cases "
        "of its repository"
    )


def library_cases() -> dict[str, Path]:
    """The cases of the library: the folder of each by its name, in the order of the names."""
    return {path.parent.name: path.parent for path in sorted(library_folder().glob(f"*/{CASE_FILE}"))}


def case_folder(name: str) -> Path:
    """The folder of a case of the library.

    Raises
    ------
    NoSuchCase
        If there is none of that name.
    """
    cases = library_cases()
    if name not in cases:
        raise NoSuchCase(f"no case is called {name!r}; there are {', '.join(cases) or 'none'}")
    return cases[name]
