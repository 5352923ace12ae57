"""The cases that come with u3edu: where they lie, how to open one, and how they are made."""

from u3edu.cases.library.folder import library_cases, library_folder
from u3edu.cases.library.opening import OpenCase, StagePicture, open_case

__all__ = ["OpenCase", "StagePicture", "library_cases", "library_folder", "open_case"]
