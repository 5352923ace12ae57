"""The ground of a case: the base's elements, its picture, its layers, and its tissues."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from u3edu.cases.base import Base, PublicBase, SyntheticBase
from u3edu.cases.library.plan import BasePlan, Sampled
from u3edu.cases.library.tissues import Tissues
from u3edu.cases.library.wall import wall_layers
from u3edu.cases.pictures import base_phantom
from u3edu.editing.label_map import Element, LabelMap
from u3edu.editing.outline import Point
from u3edu.editing.quilting import pattern_tile
from u3edu.editing.recipes.recipe import Paint
from u3edu.engine.local import LocalEngine
from u3edu.imaging.coil_field import field_of_part
from u3edu.imaging.folder import scan_folder
from u3edu.imaging.phantom.rectum import RectalLayer
from u3edu.imaging.sample import DATA_VARIABLE, SAMPLES, data_folder
from u3edu.imaging.series import Series, read_files
from u3edu.imaging.slice import Slice, Source

# What each layer of a drawn wall is painted with.
_WALL_ROLES = {
    RectalLayer.LUMEN: "lumen",
    RectalLayer.MUCOSA: "mucosa",
    RectalLayer.SUBMUCOSA: "submucosa",
    RectalLayer.MUSCULARIS_PROPRIA: "muscularis propria",
}
LAYER_NAMES = ("outside", "lumen", "mucosa", "submucosa", "muscularis propria", "mesorectal fat")


class SliceNotAtHand(FileNotFoundError):
    """A slice that the library is made from is not on this machine."""


@dataclass(frozen=True, eq=False)
class Ground:
    """What the stages of a case are drawn on.

    Parameters
    ----------
    plan : BasePlan
    engine : LocalEngine
    base : Base
        For ``case.yaml``.
    picture : Slice
        The model's picture of the elements, the phantom's, or the public slice itself.
    labels : LabelMap
    layers : uint8 [H, W] or None
        Of the rectal wall, 5 for the mesorectal fat where it is known; of the lung phantom as it
        has them; None where nobody knows any.
    tissues : Tissues
    corner : (row, column)
        Of the whole slice, where the kept part begins.
    """

    plan: BasePlan
    engine: LocalEngine
    base: Base
    picture: Slice
    labels: LabelMap
    layers: np.ndarray | None
    tissues: Tissues
    corner: tuple[int, int]

    @cached_property
    def drawn(self) -> Slice:
        """The engine's picture of the elements."""
        return self.picture if self.base.kind == "synthetic" else self.engine.synthesize(self.labels)

    def place(self, at: Point) -> Point:
        """A place of the whole slice in the kept part."""
        return at[0] - self.corner[0], at[1] - self.corner[1]


def prepare(plan: BasePlan, engine: LocalEngine) -> Ground:
    """Segment a base, draw its wall, and keep the part that is wanted.

    Raises
    ------
    SliceNotAtHand
        If the slice is not on this machine.
    ValueError
        If the plan does not fit the picture.
    """
    if plan.phantom is not None:
        phantom = base_phantom(plan.phantom)
        labels = engine.segment(phantom.picture)
        tissues = Tissues(plan.tissues, {None: labels}, phantom)
        return Ground(plan, engine, plan.phantom, phantom.picture, labels, phantom.layers, tissues, (0, 0))
    if plan.slice is None:
        raise ValueError("a base is a slice or a phantom")
    series = series_at_hand(plan.slice.series_uid)
    original = series[plan.slice.number - 1]
    whole = engine.segment(original)
    others = {tissue.number for tissue in plan.tissues.values() if isinstance(tissue, Sampled)}
    maps: dict[int | None, LabelMap] = {None: whole}
    maps |= {number: engine.segment(series[number - 1]) for number in others if number is not None}
    tissues = Tissues(plan.tissues, maps)
    labels, layers = whole, None
    if plan.collection is not None:
        found = original.acquisition.source
        public = PublicBase(
            collection=plan.collection, series_uid=found.series_uid, instance_uid=found.instance_uid
        )
        return Ground(plan, engine, public, original, whole, None, tissues, (0, 0))
    if plan.wall is not None:
        layers = wall_layers(plan.wall, whole.shape, whole.acquisition.spacing[0])
        labels = _with_wall(whole, layers, tissues, plan.wall.seed)
    top, left, rows, columns = plan.crop or (0, 0, *whole.shape)
    kept = (slice(top, top + rows), slice(left, left + columns))
    source = Source(description=f"drawn by {engine.name} from the elements of a slice")
    acquisition = replace(whole.acquisition, plane=None, position=None, source=source)
    if acquisition.coil_field is not None:
        field = field_of_part(acquisition.coil_field, whole.shape, kept)
        acquisition = replace(acquisition, coil_field=field)
    labels = LabelMap(labels.labels[kept], whole.elements, acquisition)
    layers = None if layers is None else layers[kept]
    return Ground(
        plan, engine, SyntheticBase(), engine.synthesize(labels), labels, layers, tissues, (top, left)
    )


def layer_map(layers: np.ndarray, labels: LabelMap) -> LabelMap:
    """Layers [H, W] in the form of a label map, for the geometry of recipes."""
    elements = tuple(Element(name, "#000000", 0.0) for name in LAYER_NAMES)
    return LabelMap(layers, elements, labels.acquisition)


def painted(labels: np.ndarray, where: np.ndarray, paint: Paint, seed: int) -> np.ndarray:
    """Labels [H, W] with an element or a pattern in an area, as the tissue brush paints it."""
    if isinstance(paint, int):
        return np.where(where, np.uint8(paint), labels)
    tile = pattern_tile(paint, seed)
    rows, columns = (np.arange(length) % tile.shape[0] for length in labels.shape)
    return np.where(where, tile[np.ix_(rows, columns)], labels)


def _with_wall(whole: LabelMap, layers: np.ndarray, tissues: Tissues, seed: int) -> LabelMap:
    labels = whole.labels
    for layer, role in _WALL_ROLES.items():
        labels = painted(labels, layers == layer, tissues.paint(role), seed)
    return whole.with_labels(labels)


def series_at_hand(series_uid: str) -> Series:
    """A series by its UID, from the folder that U3EDU_DATA names or from an installed sample.

    Raises
    ------
    SliceNotAtHand
        If it is in neither.
    """
    folder = data_folder()
    if folder is not None:
        for files in scan_folder(folder).series:
            if files.series_uid == series_uid:
                return read_files(files)
    for sample in SAMPLES.values():
        try:
            series = sample()
        except FileNotFoundError:
            continue
        if series.series_uid == series_uid:
            return series
    raise SliceNotAtHand(
        f"the series {series_uid} is not on this machine: set {DATA_VARIABLE} to a folder that holds it"
    )
