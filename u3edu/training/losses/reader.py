"""The reader loss: what gives reconstructions away on average, to one who weighs features."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from u3edu.model.parallel import mean_of_all_processes
from u3edu.training.loss_settings import ReaderLossConfig
from u3edu.training.losses.texture import moments

# A feature that hardly varies among real crops is not blown up.
_LEAST_DEVIATION = 1e-4
# Differences this small (in standard deviations along the discriminant) count as none.
_LEAST_DISTANCE = 1e-3
# A crop unlike all others counts no more along a component than one this many deviations away.
_FARTHEST = 3.0


class RealFeatures(nn.Module):
    """How features vary among real crops: what a reader weighs differences by.

    Parameters
    ----------
    real : float [N, F]
        Features of real crops (`crop_statistics`).
    settings : ReaderLossConfig, optional
    ridge : float
        Added to the variance of each standardised feature: the more, the fewer directions count.

    Raises
    ------
    ValueError
        If there are not two real crops, or fewer than components.
    """

    scale: Tensor
    centre: Tensor
    inverse: Tensor
    components: Tensor

    def __init__(self, real: Tensor, settings: ReaderLossConfig | None = None, ridge: float = 0.5) -> None:
        super().__init__()
        settings = settings or ReaderLossConfig()
        if len(real) < max(2, settings.components):
            raise ValueError(
                f"{len(real)} crops with enough foreground for the reader loss to know real ones by; "
                "lower least_foreground or components"
            )
        self.settings = settings
        scale, centre = real.std(dim=0) + _LEAST_DEVIATION, real.mean(dim=0)
        standardised = (real - centre) / scale
        covariance = standardised.T @ standardised / len(real)
        self.register_buffer("scale", scale)
        self.register_buffer("centre", centre)
        self.register_buffer("inverse", torch.linalg.inv(covariance + ridge * torch.eye(len(scale)).to(real)))
        self.register_buffer("components", _components(covariance, settings.components))

    def places(self, features: Tensor) -> Tensor:
        """Where crops with features [B, F] lie along each component, float [B, components]."""
        return ((features - self.centre) / self.scale @ self.components).clamp(-_FARTHEST, _FARTHEST)

    def codes(self, features: Tensor) -> Tensor:
        """What crops count for in each mean: 1, and their places along each component, float [B, C]."""
        places = self.places(features)
        return torch.column_stack([torch.ones(len(places), device=places.device), places])

    def along_discriminants(self, differences: Tensor, known: Tensor, alone: int) -> Tensor:
        """How far differences lie along the discriminants of those that are known, a scalar.

        Parameters
        ----------
        differences, known : float [C, F]
            Of standardised features; only the first carry a gradient.
        alone : int
            The first ones, whose discriminants count each for itself; those of the others count
            together, with the settings' `component_weight`.
        """
        with torch.no_grad():
            weights = known @ self.inverse
            squares = (known * weights).sum(dim=1)
            together = squares[alone:].sum().expand(len(squares) - alone)
            distances = torch.cat([squares[:alone], together]).sqrt().clamp(min=_LEAST_DISTANCE)
        parts = (differences * weights).sum(dim=1) / distances
        return parts[:alone].sum() + self.settings.component_weight * parts[alone:].sum()


class LinearReader(RealFeatures):
    """Fisher's linear discriminant between reconstructed crops and the real ones, followed through a run.

    It is a discriminator with a solution in closed form: the mean difference of features between
    reconstruction and original, weighed by how features vary among real crops. Each crop is
    compared with its own original, so that what a crop shows does not count. That discriminators
    learn quickly on features of a trained backbone is known from Sauer, Chitta, Mueller and Geiger
    (NeurIPS 2021). The loss is not the paper's.

    A reader who knows how large pixels are weighs features otherwise for large ones than for small:
    beside the mean difference the part of it that goes with the spacing is followed, too. So are, if
    wanted, the parts that go with what a drawn crop shows: differences that cancel over the patients
    learned from, as those of the upper and the lower chest do, don't on another patient.

    Parameters
    ----------
    real, settings, ridge
        See `RealFeatures`.
    """

    difference: Tensor
    steps: Tensor

    def __init__(self, real: Tensor, settings: ReaderLossConfig | None = None, ridge: float = 0.5) -> None:
        super().__init__(real, settings, ridge)
        self.register_buffer(
            "difference", torch.zeros(2 + self.components.shape[1], len(self.scale)).to(real)
        )
        self.register_buffer("steps", torch.tensor(0))

    def forward(
        self, reconstruction: Tensor, images: Tensor, spacing_codes: Tensor, counted: Tensor
    ) -> Tensor:
        """How far the reconstructions of this step lie along the discriminants, a scalar.

        Parameters
        ----------
        reconstruction, images : float [B, F]
            Features of crops and of their originals, which get no gradient.
        spacing_codes : float [B]
            See `u3edu.model.spacing`; all 0 where the decoder isn't told.
        counted : bool [B]
            Crops that a reader would look at.

        Returns
        -------
        float
            In standard deviations of real crops along each discriminant (as far as `ridge` lets
            them count), the sum of that of the mean, that of the spacing, and that of all components
            together; 0 where nothing sets them apart. Its gradient takes the discriminants as they
            are. The discriminants follow first.
        """
        each = (reconstruction - images.detach()) / self.scale
        away = self._codes(reconstruction.detach(), spacing_codes, counted).T @ each
        with torch.no_grad():
            self.steps += 1
            # A plain mean to begin with.
            rate = max(1 - self.settings.decay, 1 / int(self.steps))
            self.difference.lerp_(mean_of_all_processes(away.detach()), rate)
        return self.along_discriminants(away, self.difference, alone=2)

    def _codes(self, reconstruction: Tensor, spacing_codes: Tensor, counted: Tensor) -> Tensor:
        """What each crop counts for in each mean: 1, its spacing, its place along each component."""
        alike = torch.ones_like(spacing_codes)
        codes = torch.column_stack([alike, spacing_codes, self.places(reconstruction)])
        # Of all processes, so that two of them give what one with the doubled batch does.
        share = mean_of_all_processes(counted.float().mean())
        return codes * (counted / (len(counted) * share.clamp(min=1e-6)))[:, None]


def _components(covariance: Tensor, count: int) -> Tensor:
    """Directions [F, count] that vary most, scaled so that real crops have a deviation of 1 along each."""
    variances, directions = torch.linalg.eigh(covariance.double())
    kept = directions.flip(1)[:, :count] / variances.flip(0)[:count].clamp(min=_LEAST_DEVIATION).sqrt()
    return kept.to(covariance)


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
