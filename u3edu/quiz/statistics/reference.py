"""The paper's physicians: the figures of its section 3, as reference beside a class."""

from dataclasses import dataclass

CITATION = "five experts, Kobayashi and others, MICCAI 2023, section 3 (doi 10.1007/978-3-031-43895-0_38)"


@dataclass(frozen=True)
class MeanSD:
    """A mean and SD over the paper's five readers."""

    mean: float
    sd: float

    def __str__(self) -> str:
        return f"{self.mean:.2f} ± {self.sd:.2f}"


@dataclass(frozen=True)
class PaperFigures:
    """One dataset of the paper.

    Parameters
    ----------
    accuracy : MeanSD
        Of telling real from synthetic in 20 pictures; 0.5 is chance.
    synthetic, real : dict of str to MeanSD
        Shares of A, B and C. No difference was significant (t-test, p > 0.05).
    """

    accuracy: MeanSD
    synthetic: dict[str, MeanSD]
    real: dict[str, MeanSD]


READERS = 5
PAPER = {
    "pelvic MRI": PaperFigures(
        accuracy=MeanSD(0.69, 0.11),
        synthetic={"A": MeanSD(0.80, 0.15), "B": MeanSD(0.02, 0.04), "C": MeanSD(0.18, 0.11)},
        real={"A": MeanSD(0.78, 0.20), "B": MeanSD(0.08, 0.07), "C": MeanSD(0.14, 0.13)},
    ),
    "chest CT": PaperFigures(
        accuracy=MeanSD(0.65, 0.11),
        synthetic={"A": MeanSD(0.74, 0.28), "B": MeanSD(0.08, 0.09), "C": MeanSD(0.18, 0.21)},
        real={"A": MeanSD(0.76, 0.30), "B": MeanSD(0.12, 0.15), "C": MeanSD(0.12, 0.14)},
    ),
}
