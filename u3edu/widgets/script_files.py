"""Taking an edit with you: the EditScript as a download, and back by upload."""

import base64
import html

import ipywidgets

from u3edu.editing.script import EditScript
from u3edu.widgets.notice import Notice
from u3edu.widgets.session import EditSession

FILE_NAME = "edit.json"


class ScriptFiles(ipywidgets.VBox):
    """Export and import of a session's script.

    Parameters
    ----------
    session : EditSession
    """

    def __init__(self, session: EditSession) -> None:
        self._session = session
        self._notice = Notice()
        self.export = ipywidgets.Button(
            description="Export edit", tooltip="Make a file of the edit to download", icon="download"
        )
        self.upload = ipywidgets.FileUpload(
            accept=".json", description="Import edit", tooltip="Replace the edit by one from a file"
        )
        self.link = ipywidgets.HTML()
        self.export.on_click(self._notice.guarded(lambda _: self._export()))
        self.upload.observe(self._notice.guarded(lambda change: self._import(change["new"])), "value")
        session.on_edit(lambda _: self._forget_link())
        row = ipywidgets.HBox([self.export, self.upload, self.link])
        row.add_class("u3edu-controls")
        self._notice.say("")
        super().__init__([row, self._notice])

    def _export(self) -> None:
        """Offer the script as it stands; the file is part of the link itself."""
        script = self._session.script
        content = base64.b64encode(script.to_json().encode()).decode()
        steps = f"{len(script)} step{'' if len(script) == 1 else 's'}"
        self.link.value = (
            f'<a class="u3edu-download" download="{FILE_NAME}" href="data:application/json;base64,{content}">'
            f"Download {html.escape(FILE_NAME)} ({steps})</a>"
        )
        self._notice.say("")

    def _import(self, files: tuple[dict[str, object], ...]) -> None:
        """Put the uploaded script in place of the edit; wrong ones change nothing."""
        if not files:
            return
        name = str(files[0]["name"])
        content = bytes(files[0]["content"])  # type: ignore[call-overload]
        self.upload.value = ()  # so that the same file can be chosen again
        try:
            script = EditScript.from_json(content)
            self._session.replace(script)
        except ValueError as error:
            raise ValueError(f"{name} was not imported: {error}") from error
        self._notice.say(f"{name} was imported: {len(script)} steps. Undo brings the earlier edit back.")

    def _forget_link(self) -> None:
        """The link holds an earlier edit now."""
        if self.link.value:
            self.link.value = ""
