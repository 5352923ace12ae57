"""The bias field against fields that a phantom was multiplied with."""

import numpy as np
import pytest

from u3edu.imaging.array import slice_from_array
from u3edu.imaging.bias_field import (
    POLYNOMIALS,
    bias_field,
    log_fields,
    sum_of_polynomials,
    tissue_mask,
    without_bias,
)
from u3edu.imaging.phantom.acquisition import coil_bias
from u3edu.imaging.phantom.chest import chest_phantom
from u3edu.imaging.phantom.pelvis import pelvic_phantom
from u3edu.imaging.phantom.truth import Phantom


@pytest.fixture(scope="module")
def phantom() -> Phantom:
    return pelvic_phantom(0)


def test_the_field_is_that_which_the_picture_was_multiplied_with(phantom: Phantom) -> None:
    signal = phantom.picture.raw
    field = coil_bias(np.random.default_rng(50), signal.shape, 1.2)
    tissue = tissue_mask(signal * field)
    # The phantom has a weak field of its own, which is found with and without the strong one.
    found = np.log(bias_field(signal * field)) - np.log(bias_field(signal))
    truth = np.log(field)
    assert np.corrcoef(found[tissue], truth[tissue])[0, 1] > 0.95
    assert (found - truth)[tissue].std() < 0.3 * truth[tissue].std()


def middle_in_the_dark(shape: tuple[int, int]) -> np.ndarray:
    """The logarithm of a field that rises by a factor of 20 from the middle to the corners."""
    down, across = np.meshgrid(*(np.linspace(-1, 1, side) for side in shape), indexing="ij")
    return np.log(20) * (down**2 + across**2) / 2


def coil_at_the_border(shape: tuple[int, int]) -> np.ndarray:
    """The logarithm of a field that rises steeply towards the lower border."""
    down = np.linspace(-1, 1, shape[0])[:, None]
    return 1.5 * np.exp(-(1 - down) / 0.25) * np.ones(shape)


@pytest.mark.parametrize(("shape_of", "most"), [(middle_in_the_dark, 0.3), (coil_at_the_border, 0.15)])
def test_fields_of_strong_coils_are_found(phantom: Phantom, shape_of, most: float) -> None:
    signal = phantom.picture.raw
    truth = shape_of(signal.shape)
    tissue = tissue_mask(signal)
    found = np.log(bias_field(signal * np.exp(truth))) - np.log(bias_field(signal))
    assert (found - truth)[tissue].std() < most * truth[tissue].std()


@pytest.fixture(scope="module")
def stack() -> list[np.ndarray]:
    """Six slices; from the fourth on, nothing is bright in front, as where the bladder is empty."""
    signals = [pelvic_phantom(seed).picture.raw.copy() for seed in range(6)]
    down = np.linspace(-1, 1, signals[0].shape[0])[:, None]
    for signal in signals[3:]:
        signal *= np.where(down < 0, np.where(signal > np.percentile(signal, 60), 0.3, 1.0), 1.0)
    return signals


def two_coils(shape: tuple[int, int], height: float) -> np.ndarray:
    """The logarithm of a field of a coil in front and one behind; `height` is -1 to 1 along the series."""
    down, across = np.meshgrid(*(np.linspace(-1, 1, side) for side in shape), indexing="ij")
    front = (1.2 - 0.5 * height) * np.exp(-((down + 1) ** 2 + across**2 / 2) / 0.5)
    behind = (1.2 + 0.5 * height) * np.exp(-((down - 1) ** 2 + across**2 / 2) / 0.5)
    return np.asarray(np.log(0.15 + front + behind))


def test_slices_of_a_series_tell_the_field_together(stack: list[np.ndarray]) -> None:
    truth = [two_coils(stack[0].shape, height) for height in np.linspace(-1, 1, len(stack))]
    lit = [signal * np.exp(field) for signal, field in zip(stack, truth, strict=True)]

    def worst(fields: np.ndarray, plain: np.ndarray) -> float:
        return max(
            float((sum_of_polynomials(one - own, field.shape) - field)[tissue_mask(signal)].std())
            for one, own, field, signal in zip(fields, plain, truth, stack, strict=True)
        )

    alone = worst(*(np.concatenate([log_fields([one]) for one in signals]) for signals in (lit, stack)))
    together = worst(log_fields(lit), log_fields(stack))
    assert together < 0.75 * alone
    assert together < 0.7 * min(field.std() for field in truth)


def test_a_long_series_has_a_field_on_each_slice(phantom: Phantom) -> None:
    signal = phantom.picture.raw
    gains = np.exp(np.linspace(-0.5, 0.5, 30))
    fields = log_fields([signal * gain for gain in gains])
    assert fields.shape == (30, POLYNOMIALS, POLYNOMIALS)
    # From one end to the other it grew brighter, and that is all.
    np.testing.assert_allclose(np.diff(fields[:, 0, 0]), np.diff(np.log(gains)), rtol=0.1)
    np.testing.assert_allclose(fields[0].ravel()[1:], fields[-1].ravel()[1:], atol=0.1)


def test_a_tissue_becomes_as_even_as_it_was(phantom: Phantom) -> None:
    picture = phantom.picture
    field = coil_bias(np.random.default_rng(50), picture.shape, 1.2)
    biased = slice_from_array(picture.raw * field, modality="MR", spacing=picture.spacing)
    fat = phantom.mask("subcutaneous fat") & tissue_mask(picture.raw)

    def unevenness(values: np.ndarray) -> float:
        return float(values[fat].std() / values[fat].mean())

    assert unevenness(without_bias(biased).raw) < 0.6 * unevenness(biased.raw)
    assert without_bias(biased).acquisition == biased.acquisition


def test_the_tissues_median_stays(phantom: Phantom) -> None:
    before, after = phantom.picture.raw, without_bias(phantom.picture).raw
    tissue = tissue_mask(before)
    assert np.median(after[tissue]) == pytest.approx(np.median(before[tissue]), rel=0.01)


def test_hounsfield_units_and_empty_pictures_are_left_alone() -> None:
    chest = chest_phantom(0).picture
    assert without_bias(chest) is chest
    empty = slice_from_array(np.zeros((64, 64), dtype=np.float32), modality="MR")
    assert without_bias(empty) is empty
