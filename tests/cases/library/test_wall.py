"""A drawn wall has its layers from the inside out, each of the thickness that was planned."""

import numpy as np
import pytest
from scipy import ndimage

from u3edu.cases.library.plan import WallPlan
from u3edu.cases.library.wall import wall_layers
from u3edu.imaging.phantom.rectum import RectalLayer

TURNS = np.linspace(0, 2 * np.pi, 12, endpoint=False)
OUTLINE = tuple((60 + 40 * float(np.cos(turn)), 60 + 32 * float(np.sin(turn))) for turn in TURNS)
SPACING = 0.5


def thickness(layers: np.ndarray, layer: RectalLayer) -> float:
    """Mean thickness in mm: area over the length of the middle line, by the areas inside both borders."""
    inner, outer = ((layers >= 1) & (layers < layer)).sum(), ((layers >= 1) & (layers <= layer)).sum()
    radii = np.sqrt(np.array([inner, outer]) / np.pi * 40 / 32), np.sqrt(np.array([inner, outer]) / np.pi)
    return float(np.diff(radii[1])[0] * SPACING)


@pytest.mark.parametrize("unevenness", [0.0, 0.4])
def test_layers_are_nested_and_as_thick_as_planned(unevenness: float) -> None:
    plan = WallPlan(
        outline=OUTLINE, mucosa=2.0, submucosa=2.5, muscularis_propria=3.0, unevenness=unevenness, seed=3
    )
    layers = wall_layers(plan, (120, 120), SPACING)
    assert layers.max() == RectalLayer.MUSCULARIS_PROPRIA and layers[0, 0] == 0
    for layer, planned in ((2, 2.0), (3, 2.5), (4, 3.0)):
        assert thickness(layers, RectalLayer(layer)) == pytest.approx(planned, abs=0.35)
    # Nothing but the next layer touches a layer: no gap, no island.
    for layer in (1, 2, 3):
        around = ndimage.binary_dilation(layers == layer) & (layers != layer)
        assert set(np.unique(layers[around])) <= {layer - 1, layer + 1} - {0}


def test_the_outer_border_is_the_outline_whatever_the_seed() -> None:
    first, second = (
        wall_layers(WallPlan(outline=OUTLINE, seed=seed), (120, 120), SPACING) for seed in (1, 2)
    )
    assert ((first > 0) == (second > 0)).all()
    assert (first != second).any()
    assert (first > 0).sum() == pytest.approx(np.pi * 40 * 32, rel=0.03)
