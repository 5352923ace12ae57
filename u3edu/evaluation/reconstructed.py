"""A picture beside what a model makes of it: what every measure of realism looks at."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from u3edu.editing.label_map import LabelMap
from u3edu.engine.protocol import Engine
from u3edu.imaging.body import body_mask
from u3edu.imaging.slice import Slice


@dataclass(frozen=True, eq=False)
class Reconstructed:
    """A real picture, its label map, and the picture made from that label map.

    Parameters
    ----------
    picture : Slice
        The real one.
    label_map : LabelMap
    reconstruction : Slice
    body : bool [H, W]
        Pixels that show the patient.
    """

    picture: Slice
    label_map: LabelMap
    reconstruction: Slice
    body: np.ndarray

    @classmethod
    def of(cls, engine: Engine, picture: Slice) -> "Reconstructed":
        """Segment a picture and make it again from its label map."""
        label_map = engine.segment(picture)
        return cls(picture, label_map, engine.synthesize(label_map), body_mask(picture))


def reconstruct(engine: Engine, pictures: Iterable[Slice]) -> tuple[Reconstructed, ...]:
    """Segment and reconstruct every slice of a patient."""
    return tuple(Reconstructed.of(engine, picture) for picture in pictures)
