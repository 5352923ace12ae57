"""The pictures of a series decoded side by side: files, or the frames of a file."""

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path

from pydicom import Dataset

from u3edu.imaging.archive import Location
from u3edu.imaging.dicom import RawSlice, read_frame, read_raw
from u3edu.imaging.folder import Progress
from u3edu.imaging.header import SliceFile, open_picture, path_of, refusing
from u3edu.imaging.multiframe import frame_words
from u3edu.imaging.problem import Problem, UnreadableSlice


def decode_all(files: Sequence[SliceFile], progress: Progress | None) -> list[RawSlice | Problem]:
    """The decoded pictures in the order of `files`, or why one can't be read.

    A file of several frames is opened once, and its frames are decoded side by side.
    """
    frames_of: dict[Location, list[int]] = defaultdict(list)
    for index, file in enumerate(files):
        frames_of[file.location].append(index)
    results: dict[int, RawSlice | Problem] = {}

    def collect(running: dict[Future[RawSlice | Problem], int]) -> None:
        for future in as_completed(running):
            results[running[future]] = future.result()
            if progress:
                progress(len(results), len(files))

    with ThreadPoolExecutor() as pool:
        single = [
            indices[0] for indices in frames_of.values() if len(indices) == 1 and not files[indices[0]].frame
        ]
        collect({pool.submit(raw_or_problem, files[index].location): index for index in single})
        for location, indices in frames_of.items():
            if indices[0] in results:
                continue
            path = path_of(location)
            try:
                with refusing(path):
                    dataset = open_picture(location, with_pixels=True)
            except UnreadableSlice as error:
                results |= dict.fromkeys(indices, error.problem)
                continue
            collect(
                {pool.submit(frame_or_problem, path, dataset, files[index].frame): index for index in indices}
            )
    return [results[index] for index in range(len(files))]


def raw_or_problem(location: Location) -> RawSlice | Problem:
    """The decoded picture of a file, or why it can't be read."""
    try:
        return read_raw(location)
    except UnreadableSlice as error:
        return error.problem


def frame_or_problem(path: Path, dataset: Dataset, frame: int) -> RawSlice | Problem:
    """One decoded frame of an open file, or why it can't be read."""
    try:
        return read_frame(path, dataset, frame)
    except UnreadableSlice as error:
        return Problem(path, f"{frame_words([frame])}: {error.problem.reason}")
