"""A Gaussian over pictures: what is finer than it is not seen."""

import math

import torch
from torch import Tensor
from torch.nn import functional


def blurred(images: Tensor, deviation: float) -> Tensor:
    """Images [B, 1, H, W] under a Gaussian of a standard deviation in pixels; borders are repeated.

    A deviation of 0 gives the images as they are.
    """
    if deviation == 0:
        return images
    reach = math.ceil(3 * deviation)
    with torch.autocast(images.device.type, enabled=False):  # eight bits would put steps into even tissue
        images = images.float()
        offsets = torch.arange(-reach, reach + 1, device=images.device)
        kernel = torch.exp(-0.5 * (offsets / deviation).square())
        kernel = kernel / kernel.sum()
        around = functional.pad(images, (reach, reach, reach, reach), mode="replicate")
        down = functional.conv2d(around, kernel.view(1, 1, -1, 1))
        return functional.conv2d(down, kernel.view(1, 1, 1, -1))
