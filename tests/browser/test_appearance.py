"""Every tool and group of the painter, narrow and wide, light and dark: nothing cut off, all readable.

Screenshots are kept, for people to look at.
"""

from pathlib import Path

import pytest

from tests.browser.appearance import THEMES, WIDTHS, cut_off, serious, shown_in
from tests.browser.tool_page import ToolPage

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("theme", THEMES),
    pytest.mark.parametrize("width", WIDTHS),
]

GESTURES = {
    "Brush": ((40, 60), (80, 70), (90, 100)),
    "Eraser": ((60, 66), (70, 68)),
    "Fill": ((80, 50),),
    "Pick up": ((45, 85),),
    "Polygon": ((60, 60), (100, 60), (90, 110)),
    "Lasso": ((100, 20), (130, 40), (110, 60)),
    "Line": ((30, 40), (90, 45)),
    "Ring": ((50, 60), (110, 100)),
    "Deeper": ((80, 124), (80, 112)),
    "Back": ((80, 124), (80, 112)),
    "Region": ((40, 40), (120, 40), (120, 100), (40, 100)),
    "Place": ((40, 80),),
    "Ruler": ((40, 60), (100, 60)),
    "Move": ((80, 80), (70, 80)),
    "Window": ((60, 60), (60, 70)),
}
GROUPS = ("View", "Limits", "Regions", "Tissue", "Recipes", "By numbers", "History", "Stages", "Picture")


def keep(tools: ToolPage, picture: Path) -> None:
    """A screenshot of the painter, with nothing cut off."""
    tools.page.mouse.move(5, 5)
    tools.page.wait_for_timeout(300)
    tools.notebook.painter().screenshot(path=picture)
    assert not cut_off(tools.notebook.painter()), picture.stem


def test_every_tool_in_use(tools: ToolPage, width: int, theme: str, pictures: Path) -> None:
    buttons = tools.notebook.painter().locator(".u3edu-tools button")
    assert [name.strip() for name in buttons.all_inner_texts()] == list(GESTURES)
    tools.notebook.kernel('painter.stroke([(124, 78), (124, 82)], element="tumour-like", diameter=10)')
    tops = set()
    with shown_in(tools.page, theme, width):
        for tool, gesture in GESTURES.items():
            tools.take(tool)
            for points in [(each,) for each in gesture] if tool == "Polygon" else [gesture]:
                tools.notebook.drag(*points)
            keep(tools, pictures / f"tool-{theme}-{width}-{tool.lower().replace(' ', '-')}.png")
            palette = tools.notebook.painter().locator(".u3edu-palette")
            tops.add(palette.evaluate("each => each.offsetTop"))
            tools.page.keyboard.press("Escape")
    assert len(tops) == 1, "the controls below stay where they are, whatever tool is taken"


def test_every_group_of_controls(tools: ToolPage, width: int, theme: str, pictures: Path) -> None:
    for row in range(30, 120, 9):
        tools.notebook.kernel(f"painter.stroke([({row}, 40), ({row}, 80)])")
    with shown_in(tools.page, theme, width):
        for group in GROUPS:
            tools.notebook.press(group)
            keep(tools, pictures / f"group-{theme}-{width}-{group.lower().replace(' ', '-')}.png")
            if width == WIDTHS[0]:
                found = serious(tools.page, "[data-test='painter'] .u3edu-painter")
                assert not found, (group, theme, found)
            if group == "History":
                assert tools.page.get_by_label("History", exact=True).evaluate(
                    """list => {
                        const chosen = list.selectedOptions[0].getBoundingClientRect();
                        const frame = list.getBoundingClientRect();
                        return chosen.top >= frame.top - 1 && chosen.bottom <= frame.bottom + 1;
                    }"""
                ), "the present step is in view"
