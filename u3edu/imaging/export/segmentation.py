"""A label map as a DICOM segmentation with the names and colours of its elements."""

from importlib.metadata import version
from typing import TYPE_CHECKING

from pydicom import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code
from pydicom.uid import generate_uid

from u3edu.editing.label_map import LabelMap

if TYPE_CHECKING:
    from highdicom.seg import Segmentation

TISSUE = Code("85756007", "SCT", "Tissue")


def label_segmentation(
    label_map: LabelMap, image: Dataset, *, model: str, binary: bool = False
) -> "Segmentation":
    """A label map as a segmentation of a picture.

    Zero means background to every viewer, so segment n + 1 is the model's element n.

    Parameters
    ----------
    label_map : LabelMap
    image : pydicom.Dataset
        The picture that it belongs to: de-identified, or from `derived_series`.
    model : str
        Name of the model whose elements these are.
    binary : bool
        Write the older form, one bit plane for each element (SegmentationType BINARY), for
        viewers that do not know LABELMAP (DICOM 2024d, Supplement 243) yet.

    Returns
    -------
    highdicom.seg.Segmentation
        Ready for ``save_as(path)``.

    Raises
    ------
    ModuleNotFoundError
        If highdicom is not installed.
    ValueError
        If label map and picture differ in size.
    """
    try:
        from highdicom import AlgorithmIdentificationSequence
        from highdicom.color import CIELabColor
        from highdicom.seg import Segmentation, SegmentDescription
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"DICOM segmentations need the package {error.name}: pip install 'u3edu[dicom]'", name=error.name
        ) from None
    if label_map.shape != (image.Rows, image.Columns):
        raise ValueError(f"the label map is {label_map.shape}, the picture {(image.Rows, image.Columns)}")
    algorithm = AlgorithmIdentificationSequence(
        name="U3-Net", family=codes.DCM.ArtificialIntelligence, version=version("u3edu"), source="u3edu"
    )
    segments = [
        SegmentDescription(
            segment_number=label + 1,
            segment_label=element.name[:64],
            segmented_property_category=TISSUE,
            segmented_property_type=TISSUE,
            algorithm_type="SEMIAUTOMATIC",
            algorithm_identification=algorithm,
            display_color=CIELabColor.from_rgb(*element.rgb),
        )
        for label, element in enumerate(label_map.elements)
    ]
    segmentation = Segmentation(
        source_images=[image],
        pixel_array=label_map.labels + 1,
        segmentation_type="BINARY" if binary else "LABELMAP",
        segment_descriptions=segments,
        series_instance_uid=generate_uid(prefix=None),
        series_number=200,
        sop_instance_uid=generate_uid(prefix=None),
        instance_number=1,
        manufacturer="u3edu",
        manufacturer_model_name=model,
        software_versions=version("u3edu"),
        device_serial_number="none",
        content_label="ELEMENTS",
        content_description="Anatomical elements, segmented by a model and edited by a person",
        series_description="anatomical elements",
    )
    if "FrameOfReferenceUID" not in image:
        segmentation.PatientOrientation = None  # type 2 where nothing else says how the picture lies
    return segmentation
