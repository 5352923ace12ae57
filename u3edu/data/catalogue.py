"""What public collections hold, by the index of the Imaging Data Commons that idc-index brings along."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Protocol

from u3edu.data.downloader_log import logged_errors

# What u3edu can read; the collections hold segmentations, reports and slides as well.
MODALITIES = ("CT", "MR")


class CollectionError(ValueError):
    """A public collection can't give what was asked for; the message says why and what to do."""


@dataclass(frozen=True)
class PublicSeries:
    """One series of a public collection, as the index describes it.

    Parameters
    ----------
    collection, patient : str
        Names that the collection gives; no patient's own.
    series_uid : str
        SeriesInstanceUID.
    modality, description : str
        Modality and SeriesDescription.
    licence : str
        For example ``"CC BY 4.0"``.
    doi : str
        Of the data set that the series was published with.
    pictures : int
        How many files it has.
    size : int
        Bytes of all its files.
    """

    collection: str
    patient: str
    series_uid: str
    modality: str
    description: str
    licence: str
    doi: str
    pictures: int
    size: int


class Catalogue(Protocol):
    """What knows the series of public collections."""

    @property
    def edition(self) -> str:
        """Which edition of the index this is."""

    def series(self, collection: str) -> list[PublicSeries]:
        """The CT and MR series of a collection.

        Raises
        ------
        CollectionError
            If there is no such collection.
        """

    def citations(self, series: Sequence[PublicSeries]) -> list[str]:
        """How to cite the data sets that the series come from."""


class IdcCatalogue:
    """The index of the Imaging Data Commons; asked without network.

    Parameters
    ----------
    client : idc_index.IDCClient
        Holds the index as a table.
    """

    def __init__(self, client: Any) -> None:
        self.client = client

    @property
    def edition(self) -> str:
        """The release of the Imaging Data Commons, for example ``"IDC v25"``."""
        return f"IDC {self.client.get_idc_version()}"

    def series(self, collection: str) -> list[PublicSeries]:
        """The CT and MR series of a collection; capitals, dashes and underscores don't matter.

        Raises
        ------
        CollectionError
            If there is no such collection; names like it are given.
        """
        index = self.client.index
        name = collection.lower().replace("-", "_").replace(" ", "_")
        known = sorted(str(one) for one in index["collection_id"].unique())
        if name not in known:
            like = get_close_matches(name, known, n=3, cutoff=0.4)
            hint = f"; names like it: {', '.join(like)}" if like else ""
            raise CollectionError(f"{self.edition} has no collection {collection!r}{hint}")
        rows = index[(index["collection_id"] == name) & index["Modality"].isin(MODALITIES)]
        found = [_series(row) for row in rows.to_dict("records")]
        return sorted(found, key=lambda one: (one.patient, one.description, one.series_uid))

    def citations(self, series: Sequence[PublicSeries]) -> list[str]:
        """How to cite the series' data sets: in full where the network has it, else by DOI."""
        dois = sorted({one.doi for one in series if one.doi})
        try:
            one_each = {one.doi: one.series_uid for one in series}
            with logged_errors("idc_index"):
                full = self.client.citations_from_selection(seriesInstanceUID=list(one_each.values()))
        except Exception:  # no network, or a registry that doesn't answer: the DOI names the source, too
            full = []
        return [" ".join(text.split()) for text in full] or [f"https://doi.org/{doi}" for doi in dois]


def open_catalogue() -> IdcCatalogue:
    """The catalogue that idc-index brings; takes some seconds, for it knows a million series.

    Raises
    ------
    CollectionError
        If idc-index isn't installed.
    """
    try:
        from idc_index import IDCClient
    except ModuleNotFoundError as error:
        raise CollectionError(
            f"public collections need the package {error.name}: pip install 'u3edu[collections]'"
        ) from None
    return IdcCatalogue(IDCClient())  # type: ignore[no-untyped-call]


def _series(row: dict[str, Any]) -> PublicSeries:
    """One row of the index."""
    return PublicSeries(
        collection=_text(row["collection_id"]),
        patient=_text(row["PatientID"]),
        series_uid=_text(row["SeriesInstanceUID"]),
        modality=_text(row["Modality"]),
        description=_text(row["SeriesDescription"]),
        licence=_text(row["license_short_name"]),
        doi=_text(row["source_DOI"]),
        pictures=int(row["instanceCount"]),
        size=round(float(row["series_size_MB"]) * 1e6),
    )


def _text(value: Any) -> str:
    """A cell of the index as text; empty cells are None or not-a-number."""
    return value if isinstance(value, str) else ""
