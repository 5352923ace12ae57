"""What the Fleischner Society recommends for an incidental solitary pulmonary nodule."""

from math import floor
from typing import get_args

from u3edu.cases.staging.lung import Density
from u3edu.cases.staging.unknown import UnknownStaging

# MacMahon H et al., guidelines for management of incidental pulmonary nodules detected on CT
# images: from the Fleischner Society 2017, Radiology 2017;284:228-243, table 1.
SCHEME, EDITION = "Fleischner", 2017
_FOLLOW_FROM, _SOLID_ACT_ABOVE, _SOLID_PART_FROM = 6, 8, 6

NO_FOLLOW_UP = "no routine follow-up"
OPTIONAL_12 = "optional CT at 12 months"
SOLID_LOW_RISK = "CT at 6-12 months, then consider CT at 18-24 months"
SOLID_HIGH_RISK = "CT at 6-12 months, then CT at 18-24 months"
SOLID_LARGE = "consider CT at 3 months, PET/CT or tissue sampling"
GROUND_GLASS = "CT at 6-12 months to confirm persistence, then every 2 years until 5 years"
PART_SOLID = (
    "CT at 3-6 months to confirm persistence, then yearly for 5 years while the solid part is below 6 mm"
)
PART_SOLID_LARGE = (
    "CT at 3-6 months to confirm persistence; if the solid part stays 6 mm or more, highly suspicious"
)


def recommendation(
    diameter_mm: float, density: Density = "solid", *, high_risk: bool = False, solid_mm: float | None = None
) -> str:
    """The recommendation for one incidental nodule of an adult of 35 years or more.

    Not for screening, for people with known cancer, nor for those whose immunity is suppressed.

    Parameters
    ----------
    diameter_mm : float
        Mean of long and short axis in mm; rounded to whole mm, as the guideline measures.
    density : str
        ``"solid"``, ``"part-solid"`` or ``"ground-glass"``.
    high_risk : bool
        Of the person; decides for solid nodules only.
    solid_mm : float, optional
        Diameter of the solid part of a part-solid nodule, rounded likewise.

    Returns
    -------
    str

    Raises
    ------
    UnknownStaging
        If the density is unknown, or the sizes make no sense.
    """
    if density not in get_args(Density):
        raise UnknownStaging(f"density is one of {', '.join(get_args(Density))}; got {density!r}")
    if not diameter_mm > 0:
        raise UnknownStaging(f"a size is above 0 mm; got {diameter_mm}")
    if (density == "part-solid") != (solid_mm is not None):
        raise UnknownStaging("part-solid nodules, and they alone, have a solid part with a size in mm")
    if solid_mm is not None and not 0 < solid_mm < diameter_mm:
        raise UnknownStaging(f"the solid part of a nodule of {diameter_mm} mm is smaller; got {solid_mm} mm")
    whole = _whole_mm(diameter_mm)
    if whole < _FOLLOW_FROM:
        return OPTIONAL_12 if density == "solid" and high_risk else NO_FOLLOW_UP
    if density == "ground-glass":
        return GROUND_GLASS
    if solid_mm is not None:
        return PART_SOLID if _whole_mm(solid_mm) < _SOLID_PART_FROM else PART_SOLID_LARGE
    if whole > _SOLID_ACT_ABOVE:
        return SOLID_LARGE
    return SOLID_HIGH_RISK if high_risk else SOLID_LOW_RISK


def _whole_mm(length: float) -> int:
    """To the nearest whole mm, halves upwards (Bankier AA et al., Radiology 2017;285:584-600)."""
    return floor(length + 0.5)
