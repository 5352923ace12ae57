"""Feature distance (EfficientNet-Lite0) of reconstructions from their originals; it is not LPIPS."""

from collections.abc import Sequence

import numpy as np
import torch
from torch.nn import functional

from u3edu.evaluation.appearance import as_read
from u3edu.evaluation.reconstructed import Reconstructed
from u3edu.imaging.slice import Slice
from u3edu.training.losses.perceptual import FeatureDistance

# The coarsest stage of the backbone.
_STRIDE = 32


def feature_distances(pairs: Sequence[Reconstructed], distance: FeatureDistance) -> np.ndarray:
    """The distance of each pair, float64 [N]: 0 for the same features.

    Both pictures are seen as a reader sees them (`as_read`); the mean over the windows.
    """
    with torch.inference_mode():
        return np.array(
            [float(distance(_batch(pair.reconstruction), _batch(pair.picture))) for pair in pairs]
        )


def _batch(picture: Slice) -> torch.Tensor:
    """float32 [N, 1, H, W], sides filled up to multiples of the backbone's stride."""
    rows, columns = picture.shape
    seen = torch.from_numpy(as_read(picture))[:, None]
    return functional.pad(seen, (0, -columns % _STRIDE, 0, -rows % _STRIDE), mode="replicate")
