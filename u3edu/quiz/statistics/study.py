"""A ReaderStudy: everything that the answers of a class say, dataset by dataset and over all."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from u3edu.quiz.statistics.agreement import (
    alphas_of_counts,
    category_counts,
    fleiss_kappa,
    kappas_of_counts,
    rating_matrix,
)
from u3edu.quiz.statistics.detection import Detection, detection
from u3edu.quiz.statistics.item_analysis import ItemFigures, analyse_items, score_matrix
from u3edu.quiz.statistics.rasch import RaschModel, fit_rasch
from u3edu.quiz.statistics.ratings import RATINGS, RatingComparison, compare_ratings
from u3edu.quiz.statistics.reading import RATE_ABC, REAL_OR_SYNTHETIC, Reading
from u3edu.quiz.statistics.spread import Spread, bootstrap_interval, spread

# Under this many trainees a calibrated difficulty says little more than the share of right answers.
FEWEST_FOR_RASCH = 10


@dataclass(frozen=True)
class Agreement:
    """Agreement of all readers on one test, each with its 95 % bootstrap interval over items.

    Parameters
    ----------
    items, readers : int
    kappa : float or None
        Fleiss' kappa over the items that every reader answered; None where there are none.
    kappa_interval : (low, high) or None
    alpha : float or None
        Krippendorff's alpha, nominal for real or synthetic, ordinal for A, B, C.
    alpha_interval : (low, high) or None
    """

    items: int
    readers: int
    kappa: float | None
    kappa_interval: tuple[float, float] | None
    alpha: float | None
    alpha_interval: tuple[float, float] | None


@dataclass(frozen=True)
class DatasetFigures:
    """The two reader tests in one dataset.

    Parameters
    ----------
    dataset : str
    readers : int
    items : dict of str to int
        Items of each kind.
    accuracy : dict of str to Spread
        Share wholly right by kind of item, over readers.
    source_accuracy : dict of str to float
        Each reader's accuracy at real or synthetic.
    by_class : dict of str to Spread
        The same by what is right, for example ``"synthetic"`` or ``"B"``.
    sensitivity, specificity, d_prime, criterion : Spread or None
        Of finding synthetic pictures, over readers.
    ratings : tuple of RatingComparison
        A, B, C for synthetic against real pictures; empty without such a test.
    confusion : dict of str to dict of str to int
        Ratings given, by the rating that is right.
    source_agreement, rating_agreement : Agreement or None
    """

    dataset: str
    readers: int
    items: dict[str, int]
    accuracy: dict[str, Spread]
    source_accuracy: dict[str, float]
    by_class: dict[str, Spread]
    sensitivity: Spread | None
    specificity: Spread | None
    d_prime: Spread | None
    criterion: Spread | None
    ratings: tuple[RatingComparison, ...]
    confusion: dict[str, dict[str, int]]
    source_agreement: Agreement | None
    rating_agreement: Agreement | None


@dataclass(frozen=True)
class TraineeFigures:
    """One trainee: answers, mean score, accuracy by kind, detection, and calibrated ability in logits."""

    who: str
    answers: int
    score: float
    accuracy: dict[str, float]
    sensitivity: float | None
    specificity: float | None
    d_prime: float | None
    criterion: float | None
    ability: float | None


@dataclass(frozen=True)
class ReaderStudy:
    """A class's results.

    Parameters
    ----------
    datasets : tuple of DatasetFigures
    trainees : tuple of TraineeFigures
    items : tuple of ItemFigures
    difficulties : dict of str to (float, float)
        Calibrated difficulty of each item and its standard error, in logits; empty for fewer than
        ten trainees.
    ability_sd : float or None
        SD of the abilities, in logits.
    """

    datasets: tuple[DatasetFigures, ...]
    trainees: tuple[TraineeFigures, ...]
    items: tuple[ItemFigures, ...]
    difficulties: dict[str, tuple[float, float]]
    ability_sd: float | None

    def to_dict(self) -> dict[str, Any]:
        """The study as plain values for JSON; numbers that are not defined are None."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain

    def __repr__(self) -> str:
        names = ", ".join(figures.dataset for figures in self.datasets)
        return f"ReaderStudy({len(self.trainees)} trainees, {len(self.items)} items; {names})"


def study(readings: Sequence[Reading]) -> ReaderStudy:
    """Work out all figures.

    Parameters
    ----------
    readings : sequence of Reading
        One for each trainee and item.
    """
    matrix, who, items = score_matrix(readings)
    model = fit_rasch(matrix) if len(who) >= FEWEST_FOR_RASCH and len(items) >= 2 else None
    abilities = dict(zip(who, model.abilities, strict=True)) if model else {}
    datasets = sorted({one.dataset for one in readings})
    return ReaderStudy(
        datasets=tuple(_dataset([one for one in readings if one.dataset == name], name) for name in datasets),
        trainees=tuple(
            _trainee([one for one in readings if one.who == name], name, abilities.get(name)) for name in who
        ),
        items=analyse_items(readings),
        difficulties=_difficulties(model, items),
        ability_sd=model.ability_sd if model else None,
    )


def _dataset(readings: list[Reading], name: str) -> DatasetFigures:
    by_reader = _by(readings, "who")
    detections = [detection(given) for given in by_reader.values()]
    kinds = sorted({one.kind for one in readings})
    classes = sorted({one.expected for one in readings} - {""})
    return DatasetFigures(
        dataset=name,
        readers=len(by_reader),
        items={kind: len({one.item for one in readings if one.kind == kind}) for kind in kinds},
        accuracy=_spreads({kind: [one for one in readings if one.kind == kind] for kind in kinds}),
        source_accuracy=_by_reader([one for one in readings if one.kind == REAL_OR_SYNTHETIC]),
        by_class=_spreads({right: [one for one in readings if one.expected == right] for right in classes}),
        sensitivity=spread(_known([one.sensitivity for one in detections])),
        specificity=spread(_known([one.specificity for one in detections])),
        d_prime=spread(_known([one.d_prime for one in detections])),
        criterion=spread(_known([one.criterion for one in detections])),
        ratings=compare_ratings(readings),
        confusion=_confusion(readings),
        source_agreement=_agreement(readings, REAL_OR_SYNTHETIC),
        rating_agreement=_agreement(readings, RATE_ABC),
    )


def _trainee(readings: list[Reading], name: str, ability: float | None) -> TraineeFigures:
    found: Detection = detection(readings)
    kinds = sorted({one.kind for one in readings})
    return TraineeFigures(
        who=name,
        answers=len(readings),
        score=float(np.mean([one.score for one in readings])),
        accuracy={
            kind: float(np.mean([one.right for one in readings if one.kind == kind])) for kind in kinds
        },
        sensitivity=found.sensitivity,
        specificity=found.specificity,
        d_prime=found.d_prime,
        criterion=found.criterion,
        ability=None if ability is None else float(ability),
    )


def _spreads(groups: dict[str, list[Reading]]) -> dict[str, Spread]:
    """Share wholly right over readers, for each group of readings."""
    spreads = {}
    for name, group in groups.items():
        over = spread(list(_by_reader(group).values()))
        if over is not None:
            spreads[name] = over
    return spreads


def _by_reader(readings: list[Reading]) -> dict[str, float]:
    """Each reader's share wholly right."""
    return {who: float(np.mean([one.right for one in given])) for who, given in _by(readings, "who").items()}


def _confusion(readings: list[Reading]) -> dict[str, dict[str, int]]:
    rated = [one for one in readings if one.kind == RATE_ABC]
    return {
        right: {
            given: sum(one.expected == right and one.answer == given for one in rated) for given in RATINGS
        }
        for right in sorted({one.expected for one in rated})
    }


def _agreement(readings: list[Reading], kind: str) -> Agreement | None:
    """Agreement on the items of a kind; None where fewer than two readers answered any."""
    given = [one for one in readings if one.kind == kind]
    categories = ("real", "synthetic") if kind == REAL_OR_SYNTHETIC else RATINGS
    matrix = rating_matrix(given, categories)
    if matrix.shape[0] < 2 or not matrix.shape[1]:
        return None
    counts = category_counts(matrix, len(categories))
    complete = counts[counts.sum(axis=1) == len(matrix)]
    alpha = partial(alphas_of_counts, level="nominal" if kind == REAL_OR_SYNTHETIC else "ordinal")
    return Agreement(
        items=matrix.shape[1],
        readers=matrix.shape[0],
        kappa=_finite(fleiss_kappa(complete)) if len(complete) else None,
        kappa_interval=bootstrap_interval(complete, kappas_of_counts) if len(complete) > 1 else None,
        alpha=_finite(float(alpha(counts[None])[0])),
        alpha_interval=bootstrap_interval(counts, alpha) if len(counts) > 1 else None,
    )


def _difficulties(model: RaschModel | None, items: tuple[str, ...]) -> dict[str, tuple[float, float]]:
    if model is None:
        return {}
    pairs = zip(model.difficulties, model.difficulty_errors, strict=True)
    return {
        item: (float(difficulty), float(error))
        for item, (difficulty, error) in zip(items, pairs, strict=True)
    }


def _by(readings: Sequence[Reading], field: str) -> dict[str, list[Reading]]:
    groups: dict[str, list[Reading]] = {}
    for one in readings:
        groups.setdefault(getattr(one, field), []).append(one)
    return dict(sorted(groups.items()))


def _known(values: list[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _plain(value: Any) -> Any:
    """Nested containers with NaN as None."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float):
        return _finite(value)
    return value
