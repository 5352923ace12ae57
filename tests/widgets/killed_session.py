"""Edits with autosave, says after each step how many are acknowledged, until somebody kills it."""

import sys
from pathlib import Path

from tests.widgets.fake_engine import FakeEngine, pelvis
from u3edu.editing import BrushStroke
from u3edu.widgets.autosave import Autosave
from u3edu.widgets.session import EditSession


def stroke(number: int) -> BrushStroke:
    """The stroke of a number; no two are the same."""
    return BrushStroke(element=number % 10, points=[(number * 7 % 64, number * 13 % 64)], diameter=5)


def main(folder: Path) -> None:
    engine = FakeEngine()
    session = EditSession(engine, engine.segment(pelvis()))
    Autosave(session, "killed", folder=folder)
    for number in range(1_000_000):
        session.do(stroke(number))
        print(len(session.script), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
