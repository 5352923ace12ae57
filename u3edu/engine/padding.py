"""Pictures made to fit a network's grid."""

import numpy as np


def pad_to_stride(array: np.ndarray, stride: int) -> np.ndarray:
    """[H, W] with its last row and column repeated up to multiples of `stride`; always a new array."""
    # A picture's own pixels are read-only, and PyTorch warns of sharing such an array.
    missing = [(0, -length % stride) for length in array.shape]
    return np.pad(array, missing, mode="edge") if np.any(missing) else array.copy()
