"""The fake engine, a small picture, and a screen that carries out drawing commands."""

from collections.abc import Iterator

import ipycanvas
import pytest
from ipycanvas.canvas import _CANVAS_MANAGER

from tests.widgets.fake_engine import FakeEngine, pelvis
from tests.widgets.screen import Screen
from u3edu.imaging.slice import Slice


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def picture() -> Slice:
    return pelvis()


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Screen]:
    """Everything drawn on any canvas during a test."""
    screen = Screen()
    remember = ipycanvas.Canvas.__init__

    def with_size(canvas: ipycanvas.Canvas, *arguments: object, **options: object) -> None:
        remember(canvas, *arguments, **options)
        canvas.observe(lambda _: screen.sizes.update({canvas.model_id: (canvas.height, canvas.width)}))
        screen.sizes[canvas.model_id] = (canvas.height, canvas.width)

    monkeypatch.setattr(ipycanvas.Canvas, "__init__", with_size)
    monkeypatch.setattr(
        _CANVAS_MANAGER, "send", lambda content, buffers=None: screen.receive(content, buffers or [])
    )
    return screen
