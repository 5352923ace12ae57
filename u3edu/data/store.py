"""Where fetched series are kept, each with a manifest of checksums, and their licence beside them."""

import hashlib
import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import platformdirs

from u3edu.data.catalogue import PublicSeries


def default_folder() -> Path:
    """The user's cache folder for collections, as the operating system has it."""
    return Path(platformdirs.user_cache_dir("u3edu")) / "collections"


@dataclass(frozen=True)
class Store:
    """The folder of one collection.

    ``dicom/<patient>/<series>/`` holds the pictures, ``manifests/<series>.json`` what they are
    and their checksums, ``ATTRIBUTION.txt`` licences and citations, ``partial/`` what is still
    on its way.

    Parameters
    ----------
    folder : Path
        The folder of all collections.
    collection : str
        The collection's name.
    """

    folder: Path
    collection: str

    @property
    def root(self) -> Path:
        """The collection's own folder."""
        return self.folder / safe(self.collection)

    @property
    def attribution(self) -> Path:
        """The file with licences and citations."""
        return self.root / "ATTRIBUTION.txt"

    def pictures(self, series: PublicSeries) -> Path:
        """The folder of a series that is complete."""
        return self.root / "dicom" / safe(series.patient) / safe(series.series_uid)

    def partial(self, series: PublicSeries) -> Path:
        """The folder of a series on its way."""
        return self.root / "partial" / safe(series.series_uid)

    def manifest(self, series: PublicSeries) -> Path:
        """The file that says what a series is, with the checksum of each picture."""
        return self.root / "manifests" / f"{safe(series.series_uid)}.json"

    def is_complete(self, series: PublicSeries) -> bool:
        """Whether a series is here with as many pictures as it has, each as it was when it came."""
        try:
            written = json.loads(self.manifest(series).read_text("utf-8"))
            checksums = written["sha256"]
            whole = len(checksums) == series.pictures
            return whole and checksums == sums(self.pictures(series))
        except (OSError, ValueError, KeyError, TypeError):
            return False  # nothing there, or damaged: it is fetched again

    def keep(self, series: PublicSeries, edition: str, origin: str) -> None:
        """Move a series that has arrived to its place, and write its manifest.

        Parameters
        ----------
        series : PublicSeries
            What it is.
        edition : str
            Of the index that described it.
        origin : str
            Where the files came from.
        """
        target = self.pictures(series)
        self.manifest(series).unlink(missing_ok=True)
        shutil.rmtree(target, ignore_errors=True)  # what is there is damaged, or of an earlier edition
        target.mkdir(parents=True)
        for path in sorted(self.partial(series).iterdir()):
            path.replace(target / path.name)
        self.partial(series).rmdir()
        record = {**asdict(series), "index": edition, "origin": origin, "sha256": sums(target)}
        self.manifest(series).parent.mkdir(parents=True, exist_ok=True)
        waiting = self.manifest(series).with_suffix(".part")
        waiting.write_text(json.dumps(record, indent=2) + "\n", "utf-8")
        waiting.replace(self.manifest(series))  # a manifest is there as a whole or not at all

    def write_attribution(self, series: Sequence[PublicSeries], citations: Sequence[str]) -> None:
        """Add licences and citations of `series` to what ATTRIBUTION.txt says already."""
        new = [f"{self.collection}: {licence}" for licence in licences(series)]
        new += [f"Cite: {citation}" for citation in citations]
        there = self.attribution.read_text("utf-8").splitlines() if self.attribution.exists() else []
        self.root.mkdir(parents=True, exist_ok=True)
        lines = [*there, *(line for line in new if line not in there)]
        self.attribution.write_text("\n".join(lines) + "\n", "utf-8")


def licences(series: Sequence[PublicSeries]) -> list[str]:
    """Licence and DOI of each data set among the series: ``"CC BY 3.0 (doi 10.7937/…)"``."""
    return sorted(
        {f"{one.licence or 'licence not stated'} (doi {one.doi or 'not stated'})" for one in series}
    )


def sums(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file in a folder, by name."""
    found = {}
    for path in sorted(folder.iterdir()):
        with path.open("rb") as stream:
            found[path.name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return found


def safe(name: str) -> str:
    """A name from an index as the name of a file: nothing in it leads to another folder."""
    return re.sub(r"[^\w.-]+", "_", name)[:100].lstrip(".") or "_"
