"""The settings of a training run, one YAML file an anatomy."""

from importlib import resources
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

from u3edu.model.config import U3NetConfig
from u3edu.training.transforms.geometric import GeometricMagnitude
from u3edu.training.transforms.photometric import PhotometricMagnitude


class LossWeights(BaseModel):
    """Weights of the total loss of stage 1 (paper section 2.1, learning objective)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cluster: float = Field(default=1.0, ge=0)
    distance: float = Field(default=1.0, ge=0)
    cross_view: float = Field(default=1.0, ge=0)
    reconstruction: float = Field(default=10.0, ge=0)


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
        Magnitudes of the random transformations.
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
    seed : int
        Everything random in a run follows from it.
    """

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
    seed: int = 0


def recipe_names() -> tuple[str, ...]:
    """Names of the recipes that come with the package."""
    folder = resources.files("u3edu.training") / "recipes"
    return tuple(
        sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    )


def load_recipe(name: str) -> Stage1Config:
    """Read a recipe by its name, or from a YAML file of one's own.

    Raises
    ------
    ValueError
        If there is neither a recipe nor a file of that name, or a setting is wrong.
    """
    if name in recipe_names():
        text = (resources.files("u3edu.training") / "recipes" / f"{name}.yaml").read_text("utf-8")
    elif Path(name).is_file():
        text = Path(name).read_text("utf-8")
    else:
        raise ValueError(f"no recipe and no file is called {name!r}; recipes: {', '.join(recipe_names())}")
    return Stage1Config.model_validate(yaml.safe_load(text))
