"""The settings of a run of the first training stage."""

import math
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from u3edu.model.config import U3NetConfig
from u3edu.training.loss_settings import LossWeights
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
