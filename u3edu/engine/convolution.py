"""Convolutions with their activations, by Winograd's method where it is there, agrees and pays."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from u3edu.engine.packed import PackedConvolution
from u3edu.engine.threads import side_by_side

# Largest difference allowed on the spot, on outputs of about 1; measured: below 2e-4.
_AGREEMENT = 1e-3
# Winograd's transforms pay from about this many output pixels on (measured: 24 x 24).
LEAST_PIXELS = 24 * 24
# ... and from this many output channels on (measured, 16: twice as slow; 24: a fifth faster).
_LEAST_CHANNELS = 24


class Convolution:
    """A convolution layer of a network that no longer learns.

    Winograd's method F(6 x 6, 3 x 3) multiplies a fifth as often as the definition (A. Lavin and
    S. Gray, CVPR 2016). NNPACK, which comes with torch, has it for 3 x 3 kernels in float32 on
    processors; it is used only where it agrees with torch's own convolution on these weights.

    Parameters
    ----------
    layer : nn.Conv2d
        With stride 1; its weights are kept, not copied, where their layout allows.
    activation : nn.Module
        Follows it.
    """

    def __init__(self, layer: nn.Conv2d, activation: nn.Module) -> None:
        self.reach = int(layer.kernel_size[0]) // 2
        self.weight, self.bias = layer.weight, layer.bias
        self._activation = activation
        self._beside = PackedConvolution(layer.weight, layer.bias, activation)
        self.winograd = _has_winograd(layer) and self._agrees()
        if self.winograd:
            self.weight = nn.Parameter(layer.weight.contiguous(), requires_grad=False)

    def __call__(
        self,
        inputs: Tensor,
        padding: tuple[int, int],
        memory_format: torch.memory_format = torch.channels_last,
    ) -> Tensor:
        """Convolve [B, C, H, W], with `padding` zeros before and after its rows and its columns.

        Winograd's method is used where pixels are to lie side by side.
        """
        if self.winograd and memory_format == torch.contiguous_format:
            return self._activation(_winograd(inputs, self.weight, self.bias, padding))
        return self._beside(inputs, padding)

    def _agrees(self) -> bool:
        generator = torch.Generator().manual_seed(0)
        inputs = torch.randn(1, self.weight.shape[1], 26, 27, generator=generator)
        # NNPACK keeps as many threads as torch has when it is first called; more than one would
        # wait for each other where bands of a picture are computed side by side (a third slower).
        with side_by_side(), torch.inference_mode():
            expected = functional.conv2d(inputs, self.weight, self.bias, padding=1)
            try:
                found = _winograd(inputs, self.weight, self.bias, (1, 1))
            except RuntimeError:
                return False
            allowed = _AGREEMENT * max(1.0, float(expected.abs().max()))
            return bool((found - expected).abs().max() <= allowed)


def pointwise(layer: nn.Conv2d, inputs: Tensor, memory_format: torch.memory_format) -> Tensor:
    """What a 1 x 1 convolution does to [B, C, H, W]; the outputs lie as `memory_format` says.

    As a product of matrices it takes the same time however the inputs lie and whatever the number
    of threads, which torch's convolutions of this size do not; nothing is turned round before.
    """
    count, channels, rows, columns = inputs.shape
    weight, bias = layer.weight[:, :, 0, 0], layer.bias
    if inputs.stride(1) == 1:
        pixels = inputs.permute(0, 2, 3, 1).reshape(count, rows * columns, channels).transpose(1, 2)
    else:
        pixels = inputs.flatten(2)
    if memory_format == torch.contiguous_format:
        outputs = torch.bmm(weight.expand(count, -1, -1), pixels)
        outputs = outputs if bias is None else outputs.add_(bias[:, None])
        return outputs.view(count, -1, rows, columns)
    outputs = torch.bmm(pixels.transpose(1, 2), weight.t().expand(count, -1, -1))
    outputs = outputs if bias is None else outputs.add_(bias)
    return outputs.view(count, rows, columns, -1).permute(0, 3, 1, 2)


def _has_winograd(layer: nn.Conv2d) -> bool:
    weight = layer.weight
    fits = weight.device.type == "cpu" and weight.dtype == torch.float32 and layer.kernel_size == (3, 3)
    fits = fits and layer.out_channels >= _LEAST_CHANNELS
    return fits and hasattr(torch, "_nnpack_spatial_convolution") and torch._nnpack_available()


def _winograd(inputs: Tensor, weight: Tensor, bias: Tensor | None, padding: tuple[int, int]) -> Tensor:
    return torch._nnpack_spatial_convolution(inputs.contiguous(), weight.contiguous(), bias, padding, (1, 1))
