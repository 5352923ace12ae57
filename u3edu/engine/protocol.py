"""What every engine can do, wherever it runs."""

from typing import Protocol

from u3edu.editing.box import Box
from u3edu.editing.label_map import Element, LabelMap
from u3edu.imaging.slice import Slice


class Engine(Protocol):
    """Turns slices into label maps and label maps into slices.

    Attributes
    ----------
    name : str
        The model's name, for example ``"pelvic-mri"``.
    elements : tuple of Element
        The model's K anatomical elements.
    note : str
        What a person should know of the picture made last, for example that it was not made where
        it should have been; empty if there is nothing.
    """

    name: str
    elements: tuple[Element, ...]
    note: str

    @property
    def halo(self) -> int:
        """How far, in pixels, a changed label can reach in the synthetic picture."""
        ...

    def segment(self, picture: Slice) -> LabelMap:
        """The anatomical elements of a slice (paper section 2.3)."""
        ...

    def synthesize(self, label_map: LabelMap) -> Slice:
        """The picture that goes with a label map, every pixel from the decoder."""
        ...

    def resynthesize(self, previous: Slice, label_map: LabelMap, box: Box) -> Slice:
        """The picture that goes with a label map that changed only inside `box`.

        Parameters
        ----------
        previous : Slice
            The picture of the label map before the change.
        label_map : LabelMap
            The label map after the change.
        box : Box
            Holds every changed label.

        Returns
        -------
        Slice
            Equal to ``synthesize(label_map)``; pixels further than `halo` from the box are
            those of `previous`.
        """
        ...
