"""The drawings of a report: spectra, gradients, boundaries and noise, elements, views, and the reader."""

import base64
import io
from collections.abc import Callable, Sequence

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from u3edu.evaluation.gradients import HISTOGRAM_EDGES
from u3edu.evaluation.local_spectrum import QUARTERS, WINDOW
from u3edu.evaluation.patient import SMALLEST_SHARE, PatientFigures
from u3edu.evaluation.reader import ReaderFigures

# Black for what is real, then the models; apart for people with any colour-vision deficiency.
REAL = "#1f2328"
MODELS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7")

Named = Sequence[tuple[str, PatientFigures]]


def spectrum_drawing(models: Named) -> str:
    """Power by frequency above; reconstruction less real in each quarter of the band below."""
    figure = Figure(figsize=(6.2, 5.0), layout="constrained")
    curves, bars = figure.subplots(2, 1, height_ratios=(3, 2))
    frequencies = np.arange(1, WINDOW // 2 + 1) / WINDOW
    curves.plot(frequencies, models[0][1].spectrum.real, color=REAL, linewidth=2.2, label="real")
    for number, (name, patient) in enumerate(models):
        curves.plot(
            frequencies, patient.spectrum.reconstruction, color=MODELS[number], linewidth=1.8, label=name
        )
        at = np.arange(QUARTERS) + (number - (len(models) - 1) / 2) * 0.8 / len(models)
        bars.bar(at, patient.spectrum.decibels, 0.72 / len(models), color=MODELS[number])
    for border in np.arange(1, QUARTERS) / (2 * QUARTERS):
        curves.axvline(border, color="#d0d7de", linewidth=0.8, zorder=0)
    curves.set(xlabel="cycles a pixel", ylabel="power, dB", xlim=(0, 0.5))
    _legend(curves)
    bars.axhspan(-2, 2, color="#eaeef2", zorder=0)
    bars.axhline(0, color=REAL, linewidth=1)
    bars.set_xticks(range(QUARTERS), ["lowest quarter", "second", "third", "highest"])
    bars.set(ylabel="less real, dB")
    return _svg_address(figure)


def gradient_drawing(models: Named) -> str:
    """How many pixels have which gradient magnitude."""
    middles = np.sqrt(HISTOGRAM_EDGES[1:] * HISTOGRAM_EDGES[:-1])

    def draw(axes: Axes) -> None:
        axes.fill_between(
            middles, 100 * models[0][1].gradients.real, color=REAL, alpha=0.18, step="mid", label="real"
        )
        for number, (name, patient) in enumerate(models):
            axes.step(
                middles,
                100 * patient.gradients.reconstruction,
                where="mid",
                color=MODELS[number],
                linewidth=1.8,
                label=name,
            )
        axes.set(
            xscale="log", xlabel="gradient magnitude, intensities a pixel", ylabel="% of the pixels", ylim=0
        )
        _legend(axes)

    return _drawing(draw)


def boundary_drawing(models: Named) -> str:
    """Energy along boundaries, flat pixels, and noise, each as a multiple of the real picture's."""
    names = ("energy along\nboundaries", "flat pixels", "noise")

    def draw(axes: Axes) -> None:
        axes.axhspan(0.8, 1.2, color="#eaeef2", zorder=0)
        axes.axhline(1, color=REAL, linewidth=1)
        for number, (name, patient) in enumerate(models):
            values = (patient.boundary, patient.gradients.flat, patient.noise.ratio)
            at = np.arange(len(names)) + (number - (len(models) - 1) / 2) * 0.8 / len(models)
            bars = axes.bar(at, values, 0.72 / len(models), color=MODELS[number], label=name)
            axes.bar_label(bars, [f"{value:.2f}" for value in values], padding=2, fontsize=8)
        axes.set_xticks(range(len(names)), names)
        axes.set(ylabel="times the real one")
        _legend(axes)

    return _drawing(draw)


def shares_drawing(patient: PatientFigures, names: Sequence[str], colours: Sequence[str]) -> str:
    """Share of the pixels that each element holds."""

    def draw(axes: Axes) -> None:
        rows = np.arange(len(names))
        bars = axes.barh(rows, 100 * patient.shares, color=list(colours), edgecolor="#57606a", linewidth=0.5)
        axes.bar_label(bars, [f"{100 * share:.1f}" for share in patient.shares], padding=3, fontsize=8)
        axes.axvline(100 * SMALLEST_SHARE, color=REAL, linewidth=0.8, linestyle=":")
        axes.set_yticks(rows, names, fontsize=8)
        axes.invert_yaxis()
        axes.set(xlabel="% of the pixels")

    return _drawing(draw)


def views_drawing(models: Named) -> str:
    """Labels equal under each transformation alone, and across two views under three of them."""
    names = [*models[0][1].views.stability, "two views,\nt1 + t2 + t3"]

    def draw(axes: Axes) -> None:
        for number, (name, patient) in enumerate(models):
            values = [*patient.views.stability.values(), patient.views.agreement]
            at = np.arange(len(names)) + (number - (len(models) - 1) / 2) * 0.8 / len(models)
            bars = axes.barh(at, values, 0.72 / len(models), color=MODELS[number], label=name)
            axes.bar_label(bars, [f"{value:.2f}" for value in values], padding=2, fontsize=8)
        axes.set_yticks(range(len(names)), names, fontsize=8)
        axes.invert_yaxis()
        axes.set(xlabel="share of equal labels", xlim=(0, 1.1))
        _legend(axes)

    return _drawing(draw)


def reader_drawing(readings: Sequence[tuple[str, ReaderFigures]]) -> str:
    """ROC curves of the automatic reader over slices; the diagonal is perfect."""

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=REAL, linewidth=1, linestyle=":", label="can't tell (0.5)")
        for number, (name, reading) in enumerate(readings):
            label = f"{name}: {reading.auc:.2f} ({reading.low:.2f} to {reading.high:.2f})"
            axes.plot(
                reading.false_positives,
                reading.true_positives,
                color=MODELS[number],
                linewidth=2,
                label=label,
                clip_on=False,
            )
        axes.set(xlabel="real slices called made", ylabel="made slices found out", xlim=(0, 1), ylim=(0, 1))
        axes.set_aspect("equal")
        _legend(axes)

    return _drawing(draw)


def _drawing(draw: Callable[[Axes], None]) -> str:
    figure = Figure(figsize=(6.2, 3.6), layout="constrained")
    draw(figure.subplots())
    return _svg_address(figure)


def _legend(axes: Axes) -> None:
    """Above the axes, where it covers nothing."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.legend(
        *axes.get_legend_handles_labels(), loc="outside upper left", frameon=False, fontsize=8, ncols=2
    )


def _svg_address(figure: Figure) -> str:
    """A figure without frames as a data address for HTML, the same bytes for the same figures."""
    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
    file = io.BytesIO()
    with rc_context({"svg.hashsalt": "u3edu"}):
        figure.savefig(file, format="svg", metadata={"Date": None}, transparent=True)
    return f"data:image/svg+xml;base64,{base64.b64encode(file.getvalue()).decode()}"
