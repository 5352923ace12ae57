"""How a series gets here: from the Imaging Data Commons over the network, or from a folder."""

import copy
import os
import shutil
import socket
from collections import defaultdict
from pathlib import Path
from typing import Any, Protocol

import pydicom

from u3edu.data.catalogue import CollectionError, PublicSeries
from u3edu.data.downloader_log import logged_errors

# Where the Imaging Data Commons keeps its files, open to everyone.
HOST = "s3.amazonaws.com"
PROXIES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
CONNECT_SECONDS = 5.0


class Transfer(Protocol):
    """Brings the files of a series into a folder."""

    @property
    def origin(self) -> str:
        """Where the files come from, in words."""

    @property
    def exact(self) -> bool:
        """Whether files are those of the index to the byte, so that sizes can be compared."""

    def check(self) -> None:
        """Make sure that there is a source at all.

        Raises
        ------
        CollectionError
            If there isn't, with what to do.
        """

    def bring(self, series: PublicSeries, folder: Path) -> None:
        """Bring the files of a series into an existing folder; what is there already may stay."""


class IdcTransfer:
    """Over the network, by the downloader that idc-index brings; no account is needed.

    Parameters
    ----------
    client : idc_index.IDCClient
    """

    origin = "Imaging Data Commons"
    exact = True

    def __init__(self, client: Any) -> None:
        self.client = client

    def check(self) -> None:
        """Make sure that the Imaging Data Commons can be reached.

        Raises
        ------
        CollectionError
            If it can't; the downloader itself would try again for minutes.
        """
        if any(os.environ.get(name) for name in PROXIES):
            return  # a proxy answers for the network; the downloader uses it, too
        try:
            socket.create_connection((HOST, 443), timeout=CONNECT_SECONDS).close()
        except OSError as error:
            raise CollectionError(
                f"no network to the Imaging Data Commons ({HOST}: {error.strerror or error}). Fetch on a "
                "machine that has one, copy the folder here, and run the same command with --from FOLDER"
            ) from None

    def bring(self, series: PublicSeries, folder: Path) -> None:
        """Download what isn't in `folder` yet.

        Raises
        ------
        CollectionError
            If the downloader reports an error.
        """
        # The downloader joins its whole index with itself for each call; a million rows take seconds.
        narrowed, index = copy.copy(self.client), self.client.index
        narrowed.index = index[index["SeriesInstanceUID"] == series.series_uid]
        with logged_errors("idc_index") as errors:
            narrowed.download_dicom_series(
                series.series_uid,
                str(folder),
                quiet=True,
                show_progress_bar=False,
                use_s5cmd_sync=True,
                dirTemplate=None,
            )
        if errors:
            raise CollectionError(f"{series.series_uid}: {errors[0]}; run again to go on")


class FolderTransfer:
    """From a folder of DICOM that somebody has downloaded already.

    Parameters
    ----------
    folder : Path
        Looked through with its sub-folders.
    """

    exact = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._paths: dict[str, list[Path]] | None = None

    @property
    def origin(self) -> str:
        """Where the files come from; the folder's own name may be private."""
        return "a local folder"

    def check(self) -> None:
        """Make sure that the folder holds DICOM at all.

        Raises
        ------
        CollectionError
            If it doesn't.
        """
        if not self.folder.is_dir():
            raise CollectionError(f"{self.folder}: no such folder")
        if not self.paths():
            raise CollectionError(f"{self.folder}: no DICOM files in it")

    def paths(self) -> dict[str, list[Path]]:
        """The folder's DICOM files by SeriesInstanceUID."""
        if self._paths is None:
            self._paths = defaultdict(list)
            for path in sorted(path for path in self.folder.rglob("*") if path.is_file()):
                identifiers = read_identifiers(path)
                if identifiers:
                    self._paths[identifiers[0]].append(path)
        return self._paths

    def bring(self, series: PublicSeries, folder: Path) -> None:
        """Copy the files of a series; the folder itself stays as it is.

        Raises
        ------
        CollectionError
            If the folder doesn't hold the series.
        """
        paths = self.paths().get(series.series_uid, [])
        if not paths:
            raise CollectionError(f"{series.series_uid}: not in {self.folder}")
        for number, path in enumerate(paths, start=1):
            shutil.copyfile(path, folder / f"{number:06d}.dcm")


def read_identifiers(path: Path) -> tuple[str, str] | None:
    """SeriesInstanceUID and SOPInstanceUID of a DICOM file; None for anything else."""
    try:
        tags = ["SeriesInstanceUID", "SOPInstanceUID"]
        dataset = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=tags)
        return str(dataset.SeriesInstanceUID), str(dataset.SOPInstanceUID)
    except Exception:  # whatever stops the parser, it is no picture to keep
        return None
