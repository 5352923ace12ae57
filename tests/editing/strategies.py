"""Random edit operations for property tests, on maps of 20 x 24 pixels with three elements."""

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from u3edu.editing import (
    BrushStroke,
    EditContext,
    Element,
    Eraser,
    Exemplar,
    Fill,
    Grow,
    IntensityRange,
    InvalidEdit,
    KeepLargest,
    LabelMap,
    Line,
    Mask,
    OneLayerBack,
    OneLayerDeeper,
    Polygon,
    RemoveSmall,
    Ring,
    Shrink,
    Smooth,
    TissueFill,
    TissuePolygon,
    TissueStroke,
    apply_operation,
)
from u3edu.imaging.slice import Acquisition, IntensityScale, Slice, Window

SHAPE = (20, 24)
ELEMENTS = (
    Element("fat", "#f0e442", 0.5),
    Element("muscle", "#d55e00", -0.4),
    Element("cyst", "#0072b2", 0.9),
)
ACQUISITION = Acquisition("MR", (0.5, 0.5), IntensityScale(1.0, 0.0, "signal"), (Window("full range", 0, 2),))


def halves() -> LabelMap:
    """Left half element 0, right half element 1; the map of the `label_map` fixture."""
    labels = np.zeros(SHAPE, np.uint8)
    labels[:, 12:] = 1
    return LabelMap(labels, ELEMENTS, ACQUISITION)


def mottled() -> LabelMap:
    """Small patches of all three elements."""
    coarse = np.random.default_rng(5).integers(0, 3, (7, 8))
    return LabelMap(np.kron(coarse, np.ones((3, 3), int))[:20, :24].astype(np.uint8), ELEMENTS, ACQUISITION)


def picture() -> Slice:
    """Brighter from left to right, -1 to 1."""
    return Slice(np.broadcast_to(np.linspace(-1, 1, 24, dtype=np.float32), SHAPE), ACQUISITION)


near = st.floats(-5, 30, allow_nan=False)
places = st.tuples(near, near)
elements = st.integers(0, 2)
widths = st.floats(0.5, 8)
lengths = st.floats(0.2, 3)
pixels = st.tuples(st.integers(0, 19), st.integers(0, 23))
lines = st.lists(places, min_size=1, max_size=3)
outlines = st.lists(places, min_size=3, max_size=5)
regions = st.none() | outlines
element_sets = st.sets(elements, max_size=2).map(tuple)


@st.composite
def masks(draw, with_picture=False):
    keep = draw(st.sets(elements, max_size=2))
    free = sorted({0, 1, 2} - keep)
    only_over = draw(st.none() | st.sets(st.sampled_from(free), min_size=1).map(tuple))
    within = None
    if with_picture and draw(st.booleans()):
        low, high = sorted([draw(st.floats(-1, 1)), draw(st.floats(-1, 1))])
        within = IntensityRange(low=low, high=high)
    return Mask(only_over=only_over, keep=tuple(keep), within=within)


CHECKS = Exemplar.from_labels(np.indices((9, 9)).sum(axis=0).astype(np.uint8) % 3)
STRIPES = Exemplar.from_labels(np.where(np.eye(6), 255, np.arange(6)[:, None] // 2 % 2).astype(np.uint8))


@st.composite
def tissues(draw):
    """The fields that a tissue painting has beside its area."""
    clone = draw(st.booleans())
    return {
        "exemplar": draw(st.sampled_from([CHECKS, STRIPES])),
        "mode": "clone" if clone else "pattern",
        "offset": draw(st.tuples(st.integers(-8, 20), st.integers(-8, 20))) if clone else None,
        "pattern_seed": draw(st.integers(0, 1)),
        "rim": draw(st.sampled_from([0, 2])),
    }


OPEN_OR_NOT = st.just(Mask()) | masks()


def any_operation(masks=OPEN_OR_NOT):
    """An operation of any kind; it may not fit the map."""

    def tissue(kind, **area):
        return st.builds(
            lambda fields, mask, **where: kind(**fields, mask=mask, **where), tissues(), masks, **area
        )

    moves = {"point": pixels, "elements": element_sets, "lumen": st.none() | pixels}
    moves |= {"lumen_elements": element_sets, "millimetres": st.none() | lengths}
    return st.one_of(
        st.builds(BrushStroke, element=elements, points=lines, diameter=widths, mask=masks),
        st.builds(Eraser, points=lines, diameter=widths, mask=masks),
        st.builds(Fill, element=elements, seed=pixels, contiguous=st.booleans(), mask=masks),
        st.builds(Polygon, element=elements, points=outlines, mask=masks),
        st.builds(Line, element=elements, points=lines, width=widths, closed=st.booleans(), mask=masks),
        st.builds(
            Ring,
            element=elements,
            centre=places,
            radii=st.tuples(widths, widths),
            thickness=widths,
            mask=masks,
        ),
        st.builds(Grow, element=elements, millimetres=lengths, region=regions, mask=masks),
        st.builds(Shrink, element=elements, millimetres=lengths, region=regions, mask=masks),
        st.builds(Smooth, element=st.none() | elements, radius=st.integers(1, 3), region=regions, mask=masks),
        st.builds(KeepLargest, element=elements, region=regions, mask=masks),
        st.builds(RemoveSmall, element=elements, square_millimetres=lengths, region=regions, mask=masks),
        st.builds(OneLayerDeeper, **moves, mask=masks),
        st.builds(OneLayerBack, **moves, mask=masks),
        tissue(TissueStroke, points=lines, diameter=widths),
        tissue(TissueFill, seed=pixels, contiguous=st.booleans()),
        tissue(TissuePolygon, points=outlines),
    )


@st.composite
def scripts(draw, base, masks=OPEN_OR_NOT, context=None):
    """Operations that fit `base` one after the other."""
    fitting, label_map = [], base
    context = context or EditContext(base)
    for operation in draw(st.lists(any_operation(masks), max_size=5)):
        try:
            label_map, _ = apply_operation(operation, label_map, context)
        except InvalidEdit:
            continue
        fitting.append(operation)
    return fitting


operations = scripts(halves())
# The label map of the fixture is never changed, so that examples may share it.
shared_map = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None
)
