"""Runs the tests of each kind and says how many of each ran; `make test` calls it."""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
REPORTS = ROOT / "test-results"

# One pytest run a kind: a browser must not wait for a kernel of nbval, and each has its own count.
KINDS = {
    "unit": ["tests", "--ignore=tests/browser"],
    "notebooks": [
        "notebooks",
        "--nbval",
        "--nbval-current-env",
        "--nbval-sanitize-with=notebooks/sanitize.cfg",
    ],
    "browser": ["tests/browser"],
}
NOUNS = {"notebooks": "cells "}


@dataclass(frozen=True)
class Counts:
    """How many tests passed, failed and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


def read_report(report: Path) -> Counts:
    """Add up the suites of a JUnit report."""
    total = Counts()
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped = int(suite.get("skipped", 0))
        total += Counts(int(suite.get("tests", 0)) - failed - skipped, failed, skipped)
    return total


def run(kind: str) -> Counts:
    """Run one kind; a run that fails without a failed test (none found, a crash) counts as one failure."""
    report = REPORTS / f"{kind}.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", *KINDS[kind], f"--junitxml={report}"]
    with tempfile.TemporaryDirectory() as answers:
        # What the notebooks print is that of the sample series, of the cases that come with u3edu and
        # of a quiz that nobody has taken, not of a user's own data, cases and answers.
        own = ("U3EDU_DATA", "U3EDU_CASES")
        environment = {name: value for name, value in os.environ.items() if name not in own}
        environment["U3EDU_ANSWERS"] = answers
        status = subprocess.run(command, cwd=ROOT, env=environment).returncode
    counts = read_report(report) if report.exists() else Counts()
    if status != 0 and counts.failed == 0:
        print(f"{kind}: pytest ended with status {status} and no failed test", flush=True)
        counts += Counts(failed=1)
    return counts


def describe(kind: str, counts: Counts) -> str:
    """One line for people: ``notebooks: 38 cells passed, 1 failed``."""
    words = [f"{counts.passed} {NOUNS.get(kind, '')}passed"]
    if counts.failed:
        words.append(f"{counts.failed} failed")
    if counts.skipped:
        words.append(f"{counts.skipped} skipped")
    return f"{kind}: {', '.join(words)}"


def main() -> int:
    """Run every kind, whatever fails, and print the counts last."""
    REPORTS.mkdir(exist_ok=True)
    results = {}
    for kind in KINDS:
        print(f"\n== {kind} tests", flush=True)
        results[kind] = run(kind)
    total = sum(results.values(), Counts())
    print()
    for kind, counts in results.items():
        print(describe(kind, counts))
    print(f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped")
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
