"""Read thousands of damaged DICOM files in a process of their own; count crashes, hangs and memory.

python -m benchmarks.fuzz_dicom --files 3000 --seed 1
"""

import argparse
import json
import logging
import resource
import select
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

import numpy as np

from tests.imaging.mutations import damaged, whole_files
from u3edu.imaging.dicom import read_slice
from u3edu.imaging.folder import scan_folder
from u3edu.imaging.problem import UnreadableSeries, UnreadableSlice
from u3edu.imaging.series import read_files

MOST_SECONDS = 10.0
MOST_BYTES = 2 * 2**30


def read_every_way(path: Path) -> str:
    """Read a file as a slice and as a folder's series; the outcome in a word.

    Any exception but the reader's own ends the process, which is what is looked for.
    """
    outcome = "refused"
    try:
        if not np.isfinite(read_slice(path).pixels).all():
            raise AssertionError("pixels are not finite")
        outcome = "opened"
    except UnreadableSlice:
        pass
    for files in scan_folder(path).series:
        try:
            read_files(files)
            outcome = "opened"
        except UnreadableSeries:
            pass
    return outcome


def work(folder: Path) -> None:
    """Read the files that are named on standard input and answer each with a line."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    for line in sys.stdin:
        start = time.perf_counter()
        outcome = read_every_way(folder / line.strip())
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps([outcome, seconds, peak]), flush=True)


def start_worker(folder: Path) -> subprocess.Popen[str]:
    """A process that reads files of `folder`."""
    command = [sys.executable, "-m", "benchmarks.fuzz_dicom", "--work", str(folder)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def main() -> int:
    """Make the files, have them read, and print the figures as JSON; status 1 where a promise broke."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder for the files that broke a promise")
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        work(arguments.work)
        return 0
    rng = np.random.default_rng(arguments.seed)
    outcomes, damage, slowest, peak, broken = Counter(), Counter(), 0.0, 0, []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = whole_files(folder)
        worker = start_worker(folder)
        for number in range(arguments.files):
            kind = list(whole)[number % len(whole)]
            words, content = damaged(whole[kind], rng)
            damage.update(words.split("+"))
            path = folder / f"{number:05d}{Path(kind).suffix}"
            path.write_bytes(content)
            start = time.perf_counter()
            worker.stdin.write(f"{path.name}\n")
            worker.stdin.flush()
            # A hung reader is ended, and its file counted; a crashed one ends by itself.
            answered = select.select([worker.stdout], [], [], 3 * MOST_SECONDS)[0]
            if not answered:
                worker.kill()
            answer = worker.stdout.readline()
            seconds = time.perf_counter() - start
            if answer:
                outcome, _, used = json.loads(answer)
                peak = max(peak, used)
            else:
                said = worker.stderr.read().strip().splitlines()
                outcome = f"ended with status {worker.wait()}: {said[-1] if said else 'no word'}"
                worker = start_worker(folder)
            outcomes[outcome.split(":")[0]] += 1
            slowest = max(slowest, seconds)
            if not answer or seconds > MOST_SECONDS:
                broken.append(f"{path.name}, {kind} with {words}: {outcome}, {seconds:.1f} s")
                if arguments.keep:
                    arguments.keep.mkdir(parents=True, exist_ok=True)
                    (arguments.keep / path.name).write_bytes(content)
            path.unlink()
        worker.stdin.close()
        worker.wait()
    report = {
        "files": arguments.files,
        "seed": arguments.seed,
        "kinds of files": len(whole),
        "outcomes": dict(outcomes),
        "damage": dict(damage),
        "slowest, seconds": round(slowest, 2),
        "peak memory, MiB": peak >> 20,
        "broken": broken,
    }
    print(json.dumps(report, indent=2))
    return 1 if broken or peak > MOST_BYTES else 0


if __name__ == "__main__":
    sys.exit(main())
