"""The promises of painting, checked on whatever notebook shows a painter."""

from pathlib import Path

import numpy as np

from tests.browser.notebook_page import NotebookPage
from u3edu.editing import Box


def check_painting(notebook: NotebookPage, pictures: Path, name: str) -> None:
    """Paint a stroke, undo, redo, save and reload; look at both canvases after each step."""
    paint_before, synthetic_before = notebook.settle()
    rows, columns = synthetic_before.shape[:2]
    notebook.screenshot(pictures / f"{name}-1-opened.png")
    # A short stroke off the centre, so that there is a "beyond" even for a wide halo.
    path = [(columns * x, rows * y) for x, y in ((0.30, 0.40), (0.34, 0.42), (0.36, 0.46))]
    halo = _paint(notebook, path)
    paint_after, synthetic_after = notebook.settle()
    notebook.screenshot(pictures / f"{name}-2-painted.png")

    painted = Box.around((paint_after != paint_before).any(axis=-1))
    changed = (synthetic_after != synthetic_before).any(axis=-1)
    assert painted is not None, "the stroke shows on the original"
    xs, ys = zip(*path, strict=True)
    radius = 64 / 2 + 1
    assert min(ys) - radius <= painted.top <= painted.bottom <= max(ys) + radius
    assert min(xs) - radius <= painted.left <= painted.right <= max(xs) + radius
    assert changed[painted.slices].any(), "the synthetic picture changed inside the stroke's box"
    beyond = np.ones_like(changed)
    beyond[painted.grow(halo).clip(changed.shape).slices] = False
    assert beyond.mean() > 0.05, "the halo leaves a part of the picture to look at"
    assert not changed[beyond].any(), "nothing changed beyond the stroke's halo"

    notebook.press("Undo")
    notebook.wait_for_status("^Undone: ")
    paint_undone, synthetic_undone = notebook.settle()
    np.testing.assert_array_equal(synthetic_undone, synthetic_before)
    np.testing.assert_array_equal(paint_undone, paint_before)

    notebook.press("Redo")
    notebook.wait_for_status("^Done again: ")
    paint_redone, synthetic_redone = notebook.settle()
    np.testing.assert_array_equal(synthetic_redone, synthetic_after)
    np.testing.assert_array_equal(paint_redone, paint_after)

    notebook.save()
    notebook.reload()
    notebook.show_painter()
    paint_reloaded, synthetic_reloaded = notebook.settle()
    notebook.screenshot(pictures / f"{name}-3-reloaded.png")
    np.testing.assert_array_equal(synthetic_reloaded, synthetic_after)
    np.testing.assert_array_equal(paint_reloaded, paint_after)

    notebook.press("Undo")
    notebook.wait_for_status("^Undone: ")
    np.testing.assert_array_equal(notebook.settle()[1], synthetic_before)


def _paint(notebook: NotebookPage, path: list[tuple[float, float]]) -> int:
    """Paint along a path with the first element that changes something; the halo it reports."""
    for number in reversed(range(notebook.elements().count())):
        notebook.choose(number)
        notebook.wait_for_status(f"^Painting with {number} ")
        notebook.drag(*path)
        done = notebook.wait_for_status(r"^Painted .*?(no pixel changed|further than (\d+) pixels)")
        if done.group(2):
            # Off the canvas, so that the ring of the brush goes away.
            notebook.page.mouse.move(5, 5)
            return int(done.group(2))
    raise AssertionError("no element changes anything along the path")
