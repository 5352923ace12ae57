"""Whether a series shows a face by which a person could be recognised."""

import re

from pydicom import Dataset

# A face can be rendered from thin slices of the head, and matched with photographs.
FACE_WORDS = re.compile(
    r"HEAD|BRAIN|SKULL|CRAN|FACE|FACIAL|NECK|ORBIT|SINUS|JAW|MANDIB|MAXILL|DENTAL|NASO|KOPF|SCHÄDEL|HALS"
    r"|TETE|TÊTE|COU\b|CEREB|CEREBR|CABEZA|CRANEO|CRÁNEO|CUELLO|TESTA|COLLO|EYE|TEMPORAL|PITUIT|WHOLE ?BODY",
)
DESCRIPTIONS = (
    "BodyPartExamined",
    "SeriesDescription",
    "StudyDescription",
    "ProtocolName",
    "RequestedProcedureDescription",
    "PerformedProcedureStepDescription",
)


def shows_a_face(dataset: Dataset) -> bool:
    """Whether body part or descriptions name the head or neck, or the whole body.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The header before de-identification; descriptions are gone from it afterwards.
    """
    return any(FACE_WORDS.search(str(dataset.get(keyword) or "").upper()) for keyword in DESCRIPTIONS)
