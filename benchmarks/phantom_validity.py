"""Draw phantoms of many seeds and check that every one keeps its promises.

python benchmarks/phantom_validity.py --seeds 1000
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from u3edu.evaluation.phantom_validity import chest_faults, depth_errors, nodule_body, pelvic_faults
from u3edu.imaging.phantom.chest import chest_phantom
from u3edu.imaging.phantom.pelvis import pelvic_phantom
from u3edu.imaging.phantom.truth import longest_diameter


def check_pelvis(seeds: range) -> tuple[list[str], np.ndarray]:
    """Faults, and the error of each asked depth in mm."""
    faults, errors = [], []
    for seed in seeds:
        phantom = pelvic_phantom(seed)
        faults += [f"pelvis, seed {seed}: {fault}" for fault in pelvic_faults(phantom)]
        errors += list(depth_errors(phantom).values())
    return faults, np.array(errors)


def check_chest(seeds: range) -> tuple[list[str], np.ndarray]:
    """Faults, and the error of each asked diameter in mm."""
    faults, errors = [], []
    for seed in seeds:
        try:
            phantom = chest_phantom(seed)
        except ValueError as error:
            faults.append(f"chest, seed {seed}: {error}")
            continue
        faults += [f"chest, seed {seed}: {fault}" for fault in chest_faults(phantom)]
        errors.append(
            longest_diameter(nodule_body(phantom), phantom.picture.spacing) - phantom.measures["diameter"]
        )
    return faults, np.array(errors)


def main() -> int:
    """Check, print a summary, and end with status 1 if there is a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many of each anatomy")
    parser.add_argument("--first", type=int, default=0, help="the first seed, to divide the work")
    parser.add_argument("--anatomy", choices=("pelvis", "chest", "both"), default="both")
    parser.add_argument("--output", type=Path, help="JSON file to write")
    options = parser.parse_args()
    checks = {"pelvis": (check_pelvis, "depth"), "chest": (check_chest, "diameter")}
    report, failed = {}, False
    for anatomy, (check, measure) in checks.items():
        if options.anatomy not in (anatomy, "both"):
            continue
        faults, errors = check(range(options.first, options.first + options.seeds))
        bad = len({fault.split(":")[0] for fault in faults})
        print(
            f"{anatomy}: {options.seeds - bad} of {options.seeds} seeds valid; {measure} measured less asked "
            f"(n = {errors.size}): mean {errors.mean():+.3f} mm, SD {errors.std():.3f} mm, "
            f"largest {np.abs(errors).max():.3f} mm"
        )
        for fault in faults:
            print(f"  {fault}")
        failed |= bool(faults)
        report[anatomy] = {
            "first": options.first,
            "seeds": options.seeds,
            "valid": options.seeds - bad,
            f"{measure}_error_mm": {
                "n": int(errors.size),
                "mean": float(errors.mean()),
                "sd": float(errors.std()),
                "largest": float(np.abs(errors).max()),
            },
            "faults": faults,
        }
    if options.output:
        options.output.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
