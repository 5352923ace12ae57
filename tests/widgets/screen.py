"""A stand-in for the browser: carries out ipycanvas's messages and keeps what each canvas shows."""

import io
import json
from typing import Any

import numpy as np
from ipycanvas.canvas import COMMANDS
from PIL import Image

_NAMES = {number: name for name, number in COMMANDS.items()}


class Screen:
    """RGBA pictures of all canvases, by their model's id.

    Only what the tests look at is drawn: pictures, clearing. Lines and circles are counted.
    """

    def __init__(self) -> None:
        self.canvases: dict[str, np.ndarray] = {}
        self.current: str | None = None
        self.messages: list[list[str]] = []
        self.message_bytes: list[int] = []
        self.sizes: dict[str, tuple[int, int]] = {}

    def reload(self) -> None:
        """What a page reload does: every canvas is blank and none is the current one."""
        self.canvases.clear()
        self.current = None

    def show(self, canvas: Any) -> np.ndarray:
        """What a Canvas shows, uint8 [H, W, 4]."""
        return self.canvases.get(canvas.model_id, np.zeros((canvas.height, canvas.width, 4), np.uint8))

    def receive(self, content: dict[str, Any], buffers: list[Any]) -> None:
        """Carry out one message of the canvas manager."""
        commands = json.loads(bytes(buffers[0]))
        if not (commands and isinstance(commands[0], list)):
            commands = [commands]
        rest = list(buffers[1:])
        self.messages.append([_NAMES[command[0]] for command in commands])
        self.message_bytes.append(sum(memoryview(buffer).nbytes for buffer in buffers))
        for command in commands:
            name, arguments = _NAMES[command[0]], command[1]
            own = [rest.pop(0) for _ in range(command[2] if len(command) > 2 else 0)]
            if name == "switchCanvas":
                self.current = arguments[0].removeprefix("IPY_MODEL_")
                continue
            assert self.current is not None, "a browser without a current canvas stops drawing for good"
            if name == "putImageData":
                self._put(np.asarray(Image.open(io.BytesIO(own[0])).convert("RGBA")), *arguments)
            elif name == "clearRect":
                x, y, width, height = arguments
                self._canvas()[y : y + height, x : x + width] = 0
            elif name == "clear":
                self._canvas()[:] = 0

    def _canvas(self) -> np.ndarray:
        assert self.current is not None
        return self.canvases.setdefault(self.current, np.zeros((*self.sizes[self.current], 4), np.uint8))

    def _put(self, picture: np.ndarray, x: int, y: int) -> None:
        place = self._canvas()[y : y + picture.shape[0], x : x + picture.shape[1]]
        # Opaque pictures replace; see-through ones are only ever put on a cleared place.
        assert (picture[..., 3] == 255).all() or not place.any(), "see-through paint on paint"
        place[:] = picture
