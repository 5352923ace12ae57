"""Files of pictures to a folder of de-identified ones, with a report."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from pydicom import Dataset, FileDataset

from u3edu.imaging.archive import Location
from u3edu.imaging.deidentification.burned_in import BlackBox
from u3edu.imaging.deidentification.deidentify import NotDeidentified, deidentify
from u3edu.imaging.deidentification.identifiers import Pseudonyms
from u3edu.imaging.deidentification.reading import Original, quietly, read_original
from u3edu.imaging.deidentification.recognisable import shows_a_face
from u3edu.imaging.deidentification.report import DeidentificationReport, LeftOut, names_within
from u3edu.imaging.multiframe import frame_count, reason_to_refuse_frames

FACE_WARNING = (
    "the head or neck is in the picture. From thin slices a face can be rendered and recognised, and "
    "de-identification does not remove it. Keep single slices, or ask for the patient's consent."
)
LOOK_WARNING = (
    "nobody has said that they looked at the pixels (--pixels-looked-at). "
    "Look at every picture for names and dates."
)

# A file (or a member of a zip file) and which of its frames from 0; None stands for all.
Picture = tuple[Location, int | None]


def deidentify_files(
    pictures: Sequence[Picture],
    folder: Path,
    pseudonyms: Pseudonyms,
    *,
    pixels_looked_at: bool = False,
    black_boxes: Sequence[BlackBox] = (),
    after_file: Callable[[], None] = lambda: None,
) -> DeidentificationReport:
    """De-identify pictures one by one into ``slice-0001.dcm`` and so on.

    A file that can't be de-identified for certain is left out, and the report says why. Names
    of the original files go nowhere: many hold a patient's name.

    Parameters
    ----------
    pictures : sequence of (Path or Member, int or None)
        Files and frames in the order in which the pictures are to be numbered.
    folder : Path
        Where to write; made where missing.
    pseudonyms : Pseudonyms
        Makes the new identifiers.
    pixels_looked_at : bool
        Whether a person looked at every one of these pictures for names in their pixels.
    black_boxes : sequence of BlackBox
        Parts of each picture to black out.
    after_file : callable
        Called once for each of `pictures`.

    Returns
    -------
    DeidentificationReport

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    removed: Counter[str] = Counter()
    replaced: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    left_out: list[LeftOut] = []
    trailing = preamble = written = 0
    face = False
    last: tuple[Location | None, Original | None] = (None, None)
    for number, (location, wanted) in enumerate(pictures, start=1):
        original = last[1] if location == last[0] else read_or_none(location)
        if original is None:
            left_out.append(LeftOut(number=number, reason="not a DICOM picture, or damaged"))
            after_file()
            continue
        if location != last[0]:
            trailing += original.trailing_bytes
            preamble += original.preamble_bytes
        last = location, original
        for frame in [wanted] if wanted is not None else range(frame_count(original.dataset)):
            new = deidentified_or_reason(
                original, frame, written + 1, pseudonyms, pixels_looked_at, black_boxes
            )
            if isinstance(new, str):
                left_out.append(LeftOut(number=number, reason=new))
                break
            written += 1
            with quietly():
                new.save_as(folder / f"slice-{written:04d}.dcm", enforce_file_format=True)
                gone, changed, stayed = compare(original.dataset, new)
                face |= shows_a_face(original.dataset)
            removed, replaced, kept = removed + gone, replaced + changed, kept + stayed
        after_file()
    warnings = ([FACE_WARNING] if face else []) + ([] if pixels_looked_at else [LOOK_WARNING])
    return DeidentificationReport(
        given=len(pictures),
        written=written,
        removed=dict(sorted(removed.items())),
        replaced=dict(sorted(replaced.items())),
        kept=dict(sorted(kept.items())),
        trailing_bytes=trailing,
        preamble_bytes=preamble,
        blacked_out=len(black_boxes),
        pixels_looked_at=pixels_looked_at,
        warnings=tuple(warnings),
        left_out=tuple(left_out),
    )


def read_or_none(location: Location) -> Original | None:
    """A file before de-identification; None where it is damaged, whatever pydicom says of it."""
    with quietly():
        try:
            original = read_original(location)
            return None if reason_to_refuse_frames(original.dataset) else original
        except Exception:  # damaged files raise anything, and the message could quote them
            return None


def deidentified_or_reason(
    original: Original,
    frame: int,
    number: int,
    pseudonyms: Pseudonyms,
    pixels_looked_at: bool,
    black_boxes: Sequence[BlackBox],
) -> Dataset | str:
    """The de-identified picture, or why there is none, in words of our own."""
    with quietly():
        try:
            return deidentify(
                original.dataset,
                pseudonyms,
                frame=frame,
                number=number,
                pixels_looked_at=pixels_looked_at,
                black_boxes=black_boxes,
            )
        except NotDeidentified as error:
            return str(error)
        except Exception:  # damaged values raise anything, and the message could quote them
            return "its header is damaged"


def compare(original: FileDataset, new: Dataset) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Names of the attributes that were removed, replaced and kept, with their counts."""
    everything = Counter(names_within(original)) + Counter(names_within(original.file_meta))
    replaced: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    for element in new:
        if element.tag not in original or element.is_empty:
            continue
        try:
            same = bool(element.value == original[element.tag].value)
        except Exception:  # a damaged value isn't the one that was written
            same = False
        (kept if same else replaced)[element.keyword] += 1
    return everything - replaced - kept, replaced, kept
