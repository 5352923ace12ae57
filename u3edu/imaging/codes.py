"""Codes: as items of sequences, and which of a header a message may repeat without naming a person."""

from pydicom import Dataset
from pydicom.sr.coding import Code
from pydicom.uid import UID

# DICOM PS3.3 C.7.3.1.1.1, C.7.6.3.1.2 and C.11.1.1.2.
MODALITIES = (
    "AR", "AS", "BI", "BMD", "CR", "CT", "DG", "DOC", "DX", "ECG", "EPS", "ES", "FID", "GM", "HC", "HD",
    "IO", "IVOCT", "IVUS", "KER", "KO", "LEN", "LS", "M3D", "MG", "MR", "NM", "OAM", "OCT", "OP", "OPM",
    "OPT", "OPTENF", "OPV", "OSS", "OT", "PLAN", "PR", "PT", "PX", "REG", "RESP", "RF", "RG", "RTDOSE",
    "RTIMAGE", "RTPLAN", "RTRAD", "RTRECORD", "RTSEGANN", "RTSTRUCT", "RWV", "SEG", "SM", "SMR", "SR",
    "SRF", "STAIN", "TEXTUREMAP", "TG", "US", "VA", "XA", "XC",
)  # fmt: skip
COLOURS = (
    "MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "RGB", "HSV", "ARGB", "CMYK", "YBR_FULL", "YBR_FULL_422",
    "YBR_PARTIAL_420", "YBR_PARTIAL_422", "YBR_ICT", "YBR_RCT",
)  # fmt: skip
QUANTITIES = ("OD", "HU", "US", "MGML", "Z_EFF", "ED", "EDW", "HU_MOD", "PCT")
KNOWN = frozenset([*MODALITIES, *COLOURS, *QUANTITIES])


def quotable(code: object) -> str:
    """A code for a message: itself where the standard defines it, empty where there is none."""
    text = str(code or "").strip()
    return text if not text or text in KNOWN else "not a defined term"


def kind_name(kind: UID) -> str:
    """What the standard calls a kind of object; never the identifier that a file made up."""
    return kind.name.removesuffix(" Storage") if kind.name != str(kind) else "an object of an unknown kind"


def code_item(code: Code) -> Dataset:
    """A code as an item of a sequence (DICOM PS3.3 section 8.8)."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator = code.value, code.scheme_designator
    item.CodeMeaning = code.meaning
    return item
