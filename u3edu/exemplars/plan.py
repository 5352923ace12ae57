"""Where each exemplar is taken from, as the files in ``plans/`` say."""

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

PLANS = Path(__file__).parent / "plans"


class _Plan(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TissuePlace(_Plan):
    """A tissue on a slice: a disc, or the inside of the contours of a nodule.

    Parameters
    ----------
    name : str
        What the exemplar is called.
    at : (row, column), optional
        The middle of the disc, in pixels; without it the tissue is what all radiologists drew
        round on this slice (LIDC-IDRI).
    radius : float, optional
        Of the disc, in pixels.
    """

    name: Annotated[str, Field(min_length=1, max_length=40)]
    at: tuple[float, float] | None = None
    radius: Annotated[float, Field(ge=2, le=60)] | None = None

    @model_validator(mode="after")
    def _check_disc(self) -> "TissuePlace":
        if (self.at is None) != (self.radius is None):
            raise ValueError("a disc has a middle and a radius")
        return self


class SlicePlan(_Plan):
    """A slice of a patient that the model was trained on, and the tissues that it shows."""

    patient: str
    series_uid: str
    instance_uid: str
    tissues: tuple[TissuePlace, ...]


class ExemplarPlan(_Plan):
    """The exemplars of one model.

    Parameters
    ----------
    collection, licence, doi : str
        Of the pictures; they stand in every exemplar.
    attribution : tuple of str
        As the collection wants to be named, and the archive.
    slices : tuple of SlicePlan
    """

    collection: str
    licence: str
    doi: str
    attribution: tuple[str, ...]
    slices: tuple[SlicePlan, ...]


def planned_models() -> tuple[str, ...]:
    """The models that there is a plan for."""
    return tuple(sorted(path.stem for path in PLANS.glob("*.yaml")))


def load_plan(model: str) -> ExemplarPlan:
    """The plan of a model's exemplars.

    Raises
    ------
    ValueError
        If there is none, or it is no plan.
    """
    if model not in planned_models():
        raise ValueError(f"no exemplars are planned for {model!r}; for {', '.join(planned_models())}")
    path = PLANS / f"{model}.yaml"
    try:
        return ExemplarPlan.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except ValidationError as error:
        raise ValueError(f"{path}: {error}") from error
