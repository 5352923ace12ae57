"""A class of known ability and bias that takes quizzes by the Python interface."""

from dataclasses import dataclass

import numpy as np
from scipy import special

from tests.quiz.stand_ins import MemoryStore, picture
from u3edu.quiz.answer_book import AnswerBook
from u3edu.quiz.build import QuizBuilder
from u3edu.quiz.quiz import Quiz, Rules
from u3edu.quiz.real_or_synthetic import real_or_synthetic_quiz
from u3edu.quiz.session import QuizSession
from u3edu.quiz.statistics.gather import readings_of
from u3edu.quiz.statistics.reading import Reading

D_PRIME, CRITERION = 1.2, 0.3
# How often trainees rate A, B, C, by where the picture comes from and by what was made wrong.
SHARES = {
    ("synthetic", "none"): (0.70, 0.05, 0.25),
    ("real", "none"): (0.80, 0.08, 0.12),
    ("synthetic", "wrong layer"): (0.25, 0.65, 0.10),
    ("synthetic", "unnatural"): (0.10, 0.05, 0.85),
}
TRAINEES = 200
CHOICES = ("T1", "T2", "T3", "T4")
SIDE = 8


@dataclass(frozen=True)
class SimulatedClass:
    """What went in, and the readings that came out."""

    readings: tuple[Reading, ...]
    abilities: np.ndarray
    difficulties: dict[str, float]


def reader_test() -> tuple[Quiz, AnswerBook]:
    """The paper's first test: ten real and ten synthetic pictures."""
    return real_or_synthetic_quiz(
        [picture(number, side=SIDE) for number in range(12)],
        [picture(100 + number, synthetic=True, side=SIDE) for number in range(12)],
        dataset="pelvic MRI",
        rules=Rules(feedback="none"),
        seed=1,
    )


def rating_test() -> tuple[Quiz, AnswerBook]:
    """Ten pictures of each kind with true captions, and five of each fault."""
    builder = QuizBuilder("Ratings", "Rate.", dataset="pelvic MRI", rules=Rules(feedback="none"), seed=2)
    for (source, fault), count in zip(SHARES, (10, 10, 5, 5), strict=True):
        for number in range(count):
            shown = picture(number, synthetic=source == "synthetic", side=SIDE)
            builder.rate_abc(shown, f"Caption {number}.", source, "So made.", fault=fault)  # type: ignore[arg-type]
    return builder.build()


def staging_test(items: int) -> tuple[Quiz, AnswerBook]:
    builder = QuizBuilder("Stages", "Stage.", dataset="pelvic MRI", rules=Rules(feedback="none"), seed=3)
    for number in range(items):
        builder.stage_it(picture(number, side=SIDE), "Which T?", CHOICES, CHOICES[number % 4], "So drawn.")
    return builder.build()


def simulate(seed: int = 0, trainees: int = TRAINEES) -> SimulatedClass:
    """Let a class answer three quizzes, one answer at a time, and mark it from the answer books."""
    rng = np.random.default_rng(seed)
    abilities = rng.normal(0, 1, trainees)
    sources, ratings, stages = reader_test(), rating_test(), staging_test(20)
    difficulties = dict(zip((item.id for item in stages[0].items), np.linspace(-2, 2, 20), strict=True))
    store = MemoryStore()
    for number in range(trainees):
        who = f"trainee {number:03d}"
        for quiz, book in (sources, ratings, stages):
            session = QuizSession(quiz, who, store)
            for item in quiz.items:
                key = book.key(item.id)
                if item.kind == "real_or_synthetic":
                    # Signal detection with equal variances: synthetic pictures look d' more synthetic.
                    mean = D_PRIME / 2 if key.source == "synthetic" else -D_PRIME / 2  # type: ignore[union-attr]
                    session.answer("synthetic" if rng.normal(mean) > CRITERION else "real")
                elif item.kind == "rate_abc":
                    shares = SHARES[key.source, key.fault]  # type: ignore[union-attr]
                    session.answer(str(rng.choice(["A", "B", "C"], p=shares)))
                else:
                    right = rng.random() < special.expit(abilities[number] - difficulties[item.id])
                    choice = key.choice if right else (key.choice + 1 + rng.integers(3)) % 4  # type: ignore[union-attr]
                    session.answer(int(choice))
    readings = [
        one for quiz, book in (sources, ratings, stages) for one in readings_of(quiz, book, store.responses())
    ]
    return SimulatedClass(tuple(readings), abilities, difficulties)
