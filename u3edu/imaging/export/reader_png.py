"""The one way in which a picture reaches a trainee in a test: real and synthetic alike, as a plain PNG."""

import io

import numpy as np
from PIL import Image
from scipy import ndimage

from u3edu.imaging.slice import Slice, Window

# Every picture has this many rows and columns, and so the same number of bytes.
SIZE = 512

# What is darker than this is air around the body: HU for CT, share of the bright signal for others.
_AIR_BELOW_HU = -400.0
# CT ends at air's -1024 HU, and a decoder a little below: whatever is darker than this is shown alike.
_DARKEST_HU = -980.0
_AIR_BELOW_SHARE = 0.1
_SMOOTHING_PIXELS = 2.0
_MARGIN_PIXELS = 3


def reader_png(picture: Slice, window: Window | None = None) -> bytes:
    """A picture as a PNG of which nothing but the picture itself tells how it was made.

    The picture is put on 512 x 512 square pixels with its sides padded in black; what lies around
    the body is black too, so that a scanner's noise in air doesn't tell it from a decoder; 256
    grey levels; no text, time or colour profile; stored without compression, so that all files
    have the same length whatever they show.

    Parameters
    ----------
    picture : Slice
        Real or synthetic; no banner is drawn.
    window : Window, optional
        By default the first preset for CT, and for other pictures the 1st to 99th percentile of
        the body in this very picture.

    Returns
    -------
    bytes
        The PNG file. The same picture gives the same bytes.
    """
    levels = reader_levels(picture, window).astype(np.float32)
    rows, columns = (length * spacing for length, spacing in zip(picture.shape, picture.spacing, strict=True))
    scale = SIZE / max(rows, columns)
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    drawn = Image.fromarray(levels).resize(size, Image.Resampling.BICUBIC)
    shown = np.clip(np.rint(np.asarray(drawn)), 0, 255).astype(np.uint8)
    whole = np.zeros((SIZE, SIZE), np.uint8)
    top, left = (SIZE - shown.shape[0]) // 2, (SIZE - shown.shape[1]) // 2
    whole[top : top + shown.shape[0], left : left + shown.shape[1]] = shown
    file = io.BytesIO()
    Image.fromarray(whole).save(file, format="PNG", compress_level=0)
    return file.getvalue()


def reader_levels(picture: Slice, window: Window | None = None) -> np.ndarray:
    """The grey levels of `reader_png` at the picture's own pixels, uint8 [H, W].

    Parameters
    ----------
    picture : Slice
    window : Window, optional
        By default `reader_window` of this very picture.
    """
    shown = picture
    if picture.acquisition.scale.unit == "HU":
        darkest = picture.acquisition.scale.to_pixels(np.array(_DARKEST_HU))
        shown = picture.with_pixels(np.maximum(picture.pixels, darkest))
    return shown.display(window or reader_window(picture)) * _body(picture)


def reader_window(picture: Slice) -> Window:
    """The window of `reader_png`: the first preset for CT, the body's 1st to 99th percentile for others."""
    if picture.acquisition.modality == "CT":
        return picture.acquisition.windows[0]
    return _window_of(picture.raw[_body(picture)])


def _body(picture: Slice) -> np.ndarray:
    """The largest bright region with all that it encloses, bool [H, W]; all where there is none."""
    smooth = ndimage.gaussian_filter(picture.raw, _SMOOTHING_PIXELS)
    if picture.acquisition.modality == "CT":
        limit = _AIR_BELOW_HU
    else:
        lowest, highest = float(smooth.min()), float(np.percentile(smooth, 95))
        limit = lowest + _AIR_BELOW_SHARE * (highest - lowest)
    regions, count = ndimage.label(smooth > limit)
    if count == 0:
        return np.ones(picture.shape, dtype=bool)
    largest = int(np.bincount(regions.ravel())[1:].argmax()) + 1
    filled = ndimage.binary_fill_holes(regions == largest)
    return np.asarray(ndimage.binary_dilation(filled, iterations=_MARGIN_PIXELS))


def _window_of(signal: np.ndarray) -> Window:
    """From the 1st to the 99th percentile of a signal [N]."""
    low, high = (float(level) for level in np.percentile(signal, [1, 99]))
    return Window("body", centre=(low + high) / 2, width=(high - low) or 1.0)
