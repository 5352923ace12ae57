"""Whether a phantom keeps its promises: layers nested, lesion as deep and as large as was asked."""

import numpy as np
from scipy import ndimage

from u3edu.imaging.phantom.truth import Phantom, depth_beyond, longest_diameter

# Borders that a rectal tumour's depth is measured from, and the layers inside each.
BORDERS: dict[str, int] = {
    "beyond lumen": 1,
    "beyond mucosa": 2,
    "beyond submucosa": 3,
    "beyond muscularis propria": 4,
    "beyond mesorectum": 5,
}


def measured_depths(phantom: Phantom, lesion: np.ndarray | None = None) -> dict[str, float]:
    """How far a lesion reaches beyond each border of the rectal wall, measured on the maps, in mm.

    Parameters
    ----------
    phantom : Phantom
        Of the pelvis.
    lesion : bool [H, W], optional
        By default the phantom's own.
    """
    lesion = phantom.lesion if lesion is None else lesion
    spacing = phantom.picture.spacing
    return {name: depth_beyond(lesion, inside_border(phantom, name), spacing) for name in BORDERS}


def inside_border(phantom: Phantom, border: str) -> np.ndarray:
    """Everything inside a border of `BORDERS`, bool [H, W]."""
    return (phantom.layers > 0) & (phantom.layers <= BORDERS[border])


def depth_errors(phantom: Phantom) -> dict[str, float]:
    """Measured less asked for each border that the tumour was to cross, in mm."""
    measured = measured_depths(phantom)
    return {name: measured[name] - phantom.measures[name] for name in BORDERS if name in phantom.measures}


def pelvic_faults(phantom: Phantom) -> list[str]:
    """What is wrong with a pelvic phantom, in words; empty where nothing is.

    Checked on the finished maps, not on the curves that they were drawn from: every layer is
    there, each union of inner layers is one piece without holes, no layer touches any but its
    neighbours, the tumour is one piece, and it reaches as far beyond each border as was asked,
    within a pixel.
    """
    faults = layer_faults(phantom.layers, len(phantom.layer_names))
    pixel = max(phantom.picture.spacing)
    if phantom.measures:
        if ndimage.label(phantom.lesion, np.ones((3, 3)))[1] != 1:
            faults.append("the tumour is not one piece")
        faults += [
            f"{name}: {error:+.2f} mm off"
            for name, error in depth_errors(phantom).items()
            if abs(error) > pixel
        ]
        crossed = [name for name in BORDERS if name in phantom.measures]
        further = list(BORDERS)[list(BORDERS).index(crossed[-1]) + 1 :]
        depths = measured_depths(phantom)
        faults += [f"{name}: {depths[name]:.2f} mm, not asked" for name in further if depths[name] > pixel]
    return faults


def layer_faults(layers: np.ndarray, count: int) -> list[str]:
    """What is wrong with nested layers [H, W], 1 the innermost, `count` - 1 the outermost, 0 outside."""
    faults = []
    order = np.where(layers == 0, count, layers)
    for layer in range(1, count):
        inside = order <= layer
        if not (order == layer).any():
            faults.append(f"layer {layer} is missing")
        elif ndimage.label(inside)[1] != 1:
            faults.append(f"layers up to {layer} are not one piece")
        elif (ndimage.binary_fill_holes(inside) != inside).any():
            faults.append(f"layers up to {layer} have a hole")
    steps = [np.abs(np.diff(order.astype(int), axis=axis)) for axis in (0, 1)]
    if max(int(step.max()) for step in steps) > 1:
        faults.append("a layer touches one that is not its neighbour")
    return faults


def chest_faults(phantom: Phantom) -> list[str]:
    """What is wrong with a chest phantom, in words; empty where nothing is.

    Its nodule is one piece, as long as was asked within a pixel, with lung all around it, and
    its core or cavity is inside it.
    """
    body, core = nodule_body(phantom), phantom.layers == 1
    spacing = phantom.picture.spacing
    pixel = max(spacing)
    faults = []
    if ndimage.label(body)[1] != 1:
        faults.append("the nodule is not one piece")
    error = longest_diameter(body, spacing) - phantom.measures["diameter"]
    if abs(error) > pixel:
        faults.append(f"diameter: {error:+.2f} mm off")
    if (ndimage.binary_dilation(core) & ~body).any():
        faults.append("the core touches the outside")
    for name in ("cavity diameter", "solid diameter"):
        if name in phantom.measures:
            wrong = longest_diameter(core, spacing) - phantom.measures[name]
            if abs(wrong) > pixel:
                faults.append(f"{name}: {wrong:+.2f} mm off")
    if (ndimage.binary_dilation(body, np.ones((3, 3))) & (phantom.layers == 0)).any():
        faults.append("the nodule is not surrounded by lung")
    return faults


def nodule_body(phantom: Phantom) -> np.ndarray:
    """The nodule of a chest phantom with its core or cavity, without spicules; bool [H, W]."""
    return np.isin(phantom.layers, (1, 2))
