"""Chest phantoms: nodules as large as was asked, inside the lung, of the density that was asked."""

from typing import Any

import numpy as np
import pytest

from u3edu.evaluation.phantom_validity import chest_faults, nodule_body
from u3edu.imaging.phantom.chest import chest_phantom
from u3edu.imaging.phantom.nodule import Nodule
from u3edu.imaging.phantom.truth import Phantom, longest_diameter

SEED = 3
PIXEL = 0.7


@pytest.fixture(scope="module")
def healthy() -> Phantom:
    return chest_phantom(SEED, healthy=True)


def drawn(**wanted: Any) -> Phantom:
    return chest_phantom(SEED, Nodule(**{"diameter": 18.0} | wanted))


@pytest.mark.parametrize("seed", range(4))
def test_a_phantom_of_any_seed_has_the_nodule_that_it_says(seed: int) -> None:
    assert chest_faults(chest_phantom(seed)) == []


@pytest.mark.parametrize("diameter", [6.0, 15.0, 28.0])
def test_a_nodule_is_as_long_as_was_asked(diameter: float) -> None:
    phantom = drawn(diameter=diameter)
    assert longest_diameter(nodule_body(phantom), phantom.picture.spacing) == pytest.approx(
        diameter, abs=PIXEL
    )


def test_densities_lie_where_a_reader_expects_them() -> None:
    means = {
        density: float(phantom.picture.raw[phantom.lesion].mean())
        for density, phantom in ((d, drawn(density=d)) for d in ("solid", "part-solid", "ground-glass"))
    }
    assert -50 < means["solid"] < 100
    assert -700 < means["ground-glass"] < -450
    assert means["ground-glass"] < means["part-solid"] < means["solid"]


def test_margins_grow_rougher_from_smooth_to_spiculated() -> None:
    def roughness(phantom: Phantom) -> float:
        """Perimeter over that of a disc of the same area."""
        grown = phantom.lesion | phantom.mask("pleural tag")
        edges = sum(int(np.abs(np.diff(grown.astype(int), axis=axis)).sum()) for axis in (0, 1))
        return edges / np.sqrt(grown.sum())

    smooth, lobulated, spiculated = (
        roughness(drawn(margin=margin)) for margin in ("smooth", "lobulated", "spiculated")
    )
    assert smooth <= lobulated < spiculated
    assert spiculated > 1.3 * smooth


def test_a_cavity_holds_air_inside_a_closed_wall() -> None:
    phantom = drawn(diameter=24.0, cavity=0.5)
    air = phantom.mask("cavity")
    assert phantom.picture.raw[air].mean() < -850
    assert longest_diameter(air, phantom.picture.spacing) == pytest.approx(12.0, abs=PIXEL)
    assert chest_faults(phantom) == []


def test_a_tag_leads_from_the_nodule_out_to_the_pleura(healthy: Phantom) -> None:
    from scipy import ndimage

    phantom = drawn(pleural_tag=True)
    tag = ndimage.binary_dilation(phantom.mask("pleural tag"), iterations=2)
    assert (tag & phantom.lesion).any()
    outside = ~np.isin(
        healthy.tissues, [healthy.tissue_names.index(n) for n in ("lung", "lung vessel", "airway")]
    )
    assert (tag & outside).any()


def test_a_nodule_lies_in_the_lung_of_the_side_that_was_asked() -> None:
    for side, sign in (("right", -1), ("left", 1)):
        columns = np.nonzero(drawn(side=side).lesion)[1]
        assert sign * (columns.mean() - 256) > 0, side  # the patient's right is on the left


def test_one_seed_is_one_patient(healthy: Phantom) -> None:
    again = chest_phantom(SEED, healthy=True)
    np.testing.assert_array_equal(again.picture.pixels, healthy.picture.pixels)
    assert healthy.picture.acquisition.synthetic
    assert healthy.picture.acquisition.source.description == f"phantom, seed {SEED}"


@pytest.mark.parametrize(
    ("tissue", "lowest", "highest"),
    [("lung", -930, -780), ("fat", -130, -60), ("muscle", 20, 80), ("cortical bone", 150, 900)],
)
def test_tissues_have_their_hounsfield_units(
    healthy: Phantom, tissue: str, lowest: float, highest: float
) -> None:
    assert lowest < np.median(healthy.picture.raw[healthy.mask(tissue)]) < highest


def test_a_nodule_that_has_no_room_is_refused_with_the_room_there_is() -> None:
    with pytest.raises(ValueError, match=r"at most \d+\.\d mm fit"):
        chest_phantom(SEED, Nodule(diameter=50.0), shape=(60, 512))


@pytest.mark.parametrize(
    "wrong",
    [{"diameter": 1}, {"density": "calcified"}, {"margin": "rough"}, {"side": "middle"}, {"cavity": 0.9}],
)
def test_a_nodule_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="got"):
        Nodule(**{"diameter": 10.0} | wrong)
