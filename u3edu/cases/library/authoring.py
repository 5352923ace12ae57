"""The library made anew: plans become cases, and what was painted is measured against the captions."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from u3edu.cases.complete import answer_problems, caption_problems, gaps
from u3edu.cases.library.findings import script_of
from u3edu.cases.library.ground import Ground, prepare
from u3edu.cases.library.measuring import StageMeasures, measure
from u3edu.cases.library.plan import CasePlan, read_bases, read_plans
from u3edu.cases.new import ELEMENTS_FILE
from u3edu.cases.pictures import stored_picture
from u3edu.cases.problem import InvalidCase
from u3edu.cases.question import Answers
from u3edu.cases.reading import ANSWERS_FILE, CASE_FILE
from u3edu.cases.rendering import RenderRecord, render, renderer
from u3edu.cases.schema import Case
from u3edu.cases.yaml_text import dump_yaml
from u3edu.engine.local import LocalEngine, load_engine
from u3edu.imaging.label_png import write_label_png
from u3edu.imaging.stored import write_slice

_STAGES = "stages"


def write_library(output: Path, only: Sequence[str] = ()) -> Iterator[tuple[str, list[StageMeasures]]]:
    """Write the cases of the library, each into a folder of its name.

    Parameters
    ----------
    output : Path
        Folders of cases in it that are there already are replaced.
    only : sequence of str
        Names of cases; by default all.

    Yields
    ------
    (str, list of StageMeasures)
        The name of each case as it is done, and what was measured of its stages.

    Raises
    ------
    InvalidCase
        If a plan is wrong, or a caption says something else than what was painted.
    SliceNotAtHand
        If a slice is not on this machine.
    """
    bases, plans = read_bases(), read_plans()
    engines: dict[str, LocalEngine] = {}
    grounds: dict[str, Ground] = {}
    for name in only or plans:
        if name not in plans:
            raise InvalidCase.at("the library", "", f"no case {name!r}; there are {', '.join(plans)}")
        plan = plans[name]
        if plan.base not in bases:
            raise InvalidCase.at(f"{name}.yaml", "base", f"no base {plan.base!r}; {', '.join(bases)}")
        base = bases[plan.base]
        if base.model not in engines:
            engines[base.model] = load_engine(base.model, device="cpu")
        if plan.base not in grounds:
            grounds[plan.base] = prepare(base, engines[base.model])
        yield name, write_case(plan, grounds[plan.base], output / name)


def write_case(plan: CasePlan, ground: Ground, folder: Path) -> list[StageMeasures]:
    """Write one case with its pictures.

    Raises
    ------
    InvalidCase
        If the plan makes no case, or a caption says something else than what was painted.
    """
    data = _case_data(plan, ground)
    try:
        case = Case.model_validate(data)
    except ValidationError as error:
        raise InvalidCase.from_validation(error, f"{plan.id}.yaml") from None
    answers = {"version": 2, "case": plan.id, "answers": plan.answers}
    problems = [*gaps(case), *caption_problems(case), *answer_problems(case, _answers(answers, plan.id))]
    if problems:
        raise InvalidCase(*(replace(problem, file=f"{plan.id}.yaml") for problem in problems))
    if folder.exists():
        shutil.rmtree(folder)
    (folder / _STAGES).mkdir(parents=True)
    if ground.base.kind == "synthetic":
        write_slice(folder / ground.base.picture, ground.picture)
    write_label_png(ground.labels, folder / case.elements)
    for stage in plan.stages:
        if stage.draw:
            script = script_of(stage.draw, ground)
            (folder / _STAGES / f"{stage.name}.json").write_text(script.to_json() + "\n", "utf-8")
    (folder / CASE_FILE).write_text(dump_yaml(data), "utf-8")
    (folder / ANSWERS_FILE).write_text(dump_yaml(answers), "utf-8")
    return _measured(case, ground, folder, render(case, folder, ground.engine))


def _case_data(plan: CasePlan, ground: Ground) -> dict[str, Any]:
    """What ``case.yaml`` says of a plan."""
    card = ground.engine.card
    return {
        "version": 2,
        "id": plan.id,
        **{name: value for name, value in plan.text.items() if name != "questions"},
        "licence": ground.plan.licence,
        "source": ground.plan.source,
        "modality": card.modality,
        "model": {"name": card.name, "weights_sha256": card.weights_sha256},
        "base": ground.base.model_dump(mode="json"),
        "elements": ELEMENTS_FILE,
        "stages": [
            stage.text | ({"script": f"{_STAGES}/{stage.name}.json"} if stage.draw else {})
            for stage in plan.stages
        ],
        "questions": plan.text.get("questions", []),
    }


def _answers(data: dict[str, Any], name: str) -> Answers:
    try:
        return Answers.model_validate(data)
    except ValidationError as error:
        raise InvalidCase.from_validation(error, f"{name}.yaml") from None


def _measured(case: Case, ground: Ground, folder: Path, record: RenderRecord) -> list[StageMeasures]:
    drawing = renderer(case, folder, ground.engine)
    measures = []
    for stage in case.stages:
        if stage.script is None:
            continue
        after = stored_picture(folder, record.stages[stage.name].picture)
        measures.append(measure(stage, ground, drawing.stage_labels(stage), ground.drawn, after))
    wrong = [one.contradiction for one in measures if one.contradiction]
    if wrong:
        raise InvalidCase.at(f"{case.id}.yaml", "stages", "; ".join(wrong))
    return measures
