"""The ``case.yaml`` and ``answers.yaml`` that a new case begins with: what is known, and gaps with hints."""

import re
from pathlib import Path

from u3edu.cases.base import Base
from u3edu.cases.caption import edition_words
from u3edu.cases.reading import ANSWERS_FILE, CASE_FILE
from u3edu.cases.yaml_text import dump_yaml
from u3edu.model.card import ModelCard

_TEXT = """\
# A teaching case. Fill in what is empty; u3edu case validate says what is missing.
version: 2
{identity}
title: ""
level: resident  # student, resident or specialist
objectives: []
#  - Tell a tumour confined to the submucosa from one that reaches the muscularis propria.

# Codes from RadLex (RADLEX) or SNOMED CT (SCT).
anatomy: {anatomy}
pathology: []
#  - {pathology}

history: ""
findings: ""
diagnosis: ""
discussion: ""
references: []

licence: ""  # of the case, for example CC BY 4.0
source: ""  # where the base image comes from, with the attribution that it asks for

{technical}
render: whole  # or: in place (the base image outside the edits)
windows: []  # empty: those of the base image

# Save each stage's edit from the painter as stages/NAME.json. A stage without a script is the
# base as it is. The category must be what {scheme} makes of the other fields.
stages: []
{stage}
# The answers stand in {answers}, by the question's id.
questions: []
#  - id: how-deep
#    kind: stage_it  # or rate_abc, what_changed (two stages), paint_it
#    question: Which T category?
#    stages: [t2]
#    choices: [T1, T2, T3, T4]
"""

# Codes of SNOMED CT as pydicom's dictionary of DICOM's context groups has them.
_RECTAL_CODE = '{value: "254582000", scheme: SCT, meaning: Adenocarcinoma of rectum}'
_LUNG_CODE = '{value: "93880001", scheme: SCT, meaning: Lung cancer}'
_RECTAL_STAGE = """\
#  - name: t2
#    title: Into the muscularis propria
#    script: stages/t2.json
#    caption:
#      lesion: rectal tumour
#      wall: left lateral
#      size_mm: 30
#      shape: polypoid
#      margin: smooth
#      deepest_layer: muscularis propria
#      staging: {scheme: TNM, edition: 8, category: T2}
#    prose: ""  # empty: written from the caption
"""
_LUNG_STAGE = """\
#  - name: t1b
#    title: Spiculated nodule of 18 mm
#    script: stages/t1b.json
#    caption:
#      lesion: lung nodule
#      lobe: right upper lobe
#      size_mm: 18
#      density: solid
#      shape: round
#      margin: spiculated
#      staging: {scheme: TNM, edition: 9, category: T1b}
#    prose: ""  # empty: written from the caption
"""
_ANSWERS = """\
# Kept by the instructor; u3edu case publish leaves this file out.
version: 2
case: {case}
answers: {{}}
#  how-deep: {{kind: stage_it, choice: T2, reason: The muscularis propria is infiltrated.}}
"""


def write_skeleton(folder: Path, base: Base, card: ModelCard, modality: str) -> None:
    """Write the two files of a new case.

    Parameters
    ----------
    folder : Path
        Its name becomes the case's id.
    base : Base
    card : ModelCard
        Of the model that draws the case.
    modality : str

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    case = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-")[:64] or "case"
    mr = modality == "MR"
    place = {"value": "34402009", "scheme": "SCT", "meaning": "Rectum"}
    if not mr:
        place = {"value": "39607008", "scheme": "SCT", "meaning": "Lung"}
    technical = {
        "modality": modality,
        "model": {"name": card.name, "weights_sha256": card.weights_sha256},
        "base": base.model_dump(mode="json"),
        "elements": "elements.png",
    }
    text = _TEXT.format(
        identity=dump_yaml({"id": case}).strip(),
        anatomy="\n" + dump_yaml([place]).strip(),
        pathology=_RECTAL_CODE if mr else _LUNG_CODE,
        technical=dump_yaml(technical).strip(),
        scheme=f"the TNM ({edition_words(8)})" if mr else f"the TNM ({edition_words(9)})",
        stage=_RECTAL_STAGE if mr else _LUNG_STAGE,
        answers=ANSWERS_FILE,
    )
    (folder / CASE_FILE).write_text(text, encoding="utf-8")
    (folder / ANSWERS_FILE).write_text(_ANSWERS.format(case=dump_yaml(case).split("\n")[0]), encoding="utf-8")
