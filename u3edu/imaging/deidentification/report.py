"""What de-identification removed: names of attributes and counts, never a value."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydicom import Dataset
from pydicom.datadict import dictionary_has_tag, keyword_for_tag
from pydicom.tag import BaseTag


class LeftOut(BaseModel):
    """A file that was not passed on.

    Parameters
    ----------
    number : int
        Which one of those given, from 1. File names are not reported: many hold a name.
    reason : str
        Why, in words of our own.
    """

    model_config = ConfigDict(frozen=True)

    number: int
    reason: str


class DeidentificationReport(BaseModel):
    """What was kept, replaced and removed.

    Parameters
    ----------
    given, written : int
        Files.
    removed : dict of str to int
        For each attribute that was removed, in how many places it stood. Private and unknown
        attributes are counted together, because their names are not ours to trust.
    replaced : dict of str to int
        Attributes that got a new value.
    kept : dict of str to int
        Attributes that stayed.
    trailing_bytes, preamble_bytes : int
        Bytes behind the pixels and before the header that were not passed on.
    blacked_out : int
        Black boxes in each picture.
    pixels_looked_at : bool
        Whether somebody said that they looked at the pixels for names.
    warnings : tuple of str
        What a person has to think of.
    left_out : tuple of LeftOut
        Files that were not passed on.
    """

    model_config = ConfigDict(frozen=True)

    version: Literal[1] = 1
    given: int
    written: int
    removed: dict[str, int]
    replaced: dict[str, int]
    kept: dict[str, int]
    trailing_bytes: int
    preamble_bytes: int
    blacked_out: int
    pixels_looked_at: bool
    warnings: tuple[str, ...]
    left_out: tuple[LeftOut, ...]

    def in_words(self) -> str:
        """The report for people."""
        lines = [f"{self.written} of {self.given} files de-identified."]
        lines += [f"Mind: {warning}" for warning in self.warnings]
        lines += [f"Left out: file {one.number} of {self.given}: {one.reason}" for one in self.left_out]
        total = sum(self.removed.values())
        lines += [f"Removed: {len(self.removed)} attributes in {total} places."]
        lines += [f"  {name}: {count}" for name, count in sorted(self.removed.items())]
        lines += [f"Replaced: {', '.join(sorted(self.replaced)) or 'nothing'}."]
        lines += [f"Kept: {', '.join(sorted(self.kept)) or 'nothing'}."]
        lines += [
            f"Not passed on: {self.preamble_bytes} bytes of preambles, "
            f"{self.trailing_bytes} bytes behind the pixels."
        ]
        looked = "said that they looked" if self.pixels_looked_at else "has not said that they looked"
        lines += [
            f"Pixels: {self.blacked_out} black boxes in each picture; whoever ran this {looked} at them."
        ]
        return "\n".join(lines) + "\n"


def attribute_name(tag: BaseTag) -> str:
    """A name that the standard gives; never one that a file made up."""
    if tag.is_private:
        return "private attributes"
    if tag.group & 0xFF01 == 0x6000:
        return "overlays"
    return (keyword_for_tag(tag) if dictionary_has_tag(tag) else "") or "unknown attributes"


def names_within(dataset: Dataset) -> Iterator[str]:
    """The name of every attribute of a data set, those inside sequences too."""
    for tag in list(dataset.keys()):
        yield attribute_name(tag)
        try:
            element = dataset[tag]
            items = element.value if element.VR == "SQ" else []
        except Exception:  # a damaged value is removed like any other
            items = []
        for item in items:
            yield from names_within(item)


def write_report(report: DeidentificationReport, folder: Path) -> None:
    """Write ``deidentification.json`` and, for people, ``deidentification.txt``.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    (folder / "deidentification.json").write_text(report.model_dump_json(indent=2) + "\n", encoding="utf-8")
    (folder / "deidentification.txt").write_text(report.in_words(), encoding="utf-8")
