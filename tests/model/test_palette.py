"""The elements' colours stay apart for people who see fewer colours."""

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from u3edu.model.palette import OKABE_ITO_AND_TOL, element_colours

# Machado, Oliveira and Fernandes 2009, table 1, severity 1: linear RGB as a dichromat sees it.
SIMULATIONS = {
    "none": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def least_distance(colours: tuple[str, ...], seen_through: np.ndarray) -> float:
    """CIEDE2000 between the two colours that are most alike."""
    rgb = np.array([[int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)] for colour in colours])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.asarray(seen_through).T, 0, 1)
    shown = np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055)
    lab = rgb2lab(shown[None])[0]
    distances = deltaE_ciede2000(lab[:, None], lab[None])
    return float(distances[np.triu_indices(len(colours), 1)].min())


@pytest.mark.parametrize(
    ("vision", "least"), [("none", 21.7), ("protanopia", 11.8), ("deuteranopia", 11.6), ("tritanopia", 10.9)]
)
def test_no_two_elements_look_alike_to_a_dichromat(vision: str, least: float) -> None:
    # A just noticeable difference is about 2.
    assert least_distance(OKABE_ITO_AND_TOL, SIMULATIONS[vision]) == pytest.approx(least, abs=0.05)


@pytest.mark.parametrize("vision", SIMULATIONS)
def test_more_elements_than_the_palette_has_still_differ_noticeably(vision: str) -> None:
    assert least_distance(element_colours(16), SIMULATIONS[vision]) > 3
