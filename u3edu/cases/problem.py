"""What can be wrong with a case, said in one line that names the file and the field."""

from dataclasses import dataclass

from pydantic import ValidationError

from u3edu.cases.text import PATTERN_WORDS


@dataclass(frozen=True)
class CaseProblem:
    """One thing that is wrong with a case.

    Parameters
    ----------
    file : str
        The file in the case, or the case itself.
    field : str
        Where in the file, for example ``"stages.2.caption.size_mm"``; empty for all of it.
    reason : str
        What is wrong and, where something can be done, what to do.
    """

    file: str
    field: str
    reason: str

    def __str__(self) -> str:
        # The name of a stranger's file may hold anything; the line stays one line.
        file = "".join(letter if letter.isprintable() else "?" for letter in self.file)
        where = f"{file}: {self.field}" if self.field else file
        return f"{where}: {' '.join(self.reason.split())}"


class InvalidCase(ValueError):
    """A case that cannot be used; the message has one line for each problem.

    Parameters
    ----------
    *problems : CaseProblem
        One or more.

    Attributes
    ----------
    problems : tuple of CaseProblem
    """

    def __init__(self, *problems: CaseProblem) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))

    @classmethod
    def at(cls, file: str, field: str, reason: str) -> "InvalidCase":
        """One problem: the file, the field in it, and the reason."""
        return cls(CaseProblem(file, field, reason))

    @classmethod
    def from_validation(cls, error: ValidationError, file: str) -> "InvalidCase":
        """Pydantic's list of problems, one line each.

        A list starts at 0 for pydantic and at 1 for people; tags of unions are left out.
        """
        problems = []
        for problem in error.errors(include_url=False, include_input=False):
            parts = [part for part in problem["loc"] if part not in _KINDS]
            field = ".".join(str(part + 1 if isinstance(part, int) else part) for part in parts)
            reason = problem["msg"].removeprefix("Value error, ")
            pattern = problem.get("ctx", {}).get("pattern", "")
            if problem["type"] == "extra_forbidden" and "questions" in parts and parts[-1] in _ANSWERS:
                reason = "an answer left in; answers stand in answers.yaml alone"
                problems.append(CaseProblem(file, field, reason))
                continue
            reason = PATTERN_WORDS.get(pattern) or _WORDS.get(problem["type"]) or reason
            problems.append(CaseProblem(file, field, reason))
        return cls(*problems)


class NotAtHand(InvalidCase):
    """A case that may be right, but needs weights or pictures that are not on this machine."""


# Pydantic puts the kind that it chose from a union into the place of the problem.
_KINDS = {
    *("none", "rectal tumour", "lung nodule"),
    *("dicom", "synthetic", "phantom", "public"),
    *("rate_abc", "stage_it", "what_changed", "paint_it"),
}
_ANSWERS = {"answer", "answers", "correct", "solution", "choice", "variation", "reason"}
_WORDS = {"missing": "is missing", "extra_forbidden": "no such field; take it out or mend its name"}
