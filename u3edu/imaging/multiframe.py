"""Multi-frame pictures: a header for each frame, and which frames belong into one stack."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

from pydicom import Dataset
from pydicom.uid import (
    UID,
    EnhancedCTImageStorage,
    EnhancedMRImageStorage,
    LegacyConvertedEnhancedCTImageStorage,
    LegacyConvertedEnhancedMRImageStorage,
)

from u3edu.imaging.geometry import Plane

ENHANCED = (
    EnhancedCTImageStorage,
    EnhancedMRImageStorage,
    LegacyConvertedEnhancedCTImageStorage,
    LegacyConvertedEnhancedMRImageStorage,
)

# What holds for the whole file in any picture.
SHARED_KEYWORDS = (
    "Modality", "PhotometricInterpretation", "PixelRepresentation", "BitsAllocated", "BitsStored", "Rows",
    "Columns", "ImageType", "PixelPaddingValue", "PixelPaddingRangeLimit", "ImagerPixelSpacing",
)  # fmt: skip

# Attributes that a frame can have for itself, by the functional group that holds them (DICOM
# PS3.3 C.7.6.16.2 and C.8.15.3.9, C.8.13.5.1). FrameType takes the place of ImageType.
FUNCTIONAL_GROUPS = {
    "PixelMeasuresSequence": ("PixelSpacing",),
    "PlaneOrientationSequence": ("ImageOrientationPatient",),
    "PlanePositionSequence": ("ImagePositionPatient",),
    "PixelValueTransformationSequence": ("RescaleSlope", "RescaleIntercept", "RescaleType"),
    "FrameContentSequence": ("StackID", "InStackPositionNumber", "DimensionIndexValues"),
    "CTImageFrameTypeSequence": ("FrameType",),
    "MRImageFrameTypeSequence": ("FrameType",),
}

# Dimensions along which a stack is laid out; all others tell one stack from another.
WITHIN_A_STACK = {
    0x00209057,
    0x00200032,
    0x00201041,
    0x00209056,
}  # number in stack, position, location, stack

# A header can claim any number of frames.
MOST_FRAMES = 20_000


class Framed(Protocol):
    """What is known of a frame when stacks are told apart."""

    @property
    def plane(self) -> Plane | None:
        """Where it lies."""

    @property
    def stack(self) -> str:
        """StackID."""

    @property
    def dimensions(self) -> tuple[int, ...]:
        """Its index in time, echo and the like."""


AnyFramed = TypeVar("AnyFramed", bound=Framed)


def is_enhanced(dataset: Dataset) -> bool:
    """Whether a picture's frames are described by functional groups."""
    return UID(str(dataset.get("SOPClassUID") or "")) in ENHANCED


def frame_count(dataset: Dataset) -> int:
    """How many frames a picture says it has; 1 where it says nothing."""
    return int(dataset.get("NumberOfFrames") or 1)


def reason_to_refuse_frames(dataset: Dataset) -> str:
    """Why the frames of a picture cannot be told apart; empty where they can."""
    frames = frame_count(dataset)
    if not 1 <= frames <= MOST_FRAMES:
        return f"the header claims {frames} frames; 1 to {MOST_FRAMES} can be read"
    if is_enhanced(dataset):
        described = len(dataset.get("PerFrameFunctionalGroupsSequence") or [])
        if described != frames:
            return f"the header claims {frames} frames and describes {described} (functional groups)"
    return ""


def frame_header(dataset: Dataset, frame: int) -> Dataset:
    """The header of one frame, laid out as that of a picture with one frame.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Any picture; one that isn't enhanced is returned as it is.
    frame : int
        From 0.

    Returns
    -------
    pydicom.Dataset
        What holds for all frames, then what the shared functional groups say, then the frame's
        own.
    """
    if not is_enhanced(dataset):
        return dataset
    header = Dataset()
    for keyword in SHARED_KEYWORDS:
        _copy(dataset, header, keyword)
    shared = dataset.get("SharedFunctionalGroupsSequence") or []
    for groups in [*shared[:1], dataset.PerFrameFunctionalGroupsSequence[frame]]:
        for name, keywords in FUNCTIONAL_GROUPS.items():
            for item in (groups.get(name) or [])[:1]:
                for keyword in keywords:
                    _copy(item, header, keyword)
    if header.get("FrameType"):
        header.ImageType = header.FrameType
    return header


def _copy(source: Dataset, target: Dataset, keyword: str) -> None:
    """Copy an attribute where the source has it."""
    if keyword in source:
        target[keyword] = source[keyword]


def stack_dimensions(dataset: Dataset, header: Dataset) -> tuple[int, ...]:
    """A frame's index along the dimensions that tell stacks apart (time, echo, b-value …)."""
    if not is_enhanced(dataset):
        return ()
    pointers = [item.get("DimensionIndexPointer") for item in dataset.get("DimensionIndexSequence") or []]
    values: Any = header.get("DimensionIndexValues")
    values = [values] if isinstance(values, int) else list(values or [])
    if len(values) != len(pointers):
        return ()
    return tuple(
        int(value) for pointer, value in zip(pointers, values, strict=True) if pointer not in WITHIN_A_STACK
    )


def split_stacks(frames: Iterable[AnyFramed]) -> list[list[AnyFramed]]:
    """Frames by the stack that they belong to, in the order in which stacks first appear.

    A stack is what has one StackID; where two of its frames lie in one place, their other
    dimensions (time, echo, diffusion weighting) tell them apart.
    """
    stacks = _by([(frame.stack, frame) for frame in frames])
    split: list[list[AnyFramed]] = []
    for stack in stacks:
        places = [frame.plane for frame in stack if frame.plane is not None]
        if len(set(places)) < len(places):
            split += _by([(frame.dimensions, frame) for frame in stack])
        else:
            split.append(stack)
    return split


def _by(keyed: Sequence[tuple[Hashable, AnyFramed]]) -> list[list[AnyFramed]]:
    """Frames with the same key together."""
    groups: dict[Hashable, list[AnyFramed]] = defaultdict(list)
    for key, frame in keyed:
        groups[key].append(frame)
    return list(groups.values())


def frame_words(frames: Sequence[int]) -> str:
    """Frame numbers for people, counted from 1: ``"frames 1, 2, 3 and 5 more"``."""
    numbers = [str(frame + 1) for frame in frames[:3]]
    more = f" and {len(frames) - 3} more" if len(frames) > 3 else ""
    return f"{'frame' if len(frames) == 1 else 'frames'} {', '.join(numbers)}{more}"
