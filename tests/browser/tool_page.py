"""A painter in JupyterLab on which many short checks follow each other."""

import base64
import json
from typing import Any

import numpy as np

from tests.browser.notebook_page import NotebookPage
from tests.widgets.fake_engine import ELEMENTS, FakeEngine, pelvis
from u3edu.editing import EditContext, EditScript, LabelMap

SIZE = 160
CELL = f"""\
import base64, json
from tests.widgets.fake_engine import FakeEngine, pelvis
from u3edu.imaging.series import Series
from u3edu.widgets import Painter

picture = pelvis({SIZE})
mirrored = picture.with_pixels(picture.pixels[::-1])
painter = Painter(FakeEngine(), picture, diameter=10, series=Series((mirrored, picture), "MR"))
painter"""

_STATE = """
painter.session.wait()
print(json.dumps({
    "script": painter.script.to_json(),
    "labels": base64.b64encode(painter.label_map.labels).decode(),
    "element": painter.element,
    "tool": painter.bench.controls.tool.value,
    "view": painter.bench.screen.glass.view,
    "window": [painter.bench.view.window.centre, painter.bench.view.window.width],
}))"""
_START = """
painter.session.wait()
painter.session.reset()
painter.bench.limits.clear()
painter.bench.tissues.active.value = False
painter.bench.mark_region(())
painter.bench.screen.glass.marks = []
painter.bench.screen.glass.view = [1.0, 0.0, 0.0]
painter.bench.controls.diameter.value = 10
painter.bench.controls.contiguous.value = True
painter.bench.take("brush")
painter.choose("tumour-like")
painter.session.wait()"""


class ToolPage:
    """What a test does with the painter, and what has become of its label map.

    Parameters
    ----------
    notebook : NotebookPage
        Shows the painter of `CELL`.
    """

    def __init__(self, notebook: NotebookPage) -> None:
        self.notebook = notebook
        self.page = notebook.page
        self.base: LabelMap = FakeEngine().segment(pelvis(SIZE))

    def start(self) -> None:
        """No edit, no limits, the brush in hand, the whole picture in view."""
        self.notebook.kernel(_START)
        self.notebook.wait_for_status("Painting with|changed element")
        self.page.locator("[data-test='painter'] .u3edu-pane[data-gesture='freehand']").wait_for()
        self.page.wait_for_timeout(100)

    def take(self, tool: str) -> None:
        """Take a tool by its button."""
        self.notebook.press(tool)
        self.page.wait_for_timeout(150)

    def state(self) -> dict[str, Any]:
        """What the kernel holds once its picture has caught up."""
        self.page.wait_for_timeout(60)
        return dict(json.loads(self.notebook.kernel(_STATE)))

    def labels(self) -> np.ndarray:
        """The label map in the kernel, uint8 [H, W]."""
        return np.frombuffer(base64.b64decode(self.state()["labels"]), np.uint8).reshape(SIZE, SIZE)

    def operations(self) -> tuple[Any, ...]:
        """The operations of the edit, after the check that they alone explain the label map.

        The script is applied here, in NumPy, to a label map made here.
        """
        state = self.state()
        labels = np.frombuffer(base64.b64decode(state["labels"]), np.uint8).reshape(SIZE, SIZE)
        script = EditScript.from_json(state["script"])
        context = EditContext(self.base, pelvis(SIZE))
        np.testing.assert_array_equal(script.apply(self.base, context)[0].labels, labels)
        return script.operations


def element(name: str) -> int:
    """The number of the element of that name."""
    return next(number for number, each in enumerate(ELEMENTS) if each.name == name)
