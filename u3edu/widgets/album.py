"""The pictures of an edit's steps, kept so that going back and forth brings them back exactly."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from u3edu.editing.box import Box
from u3edu.editing.label_map import LabelMap
from u3edu.imaging.slice import Slice

# A stroke of 24 pixels keeps about 60 kB: room for thousands of them.
LARGEST_BYTES = 256 * 2**20


def label_key(label_map: LabelMap) -> bytes:
    """What tells one map from another of the same picture."""
    return hashlib.blake2b(label_map.labels.tobytes(), digest_size=16).digest()


@dataclass(frozen=True, eq=False)
class _Leaf:
    """How the picture of one map differs from that of its parent: float32 bits, exclusive or."""

    parent: bytes | None
    box: Box | None
    bits: np.ndarray


class PictureAlbum:
    """Pictures by label map, each stored as the difference from the picture it was drawn from.

    Differences are of bits, so that walking them in either direction is exact. When the album
    is full its oldest pictures leave; those have to be drawn anew.

    Parameters
    ----------
    largest : int
        Bytes to keep at most.
    """

    def __init__(self, largest: int = LARGEST_BYTES) -> None:
        self._largest = largest
        self._leaves: OrderedDict[bytes, _Leaf] = OrderedDict()
        self._bytes = 0

    def keep(self, key: bytes, picture: Slice, parent_key: bytes, parent: Slice) -> None:
        """Remember the picture of map `key`, which was drawn from that of `parent_key`."""
        if key in self._leaves or any(leaf.parent == key for leaf in self._leaves.values()):
            # Its old picture is out of reach, and what was drawn from that doesn't fit the new one.
            self._leaves.clear()
            self._bytes = 0
        self._leaves.setdefault(parent_key, _Leaf(None, None, np.zeros((0, 0), np.uint32)))
        bits = _bits(picture.pixels) ^ _bits(parent.pixels)
        box = Box.around(bits != 0)
        leaf = _Leaf(parent_key, box, bits[box.slices].copy() if box else bits[:0, :0])
        self._bytes += leaf.bits.nbytes
        self._leaves[key] = leaf
        while self._bytes > self._largest and len(self._leaves) > 1:
            _, oldest = self._leaves.popitem(last=False)
            self._bytes -= oldest.bits.nbytes

    def turn_to(self, key: bytes, from_key: bytes, picture: Slice) -> Slice | None:
        """The picture of map `key`, reached from that of `from_key`; None if the album lacks it."""
        up, down = self._ancestors(from_key), self._ancestors(key)
        below = set(down)
        meeting = next((each for each in up if each in below), None)
        if meeting is None or key not in self._leaves:
            return None
        bits = _bits(picture.pixels).copy()
        for each in (*up[: up.index(meeting)], *down[: down.index(meeting)]):
            leaf = self._leaves[each]
            if leaf.box is not None:
                bits[leaf.box.slices] ^= leaf.bits
        return picture.with_pixels(bits.view(np.float32))

    def _ancestors(self, key: bytes) -> list[bytes]:
        """The map, the one its picture was drawn from, and so on as far as the album goes."""
        keys: dict[bytes, None] = {}
        step: bytes | None = key
        while step is not None and step not in keys:
            keys[step] = None
            step = self._leaves[step].parent if step in self._leaves else None
        return list(keys)


def _bits(pixels: np.ndarray) -> np.ndarray:
    """float32 [H, W] as the whole numbers that its bits spell."""
    return np.ascontiguousarray(pixels, np.float32).view(np.uint32)
