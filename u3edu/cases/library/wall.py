"""A rectal wall of known layers, for slices whose own layers are finer than their pixels."""

import numpy as np
from scipy import ndimage

from u3edu.cases.library.plan import WallPlan
from u3edu.editing.outline import check_corners, polygon_mask
from u3edu.imaging.phantom.outline import closed_spline
from u3edu.imaging.phantom.rectum import RectalLayer

# Over how many mm the thickness of a layer swings; the inner borders swing beyond this depth.
_SWING_MM, _STEADY_MM = 3.0, 0.8


def wall_layers(plan: WallPlan, shape: tuple[int, int], spacing: float) -> np.ndarray:
    """The layers of a wall inside the outer border of its muscularis propria.

    Parameters
    ----------
    plan : WallPlan
    shape : (rows, columns)
    spacing : float
        Distance between pixel centres in mm.

    Returns
    -------
    uint8 [H, W]
        `RectalLayer`: 0 outside the wall, 1 the lumen, then from the inside out.
    """
    inside = polygon_mask(check_corners(closed_spline(plan.outline)), shape)
    depth = (ndimage.distance_transform_edt(inside) - 0.5) * spacing
    field = np.random.default_rng(plan.seed).standard_normal(shape)
    swing = ndimage.gaussian_filter(field, _SWING_MM / spacing)
    swing *= plan.unevenness / swing.std()
    depth = np.where(depth > _STEADY_MM, depth + swing, depth)
    layers = np.where(inside, np.uint8(RectalLayer.MUSCULARIS_PROPRIA), np.uint8(0))
    border = plan.muscularis_propria
    for layer, thickness in (
        (RectalLayer.SUBMUCOSA, plan.submucosa),
        (RectalLayer.MUCOSA, plan.mucosa),
        (RectalLayer.LUMEN, 0.0),
    ):
        layers[inside & (depth > border)] = layer
        border += thickness
    return layers
