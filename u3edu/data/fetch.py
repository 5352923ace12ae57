"""Fetch series of a public collection: choose, transfer, check, keep."""

import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from u3edu.data.catalogue import Catalogue, CollectionError, PublicSeries
from u3edu.data.store import Store
from u3edu.data.transfer import Transfer, read_identifiers

# Called with the bytes that are here, and those of all chosen series.
Progress = Callable[[int, int], None]
SECONDS_BETWEEN_LOOKS = 0.2


@dataclass(frozen=True)
class Fetched:
    """What a run of `fetch` has done.

    Parameters
    ----------
    arrived, present : tuple of PublicSeries
        New, and here already.
    problems : tuple of str
        Why other series aren't here, or aren't whole.
    """

    arrived: tuple[PublicSeries, ...]
    present: tuple[PublicSeries, ...]
    problems: tuple[str, ...]


def choose(
    series: Sequence[PublicSeries], patients: Iterable[str] = (), uids: Iterable[str] = (), text: str = ""
) -> list[PublicSeries]:
    """The series of some patients, with some identifiers, or with a text in their description.

    Parameters
    ----------
    series : sequence of PublicSeries
        To choose from.
    patients, uids : iterable of str
        Names of patients and SeriesInstanceUIDs; empty for all.
    text : str
        Part of the description, in any capitals; empty for all.

    Raises
    ------
    CollectionError
        If a patient or an identifier isn't there, or nothing is left.
    """
    patients, uids = list(patients), list(uids)
    for asked, there, what in (
        (patients, {one.patient for one in series}, "patient"),
        (uids, {one.series_uid for one in series}, "series"),
    ):
        unknown = [name for name in asked if name not in there]
        if unknown:
            some = ", ".join(sorted(there)[:3])
            raise CollectionError(f"no {what} {', '.join(unknown)} with CT or MR; there is {some}, …")
    chosen = [
        one
        for one in series
        if (not patients or one.patient in patients)
        and (not uids or one.series_uid in uids)
        and text.lower() in one.description.lower()
    ]
    if not chosen:
        raise CollectionError(f"no CT or MR series has {text!r} in its description")
    return chosen


def fetch(
    series: Sequence[PublicSeries],
    store: Store,
    catalogue: Catalogue,
    transfer: Transfer,
    progress: Progress | None = None,
) -> Fetched:
    """Bring series into the store; run again to go on where it stopped.

    Each series is transferred into a folder of its own, checked (count, identifiers, size), and
    moved to its place with a manifest of checksums. A series whose manifest still holds is left
    alone. Licences and citations are written before the first picture arrives.

    Parameters
    ----------
    series : sequence of PublicSeries
        What to bring; of one collection.
    store : Store
        Where to.
    catalogue : Catalogue
        What described them.
    transfer : Transfer
        How they come.
    progress : callable, optional
        Called with the bytes that are here, and those of all series.

    Returns
    -------
    Fetched

    Raises
    ------
    CollectionError
        If there is no source, or too little room on the disk.
    """
    present = [one for one in series if store.is_complete(one)]
    missing = [one for one in series if one not in present]
    total, here = sum(one.size for one in series), sum(one.size for one in present)
    arrived, problems = [], []
    if missing:
        transfer.check()
        check_room(store.folder, sum(one.size for one in missing))
        store.write_attribution(series, catalogue.citations(series))
    for one in missing:
        report = partial(progress_from, progress, here, total)
        try:
            bring_watched(one, store, transfer, report)
            problems += check_arrival(one, store.partial(one), transfer)
        except CollectionError as error:
            problems.append(str(error))
            continue
        store.keep(one, catalogue.edition, transfer.origin)
        arrived.append(one)
        here += one.size
        progress_from(progress, here, total, 0)
    return Fetched(tuple(arrived), tuple(present), tuple(problems))


def progress_from(progress: Progress | None, here: int, total: int, size: int) -> None:
    """Report `size` bytes more than are `here`."""
    if progress:
        progress(here + size, total)


def bring_watched(
    series: PublicSeries, store: Store, transfer: Transfer, seen: Callable[[int], object]
) -> None:
    """Transfer a series and say now and then how many of its bytes are here."""
    folder = store.partial(series)
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=1) as pool:
        running = pool.submit(transfer.bring, series, folder)
        while not wait_for([running], timeout=SECONDS_BETWEEN_LOOKS).done:
            seen(min(series.size, size_of(folder)))
        running.result()


def check_arrival(series: PublicSeries, folder: Path, transfer: Transfer) -> list[str]:
    """Compare what has arrived with what the index says; what is wrong is removed.

    Returns
    -------
    list of str
        A remark where a folder of the user's held only a part of the series.

    Raises
    ------
    CollectionError
        If the series isn't whole, with what to do.
    """
    instances = set()
    for path in sorted(folder.iterdir()):
        identifiers = read_identifiers(path)
        if not identifiers or identifiers[0] != series.series_uid or identifiers[1] in instances:
            path.unlink()  # no picture of this series, cut short, or a second copy
        else:
            instances.add(identifiers[1])
    size = size_of(folder)
    whole = len(instances) == series.pictures
    words = f"{series.series_uid} of {series.patient}: {len(instances)} of {series.pictures} pictures"
    if transfer.exact and not (whole and size == series.size):
        if whole:
            shutil.rmtree(folder)  # the right count of the wrong size: which one is damaged can't be told
        raise CollectionError(f"{words}, {size} of {series.size} bytes have arrived; run again to go on")
    if not instances:
        raise CollectionError(f"{words} have arrived")
    return [] if whole else [f"{words} are in the folder; the series is kept as it is"]


def check_room(folder: Path, needed: int) -> None:
    """Make sure that the disk has room.

    Raises
    ------
    CollectionError
        If it hasn't.
    """
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise CollectionError(
            f"{folder}: {needed / 1e9:.1f} GB are needed and {free / 1e9:.1f} GB are free; "
            "choose fewer series, or another folder with --output"
        )


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
