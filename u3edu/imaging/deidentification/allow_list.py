"""Which attributes a de-identified picture keeps, and which of their values; all else is gone."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Any

from pydicom import Dataset
from pydicom.valuerep import DSfloat


@dataclass(frozen=True)
class Words:
    """An attribute that keeps the words of a closed list; others are left out.

    Parameters
    ----------
    known : frozenset of str
        Upper case. A name, a number of a ward, a remark is not among them.
    """

    known: frozenset[str]

    def kept(self, value: Any) -> list[str]:
        """Those values that are on the list."""
        return [word for word in (str(one).strip().upper() for one in several(value)) if word in self.known]


@dataclass(frozen=True)
class Numbers:
    """An attribute that keeps numbers which it can have; they are written anew, not copied.

    Parameters
    ----------
    lowest, highest : float
        Limits of what makes sense, both included.
    count : int
        How many there are; 0 for any number from one to eight.
    whole : bool
        Whether they are whole numbers.
    """

    lowest: float
    highest: float
    count: int = 1
    whole: bool = False

    def kept(self, value: Any) -> list[Any]:
        """All values, or none where one of them is not such a number."""
        values = several(value)
        if len(values) > 8 or (self.count and len(values) != self.count):
            return []
        numbers = [float(one) for one in values]
        if not all(isfinite(one) and self.lowest <= one <= self.highest for one in numbers):
            return []
        if self.whole:
            return [int(one) for one in numbers] if all(one.is_integer() for one in numbers) else []
        return [DSfloat(one, auto_format=True) for one in numbers]


def several(value: Any) -> list[Any]:
    """The values of an attribute as a list."""
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, Iterable) and not isinstance(value, str | bytes) else [value]


def words(text: str) -> Words:
    """The rule for a list of words, separated by commas."""
    return Words(frozenset(word.strip() for word in text.split(",")))


BODY_PARTS = words(
    "ABDOMEN, ABDOMENPELVIS, ANKLE, ANUS, ARM, BLADDER, BRAIN, BREAST, CHEST, CHESTABDOMEN, CHESTABDPELVIS, "
    "COLON, CSPINE, ELBOW, EXTREMITY, EYE, FACE, FOOT, HAND, HEAD, HEADNECK, HEART, HIP, JAW, KIDNEY, KNEE, "
    "LEG, LIVER, LSPINE, LUNG, MEDIASTINUM, NECK, ORBIT, PANCREAS, PELVIS, PROSTATE, RECTUM, SHOULDER, "
    "SINUS, SKULL, SPINE, SSPINE, THORAX, TSPINE, UTERUS, WHOLEBODY, WRIST"
)
LENGTH = Numbers(0, 10_000)
DIRECTION = Numbers(-1.01, 1.01, count=6)

# Identifiers are no part of it: they are replaced (identifiers.py). Free text is no part of it:
# descriptions, protocol and sequence names can hold a person's name in any spelling.
ALLOWED: dict[str, Words | Numbers] = {
    # what kind of picture
    "ImageType": words(
        "ORIGINAL, DERIVED, PRIMARY, SECONDARY, AXIAL, LOCALIZER, OTHER, MPR, REFORMATTED, AVERAGE, M, P, R, "
        "I, M_SE, M_FFE, M_IR, SE, FFE, IR, ND, NORM, DIS2D, DIS3D, FM, FIL, MFSPLIT, CT_SOM5 SPI, ADC, "
        "DIFFUSION, TRACEW"
    ),
    "Modality": words("CT, MR, US, OT"),
    "BodyPartExamined": BODY_PARTS,
    "PatientPosition": words("HFP, HFS, HFDR, HFDL, FFDR, FFDL, FFP, FFS"),
    "ConversionType": words("DV, DI, DF, WSD, SD, SI, DRW, SYN"),
    # where it lies
    "ImagePositionPatient": Numbers(-10_000, 10_000, count=3),
    "ImageOrientationPatient": DIRECTION,
    "PixelSpacing": Numbers(1e-3, 100, count=2),
    "ImagerPixelSpacing": Numbers(1e-3, 100, count=2),
    "SliceThickness": LENGTH,
    "SpacingBetweenSlices": Numbers(-10_000, 10_000),
    "GantryDetectorTilt": Numbers(-90, 90),
    # how a CT was taken
    "KVP": Numbers(10, 500),
    "XRayTubeCurrent": Numbers(0, 5_000, whole=True),
    "Exposure": Numbers(0, 50_000, whole=True),
    "ReconstructionDiameter": LENGTH,
    # how an MR picture was taken
    "ScanningSequence": words("SE, IR, GR, EP, RM"),
    "SequenceVariant": words("SK, MTC, SS, TRSS, SP, MP, OSP, TOF, NONE"),
    "ScanOptions": words("PER, RG, CG, PPG, FC, PFF, PFP, SP, FS, CT"),
    "MRAcquisitionType": words("2D, 3D"),
    "RepetitionTime": Numbers(0, 1e5),
    "EchoTime": Numbers(0, 1e5),
    "InversionTime": Numbers(0, 1e5),
    "EchoTrainLength": Numbers(0, 10_000, whole=True),
    "FlipAngle": Numbers(0, 360),
    "MagneticFieldStrength": Numbers(0, 30),
    # how to read the pixels
    "SamplesPerPixel": Numbers(1, 3, whole=True),
    "PhotometricInterpretation": words("MONOCHROME1, MONOCHROME2, RGB"),
    "Rows": Numbers(1, 8192, whole=True),
    "Columns": Numbers(1, 8192, whole=True),
    "BitsAllocated": Numbers(8, 32, whole=True),
    "BitsStored": Numbers(1, 32, whole=True),
    "HighBit": Numbers(0, 31, whole=True),
    "PixelRepresentation": Numbers(0, 1, whole=True),
    "RescaleIntercept": Numbers(-1e5, 1e5),
    "RescaleSlope": Numbers(-1e5, 1e5),
    "RescaleType": words("HU, HU_MOD, US"),
    "WindowCenter": Numbers(-1e5, 1e5, count=0),
    "WindowWidth": Numbers(-1e5, 1e5, count=0),
    "PixelPaddingValue": Numbers(-(2**15), 2**16, whole=True),
    "PixelPaddingRangeLimit": Numbers(-(2**15), 2**16, whole=True),
    "LossyImageCompression": words("00, 01"),
    "LossyImageCompressionRatio": Numbers(0, 1e4, count=0),
    "LossyImageCompressionMethod": words("ISO_10918_1, ISO_14495_1, ISO_15444_1, ISO_15444_15"),
}


def kept_values(dataset: Dataset, keyword: str) -> list[Any]:
    """What of an attribute may be kept; empty where it is missing, damaged or not allowed."""
    try:
        return ALLOWED[keyword].kept(dataset[keyword].value)
    except Exception:  # damaged values raise anything; what can't be understood isn't kept
        return []
