"""Agreement of label maps across views: whether a pixel keeps its element, however the picture is taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from u3edu.engine.protocol import Engine
from u3edu.evaluation.spread import evenly_spread
from u3edu.imaging.body import body_mask
from u3edu.imaging.coil_field import evened
from u3edu.imaging.slice import Slice
from u3edu.training.transforms.geometric import GeometricMagnitude, Geometry, draw_geometry
from u3edu.training.transforms.magnitude import magnitudes_in_numbers
from u3edu.training.transforms.photometric import (
    PHOTOMETRIC_MAGNITUDES,
    PhotometricMagnitude,
    Photometry,
    draw_photometry,
)

# Each transformation alone, and the three that the paper's networks were trained with together;
# all of moderate magnitude (the flip of t1 alone is certain).
TRANSFORMS: Mapping[str, tuple[Mapping[str, str | float], Mapping[str, str]]] = {
    "t1 flip": ({"flip": 1.0, "affine": "none"}, {}),
    "t2 affine": ({"flip": 0.0, "affine": "moderate"}, {}),
    "t3 jitter": ({"flip": 0.0, "affine": "none"}, {"jitter": "moderate"}),
    "t4 blur": ({"flip": 0.0, "affine": "none"}, {"blur": "moderate"}),
    "t5 posterize": ({"flip": 0.0, "affine": "none"}, {"posterize": "moderate"}),
    "t6 noise": ({"flip": 0.0, "affine": "none"}, {"noise": "moderate"}),
}
_TOGETHER = {"flip": "moderate", "affine": "moderate"}, {"jitter": "moderate"}

# Views of so many slices of a patient, evenly spread, are as good as views of all.
_SLICES = 10


@dataclass(frozen=True)
class ViewFigures:
    """How often a pixel has the same element in two views, re-transformed onto each other.

    Parameters
    ----------
    slices : int
        How many were looked at.
    agreement : float
        Share of equal labels between two views under t1, t2 and t3 of moderate magnitude.
    body_agreement : float
        The same over the pixels of the body alone.
    stability : dict of str to float
        Share of equal labels between the picture and a view under one transformation alone.
    body_stability : dict of str to float
        The same over the pixels of the body alone.
    """

    slices: int
    agreement: float
    body_agreement: float
    stability: Mapping[str, float]
    body_stability: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class View:
    """What was drawn for one view of one picture."""

    geometry: Geometry
    photometry: Photometry


def view_figures(engine: Engine, pictures: Sequence[Slice], seed: int = 0) -> ViewFigures:
    """Draw views of up to ten slices of a patient, evenly spread, and compare their label maps.

    Where the model divides out the coil field first, views are drawn of the even picture, as in
    training: how coils light a patient is none of the transformations.

    Parameters
    ----------
    engine : Engine
    pictures : sequence of Slice
    seed : int
        The same seed draws the same views for every model.
    """
    chosen = evenly_spread(pictures, _SLICES)
    counts = {name: np.zeros(4) for name in ("together", *TRANSFORMS)}
    generator = torch.Generator().manual_seed(seed)
    for picture in chosen:
        field = engine.segment(picture).acquisition.coil_field
        if field is not None:
            picture = evened(picture, field)
        for name in counts:
            geometric, photometric = TRANSFORMS.get(name, _TOGETHER)
            first, second = (
                draw_view(picture, geometric, photometric, generator),
                draw_view(picture, geometric, photometric, generator)
                if name == "together"
                else draw_view(picture, {"flip": 0.0, "affine": "none"}, {}, generator),
            )
            counts[name] += compare_views(engine, picture, first, second)
    shares = {name: (equal / valid, body / in_body) for name, (equal, valid, body, in_body) in counts.items()}
    together = shares.pop("together")
    return ViewFigures(
        slices=len(chosen),
        agreement=float(together[0]),
        body_agreement=float(together[1]),
        stability={name: float(share) for name, (share, _) in shares.items()},
        body_stability={name: float(share) for name, (_, share) in shares.items()},
    )


def draw_view(
    picture: Slice,
    geometric: Mapping[str, str | float],
    photometric: Mapping[str, str],
    generator: torch.Generator,
) -> View:
    """Draw one view of a picture; magnitudes as in a recipe, by name or in numbers."""
    # Pictures of no known modality have signal without a unit, as MR has.
    named = PHOTOMETRIC_MAGNITUDES.get(picture.acquisition.modality, PHOTOMETRIC_MAGNITUDES["MR"])
    photometry = PhotometricMagnitude(**magnitudes_in_numbers(dict(photometric), named))
    return View(
        draw_geometry(GeometricMagnitude.model_validate(dict(geometric)), 1, max(picture.shape), generator),
        draw_photometry(photometry, 1, generator),
    )


def compare_views(engine: Engine, picture: Slice, first: View, second: View) -> np.ndarray:
    """Count equal labels of two views, in the second one's coordinates.

    A pixel counts where both views show the picture itself, not what was mirrored in beyond
    its border.

    Returns
    -------
    int64 [4]
        Equal and counted pixels; the same two inside the body.
    """
    side = max(picture.shape)
    missing = [(0, side - length) for length in picture.shape]
    image = torch.from_numpy(np.pad(picture.pixels, missing, mode="edge"))[None, None]
    identity = Geometry(torch.eye(3)[None])
    ones = np.ones(picture.shape, dtype=np.int64)
    # 2 in the body, 1 in the rest of the picture, 0 beyond it.
    places = torch.from_numpy(np.pad(ones + body_mask(picture), missing))[None]

    def labels_of(view: View) -> Tensor:
        pixels = view.photometry.apply(view.geometry.apply(image))[0, 0].clamp(-1, 1).numpy()
        return torch.from_numpy(engine.segment(picture.with_pixels(pixels)).labels.astype(np.int64))[None]

    moved, _ = first.geometry.retransform(labels_of(first), second.geometry)
    shown_by_first, _ = identity.retransform(places, first.geometry)
    shown_by_first, _ = first.geometry.retransform(shown_by_first, second.geometry)
    shown, _ = identity.retransform(places, second.geometry)
    equal, valid = moved == labels_of(second), (shown_by_first > 0) & (shown > 0)
    body = valid & (shown == 2)
    return np.array([int(mask.sum()) for mask in (equal & valid, valid, equal & body, body)])
