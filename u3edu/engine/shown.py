"""What a network is shown of a picture, and how its own pictures become like that one again."""

from dataclasses import dataclass

import numpy as np

from u3edu.imaging.coil_field import EVERYWHERE, Part, coil_field, evened, with_field
from u3edu.imaging.levels import from_common, levels_of, to_common
from u3edu.imaging.slice import Acquisition, Levels, Slice
from u3edu.model.config import U3NetConfig


@dataclass(frozen=True, eq=False)
class Shown:
    """A picture as a network is shown it.

    Parameters
    ----------
    picture : Slice
        Without its coil field and on common levels, as the network has it.
    coil_field : tuple of float, optional
        What was divided out; see `u3edu.imaging.coil_field`. None where the network leaves it in.
    levels : Levels, optional
        Of the even picture; None where the network works on no common levels.
    """

    picture: Slice
    coil_field: tuple[float, ...] | None
    levels: Levels | None

    @classmethod
    def of(cls, picture: Slice, network: U3NetConfig) -> "Shown":
        """A picture as a network of this configuration is shown it."""
        field = levels = None
        if network.remove_bias:
            # An even picture stays as it is: one that is learned from, or a view of one.
            field = () if picture.acquisition.coil_field == () else coil_field(picture)
            picture = evened(picture, field)
        if network.common_levels:
            levels = levels_of(picture)
            picture = picture.with_pixels(to_common(picture.pixels, levels))
        return cls(picture, field, levels)


def given_back(
    pixels: np.ndarray, acquisition: Acquisition, shape: tuple[int, int], part: Part = EVERYWHERE
) -> np.ndarray:
    """A decoder's pixels with the levels and the coil field of the picture that was segmented.

    Parameters
    ----------
    pixels : float32 [h, w]
        Of the whole picture, or of a part of it.
    acquisition : Acquisition
        Of the label map.
    shape : (H, W)
        Of the whole picture.
    part : (slice, slice)
        The rows and columns that the pixels are of.
    """
    if acquisition.levels is not None:
        pixels = from_common(pixels, acquisition.levels)
    return with_field(pixels, acquisition.coil_field or (), shape, part)
