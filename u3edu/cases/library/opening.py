"""A case of the library, opened: its text, its engine, and its stages as pictures with captions."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from u3edu.cases.caption import Caption
from u3edu.cases.checking import engine_of
from u3edu.cases.library.folder import case_folder
from u3edu.cases.prose import compose
from u3edu.cases.question import Answers
from u3edu.cases.reading import read_answers, read_case
from u3edu.cases.rendering import CaseRenderer, renderer
from u3edu.cases.schema import Case, Stage
from u3edu.editing.label_map import LabelMap
from u3edu.engine.local import LocalEngine
from u3edu.imaging.slice import Slice


@dataclass(frozen=True, eq=False)
class StagePicture:
    """A stage of a case as trainees see it.

    Parameters
    ----------
    stage : Stage
    labels : LabelMap
        Its elements.
    picture : Slice
        Drawn now, by the engine of the case.
    """

    stage: Stage
    labels: LabelMap
    picture: Slice

    @property
    def name(self) -> str:
        """Short name, for example ``"t2"``."""
        return self.stage.name

    @property
    def title(self) -> str:
        """For people."""
        return self.stage.title

    @property
    def caption(self) -> Caption:
        """The findings field by field."""
        return self.stage.caption

    @property
    def text(self) -> str:
        """The findings in words, as a report has them."""
        return self.stage.prose or compose(self.stage.caption)


@dataclass(frozen=True, eq=False)
class OpenCase:
    """A case with everything that is needed to look at it and to go on editing it.

    Parameters
    ----------
    case : Case
        What ``case.yaml`` says: title, objectives, history, discussion, questions, ...
    folder : Path
    drawing : CaseRenderer
        Draws its stages.
    """

    case: Case
    folder: Path
    drawing: CaseRenderer

    @property
    def engine(self) -> LocalEngine:
        """The engine of the case's model."""
        return self.drawing.engine

    @property
    def base(self) -> Slice:
        """The picture that the stages start from."""
        return self.drawing.picture

    @property
    def labels(self) -> LabelMap:
        """The elements that the stages start from."""
        return self.drawing.labels

    @cached_property
    def stages(self) -> dict[str, StagePicture]:
        """The stages by name, in their order; drawn when first asked for."""
        return {stage.name: self._shown(stage) for stage in self.case.stages}

    def answers(self) -> Answers:
        """The answers to the case's questions, for instructors.

        Raises
        ------
        InvalidCase
            If they are not there, as in a case that was given away.
        """
        return read_answers(self.folder)

    def _shown(self, stage: Stage) -> StagePicture:
        return StagePicture(stage, self.drawing.stage_labels(stage), self.drawing.stage_picture(stage))

    def __repr__(self) -> str:
        return f"OpenCase({self.case.id}: {self.case.title}; stages {', '.join(self.stage_names)})"

    @property
    def stage_names(self) -> tuple[str, ...]:
        """The names of the stages in their order, without drawing them."""
        return tuple(stage.name for stage in self.case.stages)


def open_case(name: str | Path) -> OpenCase:
    """Open a case of the library by its name, or any case by its folder.

    Parameters
    ----------
    name : str or Path
        A name that `library_cases` lists, or the folder of a case as a Path.

    Returns
    -------
    OpenCase

    Raises
    ------
    NoSuchCase
        If the library has none of that name.
    InvalidCase
        If the case is damaged, or its model is not at hand.
    """
    folder = name if isinstance(name, Path) else case_folder(name)
    case = read_case(folder)
    return OpenCase(case, folder, renderer(case, folder, engine_of(case)))
