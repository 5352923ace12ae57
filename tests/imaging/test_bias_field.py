"""The bias field against fields that a phantom was multiplied with."""

import numpy as np
import pytest

from u3edu.imaging.array import slice_from_array
from u3edu.imaging.bias_field import bias_field, tissue_mask, without_bias
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
    found = np.log(bias_field(signal * field, tissue)) - np.log(bias_field(signal, tissue))
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
    uneven = signal * np.exp(truth)
    found = np.log(bias_field(uneven, tissue_mask(uneven))) - np.log(bias_field(signal, tissue))
    assert (found - truth)[tissue].std() < most * truth[tissue].std()


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
