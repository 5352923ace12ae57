"""The first convolution from labels: what convolving the embeddings gives."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from u3edu.engine.labels import LabelConvolution


@pytest.mark.parametrize("elements", [2, 10, 40])
@pytest.mark.parametrize("padding", [(1, 1), (0, 1), (1, 0), (0, 0)])
def test_labels_give_what_convolving_their_embeddings_gives(elements: int, padding: tuple[int, int]) -> None:
    torch.manual_seed(elements)
    layer, means = nn.Conv2d(6, 7, 3).requires_grad_(False), torch.randn(elements, 6)
    labels = torch.randint(elements, (13, 17))
    expected = functional.conv2d(
        means[labels].permute(2, 0, 1)[None], layer.weight, layer.bias, padding=padding
    )
    found = LabelConvolution(layer, nn.Identity(), means)((labels + 1).int()[None, None], padding)
    assert found.shape == expected.shape
    assert torch.allclose(found, expected, atol=1e-5)


def test_labels_outside_of_the_picture_count_as_zeros() -> None:
    torch.manual_seed(0)
    convolve = LabelConvolution(nn.Conv2d(4, 5, 3).requires_grad_(False), nn.Identity(), torch.randn(3, 4))
    labels = torch.randint(1, 4, (1, 1, 8, 9), dtype=torch.int32)
    outside = functional.pad(labels, (1, 1, 1, 1))
    assert torch.equal(convolve(labels, (1, 1)), convolve(outside, (0, 0)))


@pytest.mark.parametrize("elements", [3, 40])
def test_the_activation_follows(elements: int) -> None:
    layer, means = nn.Conv2d(4, 5, 3).requires_grad_(False), torch.randn(elements, 4)
    labels = torch.randint(1, elements, (1, 1, 8, 9), dtype=torch.int32)
    expected = LabelConvolution(layer, nn.Identity(), means)(labels, (1, 1)).tanh()
    assert torch.allclose(LabelConvolution(layer, nn.Tanh(), means)(labels, (1, 1)), expected)
