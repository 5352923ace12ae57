"""The classroom: quizzes for a class, answers kept safe, marks given where the answer books are."""

from typing import TYPE_CHECKING, Any

__all__ = ["open_quiz"]

if TYPE_CHECKING:
    from u3edu.classroom.opening import open_quiz


# Loaded when first asked for: the command's help needs none of it.
def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'u3edu.classroom' has no attribute {name!r}")
    from u3edu.classroom.opening import open_quiz

    return open_quiz
