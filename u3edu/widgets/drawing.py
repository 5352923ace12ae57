"""The pictures of an edit: drawn box by box, kept, and joined into the original where that is wanted."""

from u3edu.editing.box import Box
from u3edu.editing.difference import edited_pixels
from u3edu.editing.in_place import SEAM, Mode, in_place
from u3edu.editing.label_map import LabelMap
from u3edu.engine.protocol import Engine
from u3edu.imaging.slice import Slice
from u3edu.widgets.album import PictureAlbum, label_key


class PictureDrawer:
    """Draws the pictures of label maps that differ little from each other; for one thread at a time.

    Parameters
    ----------
    engine : Engine
    base : LabelMap
        The first map; its picture is drawn at once.
    original : Slice, optional
        For ``"in place"``.

    Attributes
    ----------
    first : Slice
        The whole synthesis of `base`.
    note : str
        What the engine says of the picture drawn last (`Engine.note`); empty for one that was kept.
    """

    def __init__(self, engine: Engine, base: LabelMap, original: Slice | None) -> None:
        self._engine, self._base, self._original = engine, base, original
        self.first = self._decoded = engine.synthesize(base)
        self._decoded_map = base
        self.note = engine.note
        self._album = PictureAlbum()

    def draw(self, label_map: LabelMap, mode: Mode) -> Slice:
        """The picture of a map; what the engine raises leaves everything as it was."""
        self._decode(label_map)
        if mode == "whole" or self._original is None:
            return self._decoded
        edited = edited_pixels(self._base, label_map)
        return in_place(self._original, self.first, self._decoded, edited, label_map.labels)

    def unedited(self, mode: Mode) -> Slice:
        """The picture of the first map; in place this is the original itself."""
        return self._original if mode == "in place" and self._original is not None else self.first

    def reach(self, mode: Mode) -> int:
        """How far a changed label can reach in the picture, in pixels."""
        return self._engine.halo if mode == "whole" else max(self._engine.halo, SEAM)

    def _decode(self, label_map: LabelMap) -> None:
        """Bring the whole synthesis to `label_map`, from the album if it is there."""
        self.note = ""
        key, from_key = label_key(label_map), label_key(self._decoded_map)
        decoded = self._album.turn_to(key, from_key, self._decoded)
        if decoded is None:
            box = Box.around(self._decoded_map.labels != label_map.labels)
            if box is None:
                return
            decoded = self._engine.resynthesize(self._decoded, label_map, box)
            self.note = self._engine.note
            self._album.keep(key, decoded, from_key, self._decoded)
        self._decoded, self._decoded_map = decoded, label_map
