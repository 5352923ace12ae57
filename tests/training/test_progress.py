"""The file of losses, and the TensorBoard log."""

import csv
import time
from pathlib import Path

import numpy as np
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from u3edu.training.progress import LossLog
from u3edu.training.tensorboard import TensorBoardLog


def rows(path: Path) -> list[tuple[int, str, float]]:
    with path.open(encoding="utf-8") as file:
        return [(int(row["step"]), row["loss"], float(row["value"])) for row in csv.DictReader(file)]


def test_losses_that_begin_later_have_lines_of_their_own(tmp_path: Path) -> None:
    log = LossLog(tmp_path / "run" / "losses.csv")
    for step in range(25):
        log.add(step, {"one": step / 10} | ({"two": 5.0} if step >= 15 else {}))
    assert rows(log.path) == [(0, "one", 0.0), (10, "one", 1.0), (20, "one", 2.0), (20, "two", 5.0)]


def test_a_resumed_run_writes_every_step_once(tmp_path: Path) -> None:
    path = tmp_path / "losses.csv"
    killed = LossLog(path)
    for step in range(40):
        killed.add(step, {"one": 1.0})
    with path.open("a", encoding="utf-8") as file:
        file.write("40,3.")  # killed while writing
    resumed = LossLog(path)
    for step in range(15, 50):
        resumed.add(step, {"one": 2.0})
    assert rows(path) == [(0, "one", 1.0), (10, "one", 1.0), *((step, "one", 2.0) for step in (20, 30, 40))]


def test_tensorboard_shows_every_step_of_a_resumed_run_once_and_its_pictures(tmp_path: Path) -> None:
    picture = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
    for first, last, value in ((0, 40, 1.0), (15, 50, 2.0)):
        board = TensorBoardLog(tmp_path / "board")
        for step in range(first, last):
            board.add(step, {"one": value})
        board.show(last - 1, picture)
        board.close()
        # Its files are read in the order of their names, which begin with the second.
        time.sleep(1)
    shown = EventAccumulator(str(tmp_path / "board")).Reload()
    assert [(event.step, event.value) for event in shown.Scalars("loss/one")] == [
        (0, 1.0),
        (10, 1.0),
        *((step, 2.0) for step in (20, 30, 40)),
    ]
    (event,) = shown.Images("image, elements, reconstruction")
    assert (event.step, event.height, event.width) == (49, 4, 6)


def test_a_run_that_ends_before_its_first_step_leaves_no_tensorboard_folder(tmp_path: Path) -> None:
    TensorBoardLog(tmp_path / "board").close()
    assert not (tmp_path / "board").exists()
