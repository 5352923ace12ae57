"""What of a picture its label map does not hold, and the decoder is told beside it."""

from dataclasses import dataclass

from u3edu.editing.label_map import LabelMap


@dataclass(frozen=True)
class Appearance:
    """How a picture is to be drawn.

    Parameters
    ----------
    grain : float
        How strong its grain is to be, as a multiple of what the decoder learned.
    element_grain : tuple of float
        How strong it is to be in each element, as a multiple of that; empty where it is alike.
    spacing : float, optional
        Of its pixels, in mm; see `u3edu.model.spacing`.
    coil_field : tuple of float
        What the picture will be multiplied with (`u3edu.imaging.coil_field`), so that its grain is not
        stronger beside the coil; empty where there is nothing.
    field_shape : (H, W)
        Of the picture that the field is of.
    """

    grain: float = 1.0
    element_grain: tuple[float, ...] = ()
    spacing: float | None = None
    coil_field: tuple[float, ...] = ()
    field_shape: tuple[int, int] = (0, 0)

    @classmethod
    def of(cls, label_map: LabelMap) -> "Appearance":
        """That of the picture that a label map was made from.

        Raises
        ------
        ValueError
            If grain by element is known for another number of elements.
        """
        acquisition, elements = label_map.acquisition, len(label_map.elements)
        if len(acquisition.element_grain) not in (0, elements):
            raise ValueError(
                f"the acquisition's element_grain has {len(acquisition.element_grain)} numbers, and the "
                f"label map {elements} elements; segment the picture anew"
            )
        field = acquisition.coil_field or ()
        return cls(
            acquisition.grain,
            acquisition.element_grain,
            acquisition.pixel_size,
            field,
            label_map.shape if field else (0, 0),
        )


LEARNED = Appearance()
