"""Figures of a reader study, with the paper's physicians as reference lines."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from u3edu.quiz.statistics.ratings import RATINGS
from u3edu.quiz.statistics.reading import REAL_OR_SYNTHETIC
from u3edu.quiz.statistics.reference import PAPER
from u3edu.quiz.statistics.study import DatasetFigures, ReaderStudy

# Okabe and Ito: told apart with any colour vision; marks and line styles differ too.
_BLUE, _ORANGE, _GREY = "#0072b2", "#d55e00", "#777777"


def accuracy_figure(study: ReaderStudy) -> Figure:
    """Accuracy at real or synthetic: each trainee, the class's mean with its interval, the physicians."""
    tested = [figures for figures in study.datasets if REAL_OR_SYNTHETIC in figures.accuracy]
    figure, axes = _figure(max(1, len(tested)))
    for panel, figures in zip(axes, tested, strict=False):
        over = figures.accuracy[REAL_OR_SYNTHETIC]
        dots = _swarm(list(figures.source_accuracy.values()))
        panel.plot(*dots, "o", color=_BLUE, alpha=0.5, markersize=4, label="trainees")
        interval = [[over.mean - over.low], [over.high - over.mean]]
        panel.errorbar(
            [0.5], [over.mean], yerr=interval, fmt="D", color="black", capsize=5, label="class mean, 95 %"
        )
        panel.axhline(0.5, color=_GREY, linestyle=":", label="chance")
        if figures.dataset in PAPER:
            paper = PAPER[figures.dataset].accuracy
            panel.axhline(paper.mean, color=_ORANGE, linestyle="--", label=f"physicians {paper} (paper)")
            panel.axhspan(paper.mean - paper.sd, paper.mean + paper.sd, color=_ORANGE, alpha=0.12)
        panel.set(
            title=figures.dataset,
            ylim=(0, 1.02),
            xlim=(0, 1),
            xticks=[],
            ylabel="accuracy, real or synthetic",
        )
        panel.legend(fontsize=8, loc="lower right")
    return figure


def ratings_figure(study: ReaderStudy) -> Figure:
    """Shares of A, B and C for synthetic and real pictures, and the physicians' as marks."""
    rated = [figures for figures in study.datasets if figures.ratings]
    figure, axes = _figure(max(1, len(rated)))
    for panel, figures in zip(axes, rated, strict=False):
        _draw_ratings(panel, figures)
    return figure


def items_figure(study: ReaderStudy) -> Figure:
    """Each item: share right against discrimination, and calibrated difficulty where there is one."""
    figure, (left, right) = _figure(2)
    known = [(one.difficulty, one.point_biserial) for one in study.items if one.point_biserial is not None]
    left.plot([x for x, _ in known], [y for _, y in known], "o", color=_BLUE)
    left.axhline(0, color=_GREY, linestyle=":")
    left.set(
        title="Items",
        xlim=(-0.02, 1.02),
        xlabel="share of trainees who got it right",
        ylabel="point-biserial, rest score",
    )
    order = sorted(study.difficulties, key=lambda item: study.difficulties[item][0])
    places = np.arange(len(order))
    middles = [study.difficulties[item][0] for item in order]
    errors = [1.96 * np.nan_to_num(study.difficulties[item][1]) for item in order]
    if order:
        right.errorbar(middles, places, xerr=errors, fmt="o", color=_BLUE, markersize=4)
    else:
        right.text(0.5, 0.5, "calibrated from ten trainees on", ha="center", transform=right.transAxes)
    right.set(
        title="Calibrated difficulty, 95 %", xlabel="logits; 0 is the mean trainee's even chance", yticks=[]
    )
    return figure


def _draw_ratings(panel: Axes, figures: DatasetFigures) -> None:
    places = np.arange(len(RATINGS))
    for source, offset, colour in (("synthetic", -0.2, _ORANGE), ("real", 0.2, _BLUE)):
        shares = [getattr(one, source) for one in figures.ratings]
        panel.bar(
            places + offset,
            [one.mean for one in shares],
            0.38,
            yerr=[one.sd or 0 for one in shares],
            color=colour,
            alpha=0.75,
            capsize=3,
            label=f"{source}, class ± SD",
        )
        if figures.dataset in PAPER:
            paper = getattr(PAPER[figures.dataset], source)
            means = [paper[rating].mean for rating in RATINGS]
            label = "physicians (paper)" if source == "real" else None
            panel.plot(
                places + offset, means, "_", color="black", markersize=22, markeredgewidth=2, label=label
            )
    panel.set(title=figures.dataset, ylim=(0, 1.1), ylabel="share of the pictures")
    panel.set_xticks(places, RATINGS)
    panel.legend(fontsize=8)


def _swarm(values: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Places of dots that would lie on each other: spread along x by a fixed rule."""
    return 0.5 + 0.3 * np.sin(np.arange(len(values)) * 2.4), np.asarray(values)


def _figure(panels: int) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(5.2 * panels, 4), layout="constrained")
    return figure, list(figure.subplots(1, panels, squeeze=False)[0])
