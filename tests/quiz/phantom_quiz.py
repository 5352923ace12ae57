"""A quiz with a question of every kind, from phantoms, as a trainee would see one."""

from functools import cache

import numpy as np

from tests.widgets.fake_engine import FakeEngine
from u3edu.imaging.phantom.pelvis import pelvic_phantom
from u3edu.imaging.phantom.rectal_tumour import RectalTumour
from u3edu.imaging.phantom.truth import Phantom
from u3edu.quiz.answer_book import AnswerBook
from u3edu.quiz.build import QuizBuilder
from u3edu.quiz.painting import PaintTask
from u3edu.quiz.quiz import Quiz, Rules

SHAPE = (240, 240)
TUMOUR = 4


@cache
def tumours() -> tuple[Phantom, Phantom]:
    """One patient with a tumour that ends in the muscularis propria, and with one 4 mm into the fat."""
    small = RectalTumour(4, 3, "muscularis propria", 1.4)
    large = RectalTumour(4, 3, "mesorectum", 4.0)
    return pelvic_phantom(11, small, shape=SHAPE), pelvic_phantom(11, large, shape=SHAPE)


def tip() -> tuple[int, int]:
    """The middle of what the tumour took of the mesorectum."""
    before, after = tumours()
    grown = after.lesion & ~before.lesion & (after.layers == 5)
    row, column = np.argwhere(grown).mean(axis=0)
    return int(row), int(column)


def phantom_quiz(rules: Rules | None = None) -> tuple[Quiz, AnswerBook]:
    """One question of each kind about one patient, in the seed's order."""
    small, large = tumours()
    builder = QuizBuilder(
        "Rectal tumours on MRI",
        "Five questions. Each answer is kept as soon as you submit it.",
        dataset="pelvic MRI",
        rules=rules,
        seed=144,
    )
    builder.real_or_synthetic(small.picture, "synthetic", "It is a phantom: fat and muscle are too even.")
    builder.rate_abc(
        large.picture,
        "A tumour of the left wall is confined to the submucosa.",
        "synthetic",
        "The muscularis propria is interrupted, and the tumour reaches the mesorectal fat.",
        fault="wrong layer",
    )
    builder.stage_it(
        small.picture,
        "Which T category is this tumour (AJCC 8)?",
        ("T1", "T2", "T3", "T4"),
        "T2",
        "It reaches the muscularis propria and not the fat.",
    )
    builder.what_changed(
        small.picture,
        large.picture,
        small.tissues != large.tissues,
        "What changed between the two pictures?",
        ("The bladder filled", "The tumour grew deeper", "A lymph node appeared"),
        "The tumour grew deeper",
        "It now reaches the mesorectal fat.",
    )
    engine = FakeEngine()
    task = PaintTask(
        layers=small.layers,
        layer_names=small.layer_names,
        lesion=small.lesion,
        tumour_elements=(TUMOUR,),
        target="mesorectum",
        depth_mm=4.0,
        within_mm=1.5,
        place=tuple(float(number) for number in tip()),  # type: ignore[arg-type]
        place_within_mm=8.0,
        spared={"mesorectal fascia": small.mask("mesorectal fascia")},
    )
    builder.paint_it(
        small.picture,
        engine.segment(small.picture),
        "fake",
        "Extend this tumour to T3, 4 mm into the mesorectal fat.",
        task,
        "T3: through the muscularis propria into the mesorectal fat.",
    )
    return builder.build()
