"""What a model should reach before its pictures are taken for real ones."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from u3edu.evaluation.patient import SMALLEST_SHARE, PatientFigures
from u3edu.evaluation.reader import ReaderFigures

_AGREEMENT = 0.85
_DECIBELS = 2.0
_BOUNDARY = 0.2
_AUC = 0.85


@dataclass(frozen=True)
class Goal:
    """One goal and how far a model is.

    Parameters
    ----------
    name : str
        What is measured.
    figure : str
        What was reached.
    aim : str
        What should be.
    met : bool
    """

    name: str
    figure: str
    aim: str
    met: bool


def goals_of(patient: PatientFigures, reader: ReaderFigures | None, paper: Mapping[str, float]) -> list[Goal]:
    """The goals, judged on one patient.

    Parameters
    ----------
    patient : PatientFigures
    reader : ReaderFigures, optional
        Of the same patient.
    paper : dict of str to float
        The paper's means: ``mse``, ``ssim``, ``psnr``; empty where it reports none.
    """
    mean, worst = patient.mean, float(np.abs(patient.spectrum.decibels).max())
    goals = []
    if paper:
        goals += [
            Goal("MSE", f"{mean.mse:.3g}", f"≤ {paper['mse']:.3g}, the paper's", mean.mse <= paper["mse"]),
            Goal(
                "SSIM", f"{mean.ssim:.3f}", f"≥ {paper['ssim']:.3f}, the paper's", mean.ssim >= paper["ssim"]
            ),
        ]
    share = float(patient.shares.min())
    agreement, boundary = patient.views.agreement, patient.boundary
    goals += [
        Goal(
            "smallest element",
            f"{100 * share:.1f} %",
            f"≥ {100 * SMALLEST_SHARE:.1f} % of the pixels",
            share >= SMALLEST_SHARE,
        ),
        Goal(
            "labels equal across views",
            f"{agreement:.3f}",
            f"≥ {_AGREEMENT:.2f}",
            agreement >= _AGREEMENT,
        ),
        Goal(
            "local spectrum",
            f"{worst:.1f} dB off",
            f"≤ {_DECIBELS:.0f} dB in every quarter",
            worst <= _DECIBELS,
        ),
        Goal(
            "energy along boundaries",
            f"× {boundary:.2f}",
            f"× {1 - _BOUNDARY:.1f} to {1 + _BOUNDARY:.1f}",
            abs(boundary - 1) <= _BOUNDARY,
        ),
    ]
    if reader:
        goals.append(Goal("automatic reader", f"AUC {reader.auc:.3f}", f"≤ {_AUC:.2f}", reader.auc <= _AUC))
    return goals
