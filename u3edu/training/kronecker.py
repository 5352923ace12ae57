"""Coordinates of a decoder in which an objective is curved nearly alike in all directions.

A convolution's curvature is nearly the Kronecker product of two small matrices: how its inputs vary,
and how the gradient at its outputs does. See Martens and Grosse, Optimizing neural networks with
Kronecker-factored approximate curvature (ICML 2015), and Grosse and Martens (ICML 2016) for convolutions.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

# Of an input, that stand for the whole of it: how many, and of how many pixels a side.
_PATCHES = 6
_PATCH = 48
# Of the mean variance, added to each direction of a factor.
_RIDGE = 0.01
# Likewise where each parameter is for itself.
_DIAGONAL_RIDGE = 0.03
_LEAST = 1e-12


class _Convolution(NamedTuple):
    """Where a convolution's parameters are in the row of all, and the inverse roots of its factors."""

    weight: slice
    bias: slice | None
    of_inputs: Tensor
    of_outputs: Tensor


class KroneckerCoordinates:
    """A symmetric map: of coordinates to parameters, and of a gradient to these to one to those.

    Parameters
    ----------
    convolutions : list of _Convolution
    scale : float [P]
        What the parameters of no convolution are multiplied by.
    """

    def __init__(self, convolutions: list[_Convolution], scale: Tensor) -> None:
        self._convolutions, self._scale = convolutions, scale

    def __call__(self, values: Tensor) -> Tensor:
        """Both float [P]."""
        mapped = self._scale * values
        for weight, bias, of_inputs, of_outputs in self._convolutions:
            own = values[weight].reshape(len(of_outputs), -1)
            if bias is not None:
                own = torch.column_stack([own, values[bias]])
            own = of_outputs @ own @ of_inputs
            if bias is not None:
                own, mapped[bias] = own[:, :-1], own[:, -1]
            mapped[weight] = own.reshape(-1)
        return mapped


class Factors:
    """How the inputs of a decoder's convolutions vary, and the gradients at their outputs.

    Parameters
    ----------
    decoder : Module
    numbers : numpy.random.Generator
        Decides where inputs are looked at.
    """

    def __init__(self, decoder: nn.Module, numbers: np.random.Generator) -> None:
        self._decoder, self._numbers = decoder, numbers
        self._convolutions = {
            name: module for name, module in decoder.named_modules() if isinstance(module, nn.Conv2d)
        }
        self._inputs: dict[str, Tensor] = {}
        self._outputs: dict[str, Tensor] = {}
        self._squares: Tensor | float = 0.0
        self._count = 0

    @contextmanager
    def followed(self) -> Iterator[None]:
        """While the decoder draws and gradients come back."""
        hooks = [
            module.register_forward_hook(self._hook(name)) for name, module in self._convolutions.items()
        ]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def add(self, gradient: Tensor) -> None:
        """One picture's part of the gradient, float [P]."""
        self._squares, self._count = self._squares + gradient.square(), self._count + 1

    def coordinates(self) -> KroneckerCoordinates:
        """From what has been followed and added so far."""
        # As if all pictures went the same way.
        squares = torch.as_tensor(self._squares) * self._count
        places, first = {}, 0
        for name, parameter in self._decoder.named_parameters():
            places[name] = slice(first, first + parameter.numel())
            first += parameter.numel()
        scale = (squares + _DIAGONAL_RIDGE * squares.mean()).rsqrt()
        convolutions = []
        # Those that a decoder calls; others, whose weights it uses in its own way, go by the diagonal.
        for name in self._outputs:
            weight, bias = places[f"{name}.weight"], places.get(f"{name}.bias")
            size = squares[weight].sum() + (squares[bias].sum() if bias else 0.0)
            inputs, outputs = self._inputs[name], self._outputs[name]
            if not size:
                continue
            size = size / (inputs.trace() * outputs.trace())
            convolutions.append(
                _Convolution(weight, bias, inverse_root(inputs), inverse_root(outputs * size))
            )
        return KroneckerCoordinates(convolutions, scale)

    def _hook(self, name: str):  # type: ignore[no-untyped-def]
        def look(module: nn.Conv2d, inputs: tuple[Tensor], output: Tensor) -> None:
            self._inputs[name] = self._inputs.get(name, 0) + self._products(module, inputs[0].detach())
            if output.requires_grad:
                output.register_hook(look_back)  # type: ignore[no-untyped-call]

        def look_back(gradient: Tensor) -> None:
            own = gradient.detach().float().transpose(0, 1).flatten(1)
            self._outputs[name] = self._outputs.get(name, 0) + own @ own.T

        return look

    def _products(self, module: nn.Conv2d, inputs: Tensor) -> Tensor:
        """The mean product of the values under the kernel, and 1 for a bias, float [I, I]."""
        total, count = torch.zeros(()), 0
        for _ in range(_PATCHES):
            rows, columns = (self._patch(length) for length in inputs.shape[2:])
            seen = functional.unfold(inputs[:, :, rows, columns].float(), module.kernel_size)
            values = seen.transpose(0, 1).flatten(1)
            if module.bias is not None:
                values = torch.cat([values, torch.ones_like(values[:1])])
            total, count = total.to(values) + values @ values.T, count + values.shape[1]
        return total / count

    def _patch(self, length: int) -> slice:
        first = int(self._numbers.integers(max(length - _PATCH, 0) + 1))
        return slice(first, first + _PATCH)


def inverse_root(matrix: Tensor) -> Tensor:
    """Of a symmetric matrix without negative directions, after a ridge on its diagonal."""
    ridge = _RIDGE * matrix.diagonal().mean()
    variances, directions = torch.linalg.eigh((matrix + ridge * torch.eye(len(matrix)).to(matrix)).double())
    return ((directions * variances.clamp(min=_LEAST).rsqrt()) @ directions.T).to(matrix)
