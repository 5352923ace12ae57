"""Segment series of 16, 32 and 64 slices of 512 x 512 as `u3edu segment` does: slices a second, peak memory.

python -m benchmarks.series_segmentation [--json] [--model chest-ct]
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from u3edu.engine.local import load_engine
from u3edu.imaging.array import slice_from_array
from u3edu.imaging.series import Series
from u3edu.segmenting import segment_series

SIDE = 512


def peak() -> float:
    """Largest memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def work(model: str, slices: int, threads: int) -> dict[str, float]:
    """Segment one series in this process."""
    torch.set_num_threads(threads)
    engine = load_engine(model, device="cpu")
    numbers = np.random.default_rng(0)
    pictures = tuple(
        slice_from_array(numbers.normal(size=(SIDE, SIDE)).astype(np.float32), modality=engine.card.modality)
        for _ in range(slices)
    )
    series = Series(pictures, engine.card.modality)
    engine.segment(pictures[0])
    before, moments = peak(), [time.perf_counter()]
    with tempfile.TemporaryDirectory() as folder:
        written, problems = segment_series(
            series, engine, Path(folder), lambda: moments.append(time.perf_counter())
        )
    if written != slices or problems:
        raise SystemExit(f"{written} of {slices} slices segmented: {problems}")
    total = moments[-1] - moments[0]
    return {
        "slices": slices,
        "seconds": total,
        "slices_per_second": slices / total,
        "peak_mib": peak(),
        "grown_mib": peak() - before,
    }


def main() -> None:
    """Each length in a process of its own, so that each has a peak of its own."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="chest-ct")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="print one object and nothing else")
    parser.add_argument("--slices", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.slices:
        print(json.dumps(work(options.model, options.slices, options.threads)))
        return
    rows = []
    for slices in (16, 32, 64):
        command = [sys.executable, "-m", "benchmarks.series_segmentation", "--model", options.model]
        command += ["--threads", str(options.threads), "--slices", str(slices)]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
        rows.append(json.loads(answer.stdout))
    if options.json:
        print(json.dumps({"model": options.model, "threads": options.threads, "series": rows}))
        return
    for row in rows:
        print(
            f"{row['slices']} slices: {row['seconds']:.1f} s, {row['slices_per_second']:.2f} a second; "
            f"peak memory {row['peak_mib']:.0f} MiB, {row['grown_mib']:.0f} MiB of it grown while segmenting"
        )


if __name__ == "__main__":
    main()
