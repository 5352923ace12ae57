"""NumPy arrays to slices."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from u3edu.imaging.array import slice_from_array


def test_ct_arrays_are_hounsfield_units() -> None:
    picture = slice_from_array(
        np.array([[-3024, -1000, 0], [40, 2000, 9000]]), modality="CT", spacing=(0.7, 0.8)
    )
    np.testing.assert_allclose(picture.raw, [[-1000, -1000, 0], [40, 2000, 2048]], atol=1e-3)
    assert picture.spacing == (0.7, 0.8)
    assert picture.acquisition.windows[0].name == "lung"


def test_other_arrays_fill_the_scale_and_come_back_as_they_were() -> None:
    raw = np.random.default_rng(1).gamma(2.0, 100.0, (64, 64))
    picture = slice_from_array(raw, description="phantom, seed 1")
    assert (picture.pixels.min(), picture.pixels.max()) == (-1, 1)
    low, high = np.percentile(raw, [0.1, 99.9])
    np.testing.assert_allclose(picture.raw, np.clip(raw, low, high), rtol=1e-4, atol=1e-2)
    assert picture.acquisition.source.description == "phantom, seed 1"


@given(
    arrays(
        st.sampled_from([np.uint8, np.int16, np.uint16, np.float32]),
        array_shapes(min_dims=2, max_dims=2, max_side=9),
        elements=None,
    )
)
def test_any_array_of_finite_numbers_is_a_picture(raw: np.ndarray) -> None:
    raw = np.nan_to_num(raw, nan=0, posinf=1e30, neginf=-1e30)
    picture = slice_from_array(np.clip(raw, -1e30, 1e30) if raw.dtype.kind == "f" else raw)
    assert np.isfinite(picture.pixels).all()
    assert picture.display().shape == raw.shape


@pytest.mark.parametrize(
    ("array", "options", "words"),
    [
        (np.zeros((2, 3, 3)), {}, r"shape \(2, 3, 3\)"),
        (np.zeros(5), {}, r"shape \(5,\)"),
        (np.zeros((0, 4)), {}, r"shape \(0, 4\)"),
        (np.zeros((2, 2), complex), {}, "complex"),
        (np.zeros((2, 2), bool), {}, "bool"),
        (np.array([["a"]]), {}, "numbers"),
        (np.array([[1.0, np.nan]]), {}, "1 of 2 are NaN"),
        (np.array([[1.0, 1e300]]), {}, "1 of 2"),
        (np.zeros((2, 2)), {"modality": "PET"}, "'PET'"),
        (np.zeros((2, 2)), {"spacing": (0, 1)}, "spacing"),
        (np.zeros((2, 2)), {"spacing": (1, float("nan"))}, "spacing"),
        (np.zeros((2, 2)), {"spacing": (1, 1, 1)}, "spacing"),
        (np.zeros((2, 2), np.uint8), {"modality": "CT"}, "uint8"),
    ],
)
def test_what_is_no_picture_is_refused_with_the_reason(
    array: np.ndarray, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        slice_from_array(array, **options)
