"""A reader that no loss was trained against: a small network of its own, from random weights.

    python benchmarks/second_reader.py TEST --model MODEL --train TRAIN [--against STAGE1] [--seeds 3]

The reader loss of stage 2 looks through the backbone that the automatic reader of `u3edu evaluate`
looks through, so that one is no independent witness any more. This one learns from nothing but
real and reconstructed slices of the patients of TRAIN, and is tested on those of TEST. As a check
that it can see, it is also asked to find copies blurred by a Gaussian of 0.7 pixels.
"""

import argparse
import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn

from u3edu.engine.local import load_engine
from u3edu.evaluation.appearance import as_read
from u3edu.evaluation.command import read_patients
from u3edu.evaluation.lesson import SLICES_A_PATIENT
from u3edu.evaluation.reader_features import reader_tiles
from u3edu.evaluation.spread import evenly_spread
from u3edu.imaging.body import body_mask
from u3edu.imaging.slice import Slice

STEPS, BATCH, RATE = 500, 32, 1e-3

Tiles = list[np.ndarray]  # of each slice, float32 [N, windows, 128, 128]


def tiles_of(picture: Slice, body: np.ndarray) -> np.ndarray:
    """What a reader sees of a slice's tiles, float32 [N, windows, 128, 128]."""
    seen = as_read(picture)
    places = reader_tiles(body)
    return (
        np.stack([seen[:, *place] for place in places]) if places else np.empty((0, *seen.shape), np.float32)
    )


def small_network(windows: int) -> nn.Module:
    """Four strided convolutions and a mean over what they find."""
    widths = (windows, 16, 32, 64, 64)
    layers: list[nn.Module] = []
    for before, after in pairwise(widths):
        layers += [nn.Conv2d(before, after, 3, stride=2, padding=1), nn.BatchNorm2d(after), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(widths[-1], 1))


def learn(real: Tensor, made: Tensor, seed: int) -> nn.Module:
    """A network taught to tell tiles [N, windows, 128, 128] apart, made ones above zero."""
    torch.manual_seed(seed)
    network = small_network(real.shape[1])
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS)
    is_made = torch.arange(BATCH).float() % 2
    for _ in range(STEPS):
        chosen = torch.randint(len(real), (BATCH,))
        batch = torch.where(is_made[:, None, None, None] > 0, made[chosen], real[chosen])
        if torch.rand(()) < 0.5:
            batch = batch.flip(3)
        loss = nn.functional.binary_cross_entropy_with_logits(network(batch)[:, 0], is_made)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return network.eval()


@torch.inference_mode()
def areas(network: nn.Module, real: Tiles, made: Tiles) -> tuple[float, float]:
    """Area under the ROC curve over slices, and over tiles."""
    scores = [[network(torch.from_numpy(tiles))[:, 0].numpy() for tiles in one] for one in (real, made)]
    truth = np.repeat([0, 1], len(real))
    by_slice = roc_auc_score(truth, [tiles.mean() for one in scores for tiles in one])
    tile_truth = np.repeat([0, 1], [sum(map(len, one)) for one in scores])
    return float(by_slice), float(roc_auc_score(tile_truth, np.concatenate([*scores[0], *scores[1]])))


def some_slices(folder: Path, modality: str) -> list[Slice]:
    """Up to 24 slices, evenly spread, of each patient of a folder."""
    patients = (slices for _, slices in read_patients(folder, modality))
    return [picture for slices in patients for picture in evenly_spread(slices, SLICES_A_PATIENT)]


def blurred(picture: Slice) -> Slice:
    """The positive control."""
    return picture.with_pixels(ndimage.gaussian_filter(picture.pixels, 0.7).astype(np.float32))


def compare(name: str, train: Sequence[Slice], test: Sequence[Slice], seeds: int) -> dict[str, object]:
    """Areas of readers from several seeds; `name` is a model's, or ``"blur"`` for the control."""
    engine = None if name == "blur" else load_engine(name)

    def made_from(picture: Slice) -> Slice:
        return engine.synthesize(engine.segment(picture)) if engine else blurred(picture)

    def pairs(pictures: Sequence[Slice]) -> tuple[Tiles, Tiles]:
        real, made = [], []
        for picture in pictures:
            body = body_mask(picture)
            tiles = tiles_of(picture, body)
            if len(tiles):
                real.append(tiles)
                made.append(tiles_of(as_stored(made_from(picture)), body))
        return real, made

    real, made = pairs(train)
    tables = [torch.from_numpy(np.concatenate(one)) for one in (real, made)]
    tested = pairs(test)
    found = [areas(learn(*tables, seed), *tested) for seed in range(seeds)]
    return {"slices": [one[0] for one in found], "tiles": [one[1] for one in found]}


def as_stored(picture: Slice) -> Slice:
    """A picture with its intensities in whole numbers, as a series has them: else that alone would tell."""
    return picture.with_pixels(picture.acquisition.scale.to_pixels(np.round(picture.raw)))


def main() -> None:
    """Print areas of the control and of each model."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("test", type=Path, help="folder with a sub-folder of DICOM for each patient")
    parser.add_argument("--train", type=Path, required=True, help="other patients, to learn from")
    parser.add_argument("--model", required=True, help="name of a model, or a weights file")
    parser.add_argument("--against", help="another model")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    modality = load_engine(options.model).card.modality
    train, test = (some_slices(folder, modality) for folder in (options.train, options.test))
    for name in ("blur", options.against, options.model):
        if name:
            print(json.dumps({"made by": name} | compare(name, train, test, options.seeds)), flush=True)


if __name__ == "__main__":
    main()
