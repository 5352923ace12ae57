"""Exemplars of a model: labels of tissues on slices of patients that it was trained on."""

from pathlib import Path

import numpy as np

from u3edu.editing.exemplar import Exemplar
from u3edu.editing.exemplar_choice import representative_exemplar
from u3edu.engine.protocol import Engine
from u3edu.evaluation.lidc import NoduleContour, nodule_mask, read_contours
from u3edu.exemplars.plan import ExemplarPlan, SlicePlan, TissuePlace
from u3edu.imaging.folder import scan_folder
from u3edu.imaging.series import read_files
from u3edu.imaging.slice import Slice


def make_exemplars(
    plan: ExemplarPlan, engine: Engine, folder: Path, annotations: Path | None = None
) -> tuple[Exemplar, ...]:
    """Segment the slices of a plan and take out its tissues.

    Parameters
    ----------
    plan : ExemplarPlan
    engine : Engine
        The exemplars go with its elements.
    folder : Path
        DICOM of the patients.
    annotations : Path, optional
        Folder of LIDC-IDRI's XML files, named as the patients are; for plans with nodules.

    Raises
    ------
    ValueError
        If a slice is not in the folder, or nobody drew round a nodule on it.
    """
    slices = _slices(folder, {one.series_uid for one in plan.slices})
    exemplars = []
    for one in plan.slices:
        if one.instance_uid not in slices:
            raise ValueError(f"{folder}: no slice {one.instance_uid} of {one.patient}")
        picture = slices[one.instance_uid]
        label_map = engine.segment(picture)
        for tissue in one.tissues:
            mask, where = _mask(tissue, one, picture.shape, annotations)
            exemplars.append(
                representative_exemplar(
                    label_map,
                    mask,
                    name=tissue.name,
                    source=f"{one.patient}, slice {one.instance_uid}, {where}; "
                    f"{plan.collection}, {plan.licence}, doi {plan.doi}",
                )
            )
    return tuple(exemplars)


def _slices(folder: Path, series: set[str]) -> dict[str, Slice]:
    """The slices of some series by their UID."""
    return {
        picture.acquisition.source.instance_uid: picture
        for files in scan_folder(folder).series
        if files.series_uid in series
        for picture in read_files(files)
    }


def _mask(
    tissue: TissuePlace, plan: SlicePlan, shape: tuple[int, int], annotations: Path | None
) -> tuple[np.ndarray, str]:
    """The pixels of a tissue, bool [H, W], and where they are in words."""
    if tissue.at is not None and tissue.radius is not None:
        row, column = tissue.at
        rows, columns = np.ogrid[: shape[0], : shape[1]]
        inside = (rows - row) ** 2 + (columns - column) ** 2 <= tissue.radius**2
        return inside, f"{tissue.radius:g} pixels around row {row:g}, column {column:g}"
    if annotations is None:
        raise ValueError(f"{tissue.name}: its contours are in LIDC-IDRI's annotations; name their folder")
    contours = [
        each
        for each in read_contours(annotations / f"{plan.patient}.xml")
        if each.instance_uid == plan.instance_uid
    ]
    inside, readers = _drawn_by_all(contours, shape)
    if not inside.any():
        raise ValueError(
            f"{tissue.name}: on slice {plan.instance_uid} there is nothing that all readers drew"
        )
    return inside, f"inside the nodule contours of {readers} radiologists"


def _drawn_by_all(contours: list[NoduleContour], shape: tuple[int, int]) -> tuple[np.ndarray, int]:
    """The pixels inside every reader's contours, bool [H, W], and how many readers drew any."""
    readers = sorted({each.reader for each in contours})
    masks = [nodule_mask(tuple(each for each in contours if each.reader == one), shape) for one in readers]
    return np.all(masks, axis=0) if masks else np.zeros(shape, dtype=bool), len(readers)
