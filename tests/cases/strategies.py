"""Captions of all kinds, for Hypothesis."""

from typing import get_args

from hypothesis import strategies as st

from u3edu.cases.caption import Lobe, LungNodule, NoLesion, RectalTumour, RectalWall, Staging
from u3edu.cases.staging import lung, rectum

millimetres = st.integers(1, 200).map(float) | st.integers(11, 900).map(lambda tenths: tenths / 10)


@st.composite
def rectal_tumours(draw: st.DrawFn) -> RectalTumour:
    layer = draw(st.sampled_from(rectum.RECTAL_LAYERS))
    depth = None
    if layer == "mesorectal fat" or (layer > "mu" and layer != "muscularis propria" and draw(st.booleans())):
        depth = draw(millimetres) if layer not in ("mucosa", "submucosa") else None
    scheme, edition = draw(st.sampled_from(rectum.RECTAL_SCHEMES))
    category = rectum.t_category(layer, depth, scheme=scheme, edition=edition)
    return RectalTumour(
        wall=draw(st.sampled_from(get_args(RectalWall))),
        size_mm=draw(millimetres),
        shape=draw(st.sampled_from(["polypoid", "flat", "ulcerated", "semi-circumferential"])),
        margin=draw(st.sampled_from(["smooth", "nodular", "irregular"])),
        signal=draw(st.sampled_from(["intermediate", "high"])),
        deepest_layer=layer,
        depth_mm=depth,
        organ="prostate" if layer == "neighbouring organ" else None,
        staging=Staging(scheme=scheme, edition=edition, category=category),
    )


@st.composite
def lung_nodules(draw: st.DrawFn) -> LungNodule:
    density = draw(st.sampled_from(["solid", "part-solid", "ground-glass"]))
    size = draw(millimetres.filter(lambda length: length >= 3))
    solid = size * draw(st.sampled_from([0.25, 0.5, 0.75])) if density == "part-solid" else None
    layer = draw(st.sampled_from(lung.LUNG_LAYERS))
    edition = draw(st.sampled_from([8, 9]))
    category = lung.t_category(size, density=density, solid_mm=solid, deepest_layer=layer, edition=edition)
    return LungNodule(
        lobe=draw(st.sampled_from(get_args(Lobe))),
        size_mm=size,
        solid_mm=solid,
        density=density,
        shape=draw(st.sampled_from(["round", "oval", "irregular"])),
        margin=draw(st.sampled_from(["smooth", "lobulated", "spiculated"])),
        cavity=draw(st.booleans()),
        pleural_tag=draw(st.booleans()),
        deepest_layer=layer,
        staging=Staging(scheme="TNM", edition=edition, category=category),
    )


lesions = rectal_tumours() | lung_nodules()
captions = st.sampled_from([NoLesion(organ="rectum"), NoLesion(organ="lung")]) | lesions
