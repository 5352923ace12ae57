"""A painter in JupyterLab on which many short checks follow each other."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from playwright.sync_api import Browser

from tests.browser.lab_server import LabServer
from tests.browser.notebook_page import NotebookPage
from tests.widgets.fake_engine import ELEMENTS, FakeEngine, pelvis
from u3edu.editing import EditContext, EditScript, LabelMap

ROOT = Path(__file__).parents[2]
SIZE = 160
CELL = f"""\
import base64, json
import numpy as np
from tests.widgets.fake_engine import FakeEngine, pelvis
from u3edu.editing import Exemplar
from u3edu.imaging.series import Series
from u3edu.widgets import Painter

picture = pelvis({SIZE})
series = Series((picture.with_pixels(picture.pixels[::-1]), picture), "MR")
chequered = Exemplar.from_labels(
    2 + np.indices((12, 12)).sum(axis=0) % 2,
    name="chequers",
    source="made for a test, slice 1.3.6.1.4.1.14519.5.2.1.6279.6001.824843590991776411530080688091, "
    "inside the nodule contours of 4 radiologists; no collection, CC0 1.0, doi 10.1234/none.that.there.is",
)
painter = Painter(FakeEngine(), picture, diameter=10, series=series, exemplars=[chequered])
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


# What the controls in view hold in the kernel: their values, and the words of what is chosen in lists.
_HELD = """
def controls(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from controls(child)
print(json.dumps([
    [each.value if isinstance(each.value, (bool, int, float, str)) else None, getattr(each, "label", None)]
    for each in controls(painter) if getattr(each, "description", None) == NAME]))"""


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

    def wait_for_steps(self, count: int) -> None:
        """Wait until the edit has so many steps: the kernel hears of a choice a moment after the page."""
        for _ in range(100):
            if len(EditScript.from_json(self.state()["script"])) == count:
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"the edit never had {count} steps")

    def wait_until_held(self, name: str, value: bool | float | str) -> None:
        """Wait until the kernel holds a control's value, or the words that are chosen in it.

        ipywidgets keeps changes back while a kernel is busy, but not a press of a button.
        """
        for _ in range(100):
            held = json.loads(self.notebook.kernel(_HELD.replace("NAME", repr(name))))
            # A slider of steps of 0.1 makes 13.999999999999998 of 14.
            if any(value in each or each[0] == pytest.approx(value) for each in held):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{name} never was {value}; it is {held}")

    def pick(self, name: str, words: str) -> None:
        """Choose something in a list, and wait until the kernel knows."""
        self.page.get_by_label(name, exact=True).select_option(words)
        self.wait_until_held(name, words)

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


def near(points: Any, *expected: tuple[float, float]) -> None:
    """(row, column) of the kernel against canvas points (x, y), to a pixel of the screen."""
    assert len(points) >= len(expected)
    np.testing.assert_allclose(
        np.array([points[0], points[-1]]),
        np.array([(y - 0.5, x - 0.5) for x, y in (expected[0], expected[-1])]),
        atol=0.5,
    )


def take_tissue(tools: ToolPage) -> None:
    """Paint with the tissue of a region at the rectum, which holds several elements."""
    tools.take("Region")
    tools.notebook.drag((60, 92), (100, 92), (100, 120), (60, 120))
    tools.notebook.wait_for_status("^Region of")
    tools.notebook.press("Tissue")
    tools.notebook.press("Take the marked region")
    tools.notebook.wait_for_status("^Painting with tissue")


@contextmanager
def painter_page(browser: Browser, folder: Path) -> Iterator[ToolPage]:
    """The painter of `CELL` in a fresh JupyterLab, for mouse, keys and fingers; it writes in `folder`."""
    notebooks, home = folder / "notebooks", folder / "jupyter"
    for each in (notebooks, home):
        each.mkdir()
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)], metadata=kernel)
    nbformat.write(notebook, notebooks / "painter.ipynb")
    context = browser.new_context(viewport={"width": 1280, "height": 1300}, has_touch=True)
    with LabServer(notebooks, home, [ROOT]) as server:
        opened = NotebookPage(context.new_page(), server.address("painter.ipynb"))
        opened.open()
        opened.run_all()
        opened.show_painter()
        opened.page.set_default_timeout(60_000)
        yield ToolPage(opened)
        context.close()
