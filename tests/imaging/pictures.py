"""DICOM files made for tests and benchmarks: multi-frame pictures, and every lossless transfer syntax."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom import Dataset
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    JPEG2000,
    UID,
    DeflatedExplicitVRLittleEndian,
    EnhancedCTImageStorage,
    EnhancedMRImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
    generate_uid,
)

from tests.imaging.conftest import dicom_file

LOSSLESS = (
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
    RLELossless,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEG2000Lossless,
)

LOSSY = (JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLSNearLossless, JPEG2000)


def item(**attributes: Any) -> Dataset:
    """A data set with these attributes."""
    made = Dataset()
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return made


def enhanced_file(
    path: Path,
    stored: np.ndarray,
    *,
    modality: str = "CT",
    positions: Sequence[Sequence[float]] | None = None,
    orientation: Sequence[float] = (1, 0, 0, 0, 1, 0),
    stacks: Sequence[str] | None = None,
    times: Sequence[int] | None = None,
    rescale: Sequence[tuple[float, float]] | None = None,
    frame_types: Sequence[str] | None = None,
    per_frame_orientation: bool = False,
    **header: Any,
) -> Path:
    """Write an enhanced multi-frame picture.

    Parameters
    ----------
    path : Path
        Where to.
    stored : uint16 [N, H, W]
        Frames.
    positions : sequence of three numbers, optional
        ImagePositionPatient of each frame; one above the other by 2 mm where not given.
    orientation : six numbers
        ImageOrientationPatient of all frames.
    stacks, times : sequence, optional
        StackID, and the index in time, of each frame.
    rescale : sequence of (slope, intercept), optional
        Of each frame; where not given, one for all frames stands in the shared groups.
    frame_types : sequence of str, optional
        Third value of FrameType of each frame.
    per_frame_orientation : bool
        Whether the orientation stands in each frame's own groups.
    """
    count, rows, columns = stored.shape
    positions = positions or [[0, 0, 2.0 * index] for index in range(count)]
    stacks, times = stacks or ["1"] * count, times or [1] * count
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID = EnhancedCTImageStorage if modality == "CT" else EnhancedMRImageStorage
    dataset.SOPInstanceUID = generate_uid()
    dataset.SeriesInstanceUID = "1.2.826.0.1.3680043.8.498.2"
    dataset.Modality, dataset.ImageType = modality, ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit, dataset.PixelRepresentation = 15, 0
    dataset.NumberOfFrames, dataset.Rows, dataset.Columns = count, rows, columns
    dataset.DimensionIndexSequence = [
        item(DimensionIndexPointer=0x00209056),
        item(DimensionIndexPointer=0x00209057),
        item(DimensionIndexPointer=0x00209128),  # TemporalPositionIndex
    ]
    turned = item(ImageOrientationPatient=list(orientation))
    shared = item(PixelMeasuresSequence=[item(PixelSpacing=[0.8, 0.7], SliceThickness=2)])
    if not per_frame_orientation:
        shared.PlaneOrientationSequence = [turned]
    if rescale is None and modality == "CT":
        shared.PixelValueTransformationSequence = [transformation(1, -1024)]
    dataset.SharedFunctionalGroupsSequence = [shared]
    groups = []
    for index in range(count):
        frame = item(
            PlanePositionSequence=[item(ImagePositionPatient=list(positions[index]))],
            FrameContentSequence=[
                item(
                    StackID=stacks[index],
                    InStackPositionNumber=index + 1,
                    DimensionIndexValues=[1, index + 1, times[index]],
                )
            ],
        )
        if per_frame_orientation:
            frame.PlaneOrientationSequence = [turned]
        if rescale is not None:
            frame.PixelValueTransformationSequence = [transformation(*rescale[index])]
        if frame_types is not None:
            kind = item(FrameType=["ORIGINAL", "PRIMARY", frame_types[index], "NONE"])
            setattr(frame, f"{modality}ImageFrameTypeSequence", [kind])
        groups.append(frame)
    dataset.PerFrameFunctionalGroupsSequence = groups
    dataset.PixelData = stored.astype("<u2").tobytes()
    for keyword, value in header.items():
        setattr(dataset, keyword, value)
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.save_as(path, enforce_file_format=True)
    return path


def transformation(slope: float, intercept: float) -> Dataset:
    """One item of a PixelValueTransformationSequence."""
    return item(RescaleSlope=slope, RescaleIntercept=intercept, RescaleType="HU")


def transcoded(original: Path, syntax: UID) -> bytes:
    """An uncompressed little-endian picture in another lossless transfer syntax, as a file's bytes."""
    if syntax in (JPEGLossless, JPEGLosslessSV1):
        return transcoded_by_gdcm(original, syntax)
    dataset = pydicom.dcmread(original)
    if syntax in (RLELossless, JPEGLSLossless, JPEG2000Lossless):
        dataset.compress(syntax, generate_instance_uid=False)
    else:
        stored = dataset.pixel_array
        swapped = stored.astype(stored.dtype.newbyteorder(">" if syntax == ExplicitVRBigEndian else "<"))
        dataset.PixelData = swapped.tobytes()
        dataset["PixelData"].VR = "OW"
        dataset.file_meta.TransferSyntaxUID = syntax
    stream = io.BytesIO()
    little, implicit = syntax != ExplicitVRBigEndian, syntax == ImplicitVRLittleEndian
    if syntax.is_compressed:
        dataset.save_as(stream, enforce_file_format=True)
    else:
        # Written anew, element by element: pydicom doesn't turn what it has read from one byte order.
        turned = FileDataset(
            "",
            {element.tag: element for element in dataset},
            file_meta=dataset.file_meta,
            preamble=b"\0" * 128,
            is_implicit_VR=implicit,
            is_little_endian=little,
        )
        turned.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def transcoded_by_gdcm(original: Path, syntax: UID) -> bytes:
    """The same by GDCM, the only encoder of these kinds of JPEG for Python; frames one by one."""
    import gdcm

    kinds = {
        JPEGBaseline8Bit: gdcm.TransferSyntax.JPEGBaselineProcess1,
        JPEGExtended12Bit: gdcm.TransferSyntax.JPEGExtendedProcess2_4,
        JPEGLossless: gdcm.TransferSyntax.JPEGLosslessProcess14,
        JPEGLosslessSV1: gdcm.TransferSyntax.JPEGLosslessProcess14_1,
    }
    reader = gdcm.ImageReader()
    reader.SetFileName(str(original))
    assert reader.Read()
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(kinds[syntax]))
    change.SetInput(reader.GetImage())
    assert change.Change()
    fragments = change.GetOutput().GetDataElement().GetSequenceOfFragments()
    frames = []
    for index in range(fragments.GetNumberOfFragments()):
        raw = fragments.GetFragment(index).GetByteValue().GetBuffer()
        frames.append(raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else bytes(raw))
    dataset = pydicom.dcmread(original)
    dataset.PixelData = encapsulate(frames)
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    dataset.file_meta.TransferSyntaxUID = syntax
    stream = io.BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def lossy_pictures(folder: Path) -> dict[UID, tuple[Path, Path]]:
    """A smooth MR picture as it is, and compressed with loss, for each lossy transfer syntax."""
    row, column = np.mgrid[:64, :80]
    wave = (np.sin(column / 9) * np.cos(row / 11) + 1) / 2
    pictures = {}
    for syntax in LOSSY:
        bits = 8 if syntax == JPEGBaseline8Bit else 12
        stored = (wave * (2**bits - 1)).astype(np.uint8 if bits == 8 else np.uint16)
        plain = dicom_file(
            folder / "plain" / f"{syntax.keyword}.dcm",
            stored,
            modality="MR",
            BitsStored=bits,
            HighBit=bits - 1,
            SeriesInstanceUID=generate_uid(),
        )
        compressed = folder / f"MR-{syntax.keyword}.dcm"
        if syntax in (JPEGBaseline8Bit, JPEGExtended12Bit):
            compressed.write_bytes(transcoded_by_gdcm(plain, syntax))
        else:
            dataset = pydicom.dcmread(plain)
            options = {"jls_error": 3} if syntax == JPEGLSNearLossless else {"j2k_cr": [5]}
            dataset.compress(syntax, generate_instance_uid=False, **options)
            dataset.save_as(compressed)
        pictures[syntax] = plain, compressed
    return pictures
