"""Small pictures, quizzes of every kind, a clock that a test turns, and results kept in memory."""

from datetime import UTC, datetime, timedelta

import numpy as np

from u3edu.editing import BrushStroke, EditScript
from u3edu.editing.label_map import Element, LabelMap
from u3edu.imaging.slice import Acquisition, IntensityScale, Slice, Window
from u3edu.quiz.answer_book import AnswerBook
from u3edu.quiz.build import QuizBuilder
from u3edu.quiz.painting import PaintTask
from u3edu.quiz.quiz import Quiz, Rules
from u3edu.quiz.response import Opening, Response

SIDE = 48
LAYERS = ("outside", "mucosa", "muscularis propria", "mesorectum")
ELEMENTS = (
    Element("fat", "#f0e442", 0.5),
    Element("wall", "#009e73", -0.2),
    Element("tumour", "#e69f00", 0.1),
)
TUMOUR = 2
# A stroke from the lesion to 4 mm (8 pixels) beyond the wall.
STROKE = EditScript(operations=(BrushStroke(element=TUMOUR, points=((24, 4), (24, 21)), diameter=5),))
# What answers every kind of question right, and what wrong: the answer, and the place pointed at.
RIGHT = {
    "real_or_synthetic": ("real", None),
    "rate_abc": ("B", None),
    "stage_it": ("T2", None),
    "what_changed": ("margin", (32.0, 12.0)),
    "paint_it": (STROKE, None),
}
WRONG = {
    "real_or_synthetic": ("synthetic", None),
    "rate_abc": ("A", None),
    "stage_it": ("T3", None),
    "what_changed": ("size", (2.0, 40.0)),
    "paint_it": (EditScript(), None),
}


class Clock:
    """Tells the time that a test has set."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def wait(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class MemoryStore:
    """Results in a dictionary: what `ResultsStore` promises and no more."""

    def __init__(self) -> None:
        self._openings: dict[tuple[str, str, str, int], Opening] = {}
        self._responses: dict[tuple[str, str], dict[str, Response]] = {}

    def opened(self, opening: Opening) -> Opening:
        return self._openings.setdefault((opening.quiz, opening.item, opening.who, opening.attempt), opening)

    def record(self, response: Response) -> Response:
        return self._responses.setdefault((response.quiz, response.who), {}).setdefault(response.id, response)

    def responses(self, quiz: str | None = None, who: str | None = None) -> tuple[Response, ...]:
        return tuple(
            one
            for (its_quiz, its_who), kept in self._responses.items()
            if quiz in (None, its_quiz) and who in (None, its_who)
            for one in kept.values()
        )


def acquisition(synthetic: bool = False) -> Acquisition:
    scale = IntensityScale(500.0, 500.0, "signal")
    return Acquisition("MR", (0.5, 0.5), scale, (Window("full", 500, 1000),), synthetic=synthetic)


def picture(seed: int, *, synthetic: bool = False, side: int = SIDE) -> Slice:
    """A noisy square on a dark ground."""
    rng = np.random.default_rng(seed)
    pixels = np.full((side, side), -0.6)
    pixels[side // 4 : 3 * side // 4, side // 4 : 3 * side // 4] = 0.4
    return Slice(np.clip(pixels + rng.normal(0, 0.1, pixels.shape), -1, 1), acquisition(synthetic))


def columns_map() -> tuple[LabelMap, np.ndarray]:
    """A wall of layers from left to right, 4 mm each, and the elements over it; half a mm a pixel."""
    layers = np.zeros((SIDE, SIDE), np.uint8)
    layers[:, :8], layers[:, 8:16], layers[:, 16:40] = 1, 2, 3
    labels = np.where(layers == 3, 0, 1).astype(np.uint8)
    return LabelMap(labels, ELEMENTS, acquisition()), layers


def paint_task(**changes: object) -> PaintTask:
    """Extend a tumour of the mucosa 4 mm into the mesorectum, at row 24, and spare a vessel."""
    _, layers = columns_map()
    lesion, vessel = np.zeros(layers.shape, bool), np.zeros(layers.shape, bool)
    lesion[20:29, :8] = True
    vessel[0:6, 20:40] = True
    task = {
        "layers": layers,
        "layer_names": LAYERS,
        "lesion": lesion,
        "tumour_elements": (TUMOUR,),
        "target": "mesorectum",
        "depth_mm": 4.0,
        "within_mm": 1.0,
        "place": (24.0, 19.0),
        "place_within_mm": 4.0,
        "spared": {"vessel": vessel},
    }
    return PaintTask(**(task | changes))  # type: ignore[arg-type]


def every_kind(rules: Rules | None = None) -> tuple[Quiz, AnswerBook]:
    """A quiz with one item of each kind, in a fixed order of kinds."""
    builder = QuizBuilder(
        "Every kind", "One question of each kind.", dataset="pelvic MRI", rules=rules, seed=129
    )
    builder.real_or_synthetic(picture(1), "real", "A scanner took it.")
    builder.rate_abc(
        picture(2, synthetic=True),
        "A tumour of 20 mm reaches the mesorectal fat.",
        "synthetic",
        "It reaches the submucosa.",
        fault="wrong layer",
    )
    builder.stage_it(picture(3), "Which T?", ("T1", "T2", "T3"), "T2", "It reaches the muscularis propria.")
    changed = np.zeros((SIDE, SIDE), bool)
    changed[30:34, 10:14] = True
    builder.what_changed(
        picture(4),
        picture(5),
        changed,
        "What changed?",
        ("size", "margin"),
        "margin",
        "Spicules grew.",
        within_mm=2,
    )
    label_map, _ = columns_map()
    builder.paint_it(
        picture(6), label_map, "fake", "Extend to T3, 4 mm into the fat.", paint_task(), "T3 is fat."
    )
    return builder.build()
