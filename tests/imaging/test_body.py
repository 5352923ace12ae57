"""The patient's cross-section on MR: a median filter's, found by counting."""

import numpy as np
import pytest
from scipy import ndimage

from u3edu.imaging.body import FAINTEST_TISSUE, _median_above


@pytest.mark.parametrize("shape", [(40, 33), (5, 64), (3, 3)])
def test_counting_finds_where_the_median_is_above(shape: tuple[int, int]) -> None:
    numbers = np.random.default_rng(0)
    pixels = (FAINTEST_TISSUE + 0.05 * numbers.normal(size=shape)).astype(np.float32)
    pixels[0, 0] = np.float32(FAINTEST_TISSUE)
    expected = ndimage.median_filter(pixels, 5) > FAINTEST_TISSUE
    assert 0 < expected.mean() < 1 or pixels.size < 25
    np.testing.assert_array_equal(_median_above(pixels, FAINTEST_TISSUE), expected)
