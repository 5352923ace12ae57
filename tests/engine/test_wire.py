"""The wire: what is sent arrives, what is not ours is refused, and a box brings all that it depends on."""

import json
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from u3edu.editing.box import Box
from u3edu.engine.appearance import Appearance
from u3edu.engine.wire import BoxReply, BoxRequest, MalformedMessage, ModelInfo, request_for
from u3edu.imaging.coil_field import AMPLITUDES

INFO = ModelInfo(name="small", weights="ab", elements=5, stride=4, reach=18, largest_side=400)
LABELS = np.random.default_rng(0).integers(5, size=(200, 304)).astype(np.uint8)
CHANGED = Box(90, 100, 114, 130)


def message(head: object, content: bytes) -> bytes:
    return json.dumps(head).encode() + b"\n" + content


def good_head() -> dict[str, object]:
    return {"shape": [200, 304], "cutout": [0, 0, 200, 304], "box": [0, 0, 20, 30]}


def lit(shape: tuple[int, int]) -> dict[str, object]:
    """A coil field of a picture of a shape."""
    return {"coil_field": [0.0] * AMPLITUDES, "field_shape": list(shape)}


PACKED = zlib.compress(LABELS.tobytes())


@settings(deadline=None)
@given(
    top=st.integers(0, 199),
    left=st.integers(0, 303),
    height=st.integers(1, 80),
    width=st.integers(1, 80),
)
def test_a_request_holds_all_labels_that_the_reached_pixels_depend_on(
    top: int, left: int, height: int, width: int
) -> None:
    changed = Box(top, left, top + height, left + width).clip(LABELS.shape)
    appearance = Appearance(1.25, (1.0, 0.5, 1.5, 2.0, 1.0), 0.7, (-1 / 3,) * AMPLITUDES, (198, 301))
    request = request_for(LABELS, changed, INFO, appearance)
    whole = Box.whole(LABELS.shape)
    assert changed.align(4).grow(18).clip(LABELS.shape) == request.box
    assert request.box.grow(INFO.halo).clip(LABELS.shape).union(request.cutout) == request.cutout
    assert request.cutout.union(whole) == whole
    arrived = BoxRequest.from_bytes(request.to_bytes(), INFO)
    assert (arrived.shape, arrived.cutout, arrived.box) == (request.shape, request.cutout, request.box)
    assert arrived.appearance == request.appearance
    assert np.array_equal(arrived.labels, LABELS[request.cutout.slices])


def test_strokes_of_about_one_size_ask_for_cutouts_of_one_shape() -> None:
    shapes = {
        request_for(LABELS, Box(top, left, top + size, left + size), INFO).labels.shape
        for top in (0, 37, 176)
        for left in (0, 5, 150, 280)
        for size in (12, 24)
    }
    assert shapes == {(128, 128)}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "first line"),
        (b"x" * 5000, "first line"),
        (b"\x80\x04K\x01.\n", "JSON"),
        (message([1, 2], PACKED), "first line"),
        (message({**good_head(), "more": 1}, PACKED), "more"),
        (message({**good_head(), "shape": [200.5, 304]}, PACKED), "shape"),
        (message({**good_head(), "shape": [200, 0]}, PACKED), "shape"),
        (message({**good_head(), "shape": [800, 304]}, PACKED), "at most 400"),
        (message({**good_head(), "shape": [198, 304]}, PACKED), "multiples of 4"),
        (message({**good_head(), "cutout": [2, 0, 200, 304]}, PACKED), "multiples of 4"),
        (message({**good_head(), "cutout": [-4, 0, 200, 304]}, PACKED), "lie in the picture"),
        (message({**good_head(), "box": [0, 0, 20, 400]}, PACKED), "lie in the picture"),
        (message({**good_head(), "box": [20, 0, 20, 30]}, PACKED), "at least one pixel"),
        (message({**good_head(), "cutout": [0, 0, 24, 32]}, PACKED), "21 pixels beyond the box"),
        (message({**good_head(), "grain": -0.5}, PACKED), "grain"),
        (message({**good_head(), "grain": 1e9}, PACKED), "grain"),
        (message({**good_head(), "element_grain": [1, 1, -1, 1, 1]}, PACKED), "element_grain.2"),
        (message({**good_head(), "element_grain": [1, 1]}, PACKED), "for 2 of 5 elements"),
        (message({**good_head(), "grain": float("nan")}, PACKED), "grain"),
        (message({**good_head(), "spacing": 0.0}, PACKED), "spacing"),
        (message({**good_head(), "coil_field": [0.1] * 3}, PACKED), f"has {AMPLITUDES} numbers; got 3"),
        (message({**good_head(), "coil_field": [99] * AMPLITUDES}, PACKED), "coil_field.0"),
        (message({**good_head(), "coil_field": [0] * AMPLITUDES}, PACKED), "of the picture"),
        (message({**good_head(), **lit((196, 304))}, PACKED), "of the picture"),
        (message({**good_head(), **lit((201, 304))}, PACKED), "of the picture"),
        (message(good_head(), LABELS.tobytes()), "zlib"),
        (message(good_head(), zlib.compress(LABELS.tobytes()[:-1])), "60800 bytes"),
        (message(good_head(), zlib.compress(LABELS.tobytes() + b"\0")), "60800 bytes"),
        (message(good_head(), PACKED[:-9]), "60800 bytes"),
        (message(good_head(), zlib.compress(b"\x05" * LABELS.size)), "elements 0 to 4"),
    ],
)
def test_a_request_that_is_none_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(MalformedMessage, match=words):
        BoxRequest.from_bytes(content, INFO)


def test_a_body_that_would_unpack_to_a_gigabyte_is_not_unpacked() -> None:
    bomb = zlib.compressobj()
    packed = b"".join(bomb.compress(bytes(2**20)) for _ in range(1024)) + bomb.flush()
    with pytest.raises(MalformedMessage, match="60800 bytes"):
        BoxRequest.from_bytes(message(good_head(), packed), INFO)


def test_pixels_arrive_to_the_last_bit() -> None:
    pixels = np.random.default_rng(1).uniform(-1, 1, size=(24, 30)).astype(np.float32)
    arrived = BoxReply.from_bytes(BoxReply(CHANGED, pixels).to_bytes())
    assert arrived.box == CHANGED and arrived.pixels.dtype == np.float32
    assert np.array_equal(arrived.pixels, pixels)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1.5])
def test_pixels_that_are_none_are_refused(value: float) -> None:
    pixels = np.zeros(CHANGED.shape, np.float32)
    pixels[3, 4] = value
    with pytest.raises(MalformedMessage, match="pixels"):
        BoxReply.from_bytes(BoxReply(CHANGED, pixels).to_bytes())


def test_a_reply_that_breaks_off_is_refused() -> None:
    content = BoxReply(CHANGED, np.zeros(CHANGED.shape, np.float32)).to_bytes()
    with pytest.raises(MalformedMessage, match="bytes"):
        BoxReply.from_bytes(content[:-1])
