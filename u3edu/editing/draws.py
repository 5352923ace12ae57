"""Random draws that are the same on every machine and with every version of NumPy."""

import numpy as np


class Draws:
    """A stream of random whole numbers.

    Only the generator's raw output is used, which NumPy keeps stable between versions (NEP 19),
    and only whole-number arithmetic on it.

    Parameters
    ----------
    *seeds : int
        Other seeds give another stream.
    """

    def __init__(self, *seeds: int) -> None:
        self._generator = np.random.PCG64(np.random.SeedSequence(seeds))

    def below(self, bound: int, count: int) -> np.ndarray:
        """`count` whole numbers from 0 to `bound` - 1, int64 [count]."""
        raw = np.asarray(self._generator.random_raw(count), dtype=np.uint64) >> np.uint64(32)
        # The high half times the bound, over 2^32: even to within 1 part in 2^32 / bound.
        return ((raw * np.uint64(bound)) >> np.uint64(32)).astype(np.int64)

    def one_below(self, bound: int) -> int:
        """One whole number from 0 to `bound` - 1."""
        return int(self.below(bound, 1)[0])

    def uniform(self, low: float, high: float, count: int) -> np.ndarray:
        """`count` numbers evenly spread between two bounds, float64 [count]."""
        return low + (high - low) * (self.below(1 << 24, count) / float(1 << 24))
