"""What every edit operation has in common: a mask, and how it is held to it."""

from abc import ABC, abstractmethod

import numpy as np
from pydantic import BaseModel, ConfigDict

from u3edu.editing.context import EditContext
from u3edu.editing.mask import ElementIndex, Mask


class MaskedOperation(BaseModel, ABC):
    """An operation that changes only what its mask allows.

    Parameters
    ----------
    mask : Mask
        Which pixels may change; by default all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mask: Mask = Mask()

    @abstractmethod
    def propose(self, labels: np.ndarray, context: EditContext | None) -> np.ndarray:
        """The labels as they would be without a mask, a new uint8 [H, W]."""

    def named_elements(self) -> tuple[int, ...]:
        """Every element that the operation names; the model must have them all."""
        return self.mask.elements

    def apply(self, labels: np.ndarray, context: EditContext | None = None) -> np.ndarray:
        """The labels after the operation.

        Parameters
        ----------
        labels : uint8 [H, W]
        context : EditContext, optional
            Needed by what goes by the base map, by the picture or by mm.

        Returns
        -------
        uint8 [H, W]
            A new array.

        Raises
        ------
        InvalidEdit
            If the operation does not fit the picture, or lacks its context.
        """
        changed = self.propose(labels, context)
        if self.mask.is_open:
            return changed
        return np.where(self.mask.allowed(labels, context), changed, labels)


class Painting(MaskedOperation):
    """An operation that covers an area of the picture: a stroke, a polygon, a fill."""

    @abstractmethod
    def covered(self, labels: np.ndarray) -> np.ndarray:
        """The pixels that the operation covers, bool [H, W]."""

    @abstractmethod
    def paint(self, labels: np.ndarray, covered: np.ndarray, context: EditContext | None) -> np.ndarray:
        """The labels with the covered area painted, a new uint8 [H, W]."""

    def propose(self, labels: np.ndarray, context: EditContext | None) -> np.ndarray:
        """The labels with the covered area painted, a new uint8 [H, W]."""
        return self.paint(labels, self.covered(labels), context)


class FlatPainting(Painting):
    """A painting in one element.

    Parameters
    ----------
    element : int
        The element to paint, 0 to K-1.
    """

    element: ElementIndex

    def named_elements(self) -> tuple[int, ...]:
        """The element that is painted, and those of the mask."""
        return (self.element, *super().named_elements())

    def paint(self, labels: np.ndarray, covered: np.ndarray, context: EditContext | None) -> np.ndarray:
        """The labels with `element` in the covered area."""
        painted = labels.copy()
        painted[covered] = self.element
        return painted
