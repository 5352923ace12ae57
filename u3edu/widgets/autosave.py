"""Autosave: every step of a session on disk at once, and back again after a crash."""

import re
import secrets
import time
from collections.abc import Callable
from pathlib import Path

import ipywidgets
import platformdirs

from u3edu.editing.errors import InvalidEdit
from u3edu.editing.journal import (
    Done,
    Drawn,
    Entry,
    Header,
    Journal,
    Jumped,
    Replaced,
    Staged,
    read_entries,
    read_header,
    step_entry,
)
from u3edu.editing.stages import Stages
from u3edu.widgets.album import label_key
from u3edu.widgets.session import EditSession
from u3edu.widgets.words import status_html

KEPT_DAYS = 30


def autosave_folder() -> Path:
    """Where autosaves lie: the user's own data folder, ``~/.local/share/u3edu/autosave`` on Linux."""
    return Path(platformdirs.user_data_dir("u3edu")) / "autosave"


class Autosave:
    """Writes each step of a session to a journal, and restores the last one of the same name.

    Each session has a journal of its own and never touches another's, so two kernels can work
    on one case. The journal of a session that restored another begins with all of its steps;
    it is made with the first step, so that looking leaves nothing behind. Journals that nobody
    wrote to for 30 days are removed.

    Parameters
    ----------
    session : EditSession
        Just begun, without steps.
    name : str
        Names the work across kernels, for example ``"case 3"``.
    stages : Stages
        The case's named stages, saved and restored with the edit.
    folder : Path, optional
        Where to keep the journals; `autosave_folder` by default.

    Attributes
    ----------
    note : ipywidgets.HBox
        Says what was restored, with a button to discard it, or what is wrong; hidden otherwise.
    restored : int
        Steps that were restored.
    """

    def __init__(
        self, session: EditSession, name: str, stages: Stages | None = None, folder: Path | None = None
    ) -> None:
        self._session = session
        self._stages = Stages() if stages is None else stages
        self._folder = autosave_folder() if folder is None else folder
        base = label_key(session.base).hex()
        self._header = Header(name=name, base=base, model=session.engine.name)
        self._written: list[Entry] = []
        self._journal: Journal | None = None
        self.restored = 0
        self._text = ipywidgets.HTML()
        self._discard = ipywidgets.Button(
            description="Discard", tooltip="Back to the picture without edits; can be undone", icon="trash"
        )
        self._discard.on_click(lambda _: self.discard())
        self.note = ipywidgets.HBox([self._text, self._discard])
        self.note.add_class("u3edu-controls")
        self._say("")
        with session.lock:
            self._restore()
            self._known = session.history.steps
            session.on_edit(lambda _: self._save_step())
            session.on_mode(lambda mode: self._save(Drawn(mode=mode)))
            self._stages.on_change(self._save_stages)

    @property
    def path(self) -> Path | None:
        """The journal of this session; None before its first step."""
        return self._journal.path if self._journal else None

    def discard(self) -> None:
        """Go back to the picture without edits; a step that can be undone."""
        self._session.reset()
        self._say("")

    def _restore(self) -> None:
        """Repeat the steps of the newest journal of this name and label map."""
        others = 0
        for path in self._journals():
            header = read_header(path)
            if header is None or header.name != self._header.name:
                continue
            if header.base != self._header.base:
                others += 1
                continue
            try:
                entries, lost = read_entries(path)
                when = time.strftime("%d %B, %H:%M", time.localtime(path.stat().st_mtime))
            except OSError as error:
                self._say(f"The autosave {path} could not be read: {error.strerror}.", problem=True)
                return
            for entry in entries:
                if not self._repeat(entry):
                    break
                self._written.append(entry)
            lost += len(entries) - len(self._written)
            self.restored = self._session.history.position
            if self._written or lost:
                self._say_restored(when, lost)
            return
        if others:
            self._say(
                f"The autosave “{self._header.name}” belongs to another picture or model "
                f"and was left as it is, in {self._folder}."
            )

    def _journals(self) -> list[Path]:
        """Journals that may be of this name, newest first; the oldest are removed."""
        written: list[tuple[float, Path]] = []
        for path in self._folder.glob(f"{_file_name(self._header.name)}-*.jsonl"):
            try:
                changed = path.stat().st_mtime
                if time.time() - changed > KEPT_DAYS * 86400:
                    path.unlink()
                else:
                    written.append((changed, path))
            except OSError:  # another kernel may have removed it
                continue
        return [path for _, path in sorted(written, reverse=True)]

    def _repeat(self, entry: Entry) -> bool:
        """Do one step of a journal; False if it does not fit."""
        steps: dict[type, Callable[[], object]] = {}
        if isinstance(entry, Done):
            steps[Done] = lambda: self._session.do(entry.operation)
        elif isinstance(entry, Replaced):
            steps[Replaced] = lambda: self._session.replace(entry.script)
        elif isinstance(entry, Jumped):
            steps[Jumped] = lambda: self._session.jump(entry.position)
        elif isinstance(entry, Staged):
            steps[Staged] = lambda: self._stages.replace(entry.stages)
        elif isinstance(entry, Drawn):
            steps[Drawn] = lambda: setattr(self._session, "mode", entry.mode)
        try:
            steps[type(entry)]()
        except (InvalidEdit, ValueError):
            return False
        return True

    def _save_step(self) -> None:
        entry = step_entry(self._session.history, self._known)
        self._known = self._session.history.steps
        self._save(entry)

    def _save_stages(self) -> None:
        self._save(Staged(stages=tuple(self._stages)))

    def _save(self, entry: Entry) -> None:
        """Write a step; what could not be written is tried again with the next."""
        self._written.append(entry)
        try:
            if self._journal is None:
                path = self._folder / f"{_file_name(self._header.name)}-{secrets.token_hex(8)}.jsonl"
                self._journal = Journal(path, (self._header, *self._written))
            else:
                self._journal.write(entry)
        except OSError as error:
            self._journal = None
            self._say(
                f"Autosave does not work ({self._folder}: {error.strerror}). "
                "Your edit goes on; export it before you leave.",
                problem=True,
            )

    def _say_restored(self, when: str, lost: int) -> None:
        edits = f"{self.restored} edit{'' if self.restored == 1 else 's'}"
        text = f"Restored {edits} from {when}."
        if lost:
            text += f" {lost} damaged line{'' if lost == 1 else 's'} at the end could not be read."
        self._say(text)
        self._discard.layout.display = "" if self.restored else "none"

    def _say(self, text: str, *, problem: bool = False) -> None:
        """Show words, or hide the note where there are none."""
        self._text.value = status_html(text, problem=problem)
        self._discard.layout.display = "none"
        self.note.layout.display = "" if text else "none"


def _file_name(name: str) -> str:
    """A name as part of a file's name; the header has it in full."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:40] or "untitled"
