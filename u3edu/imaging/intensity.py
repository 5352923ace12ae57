"""From raw values to pixels in [-1, 1]: Hounsfield units for CT, a robust min-max for the rest."""

import numpy as np

from u3edu.imaging.slice import IntensityScale

# Air is -1000 HU by definition of the scale. What lies outside the reconstruction circle was
# never measured; it becomes air, so that the model doesn't meet a class of pixels that exists
# in some scanners' pictures only.
AIR_HU = -1000.0

# No tissue is darker. Scanners write fill values such as -2000 or -3024 HU below this level.
LOWEST_MEASURED_HU = -1024.0

# Paper, section 3: CT values in [-2048, 2048] are mapped to [-1, 1].
HOUNSFIELD_SCALE = IntensityScale(slope=2048.0, intercept=0.0, unit="HU")

# The paper takes minimum and maximum of the series. One pixel in a thousand on each side is
# left out here: a spike (pulsating flow, a coil's hot spot, an implant's rim) would otherwise
# set the scale and squeeze all tissue into a few grey levels. A wider margin would begin to
# clip real fluid: bladder and fat fill several per cent of a pelvic picture.
SIGNAL_PERCENTILES = (0.1, 99.9)


def fill_with_air(hounsfield: np.ndarray, padding: np.ndarray | None = None) -> np.ndarray:
    """Hounsfield units with everything that was not measured set to air.

    Parameters
    ----------
    hounsfield : float32 [H, W]
        Raw values in HU.
    padding : bool [H, W], optional
        True where the file says that the pixel is padding.

    Returns
    -------
    float32 [H, W]
        Padding, and everything below -1024 HU, is `AIR_HU`; the rest is unchanged.
    """
    unmeasured = hounsfield < LOWEST_MEASURED_HU
    if padding is not None:
        unmeasured |= padding
    return np.where(unmeasured, np.float32(AIR_HU), hounsfield)


def signal_scale(signal: np.ndarray) -> IntensityScale:
    """The scale that maps the 0.1st to 99.9th percentile of `signal` to [-1, 1].

    Parameters
    ----------
    signal : float32, any shape
        Raw values without a physical unit: of all pictures of a series (paper, section 3:
        min-max per series), or of one picture that comes alone.

    Returns
    -------
    IntensityScale
        Where both percentiles are equal (nearly empty pictures) minimum and maximum are taken,
        and a constant picture is mapped to -1 as a whole.
    """
    lowest, highest = (float(level) for level in np.percentile(signal, SIGNAL_PERCENTILES))
    if not _differ(lowest, highest):
        lowest, highest = float(signal.min()), float(signal.max())
    if not _differ(lowest, highest):
        highest = lowest + max(1.0, abs(lowest))  # any range will do that rounding can't swallow
    return IntensityScale(slope=(highest - lowest) / 2, intercept=(highest + lowest) / 2, unit="signal")


def _differ(lowest: float, highest: float) -> bool:
    """Whether float32 has values enough between the two to make a scale of."""
    return highest - lowest > max(1e-6 * max(abs(lowest), abs(highest)), 1e-30)
