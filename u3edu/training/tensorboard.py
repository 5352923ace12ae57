"""The TensorBoard log of a run: losses as curves, previews as pictures."""

from pathlib import Path

import numpy as np
from torch.utils.tensorboard import SummaryWriter


class TensorBoardLog:
    """A folder for ``tensorboard --logdir``; nothing is written before the first step.

    Parameters
    ----------
    folder : Path
        A resumed run goes on in its folder; what was written beyond the step that it resumes from
        is not shown any more.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._writer: SummaryWriter | None = None

    def add(self, step: int, losses: dict[str, float]) -> None:
        """Note the losses where `step` is a multiple of ten."""
        if self._writer is None:
            self._writer = SummaryWriter(str(self.folder), purge_step=step)
        if step % 10 == 0:
            for name, loss in losses.items():
                self._writer.add_scalar(f"loss/{name}", loss, step)

    def show(self, step: int, picture: np.ndarray) -> None:
        """Note a preview, uint8 [H, W, 3]; after `add` of the same step."""
        if self._writer is not None:
            self._writer.add_image("image, elements, reconstruction", picture, step, dataformats="HWC")

    def close(self) -> None:
        """Write what is not written yet."""
        if self._writer is not None:
            self._writer.close()
