"""How real an edited place looks: against the same tissue in real pictures, as there is no original."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from u3edu.editing.boundaries import near_boundary
from u3edu.editing.label_map import LabelMap
from u3edu.evaluation.boundaries import boundary_contrast
from u3edu.evaluation.gradients import flat_ratio, gradient_distance, gradient_magnitude
from u3edu.evaluation.local_spectrum import QUARTERS, band_power, power_in_decibel, power_spectra
from u3edu.imaging.high_pass import high_pass, robust_deviation
from u3edu.imaging.slice import Slice
from u3edu.imaging.tiles import tiles_inside

# Lesions are smaller than the windows of whole pictures.
WINDOW = 16
_COVERAGE = 0.75


@dataclass(frozen=True, eq=False)
class Place:
    """A part of a picture to measure.

    Parameters
    ----------
    picture : Slice
    label_map : LabelMap
        Of this picture: the edited one for an edit, the encoder's for a real picture.
    region : bool [H, W]
        The edited pixels, or the pixels of the tissue.
    """

    picture: Slice
    label_map: LabelMap
    region: np.ndarray


@dataclass(frozen=True, eq=False)
class EditRealism:
    """An edited place against real tissue of its kind.

    Parameters
    ----------
    windows, real_windows : int
        Windows of 16 pixels in the edit and in the real tissue, three quarters inside at least.
    decibels : float64 [4]
        Mean power in dB in each quarter of the band, edit less real tissue; NaN without windows.
    boundary : float
        Energy along the boundaries of elements against elsewhere in the edit, as a multiple of
        that in the real tissue; 1 is perfect, more are contour lines.
    gradients : float
        Wasserstein-1 distance of the gradient magnitudes, in means of the real ones.
    flat : float
        Share of flat pixels as a multiple of the real one.
    noise : float
        Robust standard deviation of the high-pass residual away from boundaries, as a multiple
        of the real one.
    """

    windows: int
    real_windows: int
    decibels: np.ndarray
    boundary: float
    gradients: float
    flat: float
    noise: float


def edit_realism(edits: Sequence[Place], real: Sequence[Place]) -> EditRealism:
    """Compare edited places with the same tissue of real pictures.

    Unlike a reconstruction, an edit has no original to be compared with pixel by pixel: what is
    compared are means over places. Real tissue varies too: measure one half of the real places
    against the other half to know how much.

    Parameters
    ----------
    edits : sequence of Place
        Made pictures, the region being what was edited.
    real : sequence of Place
        Real pictures of the same kind, the region being tissue like that which was painted.

    Raises
    ------
    ValueError
        If there is nothing to measure in either.
    """
    for name, places in (("edits", edits), ("real tissue", real)):
        if not any(place.region.any() for place in places):
            raise ValueError(f"{name}: no pixel to measure in any of {len(places)} places")
    ours, theirs = _band_powers(edits), _band_powers(real)
    missing = len(ours) == 0 or len(theirs) == 0
    made, original = (_gathered(places) for places in (edits, real))
    return EditRealism(
        windows=len(ours),
        real_windows=len(theirs),
        decibels=np.full(QUARTERS, np.nan) if missing else ours.mean(axis=0) - theirs.mean(axis=0),
        boundary=_contrast(edits) / _contrast(real),
        gradients=gradient_distance(original.gradients, made.gradients),
        flat=flat_ratio(original.gradients, made.gradients),
        noise=made.noise / original.noise if original.noise else float("nan"),
    )


@dataclass(frozen=True, eq=False)
class _Gathered:
    """Gradient magnitudes of all pixels of some places, and the noise among them."""

    gradients: np.ndarray
    noise: float


def _gathered(places: Sequence[Place]) -> _Gathered:
    gradients = [gradient_magnitude(place.picture.pixels)[place.region] for place in places]
    residuals = [
        high_pass(place.picture.pixels)[place.region & ~near_boundary(place.label_map.labels)]
        for place in places
    ]
    together = np.concatenate(residuals)
    return _Gathered(np.concatenate(gradients), robust_deviation(together) if len(together) else float("nan"))


def _band_powers(places: Sequence[Place]) -> np.ndarray:
    """Power in dB of every window, float64 [N, 4]."""
    powers = []
    for place in places:
        tiles = tiles_inside(place.region, WINDOW, WINDOW // 4, _COVERAGE)
        if tiles:
            powers.append(power_in_decibel(band_power(power_spectra(place.picture.pixels, tiles), QUARTERS)))
    return np.concatenate(powers) if powers else np.empty((0, QUARTERS))


def _contrast(places: Sequence[Place]) -> float:
    """`boundary_contrast`, the geometric mean over the places that have both kinds of pixels."""
    contrasts = [boundary_contrast(p.picture.pixels, p.label_map.labels, p.region) for p in places]
    seen = [contrast for contrast in contrasts if np.isfinite(contrast) and contrast > 0]
    return float(np.exp(np.mean(np.log(seen)))) if seen else float("nan")
