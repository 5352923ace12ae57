"""``python -m u3edu.cases.library OUTPUT [CASE ...]``: make the library anew and say what was measured."""

import argparse
import sys
from pathlib import Path

from u3edu.cases.library.authoring import write_library
from u3edu.cases.library.measuring import StageMeasures
from u3edu.cases.library.sheet import write_sheet
from u3edu.cases.reading import CASE_FILE
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


def write_sheets(cases: Path, folder: Path) -> None:
    """A sheet of the cases of each organ, by the first word of their names."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = sorted(path.parent for path in cases.glob(f"*/{CASE_FILE}"))
    for organ in sorted({path.name.partition("-")[0] for path in paths}):
        chosen = [path for path in paths if path.name.partition("-")[0] == organ]
        count = write_sheet(chosen, folder / f"case-library-{organ}.jpg")
        print(f"{organ}: {count} stages of {len(chosen)} cases")


def main() -> int:
    """Write the cases and print a line for each stage."""
    parser = argparse.ArgumentParser(prog="python -m u3edu.cases.library", description=__doc__)
    parser.add_argument("output", type=Path, help="folder for the cases, such as cases")
    parser.add_argument("cases", nargs="*", help="names of cases; by default all")
    parser.add_argument("--sheets", type=Path, metavar="FOLDER", help="also a sheet of all cases by organ")
    chosen = parser.parse_args()
    try:
        for name, measures in write_library(chosen.output, chosen.cases):
            for one in measures:
                print(line(name, one), flush=True)
        if chosen.sheets is not None:
            write_sheets(chosen.output, chosen.sheets)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
