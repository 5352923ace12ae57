"""Where two label maps differ, in boxes far enough apart to be drawn one by one."""

import numpy as np
from scipy import ndimage

from u3edu.editing.box import Box

# Side of the tiles that are told apart, in pixels.
_TILE = 8


def changed_boxes(before: np.ndarray, after: np.ndarray, gap: int) -> list[Box]:
    """Boxes that hold every pixel in which two arrays differ.

    Parameters
    ----------
    before, after : uint8 [H, W]
    gap : int
        Changes that are nearer to each other than this share a box, in pixels; up to one tile
        of 8 pixels more may.

    Returns
    -------
    list of Box
        Each as small as it can be; empty where nothing differs.
    """
    differs = np.not_equal(before, after)
    rows, columns = differs.shape
    missing = (0, -rows % _TILE), (0, -columns % _TILE)
    padded = np.pad(differs, missing) if np.any(missing) else differs
    # Eight flags side by side are one number: one comparison instead of eight.
    words = padded.view(np.uint64).reshape(padded.shape[0] // _TILE, _TILE, -1)
    tiles = np.asarray(words.any(axis=1))
    around = Box.around(tiles)
    if around is None:
        return []
    if max(around.shape) * _TILE <= gap:
        # All lie near each other, as in nearly every stroke.
        top, left = around.top * _TILE, around.left * _TILE
        return _boxes_around(differs[top : around.bottom * _TILE, left : around.right * _TILE], top, left)
    near = ndimage.maximum_filter(tiles, size=2 * -(-gap // (2 * _TILE)) + 1)
    groups, _ = ndimage.label(near, structure=np.ones((3, 3)))
    boxes: list[Box] = []
    for number, (tile_rows, tile_columns) in enumerate(ndimage.find_objects(groups), start=1):
        top, left = tile_rows.start * _TILE, tile_columns.start * _TILE
        part = differs[top : tile_rows.stop * _TILE, left : tile_columns.stop * _TILE]
        member = (groups[tile_rows, tile_columns] == number).repeat(_TILE, axis=0).repeat(_TILE, axis=1)
        boxes += _boxes_around(part & member[: part.shape[0], : part.shape[1]], top, left)
    return boxes


def _boxes_around(mask: np.ndarray, top: int, left: int) -> list[Box]:
    """The box around the true pixels of a part that begins at `top` and `left`; none where there is none."""
    box = Box.around(mask)
    return [] if box is None else [Box(box.top + top, box.left + left, box.bottom + top, box.right + left)]
