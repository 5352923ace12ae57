"""Weights as they stood, to tell which of them a step of training has changed."""

import copy

import torch

State = dict[str, torch.Tensor]


def state_of(module: torch.nn.Module) -> State:
    """A copy of a module's weights and buffers, by name."""
    return copy.deepcopy(module.state_dict())


def changed(before: State, after: State) -> set[str]:
    """Names of the weights and buffers that differ."""
    return {name for name in before if not torch.equal(before[name], after[name])}
