"""DICOM files made for a test: a few pixels, a header with what the test is about."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, MRImageStorage, generate_uid

SERIES = "1.2.826.0.1.3680043.8.498.1"

Writer = Callable[..., Path]


def dicom_file(path: Path, stored: np.ndarray | None, *, modality: str = "CT", **header: Any) -> Path:
    """Write a picture of `stored` values; a header entry of None leaves the attribute out."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    attributes: dict[str, Any] = {
        "SOPClassUID": CTImageStorage if modality == "CT" else MRImageStorage,
        "SOPInstanceUID": generate_uid(),
        "SeriesInstanceUID": SERIES,
        "Modality": modality,
        "PatientName": "Doe^Jane",
        "PatientID": "4711",
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
        "SeriesDescription": "made for a test",
        "PixelSpacing": [0.8, 0.7],
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
        "ImagePositionPatient": [0, 0, 0],
    }
    if modality == "CT":
        attributes |= {"RescaleSlope": 1, "RescaleIntercept": -1024}
    if stored is not None:
        bits = stored.dtype.itemsize * 8
        attributes |= {
            "Rows": stored.shape[0],
            "Columns": stored.shape[1],
            "SamplesPerPixel": 1 if stored.ndim == 2 else stored.shape[2],
            "PhotometricInterpretation": "MONOCHROME2",
            "BitsAllocated": bits,
            "BitsStored": bits,
            "HighBit": bits - 1,
            "PixelRepresentation": int(stored.dtype.kind == "i"),
            "PixelData": stored.tobytes(),
        }
    attributes |= header
    meta.MediaStorageSOPClassUID = attributes["SOPClassUID"]
    meta.MediaStorageSOPInstanceUID = attributes["SOPInstanceUID"] or generate_uid()
    dataset = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    for keyword, value in attributes.items():
        if value is not None:
            setattr(dataset, keyword, value)
    path.parent.mkdir(parents=True, exist_ok=True)
    dataset.save_as(path, enforce_file_format=True)
    return path


@pytest.fixture
def write_dicom(tmp_path: Path) -> Writer:
    """Write a DICOM file in the test's folder: ``write_dicom("a.dcm", stored, modality="MR", ...)``."""

    def write(name: str, stored: np.ndarray | None, **header: Any) -> Path:
        return dicom_file(tmp_path / name, stored, **header)

    return write


@pytest.fixture
def stored_ct() -> np.ndarray:
    """uint16 [4, 6] whose values are -1024 HU up in steps of 100 with the usual rescale."""
    return np.arange(0, 2400, 100, dtype=np.uint16).reshape(4, 6)
