"""The geometric transformations and their re-transform."""

import numpy as np
import pytest
import torch
from torch import Tensor

from u3edu.training.transforms.geometric import GeometricMagnitude, Geometry, draw_geometry

SIDE = 32


def draw(seed: int, **magnitude: float) -> Geometry:
    none = {"flip": 0, "rotation": 0, "translation": 0, "zoom": 0, "shear": 0}
    generator = torch.Generator().manual_seed(seed)
    return draw_geometry(GeometricMagnitude(**{**none, **magnitude}), 3, SIDE, generator)


def blocks(seed: int) -> Tensor:
    """Label maps [3, SIDE, SIDE] of 8-pixel blocks, 0 to 4."""
    coarse = torch.randint(5, (3, SIDE // 8, SIDE // 8), generator=torch.Generator().manual_seed(seed))
    return coarse.repeat_interleave(8, 1).repeat_interleave(8, 2)


def test_no_magnitude_leaves_images_alone() -> None:
    images = torch.rand(3, 1, SIDE, SIDE)
    assert torch.allclose(draw(0).apply(images), images, atol=1e-5)


def test_flip_mirrors_columns() -> None:
    images = torch.rand(3, 1, SIDE, SIDE)
    assert torch.allclose(draw(0, flip=1).apply(images), images.flip(-1), atol=1e-5)


def test_translation_shifts_by_the_drawn_pixels() -> None:
    matrix = torch.eye(3).repeat(1, 1, 1)
    matrix[0, 0, 2], matrix[0, 1, 2] = 3, 5
    images = torch.rand(1, 1, SIDE, SIDE)
    shifted = Geometry(matrix).apply(images)
    assert torch.allclose(shifted[..., 5:, 3:], images[..., :-5, :-3], atol=1e-5)


def test_magnitudes_bound_what_is_drawn() -> None:
    generator = torch.Generator().manual_seed(0)
    rotations = draw_geometry(
        GeometricMagnitude(flip=0, rotation=10, translation=0, zoom=0, shear=0), 500, SIDE, generator
    ).matrix
    angles = torch.rad2deg(torch.atan2(rotations[:, 1, 0], rotations[:, 0, 0]))
    assert 9 < angles.abs().max() <= 10.01


def test_retransform_brings_labels_of_one_view_onto_the_other() -> None:
    everything = {"flip": 0.5, "rotation": 15, "translation": 0.1, "zoom": 0.1, "shear": 5}
    labels = blocks(1)
    first, second = draw(1, **everything), draw(2, **everything)

    def view(geometry: Geometry) -> tuple[Tensor, Tensor]:
        return Geometry(torch.eye(3).repeat(3, 1, 1)).retransform(labels, geometry)

    seen_first, _ = view(first)
    seen_second, valid_second = view(second)
    moved, valid = first.retransform(seen_first, second)
    both = valid & valid_second & (seen_first.amax() > 0)
    agreement = (moved == seen_second)[both].float().mean()
    # Two nearest-neighbour samplings differ along the edges of blocks only.
    assert both.float().mean() > 0.5
    assert agreement > 0.8


@pytest.mark.parametrize(
    "magnitude",
    [
        {"flip": 1},
        {"rotation": 30},
        {"translation": 0.12},
        {"zoom": 0.24},
        {"shear": 10},
        {"flip": 0.5, "rotation": 30, "translation": 0.12, "zoom": 0.24, "shear": 10},
    ],
    ids=lambda magnitude: "+".join(magnitude),
)
def test_the_inverse_of_each_transformation_is_exact(magnitude: dict[str, float]) -> None:
    """Against NumPy: pixels that T moves somewhere are found again there, to a thousandth of a pixel."""
    geometry = draw(5, **magnitude)
    identity = Geometry(torch.eye(3).repeat(3, 1, 1))
    there = geometry.matrix.numpy().astype(np.float64)
    pixels = np.array([[0, 0, 1], [31, 0, 1], [7.5, 20.25, 1], [31, 31, 1]]).T
    back = (identity.matrix @ torch.linalg.inv(geometry.matrix)).numpy() @ (there @ pixels)
    assert np.abs(back - pixels).max() < 1e-3
    labels = blocks(4)
    view, _ = identity.retransform(labels, geometry)
    again, valid = geometry.retransform(view, identity)
    inside = valid & (again == labels)
    # Nearest-neighbour sampling there and back loses pixels at the edges of blocks alone.
    assert inside.sum() / valid.sum() > (0.999 if set(magnitude) == {"flip"} else 0.75)


def test_a_part_of_a_batch_has_its_own_maps() -> None:
    geometry, images = draw(1, rotation=20, translation=0.1), torch.rand(3, 1, SIDE, SIDE)
    assert torch.equal(geometry.part(slice(1, 3)).apply(images[1:]), geometry.apply(images)[1:])


def test_retransform_to_itself_changes_nothing_and_all_is_valid() -> None:
    geometry = draw(3, flip=1)
    labels = blocks(2)
    moved, valid = geometry.retransform(labels, geometry)
    assert valid.all()
    assert torch.equal(moved, labels)


def test_pixels_outside_the_first_view_are_invalid() -> None:
    shifted = torch.eye(3).repeat(3, 1, 1)
    shifted[:, 0, 2] = 8
    _, valid = Geometry(torch.eye(3).repeat(3, 1, 1)).retransform(blocks(0), Geometry(shifted))
    assert not valid[..., :8].any()
    assert valid[..., 8:].all()
