"""A convolution with its activation in one step and its weights laid out once."""

import torch
from torch import Tensor, nn
from torch.nn import functional

# Largest difference allowed on the spot, on outputs of about 1; measured: below 2e-6.
_AGREEMENT = 1e-4


class PackedConvolution:
    """A convolution, and its leaky ReLU if it has one, channels side by side.

    torch's own lays the weights out anew at each call and has a slower way for small inputs, which
    is a sixth of a stroke's time. oneDNN, which comes with torch, does both in one step on
    processors; that is used only where it agrees with torch's own on these weights.

    Parameters
    ----------
    weight : Tensor
        [out, in, height, width].
    bias : Tensor or None
    activation : nn.Module, optional
        A leaky ReLU.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None, activation: nn.Module | None = None) -> None:
        self._weight = weight.detach().contiguous(memory_format=torch.channels_last)
        self._bias, self._activation = bias, activation
        self._packed = self._pack()

    def __call__(self, inputs: Tensor, padding: tuple[int, int]) -> Tensor:
        """Convolve [B, C, H, W], with `padding` zeros before and after its rows and its columns."""
        if self._packed is not None:
            inputs = inputs.contiguous(memory_format=torch.channels_last)
            return self._in_one_step(inputs, self._packed, padding)
        outputs = functional.conv2d(inputs, self._weight, self._bias, padding=padding)
        return outputs if self._activation is None else self._activation(outputs)

    def _in_one_step(self, inputs: Tensor, packed: Tensor, padding: tuple[int, int]) -> Tensor:
        attribute, scalars = "none", []
        if isinstance(self._activation, nn.LeakyReLU):
            attribute, scalars = "leaky_relu", [self._activation.negative_slope]
        convolve = torch.ops.mkldnn._convolution_pointwise
        return convolve(inputs, packed, self._bias, padding, (1, 1), (1, 1), 1, attribute, scalars, "")

    def _pack(self) -> Tensor | None:
        """The weights as oneDNN wants them; None where torch's own convolution is to be used."""
        weight = self._weight
        fits = weight.device.type == "cpu" and weight.dtype == torch.float32
        if not fits or not isinstance(self._activation, nn.LeakyReLU | None):
            return None
        side = 8
        inputs = torch.randn(1, weight.shape[1], side, side, generator=torch.Generator().manual_seed(0))
        inputs = inputs.contiguous(memory_format=torch.channels_last)
        expected = functional.conv2d(inputs, weight, self._bias)
        expected = expected if self._activation is None else self._activation(expected)
        try:
            reorder = torch.ops.mkldnn._reorder_convolution_weight
            packed = reorder(weight, (0, 0), (1, 1), (1, 1), 1, None)
            found = self._in_one_step(inputs, packed, (0, 0))
        except (AttributeError, RuntimeError):
            return None
        allowed = _AGREEMENT * max(1.0, float(expected.abs().max()))
        return packed if (found - expected).abs().max() <= allowed else None
