"""The kinds of DICOM picture that are written, and what the standard wants each of them to have."""

from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import (
    UID,
    CTImageStorage,
    ExplicitVRLittleEndian,
    MRImageStorage,
    SecondaryCaptureImageStorage,
    UltrasoundImageStorage,
)

MODALITIES: dict[UID, str] = {
    CTImageStorage: "CT",
    MRImageStorage: "MR",
    UltrasoundImageStorage: "US",
    SecondaryCaptureImageStorage: "OT",
}

# Attributes that the standard wants to be there, if only empty (type 2).
EMPTY = (
    "StudyDate",
    "StudyTime",
    "AccessionNumber",
    "ReferringPhysicianName",
    "PatientBirthDate",
    "PatientSex",
    "StudyID",
    "Manufacturer",
)
CROSS_SECTION = ("SliceThickness", "PositionReferenceIndicator", "PatientPosition")
EMPTY_BY_KIND = {
    CTImageStorage: (*CROSS_SECTION, "KVP", "AcquisitionNumber"),
    MRImageStorage: (
        *CROSS_SECTION,
        "ScanOptions",
        "MRAcquisitionType",
        "RepetitionTime",
        "EchoTime",
        "EchoTrainLength",
    ),
    UltrasoundImageStorage: ("PatientOrientation",),
    SecondaryCaptureImageStorage: ("PatientOrientation",),
}

# Where the standard wants a value and there is none: unknown ("research mode", "digitised").
DEFAULTS = {
    MRImageStorage: {"ScanningSequence": "RM", "SequenceVariant": "NONE"},
    SecondaryCaptureImageStorage: {"ConversionType": "WSD"},
}
COMPLETED = {"Laterality", *EMPTY, *(keyword for keywords in EMPTY_BY_KIND.values() for keyword in keywords)}


def complete(image: Dataset) -> None:
    """Add what a picture of its kind must have and doesn't: empty, or "unknown".

    Parameters
    ----------
    image : pydicom.Dataset
        With SOPClassUID and SOPInstanceUID; gets file meta information too, uncompressed.
    """
    for keyword, value in DEFAULTS.get(image.SOPClassUID, {}).items():
        if keyword not in image:
            setattr(image, keyword, value)
    for keyword in (*EMPTY, *EMPTY_BY_KIND[image.SOPClassUID]):
        if keyword not in image:
            setattr(image, keyword, None)
    if "BodyPartExamined" not in image:
        image.Laterality = None
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = image.SOPClassUID, image.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.file_meta = meta
