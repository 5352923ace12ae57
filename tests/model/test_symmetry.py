"""Symmetric kernels: a mirrored or turned picture gets the same labels, mirrored or turned."""

import pytest
import torch

from u3edu.model.config import U3NetConfig
from u3edu.model.encoder import Encoder
from u3edu.model.symmetry import symmetrise


@pytest.fixture
def encoder() -> Encoder:
    torch.manual_seed(0)
    config = U3NetConfig(
        encoder_widths=(6, 8), windows=((0.0, 0.5),), surroundings=16, encoder_pooling="average"
    )
    return Encoder(config).eval()


def mirrored_down(images: torch.Tensor) -> torch.Tensor:
    return images.flip(2)


def mirrored_across(images: torch.Tensor) -> torch.Tensor:
    return images.flip(3)


def turned(images: torch.Tensor) -> torch.Tensor:
    return images.rot90(1, (2, 3))


@pytest.mark.parametrize("move", [mirrored_down, mirrored_across, turned])
def test_embeddings_move_with_the_picture(encoder: Encoder, move: type[torch.Tensor]) -> None:
    images = torch.rand(1, 1, 32, 48, generator=torch.Generator().manual_seed(1)) * 2 - 1
    assert not torch.allclose(encoder(move(images)), move(encoder(images)), atol=1e-3)
    symmetrise(encoder)
    assert torch.allclose(encoder(move(images)), move(encoder(images)), atol=1e-5)


def test_a_symmetric_kernel_stays_as_it_is(encoder: Encoder) -> None:
    symmetrise(encoder)
    before = [parameter.clone() for parameter in encoder.parameters()]
    symmetrise(encoder)
    assert all(
        torch.allclose(old, new, atol=1e-7) for old, new in zip(before, encoder.parameters(), strict=True)
    )
