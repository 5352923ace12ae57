"""The structured caption of a stage: what a report would say of the lesion, field by field."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from u3edu.cases.staging import lung, rectum
from u3edu.cases.text import Line, Millimetres

Side = Literal["right", "left"]

RectalWall = Literal[
    "anterior",
    "posterior",
    "right lateral",
    "left lateral",
    "right anterolateral",
    "left anterolateral",
    "right posterolateral",
    "left posterolateral",
]
Lobe = Literal["right upper lobe", "middle lobe", "right lower lobe", "left upper lobe", "left lower lobe"]


class Staging(BaseModel):
    """A T category with the scheme and the edition that it belongs to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scheme: Literal["TNM", "ESGAR"]
    edition: int
    category: str

    def __str__(self) -> str:
        return f"{self.category} ({self.scheme}, {edition_words(self.edition)})"


def edition_words(edition: int) -> str:
    """``"8th edition"``; editions that are years stand as they are."""
    return f"{edition}th edition" if edition < 1000 else str(edition)


class _Caption(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NoLesion(_Caption):
    """A stage without a lesion.

    Parameters
    ----------
    organ : str
        What was looked at: ``"rectum"`` or ``"lung"``.
    """

    lesion: Literal["none"] = "none"
    organ: Literal["rectum", "lung"]

    @property
    def side(self) -> Side | None:
        """No lesion, no side."""
        return None

    @property
    def deepest_layer(self) -> None:
        """No lesion, no layer."""
        return None

    @property
    def staging(self) -> None:
        """No lesion, no category."""
        return None

    def lengths(self) -> dict[str, float]:
        """No lesion, no lengths."""
        return {}


class RectalTumour(_Caption):
    """A tumour of the rectal wall on T2-weighted MRI.

    Parameters
    ----------
    wall : str
        Where it sits, for example ``"posterior"`` or ``"left lateral"``, the patient's.
    size_mm : float
        Its longest extent.
    shape, margin, signal : str
        ``signal`` is high for mucinous tumours.
    deepest_layer : str
        One of `u3edu.cases.staging.rectum.RECTAL_LAYERS`.
    depth_mm : float, optional
        How far it extends beyond the muscularis propria; of T3 and T4 alone, and asked for of T3.
    organ : str, optional
        The neighbouring organ that it invades, for example ``"prostate"``; of T4b alone.
    staging : Staging
        Must be what `u3edu.cases.staging.rectum.t_category` gives.
    """

    lesion: Literal["rectal tumour"] = "rectal tumour"
    wall: RectalWall
    size_mm: Millimetres
    shape: Literal["polypoid", "flat", "ulcerated", "semi-circumferential", "circumferential"]
    margin: Literal["smooth", "nodular", "irregular"]
    signal: Literal["intermediate", "high"] = "intermediate"
    deepest_layer: rectum.RectalLayer
    depth_mm: Millimetres | None = None
    organ: Line | None = None
    staging: Staging

    @property
    def side(self) -> Side | None:
        """Right or left, where the wall has one."""
        return side_of(self.wall)

    def lengths(self) -> dict[str, float]:
        """Its lengths in mm by what they measure."""
        return {"size": self.size_mm} | ({} if self.depth_mm is None else {"depth": self.depth_mm})

    def category(self) -> str:
        """The category that layer and depth give in the caption's scheme and edition."""
        return rectum.t_category(
            self.deepest_layer, self.depth_mm, scheme=self.staging.scheme, edition=self.staging.edition
        )

    @model_validator(mode="after")
    def _fields_fit(self) -> Self:
        if (self.deepest_layer == "neighbouring organ") != (self.organ is not None):
            raise ValueError(
                "organ: is named where the deepest layer is a neighbouring organ, and only there"
            )
        if self.deepest_layer == "mesorectal fat" and self.depth_mm is None:
            raise ValueError("depth_mm: a tumour in the mesorectal fat needs its depth beyond the wall in mm")
        _check_category(self)
        return self


class LungNodule(_Caption):
    """A nodule or mass of the lung on CT.

    Parameters
    ----------
    lobe : str
    size_mm : float
        Its longest diameter, with the ground glass of subsolid nodules.
    solid_mm : float, optional
        The longest diameter of the solid part, of part-solid nodules alone.
    density, shape, margin : str
    cavity, pleural_tag : bool
    deepest_layer : str
        One of `u3edu.cases.staging.lung.LUNG_LAYERS`.
    staging : Staging
        Must be what `u3edu.cases.staging.lung.t_category` gives.
    """

    lesion: Literal["lung nodule"] = "lung nodule"
    lobe: Lobe
    size_mm: Millimetres
    solid_mm: Millimetres | None = None
    density: lung.Density = "solid"
    shape: Literal["round", "oval", "irregular"]
    margin: Literal["smooth", "lobulated", "spiculated"]
    cavity: bool = False
    pleural_tag: bool = False
    deepest_layer: lung.LungLayer = "lung"
    staging: Staging

    @property
    def side(self) -> Side | None:
        """The side of the lobe; the middle lobe is the right lung's."""
        return side_of(self.lobe) or "right"

    @property
    def term(self) -> str:
        """Micronodule, nodule or mass, by its size."""
        return lung.nodule_term(self.size_mm)

    def lengths(self) -> dict[str, float]:
        """Its lengths in mm by what they measure."""
        return {"size": self.size_mm} | ({} if self.solid_mm is None else {"solid": self.solid_mm})

    def category(self) -> str:
        """The category that size and layer give in the caption's scheme and edition."""
        return lung.t_category(
            self.size_mm,
            density=self.density,
            solid_mm=self.solid_mm,
            deepest_layer=self.deepest_layer,
            scheme=self.staging.scheme,
            edition=self.staging.edition,
        )

    @model_validator(mode="after")
    def _fields_fit(self) -> Self:
        _check_category(self)
        return self


Caption = Annotated[NoLesion | RectalTumour | LungNodule, Field(discriminator="lesion")]


def side_of(words: str) -> Side | None:
    """The side that a wall or a lobe names."""
    if words.startswith("right"):
        return "right"
    return "left" if words.startswith("left") else None


def _check_category(caption: RectalTumour | LungNodule) -> None:
    expected = caption.category()
    if caption.staging.category != expected:
        raise ValueError(
            f"staging.category: {caption.staging.category!r} contradicts the caption, which is {expected} "
            f"({caption.staging.scheme}, {edition_words(caption.staging.edition)})"
        )
