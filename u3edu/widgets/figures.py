"""Plain figures of slices and label maps, for notebooks and their printed pages."""

import io
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from PIL import Image
from scipy import ndimage

from u3edu.editing.box import Box
from u3edu.editing.label_map import LabelMap
from u3edu.imaging.slice import Slice, Window
from u3edu.widgets.layers import overlay_rgba
from u3edu.widgets.still import blend

_PICTURE_INCHES = 4.2
_LEGEND_INCHES = 2.6
_ELEMENTS = "Elements"
# Smaller elements get no numeral on the map: it would hide them. The legend has them all.
_SMALLEST_RADIUS = 4.0
_DOTS_PER_INCH = 100


class StillFigure(Figure):
    """A matplotlib figure that shows itself in a notebook without pyplot's global state."""

    def _repr_png_(self) -> bytes:
        drawn, file = io.BytesIO(), io.BytesIO()
        self.savefig(drawn, format="png")
        # 256 colours are all that greys and ten elements need, at half the size in the notebook.
        Image.open(drawn).convert("RGB").quantize(256, method=Image.Quantize.FASTOCTREE).save(
            file, "PNG", optimize=True
        )
        return file.getvalue()


def show_slices(
    *pictures: Slice, titles: Sequence[str] | None = None, window: Window | None = None
) -> Figure:
    """Pictures beside each other, in true proportions.

    Parameters
    ----------
    *pictures : Slice
        One to six pictures.
    titles : sequence of str, optional
        One for each; left out, each says its modality and whether it is synthetic.
    window : Window, optional
        The first preset of each picture if left out.

    Returns
    -------
    matplotlib.figure.Figure
        Shows itself when it is the last value of a cell.

    Raises
    ------
    ValueError
        If there is no picture, or the number of titles differs.
    """
    if not pictures:
        raise ValueError("show_slices needs at least one picture")
    titles = [_default_title(picture) for picture in pictures] if titles is None else list(titles)
    if len(titles) != len(pictures):
        raise ValueError(f"{len(pictures)} pictures need as many titles; got {len(titles)}")
    figure = _figure(_PICTURE_INCHES * len(pictures))
    for axes, picture, title in zip(_axes(figure, len(pictures)), pictures, titles, strict=True):
        axes.imshow(picture.display(window), cmap="gray", vmin=0, vmax=255, aspect=_aspect(picture.spacing))
        axes.set_title(title, fontsize=11)
        axes.axis("off")
    return figure


def show_label_map(label_map: LabelMap, picture: Slice | None = None, *, opacity: float = 0.5) -> Figure:
    """A label map with its legend; with a picture, also the elements laid over it.

    Parameters
    ----------
    label_map : LabelMap
    picture : Slice, optional
        The picture that was segmented.
    opacity : float
        Of the elements over the picture, 0 to 1.

    Returns
    -------
    matplotlib.figure.Figure
        Each element has its colour, numeral, name and share of the picture in the legend, and
        its numeral on the map.

    Raises
    ------
    ValueError
        If the picture has another size than the map.
    """
    if picture is not None and picture.shape != label_map.shape:
        raise ValueError(f"the label map has {label_map.shape} pixels, the picture {picture.shape}")
    colours = overlay_rgba(label_map, 1.0, Box.whole(label_map.shape))[..., :3]
    panels = [(_ELEMENTS, colours)]
    if picture is not None:
        over = blend(picture.display(), overlay_rgba(label_map, opacity, Box.whole(label_map.shape)))
        grey = np.repeat(picture.display()[..., None], 3, axis=2)
        panels = [("Picture", grey), ("Elements over it", over), *panels]
    figure = _figure(_PICTURE_INCHES * len(panels) + _LEGEND_INCHES)
    for axes, (title, pixels) in zip(_axes(figure, len(panels)), panels, strict=True):
        axes.imshow(pixels, aspect=_aspect(label_map.acquisition.spacing))
        if title == _ELEMENTS:
            _number_elements(axes, label_map)
        axes.set_title(title, fontsize=11)
        axes.axis("off")
    shares = label_map.shares()
    legend = [
        Patch(facecolor=element.colour, edgecolor="0.3", label=f"{number}  {element.name}  {share:.1%}")
        for number, (element, share) in enumerate(zip(label_map.elements, shares, strict=True))
    ]
    figure.legend(handles=legend, loc="outside right center", frameon=False, fontsize=10)
    return figure


def _number_elements(axes: Axes, label_map: LabelMap) -> None:
    """Write each element's numeral where it is thickest."""
    for number in np.unique(label_map.labels):
        # The frame counts as outside, so that no numeral is cut off.
        depth = ndimage.distance_transform_edt(np.pad(label_map.labels == number, 1))[1:-1, 1:-1]
        row, column = np.unravel_index(depth.argmax(), depth.shape)
        if depth[row, column] >= _SMALLEST_RADIUS:
            outline = withStroke(linewidth=2, foreground="white")
            axes.text(column, row, str(number), ha="center", va="center", path_effects=[outline])


def _figure(width: float) -> Figure:
    """An empty figure of a width in inches, high enough for one row of pictures and titles."""
    return StillFigure(figsize=(width, _PICTURE_INCHES + 0.4), dpi=_DOTS_PER_INCH, layout="constrained")


def _axes(figure: Figure, count: int) -> list[Axes]:
    """`count` axes in a row."""
    return list(figure.subplots(1, count, squeeze=False)[0])


def _aspect(spacing: tuple[float, float]) -> float:
    """Height of a pixel over its width."""
    return spacing[0] / spacing[1]


def _default_title(picture: Slice) -> str:
    made = "synthetic, for education only" if picture.acquisition.synthetic else "original"
    source = picture.acquisition.source.description
    drawn = f" ({source})" if source.startswith("phantom") else ""
    return f"{picture.acquisition.modality}, {made}{drawn}"
