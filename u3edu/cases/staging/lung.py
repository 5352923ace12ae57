"""The T category of a lung carcinoma, from its size on CT and the deepest structure that it invades."""

from typing import Literal, get_args

from u3edu.cases.staging.unknown import UnknownStaging

LungLayer = Literal["lung", "visceral pleura", "chest wall", "mediastinum"]
# From the lung outwards; the chest wall begins with the parietal pleura.
LUNG_LAYERS: tuple[LungLayer, ...] = get_args(LungLayer)
Density = Literal["solid", "part-solid", "ground-glass"]

# Rami-Porta R et al., proposals for the T descriptors of the 8th edition, J Thorac Oncol
# 2015;10:990-1003. The 9th edition leaves sizes and invasions as they were: Van Schil PE et al.,
# J Thorac Oncol 2024;19:749-765.
LUNG_SCHEMES: tuple[tuple[str, int], ...] = (("TNM", 8), ("TNM", 9))
_UP_TO_MM: tuple[tuple[float, str], ...] = (
    (10, "T1a"),
    (20, "T1b"),
    (30, "T1c"),
    (40, "T2a"),
    (50, "T2b"),
    (70, "T3"),
)
_AT_LEAST: dict[LungLayer, str] = {
    "lung": "T1a",
    "visceral pleura": "T2a",
    "chest wall": "T3",
    "mediastinum": "T4",
}
# Travis WD et al., coding T categories for subsolid nodules and assessment of tumor size in
# part-solid tumors, J Thorac Oncol 2016;11:1204-1223.
_MINIMALLY_INVASIVE_UP_TO, _SUBSOLID_UP_TO = 5.0, 30.0


def t_category(
    size_mm: float,
    *,
    density: Density = "solid",
    solid_mm: float | None = None,
    deepest_layer: LungLayer = "lung",
    scheme: str = "TNM",
    edition: int = 8,
) -> str:
    """The clinical T category of a lung carcinoma.

    Parameters
    ----------
    size_mm : float
        Greatest dimension in mm, with the ground glass of subsolid nodules.
    density : str
        ``"solid"``, ``"part-solid"`` or ``"ground-glass"``.
    solid_mm : float, optional
        Greatest dimension of the solid part, of part-solid nodules alone: it decides.
    deepest_layer : str
        One of `LUNG_LAYERS`; invasion beyond the lung sets the least category.
    scheme, edition : str, int
        ``"TNM", 8`` or ``"TNM", 9``.

    Returns
    -------
    str
        ``"Tis"``, ``"T1mi"``, ``"T1a"`` to ``"T1c"``, ``"T2a"``, ``"T2b"``, ``"T3"`` or ``"T4"``.

    Raises
    ------
    UnknownStaging
        If scheme, density or layer are unknown, or the sizes make no sense.
    """
    if (scheme, edition) not in LUNG_SCHEMES:
        known = ", ".join(f"{name} {number}" for name, number in LUNG_SCHEMES)
        raise UnknownStaging(f"no scheme {scheme} {edition} for the lung; there is {known}")
    if deepest_layer not in _AT_LEAST:
        raise UnknownStaging(f"no layer {deepest_layer!r} of the lung; there is {', '.join(LUNG_LAYERS)}")
    if density not in get_args(Density):
        raise UnknownStaging(f"density is one of {', '.join(get_args(Density))}; got {density!r}")
    if not size_mm > 0:
        raise UnknownStaging(f"a size is above 0 mm; got {size_mm}")
    if (density == "part-solid") != (solid_mm is not None):
        raise UnknownStaging("part-solid nodules, and they alone, have a solid part with a size in mm")
    if solid_mm is not None and not 0 < solid_mm < size_mm:
        raise UnknownStaging(
            f"the solid part of a nodule of {size_mm} mm is smaller than it; got {solid_mm} mm"
        )
    by_size = _by_size(size_mm, density, solid_mm)
    least = _AT_LEAST[deepest_layer]
    if deepest_layer == "lung":
        return by_size
    # Categories sort as text, but for Tis, which nothing that invades can be.
    return least if by_size == "Tis" else max(least, by_size)


def _by_size(size_mm: float, density: Density, solid_mm: float | None) -> str:
    """The category of a tumour within the lung."""
    if density == "ground-glass":
        return "Tis" if size_mm <= _SUBSOLID_UP_TO else "T1a"
    if density == "part-solid":
        assert solid_mm is not None  # checked by the caller
        if solid_mm <= _MINIMALLY_INVASIVE_UP_TO:
            return "T1mi" if size_mm <= _SUBSOLID_UP_TO else "T1a"
        size_mm = solid_mm
    return next((category for end, category in _UP_TO_MM if size_mm <= end), "T4")


def nodule_term(size_mm: float) -> str:
    """What a rounded opacity of a size is called: micronodule, nodule or mass.

    Hansell DM et al., Fleischner Society: glossary of terms for thoracic imaging, Radiology
    2008;246:697-722: below 3 mm, up to 30 mm, and above.

    Raises
    ------
    UnknownStaging
        If the size is not above 0.
    """
    if not size_mm > 0:
        raise UnknownStaging(f"a size is above 0 mm; got {size_mm}")
    if size_mm < 3:
        return "micronodule"
    return "nodule" if size_mm <= 30 else "mass"
