"""LIDC-IDRI's nodule contours, and how well segments fit what each radiologist drew."""

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from u3edu.editing.box import Box
from u3edu.evaluation.segmentation import Union, best_union, connected_segments

_NAMESPACE = "{http://www.nih.gov}"


@dataclass(frozen=True)
class NoduleContour:
    """One radiologist's contour of one nodule in one slice.

    Parameters
    ----------
    reader : int
        Number of the reading session in the file, from 0.
    nodule : str
        The reader's own name for it; readers do not share names.
    instance_uid : str
        SOPInstanceUID of the slice.
    position : float
        Along the body, in mm: ImagePositionPatient[2] of the slice.
    inclusion : bool
        False where the contour cuts a hole out of the nodule.
    points : tuple of (row, column)
        In pixels. The contour's own pixels are the first ones outside the nodule.
    """

    reader: int
    nodule: str
    instance_uid: str
    position: float
    inclusion: bool
    points: tuple[tuple[int, int], ...]


def read_contours(path: Path) -> tuple[NoduleContour, ...]:
    """The contours in a LIDC-IDRI annotation file; marks of a single point are left out.

    Nodules under 3 mm and non-nodules are marked by one point and have no extent.

    Raises
    ------
    ValueError
        If the file is no LIDC-IDRI annotation.
    """
    try:
        root = ElementTree.parse(path).getroot()
    except ElementTree.ParseError as error:
        raise ValueError(f"{path}: not an XML file ({error})") from error
    if root.tag != f"{_NAMESPACE}LidcReadMessage":
        raise ValueError(f"{path}: not a LIDC-IDRI annotation; its root is {root.tag}")
    contours = []
    for reader, session in enumerate(root.iter(f"{_NAMESPACE}readingSession")):
        for nodule in session.iter(f"{_NAMESPACE}unblindedReadNodule"):
            name = nodule.findtext(f"{_NAMESPACE}noduleID", "").strip()
            for roi in nodule.iter(f"{_NAMESPACE}roi"):
                points = tuple(
                    (
                        int(edge.findtext(f"{_NAMESPACE}yCoord", "")),
                        int(edge.findtext(f"{_NAMESPACE}xCoord", "")),
                    )
                    for edge in roi.iter(f"{_NAMESPACE}edgeMap")
                )
                if len(points) < 3:
                    continue
                contours.append(
                    NoduleContour(
                        reader=reader,
                        nodule=name,
                        instance_uid=roi.findtext(f"{_NAMESPACE}imageSOP_UID", "").strip(),
                        position=float(roi.findtext(f"{_NAMESPACE}imageZposition", "nan")),
                        inclusion=roi.findtext(f"{_NAMESPACE}inclusion", "TRUE").strip().upper() == "TRUE",
                        points=points,
                    )
                )
    return tuple(contours)


def nodule_mask(contours: tuple[NoduleContour, ...], shape: tuple[int, int]) -> np.ndarray:
    """The pixels inside one reader's contours of one nodule in one slice, bool [H, W].

    Inside means within and not on the contour; holes are cut out.
    """
    inside = Image.new("L", (shape[1], shape[0]))
    for contour in sorted(contours, key=lambda one: not one.inclusion):
        points = [(column, row) for row, column in contour.points]
        ImageDraw.Draw(inside).polygon(points, fill=int(contour.inclusion), outline=0)
    return np.asarray(inside, dtype=bool)


def surroundings(mask: np.ndarray) -> Box:
    """The box around a mask, grown on each side by half its longer side and at least 8 pixels.

    Raises
    ------
    ValueError
        If the mask is empty.
    """
    box = Box.around(mask)
    if box is None:
        raise ValueError("the contour encloses no pixel")
    return box.grow(max(max(box.shape) // 2, 8)).clip((mask.shape[0], mask.shape[1]))


def contour_union(labels: np.ndarray, mask: np.ndarray) -> Union:
    """The union of segments near a contour that fits its inside best.

    Segments are the connected pieces of the labels inside the contour's `surroundings`, so
    that a nodule at the pleura is not joined to the whole chest wall, in any method.

    Parameters
    ----------
    labels : integers [H, W]
    mask : bool [H, W]
        From `nodule_mask`.
    """
    near = surroundings(mask).slices
    return best_union(connected_segments(labels[near]), mask[near])
