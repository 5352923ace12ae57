"""Training crops: the same batch for the same seed and step, whenever it is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from u3edu.imaging.slice import Slice


@dataclass(frozen=True, eq=False)
class CropSampler:
    """Draws square crops from slices held in memory.

    Parameters
    ----------
    pictures : tuple of float32 [H, W]
        Intensities in [-1, 1].
    crop : int
        Side of a crop in pixels.
    foreground_above : float
        Crops are centred on a pixel above this intensity, where a picture has one.
    """

    pictures: tuple[np.ndarray, ...]
    crop: int
    foreground_above: float = -1.0

    @classmethod
    def of(cls, slices: Sequence[Slice], crop: int, foreground_above: float = -1.0) -> "CropSampler":
        """A sampler over slices; those smaller than a crop are padded with their lowest value.

        Raises
        ------
        ValueError
            If there is no slice.
        """
        if not slices:
            raise ValueError("no slice to train on")
        pictures = []
        for picture in slices:
            short = [max(0, crop - length) for length in picture.shape]
            padding = [(gap // 2, gap - gap // 2) for gap in short]
            pictures.append(np.pad(picture.pixels, padding, constant_values=float(picture.pixels.min())))
        return cls(tuple(pictures), crop, foreground_above)

    def batch(self, size: int, generator: torch.Generator) -> Tensor:
        """Crops float32 [size, 1, crop, crop]."""
        numbers = np.random.default_rng(int(torch.randint(2**31, (1,), generator=generator)))
        return torch.from_numpy(np.stack([self._crop(numbers) for _ in range(size)])[:, None])

    def _crop(self, numbers: np.random.Generator) -> np.ndarray:
        picture = self.pictures[numbers.integers(len(self.pictures))]
        limits = np.array(picture.shape) - self.crop
        corner = numbers.integers(0, limits + 1)
        rows, columns = np.nonzero(picture > self.foreground_above)
        if self.foreground_above > -1 and rows.size:
            chosen = numbers.integers(rows.size)
            centre = np.array([rows[chosen], columns[chosen]])
            corner = np.clip(centre - self.crop // 2, 0, limits)
        return picture[corner[0] : corner[0] + self.crop, corner[1] : corner[1] + self.crop]


def step_generator(seed: int, step: int, process: int = 0) -> torch.Generator:
    """Random numbers of one step of a run: what makes a resumed run the same run."""
    key = np.random.SeedSequence([seed, step, process]).generate_state(1, np.uint64)[0]
    return torch.Generator().manual_seed(int(key >> 1))
