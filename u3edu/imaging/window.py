"""Display windows that radiologists open CT and MR pictures with."""

import numpy as np

from u3edu.imaging.slice import Window

# Lung and mediastinum are the windows of the paper's authors; bone is a common choice.
# Lung comes first because a chest CT opens with it.
CT_WINDOWS: tuple[Window, ...] = (
    Window("lung", centre=-550.0, width=1500.0),
    Window("mediastinum", centre=20.0, width=400.0),
    Window("bone", centre=400.0, width=1800.0),
)


def percentile_window(name: str, lowest: float, highest: float) -> Window:
    """The window from `lowest` to `highest` raw value; 1 wide where the two are the same."""
    width = highest - lowest
    return Window(name, centre=(lowest + highest) / 2, width=width if width > 1e-30 else 1.0)


def signal_windows(signal: np.ndarray) -> tuple[Window, ...]:
    """Presets for pictures without a physical unit, which have no fixed levels.

    Parameters
    ----------
    signal : float32, any shape
        Raw values of one picture, or of all pictures of a series, so that the series can be
        scrolled through at one brightness.

    Returns
    -------
    tuple of Window
        ``"standard"`` (1st to 99th percentile; what to open with), ``"soft tissue"`` (5th to
        95th: more contrast between tissues, at the price of fluid and fat going white) and
        ``"full range"`` (minimum to maximum).
    """
    levels = np.percentile(signal, [0, 1, 5, 95, 99, 100])
    lowest, one, five, ninety_five, ninety_nine, highest = (float(level) for level in levels)
    return (
        percentile_window("standard", one, ninety_nine),
        percentile_window("soft tissue", five, ninety_five),
        percentile_window("full range", lowest, highest),
    )
