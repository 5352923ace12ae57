"""What the painter draws: picture, elements and wet paint on the left, the synthetic picture right."""

import ipycanvas
import ipywidgets
import numpy as np

from u3edu.editing.box import Box
from u3edu.editing.label_map import LabelMap
from u3edu.imaging.slice import Slice, Window
from u3edu.widgets.canvas import hold, to_canvas

# Large enough to paint on, small enough for two pictures beside each other in a notebook.
LARGEST_SIDE = "512px"


def overlay_rgba(label_map: LabelMap, opacity: float, box: Box) -> np.ndarray:
    """The elements' colours inside a box, uint8 [h, w, 4]; `opacity` 0 to 1."""
    colours = np.array([(*element.rgb, round(255 * opacity)) for element in label_map.elements], np.uint8)
    return np.take(colours, label_map.labels[box.slices], axis=0)


class PaintLayers:
    """The left canvas: the original picture, the elements over it, and the stroke being drawn.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns of the picture.
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape = shape
        self.canvas = ipycanvas.MultiCanvas(3, width=shape[1], height=shape[0], layout=_canvas_layout())
        self.canvas.add_class("u3edu-paint-canvas")
        self._picture, self._overlay, self._wet = self.canvas[0], self.canvas[1], self.canvas[2]

    def draw_picture(self, picture: Slice, window: Window) -> None:
        """Draw the original picture through a window."""
        with hold():
            self._picture.put_image_data(to_canvas(picture.display(window)), 0, 0)

    def draw_overlay(self, label_map: LabelMap, opacity: float, box: Box | None = None) -> None:
        """Draw the elements, or the part of them inside a box."""
        box = box or Box.whole(self.shape)
        with hold():
            # Transparent colours add to what is there: wipe first.
            self._overlay.clear_rect(box.left, box.top, box.shape[1], box.shape[0])
            self._overlay.put_image_data(to_canvas(overlay_rgba(label_map, opacity, box)), box.left, box.top)

    def draw_wet(self, points: np.ndarray, diameter: float, colour: str) -> None:
        """Add to the stroke being drawn; `points` float [N, 2] in canvas coordinates (x, y)."""
        layer = self._wet
        with hold():
            layer.line_cap = layer.line_join = "round"
            layer.line_width = diameter
            layer.fill_style = layer.stroke_style = colour
            # Where two pieces of a stroke overlap, see-through paint would be twice as strong:
            # wipe under the new piece before painting it.
            for mode, alpha in (("destination-out", 1.0), ("source-over", 0.65)):
                layer.global_composite_operation = mode
                layer.global_alpha = alpha
                if len(points) == 1:
                    layer.fill_circle(float(points[0, 0]), float(points[0, 1]), diameter / 2)
                else:
                    layer.stroke_lines(points.astype(np.float32))
            layer.global_alpha = 1.0

    def draw_cursor(self, x: float, y: float, diameter: float) -> None:
        """Show how large the brush is: a ring, dark on light, that every background shows."""
        layer = self._wet
        with hold():
            layer.clear()
            layer.global_composite_operation = "source-over"
            for colour, width in (("#000000", 2.5), ("#ffffff", 1.0)):
                layer.stroke_style = colour
                layer.line_width = width * max(1.0, self.shape[1] / 512)
                layer.stroke_circle(x, y, max(diameter / 2, 1.0))

    def clear_wet(self) -> None:
        """Take the stroke being drawn and the ring away."""
        with hold():
            self._wet.clear()


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


def _canvas_layout() -> ipywidgets.Layout:
    """As wide as its column; the height follows from the picture's own proportions."""
    return ipywidgets.Layout(width="100%", max_width=LARGEST_SIDE, height="auto")
