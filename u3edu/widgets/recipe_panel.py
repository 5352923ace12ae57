"""Recipes as sliders: a finding of given size, depth and margin, made of ordinary operations."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import ipywidgets
from pydantic.fields import FieldInfo

from u3edu.editing.errors import InvalidEdit
from u3edu.editing.label_map import Element, LabelMap
from u3edu.editing.operations import EditOperation
from u3edu.editing.recipes import Cavity, GroundGlassNodule, MucinPools, Nodule, PleuralTag, RectalTumour
from u3edu.editing.recipes.pleural_tag import nearest_pleura
from u3edu.editing.recipes.recipe import Paint, Recipe
from u3edu.widgets.controls import row
from u3edu.widgets.tools import Points, Settings, pixel

_RECIPES: dict[str, type[Recipe]] = {
    "Rectal tumour": RectalTumour,
    "Mucin in the marked region": MucinPools,
    "Nodule": Nodule,
    "Ground-glass nodule": GroundGlassNodule,
    "Cavity": Cavity,
    "Pleural tag": PleuralTag,
}
_FIELDS = {
    "clock": "Clock position",
    "hours": "Extent, hours",
    "depth": "Depth, mm",
    "wall": "Wall thickness, mm",
    "height": "Bulge into the lumen, mm",
    "margin": "Margin",
    "share": "Share of the area",
    "size": "Pool size, mm",
    "diameter": "Diameter, mm",
    "solid_share": "Solid share",
    "width": "Width, mm",
    "seed": "Variant",
    "rim": "Blended rim, px",
}
# Where a recipe leaves the start open, and a plain one is easily changed.
_STARTS = {"clock": 6.0, "diameter": 10.0}
_PLACES: dict[type[Recipe], str] = {
    RectalTumour: "The place is a point in the lumen.",
    MucinPools: "It goes into the region marked with the Region tool.",
    PleuralTag: "The place is the nodule's edge; the tag runs to the nearest pleura.",
    Cavity: "The place is its middle; without a wall of its own it lies in a lesion.",
    GroundGlassNodule: "The place is its middle.",
    Nodule: "The place is its middle.",
}
# What a second element is for, where a recipe takes one.
_SECONDS: dict[type[Recipe], str] = {
    PleuralTag: "Element of the lung",
    Cavity: "Element of its wall",
    GroundGlassNodule: "Element of its solid part",
}


@dataclass(frozen=True)
class RecipePlace:
    """Where a recipe goes.

    Parameters
    ----------
    point : (row, column) or None
        The place that was marked.
    region : tuple of (row, column) or None
        The region that was marked.
    """

    point: tuple[float, float] | None
    region: Points | None


class RecipePanel(ipywidgets.VBox):
    """Choose a recipe, set its sliders, make it.

    Parameters
    ----------
    elements : sequence of Element
    """

    def __init__(self, elements: Sequence[Element]) -> None:
        self.choice = ipywidgets.Dropdown(options=list(_RECIPES), description="Recipe", **_sized("290px"))
        self.second = ipywidgets.Dropdown(
            options=[(f"{number} {each.name}", number) for number, each in enumerate(elements)],
            **_sized("360px"),
        )
        self.make = ipywidgets.Button(
            description="Make it",
            icon="magic",
            tooltip="Paint the finding in the chosen element or tissue; each part is a step of its own",
            layout=ipywidgets.Layout(width="110px"),
        )
        self.fields: dict[str, ipywidgets.ValueWidget] = {}
        self._sliders, self._hint = row(), ipywidgets.HTML()
        super().__init__([row(self.choice, self.second, self.make), self._hint, self._sliders])
        self.choice.observe(lambda _: self._show(), "value")
        self._show()

    def on_make(self, callback: Callable[[], None]) -> None:
        """Call back when a person asks for the finding."""
        self.make.on_click(lambda _: callback())

    @property
    def name(self) -> str:
        """What the finding is called."""
        return str(self.choice.value)

    def operations(
        self, label_map: LabelMap, place: RecipePlace, settings: Settings
    ) -> tuple[EditOperation, ...]:
        """The operations of the finding that the sliders describe.

        Raises
        ------
        InvalidEdit
            If the place or the region is missing, or the finding does not fit there.
        """
        recipe = _RECIPES[self.name](
            **{name: field.value for name, field in self.fields.items()}, mask=settings.mask
        )
        paint: Paint = settings.tissue.exemplar if settings.tissue else settings.element
        second = self.second.value
        if isinstance(recipe, MucinPools):
            if place.region is None:
                raise InvalidEdit("mark a region first: take the Region tool and drag round the lesion")
            return recipe.operations(label_map, place.region, paint)
        if place.point is None:
            raise InvalidEdit("mark a place first: take the Place tool and press on the picture")
        if isinstance(recipe, RectalTumour):
            lumen = int(label_map.labels[pixel(place.point)])
            return recipe.operations(label_map, place.point, (lumen,), paint)
        if isinstance(recipe, PleuralTag):
            end = nearest_pleura(label_map, place.point, (second,))
            return recipe.operations(label_map, place.point, end, paint)
        if isinstance(recipe, Cavity):
            return recipe.operations(label_map, place.point, paint, second if recipe.wall else None)
        if isinstance(recipe, GroundGlassNodule):
            return recipe.operations(label_map, place.point, paint, second if recipe.solid_share else None)
        assert isinstance(recipe, Nodule)
        return recipe.operations(label_map, place.point, paint)

    def _show(self) -> None:
        """The sliders of the chosen recipe."""
        recipe = _RECIPES[self.name]
        self.second.description = _SECONDS.get(recipe, "Second element")
        self.second.layout.display = None if recipe in _SECONDS else "none"
        names = [name for name in _FIELDS if name in recipe.model_fields]
        self.fields = {name: _control(name, recipe.model_fields[name]) for name in names}
        self._sliders.children = tuple(self.fields.values())
        self._hint.value = f'<span class="u3edu-note">{_PLACES[recipe]} It is painted in the chosen element, '
        self._hint.value += "or with the tissue if one is in use.</span>"


def _control(name: str, field: FieldInfo) -> ipywidgets.ValueWidget:
    """A slider within the field's range, or a list of its words."""
    start: Any = _STARTS.get(name, field.default)
    words = get_args(field.annotation)
    if words:
        return ipywidgets.Dropdown(options=words, value=start, description=_FIELDS[name], **_sized("220px"))
    if name == "seed":
        return ipywidgets.BoundedIntText(start, min=0, max=9999, description=_FIELDS[name], **_sized("150px"))
    lowest, highest = (
        next(getattr(each, end) for each in field.metadata if hasattr(each, end)) for end in ("ge", "le")
    )
    slider: dict[str, Any] = {"value": start, "min": lowest, "max": highest, "description": _FIELDS[name]}
    if field.annotation is int:
        return ipywidgets.IntSlider(**slider, **_sized("330px"))
    # A share of at most 1 has finer steps than millimetres and hours.
    step, shown = (0.05, ".2f") if highest <= 1 else (0.1, ".1f")
    return ipywidgets.FloatSlider(**slider, step=step, readout_format=shown, **_sized("330px"))


def _sized(width: str) -> dict[str, object]:
    """A control of a certain width with as much room for its name as it needs."""
    return {"style": {"description_width": "auto"}, "layout": ipywidgets.Layout(width=width)}
