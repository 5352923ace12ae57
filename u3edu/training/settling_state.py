"""Where a settling decoder stands, what the samples so far say of it, and how far it goes."""

import math

import torch
from torch import Tensor, nn

from u3edu.training.curvature import Step
from u3edu.training.loss_settings import SettlingConfig
from u3edu.training.losses.reader import RealFeatures
from u3edu.training.settling_objective import Looked, Objective, one_after_the_other

# At a sample along a step: few slices don't know how long it should be.
_LOOKS = 4
# The next look is so much nearer or farther at most, and not needed as near as this.
_SHORTEST, _LONGEST, _NEAR = 0.1, 2.0, 0.6
# Of what the quadratic promised: with more the next step is longer, with less shorter.
_TRUSTED, _DOUBTED = 0.7, 0.4
_LESS_DAMPING, _MORE_DAMPING = 0.6, 1.5
# Samples whose gradients count together.
_GRADIENTS = 3


class Settled(nn.Module):
    """Where a decoder stands, and what the samples so far say of it.

    Parameters
    ----------
    decoder : Module
    known : RealFeatures
    settings : SettlingConfig
    """

    first: Tensor
    here: Tensor
    before: Tensor
    difference: Tensor
    samples: Tensor
    gradient: Tensor
    gradients: Tensor
    damping: Tensor

    def __init__(self, decoder: nn.Module, known: RealFeatures, settings: SettlingConfig) -> None:
        super().__init__()
        here = one_after_the_other([parameter.detach() for parameter in decoder.parameters()])
        self._most, self._still = settings.samples, settings.still > 0
        shape = 1 + known.components.shape[1] + self._still, len(known.scale)
        for name, value in (
            ("first", here),
            ("here", here.clone()),
            ("before", here.clone()),
            ("difference", torch.zeros(shape).to(here)),
            ("samples", torch.tensor(0)),
            ("gradient", torch.zeros_like(here)),
            ("gradients", torch.tensor(0)),
            ("damping", torch.tensor(settings.damping)),
        ):
            self.register_buffer(name, value)

    def follow(self, objective: Objective) -> Looked:
        """Look at another sample; the mean difference becomes that of several."""
        if self.samples:
            # What the last step changed, asked of tiles that it was not taken for.
            objective.move_to(self.before)
            self.difference -= objective.look().difference
        objective.move_to(self.here)
        looked = objective.look()
        broken = [name for name, value in objective.losses(*looked).items() if not math.isfinite(value)]
        if broken:
            raise FloatingPointError(f"settling: no longer a number: {', '.join(broken)}")
        if self.samples:
            self.difference += looked.difference
        self.samples.fill_(min(int(self.samples) + 1, self._most))
        self.difference.lerp_(looked.difference, 1 / int(self.samples))
        if self._still:
            # In each sample the same tiles.
            self.difference[-1] = looked.difference[-1]
        return looked

    def pool(self, gradient: Tensor) -> Tensor:
        """The mean gradient of the last samples, each carried along by what the steps turned it."""
        self.gradients.fill_(min(int(self.gradients) + 1, _GRADIENTS))
        return self.gradient.lerp_(gradient, 1 / int(self.gradients))

    def take(self, down: Step, objective: Objective, looked: Looked, gradient: Tensor) -> dict[str, float]:
        """Go down as far as the sample says, and say where that is.

        Parameters
        ----------
        down : Step
            What a quadratic of a few slices asks for.
        objective : Objective
            Of all of them.
        looked : Looked
            Where the decoder stands.
        gradient : float [P]
            There.
        """
        losses = objective.losses(self.difference, looked.error)
        height, slope = sum(losses.values()), (gradient @ down.way).item()
        taken, gain, share = 0.0, 0.0, 1.0
        for _ in range(_LOOKS):
            objective.move_to(self.here + share * down.way)
            now = objective.look()
            found = objective.losses(self.difference + now.difference - looked.difference, now.error)
            lower = height - sum(found.values())
            # Where nothing is a number, nothing is lower.
            if lower > gain:
                losses, taken, gain = found, share, lower
            lowest = _lowest(share, slope, -lower)
            if taken == share and _NEAR < share / lowest < 1 / _NEAR:
                break
            share = lowest
        self.before.copy_(self.here)
        self.here += taken * down.way
        self.gradient += taken * down.turn
        objective.move_to(self.here)
        if gain > _TRUSTED * down.gain and taken >= 1:
            self.damping *= _LESS_DAMPING
        elif gain < _DOUBTED * down.gain:
            self.damping *= _MORE_DAMPING
            # Nor did the gradient turn as was thought.
            self.gradients.zero_()
        return losses


def _lowest(share: float, slope: float, height: float) -> float:
    """Of the parabola with a slope at 0 and a height at a share of the way; not too far from that share."""
    curved = (height - slope * share) / share**2
    if not math.isfinite(height):
        return _SHORTEST * share
    lowest = -slope / (2 * curved) if curved > 0 else math.inf
    return min(max(lowest, _SHORTEST * share), _LONGEST * share)
