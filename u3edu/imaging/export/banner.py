"""The words that a synthetic picture carries where everybody sees them."""

from functools import cache
from itertools import product

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from u3edu.imaging.slice import Slice

# The longer one where it fits.
WORDS = ("SYNTHETIC PICTURE - FOR EDUCATION ONLY", "SYNTHETIC")

# In pixels. Smaller letters can't be read; larger ones would take more than 6 % of the rows.
SMALLEST, LARGEST = 8, 20
MARGIN = 2


def with_banner(picture: Slice) -> Slice:
    """A picture with a banner across its top rows: white words on black at any window.

    Parameters
    ----------
    picture : Slice
        What lies beneath the banner is lost; `banner_rows` says how many rows that is.
    """
    letters = banner(picture.shape[1])
    pixels = picture.pixels.copy()
    rows = min(len(letters), picture.shape[0])
    pixels[:rows] = np.where(letters[:rows], 1.0, -1.0)
    return picture.with_pixels(pixels)


def marked(picture: Slice, reader_test: bool) -> Slice:
    """A picture as it may leave: synthetic ones with the banner, unless they are for a reader test."""
    return with_banner(picture) if picture.acquisition.synthetic and not reader_test else picture


def banner_rows(width: int) -> int:
    """How many rows the banner takes of a picture `width` pixels wide."""
    return len(banner(width))


@cache
def banner(width: int) -> np.ndarray:
    """Where the letters are, bool [rows, width]; at most 90 % of the width where it is 60 or more."""
    sizes = range(max(SMALLEST, min(LARGEST, width // 16)), SMALLEST - 1, -1)
    for words, size in product(WORDS, sizes):
        font = ImageFont.load_default(size)
        left, top, right, bottom = (round(edge) for edge in font.getbbox(words))
        if right - left <= 0.9 * width:
            break
    image = Image.new("L", (width, bottom - top + 2 * MARGIN))
    start = max(0, (width - (right - left)) // 2)
    ImageDraw.Draw(image).text((start - left, MARGIN - top), words, fill=255, font=font)
    letters = np.asarray(image) > 96
    letters.setflags(write=False)
    return letters
