"""Named stages of one case in their order, for example normal, T1, T2."""

from collections.abc import Callable, Iterator

from pydantic import BaseModel, ConfigDict, Field, field_validator

from u3edu.editing.script import EditScript

LONGEST_NAME = 60


class Stage(BaseModel):
    """One stage: the edit that leads to it from the first label map.

    Parameters
    ----------
    name : str
        1 to 60 characters; spaces around it are dropped.
    script : EditScript
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    script: EditScript

    @field_validator("name")
    @classmethod
    def _one_line(cls, name: str) -> str:
        if not name.isprintable():
            raise ValueError("a stage's name is one line of text")
        return name


class Stages:
    """The stages of a case; every change can be taken back.

    Parameters
    ----------
    stages : tuple of Stage
        To begin with.
    """

    def __init__(self, stages: tuple[Stage, ...] = ()) -> None:
        self._stages = stages
        self._earlier: list[tuple[Stage, ...]] = []
        self._callbacks: list[Callable[[], None]] = []

    def __iter__(self) -> Iterator[Stage]:
        return iter(self._stages)

    def __len__(self) -> int:
        return len(self._stages)

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in order."""
        return tuple(stage.name for stage in self._stages)

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._earlier)

    def __getitem__(self, name: str) -> Stage:
        for stage in self._stages:
            if stage.name == name:
                return stage
        raise ValueError(f"there is no stage {name!r}; there is {', '.join(self.names) or 'none yet'}")

    def save(self, name: str, script: EditScript) -> None:
        """Store a script as a stage: behind the others, or in place of the one of that name.

        Raises
        ------
        pydantic.ValidationError
            A ValueError: the name is empty, too long or no single line.
        """
        stage = Stage(name=name, script=script)
        if stage.name in self.names:
            self._change(tuple(stage if each.name == stage.name else each for each in self._stages))
        else:
            self._change((*self._stages, stage))

    def rename(self, name: str, new_name: str) -> None:
        """Give a stage another name.

        Raises
        ------
        ValueError
            If there is no such stage, the new name is no name, or another stage has it.
        """
        stage = self[name]
        renamed = Stage(name=new_name, script=stage.script)
        if renamed.name != name and renamed.name in self.names:
            raise ValueError(f"there is already a stage {renamed.name!r}")
        self._change(tuple(renamed if each is stage else each for each in self._stages))

    def delete(self, name: str) -> None:
        """Take a stage out.

        Raises
        ------
        ValueError
            If there is no such stage.
        """
        stage = self[name]
        self._change(tuple(each for each in self._stages if each is not stage))

    def move(self, name: str, position: int) -> None:
        """Put a stage at a position, counted from 0; beyond the ends is at the end.

        Raises
        ------
        ValueError
            If there is no such stage.
        """
        stage = self[name]
        others = [each for each in self._stages if each is not stage]
        others.insert(max(position, 0), stage)
        self._change(tuple(others))

    def replace(self, stages: tuple[Stage, ...]) -> None:
        """Put other stages in place of all; can be taken back."""
        self._change(stages)

    def undo(self) -> None:
        """Take the last change back; does nothing where there is none."""
        if self._earlier:
            self._stages = self._earlier.pop()
            self._tell()

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call `callback` after each change."""
        self._callbacks.append(callback)

    def _change(self, stages: tuple[Stage, ...]) -> None:
        if stages != self._stages:
            self._earlier.append(self._stages)
            self._stages = stages
            self._tell()

    def _tell(self) -> None:
        for callback in self._callbacks:
            callback()

    def __repr__(self) -> str:
        return f"Stages({', '.join(self.names)})"
