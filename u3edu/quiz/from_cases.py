"""From cases with questions to one quiz for a class, and its answer book."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from pathlib import Path

from u3edu.cases.bundle import opened
from u3edu.cases.checking import check_case, engine_of
from u3edu.cases.pictures import stored_picture
from u3edu.cases.problem import CaseProblem, InvalidCase
from u3edu.cases.prose import compose
from u3edu.cases.question import (
    Answer,
    Answers,
    PaintItAnswer,
    Question,
    RateABC,
    RateABCAnswer,
    StageIt,
    StageItAnswer,
    WhatChanged,
    WhatChangedAnswer,
)
from u3edu.cases.reading import CASE_FILE, read_answers, read_case
from u3edu.cases.rendering import CaseRenderer, RenderRecord, read_record, renderer
from u3edu.cases.variations import varied
from u3edu.editing.difference import edited_pixels
from u3edu.imaging.slice import Window
from u3edu.quiz.answer_book import AnswerBook
from u3edu.quiz.build import QuizBuilder
from u3edu.quiz.case_painting import paint_task
from u3edu.quiz.keys import Fault
from u3edu.quiz.quiz import Quiz, Rules

INTRODUCTION = "Each answer is kept as soon as you submit it."
_FAULTS: dict[str, Fault] = {
    "none": "none",
    "wrong_layer": "wrong layer",
    "wrong_size": "wrong size",
    "wrong_side": "wrong side",
}


def from_cases(
    paths: Sequence[Path],
    *,
    title: str,
    introduction: str = INTRODUCTION,
    dataset: str = "cases",
    rules: Rules | None = None,
    key: bytes | None = None,
    model: str | None = None,
) -> tuple[Quiz, AnswerBook]:
    """Make one quiz of the questions of cases.

    Titles, findings, stages, captions, scripts, seeds, codes, source and file names stay behind; a
    case's history stands before each of its questions.

    Parameters
    ----------
    paths : sequence of Path
        Cases: folders or ``.u3case`` files.
    title, introduction, dataset, rules
        As for `u3edu.quiz.build.QuizBuilder`; ``seconds`` of a question are its own limit.
    key : bytes, optional
        A secret of the instructor's: the same cases and key give the same names and order. Drawn
        if left out.
    model : str, optional
        A weights file, where the cases' model is not one that comes with the package.

    Raises
    ------
    InvalidCase
        If a case does not pass `u3edu.cases.checking.check_case`, two have one id, one asks
        nothing, or a painting cannot be graded because nobody knows its layers.
    """
    for path in paths:
        check = check_case(path, model)
        if check.problems:
            raise InvalidCase(*check.problems)
    read = [(path, *_content(path)) for path in paths]
    contents = {name: (path, content) for path, name, content in read}
    if len(contents) < len(paths):
        ids = [name for _, name, _ in read]
        twice = next(one for one in ids if ids.count(one) > 1)
        raise InvalidCase(CaseProblem(CASE_FILE, "id", f"{twice!r} is the id of two of the cases"))
    # Of the content too, so that a changed case doesn't take over the answers to the old one.
    said = "\0".join([title, introduction, *(contents[name][1] for name in sorted(contents))])
    seed = hmac.new(key or secrets.token_bytes(32), said.encode(), hashlib.sha256).digest()
    builder = QuizBuilder(title, introduction, dataset=dataset, rules=rules, seed=int.from_bytes(seed))
    for name in sorted(contents):
        with opened(contents[name][0]) as folder:
            case = read_case(folder)
            if not case.questions:
                raise InvalidCase.at(CASE_FILE, "questions", f"{name!r} asks nothing; there is no quiz in it")
            answers = read_answers(folder).answers
            drawing = renderer(case, folder, engine_of(case, model))
            record = read_record(folder)
            for question in case.questions:
                _ask(builder, drawing, record, question, answers[question.id])
    return builder.build()


def _ask(
    builder: QuizBuilder, drawing: CaseRenderer, record: RenderRecord, question: Question, answer: Answer
) -> None:
    """Add a question; that its answer is of its kind was checked with the case."""
    case = drawing.case
    asked = f"{case.history} {question.question}".strip()
    window = (
        Window(case.windows[0].name, case.windows[0].centre, case.windows[0].width) if case.windows else None
    )
    # As they were rendered and looked at.
    pictures = [stored_picture(drawing.folder, record.stages[name].picture) for name in question.stages]
    stages = [case.stage(name) for name in question.stages]
    if isinstance(question, RateABC) and isinstance(answer, RateABCAnswer):
        caption = compose(varied(stages[0].caption, answer.variation, answer.seed))
        if answer.variation == "none" and stages[0].prose:
            caption = stages[0].prose
        builder.rate_abc(
            pictures[0],
            caption,
            "synthetic" if pictures[0].acquisition.synthetic else "real",
            answer.reason,
            fault=_FAULTS[answer.variation],
            question=asked,
            seconds=question.seconds,
            window=window,
        )
    elif isinstance(question, StageIt) and isinstance(answer, StageItAnswer):
        builder.stage_it(
            pictures[0],
            asked,
            question.choices,
            answer.choice,
            answer.reason,
            seconds=question.seconds,
            window=window,
        )
    elif isinstance(question, WhatChanged) and isinstance(answer, WhatChangedAnswer):
        before, after = (drawing.stage_labels(stage) for stage in stages)
        builder.what_changed(
            pictures[0],
            pictures[1],
            edited_pixels(before, after),
            asked,
            question.choices,
            answer.choice,
            answer.reason,
            seconds=question.seconds,
            window=window,
        )
    elif isinstance(answer, PaintItAnswer):
        labels = drawing.stage_labels(stages[0])
        builder.paint_it(
            pictures[0],
            labels,
            case.model.name,
            asked,
            paint_task(drawing, question.id, stages[0], labels, answer),
            answer.reason,
            seconds=question.seconds,
            window=window,
        )


def _content(path: Path) -> tuple[str, str]:
    """The id of a case, and all that its questions come from in one text."""
    with opened(path) as folder:
        case = read_case(folder)
        answers = read_answers(folder) if case.questions else Answers(case=case.id, answers={})
        parts = (case, answers, read_record(folder))
        return case.id, "\n".join(one.model_dump_json() for one in parts)
