"""What notebooks and a shared engine send each other: a line of JSON, then labels or pixels.

A request holds the labels around a changed box and where they lie; a reply the pixels of a box.
Both are plain numbers, so that nothing that arrives can be more than numbers.
"""

import zlib
from dataclasses import asdict, dataclass
from typing import Annotated, Self, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from u3edu.editing.box import Box
from u3edu.engine.appearance import LEARNED, Appearance
from u3edu.imaging.coil_field import AMPLITUDES, MOST_AMPLITUDE
from u3edu.imaging.slice import MOST_GRAIN
from u3edu.problems import in_words

_LONGEST_LINE = 2048
_PIXELS = np.dtype("<f4")
# Sides of cutouts are multiples of this many pixels, and so of each stride up to it: many of them
# have one shape then, and can be drawn together.
_STEP = 64

Corners = tuple[int, int, int, int]
Side = Annotated[int, Field(ge=1, le=2**15)]
# How strong a picture's grain is, as a multiple of what the model learned.
Grain = Annotated[float, Field(ge=0, le=MOST_GRAIN)]
Amplitude = Annotated[float, Field(ge=-MOST_AMPLITUDE, le=MOST_AMPLITUDE)]


class MalformedMessage(ValueError):
    """What arrived is not what this project sends."""


class _Head(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


Head = TypeVar("Head", bound=_Head)


class _RequestHead(_Head):
    """`shape` of the picture; `cutout` is where the labels lie, `box` which pixels are asked for."""

    shape: tuple[Side, Side]
    cutout: Corners
    box: Corners
    grain: Grain = 1.0
    element_grain: tuple[Grain, ...] = ()
    spacing: Annotated[float, Field(gt=0)] | None = None
    coil_field: tuple[Amplitude, ...] = ()
    field_shape: tuple[int, int] = (0, 0)


class _ReplyHead(_Head):
    box: Corners


class ModelInfo(BaseModel):
    """What a service tells of one of its models.

    Parameters
    ----------
    name : str
    weights : str
        SHA-256 of the weights file; the same weights draw the same pictures.
    elements : int
        K.
    stride : int
        Side of the square of pixels that the decoder's coarsest level sees as one.
    reach : int
        How far beyond a box aligned to `stride` a change inside it is felt, in pixels.
    largest_side : int
        The most rows or columns of a picture.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    weights: str
    elements: int
    stride: int
    reach: int
    largest_side: int

    @property
    def halo(self) -> int:
        """How far, in pixels, a changed label can reach in the picture."""
        return self.reach + self.stride - 1


@dataclass(frozen=True, eq=False)
class BoxRequest:
    """The labels around a box, and the box whose pixels are asked for.

    Parameters
    ----------
    shape : (rows, columns)
        Of the whole picture, padded to multiples of the model's stride.
    cutout : Box
        Where the labels lie in the picture.
    labels : uint8, of the shape of `cutout`
    box : Box
        Which pixels are asked for.
    appearance : Appearance
        How the picture is to be drawn.
    """

    shape: tuple[int, int]
    cutout: Box
    labels: np.ndarray
    box: Box
    appearance: Appearance = LEARNED

    def to_bytes(self) -> bytes:
        """As sent."""
        head = _RequestHead(
            shape=self.shape,
            cutout=_numbers(self.cutout),
            box=_numbers(self.box),
            **asdict(self.appearance),
        )
        return _joined(head, zlib.compress(np.ascontiguousarray(self.labels).tobytes(), level=1))

    @classmethod
    def from_bytes(cls, content: bytes, info: ModelInfo) -> Self:
        """Read and check a request for a model.

        Raises
        ------
        MalformedMessage
            If it is none, or asks for what the model cannot draw from these labels.
        """
        head, packed = _split(content, _RequestHead)
        cutout, box = _box(head.cutout), _box(head.box)
        whole = Box.whole(head.shape)
        if max(head.shape) > info.largest_side:
            raise MalformedMessage(
                f"pictures have at most {info.largest_side} rows and columns here; got {head.shape}"
            )
        if any(number % info.stride for number in (*head.shape, *head.cutout)):
            raise MalformedMessage(f"shape and cutout must be multiples of {info.stride}; got {head}")
        if cutout.union(whole) != whole or box.union(cutout) != cutout:
            raise MalformedMessage(
                f"the cutout must lie in the picture, and the box in the cutout; got {head}"
            )
        needed = box.grow(info.halo).clip(head.shape)
        if needed.union(cutout) != cutout:
            raise MalformedMessage(
                f"labels are needed {info.halo} pixels beyond the box, which is {needed}; got {cutout}"
            )
        labels = np.frombuffer(_unpacked(packed, cutout.shape[0] * cutout.shape[1]), np.uint8)
        if labels.max() >= info.elements:
            raise MalformedMessage(f"labels name elements 0 to {info.elements - 1}; got {labels.max()}")
        if len(head.element_grain) not in (0, info.elements):
            raise MalformedMessage(
                f"grain by element is given for {len(head.element_grain)} of {info.elements} elements"
            )
        if len(head.coil_field) not in (0, AMPLITUDES):
            raise MalformedMessage(f"a coil field has {AMPLITUDES} numbers; got {len(head.coil_field)}")
        if head.coil_field and not all(
            0 <= padded - side < info.stride and side > 0
            for padded, side in zip(head.shape, head.field_shape, strict=True)
        ):
            raise MalformedMessage(
                f"the coil field must be of the picture, {head.shape} when padded; got {head.field_shape}"
            )
        appearance = Appearance(
            head.grain, head.element_grain, head.spacing, head.coil_field, head.field_shape
        )
        return cls(head.shape, cutout, labels.reshape(cutout.shape), box, appearance)


@dataclass(frozen=True, eq=False)
class BoxReply:
    """The pixels of a box, float32 of its shape in [-1, 1]."""

    box: Box
    pixels: np.ndarray

    def to_bytes(self) -> bytes:
        """As sent."""
        return _joined(_ReplyHead(box=_numbers(self.box)), self.pixels.astype(_PIXELS).tobytes())

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read a reply.

        Raises
        ------
        MalformedMessage
            If it is none.
        """
        head, packed = _split(content, _ReplyHead)
        box = _box(head.box)
        if len(packed) != box.shape[0] * box.shape[1] * _PIXELS.itemsize:
            raise MalformedMessage(f"a box of {box.shape} has another number of bytes than {len(packed)}")
        pixels = np.frombuffer(packed, _PIXELS).reshape(box.shape).astype(np.float32)
        if not (np.abs(pixels) <= 1).all():
            raise MalformedMessage("pixels are numbers in [-1, 1]")
        return cls(box, pixels)


def request_for(
    labels: np.ndarray, changed: Box, info: ModelInfo, appearance: Appearance = LEARNED
) -> BoxRequest:
    """What to ask for after the labels inside `changed` changed.

    Parameters
    ----------
    labels : uint8 [H, W]
        The whole map; sides are multiples of the model's stride.
    changed : Box
    info : ModelInfo
    appearance : Appearance
        See `BoxRequest`.
    """
    shape = labels.shape[0], labels.shape[1]
    box = changed.align(info.stride).grow(info.reach).clip(shape)
    needed = box.grow(info.halo).align(info.stride)
    top, bottom = _widened(needed.top, needed.bottom, shape[0])
    left, right = _widened(needed.left, needed.right, shape[1])
    cutout = Box(top, left, bottom, right)
    return BoxRequest(shape, cutout, labels[cutout.slices], box, appearance)


def _widened(low: int, high: int, side: int) -> tuple[int, int]:
    """A longer interval that holds this one inside 0 ... side."""
    length = min(-(-(high - low) // _STEP) * _STEP, side)
    low = max(min(low, side - length), 0)
    return low, low + length


def _joined(head: BaseModel, content: bytes) -> bytes:
    return head.model_dump_json().encode() + b"\n" + content


def _split(content: bytes, kind: type[Head]) -> tuple[Head, bytes]:
    """The line of JSON, checked, and what follows it."""
    end = content.find(b"\n", 0, _LONGEST_LINE)
    if end < 0:
        raise MalformedMessage("the first line must be JSON")
    try:
        return kind.model_validate_json(content[:end]), content[end + 1 :]
    except ValidationError as error:
        raise MalformedMessage(in_words(error, "the first line")) from error


def _unpacked(packed: bytes, size: int) -> bytes:
    """Exactly `size` bytes; whatever would grow beyond is never unpacked."""
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(packed, size)
    except zlib.error as error:
        raise MalformedMessage(f"the labels are not zlib: {error}") from error
    if len(content) != size or (not unpacker.eof and unpacker.decompress(unpacker.unconsumed_tail, 1)):
        raise MalformedMessage(f"the labels must be {size} bytes")
    return content


def _numbers(box: Box) -> Corners:
    return box.top, box.left, box.bottom, box.right


def _box(numbers: Corners) -> Box:
    try:
        return Box(*numbers)
    except ValueError as error:
        raise MalformedMessage(str(error)) from error
