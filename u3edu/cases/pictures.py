"""The base image of a case, wherever it comes from, and the elements that it was segmented into."""

from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, UnidentifiedImageError

from u3edu.cases.base import DicomBase, PhantomBase, PublicBase, SyntheticBase
from u3edu.cases.problem import InvalidCase, NotAtHand
from u3edu.cases.reading import CASE_FILE
from u3edu.cases.schema import Case
from u3edu.data.store import Store, default_folder
from u3edu.editing.label_map import LabelMap
from u3edu.engine.local import LocalEngine
from u3edu.imaging.coil_field import AMPLITUDES, MOST_AMPLITUDE
from u3edu.imaging.folder import scan_folder
from u3edu.imaging.phantom import chest, pelvis
from u3edu.imaging.phantom.truth import Phantom
from u3edu.imaging.problem import UnreadableSeries, UnreadableSlice
from u3edu.imaging.sample import SAMPLES, data_folder
from u3edu.imaging.series import Series, read_files, read_series
from u3edu.imaging.slice import MOST_GRAIN, Slice, Source, Window
from u3edu.imaging.stored import load_slice

# Far above any CT or MR slice; a PNG of a few bytes can claim a thousand times as much.
MOST_PIXELS = 4096 * 4096


def base_picture(case: Case, folder: Path) -> Slice:
    """The picture that a case's stages start from, with the case's windows.

    Parameters
    ----------
    case : Case
    folder : Path
        Of the case.

    Returns
    -------
    Slice

    Raises
    ------
    InvalidCase
        If the picture is missing, damaged, of another modality, or, for a public picture, not
        on this machine; the message says how to fetch it.
    """
    base = case.base
    if isinstance(base, PhantomBase):
        picture = base_phantom(base).picture
    elif isinstance(base, SyntheticBase):
        picture = stored_picture(folder, base.picture)
    elif isinstance(base, DicomBase):
        picture = _of_series(own_series(base, folder), base)
    else:
        picture = _public_picture(base)
    if picture.acquisition.modality != case.modality:
        raise InvalidCase.at(
            CASE_FILE, "modality", f"is {case.modality}, and the base image is {picture.acquisition.modality}"
        )
    if not case.windows:
        return picture
    windows = tuple(Window(one.name, one.centre, one.width) for one in case.windows)
    return replace(picture, acquisition=replace(picture.acquisition, windows=windows))


def usual_base(phantom: Literal["pelvis", "chest"], seed: int) -> PhantomBase:
    """A phantom of the size that scanners give."""
    drawn_by = pelvis if phantom == "pelvis" else chest
    return PhantomBase(phantom=phantom, seed=seed, shape=drawn_by.USUAL_SHAPE, spacing=drawn_by.USUAL_SPACING)


def base_phantom(base: PhantomBase) -> Phantom:
    """The healthy phantom of a seed, with the truth about it."""
    draw = pelvis.pelvic_phantom if base.phantom == "pelvis" else chest.chest_phantom
    return draw(base.seed, healthy=True, shape=base.shape, spacing=base.spacing)


def base_labels(case: Case, folder: Path, picture: Slice, engine: LocalEngine) -> LabelMap:
    """The elements of the base image, as the case holds them.

    Parameters
    ----------
    case : Case
    folder : Path
        Of the case.
    picture : Slice
        The base image.
    engine : LocalEngine
        Of the case's model.

    Raises
    ------
    InvalidCase
        If the label map is missing, damaged, of another size, or of another model.
    """
    check_png(folder, case.elements)
    with Image.open(folder / case.elements, formats=["PNG"]) as image:
        labels = np.asarray(image)
    if labels.dtype != np.uint8 or labels.ndim != 2:
        raise InvalidCase.at(case.elements, "", "no label map (one number of 8 bits for each pixel)")
    if labels.shape != picture.shape:
        raise InvalidCase.at(
            case.elements, "", f"has {_size(labels.shape)} pixels, and the base image {_size(picture.shape)}"
        )
    if labels.max() >= len(engine.elements):
        last = len(engine.elements) - 1
        raise InvalidCase.at(
            case.elements, "", f"names element {labels.max()}, and the model has 0 to {last}"
        )
    if not isinstance(case.base, SyntheticBase):
        return LabelMap(labels, engine.elements, engine.acquisition_of(picture, labels))
    # A drawn picture has kept levels and grain of the slice that its elements come from.
    if len(picture.acquisition.element_grain) not in (0, len(engine.elements)):
        raise InvalidCase.at(
            Path(case.base.picture).with_suffix(".json").as_posix(),
            "element_grain",
            f"is a number for each of the model's {len(engine.elements)} elements, or empty",
        )
    return LabelMap(labels, engine.elements, picture.acquisition)


def stored_picture(folder: Path, name: str) -> Slice:
    """A picture of 16 bits with its JSON, from a case's folder.

    Raises
    ------
    InvalidCase
        If a file is missing, damaged, or claims more pixels than any slice has.
    """
    check_png(folder, name)
    try:
        picture = load_slice(folder / name)
    except UnreadableSlice as error:
        raise InvalidCase.at(name, "", error.problem.reason.replace(f"{folder}/", "")) from None
    acquisition = picture.acquisition
    beside = Path(name).with_suffix(".json").as_posix()
    lengths = (
        *acquisition.spacing,
        *(window.width for window in acquisition.windows),
        acquisition.scale.slope,
    )
    if not acquisition.windows or not all(isfinite(length) and length > 0 for length in lengths):
        raise InvalidCase.at(
            beside, "", "spacing, scale and the windows' widths are above 0, and a window is there"
        )
    if not (0 <= acquisition.grain <= MOST_GRAIN):
        raise InvalidCase.at(beside, "grain", f"is a number from 0 to {MOST_GRAIN:g}")
    if not all(0 <= grain <= MOST_GRAIN for grain in acquisition.element_grain):
        raise InvalidCase.at(beside, "element_grain", f"are numbers from 0 to {MOST_GRAIN:g}")
    levels = acquisition.levels
    if levels is not None and not -1 <= levels.dark < levels.bright <= 1:
        raise InvalidCase.at(beside, "levels", "are two numbers in [-1, 1], the darker one first")
    field = acquisition.coil_field or ()
    if len(field) not in (0, AMPLITUDES) or not all(abs(amplitude) <= MOST_AMPLITUDE for amplitude in field):
        raise InvalidCase.at(
            beside, "coil_field", f"is {AMPLITUDES} numbers up to {MOST_AMPLITUDE:g}, or empty, or null"
        )
    return picture


def check_png(folder: Path, name: str) -> None:
    """Look at a PNG's header before its pixels are unpacked.

    Raises
    ------
    InvalidCase
        If it is missing, no PNG, or larger than `MOST_PIXELS`.
    """
    try:
        with Image.open(folder / name, formats=["PNG"]) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise InvalidCase.at(name, "", f"claims {width} x {height} pixels, more than any slice has")
            image.load()
    except FileNotFoundError:
        raise InvalidCase.at(name, "", "is missing") from None
    except Image.DecompressionBombError:
        raise InvalidCase.at(name, "", "claims more pixels than any slice has") from None
    except (OSError, SyntaxError, UnidentifiedImageError, ValueError) as error:
        if isinstance(error, InvalidCase):
            raise
        raise InvalidCase.at(name, "", "damaged, or no PNG; copy it again") from None


def own_series(base: DicomBase, folder: Path) -> Series:
    """The series in the case's own folder."""
    if not (folder / base.folder).is_dir():
        raise InvalidCase.at(base.folder, "", "is missing; the base image is a DICOM slice in it")
    try:
        return read_series(folder / base.folder)
    except UnreadableSeries as error:
        reason = str(error).removeprefix(str(folder / base.folder)).lstrip(": ").replace(str(folder), "")
        raise InvalidCase.at(base.folder, "", reason) from None


def _of_series(series: Series, base: DicomBase) -> Slice:
    if base.slice > len(series):
        raise InvalidCase.at(CASE_FILE, "base.slice", f"no slice {base.slice}; there are 1 to {len(series)}")
    return series[base.slice - 1]


def _public_picture(base: PublicBase) -> Slice:
    """The slice of a public collection, from the user's folder, the fetched collections or a sample."""
    user = data_folder()
    collections = Store(default_folder(), base.collection).root / "dicom"
    for place in (user, collections):
        if place is None or not place.is_dir():
            continue
        for files in scan_folder(place).series:
            if files.series_uid == base.series_uid:
                found = _instance(read_files(files), base)
                source = Source(base.series_uid, base.instance_uid, collection=base.collection)
                return replace(found, acquisition=replace(found.acquisition, source=source))
    for sample in SAMPLES.values():
        try:
            series = sample()
        except FileNotFoundError:
            continue
        if series.series_uid == base.series_uid:
            return _instance(series, base)
    raise NotAtHand.at(
        CASE_FILE,
        "base.series_uid",
        f"the series is not on this machine: run u3edu data fetch {base.collection} --series "
        f"{base.series_uid}, or set U3EDU_DATA to a folder that holds it",
    )


def _instance(series: Series, base: PublicBase) -> Slice:
    for picture in series:
        if picture.acquisition.source.instance_uid == base.instance_uid:
            return picture
    raise InvalidCase.at(CASE_FILE, "base.instance_uid", "the series is here, and no such slice in it")


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(str(length) for length in shape)
