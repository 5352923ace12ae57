"""Reporting prose of a structured caption."""

from u3edu.cases.caption import Caption, LungNodule, NoLesion, RectalTumour

_NORMAL = {
    "rectum": "The layers of the rectal wall are continuous, and the mesorectal fat is clear. "
    "No tumour of the rectum is seen.",
    "lung": "Both lungs are clear. No nodule is seen.",
}
_MARGIN = {"smooth": "a smooth margin", "nodular": "a nodular margin", "irregular": "an irregular margin"}
_SIGNAL = {
    "intermediate": "intermediate signal",
    "high": "high signal, as mucin has it,",
}


def compose(caption: Caption) -> str:
    """Say in words what a structured caption says.

    Parameters
    ----------
    caption : NoLesion, RectalTumour or LungNodule

    Returns
    -------
    str
        Location, size, shape, deepest layer and stage, in the order of a report. The same
        caption gives the same words; `u3edu.cases.contradictions.contradictions` finds none.
    """
    if isinstance(caption, NoLesion):
        return _NORMAL[caption.organ]
    return _rectal(caption) if isinstance(caption, RectalTumour) else _lung(caption)


def millimetres(length: float) -> str:
    """A length as reports write it: whole mm, or with one decimal."""
    return f"{length:.1f}".removesuffix(".0") + " mm"


def _rectal(caption: RectalTumour) -> str:
    first = (
        f"{caption.shape.capitalize()} tumour of the {caption.wall} wall of the rectum, "
        f"{millimetres(caption.size_mm)} in its longest extent, with {_MARGIN[caption.margin]} and "
        f"{_SIGNAL[caption.signal]} on T2-weighted images."
    )
    depth = "" if caption.depth_mm is None else f" {millimetres(caption.depth_mm)}"
    far = f", extends{depth} beyond the wall" if depth else ""
    extent = {
        "mucosa": "It is confined to the mucosa; the submucosa beneath is preserved.",
        "submucosa": "Its deepest part lies in the submucosa; the muscularis propria is preserved.",
        "muscularis propria": "It infiltrates the muscularis propria, the outer border of which is intact.",
        "mesorectal fat": f"It breaks through the muscularis propria and extends{depth} into the "
        "mesorectal fat.",
        "peritoneum": f"It breaks through the muscularis propria, extends{depth} beyond it and "
        "reaches the peritoneum.",
        "neighbouring organ": f"It leaves the mesorectum{far} and invades a neighbouring organ, the "
        f"{caption.organ}.",
    }[caption.deepest_layer]
    return f"{first} {extent} Category {caption.staging}."


def _lung(caption: LungNodule) -> str:
    solid = (
        ""
        if caption.solid_mm is None
        else f"; its solid part measures {millimetres(caption.solid_mm)} across"
    )
    first = (
        f"{caption.density.capitalize()}, {caption.shape} {caption.term} of the {caption.lobe}, "
        f"{millimetres(caption.size_mm)} in its longest diameter{solid}. Its margin is {caption.margin}."
    )
    details = []
    if caption.cavity:
        details.append("It holds a cavity.")
    if caption.pleural_tag:
        details.append("A strand runs from it to the pleura.")
    details.append(
        {
            "lung": "It is surrounded by lung; the visceral pleura is spared.",
            "visceral pleura": "It invades the visceral pleura; the chest wall is spared.",
            "chest wall": "It crosses the pleural space and invades the chest wall.",
            "mediastinum": "It invades the mediastinum.",
        }[caption.deepest_layer]
    )
    return f"{first} {' '.join(details)} Category {caption.staging}."
