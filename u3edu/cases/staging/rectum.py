"""The T category of a rectal carcinoma, from the deepest layer that it reaches on MRI."""

from typing import Literal, get_args

from u3edu.cases.staging.unknown import UnknownStaging

RectalLayer = Literal[
    "mucosa", "submucosa", "muscularis propria", "mesorectal fat", "peritoneum", "neighbouring organ"
]
# From the lumen outwards, as a tumour grows.
RECTAL_LAYERS: tuple[RectalLayer, ...] = get_args(RectalLayer)

# AJCC Cancer Staging Manual, 8th edition (Amin 2017), colon and rectum; the UICC's is the same.
_CATEGORIES: dict[RectalLayer, str] = {
    "mucosa": "Tis",
    "submucosa": "T1",
    "muscularis propria": "T2",
    "mesorectal fat": "T3",
    "peritoneum": "T4a",
    "neighbouring organ": "T4b",
}

# Upper ends in mm of the extramural depth: Beets-Tan RGH et al., Magnetic resonance imaging for
# clinical management of rectal cancer: updated recommendations from the 2016 European Society of
# Gastrointestinal and Abdominal Radiology (ESGAR) consensus meeting, Eur Radiol 2018;28:1465-1475.
_T3A_BELOW, _T3B_UP_TO, _T3C_UP_TO = 1.0, 5.0, 15.0

RECTAL_SCHEMES: tuple[tuple[str, int], ...] = (("TNM", 8), ("ESGAR", 2018))


def t_category(
    deepest_layer: RectalLayer, depth_mm: float | None = None, *, scheme: str = "TNM", edition: int = 8
) -> str:
    """The T category of a rectal carcinoma.

    Parameters
    ----------
    deepest_layer : str
        One of `RECTAL_LAYERS`.
    depth_mm : float, optional
        How far it extends beyond the muscularis propria in mm; needed for the sub-stages of T3.
    scheme, edition : str, int
        ``"TNM", 8`` (AJCC and UICC, which do not divide T3), or ``"ESGAR", 2018``, which divides
        T3 into a (less than 1 mm), b (1 to 5 mm), c (more than 5 to 15 mm) and d (more than 15 mm).

    Returns
    -------
    str
        ``"Tis"``, ``"T1"``, ``"T2"``, ``"T3"`` (``"T3a"`` to ``"T3d"``), ``"T4a"`` or ``"T4b"``.

    Raises
    ------
    UnknownStaging
        If scheme or layer are unknown, or a depth is missing, negative, or of a tumour that
        does not leave the wall.
    """
    if (scheme, edition) not in RECTAL_SCHEMES:
        known = ", ".join(f"{name} {number}" for name, number in RECTAL_SCHEMES)
        raise UnknownStaging(f"no scheme {scheme} {edition} for the rectum; there is {known}")
    if deepest_layer not in _CATEGORIES:
        raise UnknownStaging(f"no layer {deepest_layer!r} of the rectum; there is {', '.join(RECTAL_LAYERS)}")
    category = _CATEGORIES[deepest_layer]
    if depth_mm is not None and not depth_mm > 0:
        raise UnknownStaging(f"a depth beyond the muscularis propria is above 0 mm; got {depth_mm}")
    if depth_mm is not None and category < "T3":
        raise UnknownStaging(
            f"a tumour whose deepest layer is the {deepest_layer} has no depth beyond the wall"
        )
    if category != "T3" or scheme == "TNM":
        return category
    if depth_mm is None:
        raise UnknownStaging("the sub-stages of T3 need the depth beyond the muscularis propria in mm")
    if depth_mm < _T3A_BELOW:
        return "T3a"
    if depth_mm <= _T3B_UP_TO:
        return "T3b"
    return "T3c" if depth_mm <= _T3C_UP_TO else "T3d"
