"""Geometric transformations of a view: t1 horizontal flip and t2 affine (paper section 3)."""

from dataclasses import dataclass
from typing import Any

import torch
from kornia.geometry.transform import get_affine_matrix2d, warp_affine
from pydantic import BaseModel, ConfigDict, Field, model_validator
from torch import Tensor

from u3edu.training.transforms.magnitude import NamedMagnitudes, magnitudes_in_numbers

GEOMETRIC_MAGNITUDES: NamedMagnitudes = {
    # A flip has no half measures.
    "flip": {
        "none": {"flip": 0.0},
        "weak": {"flip": 0.5},
        "moderate": {"flip": 0.5},
        "strong": {"flip": 0.5},
    },
    "affine": {
        "none": {"rotation": 0.0, "translation": 0.0, "zoom": 0.0, "shear": 0.0},
        "weak": {"rotation": 7.5, "translation": 0.03, "zoom": 0.06, "shear": 2.5},
        "moderate": {"rotation": 15.0, "translation": 0.06, "zoom": 0.12, "shear": 5.0},
        "strong": {"rotation": 30.0, "translation": 0.12, "zoom": 0.24, "shear": 10.0},
    },
}


class GeometricMagnitude(BaseModel):
    """How far the geometric transformations may go; zero leaves one out.

    In a recipe ``geometric: moderate`` names the magnitude of both, ``{flip: none, affine: weak}``
    that of each; the numbers are in `GEOMETRIC_MAGNITUDES`. Without any setting it is moderate.

    Parameters
    ----------
    flip : float
        Probability of a horizontal flip.
    rotation, shear : float
        Largest angle in degrees.
    translation : float
        Largest shift as a share of the side.
    zoom : float
        Largest relative change of size.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    flip: float = Field(default=0.5, ge=0, le=1)
    rotation: float = Field(default=15.0, ge=0, le=180)
    translation: float = Field(default=0.06, ge=0, lt=1)
    zoom: float = Field(default=0.12, ge=0, lt=1)
    shear: float = Field(default=5.0, ge=0, lt=45)

    @model_validator(mode="before")
    @classmethod
    def _named(cls, setting: Any) -> Any:
        return magnitudes_in_numbers(setting, GEOMETRIC_MAGNITUDES)


@dataclass(frozen=True, eq=False)
class Geometry:
    """An affine map of pixel coordinates for each image of a batch.

    Parameters
    ----------
    matrix : float32 [B, 3, 3]
        Leads from a pixel (x, y, 1) of the image to a pixel of the view.
    """

    matrix: Tensor

    def part(self, images: slice) -> "Geometry":
        """The map of some images of the batch."""
        return Geometry(self.matrix[images])

    def apply(self, images: Tensor) -> Tensor:
        """Views [B, C, H, W] of images [B, C, H, W]; what lies outside is mirrored in."""
        return warp_affine(
            images,
            self.matrix[:, :2],
            (images.shape[-2], images.shape[-1]),
            mode="bilinear",
            padding_mode="reflection",
        )

    def retransform(self, labels: Tensor, other: "Geometry") -> tuple[Tensor, Tensor]:
        """Bring this view's labels into the other view's coordinates, ``T_2(T_1^+(S_1))``.

        Parameters
        ----------
        labels : int64 [B, H, W]
            Labels of this view.
        other : Geometry
            The map of the other view.

        Returns
        -------
        labels : int64 [B, H, W]
            Labels in the other view's coordinates; 0 where this view shows nothing.
        valid : bool [B, H, W]
            Where this view shows something.
        """
        matrix = other.matrix @ torch.linalg.inv(self.matrix)
        # One is added so that zero, which fills the outside, means "not seen".
        seen = warp_affine(
            (labels + 1).float()[:, None],
            matrix[:, :2],
            (labels.shape[-2], labels.shape[-1]),
            mode="nearest",
            padding_mode="zeros",
        )[:, 0]
        moved = seen.round().long()
        return (moved - 1).clamp(min=0), moved > 0


def draw_geometry(
    magnitude: GeometricMagnitude, batch: int, side: int, generator: torch.Generator
) -> Geometry:
    """Draw an affine map for each of `batch` square images of `side` pixels."""

    def draw(*shape: int) -> Tensor:
        return torch.rand(batch, *shape, generator=generator) * 2 - 1

    centre = torch.full((batch, 2), (side - 1) / 2)
    zoom = 1 + magnitude.zoom * draw(1)
    shear = torch.deg2rad(magnitude.shear * draw(2))
    affine = get_affine_matrix2d(
        translations=magnitude.translation * side * draw(2),
        center=centre,
        scale=zoom.expand(batch, 2),
        angle=magnitude.rotation * draw(),
        sx=shear[:, 0],
        sy=shear[:, 1],
    )
    flip = torch.rand(batch, generator=generator) < magnitude.flip
    mirror = torch.eye(3).repeat(batch, 1, 1)
    mirror[flip, 0, 0] = -1.0
    mirror[flip, 0, 2] = side - 1.0
    return Geometry(affine @ mirror)
