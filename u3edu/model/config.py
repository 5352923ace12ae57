"""The sizes of a U3-Net."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Pooling = Literal["max", "average"]


def _ascending(spacings: tuple[float, float]) -> tuple[float, float]:
    smallest, largest = spacings
    if not 0 < smallest < largest:
        raise ValueError(f"spacings are the smallest and the largest, above 0 mm; got {spacings}")
    return spacings


Spacings = Annotated[tuple[float, float], AfterValidator(_ascending)]


class U3NetConfig(BaseModel):
    """Widths and counts that define a U3-Net.

    Parameters
    ----------
    encoder_widths : tuple of int
        Channels of the feature extraction U-Net, finest level first.
    decoder_widths : tuple of int
        Channels of the decoder U-Net, finest level first.
    decoder_convolutions : tuple of int
        Convolutions of each block of the decoder, finest level first; two everywhere if empty.
        Fewer at the coarse levels keep what a change reaches small.
    embedding_size : int
        D, the length of a pixel's embedding vector.
    elements : int
        K, the number of anatomical elements (clusters).
    windows : tuple of (centre, width)
        Windows in intensities of [-1, 1] that the encoder looks through besides the whole range,
        as a reader does: on the scale of CT, fat and muscle lie one twentieth apart.
    surroundings : int
        Side in pixels of the surroundings against which the encoder sees each pixel, too: on MR,
        where intensities have no scale, that is what stays when coil or contrast change; 0 for
        pictures on a scale, as CT.
    encoder_blur : float
        Standard deviation in pixels of a Gaussian over what the encoder sees: elements then follow
        tissue and not its noise. Borders that a brush paints are drawn as if seen through it, too
        (`u3edu.engine.soft_borders`). 0 for none.
    encoder_pooling : str
        ``"max"`` or ``"average"``; averages make labels steadier when the picture is turned.
    remove_bias : bool
        Whether the coils' bias field is divided out of a picture before it is segmented, and given back
        after it is drawn; see `u3edu.imaging.coil_field`. For MR.
    common_levels : bool
        Whether pictures are brought to common dark and bright levels before they are segmented, and
        back after they are drawn; see `u3edu.imaging.levels`. For MR, whose signal has no unit.
    noise_seed : int, optional
        Gives the decoder noise inputs; the grain of every picture follows from this seed and
        the position, so that a case renders the same for ever.
    grain_filters : int
        Filters of the grain that a decoder adds to its pictures instead of having noise inputs; 0
        for noise inputs. See `u3edu.model.grain`.
    spacings : (smallest, largest), optional
        Pixel spacings in mm that the decoder has learned, and is told for each picture; see
        `u3edu.model.spacing`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    encoder_widths: tuple[int, ...] = Field(default=(16, 32, 64), min_length=1)
    decoder_widths: tuple[int, ...] = Field(default=(16, 24, 48, 96), min_length=1)
    decoder_convolutions: tuple[Annotated[int, Field(ge=1)], ...] = ()
    embedding_size: int = Field(default=16, ge=1)
    elements: int = Field(default=10, ge=2, le=255)
    windows: tuple[tuple[float, float], ...] = ()
    surroundings: int = Field(default=0, ge=0)
    encoder_blur: float = Field(default=0.0, ge=0)
    encoder_pooling: Pooling = "max"
    remove_bias: bool = False
    common_levels: bool = False
    noise_seed: int | None = Field(default=None, ge=0, lt=2**32)
    grain_filters: int = Field(default=0, ge=0)
    spacings: Spacings | None = None

    @model_validator(mode="after")
    def _a_count_for_each_level(self) -> "U3NetConfig":
        if self.decoder_convolutions and len(self.decoder_convolutions) != len(self.decoder_widths):
            raise ValueError(
                f"decoder_convolutions {self.decoder_convolutions} and decoder_widths {self.decoder_widths} "
                "are to be of the same length, a number for each level"
            )
        if self.grain_filters and self.noise_seed is None:
            raise ValueError("grain_filters need noise to filter: set noise_seed")
        return self

    @classmethod
    def compact(cls) -> "U3NetConfig":
        """The default: a stroke's box decodes while one waits, on two processor cores."""
        return cls()

    @classmethod
    def paper(cls) -> "U3NetConfig":
        """The sizes of the paper's networks (meant for pictures of 512 x 512)."""
        return cls(encoder_widths=(16, 32, 64, 128, 256), decoder_widths=(32, 64, 128, 256, 512))
