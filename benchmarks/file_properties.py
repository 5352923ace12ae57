"""Whether a program can tell real from synthetic quiz pictures by their files alone, not by what they show.

    python -m benchmarks.file_properties pelvic-mri FOLDER

FOLDER holds a DICOM series that the model was not trained on. Each slice is published twice, as it
is and as the model draws it, by `u3edu.imaging.export.reader_png`. A logistic regression, trained
and tested on different slices, gets one property of the files at a time; the area under its ROC curve is
given with a 95 % interval from a bootstrap of the slices.
"""

import io
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from u3edu.imaging.export.reader_png import reader_png
from u3edu.imaging.slice import Slice

DRAWS = 500
FOLDS = 5


def size_and_range(levels: np.ndarray, size: int) -> list[float]:
    """Bytes of the file; lowest and highest grey level; number of grey levels."""
    return [size, levels.min(), levels.max(), len(np.unique(levels))]


def corner_noise(levels: np.ndarray, _: int) -> list[float]:
    """SD of the four corners of 8 x 8 pixels: the noise in air, where the body does not reach them."""
    ends = (slice(0, 8), slice(-8, None))
    return [np.concatenate([levels[rows, columns].ravel() for rows in ends for columns in ends]).std()]


def saturation(levels: np.ndarray, _: int) -> list[float]:
    """Share of pixels that are white."""
    return [(levels == 255).mean()]


def texture(levels: np.ndarray, _: int) -> list[float]:
    """Median absolute Laplacian of the brighter half: what the picture shows, for comparison."""
    inside = levels > np.median(levels[levels > 0])
    return [np.median(np.abs(ndimage.laplace(levels.astype(float)))[inside])]


MEASURES = (size_and_range, corner_noise, saturation, texture)


def area_under_curve(real: np.ndarray, synthetic: np.ndarray) -> tuple[float, float, float]:
    """Area under the ROC curve of a classifier, and its 95 % interval.

    Parameters
    ----------
    real, synthetic : float [N, F]
        Properties; row n of either is of the same slice, and falls into the same fold.

    Returns
    -------
    area, low, high : float
    """
    count = len(real)
    values = np.concatenate([real, synthetic])
    truth, slices = np.repeat([0, 1], count), np.tile(np.arange(count), 2)
    scores = np.zeros(2 * count)
    for train, test in GroupKFold(FOLDS).split(values, truth, slices):
        classifier = make_pipeline(StandardScaler(), LogisticRegression()).fit(values[train], truth[train])
        scores[test] = classifier.decision_function(values[test])
    rng = np.random.default_rng(0)
    areas = []
    for _ in range(DRAWS):
        drawn = rng.integers(count, size=count)
        both = np.concatenate([drawn, drawn + count])
        areas.append(roc_auc_score(truth[both], scores[both]))
    low, high = np.percentile(areas, [2.5, 97.5])
    return float(roc_auc_score(truth, scores)), float(low), float(high)


def compare(real: Sequence[Slice], synthetic: Sequence[Slice]) -> dict[str, tuple[float, float, float]]:
    """The area for each of the measures, by its name."""
    published = [[reader_png(picture) for picture in pictures] for pictures in (real, synthetic)]
    return {
        measure.__name__: area_under_curve(
            *(np.array([measure(_levels(one), len(one)) for one in files]) for files in published)
        )
        for measure in MEASURES
    }


def _levels(content: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image)


def main(model: str, folder: str) -> None:
    """Compare every slice of a series with what the model draws of it, and print the areas."""
    from u3edu.engine.local import load_engine
    from u3edu.imaging.series import read_series

    engine = load_engine(model, device="cpu")
    real = list(read_series(Path(folder)))
    synthetic = [engine.synthesize(engine.segment(picture)) for picture in real]
    print(f"{model}, {len(real)} slices of {folder}")
    for name, (area, low, high) in compare(real, synthetic).items():
        print(f"{name}: AUC {area:.2f} [{low:.2f}, {high:.2f}]")


if __name__ == "__main__":
    main(*sys.argv[1:])
