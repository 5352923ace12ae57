"""The engine of another machine, with the kernel's own at hand for when that one is away."""

import json
import threading
import time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from u3edu.editing.box import Box
from u3edu.editing.label_map import LabelMap
from u3edu.engine.appearance import Appearance
from u3edu.engine.connection import Answer, Connections, NoAnswer
from u3edu.engine.drawn import changed_picture, whole_picture
from u3edu.engine.padding import pad_to_stride
from u3edu.engine.presence import Presence
from u3edu.engine.soft_borders import border_reach, soft_borders
from u3edu.engine.wire import BoxReply, MalformedMessage, ModelInfo, request_for
from u3edu.imaging.slice import Slice
from u3edu.model.weights_file import read_weights

# A kernel whose pictures come from elsewhere does not need torch, and the 390 MB that it takes (measured).
if TYPE_CHECKING:
    from u3edu.engine.local import LocalEngine

# A picture takes a tenth of a second; whoever paints waits this long at most, and then draws here.
LIMIT = 3.0
_LARGEST_ANSWER = 4 * 4096**2 + 4096


class RefusedRequest(ValueError):
    """The service answered, and said no."""

    def __init__(self, message: str, pause: float | None = None) -> None:
        super().__init__(message)
        self.pause = pause


class TooLarge(ValueError):
    """The picture has more pixels than the service draws."""


class RemoteEngine:
    """Draws on a shared engine (`u3edu.engine.serve`), and in this process while that is away.

    What goes over the network are labels around a changed box, and the pixels that come back:
    the picture of a patient never does. Segmentation, which needs one, is done here.

    Parameters
    ----------
    path : Path
        The model's weights on this machine; the service must have the same.
    url : str
        Where the service is.
    token : str
        What it knows this user by.
    limit : float
        How long a picture may take, in seconds, before it is drawn here.
    presence_pause : float
        How long after a failure the service is looked for again, in seconds; doubles each time.

    Attributes
    ----------
    note : str
        What a person should know of the last picture: that the service is away, and why. Empty
        while everything is as it should be.

    Raises
    ------
    UnusableWeights
        If the weights or their card are missing or damaged.
    ValueError
        If the address is none.
    """

    def __init__(
        self, path: Path, url: str, token: str, limit: float = LIMIT, presence_pause: float = 2.0
    ) -> None:
        _, self.card = read_weights(path)
        self.name, self.elements = self.card.name, self.card.label_elements()
        self.limit, self.note = limit, ""
        self._path, self._token = path, token
        self._connections = Connections(url, _LARGEST_ANSWER)
        self._presence = Presence(self._introduce, presence_pause)
        self._info: ModelInfo | None = None
        self._drew_here = False
        self._loading = threading.Lock()

    @property
    def url(self) -> str:
        """Where the service is."""
        return self._connections.url

    @cached_property
    def _loaded(self) -> "LocalEngine":
        from u3edu.engine.local import load_engine

        return load_engine(str(self._path))

    @property
    def local(self) -> "LocalEngine":
        """The kernel's own engine, loaded when first needed."""
        with self._loading:
            return self._loaded

    @property
    def halo(self) -> int:
        """How far, in pixels, a changed label can reach in the synthetic picture."""
        if self._info is None and self._presence.ask():
            try:
                self._introduce()
            except (OSError, ValueError) as error:
                self._presence.lose(str(error))
        if self._info is None:
            return self.local.halo
        return self._info.halo + border_reach(self.card.network.encoder_blur)

    def segment(self, picture: Slice) -> LabelMap:
        """The anatomical elements of a slice, found in this process.

        Raises
        ------
        ValueError
            If the picture's modality is not the model's.
        """
        return self.local.segment(picture)

    def synthesize(self, label_map: LabelMap) -> Slice:
        """The picture that goes with a label map, every pixel from the decoder."""
        drawn = self._draw(label_map, Box.whole(label_map.shape))
        if drawn is None:
            return self.local.synthesize(label_map)
        return whole_picture(drawn.pixels, label_map)

    def resynthesize(self, previous: Slice, label_map: LabelMap, box: Box) -> Slice:
        """The picture that goes with a label map that changed only inside `box`.

        Raises
        ------
        ValueError
            If picture, label map and box do not fit each other.
        """
        if previous.shape != label_map.shape:
            raise ValueError(f"a picture of {previous.shape} can't precede a label map of {label_map.shape}")
        drawn = self._draw(label_map, box.clip(label_map.shape))
        if drawn is None:
            return self.local.resynthesize(previous, label_map, box)
        return changed_picture(previous, drawn.box, drawn.pixels, label_map)

    def __repr__(self) -> str:
        away = f", away: {self._presence.reason}" if self._presence.reason else ""
        return f"RemoteEngine({self.name!r}, {len(self.elements)} elements, {self.url}{away})"

    def _draw(self, label_map: LabelMap, changed: Box) -> BoxReply | None:
        """The pixels that a change reaches; None, with a note, if they have to be drawn here."""
        drew_here, self._drew_here = self._drew_here, True
        if self._presence.ask():
            try:
                drawn = self._asked_for(label_map, changed)
            except TooLarge as error:
                self.note = f"{error}; this kernel drew the picture."
                return None
            except (OSError, ValueError) as error:
                pause = error.pause if isinstance(error, RefusedRequest) else None
                self._presence.lose(str(error), pause)
            else:
                self._presence.confirm()
                self.note = "The shared engine is back." if drew_here else ""
                self._drew_here = False
                return drawn
        self.note = f"The shared engine is away ({self._presence.reason}); this kernel drew the picture."
        return None

    def _asked_for(self, label_map: LabelMap, changed: Box) -> BoxReply:
        """What the service draws, in the time that there is."""
        start, labels = time.monotonic(), label_map.labels
        info = self._info or self._introduce()
        if max(labels.shape) > info.largest_side:
            raise TooLarge(f"The shared engine draws at most {info.largest_side} rows and columns")
        blur = self.card.network.encoder_blur
        request = request_for(
            pad_to_stride(soft_borders(labels, blur), info.stride),
            changed.grow(border_reach(blur)).clip(label_map.shape),
            info,
            Appearance.of(label_map),
        )
        left = self.limit - (time.monotonic() - start)
        content = request.to_bytes()
        reply = BoxReply.from_bytes(self._answer("POST", "/boxes", left, content).content)
        if reply.box != request.box:
            raise MalformedMessage(f"asked for {request.box}, got {reply.box}")
        inside = reply.box.clip((labels.shape[0], labels.shape[1]))
        return BoxReply(inside, reply.pixels[inside.relative_to(reply.box).slices])

    def _introduce(self) -> ModelInfo:
        """Ask the service about the model: it must have the same weights."""
        content = self._answer("GET", "", self.limit).content
        self._info = ModelInfo.model_validate_json(content)
        return self._info

    def _answer(self, method: str, path: str, within: float, content: bytes | None = None) -> Answer:
        path = f"/v1/models/{self.card.weights_sha256}{path}"
        answer = self._connections.ask(
            method, path, token=self._token, within=max(within, 0.0), content=content
        )
        if answer.status == 200:
            return answer
        try:
            words = str(json.loads(answer.content)["error"])
        except (ValueError, KeyError, TypeError):
            words = f"status {answer.status}"
        if answer.status >= 500:
            raise NoAnswer(words)
        pause = answer.headers.get("Retry-After", "")
        raise RefusedRequest(words, float(pause) if pause.isdigit() else None)
