"""Paint invasions of known depth on phantoms, synthesise, segment again, and compare the depths.

python benchmarks/edit_fidelity.py --output edit-fidelity.json --figure edit-fidelity.png
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from u3edu.engine.local import load_engine
from u3edu.evaluation.edit_fidelity import EditOutcome, choose_elements, measure_edits

# Other phantoms than those that are measured.
LEARNT_FROM = range(5000, 5010)


def draw(outcomes: list[EditOutcome], path: Path) -> None:
    """Asked against measured depth, and their difference."""
    asked, measured = (np.array([getattr(one, name) for one in outcomes]) for name in ("asked", "measured"))
    error = measured - asked
    figure = Figure(figsize=(8, 3.6), layout="constrained", dpi=90)
    left, right = figure.subplots(1, 2)
    most = float(max(asked.max(), measured.max())) + 0.5
    left.plot([0, most], [0, most], color="0.6", linewidth=1)
    left.plot(asked, measured, ".", color="#0072b2", markersize=4)
    left.set(xlabel="painted depth in mm", ylabel="depth found again in mm", xlim=(0, most), ylim=(0, most))
    left.set_aspect("equal")
    right.axhline(0, color="0.6", linewidth=1)
    right.plot(asked, error, ".", color="#d55e00", markersize=4)
    right.axhline(error.mean(), color="#d55e00", linewidth=1)
    right.set(xlabel="painted depth in mm", ylabel="found less painted in mm")
    figure.suptitle(
        f"{len(outcomes)} invasions beyond the muscularis propria, painted on phantoms", fontsize=10
    )
    figure.savefig(path)


def main() -> None:
    """Measure, print a summary, write JSON and figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="pelvic-mri")
    parser.add_argument("--phantoms", type=int, default=60)
    parser.add_argument("--edits", type=int, default=5, help="on each phantom")
    parser.add_argument("--output", type=Path, help="JSON file to write")
    parser.add_argument("--figure", type=Path, help="PNG file to write")
    options = parser.parse_args()
    engine = load_engine(options.model)
    elements = choose_elements(engine, LEARNT_FROM)
    rng = np.random.default_rng(0)
    outcomes = [
        outcome
        for seed in range(options.phantoms)
        for outcome in measure_edits(engine, elements, seed, options.edits, rng)
    ]
    error = np.array([one.measured - one.asked for one in outcomes])
    lost = sum(one.measured == 0 for one in outcomes)
    print(f"painted with element {elements.tumour}, {engine.elements[elements.tumour].name!r}")
    print(
        f"{len(outcomes)} edits on {options.phantoms} phantoms: depth found less painted: "
        f"mean {error.mean():+.2f} mm, SD {error.std():.2f} mm, mean absolute {np.abs(error).mean():.2f} mm, "
        f"largest {np.abs(error).max():.2f} mm; "
        f"95 % within {np.percentile(np.abs(error), 95):.2f} mm; not found at all: {lost}"
    )
    for low, high in ((0, 2), (2, 5), (5, 10), (10, 30)):
        part = np.array([one.measured - one.asked for one in outcomes if low <= one.asked < high])
        if part.size:
            print(f"  painted {low} to {high} mm (n = {part.size}): {part.mean():+.2f} ± {part.std():.2f} mm")
    print(
        f"overlap (Dice) outside the wall {np.mean([one.overlap for one in outcomes]):.3f} ± "
        f"{np.std([one.overlap for one in outcomes]):.3f}; element changed outside the painted area: "
        f"{np.mean([one.relabelled for one in outcomes]):.0f} pixels within {engine.halo} pixels of it, "
        f"{np.mean([one.relabelled_beyond for one in outcomes]):.1f} beyond; "
        f"picture changed beyond: {sum(one.changed_beyond for one in outcomes)} pixels in all"
    )
    if options.output:
        report = {
            "model": engine.name,
            "element": engine.elements[elements.tumour].name,
            "tumour_like": [engine.elements[number].name for number in elements.tumour_like],
            "edits": len(outcomes),
            "error_mm": {
                "mean": float(error.mean()),
                "sd": float(error.std()),
                "largest": float(np.abs(error).max()),
            },
            "outcomes": [asdict(one) for one in outcomes],
        }
        options.output.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    if options.figure:
        draw(outcomes, options.figure)


if __name__ == "__main__":
    main()
