"""Colours for anatomical elements that colour-blind people can tell apart."""

from matplotlib import colormaps
from matplotlib.colors import to_hex

# Okabe and Ito's eight colours and two of Paul Tol's muted ones. The two nearest are 10.9 apart
# (CIEDE2000) to a tritanope, 11.6 to a deuteranope, 11.8 to a protanope, 21.7 to other people.
OKABE_ITO_AND_TOL = (
    "#000000",
    "#0072b2",
    "#882255",
    "#009e73",
    "#d55e00",
    "#56b4e9",
    "#332288",
    "#cc79a7",
    "#e69f00",
    "#f0e442",
)


def element_colours(count: int) -> tuple[str, ...]:
    """Colours ``"#rrggbb"`` for `count` elements in the order of their mean intensity.

    Up to ten come from the palette; more are spread over cividis, whose lightness rises evenly.
    """
    if count <= len(OKABE_ITO_AND_TOL):
        return OKABE_ITO_AND_TOL[:count]
    return tuple(to_hex(colormaps["cividis"](index / (count - 1))) for index in range(count))
