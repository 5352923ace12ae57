"""The painter: paint anatomical elements over a picture and see the synthetic picture follow."""

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets
import numpy as np
from pydantic import ValidationError

from u3edu.editing.brush import BrushStroke
from u3edu.editing.difference import edited_pixels
from u3edu.editing.elements import element_index
from u3edu.editing.errors import InvalidEdit
from u3edu.editing.exemplar import Exemplar
from u3edu.editing.fill import Fill
from u3edu.editing.label_map import LabelMap
from u3edu.editing.script import EditScript
from u3edu.editing.stages import Stages
from u3edu.engine.protocol import Engine
from u3edu.exemplars import shipped_exemplars
from u3edu.imaging.series import Series
from u3edu.imaging.slice import Slice
from u3edu.widgets.autosave import Autosave
from u3edu.widgets.compare import Compare
from u3edu.widgets.controls import LARGEST, SMALLEST
from u3edu.widgets.further_controls import further_controls
from u3edu.widgets.session import Change, EditSession, Mode
from u3edu.widgets.still import with_still
from u3edu.widgets.style import style_sheet
from u3edu.widgets.words import REDONE, RESET, UNDONE, element_name
from u3edu.widgets.workbench import Workbench


class Painter(ipywidgets.VBox):
    """Paint an edit with the mouse, a finger, the controls, or from Python.

    Left, the original picture with its elements, to paint on; right, the synthetic picture,
    which follows each step inside the changed box alone. The label map is kept in NumPy and
    the canvases are repainted from it, so a reloaded page shows the edit again.

    Parameters
    ----------
    engine : Engine
        Segments and draws.
    picture : Slice
        The original picture.
    label_map : LabelMap, optional
        Its elements; segmented by the engine if left out.
    diameter : int
        Brush diameter to begin with, 1 to 64 pixels.
    series : Series, optional
        The series that the picture is a slice of, to scroll through beside the edit.
    exemplars : sequence of Exemplar, optional
        Tissues to paint with; those that come with the engine's model if left out. More can be
        taken from the picture.
    autosave : str, optional
        Keeps every step on disk under this name, and brings the edit back after a lost kernel.
    mode : {"whole", "in place"}
        How the picture is made to begin with: every pixel by the model, or the original outside
        the edit.

    Attributes
    ----------
    session : EditSession
        The edit, its history and its picture.
    stages : Stages
        The named stages that were saved.
    bench : Workbench
        Tools and controls.

    Raises
    ------
    ValueError
        If picture and label map differ in size, the diameter is out of range, the picture is
        none of the series, or there is no such mode.

    Examples
    --------
    >>> painter = Painter(engine, picture)  # doctest: +SKIP
    >>> painter.stroke([(120, 140), (130, 150)], element="muscle", diameter=10)  # doctest: +SKIP
    >>> painter.undo()  # doctest: +SKIP
    """

    def __init__(
        self,
        engine: Engine,
        picture: Slice,
        label_map: LabelMap | None = None,
        diameter: int = 8,
        *,
        series: Series | None = None,
        exemplars: Sequence[Exemplar] | None = None,
        autosave: str | None = None,
        mode: Mode = "whole",
    ) -> None:
        label_map = label_map or engine.segment(picture)
        if label_map.shape != picture.shape:
            raise ValueError(f"the label map has {label_map.shape} pixels, the picture {picture.shape}")
        if not SMALLEST <= diameter <= LARGEST:
            raise ValueError(f"the brush diameter is {SMALLEST} to {LARGEST} pixels; got {diameter}")
        self.engine, self.picture = engine, picture
        self.session = EditSession(engine, label_map, picture, mode=mode)
        self.stages = Stages()
        if exemplars is None:
            exemplars = shipped_exemplars(engine.name, label_map.elements)
        self.bench = Workbench(self.session, picture, diameter, series, exemplars)
        notes = () if autosave is None else (Autosave(self.session, autosave, self.stages).note,)
        bench = self.bench
        said = [bench.readout, bench.status, bench.limits.words]
        further = further_controls(bench, self.stages)
        shown = [bench.screen, *said, bench.controls, bench.palette, further]
        super().__init__([style_sheet(), *notes, *shown])
        self.add_class("u3edu-painter")
        self.bench.say(f"Choose an element, then drag over the left picture. {engine.note}".strip())
        self.redraw()

    @property
    def label_map(self) -> LabelMap:
        """The elements as they stand now."""
        return self.session.label_map

    @property
    def synthetic(self) -> Slice:
        """The synthetic picture as it stands now; waits until it has been drawn."""
        self.session.wait()
        return self.session.synthetic

    @property
    def script(self) -> EditScript:
        """The operations that led here, to store or to replay."""
        return self.session.script

    @property
    def edited(self) -> np.ndarray:
        """The pixels whose element differs from the first label map, bool [H, W]."""
        return edited_pixels(self.session.base, self.label_map)

    @property
    def element(self) -> int:
        """Number of the element that is painted with."""
        return self.bench.element

    def choose(self, element: int | str) -> None:
        """Choose the element to paint with, by number or name.

        Raises
        ------
        InvalidEdit
            If there is no such element.
        """
        self.bench.choose(element)

    def stroke(
        self,
        points: Sequence[tuple[float, float]],
        element: int | str | None = None,
        diameter: float | None = None,
    ) -> None:
        """Paint along points with a flat element, and wait for the picture.

        Parameters
        ----------
        points : sequence of (row, column)
            In pixels; whole numbers are pixel centres.
        element : int or str, optional
            Number or name; the chosen one if left out.
        diameter : float, optional
            In pixels; the slider's if left out.

        Raises
        ------
        InvalidEdit
            If the stroke does not fit; nothing is changed then.
        """
        width = self.bench.controls.diameter.value if diameter is None else diameter
        self._paint(BrushStroke, "Painted", element, points=points, diameter=width)

    def fill(
        self, seed: tuple[int, int], element: int | str | None = None, *, contiguous: bool = True
    ) -> None:
        """Fill the area around a pixel with a flat element, and wait for the picture.

        Parameters
        ----------
        seed : (row, column)
            A pixel of the area.
        element : int or str, optional
            Number or name; the chosen one if left out.
        contiguous : bool
            False fills every pixel of the element that the seed belongs to.

        Raises
        ------
        InvalidEdit
            If the seed lies outside the picture; nothing is changed then.
        """
        self._paint(Fill, "Filled with", element, seed=tuple(seed), contiguous=contiguous)

    def undo(self) -> None:
        """Take the last step back; the earlier synthetic picture returns exactly."""
        self._step(UNDONE, self.session.undo)

    def redo(self) -> None:
        """Do the step again that was undone last."""
        self._step(REDONE, self.session.redo)

    def reset(self) -> None:
        """Go back to the first elements; this can be undone too."""
        self._step(RESET, self.session.reset)

    def compare(self) -> Compare:
        """Before and after: the first synthetic picture beside the present one."""
        return Compare(self.session.base_synthetic, self.synthetic, self.edited, self.session.reach)

    def redraw(self) -> None:
        """Repaint both canvases from the state; does no harm at any time."""
        self.bench.redraw()

    def _paint(
        self, kind: type[BrushStroke] | type[Fill], verb: str, element: int | str | None, **details: Any
    ) -> None:
        """Build one operation, apply it and wait for the picture."""
        elements = self.label_map.elements
        number = self.element if element is None else element_index(element, elements)
        try:
            operation = kind(element=number, **details)
        except ValidationError as error:
            raise InvalidEdit.from_validation(error, "nothing was painted") from error
        self._step(f"{verb} {element_name(number, elements)}", lambda: self.session.do(operation))

    def _step(self, what: str, step: Callable[[], Change]) -> None:
        """Make one step of the session, and wait for the picture."""
        self.bench.step(what, step)
        self.session.wait()

    def __repr__(self) -> str:
        rows, columns = self.picture.shape
        edits = len(self.script)
        changed = int(self.edited.sum())
        return (
            f"Painter({rows} x {columns}, {edits} edit{'' if edits == 1 else 's'}, "
            f"{changed} pixel{'' if changed == 1 else 's'} changed)"
        )

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        return with_still(super()._repr_mimebundle_(**options), self.bench.screen.still())
