"""All figures of one patient."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from u3edu.engine.protocol import Engine
from u3edu.evaluation.boundaries import boundary_ratio
from u3edu.evaluation.feature_distance import feature_distances
from u3edu.evaluation.gradients import GradientFigures, gradient_figures
from u3edu.evaluation.local_spectrum import SpectrumFigures, spectrum_figures
from u3edu.evaluation.noise_level import NoiseFigures, noise_figures
from u3edu.evaluation.reconstructed import Reconstructed
from u3edu.evaluation.reconstruction import ReconstructionFigures, reconstruction_figures
from u3edu.evaluation.view_agreement import ViewFigures, view_figures
from u3edu.training.losses.perceptual import FeatureDistance

# An element that holds less of a patient's pixels is hardly one.
SMALLEST_SHARE = 0.003


@dataclass(frozen=True, eq=False)
class PatientFigures:
    """Figures of one patient's slices.

    Parameters
    ----------
    patient : str
    slices : int
    mean, sd : ReconstructionFigures
        Over the slices.
    shares : float64 [K]
        Share of all pixels that each element holds.
    feature_distance : float
        Feature distance (EfficientNet-Lite0), the mean over the slices.
    views : ViewFigures
    spectrum : SpectrumFigures
    gradients : GradientFigures
    boundary, boundary_sd : float
        `boundary_ratio`, mean and standard deviation over the slices; 1 is perfect.
    noise : NoiseFigures
    """

    patient: str
    slices: int
    mean: ReconstructionFigures
    sd: ReconstructionFigures
    shares: np.ndarray
    feature_distance: float
    views: ViewFigures
    spectrum: SpectrumFigures
    gradients: GradientFigures
    boundary: float
    boundary_sd: float
    noise: NoiseFigures

    @property
    def small_elements(self) -> tuple[int, ...]:
        """Elements that hold less than 0.3 % of the patient's pixels."""
        return tuple(int(element) for element in np.flatnonzero(self.shares < SMALLEST_SHARE))

    def to_dict(self) -> dict[str, Any]:
        """For JSON; figures that there are none of are None."""
        return {
            "patient": self.patient,
            "slices": self.slices,
            "mean": plain(asdict(self.mean)),
            "sd": plain(asdict(self.sd)),
            "element_shares": plain(self.shares),
            "elements_below_0.3_percent": list(self.small_elements),
            "feature_distance_efficientnet_lite0": plain(self.feature_distance),
            "views": plain(asdict(self.views)),
            "spectrum": plain(asdict(self.spectrum)),
            "gradients": plain(asdict(self.gradients)),
            "boundary_ratio": plain(self.boundary),
            "boundary_ratio_sd": plain(self.boundary_sd),
            "noise": plain(asdict(self.noise) | {"ratio": self.noise.ratio}),
        }


def evaluate_patient(
    engine: Engine, patient: str, pairs: Sequence[Reconstructed], distance: FeatureDistance
) -> PatientFigures:
    """Measure every slice of a patient.

    A slice is not a sample: report and compare patients.

    Parameters
    ----------
    engine : Engine
        What made the reconstructions.
    patient : str
        What to call the patient.
    pairs : sequence of Reconstructed
        At least one.
    distance : FeatureDistance
    """
    names = [field.name for field in fields(ReconstructionFigures)]
    figures = [reconstruction_figures(pair.picture, pair.reconstruction) for pair in pairs]
    table = np.array([[getattr(one, name) for name in names] for one in figures])
    elements = len(engine.elements)
    labels = np.concatenate([pair.label_map.labels.ravel() for pair in pairs])
    ratios = np.array([boundary_ratio(pair) for pair in pairs])
    ratios = ratios[np.isfinite(ratios)]
    return PatientFigures(
        patient=patient,
        slices=len(pairs),
        mean=ReconstructionFigures(*(float(value) for value in table.mean(axis=0))),
        sd=ReconstructionFigures(*(float(value) for value in table.std(axis=0))),
        shares=np.bincount(labels, minlength=elements) / len(labels),
        feature_distance=float(feature_distances(pairs, distance).mean()),
        views=view_figures(engine, [pair.picture for pair in pairs]),
        spectrum=spectrum_figures(pairs),
        gradients=gradient_figures(pairs),
        boundary=float(ratios.mean()) if len(ratios) else float("nan"),
        boundary_sd=float(ratios.std()) if len(ratios) else float("nan"),
        noise=noise_figures(pairs, elements),
    )


def plain(value: Any) -> Any:
    """Figures as JSON can hold them: lists for arrays, five digits, None for what is no number."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(one) for one in value]
    if isinstance(value, (float, np.floating)):
        return float(f"{value:.5g}") if np.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value
