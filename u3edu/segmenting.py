"""A series to a folder of label maps: what `u3edu segment` writes."""

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from u3edu.editing.label_map import LabelMap
from u3edu.engine.protocol import Engine
from u3edu.imaging.folder import SeriesFiles
from u3edu.imaging.label_png import write_label_png
from u3edu.imaging.problem import Problem
from u3edu.imaging.series import Series

# Model of each modality where the person names none.
MODEL_FOR_MODALITY = {"CT": "chest-ct", "MR": "pelvic-mri"}


def segment_series(
    series: Series, engine: Engine, folder: Path, after_slice: Callable[[], None]
) -> tuple[int, tuple[Problem, ...]]:
    """Segment every slice of a series and write the label maps.

    Writes ``slice-001.png`` and so on in the order of the slices, and ``elements.json`` with
    the elements and each slice's file, identifier, position, spacing and share of each element.
    File names and headers of the originals, which may name a person, are not passed on. What an
    earlier run left in the same folder is removed.

    Parameters
    ----------
    series : Series
        The slices.
    engine : Engine
        What segments them.
    folder : Path
        Where to write; made where missing.
    after_slice : callable
        Called once for each slice of the series, segmented or not.

    Returns
    -------
    tuple of int and tuple of Problem
        How many label maps were written, and why others could not be.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for earlier in [*folder.glob("slice-*.png"), *folder.glob("elements.json")]:
        earlier.unlink()
    written: list[dict[str, Any]] = []
    failed: dict[str, list[int]] = {}
    for number, picture in enumerate(series, start=1):
        path = folder / f"slice-{number:03d}.png"
        try:
            label_map = engine.segment(picture)
        except (ValueError, RuntimeError) as error:  # torch answers what it can't do with RuntimeError
            failed.setdefault(str(error), []).append(number)
        else:
            write_label_png(label_map, path)
            written.append(slice_record(path.name, label_map))
        after_slice()
    if written:
        record = {
            "model": engine.name,
            "modality": series.modality,
            "series_uid": series.series_uid,
            "description": series.description,
            "elements": [
                {"label": label, "name": element.name, "colour": element.colour, "mean": element.mean}
                for label, element in enumerate(engine.elements)
            ],
            "slices": written,
        }
        (folder / "elements.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    # One reason often holds for a whole series: it is said once.
    problems = tuple(
        Problem(
            folder,
            f"{len(numbers)} of {len(series)} slices not segmented, first number {numbers[0]}: {reason}",
        )
        for reason, numbers in failed.items()
    )
    return len(written), problems


def slice_record(file: str, label_map: LabelMap) -> dict[str, Any]:
    """What elements.json says about one label map."""
    acquisition = label_map.acquisition
    return {
        "file": file,
        "instance_uid": acquisition.source.instance_uid,
        "position_mm": acquisition.position,
        "spacing_mm": list(acquisition.spacing),
        "shares": [round(float(share), 6) for share in label_map.shares()],
    }


def folder_names(series: Sequence[SeriesFiles]) -> list[str]:
    """A folder name for each series: its description and the end of its UID.

    Two series that would share a name get their whole UID instead. Only letters, digits, dots,
    dashes and underscores remain, so that nothing in a header can lead out of the output folder.
    """
    names = [f"{one.description or one.modality}-{one.identifier[-6:]}" for one in series]
    names = [re.sub(r"[^\w.-]+", "_", name)[-80:].lstrip(".") for name in names]
    # Some file systems take upper and lower case for the same.
    counts = Counter(name.lower() for name in names)
    return [
        name if counts[name.lower()] == 1 else re.sub(r"[^\w.-]+", "_", f"series-{one.identifier}")
        for name, one in zip(names, series, strict=True)
    ]
