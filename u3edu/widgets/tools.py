"""What a tool of the painter is: it turns a gesture into an edit operation, or into words."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol

import numpy as np

from u3edu.editing.exemplar import Exemplar
from u3edu.editing.label_map import LabelMap
from u3edu.editing.mask import Mask
from u3edu.editing.operations import EditOperation

# (row, column) in pixels; whole numbers are pixel centres.
Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Tissue:
    """A tissue to paint with instead of a flat element; see `u3edu.editing.tissue.TissuePainting`.

    Parameters
    ----------
    exemplar : Exemplar
    mode : str
        ``"pattern"`` or ``"clone"``.
    pattern_seed : int
    rim : int
        In pixels.
    """

    exemplar: Exemplar
    mode: Literal["pattern", "clone"] = "pattern"
    pattern_seed: int = 0
    rim: int = 0

    def fields(self, start: tuple[float, float]) -> dict[str, Any]:
        """What a tissue operation takes; a clone is laid with its middle where the gesture starts."""
        offset = None
        if self.mode == "clone":
            row, column = pixel(start)
            rows, columns = self.exemplar.shape
            offset = row - rows // 2, column - columns // 2
        return {
            "exemplar": self.exemplar,
            "mode": self.mode,
            "pattern_seed": self.pattern_seed,
            "rim": self.rim,
            "offset": offset,
        }


@dataclass(frozen=True)
class Settings:
    """What the controls say when a gesture is complete.

    Parameters
    ----------
    element : int
        The chosen element.
    width : float
        Of the brush, the line and the ring's wall, in pixels.
    contiguous : bool
        Whether a fill stays within the connected area.
    mask : Mask
        Which pixels may change.
    tissue : Tissue or None
        What brush, fill, polygon and lasso paint with instead of the element.
    """

    element: int
    width: float
    contiguous: bool
    mask: Mask
    tissue: Tissue | None = None


class Desk(Protocol):
    """What a tool works on: the painter."""

    @property
    def label_map(self) -> LabelMap:
        """The elements as they stand now."""

    @property
    def settings(self) -> Settings:
        """What the controls say."""

    def do(self, operation: EditOperation, what: str) -> None:
        """Apply an operation; `what` says in words what was done."""

    def choose(self, element: int) -> None:
        """Paint with another element."""

    def take(self, name: str) -> None:
        """Take another tool in hand."""

    def measure(self, points: Points) -> None:
        """Lay a ruler on the picture."""

    def mark_region(self, points: Points) -> None:
        """Mark the region that operations on regions keep to."""

    def mark_place(self, point: tuple[float, float]) -> None:
        """Mark the place where a recipe goes."""


class Tool:
    """One tool; its class attributes say how it is offered and which gesture it takes.

    Attributes
    ----------
    name, label, icon, tooltip : str
        For the program, on the button, and for whoever points at it.
    gesture : str
        How the page follows the pointer (see `Glass.tool`).
    coordinates : str
        What the points mean when they are typed instead of drawn; empty where there are none.
    has_width, has_ring, has_contiguous : bool
        Which settings it takes, and whether the pointer carries a ring of its width.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    icon: ClassVar[str]
    tooltip: ClassVar[str]
    gesture: ClassVar[str]
    coordinates: ClassVar[str] = ""
    has_width: ClassVar[bool] = False
    has_ring: ClassVar[bool] = False
    has_contiguous: ClassVar[bool] = False

    def use(self, points: Points, desk: Desk) -> None:
        """Do what the tool does with a complete gesture."""


class EditTool(Tool):
    """A tool that leaves one operation behind.

    Attributes
    ----------
    verb : str
        What it does, as something done: ``"Painted"``.
    """

    verb: ClassVar[str]

    def operation(self, points: Points, settings: Settings) -> EditOperation:
        """The operation of a gesture."""
        raise NotImplementedError

    def words(self, desk: Desk) -> str:
        """What was done, for the status line."""
        settings = desk.settings
        return f"{self.verb} {settings.element} {desk.label_map.elements[settings.element].name}"

    def use(self, points: Points, desk: Desk) -> None:
        """Apply the gesture's operation."""
        desk.do(self.operation(points, desk.settings), self.words(desk))


class TissueTool(EditTool):
    """A tool that paints with the chosen element, or with the pattern of a tissue."""

    def words(self, desk: Desk) -> str:
        """What was done, for the status line."""
        tissue = desk.settings.tissue
        return super().words(desk) if tissue is None else f"{self.verb} {tissue.exemplar.name}"


def pixel(point: tuple[float, float]) -> tuple[int, int]:
    """The pixel that a point lies in, row and column; not below the first."""
    row, column = point
    return max(int(np.floor(row + 0.5)), 0), max(int(np.floor(column + 0.5)), 0)
