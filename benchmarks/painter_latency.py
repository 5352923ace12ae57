"""How soon new pixels follow the mouse: the painter in Chromium, measured in the page.

    python -m benchmarks.painter_latency --strokes 100 --json

Each stroke is 24 pixels long on a picture of 512 x 512; the time runs from the browser's own
mouse-up to the first frame in which the canvas shows other pixels there. `--added-latency` puts
that many milliseconds on the way to the server and back.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import numpy as np
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM_OPTIONS, ROOT
from tests.browser.lab_server import LabServer
from tests.browser.notebook_page import NotebookPage
from tests.conftest import NAMES

SIZE = 512
STROKE = 24
CELL = """\
import torch
import u3edu
from u3edu.widgets import Painter

torch.set_num_threads(2)
engine = u3edu.load_engine({model!r})
picture = next(each for each in u3edu.sample_series("chest-ct") if each.shape == (512, 512))
painter = Painter(engine, picture, diameter={stroke})
painter"""
FAKE = """\
from tests.widgets.fake_engine import FakeEngine, pelvis
from u3edu.widgets import Painter

painter = Painter(FakeEngine(), pelvis(512), diameter=24)
painter"""

# Both directions wait half the added time; equal waits keep the order.
SLOW_SOCKET = """
const wait = %d / 2;
window.WebSocket = class extends window.WebSocket {
  send(data) { setTimeout(() => super.send(data), wait); }
  set onmessage(callback) { super.onmessage = event => setTimeout(() => callback(event), wait); }
};"""
# Watches a box of each canvas from the mouse-up on, frame by frame.
WATCH = """([x, y, side]) => {
  const root = document.querySelector("[data-test='painter'] .u3edu-painter");
  const look = which => {
    const canvas = root.querySelector(`.u3edu-${which}-canvas`);
    return canvas.getContext('2d').getImageData(x, y, side, side).data.join();
  };
  const before = {paint: look('paint'), synthetic: look('synthetic')};
  window.u3eduTimes = new Promise(resolve => {
    document.addEventListener('pointerup', () => {
      const start = performance.now(), times = {};
      const frame = () => {
        for (const which of ['paint', 'synthetic']) {
          if (!(which in times) && look(which) !== before[which]) times[which] = performance.now() - start;
        }
        if ('paint' in times && 'synthetic' in times || performance.now() - start > 20000) resolve(times);
        else requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    }, {once: true, capture: true});
  });
}"""
# How long the page goes without a frame, and how long the pointer is ahead of wet paint.
FRAMES = """() => {
  window.u3eduFrames = [];
  let last = performance.now();
  const frame = now => { window.u3eduFrames.push(now - last); last = now; window.u3eduTimer = requestAnimationFrame(frame); };
  window.u3eduTimer = requestAnimationFrame(frame);
  window.u3eduWet = [];
  const pane = document.querySelector("[data-test='painter'] .u3edu-pane");
  pane.addEventListener('pointermove', event => {
    if (!event.buttons) return;
    const start = performance.now(), frame = pane.getBoundingClientRect();
    const x = (event.clientX - frame.x) * pane.width / frame.width, y = (event.clientY - frame.y) * pane.height / frame.height;
    const look = () => {
      const alpha = pane.getContext('2d').getImageData(Math.round(x), Math.round(y), 1, 1).data[3];
      if (alpha) window.u3eduWet.push(performance.now() - start);
      else if (performance.now() - start < 2000) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}"""  # noqa: E501


def stroke(notebook: NotebookPage, x: float, y: float) -> dict[str, float]:
    """One stroke; ms from mouse-up to new pixels on either canvas."""
    page = notebook.page
    page.evaluate(WATCH, [int(x), int(y) - 4, STROKE])
    notebook.drag((x, y), (x + STROKE, y))
    return dict(page.evaluate("() => window.u3eduTimes"))


def scribble(notebook: NotebookPage, seconds: float) -> dict[str, float]:
    """A long stroke at 60 moves a second; the page's longest pause, and whether the end arrived."""
    page = notebook.page
    page.evaluate(FRAMES)
    angles = np.linspace(0, 12 * np.pi, int(60 * seconds))
    path = [(256 + 120 * np.cos(angle), 256 + 90 * np.sin(1.3 * angle)) for angle in angles]
    corner, far = np.array(notebook.place(0, 0)), np.array(notebook.place(SIZE, SIZE))
    places = [tuple(corner + (far - corner) * np.array(point) / SIZE) for point in path]
    steps = notebook.kernel("print(len(painter.script))")
    page.mouse.move(*places[0])
    page.mouse.down()
    start = time.monotonic()
    for number, place in enumerate(places):
        page.mouse.move(*place)
        ahead = start + number / 60 - time.monotonic()
        if ahead > 0:
            page.wait_for_timeout(1000 * ahead)
    page.mouse.up()
    page.evaluate("() => cancelAnimationFrame(window.u3eduTimer)")
    frames, wet = page.evaluate("() => [window.u3eduFrames, window.u3eduWet]")
    page.wait_for_timeout(1500)
    notebook.kernel("painter.session.wait()")
    arrived = int(notebook.kernel("print(len(painter.script))")) > int(steps)
    row, column = json.loads(notebook.kernel("print(list(painter.script.operations[-1].points[-1]))"))
    end = float(np.hypot(column + 0.5 - path[-1][0], row + 0.5 - path[-1][1]))
    return {
        "longest_pause_ms": max(frames),
        "wet_p50_ms": float(np.percentile(wet, 50)),
        "wet_p95_ms": float(np.percentile(wet, 95)),
        "end_missed_by_px": end if arrived else float("nan"),
    }


def measure(page: Page, address: str, strokes: int) -> dict[str, float]:
    """All figures of one notebook."""
    notebook = NotebookPage(page, address)
    notebook.open()
    notebook.run_all()
    notebook.show_painter()
    numbers = np.random.default_rng(1)
    count = notebook.elements().count()
    times: dict[str, list[float]] = {"paint": [], "synthetic": []}
    for number in range(strokes + 3):
        # Another element than the one before, so that the pixels change.
        notebook.kernel(f"painter.session.wait(); painter.choose({number % count})")
        x, y = (float(value) for value in numbers.integers(100, 400, 2))
        measured = stroke(notebook, x, y)
        for which, values in times.items():
            # The first strokes warm the engine up.
            if number >= 3 and which in measured:
                values.append(measured[which])
    figures = {"strokes": float(len(times["synthetic"]))}
    for which, values in times.items():
        figures[f"{which}_p50_ms"] = float(np.percentile(values, 50))
        figures[f"{which}_p95_ms"] = float(np.percentile(values, 95))
    print(json.dumps(figures), file=sys.stderr)
    return figures | scribble(notebook, 5)


def main() -> None:
    """Start JupyterLab and Chromium, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="chest-ct", help="a model's name, or 'fake' for the tests' engine")
    parser.add_argument("--strokes", type=int, default=100)
    parser.add_argument("--added-latency", type=int, default=0, help="ms on the way there and back")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    cell = CELL.format(model=arguments.model, stroke=STROKE)
    if arguments.model == "fake":
        cell = FAKE
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        notebooks, home = Path(folder, "notebooks"), Path(folder, "home")
        notebooks.mkdir()
        home.mkdir()
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)], metadata=kernel)
        nbformat.write(notebook, notebooks / "latency.ipynb")
        chromium = next(found for name in NAMES if (found := shutil.which(name)))
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_OPTIONS)
        with LabServer(notebooks, home, [ROOT]) as server:
            page = browser.new_page(viewport={"width": 1400, "height": 1100})
            if arguments.added_latency:
                page.add_init_script(SLOW_SOCKET % arguments.added_latency)
            figures = measure(page, server.address("latency.ipynb"), arguments.strokes)
        browser.close()
    if arguments.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:20} {value:10.1f}")


if __name__ == "__main__":
    main()
