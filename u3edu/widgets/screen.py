"""Both pictures on the screen, repainted from the state at any time."""

import ipywidgets
import numpy as np

from u3edu.editing.box import Box
from u3edu.imaging.series import Series
from u3edu.imaging.slice import Slice
from u3edu.widgets.glass import Glass
from u3edu.widgets.layers import PaintLayers, SyntheticView, overlay_rgba, stage
from u3edu.widgets.session import EditSession
from u3edu.widgets.still import blend, side_by_side
from u3edu.widgets.style import caption
from u3edu.widgets.view_panel import ViewPanel

# What screen readers say of the pane; its last sentence is the way out for whoever can't see it.
_DESCRIPTION = (
    "Original picture with its elements, {0} rows and {1} columns, to paint on. Plus and minus zoom, arrow "
    "keys move the view, square brackets change the brush, Enter ends a polygon, Escape gives it up, "
    "control Z and control Y undo and redo. Everything can also be done with the controls below, by numbers."
)


class PainterScreen(ipywidgets.HBox):
    """The original with its elements under the glass, and the synthetic picture beside it.

    Parameters
    ----------
    session : EditSession
        Holds the state that is shown.
    picture : Slice
        The original.
    panel : ViewPanel
        How it is shown.
    neighbours : tuple of Slice
        The series that the panel's slice slider scrolls through; empty for a picture alone.
    """

    def __init__(
        self, session: EditSession, picture: Slice, panel: ViewPanel, neighbours: tuple[Slice, ...]
    ) -> None:
        self._session, self._picture, self._panel = session, picture, panel
        self._neighbours = neighbours
        self.layers = PaintLayers(picture.shape)
        self.view = SyntheticView(picture.shape)
        self.glass = Glass(picture.shape, picture.spacing)
        self.glass.description = _DESCRIPTION.format(*picture.shape)
        twin = ipywidgets.HTML("")
        twin.add_class("u3edu-twin")
        self._left = caption("Original with elements", "paint here")
        super().__init__(
            [
                ipywidgets.VBox([self._left, stage(self.layers.canvas, self.glass)]),
                ipywidgets.VBox([caption("Synthetic", "for education only"), stage(self.view.canvas, twin)]),
            ]
        )
        self.add_class("u3edu-pictures")

    def redraw(self) -> None:
        """Repaint both canvases; does no harm at any time."""
        neighbour = self._panel.neighbour
        if neighbour is None:
            self.layers.draw_picture(self._picture, self._panel.window)
        else:
            self.layers.draw_picture(self._neighbours[neighbour], self._panel.window)
        self.draw_overlay()
        self.draw_synthetic()

    def draw_overlay(self, box: Box | None = None) -> None:
        """Draw the elements, or those inside a box; over a neighbouring slice there are none."""
        whole = Box.whole(self._picture.shape)
        # Outlines next to the box may come or go with it.
        box = whole if box is None else box.grow(1).clip(self._picture.shape)
        overlay = self._overlay(box)
        self.layers.draw_overlay(overlay, box)

    def draw_synthetic(self, box: Box | None = None) -> None:
        """Draw the synthetic picture, or the part of it inside a box."""
        self.view.draw(self._session.synthetic, self._panel.window, box)

    def show_neighbour(self) -> None:
        """Say which slice is on the left, and draw it."""
        neighbour = self._panel.neighbour
        words = (
            ("Original with elements", "paint here")
            if neighbour is None
            else (f"Slice {neighbour + 1} of {len(self._neighbours)}", "to look at; not the one you paint")
        )
        self._left.value = caption(*words).value
        self.redraw()

    def still(self) -> bytes:
        """Both pictures as a PNG, for viewers that run no widgets."""
        window = self._panel.window
        left = blend(self._picture.display(window), self._overlay(Box.whole(self._picture.shape)))
        return side_by_side((left, self._session.synthetic.display(window)))

    def _overlay(self, box: Box) -> np.ndarray:
        panel = self._panel
        if panel.neighbour is not None:
            return np.zeros((*box.shape, 4), np.uint8)
        return overlay_rgba(
            self._session.label_map,
            panel.opacity.value / 100,
            box,
            outlines=panel.outlines.value,
            only=panel.only,
        )


def position_in(series: Series | None, picture: Slice) -> tuple[tuple[Slice, ...], int]:
    """The slices in the order of a reader's scrolling, and which of them is the picture.

    Raises
    ------
    ValueError
        If the picture is none of the series, or its slices differ from it in size.
    """
    if series is None:
        return (), 0
    slices = series.cine()
    for number, each in enumerate(slices):
        if each.shape != picture.shape:
            raise ValueError(
                f"slice {number + 1} of the series has {each.shape} pixels, the picture {picture.shape}"
            )
    for number, each in enumerate(slices):
        if each is picture or _same(each, picture):
            return slices, number
    raise ValueError("the picture is not one of the series' slices: give one of them, for example series[3]")


def _same(one: Slice, other: Slice) -> bool:
    uid = one.acquisition.source.instance_uid
    if uid and other.acquisition.source.instance_uid:
        return uid == other.acquisition.source.instance_uid
    return np.array_equal(one.pixels, other.pixels)
