"""The U-Net is local, and knows how local."""

import pytest
import torch

from u3edu.model.config import U3NetConfig
from u3edu.model.unet import UNet


def felt_beyond(unet: UNet, box: tuple[int, int], side: int) -> int:
    """How far outside a square box of input pixels the output depends on it, in pixels."""
    images = torch.zeros(1, 1, side, side, requires_grad=True)
    unet(images)[0, 0, box[0] : box[1], box[0] : box[1]].sum().backward()
    assert images.grad is not None
    touched = torch.nonzero(images.grad[0, 0].abs().sum(dim=0)).flatten()
    return max(box[0] - int(touched[0]), int(touched[-1]) + 1 - box[1])


def with_positive_weights(unet: UNet) -> UNet:
    """No two paths cancel, so that every dependence shows in the gradient."""
    for parameter in unet.parameters():
        torch.nn.init.constant_(parameter, 0.05)
    return unet.double().float().eval()


@pytest.mark.parametrize(
    ("widths", "convolutions"),
    [
        ((2,), ()),
        ((2, 3), ()),
        ((2, 3, 4), ()),
        ((2, 3, 4, 5), ()),
        ((2, 3, 4, 5), (2, 2, 1, 1)),
        ((2, 3), (1, 3)),
    ],
)
def test_reach_is_exactly_how_far_an_aligned_box_is_felt(
    widths: tuple[int, ...], convolutions: tuple[int, ...]
) -> None:
    unet = with_positive_weights(UNet(1, 1, widths, convolutions=convolutions))
    side = 8 * (-(-4 * unet.reach() // 8) + 4)
    start = side // 2 // unet.stride * unet.stride
    assert felt_beyond(unet, (start, start + unet.stride), side) == unet.reach()


def test_one_pixel_depends_on_its_own_box_of_strides_only() -> None:
    unet = with_positive_weights(UNet(1, 1, (2, 3, 4)))
    for pixel in range(64, 64 + unet.stride):
        assert felt_beyond(unet, (pixel, pixel + 1), 160) <= unet.reach() + unet.stride - 1


def test_paper_widths_have_five_levels() -> None:
    paper = U3NetConfig.paper()
    assert paper.encoder_widths == (16, 32, 64, 128, 256)
    assert paper.decoder_widths == (32, 64, 128, 256, 512)
    assert (paper.embedding_size, paper.elements) == (16, 10)
    assert UNet(16, 1, paper.decoder_widths).stride == 16


def test_output_has_the_size_of_the_input() -> None:
    assert UNet(3, 7, (4, 8))(torch.rand(2, 3, 24, 40)).shape == (2, 7, 24, 40)


def test_a_number_of_convolutions_for_each_level_is_asked_for() -> None:
    with pytest.raises(ValueError, match="a number for each level"):
        U3NetConfig(decoder_widths=(8, 16, 32), decoder_convolutions=(2, 1))
