"""Whether a case is whole, true to itself, and still draws the pictures that it drew."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from u3edu.cases.bundle import opened
from u3edu.cases.complete import answer_problems, caption_problems, gaps
from u3edu.cases.pictures import check_png, stored_picture
from u3edu.cases.problem import CaseProblem, InvalidCase, NotAtHand
from u3edu.cases.reading import ANSWERS_FILE, CASE_FILE, read_answers, read_case
from u3edu.cases.rendering import (
    RECORD_FILE,
    CaseRenderer,
    RenderRecord,
    exact_digest,
    read_record,
    read_script,
    renderer,
    shown_digest,
)
from u3edu.cases.schema import Case, Stage
from u3edu.engine.local import LocalEngine, load_engine
from u3edu.imaging.stored import LEVELS, to_levels
from u3edu.model.weights import UnusableWeights

# Of the range of intensities: a quarter of a grey level of 256, which no eye sees. On one machine
# pictures are equal to the last bit; another processor may add in another order, as another number
# of threads does, which moved 0.4 % of the pixels by 1.5e-5 (benchmarks/rendering_elsewhere.py).
TOLERANCE = 1e-3


@dataclass
class CaseCheck:
    """What was found of one case.

    Parameters
    ----------
    problems : list of CaseProblem
        Empty for a case that can be taught with.
    notes : list of str
        What could not be checked here, and what differs within the tolerance.
    same, stages : int
        How many stages were drawn anew to the same bits, and how many there are.
    """

    problems: list[CaseProblem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    same: int = 0
    stages: int = 0


def check_case(path: Path, model: str | None = None) -> CaseCheck:
    """Check a case: its files, its text, its captions and answers, and its pictures.

    Parameters
    ----------
    path : Path
        A folder or a ``.u3case`` file.
    model : str, optional
        A weights file, where the case's model is not one that comes with the package.

    Returns
    -------
    CaseCheck
        Nothing is raised for what is wrong with a case.
    """
    check = CaseCheck()
    try:
        with opened(path) as folder:
            case = read_case(folder)
            check.stages = len(case.stages)
            check.problems += [*gaps(case), *caption_problems(case)]
            _check_answers(check, case, folder)
            _check_scripts(check, case, folder)
            record = _checked_record(check, case, folder)
            _draw_again(check, case, folder, record, model)
    except InvalidCase as error:
        check.problems += error.problems
    check.problems = list(dict.fromkeys(check.problems))
    return check


def engine_of(case: Case, model: str | None = None) -> LocalEngine:
    """The engine that draws a case, of its own model or of a weights file that somebody names.

    Raises
    ------
    InvalidCase
        If there are no such weights.
    """
    try:
        return load_engine(model or case.model.name, device="cpu")
    except UnusableWeights as error:
        raise InvalidCase.at(CASE_FILE, "model.name", f"{error} (--model)") from None


def _check_answers(check: CaseCheck, case: Case, folder: Path) -> None:
    if not case.questions and not (folder / ANSWERS_FILE).exists():
        return
    try:
        check.problems += answer_problems(case, read_answers(folder))
    except InvalidCase as error:
        check.problems += error.problems


def _check_scripts(check: CaseCheck, case: Case, folder: Path) -> None:
    """Read every file that the stages name, so that each bad one is reported, not the first alone."""
    for stage in case.stages:
        try:
            if stage.script is not None:
                read_script(folder, stage.script)
        except InvalidCase as error:
            check.problems += error.problems
    try:
        check_png(folder, case.elements)
    except InvalidCase as error:
        check.problems += error.problems


def _checked_record(check: CaseCheck, case: Case, folder: Path) -> RenderRecord | None:
    """The record of the pictures; None where it is missing or damaged."""
    try:
        record = read_record(folder)
    except InvalidCase as error:
        check.problems += error.problems if case.stages else ()
        return None
    if record.weights_sha256 != case.model.weights_sha256:
        reason = "is not that of case.yaml; run u3edu case render"
        check.problems.append(CaseProblem(RECORD_FILE, "weights_sha256", reason))
    for stage in case.stages:
        if stage.name not in record.stages:
            reason = "was not rendered yet; run u3edu case render"
            check.problems.append(CaseProblem(RECORD_FILE, f"stages.{stage.name}", reason))
            continue
        try:
            stored = stored_picture(folder, record.stages[stage.name].picture)
        except InvalidCase as error:
            check.problems += error.problems
            continue
        written = record.stages[stage.name]
        if (exact_digest(stored), shown_digest(stored)) != (written.sha256, written.digest):
            reason = "is not the picture that was rendered (its digest differs); run u3edu case render"
            check.problems.append(CaseProblem(written.picture, "", reason))
    return record


def _draw_again(
    check: CaseCheck, case: Case, folder: Path, record: RenderRecord | None, model: str | None
) -> None:
    """Draw every stage with the weights at hand, and compare."""
    try:
        drawing = renderer(case, folder, engine_of(case, model))
    except NotAtHand as error:
        check.notes += [f"pictures not drawn again: {problem}" for problem in error.problems]
        return
    for stage in case.stages:
        try:
            _compare(check, drawing, stage, record)
        except InvalidCase as error:
            check.problems += error.problems


def _compare(check: CaseCheck, drawing: CaseRenderer, stage: Stage, record: RenderRecord | None) -> None:
    drawn = drawing.stage_picture(stage)
    if record is None or stage.name not in record.stages:
        return
    written = record.stages[stage.name]
    if exact_digest(drawn) == written.sha256:
        check.same += 1
        return
    stored = stored_picture(drawing.folder, written.picture)
    if stored.shape != drawn.shape:
        far = 1.0
    else:
        far = (
            float(np.abs(to_levels(stored.pixels).astype(np.int32) - to_levels(drawn.pixels)).max()) / LEVELS
        )
    if far <= TOLERANCE:
        check.notes.append(f"{stage.name}: drawn again it differs by {far:.1e} of the range at most")
        return
    reason = f"drawn again it differs by {far:.2g} of the range; look at it, and run u3edu case render"
    check.problems.append(CaseProblem(written.picture, "", reason))
