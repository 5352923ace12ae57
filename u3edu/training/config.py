"""The settings of a training run."""

import math
from typing import Any, ClassVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from u3edu.model.config import Spacings, U3NetConfig
from u3edu.model.discriminator import DiscriminatorConfig
from u3edu.training.loss_settings import (
    DecoderLossWeights,
    DiscriminatorLossWeights,
    LossWeights,
    ReaderLossConfig,
)
from u3edu.training.losses.perceptual import PerceptualName
from u3edu.training.transforms.geometric import GeometricMagnitude
from u3edu.training.transforms.magnitude import magnitudes_in_numbers
from u3edu.training.transforms.photometric import PHOTOMETRIC_MAGNITUDES, PhotometricMagnitude


class Division(BaseModel):
    """One element divided in two.

    Parameters
    ----------
    element : int
        Among the elements that hold pixels, counted from 0, from dark to bright.
    dark : float
        Share of its pixels that stays on the dark side.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    element: int = Field(ge=0)
    dark: float = Field(gt=0, lt=1)


class Stage1Config(BaseModel):
    """Settings of the first training stage.

    Parameters
    ----------
    name : str
        The model's name, for example ``"pelvic-mri"``.
    modality : str
        DICOM modality that it is for, ``"CT"`` or ``"MR"``.
    model : U3NetConfig
    weights : LossWeights
    margin : float
        m of the distance loss.
    geometric, photometric
        Magnitudes of the random transformations, in numbers or by name (none, weak, moderate,
        strong); see `GeometricMagnitude` and `PhotometricMagnitude`.
    foreground_above : float
        Crops are centred on pixels above this intensity in [-1, 1]; -1 takes the whole picture.
    crop : int
        Side of the training crops in pixels.
    batch : int
        Images a step on each process; each is seen in two views.
    steps : int
        Optimiser steps.
    learning_rate : float
        Highest rate of Adam: reached after a warm-up, then lowered to zero along a cosine.
    settle_from : float
        Share of the run after which batch norm uses its running statistics, as at inference,
        and dead clusters are no longer revived.
    revive_below : float
        Until then, a cluster that holds a smaller share of the pixels than this is moved to
        pixels that their own clusters fit badly; 0 revives none.
    smallest_share : float
        At the end each cluster is made to hold at least this share of the pixels learned from; see
        `u3edu.training.shares`. 0 leaves them as they are.
    blur_afterwards : float, optional
        The encoder's blur from the end of the run on, in pixels, in place of `encoder_blur`: labels
        become steadier and hold less detail. None leaves it as it is.
    divisions : tuple of Division
        Then, one after the other, clusters are divided for those that came out empty (less
        than `revive_below` of the pixels); see `u3edu.training.dividing`.
    symmetric : bool
        Whether the encoder's kernels are kept the same from all sides; see
        `u3edu.model.symmetry`.
    seed : int
        Everything random in a run follows from it.
    """

    # What happens after the last step: a checkpoint of a run with others is still of this run.
    AFTERWARDS: ClassVar[frozenset[str]] = frozenset({"smallest_share", "blur_afterwards", "divisions"})

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    modality: str
    model: U3NetConfig = U3NetConfig()
    weights: LossWeights = LossWeights()
    margin: float = Field(default=1.0, gt=0)
    geometric: GeometricMagnitude = GeometricMagnitude()
    photometric: PhotometricMagnitude = PhotometricMagnitude()
    foreground_above: float = -1.0
    crop: int = Field(default=128, ge=16)
    batch: int = Field(default=4, ge=1)
    steps: int = Field(default=4000, ge=1)
    learning_rate: float = Field(default=1e-3, gt=0)
    settle_from: float = Field(default=0.7, ge=0, le=1)
    revive_below: float = Field(default=0.01, ge=0, lt=1)
    smallest_share: float = Field(default=0.0, ge=0, lt=1)
    blur_afterwards: float | None = Field(default=None, ge=0)
    divisions: tuple[Division, ...] = ()
    symmetric: bool = False
    seed: int = 0

    @property
    def settles_at(self) -> int:
        """The first step with batch norm as at inference and without revival."""
        return math.ceil(self.settle_from * self.steps)

    @field_validator("photometric", mode="before")
    @classmethod
    def _named_photometric(cls, setting: Any, info: ValidationInfo) -> Any:
        named = PHOTOMETRIC_MAGNITUDES.get(info.data.get("modality", ""))
        return magnitudes_in_numbers(setting, named) if named else setting


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
    seed : int
        Everything random in a run follows from it.
    """

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
