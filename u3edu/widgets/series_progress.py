"""Segmenting a whole series in a notebook, with a progress bar."""

import ipywidgets
from IPython.display import display

from u3edu.editing.label_map import LabelMap
from u3edu.engine.protocol import Engine
from u3edu.imaging.series import Series


class SegmentingProgress(ipywidgets.HBox):
    """A bar, and how many slices are done.

    Parameters
    ----------
    total : int
        How many there are.
    """

    def __init__(self, total: int) -> None:
        self.bar = ipywidgets.IntProgress(
            max=total, description="Segmenting", style={"description_width": "auto"}
        )
        self.words = ipywidgets.Label()
        super().__init__([self.bar, self.words])
        self.show(0)

    def show(self, done: int) -> None:
        """So many slices are done."""
        self.bar.value = done
        self.words.value = f"{done} of {self.bar.max} slices"
        if done == self.bar.max:
            self.bar.bar_style = "success"

    def fail(self) -> None:
        """No further slice will be done."""
        self.bar.bar_style = "danger"


def segment_with_progress(engine: Engine, series: Series) -> tuple[LabelMap, ...]:
    """The elements of every slice of a series, in order; a bar shows how far it is.

    Parameters
    ----------
    engine : Engine
    series : Series

    Returns
    -------
    tuple of LabelMap
        One byte a pixel is kept: 16 MB for 64 slices of 512 x 512.

    Raises
    ------
    ValueError
        If the series' modality is not the model's.
    """
    progress = SegmentingProgress(len(series))
    display(progress)  # type: ignore[no-untyped-call]
    label_maps: list[LabelMap] = []
    try:
        for picture in series:
            label_maps.append(engine.segment(picture))
            progress.show(len(label_maps))
    except BaseException:
        progress.fail()
        raise
    return tuple(label_maps)
