"""Faster ways to convolve give what torch's own convolutions of the same features give."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from u3edu.editing.box import Box
from u3edu.engine.packed import PackedConvolution
from u3edu.engine.up_block import UpBlock
from u3edu.engine.upsampled import UpsampledConvolution, corners
from u3edu.model.unet import ConvBlock

ROWS, COLUMNS = 24, 32


@pytest.mark.parametrize("activation", [None, nn.LeakyReLU(0.2)])
@pytest.mark.parametrize(("sides", "padding"), [((9, 14), (1, 1)), ((70, 9), (0, 1)), ((8, 8), (2, 0))])
def test_a_packed_convolution_is_torchs_own(
    sides: tuple[int, int], padding: tuple[int, int], activation: nn.Module | None
) -> None:
    torch.manual_seed(0)
    weight, bias, inputs = torch.randn(24, 12, 3, 3), torch.randn(24), torch.randn(2, 12, *sides)
    expected = functional.conv2d(inputs, weight, bias, padding=padding)
    expected = expected if activation is None else activation(expected)
    found = PackedConvolution(weight, bias, activation)(inputs, padding)
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-5)


def test_a_packed_convolution_that_does_not_agree_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    real = PackedConvolution._in_one_step
    monkeypatch.setattr(PackedConvolution, "_in_one_step", lambda *given: real(*given) + 0.01)
    weight, inputs = torch.randn(6, 4, 3, 3), torch.randn(1, 4, 9, 9)
    found = PackedConvolution(weight, None)(inputs, (1, 1))
    torch.testing.assert_close(found, functional.conv2d(inputs, weight, padding=1))


def test_an_activation_that_it_does_not_know_is_applied_all_the_same() -> None:
    weight, inputs = torch.randn(6, 4, 3, 3), torch.randn(1, 4, 9, 9)
    found = PackedConvolution(weight, None, nn.Tanh())(inputs, (1, 1))
    torch.testing.assert_close(found, functional.conv2d(inputs, weight, padding=1).tanh())


@given(
    top=st.integers(0, ROWS // 2 - 1),
    left=st.integers(0, COLUMNS // 2 - 1),
    height=st.integers(1, 6),
    width=st.integers(1, 6),
)
@settings(max_examples=40, deadline=None)
def test_coarse_features_count_as_if_upsampled(top: int, left: int, height: int, width: int) -> None:
    torch.manual_seed(0)
    layer = nn.Conv2d(10, 7, 3, padding=1).requires_grad_(False)
    skip, coarse = torch.randn(2, 5, ROWS, COLUMNS), torch.randn(2, 5, ROWS // 2, COLUMNS // 2)
    fine = functional.interpolate(coarse, scale_factor=2.0, mode="nearest")
    expected = functional.pad(layer(torch.cat([skip, fine], dim=1)), (1, 1, 1, 1))
    bottom, right = min(top + height, ROWS // 2), min(left + width, COLUMNS // 2)
    box = Box(2 * top - 1, 2 * left - 1, 2 * bottom + 1, 2 * right + 1)
    around = corners(box)
    padded = functional.pad(coarse, (1, 1, 1, 1))
    part = padded[:, :, around.top + 1 : around.bottom + 1, around.left + 1 : around.right + 1]
    skip = skip.contiguous(memory_format=torch.channels_last)
    found = UpsampledConvolution(layer, nn.Identity())(skip, part, box)
    assert found.shape[2:] == box.shape
    inside = box.clip((ROWS, COLUMNS))
    at = inside.relative_to(box)
    torch.testing.assert_close(
        found[:, :, at.top : at.bottom, at.left : at.right],
        expected[:, :, inside.top + 1 : inside.bottom + 1, inside.left + 1 : inside.right + 1],
        atol=1e-4,
        rtol=1e-5,
    )


@given(top=st.integers(0, ROWS - 1), left=st.integers(0, COLUMNS - 1), side=st.integers(1, 12))
@settings(max_examples=40, deadline=None)
def test_a_box_on_the_way_up_is_that_of_the_whole_level(top: int, left: int, side: int) -> None:
    torch.manual_seed(0)
    block, reduce = ConvBlock(10, 5).eval().requires_grad_(False), nn.Conv2d(8, 5, 1).requires_grad_(False)
    for parameter in block.parameters():
        nn.init.normal_(parameter)
    skip, below = torch.randn(1, 5, ROWS, COLUMNS), torch.randn(1, 8, ROWS // 2, COLUMNS // 2)
    fine = functional.interpolate(reduce(below), scale_factor=2.0, mode="nearest")
    box = Box(top, left, top + side, left + side).clip((ROWS, COLUMNS))
    expected = block(torch.cat([skip, fine], dim=1))[:, :, *box.slices]
    found = UpBlock(block, reduce)(skip.contiguous(memory_format=torch.channels_last), below, box)
    torch.testing.assert_close(found, expected, atol=1e-3, rtol=1e-4)
