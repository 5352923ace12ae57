"""What a person sees of a run: a bar with the time left, losses, preview pictures, TensorBoard."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from lightning_fabric import Fabric
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from u3edu.engine.protocol import Engine
from u3edu.imaging.slice import Slice
from u3edu.model.u3net import U3Net
from u3edu.training.preview import save_preview
from u3edu.training.tensorboard import TensorBoardLog

PREVIEW_EVERY = 500

# What a run calls after every step: the step, its losses, the network as it would ship now.
Report = Callable[[int, dict[str, float], U3Net], None]


@contextmanager
def follow(
    title: str,
    steps: int,
    slices: Sequence[Slice],
    engine_of: Callable[[U3Net], Engine],
    output: Path,
    fabric: Fabric,
    console: Console,
) -> Iterator[Report]:
    """Give a run the callback that shows how it goes.

    Parameters
    ----------
    title : str
        For example ``"stage 1"``; its files are named after it.
    steps : int
    slices : sequence of Slice
        Three of them are previewed.
    engine_of : callable
        From the network in training to an engine on a copy of it.
    output : Path
        Gets ``<title>-losses.csv``, ``<title>-previews/`` and ``<title>-tensorboard/``.
    fabric : Fabric
        Only its first process shows anything.
    console : rich.console.Console
    """
    columns = (
        TextColumn(title),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[losses]}"),
    )
    name = title.replace(" ", "")
    previewed = [slices[index * len(slices) // 3] for index in range(3)]
    log = LossLog(output / f"{name}-losses.csv")
    board = TensorBoardLog(output / f"{name}-tensorboard")
    with closing(board), Progress(*columns, console=console, disable=not fabric.is_global_zero) as progress:
        bar = progress.add_task(title, total=steps, losses="")

        def report(step: int, losses: dict[str, float], network: U3Net) -> None:
            words = "  ".join(f"{name} {loss:.4f}" for name, loss in losses.items())
            progress.update(bar, completed=step + 1, losses=words)
            if not fabric.is_global_zero:
                return
            log.add(step, losses)
            board.add(step, losses)
            if (step + 1) % PREVIEW_EVERY == 0 or step + 1 == steps:
                picture = output / f"{name}-previews" / f"{step + 1:06d}.png"
                board.show(step, save_preview(picture, engine_of(network), previewed))

        yield report


class LossLog:
    """A CSV file of losses, one line a loss every ten steps: step, seconds, name, value.

    Parameters
    ----------
    path : Path
        A resumed run continues its file; what it had written beyond the step that it resumes
        from is taken out, so that every step stands there once.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.started = time.monotonic()
        self._is_open = False

    def add(self, step: int, losses: dict[str, float]) -> None:
        """Write the losses where `step` is a multiple of ten."""
        if not self._is_open:
            self._open(step)
        if step % 10:
            return
        seconds = time.monotonic() - self.started
        with self.path.open("a", encoding="utf-8") as file:
            file.writelines(f"{step},{seconds:.1f},{name},{loss:.6g}\n" for name, loss in losses.items())

    def _open(self, step: int) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        rows = self.path.read_text("utf-8").splitlines()[1:] if self.path.exists() else []
        kept = [row for row in rows if row.split(",")[0].isdigit() and int(row.split(",")[0]) < step]
        self.path.write_text("\n".join(["step,seconds,loss,value", *kept]) + "\n", "utf-8")
        self._is_open = True
