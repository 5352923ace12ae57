"""The base image of a case: which picture all its stages start from."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from u3edu.cases.text import FilePath, Line, Uid

_STRICT = ConfigDict(frozen=True, extra="forbid")


class DicomBase(BaseModel):
    """A slice of the de-identified series in the case's own folder.

    Parameters
    ----------
    folder : str
        With the DICOM files, as `u3edu.cases.new.new_case` writes it.
    slice : int
        Which slice, from 1 in the order of the slices.
    """

    model_config = _STRICT

    kind: Literal["dicom"] = "dicom"
    folder: FilePath = "base"
    slice: int = Field(default=1, ge=1)


class SyntheticBase(BaseModel):
    """A picture that a model drew, stored in the case.

    Parameters
    ----------
    picture : str
        A 16-bit PNG with its JSON beside it (`u3edu.imaging.stored`).
    """

    model_config = _STRICT

    kind: Literal["synthetic"] = "synthetic"
    picture: FilePath = "base.png"


class PhantomBase(BaseModel):
    """A healthy phantom, drawn anew from its seed.

    Parameters
    ----------
    phantom : str
        ``"pelvis"`` (MR) or ``"chest"`` (CT).
    seed : int
        The patient.
    shape : (rows, columns)
    spacing : float
        Distance between pixel centres in mm.
    """

    model_config = _STRICT

    kind: Literal["phantom"] = "phantom"
    phantom: Literal["pelvis", "chest"]
    seed: int = Field(ge=0, lt=2**32)
    shape: tuple[Annotated[int, Field(ge=32, le=1024)], Annotated[int, Field(ge=32, le=1024)]]
    spacing: float = Field(ge=0.2, le=5)


class PublicBase(BaseModel):
    """A slice of a public collection, which is read from the user's own copy.

    Parameters
    ----------
    collection : str
        As ``u3edu data fetch`` knows it, for example ``"prostatex"``.
    series_uid, instance_uid : str
        SeriesInstanceUID and SOPInstanceUID.
    """

    model_config = _STRICT

    kind: Literal["public"] = "public"
    collection: Line
    series_uid: Uid
    instance_uid: Uid


Base = Annotated[DicomBase | SyntheticBase | PhantomBase | PublicBase, Field(discriminator="kind")]
