"""Several stages in a row: how a disease goes on, and what each stage changes."""

import html
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from u3edu.editing.box import Box
from u3edu.editing.context import EditContext
from u3edu.editing.difference import Difference, amount, edited_pixels
from u3edu.editing.in_place import SEAM, in_place
from u3edu.editing.label_map import LabelMap
from u3edu.editing.stages import Stage
from u3edu.engine.protocol import Engine
from u3edu.imaging.slice import Slice
from u3edu.widgets.compare import full_colour
from u3edu.widgets.comparison import Comparison
from u3edu.widgets.difference_map import difference_rgb
from u3edu.widgets.session import Mode


class CompareStages(Comparison):
    """Stages beside each other with one linked cursor, swiped, in turn, and as difference maps.

    Parameters
    ----------
    engine : Engine
    base : LabelMap
        The first label map.
    stages : sequence of Stage
        In their order; two or more.
    picture : Slice, optional
        The original picture, for ``"in place"`` and for masks that go by intensity.
    mode : {"whole", "in place"}

    Attributes
    ----------
    differences : tuple of Difference
        Of each stage from the one before it, beginning with the second.

    Raises
    ------
    ValueError
        If there are fewer than two stages, or no original for ``"in place"``.
    InvalidEdit
        If a stage does not fit the label map.
    """

    def __init__(
        self,
        engine: Engine,
        base: LabelMap,
        stages: Sequence[Stage],
        picture: Slice | None = None,
        *,
        mode: Mode = "whole",
    ) -> None:
        stages = tuple(stages)
        if len(stages) < 2:
            raise ValueError(f"two stages or more can be compared; there {_count(len(stages))}")
        if mode == "in place" and picture is None:
            raise ValueError("in place needs the original picture")
        context = EditContext(base, picture)
        maps = [stage.script.apply(base, context)[0] for stage in stages]
        first = engine.synthesize(base)
        reach = engine.halo if mode == "whole" else max(engine.halo, SEAM)
        pictures = _drawn(engine, base, first, maps)
        if mode == "in place" and picture is not None:
            pictures = [
                in_place(picture, first, drawn, edited_pixels(base, each), each.labels)
                for drawn, each in zip(pictures, maps, strict=True)
            ]
        self._names = tuple(stage.name for stage in stages)
        edits = [edited_pixels(earlier, later) for earlier, later in pairwise(maps)]
        pairs = list(zip(pictures[:-1], pictures[1:], edits, strict=True))
        self.differences = tuple(Difference.measure(*pair, reach) for pair in pairs)
        limit = max(float(np.abs(later.pixels - earlier.pixels).max()) for earlier, later, _ in pairs) or 1.0
        steps = [f"{one} to {other}" for one, other in pairwise(self._names)]
        colours = [(step, difference_rgb(*pair, limit)[0]) for step, pair in zip(steps, pairs, strict=True)]
        words = (
            f"{_table(steps, self.differences)}<div class='u3edu-status'>In the difference maps colours are "
            f"full at {full_colour(limit, first)}, and a grey line surrounds each edit.</div>"
        )
        super().__init__(list(zip(self._names, pictures, strict=True)), colours, words)

    def __repr__(self) -> str:
        return f"CompareStages({', '.join(self._names)})"


def _drawn(engine: Engine, base: LabelMap, first: Slice, maps: Sequence[LabelMap]) -> list[Slice]:
    """The whole synthesis of each map, each drawn again from the one before where it differs."""
    pictures, before, drawn = [], base, first
    for each in maps:
        box = Box.around(edited_pixels(before, each))
        drawn = engine.resynthesize(drawn, each, box) if box else drawn
        pictures.append(drawn)
        before = each
    return pictures


def _table(steps: Sequence[str], differences: Sequence[Difference]) -> str:
    """What each step changed inside its edit, around it, and beyond, HTML."""
    unit, halo = differences[0].unit, differences[0].halo
    head = (
        f"<th>Step</th><th>Pixels edited</th><th>Mean change there, {unit}</th>"
        f"<th>Changed within {halo} pixels</th><th>Changed beyond</th>"
    )
    rows = "".join(
        f"<tr><th>{html.escape(step)}</th><td>{one.edit.pixels:,}</td><td>{amount(one.edit.mean)}</td>"
        f"<td>{one.rim.changed:,}</td><td>{one.beyond.changed:,}</td></tr>"
        for step, one in zip(steps, differences, strict=True)
    )
    return f'<table class="u3edu-table"><tr>{head}</tr>{rows}</table>'


def _count(stages: int) -> str:
    return "is 1" if stages == 1 else "are none"
