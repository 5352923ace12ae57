"""The paper's first test: telling real pictures from synthetic ones."""

from collections.abc import Mapping, Sequence

import numpy as np

from u3edu.imaging.slice import Slice, Window
from u3edu.quiz.answer_book import AnswerBook
from u3edu.quiz.answers import Source
from u3edu.quiz.build import QuizBuilder
from u3edu.quiz.errors import InvalidQuiz
from u3edu.quiz.quiz import Quiz, Rules

_ORIGIN: dict[Source, str] = {"real": "A scanner took it.", "synthetic": "A model drew it from a label map."}


def real_or_synthetic_quiz(
    real: Sequence[Slice],
    synthetic: Sequence[Slice],
    *,
    dataset: str,
    each: int = 10,
    rules: Rules | None = None,
    window: Window | None = None,
    seed: int | None = None,
) -> tuple[Quiz, AnswerBook]:
    """The paper's first test (section 3): as many real as synthetic pictures, in a drawn order.

    Parameters
    ----------
    real, synthetic : sequences of Slice
        At least `each` of either; more are drawn from.
    dataset : str
    each : int
        The paper shows ten of either.
    rules, window, seed
        As for `QuizBuilder`.

    Raises
    ------
    InvalidQuiz
        If there are too few pictures, or their sizes differ.
    """
    introduction = f"{2 * each} pictures, {each} of them real and {each} synthetic. Say of each which it is."
    builder = QuizBuilder(
        "Real or synthetic?", introduction, dataset=dataset, rules=rules, window=window, seed=seed
    )
    rng = np.random.default_rng(None if seed is None else [seed, 1])
    pairs: Mapping[Source, Sequence[Slice]] = {"real": real, "synthetic": synthetic}
    for source, pictures in pairs.items():
        if len(pictures) < each:
            raise InvalidQuiz(f"{len(pictures)} {source} pictures; the test needs {each}")
        for number in rng.permutation(len(pictures))[:each]:
            builder.real_or_synthetic(pictures[number], source, _ORIGIN[source])
    return builder.build()
