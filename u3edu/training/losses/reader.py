"""The reader loss: what gives reconstructions away on average, to one who weighs features."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from u3edu.model.parallel import mean_of_all_processes
from u3edu.training.losses.texture import moments

# A feature that hardly varies among real crops is not blown up.
_LEAST_DEVIATION = 1e-4
# Differences this small (in standard deviations along the discriminant) count as none.
_LEAST_DISTANCE = 1e-3


class LinearReader(nn.Module):
    """Fisher's linear discriminant between reconstructed crops and the real ones, followed through a run.

    It is a discriminator with a solution in closed form: the mean difference of features between
    reconstruction and original, weighed by how features vary among real crops. Each crop is
    compared with its own original, so that what a crop shows does not count. That discriminators
    learn quickly on features of a trained backbone is known from Sauer, Chitta, Mueller and Geiger
    (NeurIPS 2021). The loss is not the paper's.

    A reader who knows how large pixels are weighs features otherwise for large ones than for small:
    beside the mean difference the part of it that goes with the spacing is followed, too.

    Parameters
    ----------
    real : float [N, F]
        Features of real crops (`crop_statistics`).
    decay : float
        Weight of the past in the moving average of the differences.
    ridge : float
        Added to the variance of each standardised feature: the more, the fewer directions count.
    """

    scale: Tensor
    inverse: Tensor
    difference: Tensor
    steps: Tensor

    def __init__(self, real: Tensor, decay: float = 0.98, ridge: float = 0.5) -> None:
        super().__init__()
        self.decay = decay
        scale = real.std(dim=0) + _LEAST_DEVIATION
        standardised = (real - real.mean(dim=0)) / scale
        covariance = standardised.T @ standardised / len(real)
        self.register_buffer("scale", scale)
        self.register_buffer("inverse", torch.linalg.inv(covariance + ridge * torch.eye(len(scale)).to(real)))
        self.register_buffer("difference", torch.zeros(2, len(scale)).to(real))
        self.register_buffer("steps", torch.tensor(0))

    def forward(self, reconstruction: Tensor, images: Tensor, spacing_codes: Tensor) -> Tensor:
        """How far the reconstructions of this step lie along the discriminants, a scalar.

        Parameters
        ----------
        reconstruction, images : float [B, F]
            Features of crops and of their originals, which get no gradient.
        spacing_codes : float [B]
            See `u3edu.model.spacing`; all 0 where the decoder isn't told.

        Returns
        -------
        float
            In standard deviations of real crops along each discriminant (as far as `ridge` lets
            them count), the sum of both; 0 where nothing sets them apart. Its gradient takes the
            discriminants as they are. The discriminants follow first.
        """
        each = (reconstruction - images.detach()) / self.scale
        away = torch.stack([each.mean(dim=0), (each * spacing_codes[:, None]).mean(dim=0)])
        with torch.no_grad():
            self.steps += 1
            # A plain mean to begin with.
            rate = max(1 - self.decay, 1 / int(self.steps))
            self.difference.lerp_(mean_of_all_processes(away.detach()), rate)
            weights = self.difference @ self.inverse
            distances = (self.difference * weights).sum(dim=1).sqrt().clamp(min=_LEAST_DISTANCE)
        return ((away * weights).sum(dim=1) / distances).sum()


def crop_statistics(features: Sequence[Tensor], crops: int) -> Tensor:
    """Mean and deviation of each feature over each crop, float [B, F].

    Parameters
    ----------
    features : sequence of float [B N, C, h, w]
        Of each stage of a backbone, N views of each crop one after the other.
    crops : int
        B.
    """
    return torch.cat([torch.cat(moments(stage), dim=1) for stage in features], dim=1).reshape(crops, -1)
