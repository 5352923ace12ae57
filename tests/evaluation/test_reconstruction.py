"""Figures of a reconstruction, against scikit-style references written out in NumPy."""

import numpy as np
import pytest
from scipy import ndimage

from u3edu.evaluation.reconstruction import decibel, reconstruction_figures, similarity_map
from u3edu.imaging.array import slice_from_array
from u3edu.imaging.body import body_mask
from u3edu.imaging.slice import Slice


def disc(shape: tuple[int, int] = (96, 96), radius: int = 30) -> np.ndarray:
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    return (rows - shape[0] // 2) ** 2 + (columns - shape[1] // 2) ** 2 < radius**2


def chest() -> Slice:
    """A body of water with two lungs of air inside and a table of 2 pixels beneath."""
    hounsfield = np.full((96, 96), -1000, dtype=np.float32)
    hounsfield[disc()] = 30
    hounsfield[40:56, 30:42] = hounsfield[40:56, 54:66] = -850
    hounsfield[88:90, 10:86] = 200
    return slice_from_array(hounsfield + np.random.default_rng(0).normal(0, 5, (96, 96)), modality="CT")


def test_body_holds_the_lungs_and_leaves_the_table_out() -> None:
    assert np.mean(body_mask(chest()) == disc()) > 0.995


def test_body_of_mri_is_what_is_brighter_than_air() -> None:
    signal = np.where(disc(), 400.0, 0.0) + np.random.default_rng(0).uniform(0, 10, (96, 96))
    assert np.mean(body_mask(slice_from_array(signal.astype(np.float32), modality="MR")) == disc()) > 0.97


def test_body_of_an_empty_picture_is_everything() -> None:
    empty = slice_from_array(np.full((32, 32), -1000, dtype=np.float32), modality="CT")
    assert body_mask(empty).all()


def test_figures_against_numpy() -> None:
    picture = chest()
    shifted = picture.with_pixels(np.clip(picture.pixels + np.where(disc(), 0.02, 0.0), -1, 1))
    figures = reconstruction_figures(picture, shifted)
    span = picture.pixels.max() - picture.pixels.min()
    mse = np.mean((picture.pixels - shifted.pixels) ** 2)
    assert figures.mse == pytest.approx(mse, rel=1e-4)
    assert figures.psnr == pytest.approx(10 * np.log10(span**2 / mse), rel=1e-4)
    assert figures.psnr_full_range == pytest.approx(10 * np.log10(4 / mse), rel=1e-4)
    assert figures.body_mse == pytest.approx(0.02**2, rel=0.01)
    assert figures.body_mse > figures.mse


def test_similarity_against_gaussian_windows_of_scipy() -> None:
    numbers = np.random.default_rng(0)
    first = ndimage.gaussian_filter(numbers.normal(size=(40, 48)), 1).astype(np.float32)
    second = (first + 0.1 * numbers.normal(size=first.shape)).astype(np.float32)
    span = 2.0

    def smooth(values: np.ndarray) -> np.ndarray:
        return ndimage.gaussian_filter(values.astype(np.float64), 1.5, truncate=3.4)

    mean_1, mean_2 = smooth(first), smooth(second)
    variance_1, variance_2 = smooth(first**2) - mean_1**2, smooth(second**2) - mean_2**2
    covariance = smooth(first * second) - mean_1 * mean_2
    stable_1, stable_2 = (0.01 * span) ** 2, (0.03 * span) ** 2
    expected = ((2 * mean_1 * mean_2 + stable_1) * (2 * covariance + stable_2)) / (
        (mean_1**2 + mean_2**2 + stable_1) * (variance_1 + variance_2 + stable_2)
    )
    inner = (slice(8, -8), slice(8, -8))
    assert np.allclose(similarity_map(first, second, span)[inner], expected[inner], atol=2e-3)


def test_equal_pictures_are_perfect() -> None:
    figures = reconstruction_figures(chest(), chest())
    assert (figures.mse, figures.ssim, figures.psnr) == (0, pytest.approx(1), float("inf"))


def test_picture_of_one_intensity_is_refused() -> None:
    flat = slice_from_array(np.zeros((32, 32), dtype=np.float32), modality="CT")
    with pytest.raises(ValueError, match="one intensity"):
        reconstruction_figures(flat, flat)


def test_decibel_of_a_tenth() -> None:
    assert decibel(1.0, 0.01) == pytest.approx(20)
