"""What the library is made from: bases, tissues and findings, as the files in ``plans/`` say."""

from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from u3edu.cases.base import PhantomBase
from u3edu.cases.problem import InvalidCase
from u3edu.cases.staging.rectum import RectalLayer
from u3edu.cases.text import Line, Millimetres, Name, Uid
from u3edu.cases.yaml_text import load_yaml
from u3edu.editing.outline import Corners, Place
from u3edu.editing.recipes.margins import Margin

PLANS = Path(__file__).parent / "plans"
BASES_FILE = "bases.yaml"
_T = TypeVar("_T")


class _Plan(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sampled(_Plan):
    """A tissue as the base shows it at a place.

    Parameters
    ----------
    at : (row, column)
        In pixels of the whole slice.
    radius : float
        Of the disc around it, in pixels.
    flat : bool
        The disc's commonest element instead of its mixture: for layers of a few pixels.
    number : int, optional
        Of another slice of the same series, from 1, that shows the tissue better.
    """

    at: Place
    radius: Annotated[float, Field(ge=1, le=60)]
    flat: bool = False
    number: Annotated[int, Field(ge=1)] | None = None


class OfPhantom(_Plan):
    """A tissue as the phantom has it, for example ``"muscle"``."""

    tissue: Line
    flat: bool = False


class Levelled(_Plan):
    """Elements chosen by their mean intensity.

    Parameters
    ----------
    levels : tuple of float
        Of one element, or of two that are mottled: HU for CT, [-1, 1] for MR.
    share : float
        Of the second.
    grain : float
        How coarse the mottling is: SD of its smoothing in pixels.
    """

    levels: Annotated[tuple[float, ...], Field(min_length=1, max_length=2)]
    share: Annotated[float, Field(ge=0.05, le=0.95)] = 0.5
    grain: Annotated[float, Field(ge=0.5, le=8)] = 1.5


TissuePlan = Sampled | OfPhantom | Levelled


class WallPlan(_Plan):
    """A rectal wall of known layers, drawn where the slice shows a rectum.

    Parameters
    ----------
    outline : corners (row, column)
        Of the outer border of the muscularis propria, in pixels of the whole slice.
    mucosa, submucosa, muscularis_propria : float
        Mean thickness in mm.
    unevenness : float
        SD in mm by which the inner borders swing.
    seed : int
    """

    outline: Corners
    mucosa: Millimetres = 1.5
    submucosa: Millimetres = 2.0
    muscularis_propria: Millimetres = 2.4
    unevenness: Annotated[float, Field(ge=0, le=2)] = 0.35
    seed: int = 0


class SlicePlan(_Plan):
    """A slice of a series, by the series' UID and its number from 1."""

    series_uid: Uid
    number: Annotated[int, Field(ge=1)]


class BasePlan(_Plan):
    """What a case starts from.

    Parameters
    ----------
    model : str
    slice : SlicePlan, optional
        The case keeps the elements that the model finds in it, and no original pixel.
    phantom : PhantomBase, optional
        Instead of a slice.
    collection : str, optional
        Public collection of the slice: the case keeps its identifiers, and no drawing of it.
    crop : (top, left, rows, columns), optional
        The part of the slice that is kept.
    wall : WallPlan, optional
    tissues : dict
        What findings are painted with, by role.
    licence, source : str
        For ``case.yaml``.
    """

    model: Line
    slice: SlicePlan | None = None
    phantom: PhantomBase | None = None
    collection: Line | None = None
    crop: tuple[int, int, int, int] | None = None
    wall: WallPlan | None = None
    tissues: dict[Line, TissuePlan]
    licence: str
    source: str


class _Finding(_Plan):
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    rim: Annotated[int, Field(ge=0, le=32)] = 0


class TumourPlan(_Finding):
    """A tumour of the rectal wall; `into` mm of `layer`, see `u3edu.editing.recipes.RectalTumour`."""

    finding: Literal["rectal tumour"]
    clock: float
    hours: float
    layer: RectalLayer
    into: float
    height: float = 2.0
    margin: Margin = "smooth"
    tissue: str = "tumour"


class MucinPlan(_Finding):
    """Pools of mucin in what was painted so far."""

    finding: Literal["mucin"]
    share: float
    size: float
    tissue: str = "mucin"


class UlcerPlan(_Finding):
    """A crater of `depth` and `width` mm in the middle of a tumour's surface, filled as the lumen is."""

    finding: Literal["ulcer"]
    clock: float
    width: float
    depth: float
    tissue: str = "lumen"


class NodulePlan(_Finding):
    """A solid nodule; `within_lung` keeps what lies around the lung as it is."""

    finding: Literal["nodule"]
    at: Place
    diameter: float
    margin: Margin = "smooth"
    within_lung: bool = False
    tissue: str = "solid"


class GroundGlassPlan(_Finding):
    """A subsolid nodule; `solid_share` of its diameter is solid."""

    finding: Literal["ground glass"]
    at: Place
    diameter: float
    solid_share: float = 0.0
    tissue: str = "ground glass"
    solid: str = "solid"


class CavityPlan(_Finding):
    """A cavity in a nodule that was painted before."""

    finding: Literal["cavity"]
    at: Place
    diameter: float
    tissue: str = "air"


class TagPlan(_Finding):
    """A strand from a nodule to the nearest pleura."""

    finding: Literal["pleural tag"]
    at: Place
    width: float = 2.0
    tissue: str = "solid"


FindingPlan = Annotated[
    TumourPlan | MucinPlan | UlcerPlan | NodulePlan | GroundGlassPlan | CavityPlan | TagPlan,
    Field(discriminator="finding"),
]


class StagePlan(_Plan):
    """A stage: what `u3edu.cases.schema.Stage` has, and the findings to draw in place of a script."""

    name: Name
    draw: tuple[FindingPlan, ...] = ()
    text: dict[str, Any]


class CasePlan(_Plan):
    """A case: the name of its base, its stages, and everything else that ``case.yaml`` says."""

    id: Name
    base: str
    stages: tuple[StagePlan, ...]
    text: dict[str, Any]
    answers: dict[str, Any]


def read_bases(folder: Path = PLANS) -> dict[str, BasePlan]:
    """The bases by name.

    Raises
    ------
    InvalidCase
        With one line for each thing that is wrong.
    """
    return _validated(TypeAdapter(dict[str, BasePlan]), _loaded(folder / BASES_FILE), BASES_FILE)


def read_plans(folder: Path = PLANS) -> dict[str, CasePlan]:
    """The plans of all cases by name, which is that of the file.

    Raises
    ------
    InvalidCase
        With one line for each thing that is wrong.
    """
    plans = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.name == BASES_FILE:
            continue
        data = dict(_loaded(path))
        stages = []
        for stage in data.pop("stages", []):
            text = dict(stage)
            stages.append({"name": text.get("name"), "draw": text.pop("draw", ()), "text": text})
        wanted = {
            "id": path.stem,
            "base": data.pop("base", None),
            "answers": data.pop("answers", {}),
            "stages": stages,
        }
        plans[path.stem] = _validated(TypeAdapter(CasePlan), wanted | {"text": data}, path.name)
    return plans


def _loaded(path: Path) -> Any:
    return load_yaml(path.read_bytes(), path.name)


def _validated(kind: TypeAdapter[_T], data: Any, name: str) -> _T:
    try:
        return kind.validate_python(data)
    except ValidationError as error:
        raise InvalidCase.from_validation(error, name) from None
