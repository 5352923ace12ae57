"""Figures for slides and animated progressions: pictures with titles, and words that they are synthetic."""

import io
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

WORDS = "synthetic, for education only"
PANEL_HEIGHT = 512
GAP = 12
TITLE, FOOT = 34, 30
SECONDS = 1.2


def slide(panels: Sequence[tuple[str, np.ndarray]], spacing: tuple[float, float]) -> Image.Image:
    """Pictures in a row, white on black, with titles above and the banner beneath.

    Parameters
    ----------
    panels : sequence of (title, picture)
        Pictures uint8 [H, W] or uint8 [H, W, 3].
    spacing : tuple of float
        Pixel spacing in mm (row, column), for true proportions.
    """
    images = [_scaled(picture, spacing) for _, picture in panels]
    width = sum(image.width + GAP for image in images) - GAP
    sheet = Image.new("RGB", (max(width, 260), TITLE + PANEL_HEIGHT + FOOT), "black")
    draw = ImageDraw.Draw(sheet)
    left = 0
    for (title, _), image in zip(panels, images, strict=True):
        sheet.paste(image, (left, TITLE))
        words = _fitting(draw, title, image.width)
        draw.text((left + image.width / 2, TITLE / 2), words, "white", _font(20), anchor="mm")
        left += image.width + GAP
    draw.text((sheet.width / 2, TITLE + PANEL_HEIGHT + FOOT / 2), WORDS, "white", _font(18), anchor="mm")
    return sheet


def write_slide(
    path: str | os.PathLike[str],
    panels: Sequence[tuple[str, np.ndarray]],
    spacing: tuple[float, float],
) -> None:
    """Write `slide` as PNG.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    slide(panels, spacing).save(path, format="PNG", optimize=True)


def write_progression(
    path: str | os.PathLike[str],
    panels: Sequence[tuple[str, np.ndarray]],
    spacing: tuple[float, float],
    seconds: float = SECONDS,
) -> None:
    """Write pictures one after the other, again and again.

    Parameters
    ----------
    path : path-like
        ``.gif``, or ``.png`` for an animated PNG.
    panels, spacing
        As for `slide`.
    seconds : float
        For each picture.

    Raises
    ------
    ValueError
        If the file has another ending, or a picture gets less than 0.4 seconds: faster flicker
        can harm people (WCAG 2.3.1).
    OSError
        If the file cannot be written.
    """
    kind = Path(path).suffix.lower()
    if kind not in (".gif", ".png"):
        raise ValueError(f"{path}: a progression is written as .gif or as .png")
    if not 0.4 <= seconds <= 60:
        raise ValueError(f"each picture is shown for 0.4 to 60 seconds; got {seconds}")
    frames = [slide([panel], spacing) for panel in panels]
    if kind == ".gif":
        # Greys and letters: one palette for all frames, so that nothing flickers but the edit.
        greys = bytes(level for level in range(256) for _ in range(3))
        palette = Image.new("P", (1, 1))
        palette.putpalette(greys)
        frames = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    content = io.BytesIO()
    frames[0].save(
        content,
        format=kind[1:].upper(),
        save_all=True,
        append_images=frames[1:],
        duration=round(1000 * seconds),
        loop=0,
    )
    Path(path).write_bytes(content.getvalue())


def _scaled(picture: np.ndarray, spacing: tuple[float, float]) -> Image.Image:
    """A picture at the panel's height in true proportions."""
    rows, columns = picture.shape[:2]
    width = max(1, round(PANEL_HEIGHT * columns * spacing[1] / (rows * spacing[0])))
    return Image.fromarray(picture).convert("RGB").resize((width, PANEL_HEIGHT), Image.Resampling.BICUBIC)


def _fitting(draw: ImageDraw.ImageDraw, title: str, width: int) -> str:
    """The title, or as much of its beginning as fits."""
    for length in range(len(title), 0, -1):
        words = title if length == len(title) else title[:length] + "…"
        if draw.textlength(words, _font(20)) <= width:
            return words
    return ""


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
