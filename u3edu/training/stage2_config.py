"""The settings of a run of the second training stage."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from u3edu.model.config import Spacings
from u3edu.model.discriminator import DiscriminatorConfig
from u3edu.training.loss_settings import (
    DecoderLossWeights,
    DiscriminatorLossWeights,
    ReaderLossConfig,
    SettlingConfig,
)
from u3edu.training.losses.perceptual import PerceptualName


class Stage2Config(BaseModel):
    """Settings of the second training stage.

    Parameters
    ----------
    name : str
        The model's name, for example ``"pelvic-mri"``.
    modality : str
        DICOM modality that it is for, ``"CT"`` or ``"MR"``.
    started_from : str
        sha256 of the weights of stage 1, so that a checkpoint never goes on from others.
    decoder_weights : DecoderLossWeights
    discriminator_weights : DiscriminatorLossWeights
    reader : ReaderLossConfig
    perceptual_network : str
        See `u3edu.training.losses.perceptual`.
    discriminator : DiscriminatorConfig
    noise_seed : int, optional
        Gives the decoder noise inputs with this seed; see `u3edu.model.noise`.
    grain_filters : int
        Filters of the grain that the decoder adds to its pictures; see `u3edu.model.grain`.
    spacings : (smallest, largest), optional
        Pixel spacings in mm that the decoder learns to draw, and is told for each picture; see
        `u3edu.model.spacing`.
    copies : int
        Of each slice, with pixels of other sizes among `spacings`, that are learned from beside it.
    originals_share : float
        Share of the crops that are of slices with their own pixels whatever chance says; the others
        are of slices and copies alike.
    label_jitter : float
        Share of pixels that take a neighbour's label before decoding: hand-painted borders are
        not exactly those of the encoder.
    flip : float
        Probability that a crop and its labels are mirrored left to right.
    foreground_above : float
        As in stage 1.
    decoder_widths : tuple of int, optional
        A new decoder of these widths takes the place of stage 1's; the elements stay as they are.
    decoder_convolutions : tuple of int
        Of the new decoder; see `U3NetConfig`.
    crop : int
        Side of the training crops in pixels.
    halo : int
        Pixels on each side of a crop that are decoded with it and then left out: in a whole picture
        a decoder sees what lies around, too.
    batch : int
        Images a step on each process.
    steps : int
        Steps in all, those of the fit and of the warm-up included.
    fit : int
        First steps, in which a new decoder learns from the squared error alone; see
        `u3edu.training.decoder_fit`.
    warm_up : int
        Steps after the fit in which the discriminator learns alone: one that does not separate real
        from fake has nothing to teach the decoder.
    cutmix_ramp : int
        Steps after the warm-up in which the CutMix and consistency losses grow to full weight.
    learning_rate, discriminator_learning_rate : float
        Of the two Adam optimisers; in the second half of its steps the decoder's falls to zero.
    ema_decay : float
        Weight of the past in the moving average of the decoder's weights, which is what ships.
    settling : SettlingConfig
        After the last step; see `u3edu.training.settling`.
    seed : int
        Everything random in a run follows from it.
    """

    # As in stage 1.
    AFTERWARDS: ClassVar[frozenset[str]] = frozenset({"settling"})

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    modality: str
    started_from: str = ""
    decoder_weights: DecoderLossWeights = DecoderLossWeights()
    discriminator_weights: DiscriminatorLossWeights = DiscriminatorLossWeights()
    reader: ReaderLossConfig = ReaderLossConfig()
    perceptual_network: PerceptualName = "efficientnet-lite0"
    discriminator: DiscriminatorConfig = DiscriminatorConfig()
    noise_seed: int | None = Field(default=None, ge=0, lt=2**32)
    grain_filters: int = Field(default=0, ge=0)
    spacings: Spacings | None = None
    copies: int = Field(default=0, ge=0)
    originals_share: float = Field(default=0.0, ge=0, le=1)
    label_jitter: float = Field(default=0.0, ge=0, le=1)
    flip: float = Field(default=0.5, ge=0, le=1)
    foreground_above: float = -1.0
    decoder_widths: tuple[int, ...] | None = Field(default=None, min_length=1)
    decoder_convolutions: tuple[int, ...] = ()
    crop: int = Field(default=128, ge=32, multiple_of=32)
    halo: int = Field(default=0, ge=0, multiple_of=16)
    batch: int = Field(default=4, ge=1)
    steps: int = Field(default=4000, ge=1)
    fit: int = Field(default=0, ge=0)
    warm_up: int = Field(default=350, ge=0)
    cutmix_ramp: int = Field(default=1000, ge=1)
    learning_rate: float = Field(default=2e-4, gt=0)
    discriminator_learning_rate: float = Field(default=4e-4, gt=0)
    ema_decay: float = Field(default=0.999, ge=0, lt=1)
    settling: SettlingConfig = SettlingConfig()
    seed: int = 0

    @model_validator(mode="after")
    def _texture_and_reader_have_a_backbone(self) -> "Stage2Config":
        for name in ("texture", "reader"):
            if getattr(self.decoder_weights, name) and self.perceptual_network != "efficientnet-lite0":
                raise ValueError(
                    f"the {name} loss takes its features from efficientnet-lite0, not "
                    f"{self.perceptual_network}; set its weight to 0 or perceptual_network to "
                    "efficientnet-lite0"
                )
        return self

    @model_validator(mode="after")
    def _copies_have_spacings(self) -> "Stage2Config":
        if bool(self.copies) != bool(self.spacings):
            raise ValueError(
                f"copies of slices need spacings, and spacings copies; got {self.copies} and {self.spacings}"
            )
        return self

    @model_validator(mode="after")
    def _decoder_has_steps(self) -> "Stage2Config":
        if self.steps <= self.learns_from:
            raise ValueError(
                f"{self.steps} steps end within the fit of {self.fit} and the warm-up of {self.warm_up}; "
                "take more steps"
            )
        if bool(self.fit) != bool(self.decoder_widths):
            raise ValueError(
                "a new decoder needs both its decoder_widths and steps to fit it; "
                f"got {self.decoder_widths} and {self.fit}"
            )
        if self.decoder_convolutions and not self.decoder_widths:
            raise ValueError("decoder_convolutions are of a new decoder; give its decoder_widths, too")
        return self

    @property
    def adversarial(self) -> bool:
        """Whether there is a discriminator at all: one that no loss listens to is left out."""
        return self.decoder_weights.generator > 0 or self.decoder_weights.intermediate > 0

    @property
    def learns_from(self) -> int:
        """The first step in which the decoder learns against the discriminator."""
        return self.fit + (self.warm_up if self.adversarial else 0)
