"""``python -m u3edu.cases.library OUTPUT [CASE ...]``: make the library anew and say what was measured."""

import argparse
import sys
from pathlib import Path

from u3edu.cases.library.authoring import write_library
from u3edu.cases.library.measuring import StageMeasures
from u3edu.editing.difference import amount


def line(case: str, one: StageMeasures) -> str:
    """One stage in a line: said and measured, and the change inside and beyond the edit."""
    depth = "" if one.depth_mm is None else f", depth {one.said_depth_mm or 0:g} / {one.depth_mm:.1f} mm"
    difference = one.difference
    return (
        f"{case} {one.stage}: size {one.said_size_mm or 0:g} / {one.size_mm:.1f} mm{depth} (said / painted); "
        f"changed by {amount(difference.edit.mean)} {difference.unit} inside, {amount(difference.rim.mean)} "
        f"in the rim of {difference.halo} pixels, {difference.beyond.changed} pixels beyond"
    )


def main() -> int:
    """Write the cases and print a line for each stage."""
    parser = argparse.ArgumentParser(prog="python -m u3edu.cases.library", description=__doc__)
    parser.add_argument("output", type=Path, help="folder for the cases, such as cases")
    parser.add_argument("cases", nargs="*", help="names of cases; by default all")
    chosen = parser.parse_args()
    try:
        for name, measures in write_library(chosen.output, chosen.cases):
            for one in measures:
                print(line(name, one), flush=True)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
