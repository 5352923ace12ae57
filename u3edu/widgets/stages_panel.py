"""Named stages as a panel: save the edit as it stands, and go to one that was saved."""

from collections.abc import Callable

import ipywidgets

from u3edu.editing.stages import LONGEST_NAME, Stages
from u3edu.widgets.controls import text_line
from u3edu.widgets.notice import Notice
from u3edu.widgets.session import EditSession


class StagesPanel(ipywidgets.VBox):
    """Save, go to, rename, delete and order the stages of a case.

    Parameters
    ----------
    session : EditSession
    stages : Stages
    """

    def __init__(self, session: EditSession, stages: Stages) -> None:
        self._session, self.stages = session, stages
        self._notice = Notice()
        self.name = text_line("Stage", "for example T2", "220px")
        self.list = ipywidgets.Select(
            description="Saved stages",
            rows=5,
            style={"description_width": "auto"},
            layout={"width": "auto", "min_width": "420px"},
        )
        self.buttons = {
            "save": self._button("Save", "Save the edit as it stands as a stage of this name", self._save),
            "go": self._button("Go to", "Show the chosen stage; can be undone", self._go),
            "rename": self._button("Rename", "Give the chosen stage the name in the field", self._rename),
            "up": self._button("Earlier", "Move the chosen stage up", lambda: self._move(-1)),
            "down": self._button("Later", "Move the chosen stage down", lambda: self._move(1)),
            "delete": self._button("Delete", "Take the chosen stage out; can be taken back", self._delete),
            "undo": self._button("Take back", "Take the last change of the stages back", self._undo),
        }
        rows = (("save", "rename"), ("go", "up", "down", "delete", "undo"))
        above, below = (ipywidgets.HBox([self.buttons[each] for each in row]) for row in rows)
        line = ipywidgets.HBox([self.name, above])
        for row in (line, below):
            row.add_class("u3edu-controls")
        super().__init__([line, self.list, below, self._notice])
        stages.on_change(self._show)
        self._notice.say("")
        self._show()

    def save(self, name: str) -> None:
        """Save the edit as it stands as a stage.

        Raises
        ------
        ValueError
            If the name is empty, too long or no single line.
        """
        with self._session.lock:
            self.stages.save(name, self._session.script)

    def go_to(self, name: str) -> None:
        """Show a stage: one step of the history, which can be undone.

        Raises
        ------
        ValueError
            If there is no such stage, or it does not fit the picture.
        """
        self._session.replace(self.stages[name].script)

    def _button(self, text: str, tooltip: str, act: Callable[[], None]) -> ipywidgets.Button:
        button = ipywidgets.Button(description=text, tooltip=tooltip, layout={"width": "auto"})
        button.on_click(self._notice.guarded(lambda _: act()))
        return button

    def _save(self) -> None:
        name = self.name.value.strip()
        if not name or len(name) > LONGEST_NAME:
            raise ValueError(f"Give the stage a name of 1 to {LONGEST_NAME} letters first.")
        known = name in self.stages.names
        self.save(name)
        self.list.value = name
        self._notice.say(f"Stage {name} {'saved anew' if known else 'saved'}.")

    def _go(self) -> None:
        self.go_to(self._chosen())
        self._notice.say(f"This is stage {self._chosen()}.")

    def _rename(self) -> None:
        old, new = self._chosen(), self.name.value.strip()
        if not new:
            raise ValueError("Write the new name into the field first.")
        self.stages.rename(old, new)
        self.list.value = new
        self._notice.say(f"{old} is now called {new}.")

    def _move(self, by: int) -> None:
        name = self._chosen()
        self.stages.move(name, self.stages.names.index(name) + by)
        self.list.value = name

    def _delete(self) -> None:
        name = self._chosen()
        self.stages.delete(name)
        self._notice.say(f"Stage {name} deleted; Take back brings it back.")

    def _undo(self) -> None:
        self.stages.undo()
        self._notice.say("Taken back.")

    def _chosen(self) -> str:
        """Name of the stage that is chosen in the list."""
        if self.list.value is None:
            raise ValueError("Choose a stage in the list first.")
        return str(self.list.value)

    def _show(self) -> None:
        """Bring list and buttons in step with the stages."""
        chosen = self.list.value
        with self.list.hold_sync():
            self.list.options = self.stages.names
            if chosen in self.stages.names:
                self.list.value = chosen
        for which in ("go", "rename", "up", "down", "delete"):
            self.buttons[which].disabled = not len(self.stages)
        self.buttons["undo"].disabled = not self.stages.can_undo

    def __repr__(self) -> str:
        return f"StagesPanel({', '.join(self.stages.names)})"
