"""Pelvic phantoms: the same patient again, layers nested, tumours as deep as was asked."""

import numpy as np
import pytest

from u3edu.evaluation.phantom_validity import depth_errors, measured_depths, pelvic_faults
from u3edu.imaging.phantom.pelvis import pelvic_phantom
from u3edu.imaging.phantom.rectal_tumour import Invasion, RectalTumour
from u3edu.imaging.phantom.truth import Phantom

PIXEL = 0.6


@pytest.fixture(scope="module")
def healthy() -> Phantom:
    return pelvic_phantom(1, healthy=True)


@pytest.mark.parametrize("seed", range(5))
def test_a_phantom_of_any_seed_has_nested_layers_and_the_tumour_that_it_says(seed: int) -> None:
    assert pelvic_faults(pelvic_phantom(seed)) == []


@pytest.mark.parametrize(
    ("invasion", "depth", "beyond", "further"),
    [
        ("mucosa", 1.0, "beyond lumen", "beyond mucosa"),
        ("submucosa", 1.2, "beyond mucosa", "beyond submucosa"),
        ("muscularis propria", 1.5, "beyond submucosa", "beyond muscularis propria"),
        ("mesorectum", 4.0, "beyond muscularis propria", "beyond mesorectum"),
        ("beyond fascia", 3.0, "beyond mesorectum", None),
    ],
)
def test_a_tumour_reaches_the_depth_that_was_asked_and_no_layer_more(
    invasion: Invasion, depth: float, beyond: str, further: str | None
) -> None:
    phantom = pelvic_phantom(1, RectalTumour(6, 4, invasion, depth))
    depths = measured_depths(phantom)
    assert depths[beyond] == pytest.approx(depth, abs=PIXEL)
    if further:
        assert depths[further] == 0


def test_one_seed_is_one_patient_with_or_without_a_tumour(healthy: Phantom) -> None:
    again = pelvic_phantom(1, healthy=True)
    ill = pelvic_phantom(1, RectalTumour(3, 3, "mesorectum", 3.0))
    np.testing.assert_array_equal(again.picture.pixels, healthy.picture.pixels)
    np.testing.assert_array_equal(ill.layers, healthy.layers)
    np.testing.assert_array_equal(ill.tissues[~ill.lesion], healthy.tissues[~ill.lesion])


def test_another_seed_is_another_patient(healthy: Phantom) -> None:
    other = pelvic_phantom(2, healthy=True)
    assert (other.tissues != healthy.tissues).mean() > 0.1


def test_a_phantom_says_that_it_is_one(healthy: Phantom) -> None:
    assert healthy.picture.acquisition.synthetic
    assert healthy.picture.acquisition.source.description == "phantom, seed 1"
    assert healthy.picture.acquisition.modality == "MR"


def test_clock_positions_are_those_of_a_supine_patient_seen_from_the_feet() -> None:
    for clock, (down, right) in {12: (-1, 0), 3: (0, 1), 6: (1, 0), 9: (0, -1)}.items():
        phantom = pelvic_phantom(1, RectalTumour(clock, 3, "mesorectum", 3.0), shape=(300, 160))
        lumen = np.argwhere(phantom.layers == 1).mean(axis=0)
        offset = np.argwhere(phantom.lesion).mean(axis=0) - lumen
        direction = offset / np.linalg.norm(offset)
        assert direction @ (down, right) > 0.9, clock


def test_signals_rank_as_on_a_t2_weighted_picture(healthy: Phantom) -> None:
    def signal(tissue: str) -> float:
        return float(healthy.picture.raw[healthy.mask(tissue)].mean())

    assert signal("urine") > signal("mesorectal fat") > signal("marrow") > signal("muscle")
    assert signal("submucosa") > signal("mucosa") > signal("muscularis propria")


def test_mucin_is_brighter_than_other_tumour() -> None:
    means = [
        phantom.picture.raw[phantom.lesion].mean()
        for phantom in (
            pelvic_phantom(1, RectalTumour(6, 4, "mesorectum", 4.0, mucin), shape=(300, 160))
            for mucin in (False, True)
        )
    ]
    assert means[1] > 1.6 * means[0]


def test_a_pixel_between_two_tissues_holds_their_mixture() -> None:
    from u3edu.imaging.phantom.canvas import TissueCanvas
    from u3edu.imaging.phantom.outline import ellipse

    canvas = TissueCanvas((60, 60), 1.0)
    canvas.fill(ellipse((0, 0), (20, 20)), 1)
    share = canvas.averaged(np.array([0.0, 1.0]))
    assert set(np.unique(np.rint(share * 9)).astype(int)) > {0, 3, 6, 9}
    assert share.sum() == pytest.approx(np.pi * 20**2, rel=0.03)


def test_a_tumour_that_has_no_room_is_refused_with_the_room_there_is() -> None:
    with pytest.raises(ValueError, match=r"at most \d+\.\d mm fit"):
        pelvic_phantom(1, RectalTumour(6, 3, "mucosa", 5.0))


@pytest.mark.parametrize(
    "wrong",
    [{"clock": 13}, {"hours": 12}, {"depth": 0}, {"invasion": "serosa"}],
)
def test_a_tumour_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    given: dict[str, object] = {"clock": 6, "hours": 3, "invasion": "mesorectum", "depth": 3.0} | wrong
    with pytest.raises(ValueError, match="got"):
        RectalTumour(**given)  # type: ignore[arg-type]


def test_a_healthy_phantom_takes_no_tumour() -> None:
    with pytest.raises(ValueError, match="leave one"):
        pelvic_phantom(1, RectalTumour(6, 3, "mesorectum", 3.0), healthy=True)


def test_a_wrong_depth_would_be_noticed(healthy: Phantom) -> None:
    phantom = pelvic_phantom(1, RectalTumour(6, 4, "mesorectum", 4.0))
    phantom.measures["beyond muscularis propria"] = 6.0
    assert depth_errors(phantom)["beyond muscularis propria"] < -1
    assert any("beyond muscularis propria" in fault for fault in pelvic_faults(phantom))


def test_layers_out_of_order_would_be_noticed(healthy: Phantom) -> None:
    from u3edu.evaluation.phantom_validity import layer_faults

    broken = healthy.layers.copy()
    row, column = np.argwhere(broken == 1)[0]
    broken[row, column] = 4
    assert layer_faults(broken, len(healthy.layer_names))
