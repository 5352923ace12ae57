"""The EditContext: what an operation may need beside the labels that it changes."""

from dataclasses import dataclass

from u3edu.editing.errors import InvalidEdit
from u3edu.editing.label_map import LabelMap
from u3edu.imaging.slice import Slice


@dataclass(frozen=True, eq=False)
class EditContext:
    """The map that an edit started from, and the picture that it was segmented from.

    Parameters
    ----------
    base : LabelMap
        What the eraser puts back; its acquisition has the spacing in mm.
    picture : Slice, optional
        The original picture, for masks that go by intensity.

    Raises
    ------
    InvalidEdit
        If the two differ in size.
    """

    base: LabelMap
    picture: Slice | None = None

    def __post_init__(self) -> None:
        if self.picture is not None and self.picture.shape != self.base.shape:
            raise InvalidEdit(
                f"the picture has {_size(self.picture.shape)} pixels and the label map "
                f"{_size(self.base.shape)}: give the picture that the map was segmented from"
            )

    @property
    def spacing(self) -> tuple[float, float]:
        """Distance between pixel centres in mm (row, column)."""
        return self.base.acquisition.spacing


def needed_context(context: EditContext | None, what: str) -> EditContext:
    """The context of an operation that cannot do without; `what` says what needs it.

    Raises
    ------
    InvalidEdit
        If there is none.
    """
    if context is None:
        raise InvalidEdit(
            f"{what} needs the map that the edit started from: apply it with apply_operation, an "
            "EditScript or an EditHistory"
        )
    return context


def _size(shape: tuple[int, int]) -> str:
    return f"{shape[0]} x {shape[1]}"
