"""Pictures as a reader sees them: through display windows, side by side for a backbone."""

import numpy as np

from u3edu.imaging.slice import Slice, Window


def reading_windows(picture: Slice) -> tuple[Window, ...]:
    """The windows that a picture is read in: lung and mediastinum for CT, the first one for others.

    On the whole scale of Hounsfield units the grain of soft tissue is a hundredth of the range,
    which no reader sees.
    """
    return picture.acquisition.windows[: 2 if picture.acquisition.modality == "CT" else 1]


def as_read(picture: Slice) -> np.ndarray:
    """A picture through the windows that it is read in (`reading_windows`).

    Returns
    -------
    float32 [N, H, W]
        One picture in [-1, 1] for each window; what lies beyond a window is clipped.
    """
    raw = picture.raw
    seen = [np.clip((raw - window.centre) / (window.width / 2), -1, 1) for window in reading_windows(picture)]
    return np.stack(seen).astype(np.float32)
