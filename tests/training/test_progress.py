"""The file of losses."""

import csv
from pathlib import Path

from u3edu.training.progress import LossLog


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
