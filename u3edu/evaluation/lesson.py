"""What the automatic reader learns from: real slices of some patients, and what a model makes of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from u3edu.engine.protocol import Engine
from u3edu.evaluation.reader import AutomaticReader, ReaderFigures, reader_figures
from u3edu.evaluation.reader_features import tile_features
from u3edu.evaluation.reconstructed import Reconstructed
from u3edu.evaluation.spread import evenly_spread
from u3edu.imaging.slice import Slice
from u3edu.model.backbone import Backbone

# Neighbouring slices teach hardly more; time grows with each.
SLICES_A_PATIENT = 24


@dataclass(frozen=True, eq=False)
class Lesson:
    """A reader fitted on some patients, for others to be read by it.

    Parameters
    ----------
    backbone : Backbone
    reader : AutomaticReader
    series : frozenset of str
        Identifiers of the series that it was fitted on.
    """

    backbone: Backbone
    reader: AutomaticReader
    series: frozenset[str]

    @classmethod
    def of(cls, engine: Engine, backbone: Backbone, patients: Mapping[str, Sequence[Slice]]) -> "Lesson":
        """Fit a reader on patients; up to 24 slices of each, evenly spread.

        Raises
        ------
        ValueError
            If no slice has a tile to learn from.
        """
        real, made = [], []
        for slices in patients.values():
            for picture in evenly_spread(slices, SLICES_A_PATIENT):
                pair = Reconstructed.of(engine, picture)
                real.append(tile_features(backbone, pair.picture, pair.body))
                made.append(tile_features(backbone, pair.reconstruction, pair.body))
        uids = {picture.acquisition.source.series_uid for slices in patients.values() for picture in slices}
        return cls(backbone, AutomaticReader(real, made), frozenset(uids - {""}))

    def read(self, patient: str, pairs: Sequence[Reconstructed]) -> ReaderFigures:
        """Test the reader on another patient.

        Raises
        ------
        ValueError
            If it was fitted on this very patient, or no slice has a tile to look at.
        """
        known = self.series & {pair.picture.acquisition.source.series_uid for pair in pairs}
        if known:
            raise ValueError(
                f"{patient}: the automatic reader was fitted on series of this patient "
                f"({', '.join(sorted(known))}); give it a folder of other patients to learn from"
            )
        real = [tile_features(self.backbone, pair.picture, pair.body) for pair in pairs]
        made = [tile_features(self.backbone, pair.reconstruction, pair.body) for pair in pairs]
        return reader_figures(self.reader, patient, real, made)
