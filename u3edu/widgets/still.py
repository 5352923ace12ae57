"""Still pictures of widgets, for viewers that run none."""

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

# Stills are kept in the notebook file: small, one a widget.
STILL_HEIGHT = 256


def png_bytes(pixels: np.ndarray) -> bytes:
    """A PNG file of uint8 [H, W] or uint8 [H, W, 3]."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", optimize=True)
    return file.getvalue()


def blend(grey: np.ndarray, overlay: np.ndarray) -> np.ndarray:
    """Lay RGBA uint8 [H, W, 4] over grey uint8 [H, W]; uint8 [H, W, 3]."""
    alpha = overlay[..., 3:] / 255
    return np.rint(grey[..., None] * (1 - alpha) + overlay[..., :3] * alpha).astype(np.uint8)


def side_by_side(pictures: Sequence[np.ndarray]) -> bytes:
    """A PNG of pictures beside each other, each uint8 [H, W] or uint8 [H, W, 3]."""
    scaled = []
    for picture in pictures:
        image = Image.fromarray(picture).convert("RGB")
        width = max(1, round(image.width * STILL_HEIGHT / image.height))
        scaled.append(image.resize((width, STILL_HEIGHT)))
    gap = 8
    width = sum(image.width + gap for image in scaled) - gap
    sheet = Image.new("RGB", (width, STILL_HEIGHT), "white")
    left = 0
    for image in scaled:
        sheet.paste(image, (left, 0))
        left += image.width + gap
    return png_bytes(np.asarray(sheet))


def with_still(bundle: dict[str, Any] | None, png: bytes) -> dict[str, Any]:
    """A widget's MIME bundle with a still beside it; a viewer takes the richest it can show."""
    return {**(bundle or {}), "image/png": base64.b64encode(png).decode()}
