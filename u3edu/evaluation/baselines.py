"""The segmentations that U3-Net is compared with: super-pixels and clustering, without learning."""

from collections.abc import Callable

import numpy as np
from scipy.cluster.vq import kmeans2, vq
from skimage.segmentation import felzenszwalb, slic

from u3edu.imaging.slice import Slice

# As many clusters as U3-Net has elements.
CLUSTERS = 10
# With position in the features a cluster is a place, and ten places are too few for a picture.
PLACES = 100
SUPERPIXELS = 1000

# CT from air to bone; the rest of the scale holds metal and would flatten all tissue.
_CT_RANGE_HU = (-1000.0, 400.0)
# Centres are found on so many pixels, drawn evenly, and then used for all.
_SAMPLE = 20_000

Baseline = Callable[[Slice], np.ndarray]


def grey(picture: Slice) -> np.ndarray:
    """Intensities in 0 to 1, float32 [H, W]: CT from -1000 to 400 HU, others over their range."""
    if picture.acquisition.modality == "CT":
        low, high = _CT_RANGE_HU
        return np.clip((picture.raw - low) / (high - low), 0.0, 1.0).astype(np.float32)
    return (picture.pixels + 1) / 2


def slic_superpixels(picture: Slice) -> np.ndarray:
    """SLIC (Achanta et al., 2012) with about 1,000 super-pixels, int64 [H, W]."""
    return slic(grey(picture), n_segments=SUPERPIXELS, compactness=0.05, channel_axis=None, start_label=0)


def felzenszwalb_segments(picture: Slice) -> np.ndarray:
    """Graph-based segments (Felzenszwalb and Huttenlocher, 2004), int64 [H, W]."""
    return felzenszwalb(grey(picture), scale=30, sigma=0.8, min_size=20, channel_axis=None)


def intensity_clusters(picture: Slice) -> np.ndarray:
    """K-means on intensity alone, K = 10, int32 [H, W]."""
    return _kmeans(grey(picture).reshape(-1, 1), CLUSTERS).reshape(picture.shape)


def place_clusters(picture: Slice) -> np.ndarray:
    """K-means on intensity and position, K = 100, int32 [H, W].

    The whole range of intensities counts as much as half the picture's longer side.
    """
    rows, columns = np.indices(picture.shape, dtype=np.float32)
    side = max(picture.shape) / 2
    features = np.stack([grey(picture), rows / side, columns / side], axis=-1)
    return _kmeans(features.reshape(-1, 3), PLACES).reshape(picture.shape)


BASELINES: dict[str, Baseline] = {
    f"SLIC, {SUPERPIXELS:,} segments": slic_superpixels,
    "Felzenszwalb, scale 30": felzenszwalb_segments,
    f"K-means, intensity, K = {CLUSTERS}": intensity_clusters,
    f"K-means, intensity and position, K = {PLACES}": place_clusters,
}


def _kmeans(features: np.ndarray, clusters: int) -> np.ndarray:
    """Nearest of the centres that K-means++ and Lloyd's iterations find, int32 [N]."""
    step = max(features.shape[0] // _SAMPLE, 1)
    centres, _ = kmeans2(
        features[::step], clusters, iter=20, minit="++", rng=np.random.default_rng(0), missing="warn"
    )
    labels, _ = vq(features, centres)
    return labels
