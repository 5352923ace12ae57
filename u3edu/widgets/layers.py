"""What the painter draws: picture and elements on the left, the synthetic picture right."""

import ipycanvas
import ipywidgets
import numpy as np

from u3edu.editing.boundaries import near_boundary
from u3edu.editing.box import Box
from u3edu.editing.label_map import LabelMap
from u3edu.imaging.slice import Slice, Window
from u3edu.widgets.canvas import hold, to_canvas

# Large enough to paint on, small enough for two pictures beside each other in a notebook.
LARGEST_SIDE = "600px"


def overlay_rgba(
    label_map: LabelMap, opacity: float, box: Box, *, outlines: bool = False, only: int | None = None
) -> np.ndarray:
    """The elements' colours inside a box.

    Parameters
    ----------
    label_map : LabelMap
    opacity : float
        0 to 1.
    box : Box
        The part of the picture to colour.
    outlines : bool
        Colour only the pixels with a neighbour of another element.
    only : int, optional
        Show this element alone.

    Returns
    -------
    uint8 [h, w, 4]
    """
    alphas = [opacity if only in (None, number) else 0.0 for number in range(len(label_map.elements))]
    colours = np.array(
        [
            (*element.rgb, round(255 * alpha))
            for element, alpha in zip(label_map.elements, alphas, strict=True)
        ],
        np.uint8,
    )
    overlay = np.take(colours, label_map.labels[box.slices], axis=0)
    if outlines:
        overlay[~_borders(label_map.labels, box)] = 0
    return overlay


def _borders(labels: np.ndarray, box: Box) -> np.ndarray:
    """Where a pixel of the box has a neighbour of another element, bool [h, w]."""
    seen = box.grow(1).clip((labels.shape[0], labels.shape[1]))
    part = labels[seen.slices]
    return near_boundary(part)[box.relative_to(seen).slices]


class PaintLayers:
    """The left canvas: the original picture, and the elements over it.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns of the picture.
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape = shape
        self.canvas = ipycanvas.MultiCanvas(2, width=shape[1], height=shape[0], layout=_canvas_layout())
        self.canvas.add_class("u3edu-paint-canvas")
        self._picture, self._overlay = self.canvas[0], self.canvas[1]

    def draw_picture(self, picture: Slice, window: Window) -> None:
        """Draw the original picture through a window."""
        with hold():
            self._picture.put_image_data(to_canvas(picture.display(window)), 0, 0)

    def draw_overlay(self, rgba: np.ndarray, box: Box) -> None:
        """Draw the elements inside a box, uint8 [h, w, 4] (see `overlay_rgba`)."""
        with hold():
            # Transparent colours add to what is there: wipe first.
            self._overlay.clear_rect(box.left, box.top, box.shape[1], box.shape[0])
            self._overlay.put_image_data(to_canvas(rgba), box.left, box.top)


class SyntheticView:
    """The right canvas: the synthetic picture."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape = shape
        self.canvas = ipycanvas.Canvas(width=shape[1], height=shape[0], layout=_canvas_layout())
        self.canvas.add_class("u3edu-synthetic-canvas")

    def draw(self, picture: Slice, window: Window, box: Box | None = None) -> None:
        """Draw the picture, or the part of it inside a box."""
        box = box or Box.whole(self.shape)
        with hold():
            self.canvas.put_image_data(to_canvas(picture.display(window)[box.slices]), box.left, box.top)


def stage(canvas: ipywidgets.DOMWidget, *over: ipywidgets.DOMWidget) -> ipywidgets.Box:
    """A frame that shows the part of a canvas which the view asks for, with what lies over it."""
    frame = ipywidgets.Box([canvas, *over], layout=ipywidgets.Layout(width="100%", max_width=LARGEST_SIDE))
    frame.add_class("u3edu-stage")
    return frame


def _canvas_layout() -> ipywidgets.Layout:
    """As wide as its frame; the height follows from the picture's own proportions."""
    return ipywidgets.Layout(width="100%", max_width=LARGEST_SIDE, height="auto")
