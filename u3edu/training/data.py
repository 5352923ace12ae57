"""Training crops: the same batch for the same seed and step, whenever it is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from u3edu.engine.grain_strength import grain_strength, mean_noise, noise_by_element, noise_residual
from u3edu.engine.protocol import Engine
from u3edu.imaging.body import body_mask
from u3edu.imaging.slice import Slice
from u3edu.training.stage2_config import Stage2Config


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
    originals : int
        How many pictures, the first ones, are no copies of others.
    originals_share : float
        Share of the crops that are of originals whatever chance says; the others are of all alike.
    """

    pictures: tuple[np.ndarray, ...]
    crop: int
    foreground_above: float = -1.0
    originals: int = 0
    originals_share: float = 0.0

    @classmethod
    def of(
        cls,
        slices: Sequence[Slice],
        crop: int,
        foreground_above: float = -1.0,
        originals: int = 0,
        originals_share: float = 0.0,
    ) -> "CropSampler":
        """A sampler over slices; those smaller than a crop are padded with their lowest value.

        Raises
        ------
        ValueError
            If there is no slice.
        """
        if not slices:
            raise ValueError("no slice to train on")
        pictures = tuple(_padded(picture.pixels, crop) for picture in slices)
        return cls(pictures, crop, foreground_above, originals, originals_share)

    def batch(self, size: int, generator: torch.Generator) -> Tensor:
        """Crops float32 [size, 1, crop, crop]."""
        places = self.places(size, generator)
        return torch.from_numpy(np.stack([self.pictures[index][box] for index, box in places])[:, None])

    def places(self, size: int, generator: torch.Generator) -> list[tuple[int, tuple[slice, slice]]]:
        """Draw where `size` crops lie: the number of the picture, and the rows and columns in it."""
        numbers = np.random.default_rng(int(torch.randint(2**31, (1,), generator=generator)))
        return [self._place(numbers) for _ in range(size)]

    @cached_property
    def _foregrounds(self) -> tuple[np.ndarray, ...]:
        """Where each picture is foreground, int32 [N] each, counted along its rows.

        Searched once: for each crop it would take longer than all else that is drawn.
        """
        return tuple(
            np.flatnonzero(picture > self.foreground_above).astype(np.int32) for picture in self.pictures
        )

    def _place(self, numbers: np.random.Generator) -> tuple[int, tuple[slice, slice]]:
        among = len(self.pictures)
        if self.originals_share and numbers.random() < self.originals_share:
            among = self.originals
        index = int(numbers.integers(among))
        picture = self.pictures[index]
        limits = np.array(picture.shape) - self.crop
        corner = numbers.integers(0, limits + 1)
        # -1 takes the whole picture.
        if self.foreground_above > -1 and len(foreground := self._foregrounds[index]):
            centre = np.unravel_index(foreground[numbers.integers(len(foreground))], picture.shape)
            corner = np.clip(np.array(centre) - self.crop // 2, 0, limits)
        top, left = int(corner[0]), int(corner[1])
        return index, (slice(top, top + self.crop), slice(left, left + self.crop))


@dataclass(frozen=True, eq=False)
class LabelledCrops:
    """Draws square crops together with their labels.

    The labels are those of whole pictures: cut out first, a crop would be segmented without
    what lies around it.

    Parameters
    ----------
    crops : CropSampler
    label_maps : tuple of uint8 [H, W]
        Of each of the sampler's pictures.
    grain : tuple of float
        How strong each picture's noise is, as a multiple of the mean of all.
    spacings : tuple of float
        Of each picture's pixels, in mm.
    halo : int
        Pixels on each side of a crop whose labels are given with its own.
    """

    crops: CropSampler
    label_maps: tuple[np.ndarray, ...]
    grain: tuple[float, ...]
    spacings: tuple[float, ...]
    halo: int = 0

    @classmethod
    def of(
        cls,
        slices: Sequence[Slice],
        engine: Engine,
        config: Stage2Config,
        originals: int = 0,
    ) -> "LabelledCrops":
        """A sampler over slices and what `engine` segments them into; see `CropSampler`.

        Raises
        ------
        ValueError
            If there is no slice, or it is not of the engine's modality.
        """
        padded = [picture.with_pixels(_padded(picture.pixels, config.crop)) for picture in slices]
        label_maps = tuple(engine.segment(picture).labels for picture in padded)
        return cls(
            CropSampler.of(padded, config.crop, config.foreground_above, originals, config.originals_share),
            label_maps,
            relative_grain(padded, label_maps, len(engine.elements)),
            tuple(picture.pixel_size for picture in slices),
            config.halo,
        )

    @cached_property
    def _wide_label_maps(self) -> tuple[np.ndarray, ...]:
        """Label maps with `halo` pixels more on each side, the nearest label repeated."""
        if not self.halo:
            return self.label_maps
        return tuple(np.pad(labels, self.halo, mode="edge") for labels in self.label_maps)

    def batch(self, size: int, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor, list[float]]:
        """Crops of pictures, at random.

        Parameters
        ----------
        size : int
        generator : torch.Generator

        Returns
        -------
        crops : float32 [size, 1, crop, crop]
        labels : int64 [size, crop + 2 halo, crop + 2 halo]
        grain : float32 [size]
        spacings : list of float
            In mm.
        """
        places = self.crops.places(size, generator)
        pixels = np.stack([self.crops.pictures[index][box] for index, box in places])
        labels = np.stack([self._wide_label_maps[index][self._wide(box)] for index, box in places])
        grain = torch.tensor([self.grain[index] for index, _ in places])
        spacings = [self.spacings[index] for index, _ in places]
        return torch.from_numpy(pixels)[:, None], torch.from_numpy(labels.astype(np.int64)), grain, spacings

    def _wide(self, box: tuple[slice, slice]) -> tuple[slice, ...]:
        """Where a crop and its halo lie in `_wide_label_maps`."""
        return tuple(slice(side.start, side.stop + 2 * self.halo) for side in box)


def relative_grain(
    slices: Sequence[Slice], label_maps: Sequence[np.ndarray], elements: int
) -> tuple[float, ...]:
    """How strong the noise of each picture is, element by element, as a multiple of the mean of all."""
    measured = [
        noise_by_element(noise_residual(picture.pixels), labels, body_mask(picture), elements)
        for picture, labels in zip(slices, label_maps, strict=True)
    ]
    means, plain = mean_noise(*zip(*measured, strict=True)), np.zeros(elements)
    return tuple(grain_strength(*one, means, plain) for one in measured)


def _padded(pixels: np.ndarray, crop: int) -> np.ndarray:
    """Pixels [H, W] with at least `crop` rows and columns, filled up with their lowest value."""
    short = [max(0, crop - length) for length in pixels.shape]
    padding = [(gap // 2, gap - gap // 2) for gap in short]
    return np.pad(pixels, padding, constant_values=float(pixels.min()))


def step_generator(seed: int, step: int) -> torch.Generator:
    """Random numbers of one step of a run: what makes a resumed run the same run."""
    key = np.random.SeedSequence([seed, step]).generate_state(1, np.uint64)[0]
    return torch.Generator().manual_seed(int(key >> 1))
