"""How a settling objective is curved: Gauss-Newton products, and steps by conjugate gradients."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from u3edu.training.kronecker import Factors, KroneckerCoordinates
from u3edu.training.settling_objective import Objective, Outputs, one_after_the_other

# Of the parameters' length; pictures in single precision still differ by much more than their rounding.
_SMALL = 1e-3
# Of the gradient's length; getting rid of it would cost more than it brings.
_REMAINS = 0.1


class Step(NamedTuple):
    """A step down a quadratic.

    Parameters
    ----------
    way : float [P]
        To add to the parameters.
    turn : float [P]
        What it adds to the gradient.
    gain : float
        By how much it lowers the quadratic.
    """

    way: Tensor
    turn: Tensor
    gain: float


class Curvature:
    """The Gauss-Newton matrix of an objective where its decoder stands.

    It has what the squares of the objective are curved by, and nothing of how a decoder's pictures
    are: no direction curves downwards. See Martens, Deep learning via Hessian-free optimization (ICML
    2010). Steps are taken in coordinates in which it is nearly the unit matrix
    (`u3edu.training.kronecker`).

    Parameters
    ----------
    objective : Objective
        A few pictures will do.
    numbers : numpy.random.Generator
    """

    def __init__(self, objective: Objective, numbers: np.random.Generator) -> None:
        self._objective = objective
        self._here = one_after_the_other([one.detach() for one in objective.parameters])
        with torch.no_grad():
            self._outputs = list(objective.outputs())
        self._coordinates = self._measured(numbers)

    def step(self, gradient: Tensor, damping: float, products: int) -> Step:
        """The way to the lowest point of the quadratic, by conjugate gradients from where it is.

        Parameters
        ----------
        gradient : float [P]
        damping : float
            Added to the matrix, in the coordinates: the more, the shorter the step.
        products : int
            With the matrix, at most.
        """
        to_parameters = self._coordinates
        left = -to_parameters(gradient)
        first = direction = left
        place, turn = torch.zeros_like(left), torch.zeros_like(left)
        for _ in range(products):
            turned = self.times(to_parameters(direction))
            curved = to_parameters(turned) + damping * direction
            length = left @ left / (direction @ curved)
            place, turn = place + length * direction, turn + length * turned
            before, left = left, left - length * curved
            if left.norm() < _REMAINS * first.norm():
                break
            direction = left + (left @ left) / (before @ before) * direction
        # Of the quadratic without damping.
        gain = (place @ (first + left) + damping * place @ place) / 2
        return Step(to_parameters(place), turn, gain.item())

    def times(self, way: Tensor) -> Tensor:
        """The matrix times a vector, both float [P]."""
        objective, share = self._objective, _SMALL * self._here.norm() / way.norm()
        objective.move_to(self._here + share * way)
        with torch.no_grad():
            pairs = zip(objective.outputs(), self._outputs, strict=True)
            moved = [
                Outputs((new.difference - old.difference) / share, (new.plain - old.plain) / share)
                for new, old in pairs
            ]
        objective.move_to(self._here)
        push = objective.slope(objective.mean(own.difference for own in moved))
        product = torch.zeros_like(way)
        for index, (difference, plain) in enumerate(objective.outputs()):
            error = 2 * objective.error_weight(index) * (plain * moved[index].plain).mean()
            product += objective.down(error + (objective.mean([difference]) * push).sum())
        return product

    def _measured(self, numbers: np.random.Generator) -> KroneckerCoordinates:
        """Coordinates from gradients of random targets, which vary as the matrix says."""
        objective = self._objective
        factors = Factors(objective.decoder, numbers)
        with factors.followed():
            for index, (difference, plain) in enumerate(objective.outputs()):
                # Those beside come last, and ask for much the same.
                if index == len(objective.pictures):
                    break
                error = (2 * objective.error_weight(index) / plain.numel()) ** 0.5
                target = torch.from_numpy(numbers.standard_normal(plain.shape, dtype=np.float32)).to(plain)
                reader = (objective.mean([difference]) * objective.random_slope(numbers)).sum()
                factors.add(objective.down(reader + error * (plain * target).sum()))
        return factors.coordinates()
