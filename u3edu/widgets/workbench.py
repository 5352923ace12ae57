"""The painter's workbench: the session, the widgets around it, and what tools do with them."""

from collections.abc import Callable, Sequence

import ipywidgets
import numpy as np

from u3edu.editing.elements import element_index
from u3edu.editing.errors import InvalidEdit
from u3edu.editing.exemplar import Exemplar
from u3edu.editing.label_map import LabelMap
from u3edu.editing.measure import length, polygon_area
from u3edu.editing.operations import EditOperation
from u3edu.imaging.series import Series
from u3edu.imaging.slice import Slice
from u3edu.widgets import words
from u3edu.widgets.controls import PainterControls
from u3edu.widgets.interaction import Interaction
from u3edu.widgets.mask_panel import MaskPanel
from u3edu.widgets.numbers_panel import NumbersPanel
from u3edu.widgets.palette import Palette
from u3edu.widgets.recipe_panel import RecipePanel, RecipePlace
from u3edu.widgets.region_panel import RegionPanel
from u3edu.widgets.screen import PainterScreen, position_in
from u3edu.widgets.session import NOTHING, Change, EditSession, PictureChange
from u3edu.widgets.tissue_panel import TissuePanel
from u3edu.widgets.tools import Points, Settings
from u3edu.widgets.view_panel import ViewPanel


class Workbench:
    """What lies within reach of a painter's tools (see `u3edu.widgets.tools.Desk`).

    Nothing here waits for the synthetic picture: it is repainted when it has been drawn.

    Parameters
    ----------
    session : EditSession
    picture : Slice
        The original.
    diameter : int
        Brush diameter to begin with, in pixels.
    series : Series, optional
        The series that the picture is a slice of.
    exemplars : sequence of Exemplar
        Tissues to paint with.
    """

    def __init__(
        self,
        session: EditSession,
        picture: Slice,
        diameter: int,
        series: Series | None = None,
        exemplars: Sequence[Exemplar] = (),
    ) -> None:
        slices, position = position_in(series, picture)
        self.session, self.picture, self.lock = session, picture, session.lock
        self._what, self._said = "", ""
        self._place: tuple[float, float] | None = None
        elements, unit = session.base.elements, picture.acquisition.scale.unit
        self.controls = PainterControls(picture.spacing, diameter)
        self.palette = Palette(elements)
        self.view = ViewPanel(picture.acquisition.windows, unit, elements, max(len(slices), 1), position)
        self.limits = MaskPanel(elements, unit, float(picture.raw.min()), float(picture.raw.max()))
        self.regions = RegionPanel()
        self.tissues = TissuePanel(exemplars)
        self.recipes = RecipePanel(elements)
        self.numbers = NumbersPanel()
        self.screen = PainterScreen(session, picture, self.view, slices)
        self.status, self.readout = ipywidgets.HTML(), ipywidgets.HTML()
        self._interaction = Interaction(self)
        session.on_edit(self._show_edit)
        session.on_picture(self._show_picture)
        self.choose(int(np.argmax(session.base.shares())))
        self.point_at(None)

    @property
    def label_map(self) -> LabelMap:
        """The elements as they stand now."""
        return self.session.label_map

    @property
    def element(self) -> int:
        """Number of the element that is painted with."""
        return self.palette.chosen

    @property
    def settings(self) -> Settings:
        """What the controls say: element, width, fill, mask.

        Raises
        ------
        InvalidEdit
            If the limits cannot be met.
        """
        return Settings(
            self.element,
            self.controls.diameter.value,
            self.controls.contiguous.value,
            self.limits.mask,
            self.tissues.tissue,
        )

    def choose(self, element: int | str) -> None:
        """Choose the element to paint with, by number or name.

        Raises
        ------
        InvalidEdit
            If there is no such element.
        """
        with self.lock:
            self.palette.show(element_index(element, self.label_map.elements))
            self._interaction.show_tool()
            self.say(f"Painting with {words.element_name(self.element, self.label_map.elements)}.")

    def take(self, name: str) -> None:
        """Take a tool in hand, as its button does."""
        self.controls.tool.value = name

    def do(self, operation: EditOperation, what: str) -> None:
        """Apply any operation; the picture follows without being waited for.

        Parameters
        ----------
        operation : EditOperation
        what : str
            What was done, for the status line.

        Raises
        ------
        InvalidEdit
            If it does not fit, or a neighbouring slice is being looked at; nothing is changed then.
        """
        if self.view.neighbour is not None:
            raise InvalidEdit("this is a neighbouring slice, to look at: go back to the painted slice first")
        self.step(what, lambda: self.session.do(operation))

    def step(self, what: str, step: Callable[[], Change]) -> None:
        """Make one step of the session; `what` says in words what was done.

        Raises
        ------
        InvalidEdit
            If it does not fit; nothing is changed then.
        """
        with self.lock:
            self._what = what
            try:
                if step() == NOTHING:
                    self.say(words.describe_edit(what, NOTHING))
            finally:
                self._what = ""

    def work_on_region(self, name: str) -> None:
        """Do what a button of the regions' panel says."""
        with self.lock:
            operation = self.regions.operation(name, self.settings)
            element = words.element_name(self.element, self.label_map.elements)
            self.do(operation, f"{self.regions.words(name)} {element}")

    def make_recipe(self) -> None:
        """Paint the finding that the recipe's sliders describe; each of its parts is a step."""
        with self.lock:
            place = RecipePlace(self._place, self.regions.region)
            operations = self.recipes.operations(self.label_map, place, self.settings)
            for number, operation in enumerate(operations, start=1):
                self.do(operation, f"{self.recipes.name}, part {number} of {len(operations)}")

    def mark_region(self, points: Points) -> None:
        """Mark the region that operations on regions keep to; without points, take it away."""
        with self.lock:
            self.regions.mark(points or None)
            self.screen.glass.mark("lasso", points)
            if points:
                area = polygon_area(np.array(points), self.picture.spacing)
                self.say(f"Region of {area:.1f} mm². The operations under Regions keep to it.")

    def mark_place(self, point: tuple[float, float]) -> None:
        """Mark the place where a recipe goes."""
        with self.lock:
            self._place = point
            self.screen.glass.mark("tap", (point,))
            self.say(f"Place marked: {words.read_out(point, self.label_map, self.picture)}.")

    def take_exemplar(self) -> None:
        """Make the marked region a tissue to paint with.

        Raises
        ------
        InvalidEdit
            If no region is marked, or it is larger than an exemplar may be.
        """
        with self.lock:
            if self.regions.region is None:
                raise InvalidEdit("no region is marked: take the Region tool and drag round the tissue")
            source = self.picture.acquisition.source
            exemplar = Exemplar.from_region(
                self.label_map,
                self.regions.region,
                name=self.tissues.next_name(),
                source=", ".join(part for part in (source.collection, source.licence) if part),
            )
            self.tissues.add(exemplar)
            self.say(f"Painting with {exemplar.name}: brush, fill, polygon and lasso take its pattern.")

    def measure(self, points: Points) -> None:
        """Lay a ruler along points and say its length; a tap takes it away."""
        with self.lock:
            millimetres = length(np.array(points), self.picture.spacing)
            self.screen.glass.mark("measure", points if millimetres > 0 else ())
            if millimetres > 0:
                self.say(f"{millimetres:.1f} mm.")

    def point_at(self, point: tuple[float, float] | None) -> None:
        """Show what lies under the pointer."""
        text = "" if point is None else words.read_out(point, self.label_map, self.picture)
        self.readout.value = words.read_out_html(text or "Point at the picture to read it out.")

    def read_out(self, point: tuple[float, float]) -> None:
        """Say what lies at a point."""
        text = words.read_out(point, self.label_map, self.picture)
        self.say(text or "That point lies outside the picture.")

    def redraw(self) -> None:
        """Repaint both canvases from the state; does no harm at any time."""
        with self.lock:
            self.screen.redraw()

    def say(self, text: str, *, problem: bool = False) -> None:
        """Put words on the status line."""
        self._said = text
        self.status.value = words.status_html(text, problem=problem)

    def _show_edit(self, change: Change) -> None:
        """Repaint the elements that changed, and say so; steps are also made by other widgets."""
        if change.labels is not None:
            self.screen.draw_overlay(change.labels)
        history = self.session.history
        self.controls.show_steps(history.can_undo, history.can_redo, bool(self.session.script.operations))
        self.say(words.describe_edit(self._what or "Changed", change))

    def _show_picture(self, change: PictureChange) -> None:
        """Repaint the pixels that changed, and complete the sentence; called by the worker."""
        if change.problem is not None:
            self.say(f"The picture could not be drawn: {change.problem}", problem=True)
            return
        if change.box is not None:
            self.screen.draw_synthetic(change.box)
        described = words.describe_picture(change, self.session.synthetic, self.session.reach)
        self.say(" ".join(filter(None, (self._said, described, change.note))))
