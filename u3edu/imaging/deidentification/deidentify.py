"""One DICOM picture without the person: built anew from what the allow-list lets through."""

import hashlib
from collections.abc import Sequence

import numpy as np
from pydicom import Dataset
from pydicom.encaps import get_frame
from pydicom.sr.codedict import codes
from pydicom.tag import Tag
from pydicom.uid import (
    CTImageStorage,
    EnhancedCTImageStorage,
    EnhancedMRImageStorage,
    LegacyConvertedEnhancedCTImageStorage,
    LegacyConvertedEnhancedMRImageStorage,
    MRImageStorage,
    SecondaryCaptureImageStorage,
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
)

from u3edu.imaging.codes import code_item
from u3edu.imaging.deidentification.allow_list import ALLOWED, kept_values
from u3edu.imaging.deidentification.burned_in import BlackBox, black_out, burned_in_suspicion
from u3edu.imaging.deidentification.identifiers import Pseudonyms
from u3edu.imaging.deidentification.recognisable import shows_a_face
from u3edu.imaging.kinds import COMPLETED, MODALITIES, complete
from u3edu.imaging.multiframe import frame_count, frame_header
from u3edu.imaging.syntax import decode_frame, frame_size, is_compressed

# What each kind of picture becomes: frames of multi-frame files become pictures of their own.
KINDS = {
    CTImageStorage: CTImageStorage,
    EnhancedCTImageStorage: CTImageStorage,
    LegacyConvertedEnhancedCTImageStorage: CTImageStorage,
    MRImageStorage: MRImageStorage,
    EnhancedMRImageStorage: MRImageStorage,
    LegacyConvertedEnhancedMRImageStorage: MRImageStorage,
    UltrasoundImageStorage: UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage: UltrasoundImageStorage,
    SecondaryCaptureImageStorage: SecondaryCaptureImageStorage,
}
METHOD = "u3edu: allow-list of attributes"
PADDING = ("PixelPaddingValue", "PixelPaddingRangeLimit")
NEEDED = ("Rows", "Columns", "BitsAllocated", "BitsStored", "PixelRepresentation")
REPLACED = (
    "SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID", "FrameOfReferenceUID",
    "PatientID", "PatientName", "InstanceNumber", "SeriesNumber", "SeriesDescription", "BurnedInAnnotation",
    "RecognizableVisualFeatures", "PatientIdentityRemoved", "DeidentificationMethod",
    "DeidentificationMethodCodeSequence", "LongitudinalTemporalInformationModified", "PlanarConfiguration",
    "PixelData",
)  # fmt: skip
MAY_LEAVE = {Tag(keyword) for keyword in (*ALLOWED, *REPLACED, *COMPLETED)}


class NotDeidentified(ValueError):
    """A picture was not de-identified; the message says why and quotes nothing from the file."""


def deidentify(
    original: Dataset,
    pseudonyms: Pseudonyms,
    *,
    frame: int = 0,
    number: int = 1,
    pixels_looked_at: bool = False,
    black_boxes: Sequence[BlackBox] = (),
) -> Dataset:
    """A picture with the attributes of the allow-list, new identifiers and nothing else.

    Follows the Basic Application Level Confidentiality Profile (DICOM PS3.15 Annex E) with the
    means of an allow-list. Dates and times are gone, not shifted. Pixels are decoded, and
    written uncompressed with the bits that the picture doesn't use cleared, so that no comment
    of a codec and no overlay in spare bits stays.

    Parameters
    ----------
    original : pydicom.Dataset
        Left as it is.
    pseudonyms : Pseudonyms
        Makes the new identifiers.
    frame : int
        Which frame of a multi-frame file, from 0; it becomes a picture of its own.
    number : int
        InstanceNumber of the result.
    pixels_looked_at : bool
        Whether a person looked at this picture for names in its pixels.
    black_boxes : sequence of BlackBox
        Parts to black out.

    Returns
    -------
    pydicom.Dataset
        With file meta information; ready for ``save_as(path, enforce_file_format=True)``.

    Raises
    ------
    NotDeidentified
        If it is no CT, MR, ultrasound or secondary capture picture, if it may have text
        in its pixels and nobody looked, or if the pixels cannot be decoded.
    """
    if original.get("SOPClassUID") not in KINDS:
        raise NotDeidentified("not a CT, MR, ultrasound or secondary capture picture")
    suspicion = burned_in_suspicion(original)
    if suspicion and not pixels_looked_at:
        raise NotDeidentified(
            f"{suspicion}, which may show a name in its pixels; look at it, black out what names a person "
            "(--black-out), and say --pixels-looked-at"
        )
    header = frame_header(original, frame)
    new = Dataset()
    for keyword in ALLOWED:
        values = kept_values(header, keyword)
        if values and keyword not in PADDING:
            setattr(new, keyword, values if len(values) > 1 else values[0])
    _check(new)
    _write_pixels(original, frame, new, black_boxes)
    _write_identifiers(original, frame, new, pseudonyms, number)
    _write_kind(new)
    _say_what_was_done(original, new, pixels_looked_at, bool(black_boxes))
    _make_sure(new)
    return new


def _check(new: Dataset) -> None:
    """Refuse what can't be understood once only allowed values are left."""
    missing = [keyword for keyword in NEEDED if keyword not in new]
    if missing:
        raise NotDeidentified(f"no picture in it, or a damaged one: without {', '.join(missing)}")
    if new.BitsAllocated not in (8, 16, 32) or new.BitsStored > new.BitsAllocated:
        raise NotDeidentified("an unusual number of bits for each pixel")
    if new.get("HighBit", new.BitsStored - 1) != new.BitsStored - 1:
        raise NotDeidentified("the bits of its pixels lie in an unusual place (HighBit)")
    if len(np.atleast_1d(new.get("WindowCenter", []))) != len(np.atleast_1d(new.get("WindowWidth", []))):
        for keyword in ("WindowCenter", "WindowWidth"):
            new.pop(keyword, None)


def _write_pixels(original: Dataset, frame: int, new: Dataset, black_boxes: Sequence[BlackBox]) -> None:
    """Decode, clear unused bits, black out, and store uncompressed."""
    try:
        if is_compressed(original.file_meta.TransferSyntaxUID):
            # A decoder takes memory for the size that the compressed picture claims.
            encoded = get_frame(original.PixelData, frame, number_of_frames=frame_count(original))
            if frame_size(encoded) not in (None, (new.Rows, new.Columns)):
                raise ValueError("another size than the header's")
        stored = decode_frame(original, frame)
    except Exception:  # decoders raise anything, and quote what they found
        raise NotDeidentified(
            "the pixels cannot be decoded (damaged, or a codec that is not installed)"
        ) from None
    colour = stored.ndim == 3 and stored.shape[2] == 3
    if not colour and (stored.ndim != 2 or new.get("PhotometricInterpretation") == "RGB"):
        raise NotDeidentified("not one grey or RGB picture")
    if not colour and "PhotometricInterpretation" not in new:
        raise NotDeidentified("PhotometricInterpretation is missing, or is not one that can be kept")
    bits, signed = int(new.BitsStored), new.PixelRepresentation == 1
    values = stored.astype(np.int64)
    offset = 2 ** (bits - 1) if signed else 0
    values = (values + offset) % 2**bits - offset
    lowest, highest = -offset, 2**bits - 1 - offset
    black = (
        highest if new.get("PhotometricInterpretation") == "MONOCHROME1" else max(lowest, int(values.min()))
    )
    try:
        values = black_out(values, black_boxes, black)
    except ValueError as error:
        raise NotDeidentified(str(error)) from None
    new.Rows, new.Columns = stored.shape[:2]
    new.SamplesPerPixel = 3 if colour else 1
    if colour:
        new.PhotometricInterpretation, new.PlanarConfiguration = "RGB", 0
    new.HighBit = bits - 1
    dtype = np.dtype(f"<{'i' if signed else 'u'}{new.BitsAllocated // 8}")
    packed = values.astype(dtype).tobytes()
    new.PixelData = packed + b"\0" * (len(packed) % 2)
    new["PixelData"].VR = "OB" if new.BitsAllocated == 8 else "OW"
    if new.BitsAllocated == 32:
        return  # padding is a number of 16 bits
    # Some scanners write the value of signed pictures as if it were unsigned (63536 for -2000).
    half = 2**15 if signed else 0
    for keyword in PADDING:
        for value in kept_values(original, keyword):
            new.add_new(Tag(keyword), "SS" if signed else "US", (value + half) % 2**16 - half)


def _write_identifiers(
    original: Dataset, frame: int, new: Dataset, pseudonyms: Pseudonyms, number: int
) -> None:
    """New identifiers; what has none gets one from its pixels, so that it is the same next time."""

    def identifier(keyword: str) -> str:
        return str(original.get(keyword) or "")

    series = identifier("SeriesInstanceUID") or "no series"
    study = identifier("StudyInstanceUID") or f"study of {series}"
    instance = identifier("SOPInstanceUID") or f"{series}/{hashlib.sha256(new.PixelData).hexdigest()}"
    if frame_count(original) > 1:
        instance = f"{instance}/{frame + 1}"
    new.SOPClassUID = KINDS[original.SOPClassUID]
    new.SOPInstanceUID = pseudonyms.uid(instance)
    new.SeriesInstanceUID = pseudonyms.uid(series)
    new.StudyInstanceUID = pseudonyms.uid(study)
    if new.SOPClassUID in (CTImageStorage, MRImageStorage):
        # Some files give study and frame one identifier, which the standard forbids.
        frame_uid = identifier("FrameOfReferenceUID") or series
        new.FrameOfReferenceUID = pseudonyms.uid(f"frame of reference {frame_uid}")
    new.PatientID = pseudonyms.patient(identifier("PatientID") or study)
    new.PatientName = f"De-identified^{new.PatientID}"
    new.InstanceNumber, new.SeriesNumber = number, 1


def _write_kind(new: Dataset) -> None:
    """The modality of its kind, a description of our own, and what the standard wants."""
    kind = new.SOPClassUID
    if kind != SecondaryCaptureImageStorage or "Modality" not in new:
        new.Modality = MODALITIES[kind]
    if kind != SecondaryCaptureImageStorage:
        new.pop("ConversionType", None)
    new.SeriesDescription = f"{new.Modality}, de-identified"
    complete(new)


def _say_what_was_done(original: Dataset, new: Dataset, pixels_looked_at: bool, blacked_out: bool) -> None:
    """The kind of picture, and how it was de-identified (PS3.3 C.7.1.1, C.7.6.1 and PS3.16 CID 7050)."""
    kept = [str(word) for word in np.atleast_1d(new.get("ImageType", []))]
    first = "DERIVED" if blacked_out or "DERIVED" in kept else "ORIGINAL"
    second = "SECONDARY" if "SECONDARY" in kept else "PRIMARY"
    rest = [word for word in kept if word not in ("ORIGINAL", "DERIVED", "PRIMARY", "SECONDARY")]
    if new.SOPClassUID == CTImageStorage and not {"AXIAL", "LOCALIZER"} & set(rest):
        rest = ["AXIAL", *rest]
    if new.SOPClassUID == MRImageStorage and not rest:
        rest = ["OTHER"]
    new.ImageType = [first, second, *rest]
    methods = [codes.DCM.BasicApplicationConfidentialityProfile]
    if pixels_looked_at:
        methods.append(codes.DCM.CleanPixelDataOption)
        new.BurnedInAnnotation = "NO"
    if shows_a_face(original):
        new.RecognizableVisualFeatures = "YES"
    new.PatientIdentityRemoved = "YES"
    new.DeidentificationMethod = ["DICOM PS3.15 Basic Profile", METHOD]
    new.DeidentificationMethodCodeSequence = [code_item(code) for code in methods]
    new.LongitudinalTemporalInformationModified = "REMOVED"


def _make_sure(new: Dataset) -> None:
    """The last door: whatever went wrong above, nothing else leaves."""
    strange = {element.tag for element in new} - MAY_LEAVE
    if strange:
        raise NotDeidentified(f"{len(strange)} attributes that may not leave; this is a fault of u3edu")
