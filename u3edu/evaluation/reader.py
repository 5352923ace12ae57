"""The automatic reader: tells real slices from reconstructed ones, on patients that it has never seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

# Strong shrinkage: there are about as many tiles to learn from as features.
_INVERSE_PENALTY = 0.01
_RESAMPLES = 1000


@dataclass(frozen=True, eq=False)
class ReaderFigures:
    """How well the automatic reader tells one patient's real slices from reconstructed ones.

    Parameters
    ----------
    patient : str
    slices : int
        Real ones; as many reconstructed ones.
    auc : float
        Area under the ROC curve over slices; 0.5 is perfect, 1 means that every reconstruction
        is found out.
    low, high : float
        95 % interval by a bootstrap over slices, real and reconstructed together. It is about
        the slices of this one patient: another patient may lie outside it.
    tile_auc, tile_low, tile_high : float
        The same over tiles, resampled slice by slice.
    false_positives, true_positives : float64 [N]
        The ROC curve over slices.
    """

    patient: str
    slices: int
    auc: float
    low: float
    high: float
    tile_auc: float
    tile_low: float
    tile_high: float
    false_positives: np.ndarray
    true_positives: np.ndarray


class AutomaticReader:
    """Logistic regression on the features of tiles; a slice's score is the mean over its tiles.

    Parameters
    ----------
    real, made : sequence of float32 [N, F]
        Features of each slice's tiles (`tile_features`), of real and of reconstructed slices.

    Raises
    ------
    ValueError
        If either has no tile at all.
    """

    def __init__(self, real: Sequence[np.ndarray], made: Sequence[np.ndarray]) -> None:
        features = [[tiles for tiles in slices if len(tiles)] for slices in (real, made)]
        if not all(features):
            raise ValueError(
                "no tile of 128 x 128 pixels inside the body for the automatic reader to learn from"
            )
        tables = [np.concatenate(tiles) for tiles in features]
        is_made = np.repeat([0, 1], [len(table) for table in tables])
        self._model: Any = make_pipeline(
            StandardScaler(), LogisticRegression(C=_INVERSE_PENALTY, max_iter=2000)
        )
        self._model.fit(np.concatenate(tables), is_made)

    def tile_scores(self, tiles: np.ndarray) -> np.ndarray:
        """Log odds, float64 [N], that each tile [N, F] is reconstructed."""
        return np.asarray(self._model.decision_function(tiles))


def reader_figures(
    reader: AutomaticReader,
    patient: str,
    real: Sequence[np.ndarray],
    made: Sequence[np.ndarray],
    seed: int = 0,
) -> ReaderFigures:
    """Test a reader on one patient.

    Parameters
    ----------
    reader : AutomaticReader
        Fitted on other patients.
    patient : str
    real, made : sequence of float32 [N, F]
        Features of the tiles of each real slice, and of its reconstruction.
    seed : int
        Of the bootstrap.

    Raises
    ------
    ValueError
        If no slice has a tile.
    """
    scores = [
        np.stack([reader.tile_scores(tiles) for tiles in pair])
        for pair in zip(real, made, strict=True)
        if len(pair[0])
    ]
    if not scores:
        raise ValueError(
            f"{patient}: no tile of 128 x 128 pixels inside the body for the automatic reader to look at"
        )
    by_slice = [pair.mean(axis=1, keepdims=True) for pair in scores]
    truth, values = _truth_and_scores(by_slice)
    false_positives, true_positives, _ = roc_curve(truth, values)
    # How often each slice is drawn: real and reconstructed stay together.
    numbers = np.random.default_rng(seed)
    counts = numbers.multinomial(len(scores), np.full(len(scores), 1 / len(scores)), size=_RESAMPLES)
    low, high = _interval(by_slice, counts)
    tile_low, tile_high = _interval(scores, counts)
    return ReaderFigures(
        patient=patient,
        slices=len(scores),
        auc=_auc(by_slice),
        low=low,
        high=high,
        tile_auc=_auc(scores),
        tile_low=tile_low,
        tile_high=tile_high,
        false_positives=false_positives,
        true_positives=true_positives,
    )


def _truth_and_scores(pairs: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """0 for real and 1 for made, and the scores, of pairs of scores [2, N] each."""
    values = np.concatenate(pairs, axis=1)
    return np.repeat([0, 1], values.shape[1]), values.ravel()


def _auc(pairs: Sequence[np.ndarray]) -> float:
    return float(roc_auc_score(*_truth_and_scores(pairs)))


def _interval(pairs: Sequence[np.ndarray], counts: np.ndarray) -> tuple[float, float]:
    """95 % interval of the area when each pair is taken as often as a row of `counts` says.

    The area is the share of pairs of a made and a real tile that are in the right order, so
    that of a resample follows from how many there are between any two slices.
    """
    ordered = np.array([[_in_order(made[1], real[0]) for made in pairs] for real in pairs])
    of = np.array([[made.shape[1] * real.shape[1] for made in pairs] for real in pairs])
    areas = [(count @ ordered @ count) / (count @ of @ count) for count in counts]
    low, high = np.percentile(areas, [2.5, 97.5])
    return float(low), float(high)


def _in_order(made: np.ndarray, real: np.ndarray) -> float:
    """Pairs in which the made one has the higher score; ties count half."""
    return float((made[:, None] > real).sum() + 0.5 * (made[:, None] == real).sum())
