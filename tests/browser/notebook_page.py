"""What a person does on a notebook's page: open, run, paint, save, reload."""

import base64
import io
import re
import time
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page, expect

PAINT, SYNTHETIC = ".u3edu-paint-canvas", ".u3edu-synthetic-canvas"
# A notebook loads PyTorch and a model on a slow machine before its first picture.
RUN_MILLISECONDS = 240_000
PAINT_MILLISECONDS = 60_000


class NotebookPage:
    """One notebook in JupyterLab in Chromium.

    Parameters
    ----------
    page : playwright.sync_api.Page
    address : str
        The notebook's address.
    """

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self._address = address

    def open(self) -> None:
        """Open the notebook and wait for its kernel."""
        self.page.goto(self._address, timeout=90_000)
        self._wait_for_notebook()

    def run_all(self) -> None:
        """Run all cells, as the Run menu does, and wait until the last one has run."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('runmenu:run-all')")
        errors = self.page.wait_for_function(
            """() => {
                const cells = window.jupyterapp.shell.currentWidget.content.widgets
                    .filter(cell => cell.model.type === 'code' && cell.model.sharedModel.source.trim());
                const errors = cells.flatMap(cell => cell.model.outputs.toJSON())
                    .filter(output => output.output_type === 'error')
                    .map(output => `${output.ename}: ${output.evalue}`);
                const done = cells.every(cell => cell.model.executionCount !== null);
                return done || errors.length ? {errors} : null;
            }""",
            timeout=RUN_MILLISECONDS,
        ).json_value()["errors"]
        assert not errors, errors

    def show_painter(self) -> None:
        """Scroll to the painter and wait until it has drawn both pictures."""
        self.show_cell("Painter(", "painter")
        self._find(PAINT).wait_for(timeout=PAINT_MILLISECONDS)
        self._find(PAINT).scroll_into_view_if_needed()
        self.settle()

    def show_cell(self, shown: str, name: str) -> None:
        """Scroll to the last cell whose output holds `shown`, and mark it ``data-test=name``."""
        # Cells far down are only built when they come into view.
        self.page.evaluate(
            """([shown, name]) => {
                const notebook = window.jupyterapp.shell.currentWidget.content;
                const last = notebook.widgets.findLastIndex(cell => cell.model.type === 'code' &&
                    JSON.stringify(cell.model.outputs.toJSON()).includes(shown));
                if (last < 0) throw new Error(`no cell of this notebook shows ${shown}`);
                // Several cells may show such a thing; tests look at this one.
                notebook.widgets[last].node.setAttribute('data-test', name);
                return notebook.scrollToItem(last, 'start');
            }""",
            [shown, name],
        )

    def restart(self) -> None:
        """Restart the kernel and clear all outputs, as after a lost kernel."""
        self.page.evaluate(
            """async () => {
                await window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs');
                await window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.restart();
            }"""
        )
        self._wait_for_notebook()

    def save(self) -> None:
        """Ctrl+S, and wait until it is saved."""
        self.page.locator(".jp-Notebook").first.press("Control+s")
        self.page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")

    def reload(self) -> None:
        """Reload the page; the kernel goes on."""
        self.page.reload()
        self._wait_for_notebook()

    def canvas(self, which: str) -> np.ndarray:
        """What a canvas shows, uint8 [H, W, 4]."""
        url = self._find(which).evaluate("canvas => canvas.toDataURL('image/png')")
        return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGBA"))

    def settle(self) -> tuple[np.ndarray, np.ndarray]:
        """Wait until both canvases are drawn and stay the same; what they show."""
        deadline = time.monotonic() + PAINT_MILLISECONDS / 1000
        last, since = None, time.monotonic()
        while time.monotonic() < deadline:
            now = self.canvas(PAINT), self.canvas(SYNTHETIC)
            is_same = last is not None and all(np.array_equal(a, b) for a, b in zip(now, last, strict=True))
            if not is_same or not all(picture[..., 3].all() for picture in now):
                since = time.monotonic()
            elif time.monotonic() - since > 0.8:
                return now
            last = now
            self.page.wait_for_timeout(150)
        raise AssertionError("the canvases were not drawn, or never came to rest")

    def drag(self, *points: tuple[float, float]) -> None:
        """Drag the mouse along canvas pixels (x, y)."""
        self.pane().scroll_into_view_if_needed()
        places = [self.place(x, y) for x, y in points]
        self.page.mouse.move(*places[0])
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(*place, steps=8)
        self.page.mouse.up()

    def kernel(self, code: str) -> str:
        """Run code in the notebook's kernel; what it prints."""
        printed, error = self.page.evaluate(
            """async code => {
                const session = window.jupyterapp.shell.currentWidget.context.sessionContext.session;
                const future = session.kernel.requestExecute({code, store_history: false});
                let printed = '', error = '';
                future.onIOPub = message => {
                    if (message.header.msg_type === 'stream') printed += message.content.text;
                    if (message.header.msg_type === 'error') error = message.content.evalue || 'error';
                };
                await future.done;
                return [printed, error];
            }""",
            code,
        )
        assert not error, error
        return str(printed)

    def keep_busy(self, seconds: float) -> None:
        """Give the kernel something to do, and go on at once."""
        self.page.evaluate(
            """code => {
                const session = window.jupyterapp.shell.currentWidget.context.sessionContext.session;
                session.kernel.requestExecute({code, store_history: false});
            }""",
            f"import time; time.sleep({seconds})",
        )

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where canvas pixel coordinates (x, y) lie on the page."""
        frame = self._find(PAINT).bounding_box()
        assert frame is not None
        scale = frame["width"] / self._find(PAINT).evaluate("canvas => canvas.width")
        return frame["x"] + x * scale, frame["y"] + y * scale

    def pane(self) -> Locator:
        """What takes the pointer and the keys of the painter."""
        return self._find(".u3edu-pane")

    def painter(self) -> Locator:
        """The painter as a whole."""
        return self._find(".u3edu-painter")

    def elements(self) -> Locator:
        """The palette's buttons."""
        return self._find(".u3edu-element")

    def choose(self, number: int) -> None:
        """Press the palette's button of an element."""
        self.elements().nth(number).click()

    def press(self, name: str) -> None:
        """Press a button of the painter by its words."""
        words = re.compile(rf"^\W*{re.escape(name)}\W*$")  # a glyph of an icon may stand beside it
        self._find(".u3edu-painter").get_by_role("button", name=words).click()

    def status(self) -> Locator:
        """The painter's status line; panels further down have lines of their own."""
        return self._find(".u3edu-status").first

    def wait_for_status(self, pattern: str) -> re.Match[str]:
        """Wait until the status line says something; the match."""
        expect(self.status()).to_have_text(re.compile(pattern), timeout=PAINT_MILLISECONDS)
        match = re.search(pattern, self.status().inner_text())
        assert match
        return match

    def screenshot(self, path: Path) -> None:
        """Keep a picture of the page for people to look at."""
        path.parent.mkdir(exist_ok=True)
        self.page.screenshot(path=path)

    def _find(self, what: str) -> Locator:
        """Something in the painter's cell; see `show_painter`."""
        return self.page.locator(f"[data-test='painter'] {what}")

    def _wait_for_notebook(self) -> None:
        self.page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for(timeout=60_000)
        self.page.wait_for_function(
            """() => {
                const context = window.jupyterapp.shell.currentWidget?.context?.sessionContext;
                return context?.isReady && context.session?.kernel?.status === 'idle';
            }""",
            timeout=60_000,
        )
