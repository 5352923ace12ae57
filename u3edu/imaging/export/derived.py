"""Pictures as DICOM: derived images that say in their headers how they came about."""

from collections.abc import Sequence
from importlib.metadata import version

import numpy as np
from pydicom import Dataset
from pydicom.sr.codedict import codes
from pydicom.uid import (
    CTImageStorage,
    MRImageStorage,
    SecondaryCaptureImageStorage,
    generate_uid,
)
from pydicom.valuerep import DSfloat

from u3edu.imaging.codes import code_item
from u3edu.imaging.deidentification.allow_list import kept_values
from u3edu.imaging.deidentification.deidentify import METHOD
from u3edu.imaging.export.banner import marked
from u3edu.imaging.export.encoding import stored_values
from u3edu.imaging.kinds import complete
from u3edu.imaging.slice import Slice

# How the source was taken holds for what is derived from it.
FROM_THE_SOURCE = {
    SecondaryCaptureImageStorage: ("BodyPartExamined",),
    CTImageStorage: ("BodyPartExamined", "PatientPosition", "SliceThickness", "KVP"),
    MRImageStorage: (
        "BodyPartExamined",
        "PatientPosition",
        "SliceThickness",
        "ScanningSequence",
        "SequenceVariant",
        "ScanOptions",
        "MRAcquisitionType",
        "RepetitionTime",
        "EchoTime",
        "EchoTrainLength",
        "MagneticFieldStrength",
    ),
}
KINDS = {"CT": CTImageStorage, "MR": MRImageStorage}
SYNTHETIC_WORDS = (
    "Synthetic picture: drawn by a generative model from a map of anatomical elements that a person edited. "
    "Shows no patient. For education only."
)
IN_PLACE_WORDS = (
    "In part synthetic: in one area, which a person edited, drawn by a generative model; elsewhere pixel for "
    "pixel the de-identified source. Not a faithful picture of the patient. For education only."
)
COPY_WORDS = "De-identified copy, written anew with the pixel values of its source. For education only."


def derived_series(
    pictures: Sequence[Slice],
    *,
    source: Dataset | None = None,
    model: str = "",
    description: str = "synthetic slice",
    comments: Sequence[str] = (),
    reader_test: bool = False,
) -> list[Dataset]:
    """Pictures as one new DICOM series, one data set each; before and after an edit, for example.

    CT and MR pictures with a known place in the patient become CT and MR images, others
    secondary captures. Synthetic pictures carry SyntheticData (0008,001C) YES, and a banner
    across their top rows.

    Parameters
    ----------
    pictures : sequence of Slice
        In the order in which they are to be shown.
    source : pydicom.Dataset, optional
        The de-identified picture that they come from (`deidentify`), for its study, its patient's
        pseudonym, how it was taken, and to be referred to. Without it a study of its own is made.
    model : str
        Name of the model that made them.
    description : str
        SeriesDescription. Reaches every viewer: no names in it.
    comments : sequence of str
        ImageComments of each picture, for example ``("before the edit", "after the edit")``.
    reader_test : bool
        Leave the banner out, for a test of whether readers can tell synthetic pictures from
        real ones. The header still says so: show readers the pixels alone.

    Returns
    -------
    list of pydicom.Dataset
        With file meta information; ready for ``save_as(path, enforce_file_format=True)``.

    Raises
    ------
    ValueError
        If the source was not de-identified here, is not the picture's, or is missing for a
        picture that was edited in place and so holds the source's pixels.
    """
    if source is None and any(picture.acquisition.in_place for picture in pictures):
        raise ValueError(
            "a picture edited in place holds pixels of the original: give the de-identified source, or "
            "export the whole synthesis"
        )
    if source is not None:
        _check_source(source, pictures)
    study = source.StudyInstanceUID if source is not None else generate_uid(prefix=None)
    frame = source.get("FrameOfReferenceUID") if source is not None else None
    shared = {
        "StudyInstanceUID": study,
        "SeriesInstanceUID": generate_uid(prefix=None),
        "FrameOfReferenceUID": frame or generate_uid(prefix=None),
        "SeriesDescription": description,
        "SeriesNumber": 100,
        "PatientID": source.PatientID if source is not None else "u3edu-synthetic",
    }
    written = []
    for number, picture in enumerate(pictures, start=1):
        image = Dataset()
        for keyword, value in shared.items():
            setattr(image, keyword, value)
        image.InstanceNumber = number
        if comments:
            image.ImageComments = comments[number - 1]
        _write_picture(image, marked(picture, reader_test))
        _write_source(image, source)
        _write_origin(image, picture, model)
        complete(image)
        written.append(image)
    return written


def _check_source(source: Dataset, pictures: Sequence[Slice]) -> None:
    """Refuse a source that could hold a person's data, or that the pictures don't come from."""
    methods = np.atleast_1d(source.get("DeidentificationMethod", []))
    if source.get("PatientIdentityRemoved") != "YES" or METHOD not in methods:
        raise ValueError("the source picture was not de-identified by u3edu; run u3edu deidentify first")
    for picture in pictures:
        instance = picture.acquisition.source.instance_uid
        if instance not in ("", source.SOPInstanceUID):
            raise ValueError("the source is not the picture that the slices were made from (SOPInstanceUID)")


def _write_picture(image: Dataset, picture: Slice) -> None:
    """Pixels, units, windows and place."""
    acquisition = picture.acquisition
    stored, slope, intercept = stored_values(picture)
    kind = KINDS.get(acquisition.modality, SecondaryCaptureImageStorage)
    image.SOPClassUID = kind if acquisition.plane else SecondaryCaptureImageStorage
    image.SOPInstanceUID = generate_uid(prefix=None)
    image.Modality = acquisition.modality
    image.ImageType = ["DERIVED", "SECONDARY", "AXIAL" if image.SOPClassUID == CTImageStorage else "OTHER"]
    image.Rows, image.Columns = picture.shape
    image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
    image.BitsAllocated, image.BitsStored, image.HighBit = 16, 16, 15
    image.PixelRepresentation = int(stored.dtype.kind == "i")
    image.PixelData = stored.astype(stored.dtype.newbyteorder("<")).tobytes()
    image["PixelData"].VR = "OW"
    image.LossyImageCompression = "00"
    image.PixelSpacing = [_decimal(length) for length in picture.spacing]
    image.WindowCenter = [_decimal(window.centre) for window in acquisition.windows]
    image.WindowWidth = [_decimal(window.width) for window in acquisition.windows]
    image.WindowCenterWidthExplanation = [window.name[:64] for window in acquisition.windows]
    if acquisition.modality == "CT" or (slope, intercept) != (1.0, 0.0):
        image.RescaleSlope, image.RescaleIntercept = _decimal(slope), _decimal(intercept)
        image.RescaleType = "HU" if acquisition.modality == "CT" else "US"
    if acquisition.plane and image.SOPClassUID != SecondaryCaptureImageStorage:
        plane = acquisition.plane
        image.ImagePositionPatient = [_decimal(length) for length in plane.corner]
        image.ImageOrientationPatient = [_decimal(part) for part in (*plane.along_row, *plane.along_column)]
    else:
        del image.FrameOfReferenceUID
        image.ConversionType = "SYN"


def _write_source(image: Dataset, source: Dataset | None) -> None:
    """How the source was taken, that nobody is in it, and which picture it is."""
    image.PatientName = f"{'De-identified' if source is not None else 'Synthetic'}^{image.PatientID}"
    if source is None:
        return
    for keyword in FROM_THE_SOURCE[image.SOPClassUID]:
        values = kept_values(source, keyword)
        if values:
            setattr(image, keyword, values if len(values) > 1 else values[0])
    for keyword in (
        "PatientIdentityRemoved",
        "DeidentificationMethod",
        "DeidentificationMethodCodeSequence",
        "LongitudinalTemporalInformationModified",
        "BurnedInAnnotation",
        "RecognizableVisualFeatures",
    ):
        if keyword in source:
            image[keyword] = source[keyword]
    reference = Dataset()
    reference.ReferencedSOPClassUID = source.SOPClassUID
    reference.ReferencedSOPInstanceUID = source.SOPInstanceUID
    reference.SpatialLocationsPreserved = "YES"
    reference.PurposeOfReferenceCodeSequence = [code_item(codes.DCM.SourceImageForImageProcessingOperation)]
    image.SourceImageSequence = [reference]


def _write_origin(image: Dataset, picture: Slice, model: str) -> None:
    """Who made the picture, and whether it is synthetic (PS3.3 C.12.1 and C.7.6.1)."""
    image.Manufacturer, image.ManufacturerModelName = "u3edu", model or "u3edu"
    image.SoftwareVersions = version("u3edu")
    if not picture.acquisition.synthetic:
        image.SyntheticData, image.DerivationDescription = "NO", COPY_WORDS
        return
    words = IN_PLACE_WORDS if picture.acquisition.in_place else SYNTHETIC_WORDS
    image.SyntheticData, image.DerivationDescription = "YES", words
    image.DerivationCodeSequence = [code_item(codes.DCM.ArtificialIntelligence)]
    equipment = Dataset()
    equipment.PurposeOfReferenceCodeSequence = [code_item(codes.DCM.SynthesizingEquipment)]
    equipment.Manufacturer, equipment.ManufacturerModelName = image.Manufacturer, image.ManufacturerModelName
    equipment.SoftwareVersions = image.SoftwareVersions
    equipment.ContributionDescription = words
    image.ContributingEquipmentSequence = [equipment]


def _decimal(number: float) -> DSfloat:
    """A number as DICOM writes it, in 16 characters at most."""
    return DSfloat(float(number), auto_format=True)
