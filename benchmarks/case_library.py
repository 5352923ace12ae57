"""The library's edits measured: what changed outside them, and how deep those of phantoms are.

Run it with ``python benchmarks/case_library.py``; ``--json`` prints one object. Depths are in mm beyond
the muscularis propria: what the caption says, what the edit painted, and what the model finds when it
segments the synthetic picture anew.
"""

import argparse
import json
from dataclasses import asdict, dataclass

import numpy as np
from scipy import ndimage

from u3edu.cases.base import PhantomBase
from u3edu.cases.caption import RectalTumour
from u3edu.cases.library import OpenCase, StagePicture, library_cases, open_case
from u3edu.cases.pictures import base_phantom
from u3edu.editing.difference import Difference, amount, edited_pixels
from u3edu.evaluation.edit_fidelity import Elements, choose_elements, found_tumour
from u3edu.evaluation.phantom_validity import inside_border
from u3edu.imaging.phantom.truth import depth_beyond

# Phantoms that no case uses, to learn which elements are like a tumour.
LEARNT_FROM = (101, 102, 103)


@dataclass(frozen=True)
class StageFigures:
    """One stage: mean change inside the edit and in its rim, pixels changed beyond, depths in mm."""

    case: str
    stage: str
    unit: str
    inside: float
    rim: float
    beyond: int
    said: float | None = None
    painted: float | None = None
    found: float | None = None


def figures(name: str, opened: OpenCase, tumour_like: Elements | None) -> list[StageFigures]:
    """Measure all stages of a case that have an edit."""
    before = opened.engine.synthesize(opened.labels)
    measured = []
    for stage in opened.stages.values():
        if stage.stage.script is None:
            continue
        edited = edited_pixels(opened.labels, stage.labels)
        change = Difference.measure(before, stage.picture, edited, opened.engine.halo)
        depths = () if tumour_like is None else _depths(opened, stage, edited, tumour_like)
        measured.append(
            StageFigures(
                name,
                stage.name,
                change.unit,
                change.edit.mean,
                change.rim.mean,
                change.beyond.changed,
                *depths,
            )
        )
    return measured


def _depths(
    opened: OpenCase, stage: StagePicture, edited: np.ndarray, elements: Elements
) -> tuple[float, float, float]:
    """Said, painted and found depth beyond the muscularis propria of a phantom's stage."""
    assert isinstance(opened.case.base, PhantomBase)  # the caller asks for phantoms alone
    phantom = base_phantom(opened.case.base)
    wall = inside_border(phantom, "beyond muscularis propria")
    spacing = phantom.picture.spacing
    painted = ndimage.binary_fill_holes(ndimage.binary_closing(edited, np.ones((3, 3)), 3))
    seen_before = opened.engine.segment(opened.engine.synthesize(opened.labels)).labels
    seen = opened.engine.segment(stage.picture).labels
    found = found_tumour(seen, seen_before, painted, elements.tumour_like)
    caption = stage.caption
    said = (caption.depth_mm or 0.0) if isinstance(caption, RectalTumour) else 0.0
    return said, depth_beyond(painted, wall, spacing), depth_beyond(found, wall, spacing)


def main() -> None:
    """Print a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    rows: list[StageFigures] = []
    elements: Elements | None = None
    for name in library_cases():
        opened = open_case(name)
        phantom = opened.case.base.kind == "phantom"
        if phantom and elements is None:
            elements = choose_elements(opened.engine, LEARNT_FROM)
        rows += figures(name, opened, elements if phantom else None)
    if parser.parse_args().json:
        print(json.dumps([asdict(row) for row in rows]))
        return
    print("| case | stage | change inside | in the rim | pixels beyond | said / painted / found, mm |")
    print("|---|---|---|---|---|---|")
    for row in rows:
        depths = "" if row.painted is None else f"{row.said:g} / {row.painted:.1f} / {row.found:.1f}"
        print(
            f"| {row.case} | {row.stage} | {amount(row.inside)} {row.unit} | {amount(row.rim)} | "
            f"{row.beyond} | {depths} |"
        )


if __name__ == "__main__":
    main()
