"""The settings of the losses of both training stages."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field


class LossWeights(BaseModel):
    """Weights of the total loss of stage 1 (paper section 2.1, learning objective)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cluster: float = Field(default=1.0, ge=0)
    distance: float = Field(default=1.0, ge=0)
    cross_view: float = Field(default=1.0, ge=0)
    reconstruction: float = Field(default=10.0, ge=0)


class DecoderLossWeights(BaseModel):
    """Weights of the decoder's losses in stage 2 (paper section 2.2); 0 leaves a loss out.

    The first four make up the appearance loss, the fifth deceives the discriminator. The last
    six are not the paper's: they ask for grain, gradients, textures and steps between elements
    like those of real pictures, and for nothing that tells a reader which ones are real, of crops
    and of whole pictures.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mse: float = Field(default=10.0, ge=0)
    focal_frequency: float = Field(default=10.0, ge=0)
    perceptual: float = Field(default=1.0, ge=0)
    intermediate: float = Field(default=1.0, ge=0)
    generator: float = Field(default=0.1, ge=0)
    spectrum: float = Field(default=0.0, ge=0)
    gradient: float = Field(default=0.0, ge=0)
    texture: float = Field(default=0.0, ge=0)
    boundary: float = Field(default=0.0, ge=0)
    reader: float = Field(default=0.0, ge=0)
    whole_reader: float = Field(default=0.0, ge=0)


class DiscriminatorLossWeights(BaseModel):
    """Weights of the discriminator's losses in stage 2 (paper section 2.2)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    discriminator: float = Field(default=1.0, gt=0)
    cutmix: float = Field(default=1.0, ge=0)
    consistency: float = Field(default=1.0, ge=0)


class ReaderLossConfig(BaseModel):
    """What the reader loss of stage 2 follows; see `u3edu.training.losses.reader`.

    Parameters
    ----------
    decay : float
        Weight of the past in the moving average of the differences.
    least_foreground : float
        Crops with a smaller share of foreground are left out: a reader looks inside the body.
    components : int
        Ways in which crops look different from each other, those that vary most first: the part of
        the difference that goes with each is followed beside the mean. 0 follows the mean alone.
    component_weight : float
        Of these parts together, beside the mean.
    pictures : int
        Slices a step that each process draws whole, where the loss of whole pictures has a weight; see
        `u3edu.training.whole_pictures`.
    grids : int
        Of tiles in a whole picture, each shifted by the same part of a tile: a decoder learns by heart
        what it draws on one of them. A sample that it settles on has as many tiles as one of them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    decay: float = Field(default=0.98, ge=0, lt=1)
    least_foreground: float = Field(default=0.0, ge=0, lt=1)
    components: int = Field(default=0, ge=0)
    component_weight: float = Field(default=1.0, gt=0)
    pictures: int = Field(default=4, ge=1)
    grids: int = Field(default=1, ge=1)


class SettlingConfig(BaseModel):
    """How a decoder settles at the end of stage 2; see `u3edu.training.settling`.

    Parameters
    ----------
    steps : int
        Each looks at another sample of tiles; 0 leaves the decoder as it is.
    sample_every : int
        A sample has tiles of every slice, of every second, ...; those of fewer are sooner looked at, and
        say less of all.
    sample_grids : int
        It has as many tiles as lie on so many of a slice's grids.
    samples : int
        So many of them count for what is known of the mean over all tiles.
    still : float
        Weight of the mean over the grid that a reader looks at, which is the same in all slices, beside
        that over the tiles of other grids; with 0 all are alike. With a weight slices are not mirrored.
    curvature_slices : int
        Slices of a sample that say how the objective is curved.
    products : int
        With that matrix, at most; each costs about two pictures of each of these slices.
    damping : float
        Of the first step; the more, the shorter. Steps that bring what they promised lower it.
    mse : float
        Weight of the squared error of pictures without grain, beside the squared distances that a
        reader would find.
    """

    # A checkpoint of fewer steps goes on to more.
    AFTERWARDS: ClassVar[frozenset[str]] = frozenset({"steps"})

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: int = Field(default=0, ge=0)
    sample_every: int = Field(default=1, ge=1)
    sample_grids: int = Field(default=2, ge=1)
    samples: int = Field(default=12, ge=1)
    still: float = Field(default=0.0, ge=0)
    curvature_slices: int = Field(default=20, ge=1)
    products: int = Field(default=8, ge=1)
    damping: float = Field(default=20.0, gt=0)
    mse: float = Field(default=500.0, ge=0)
