"""A short text that changes when a picture changes, for printing beneath it."""

import hashlib

import numpy as np

# Cells are averaged before rounding: the last bits of a network's output, and the odd label on
# the border between two elements, differ between processors and must not reach the text.
CELLS = 16
STEPS_PER_UNIT = {"f": 32, "whole": 4}
# Of the mean. Some grey levels on the border between two differ, too (13 of 512 x 512 pixels were seen).
DECIMALS = {"f": 5, "whole": 2}


def digest(array: np.ndarray) -> str:
    """Describe a picture or a label map in one line that a test can compare.

    The mean has five decimals, two for whole numbers, and so sees a small stroke; the hash, which is taken
    over the means of a grid of 16 x 16 cells, rounded to a 32nd for floating-point arrays and to
    a quarter for whole numbers, sees where the picture is bright and dark.

    Parameters
    ----------
    array : numpy.ndarray [H, W] or [H, W, C]
        bool, integer or floating point.

    Returns
    -------
    str
        Shape, type, mean, and the first ten hexadecimal digits of a SHA-1.
    """
    array = np.asarray(array)
    rows, columns = (np.linspace(0, length, min(CELLS, length) + 1).astype(int) for length in array.shape[:2])
    sums = np.add.reduceat(np.add.reduceat(array.astype(np.float64), rows[:-1], axis=0), columns[:-1], axis=1)
    sizes = np.outer(np.diff(rows), np.diff(columns)).reshape(
        len(rows) - 1, len(columns) - 1, *[1] * (array.ndim - 2)
    )
    kind = "f" if array.dtype.kind == "f" else "whole"
    rounded = np.rint(sums / sizes * STEPS_PER_UNIT[kind]).astype(np.int32)
    sha1 = hashlib.sha1(rounded.tobytes(), usedforsecurity=False).hexdigest()[:10]
    shape = " x ".join(str(length) for length in array.shape)
    return f"{shape} {array.dtype}, mean {array.mean(dtype=np.float64):.{DECIMALS[kind]}f}, sha1 {sha1}"
