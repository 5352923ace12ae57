"""u3edu: paint on the anatomy of a CT or MR slice and see the picture follow."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = [
    "EditScript",
    "LabelMap",
    "Series",
    "Slice",
    "__version__",
    "digest",
    "load_engine",
    "read_nifti",
    "read_series",
    "read_slice",
    "sample_series",
    "sample_slice",
    "slice_from_array",
]

if TYPE_CHECKING:
    from u3edu.editing.label_map import LabelMap
    from u3edu.editing.script import EditScript
    from u3edu.engine.loading import load_engine
    from u3edu.imaging.array import slice_from_array
    from u3edu.imaging.dicom import read_slice
    from u3edu.imaging.digest import digest
    from u3edu.imaging.nifti import read_nifti
    from u3edu.imaging.sample import sample_series, sample_slice
    from u3edu.imaging.series import Series, read_series
    from u3edu.imaging.slice import Slice

# Loaded when first asked for: torch alone takes seconds, and `u3edu --help` needs none of it.
_HOMES = {
    "EditScript": "u3edu.editing.script",
    "LabelMap": "u3edu.editing.label_map",
    "Series": "u3edu.imaging.series",
    "Slice": "u3edu.imaging.slice",
    "digest": "u3edu.imaging.digest",
    "load_engine": "u3edu.engine.loading",
    "read_nifti": "u3edu.imaging.nifti",
    "read_series": "u3edu.imaging.series",
    "read_slice": "u3edu.imaging.dicom",
    "sample_series": "u3edu.imaging.sample",
    "sample_slice": "u3edu.imaging.sample",
    "slice_from_array": "u3edu.imaging.array",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'u3edu' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
