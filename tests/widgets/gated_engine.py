"""An engine that draws only when a test lets it, to look at what happens meanwhile."""

import threading

from tests.widgets.fake_engine import FakeEngine
from u3edu.editing.box import Box
from u3edu.editing.label_map import LabelMap
from u3edu.imaging.slice import Slice


class GatedEngine(FakeEngine):
    """The fake engine behind a gate that stands open at first; `boxes` are those it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.gate.set()
        self.begun = threading.Event()
        self.boxes: list[Box] = []
        self.threads: set[str] = set()

    def resynthesize(self, previous: Slice, label_map: LabelMap, box: Box) -> Slice:
        self.boxes.append(box)
        self.threads.add(threading.current_thread().name)
        self.begun.set()
        assert self.gate.wait(20)
        return super().resynthesize(previous, label_map, box)

    def shut(self) -> None:
        """Draw nothing until the gate opens."""
        self.gate.clear()
        self.begun.clear()
