"""Everything that was measured of one model on a folder of patients."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from u3edu.evaluation.goals import Goal, goals_of
from u3edu.evaluation.patient import PatientFigures, plain
from u3edu.evaluation.reader import ReaderFigures
from u3edu.evaluation.reconstructed import Reconstructed

# Section 3: mean over the paper's 100 test series of each anatomy.
PAPER: Mapping[str, Mapping[str, float]] = {
    "pelvic-mri": {"mse": 1.41e-2, "ssim": 0.740, "psnr": 22.5},
    "chest-ct": {"mse": 5.03e-4, "ssim": 0.908, "psnr": 38.6},
}


@dataclass(frozen=True, eq=False)
class ModelFigures:
    """What was measured of one model.

    Parameters
    ----------
    name : str
        The model's name.
    title : str
        What to call it beside others: models of two training stages have the same name.
    patients : tuple of PatientFigures
    reader : tuple of ReaderFigures
        The automatic reader on each patient; empty where it was given nothing to learn from.
    examples : tuple of Reconstructed
        The middle slice of each patient, to look at.
    """

    name: str
    title: str
    patients: tuple[PatientFigures, ...]
    reader: tuple[ReaderFigures, ...]
    examples: tuple[Reconstructed, ...]

    @property
    def paper(self) -> Mapping[str, float]:
        """The paper's figures for this anatomy; empty where it has none."""
        return PAPER.get(self.name, {})

    def goals(self, index: int) -> list[Goal]:
        """The goals, judged on one patient."""
        return goals_of(self.patients[index], self.reader[index] if self.reader else None, self.paper)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "model": self.name,
            "title": self.title,
            "paper": dict(self.paper),
            "patients": [
                patient.to_dict() | {"goals": [asdict(goal) for goal in self.goals(index)]}
                for index, patient in enumerate(self.patients)
            ],
            "automatic_reader": [plain(asdict(figures)) for figures in self.reader],
        }
