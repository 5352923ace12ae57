"""What a case still lacks before it can be taught with."""

from u3edu.cases.caption import LungNodule, RectalTumour
from u3edu.cases.contradictions import contradictions
from u3edu.cases.problem import CaseProblem
from u3edu.cases.question import Answers, Question, RateABCAnswer, StageItAnswer, WhatChangedAnswer
from u3edu.cases.reading import ANSWERS_FILE, CASE_FILE
from u3edu.cases.schema import Case, Stage

# What a person writes; a new case has none of it.
_WRITTEN = (
    "title", "objectives", "anatomy", "pathology", "history", "findings", "diagnosis", "discussion",
    "licence", "source", "stages",
)  # fmt: skip


def gaps(case: Case) -> list[CaseProblem]:
    """The fields of a case that are still empty."""
    return [
        CaseProblem(CASE_FILE, name, "is empty; write it") for name in _WRITTEN if not getattr(case, name)
    ]


def caption_problems(case: Case) -> list[CaseProblem]:
    """Captions that don't fit the modality, or that their own prose contradicts."""
    found = []
    for number, stage in enumerate(case.stages, start=1):
        wrong = _modality_problem(case, stage)
        if wrong:
            found.append(CaseProblem(CASE_FILE, f"stages.{number}.caption.lesion", wrong))
        found += [
            CaseProblem(CASE_FILE, f"stages.{number}.prose", sentence)
            for sentence in contradictions(stage.caption, stage.prose)
        ]
    return found


def answer_problems(case: Case, answers: Answers) -> list[CaseProblem]:
    """Questions without an answer, answers without a question, and pairs that don't fit."""
    if answers.case != case.id:
        return [CaseProblem(ANSWERS_FILE, "case", f"is {answers.case!r}, and the case is {case.id!r}")]
    questions = {question.id: question for question in case.questions}
    found = [
        CaseProblem(ANSWERS_FILE, f"answers.{name}", "the case asks no such question")
        for name in answers.answers
        if name not in questions
    ]
    for name, question in questions.items():
        if name not in answers.answers:
            found.append(CaseProblem(ANSWERS_FILE, f"answers.{name}", "is missing"))
        elif reason := _mismatch(case, question, answers):
            found.append(CaseProblem(ANSWERS_FILE, f"answers.{name}", reason))
    return found


def _modality_problem(case: Case, stage: Stage) -> str:
    if isinstance(stage.caption, RectalTumour) and case.modality != "MR":
        return "a rectal tumour is staged on MR, and the case is CT"
    if isinstance(stage.caption, LungNodule) and case.modality != "CT":
        return "a lung nodule is measured on CT, and the case is MR"
    return ""


def _mismatch(case: Case, question: Question, answers: Answers) -> str:
    answer = answers.answers[question.id]
    if answer.kind != question.kind:
        return f"is of the kind {answer.kind}, and the question is {question.kind}"
    if isinstance(answer, StageItAnswer | WhatChangedAnswer):
        choices = getattr(question, "choices", ())
        if answer.choice not in choices:
            return f"{answer.choice!r} is none of the choices: {', '.join(choices)}"
    healthy = case.stage(question.stages[0]).caption.lesion == "none"
    if isinstance(answer, RateABCAnswer) and answer.variation != "none" and healthy:
        return f"a stage without a lesion has no {answer.variation}"
    return ""
