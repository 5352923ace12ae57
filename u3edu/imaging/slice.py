"""A Slice: one picture's pixels with everything needed to show, measure and trace them."""

import math
from dataclasses import dataclass, field, replace

import numpy as np

from u3edu.imaging.geometry import Plane

# More than any slice that a model was trained on had; a message or a file that says more is wrong.
MOST_GRAIN = 8.0


@dataclass(frozen=True)
class Window:
    """A display window in the units of the picture (HU for CT, signal for MR).

    Parameters
    ----------
    name : str
        What the window is called on screen, for example ``"lung"``.
    centre, width : float
        Level and width in raw units.
    """

    name: str
    centre: float
    width: float


@dataclass(frozen=True)
class IntensityScale:
    """The line that leads from pixels in [-1, 1] back to raw values.

    Parameters
    ----------
    slope, intercept : float
        ``raw = slope * pixel + intercept``.
    unit : str
        ``"HU"`` for CT, ``"signal"`` for everything without a physical unit.
    """

    slope: float
    intercept: float
    unit: str

    def to_raw(self, pixels: np.ndarray) -> np.ndarray:
        """Raw values (HU or signal) of pixels in [-1, 1]."""
        return pixels * self.slope + self.intercept

    def to_pixels(self, raw: np.ndarray) -> np.ndarray:
        """Pixels in [-1, 1] of raw values; values beyond the scale are clipped."""
        return np.clip((raw - self.intercept) / self.slope, -1.0, 1.0).astype(np.float32)


@dataclass(frozen=True)
class Levels:
    """How dark and how bright a picture is, in pixels of [-1, 1]; see `u3edu.imaging.levels`.

    Parameters
    ----------
    dark, bright : float
    """

    dark: float
    bright: float


@dataclass(frozen=True)
class Source:
    """Where a picture came from; never whom it shows.

    Parameters
    ----------
    series_uid, instance_uid : str, optional
        DICOM identifiers, empty where there are none.
    collection, licence : str, optional
        Public collection and the licence that its pixels carry.
    description : str, optional
        Words for people, for example ``"phantom, seed 3"``.
    """

    series_uid: str = ""
    instance_uid: str = ""
    collection: str = ""
    licence: str = ""
    description: str = ""


@dataclass(frozen=True)
class Acquisition:
    """What a picture and its label map share: geometry, units, windows and origin.

    Parameters
    ----------
    modality : str
        DICOM modality: ``"CT"``, ``"MR"``, or ``"OT"`` for arrays of unknown origin.
    spacing : tuple of float
        Distance between pixel centres in mm (row to row, column to column).
    scale : IntensityScale
        The way back from [-1, 1] to raw values.
    windows : tuple of Window
        Presets for display; the first is the one to open with.
    position : float, optional
        Position along the slice normal in mm, where known.
    synthetic : bool
        True for pictures that a model or a phantom made, in whole or in part.
    in_place : bool
        True where only an edit was made by a model, and all other pixels are the original's.
    source : Source
        Where the picture came from.
    plane : Plane, optional
        Where it lies in the patient, where known.
    levels : Levels, optional
        How dark and bright the picture was that a label map was made from, where its model
        works on common levels: a synthetic picture is brought back to them.
    coil_field : tuple of float, optional
        How its brightness drifts, as found on its whole series (`u3edu.imaging.coil_field`); of a label
        map, what its model divided out and a synthetic picture gets back. Empty where it does not drift;
        None where nobody looked.
    grain : float
        How strong the noise of that picture was, as a multiple of what its model has learned:
        a synthetic picture gets it, too. At most `MOST_GRAIN`.
    element_grain : tuple of float
        How strong it was in each element, as a multiple of `grain`; empty where that is not known.
    """

    modality: str
    spacing: tuple[float, float]
    scale: IntensityScale
    windows: tuple[Window, ...]
    position: float | None = None
    synthetic: bool = False
    in_place: bool = False
    source: Source = field(default_factory=Source)
    plane: Plane | None = None
    levels: Levels | None = None
    coil_field: tuple[float, ...] | None = None
    grain: float = 1.0
    element_grain: tuple[float, ...] = ()

    @property
    def pixel_size(self) -> float:
        """The geometric mean of the spacing in both directions, in mm."""
        return math.sqrt(math.prod(self.spacing))


@dataclass(frozen=True, eq=False)
class Slice:
    """One axial picture, ready for the model.

    Parameters
    ----------
    pixels : float32 [H, W]
        Intensities in [-1, 1]; kept read-only.
    acquisition : Acquisition
        Spacing in mm, modality, scale back to raw values, windows and origin.

    Raises
    ------
    ValueError
        If the pixels are not two-dimensional, not finite, or outside [-1, 1].
    """

    pixels: np.ndarray
    acquisition: Acquisition

    def __post_init__(self) -> None:
        pixels = np.array(self.pixels, dtype=np.float32)
        if pixels.ndim != 2 or pixels.size == 0:
            raise ValueError(f"a Slice holds one picture [H, W]; got an array of shape {pixels.shape}")
        if not np.isfinite(pixels).all():
            raise ValueError("a Slice holds finite pixels; got NaN or infinity")
        if pixels.min() < -1.0 or pixels.max() > 1.0:
            raise ValueError(
                f"a Slice holds pixels in [-1, 1]; got {pixels.min():.3g} to {pixels.max():.3g}. "
                "Use slice_from_array, which scales raw values"
            )
        pixels.setflags(write=False)
        object.__setattr__(self, "pixels", pixels)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.pixels.shape[0], self.pixels.shape[1]

    @property
    def spacing(self) -> tuple[float, float]:
        """Distance between pixel centres in mm (row, column)."""
        return self.acquisition.spacing

    @property
    def pixel_size(self) -> float:
        """The geometric mean of the spacing in both directions, in mm."""
        return self.acquisition.pixel_size

    @property
    def raw(self) -> np.ndarray:
        """float32 [H, W] in HU (CT) or signal (MR)."""
        return self.acquisition.scale.to_raw(self.pixels)

    def display(self, window: Window | None = None) -> np.ndarray:
        """Grey levels for the screen.

        Parameters
        ----------
        window : Window, optional
            Defaults to the first preset of the picture.

        Returns
        -------
        uint8 [H, W]
        """
        window = window or self.acquisition.windows[0]
        lowest = window.centre - window.width / 2
        levels = (self.raw - lowest) / window.width * 255.0
        return np.clip(np.rint(levels), 0, 255).astype(np.uint8)

    def with_pixels(self, pixels: np.ndarray, *, synthetic: bool | None = None) -> "Slice":
        """The same acquisition with other pixels; `synthetic` overrides the mark."""
        acquisition = self.acquisition
        if synthetic is not None:
            acquisition = replace(acquisition, synthetic=synthetic)
        return Slice(pixels, acquisition)

    def __repr__(self) -> str:
        rows, columns = self.shape
        made = "synthetic " if self.acquisition.synthetic else ""
        row_mm, column_mm = self.spacing
        return (
            f"Slice({made}{self.acquisition.modality}, {rows} x {columns}, {row_mm:.3g} x {column_mm:.3g} mm)"
        )
