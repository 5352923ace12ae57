"""What goes to a canvas arrives pixel by pixel, and an error never stops the drawing."""

import ipycanvas
import numpy as np
import pytest

from u3edu.widgets.canvas import hold, to_canvas


@pytest.mark.parametrize("shape", [(16, 16), (16, 16, 4)])
def test_pixels_arrive_unchanged(screen, shape):
    pixels = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    pixels[..., -1:] = 255 if len(shape) == 3 else pixels[..., -1:]
    canvas = ipycanvas.Canvas(width=16, height=16)
    with hold():
        canvas.put_image_data(to_canvas(pixels), 0, 0)
    shown = screen.show(canvas)
    np.testing.assert_array_equal(shown if len(shape) == 3 else shown[..., 0], pixels)


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((4, 4, 3), np.uint8),  # would be sent as lossy JPEG
        np.zeros((4, 4), np.uint16),  # would wrap at 256
        np.zeros((4, 4), np.float32),  # would become black
        np.zeros((4, 4), bool),
        np.zeros((0, 4), np.uint8),
        np.zeros(4, np.uint8),
    ],
)
def test_arrays_that_would_be_spoilt_on_the_way_are_refused(array):
    with pytest.raises(ValueError, match="a canvas takes uint8"):
        to_canvas(array)


def test_drawing_goes_on_after_an_exception_in_a_held_block(screen):
    canvas = ipycanvas.Canvas(width=4, height=4)

    def draw_half() -> None:
        with hold():
            canvas.put_image_data(np.full((4, 4), 9, np.uint8), 0, 0)
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        draw_half()
    assert not screen.show(canvas).any(), "the half-made batch is dropped"
    with hold():
        canvas.put_image_data(np.full((4, 4), 7, np.uint8), 0, 0)
    assert (screen.show(canvas)[..., 0] == 7).all()
    canvas.clear()
    assert not screen.show(canvas).any(), "drawing without hold works too"


def test_first_drawing_after_a_page_reload_reaches_its_canvas(screen):
    canvas = ipycanvas.Canvas(width=4, height=4)
    for level in (5, 6):
        with hold():
            canvas.put_image_data(np.full((4, 4), level, np.uint8), 0, 0)
        screen.reload()
    with hold():
        canvas.put_image_data(np.full((4, 4), 7, np.uint8), 0, 0)
    assert (screen.show(canvas)[..., 0] == 7).all()


def test_held_blocks_inside_one_another_are_sent_as_one_message(screen):
    canvas = ipycanvas.Canvas(width=4, height=4)
    sent = len(screen.messages)
    with hold():
        canvas.clear()
        with hold():
            canvas.clear()
    assert screen.messages[sent:] == [["switchCanvas", "clear", "clear"]]
