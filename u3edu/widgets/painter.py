"""The painter: paint anatomical elements over a picture and see the synthetic picture follow."""

import threading
from collections.abc import Sequence
from typing import Any

import ipywidgets
import numpy as np
from pydantic import ValidationError

from u3edu.editing.box import Box
from u3edu.editing.brush import BrushStroke
from u3edu.editing.difference import edited_pixels
from u3edu.editing.elements import element_index
from u3edu.editing.errors import InvalidEdit
from u3edu.editing.fill import Fill
from u3edu.editing.label_map import LabelMap
from u3edu.editing.script import EditScript
from u3edu.engine.protocol import Engine
from u3edu.imaging.slice import Slice
from u3edu.widgets.compare import Compare
from u3edu.widgets.controls import LARGEST, SMALLEST, PainterControls
from u3edu.widgets.interaction import Interaction
from u3edu.widgets.layers import PaintLayers, SyntheticView, overlay_rgba
from u3edu.widgets.palette import Palette
from u3edu.widgets.session import Change, EditSession
from u3edu.widgets.still import blend, side_by_side, with_still
from u3edu.widgets.style import caption, style_sheet
from u3edu.widgets.words import describe, element_name, status_html


class Painter(ipywidgets.VBox):
    """Paint an edit with the mouse, a finger, the controls, or from Python.

    Left, the original picture with its elements, to paint on; right, the synthetic picture,
    drawn anew after each step inside the changed box alone. The label map is kept in NumPy and
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

    Raises
    ------
    ValueError
        If picture and label map differ in size, or the diameter is out of range.

    Examples
    --------
    >>> painter = Painter(engine, picture)  # doctest: +SKIP
    >>> painter.stroke([(120, 140), (130, 150)], element="muscle", diameter=10)  # doctest: +SKIP
    >>> painter.undo()  # doctest: +SKIP
    """

    def __init__(
        self, engine: Engine, picture: Slice, label_map: LabelMap | None = None, diameter: int = 8
    ) -> None:
        label_map = label_map or engine.segment(picture)
        if label_map.shape != picture.shape:
            raise ValueError(f"the label map has {label_map.shape} pixels, the picture {picture.shape}")
        if not SMALLEST <= diameter <= LARGEST:
            raise ValueError(f"the brush diameter is {SMALLEST} to {LARGEST} pixels; got {diameter}")
        self.engine = engine
        self.picture = picture
        self._session = EditSession(engine, label_map)
        self._lock = threading.RLock()
        self._layers = PaintLayers(picture.shape)
        self._view = SyntheticView(picture.shape)
        self._palette = Palette(label_map.elements)
        self._controls = PainterControls(picture.acquisition.windows, picture.spacing, diameter)
        self._status = ipywidgets.HTML()
        pictures = ipywidgets.HBox(
            [
                ipywidgets.VBox([caption("Original with elements", "paint here"), self._layers.canvas]),
                ipywidgets.VBox([caption("Synthetic", "for education only"), self._view.canvas]),
            ]
        )
        pictures.add_class("u3edu-pictures")
        super().__init__([style_sheet(), pictures, self._palette, self._controls, self._status])
        self.add_class("u3edu-painter")
        self._interaction = Interaction(
            self, self._layers, self._view, self._palette, self._controls, self._lock
        )
        self.choose(int(np.argmax(label_map.shares())))
        self.say("Choose an element, then drag over the left picture.")
        self.redraw()

    @property
    def label_map(self) -> LabelMap:
        """The elements as they stand now."""
        return self._session.label_map

    @property
    def synthetic(self) -> Slice:
        """The synthetic picture as it stands now."""
        return self._session.synthetic

    @property
    def script(self) -> EditScript:
        """The operations that led here, to store or to replay."""
        return self._session.script

    @property
    def edited(self) -> np.ndarray:
        """The pixels whose element differs from the first label map, bool [H, W]."""
        return edited_pixels(self._session.history.base, self.label_map)

    @property
    def element(self) -> int:
        """Number of the element that is painted with."""
        return self._palette.chosen

    def choose(self, element: int | str) -> None:
        """Choose the element to paint with, by number or name.

        Raises
        ------
        InvalidEdit
            If there is no such element.
        """
        with self._lock:
            self._palette.show(element_index(element, self.label_map.elements))
            self.say(f"Painting with {element_name(self.element, self.label_map.elements)}.")

    def stroke(
        self,
        points: Sequence[tuple[float, float]],
        element: int | str | None = None,
        diameter: float | None = None,
    ) -> None:
        """Paint along points, just as the mouse does.

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
        width = self._controls.diameter.value if diameter is None else diameter
        self._paint(BrushStroke, "Painted", element, points=points, diameter=width)

    def fill(
        self, seed: tuple[int, int], element: int | str | None = None, *, contiguous: bool = True
    ) -> None:
        """Fill the area around a pixel.

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
        with self._lock:
            self._show("Undone", self._session.undo())

    def redo(self) -> None:
        """Do the step again that was undone last."""
        with self._lock:
            self._show("Done again", self._session.redo())

    def reset(self) -> None:
        """Go back to the first elements; this can be undone too."""
        with self._lock:
            self._show("Reset", self._session.reset())

    def compare(self) -> Compare:
        """Before and after: the first synthetic picture beside the present one."""
        return Compare(self._session.base_synthetic, self.synthetic, self.edited, self.engine.halo)

    def redraw(self) -> None:
        """Repaint both canvases from the state; does no harm at any time."""
        with self._lock:
            window = self._controls.window.value
            self._layers.draw_picture(self.picture, window)
            self._layers.draw_overlay(self.label_map, self._controls.opacity.value)
            self._layers.clear_wet()
            self._view.draw(self.synthetic, window)

    def say(self, text: str, *, problem: bool = False) -> None:
        """Put words on the status line."""
        self._status.value = status_html(text, problem=problem)

    def _paint(
        self, kind: type[BrushStroke] | type[Fill], verb: str, element: int | str | None, **details: Any
    ) -> None:
        """Build one operation, apply it and show what changed."""
        with self._lock:
            elements = self.label_map.elements
            number = self.element if element is None else element_index(element, elements)
            try:
                operation = kind(element=number, **details)
            except ValidationError as error:
                raise InvalidEdit.from_validation(error, "nothing was painted") from error
            self.say("Drawing the synthetic picture …")
            self._show(f"{verb} {element_name(number, elements)}", self._session.do(operation))

    def _show(self, what: str, change: Change) -> None:
        """Repaint the changed boxes and say what was done."""
        if change.labels is not None:
            self._layers.draw_overlay(self.label_map, self._controls.opacity.value, change.labels)
        if change.picture is not None:
            self._view.draw(self.synthetic, self._controls.window.value, change.picture)
        history = self._session.history
        self._controls.show_steps(history.can_undo, history.can_redo, bool(self.script.operations))
        self.say(describe(what, change, self.synthetic, self.engine.halo))

    def __repr__(self) -> str:
        rows, columns = self.picture.shape
        edits = len(self.script)
        changed = int(self.edited.sum())
        return (
            f"Painter({rows} x {columns}, {edits} edit{'' if edits == 1 else 's'}, "
            f"{changed} pixel{'' if changed == 1 else 's'} changed)"
        )

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        window = self._controls.window.value
        overlay = overlay_rgba(self.label_map, self._controls.opacity.value, Box.whole(self.picture.shape))
        pictures = (blend(self.picture.display(window), overlay), self.synthetic.display(window))
        return with_still(super()._repr_mimebundle_(**options), side_by_side(pictures))
