"""What can be measured of how widgets look: nothing cut off, and nothing that axe calls serious."""

from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
WIDTHS = (1280, 1920)

# Words that are wider than what holds them, and elements that stick out of the widget.
_CUT_OFF = """root => {
    const edge = root.getBoundingClientRect().right + 1;
    const words = 'button, label, .widget-label, .widget-html-content, .widget-readout, figcaption, a';
    return [...root.querySelectorAll(words)]
        .filter(each => each.offsetParent && each.textContent.trim())
        .filter(each => {
            const clips = ['hidden', 'clip'].includes(getComputedStyle(each).overflowX);
            const isClipped = clips && each.scrollWidth > each.clientWidth + 1;
            return isClipped || each.getBoundingClientRect().right > edge;
        })
        .map(each => each.textContent.trim());
}"""


@contextmanager
def shown_in(page: Page, theme: str, width: int) -> Iterator[None]:
    """JupyterLab in a theme and a width, and then as it was."""
    before = page.viewport_size
    _show(page, theme, width, 1500)
    yield
    assert before is not None
    _show(page, "light", before["width"], before["height"])


def _show(page: Page, theme: str, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    command = "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
    page.evaluate(command, THEMES[theme])
    light = "true" if theme == "light" else "false"
    page.wait_for_function(f"() => document.body.dataset.jpThemeLight === '{light}'")
    page.wait_for_timeout(700)


def cut_off(widget: Locator) -> list[str]:
    """Words in a widget that are cut off or stick out of it."""
    return list(widget.evaluate(_CUT_OFF))


def serious(page: Page, selector: str) -> dict[str, list[str]]:
    """What axe finds serious or critical: contrast, names of controls, their roles."""
    found = Axe().run(page, context=selector).response["violations"]
    return {
        each["id"]: [node["html"] for node in each["nodes"]]
        for each in found
        if each["impact"] in ("serious", "critical")
    }
