"""What the comparisons share: the pane, the window, what lies under the cursor, and exports."""

import base64
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np

from u3edu.imaging.slice import Slice
from u3edu.widgets.compare_pane import ComparePane
from u3edu.widgets.notice import Notice
from u3edu.widgets.slides import SECONDS, write_progression, write_slide
from u3edu.widgets.still import png_bytes, side_by_side, with_still
from u3edu.widgets.style import style_sheet

MAP_NOTE = "red brighter, blue darker"


class Comparison(ipywidgets.VBox):
    """Pictures of one place, their difference maps, and words beneath.

    Parameters
    ----------
    pictures : sequence of (title, Slice)
        Of one size.
    maps : sequence of (title, colours)
        Difference maps, uint8 [H, W, 3].
    words : str
        HTML to stand beneath.
    """

    def __init__(
        self,
        pictures: Sequence[tuple[str, Slice]],
        maps: Sequence[tuple[str, np.ndarray]],
        words: str,
    ) -> None:
        self._pictures, self._maps = list(pictures), list(maps)
        first = pictures[0][1]
        self.window = ipywidgets.Dropdown(
            options=[(window.name, window) for window in first.acquisition.windows],
            description="Window",
            style={"description_width": "auto"},
            layout=ipywidgets.Layout(width="190px"),
        )
        self.pane = ComparePane(first.shape, first.spacing)
        self.pane.read_with(self._read)
        self._notice = Notice()
        self._notice.say("")
        self._link = ipywidgets.HTML()
        self.figure_button = self._button("Figure for slides", "figure.png")
        self.animation_button = self._button("Animation", "progression.gif")
        controls = ipywidgets.HBox([self.window, self.figure_button, self.animation_button, self._link])
        controls.add_class("u3edu-controls")
        super().__init__([style_sheet(), self.pane, controls, self._notice, ipywidgets.HTML(words)])
        self.add_class("u3edu-comparison")
        self.window.observe(lambda _: self.redraw(), "value")
        self.redraw()

    def redraw(self) -> None:
        """Show the pictures through the chosen window."""
        self._link.value = ""
        shown = [
            {"title": title, "note": _note(picture), "png": png_bytes(pixels), "map": False}
            for (title, picture), (_, pixels) in zip(self._pictures, self._panels(), strict=True)
        ]
        shown += [
            {"title": title, "note": MAP_NOTE, "png": png_bytes(colours), "map": True}
            for title, colours in self._maps
        ]
        self.pane.pictures = shown

    def save_figure(self, path: str | os.PathLike[str]) -> None:
        """Write all pictures in a row as PNG, with titles and a banner, for slides.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        write_slide(path, [*self._panels(), *self._maps], self._pictures[0][1].spacing)

    def save_progression(self, path: str | os.PathLike[str], seconds: float = SECONDS) -> None:
        """Write the pictures one after the other, as ``.gif`` or animated ``.png``.

        Raises
        ------
        ValueError
            If the file has another ending, or `seconds` is less than 0.4.
        OSError
            If the file cannot be written.
        """
        write_progression(path, self._panels(), self._pictures[0][1].spacing, seconds)

    def _panels(self) -> list[tuple[str, np.ndarray]]:
        """The pictures as they are shown, without the maps."""
        return [(title, picture.display(self.window.value)) for title, picture in self._pictures]

    def _read(self, row: int, column: int) -> str:
        """What the pictures hold at a place, in words."""
        scale = self._pictures[0][1].acquisition.scale
        unit = " HU" if scale.unit == "HU" else ""
        values = [f"{title} {picture.raw[row, column]:.0f}{unit}" for title, picture in self._pictures]
        return f"Row {row}, column {column}: {', '.join(values)}."

    def _button(self, text: str, file_name: str) -> ipywidgets.Button:
        """A button that makes a file and offers it for download."""
        button = ipywidgets.Button(description=text, tooltip=f"Make {file_name} to download", icon="download")

        def offer(_: Any) -> None:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, file_name)
                (self.save_figure if path.suffix == ".png" else self.save_progression)(path)
                content = base64.b64encode(path.read_bytes()).decode()
            kind = f"image/{path.suffix[1:]}"
            self._link.value = (
                f'<a class="u3edu-download" download="{file_name}" href="data:{kind};base64,{content}">'
                f"Download {file_name}</a>"
            )

        button.on_click(self._notice.guarded(offer))
        return button

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        still = side_by_side([pixels for _, pixels in (*self._panels(), *self._maps)])
        return with_still(super()._repr_mimebundle_(**options), still)


def _note(picture: Slice) -> str:
    return "synthetic, for education only" if picture.acquisition.synthetic else "original picture"
