"""What an authored stage measures: its size, its depth, and what changed outside the edit."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from u3edu.cases.caption import LungNodule, NoLesion, RectalTumour
from u3edu.cases.library.ground import Ground
from u3edu.cases.schema import Stage
from u3edu.cases.staging.rectum import t_category
from u3edu.editing.difference import Difference, edited_pixels
from u3edu.editing.label_map import LabelMap
from u3edu.imaging.phantom.rectum import RectalLayer
from u3edu.imaging.phantom.truth import depth_beyond, longest_diameter
from u3edu.imaging.slice import Slice

# How far the measured may be from what a caption says: some pixels of a lesion's edge.
SIZE_WITHIN_MM, SIZE_WITHIN_SHARE, DEPTH_WITHIN_MM = 1.5, 0.06, 0.8
_TOUCHING = np.ones((3, 3), dtype=bool)
# Radius of the disc that strands do not hold, as a share of the longest axis.
_STRAND_SHARE = 0.15


@dataclass(frozen=True)
class StageMeasures:
    """What was measured of one stage.

    Parameters
    ----------
    stage : str
    size_mm : float
        The longest axis of what was painted; of nodules without spicules and tags.
    depth_mm : float or None
        Beyond the muscularis propria, where the layers are known.
    said_size_mm, said_depth_mm : float or None
        What the caption says.
    said_category, painted_category : str
        What the caption says, and what the painted depth makes of it; empty where depth is unknown.
    difference : Difference
        Of the pictures before and after, inside the edit, in its rim and beyond.
    """

    stage: str
    size_mm: float
    depth_mm: float | None
    said_size_mm: float | None
    said_depth_mm: float | None
    said_category: str
    painted_category: str
    difference: Difference

    @property
    def contradiction(self) -> str:
        """Where the caption and the edit disagree by more than the edge of a lesion; else empty."""
        if self.said_size_mm is not None:
            within = max(SIZE_WITHIN_MM, SIZE_WITHIN_SHARE * self.said_size_mm)
            if abs(self.size_mm - self.said_size_mm) > within:
                return f"{self.stage}: painted {self.size_mm:.1f} mm, and the caption {self.said_size_mm:g}"
        if self.said_category not in ("", self.painted_category):
            return f"{self.stage}: painted {self.painted_category}, and the caption {self.said_category}"
        deep, said = self.depth_mm or 0.0, self.said_depth_mm or 0.0
        if self.depth_mm is not None and abs(deep - said) > DEPTH_WITHIN_MM:
            return f"{self.stage}: painted {deep:.1f} mm beyond the muscularis, and the caption {said:g}"
        return ""


def measure(stage: Stage, ground: Ground, labels: LabelMap, before: Slice, after: Slice) -> StageMeasures:
    """Measure one stage against its ground.

    Parameters
    ----------
    stage : Stage
    ground : Ground
    labels : LabelMap
        Of the stage.
    before, after : Slice
        The synthetic pictures of the ground's elements and of the stage's.
    """
    edited = edited_pixels(ground.labels, labels)
    spacing = ground.labels.acquisition.spacing
    caption = stage.caption
    # Edits leave out what had the lesion's element before: a wall's own muscle, a vessel in the haze.
    # Strands of a spiculated nodule lie so close that closing would join them.
    strands = isinstance(caption, LungNodule) and caption.margin == "spiculated"
    closed = edited if strands else ndimage.binary_closing(np.pad(edited, 4), _TOUCHING, 3)[4:-4, 4:-4]
    lesion = ndimage.binary_fill_holes(closed)
    depth = None
    categories = "", ""
    body = _without_strands(lesion, spacing) if isinstance(caption, LungNodule) else lesion
    if isinstance(caption, RectalTumour) and ground.layers is not None:
        layers = (ground.layers > 0) & (ground.layers <= RectalLayer.MUSCULARIS_PROPRIA)
        depth = depth_beyond(lesion, ndimage.binary_fill_holes(layers), spacing)
        staging = caption.staging
        deep = depth if depth and caption.depth_mm else None
        painted = t_category(caption.deepest_layer, deep, scheme=staging.scheme, edition=staging.edition)
        categories = staging.category, painted
    return StageMeasures(
        stage=stage.name,
        size_mm=longest_diameter(body, spacing),
        depth_mm=depth,
        said_size_mm=None if isinstance(caption, NoLesion) else caption.size_mm,
        said_depth_mm=caption.depth_mm if isinstance(caption, RectalTumour) else None,
        said_category=categories[0],
        painted_category=categories[1],
        difference=Difference.measure(before, after, edited, ground.engine.halo),
    )


def _without_strands(lesion: np.ndarray, spacing: tuple[float, float]) -> np.ndarray:
    """A lesion without spicules and tags: opened with a disc of a third of its longest axis."""
    radius = _STRAND_SHARE * longest_diameter(lesion, spacing)
    core = ndimage.distance_transform_edt(np.pad(lesion, 1), sampling=spacing)[1:-1, 1:-1] > radius
    if not core.any():
        return lesion
    return np.asarray(ndimage.distance_transform_edt(~core, sampling=spacing) <= radius)
