"""Whether there is room to write, where the painter, the quizzes and collections write."""

import shutil
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import platformdirs

from u3edu.doctor.finding import Finding, mind, ok, wrong

MIB = 2**20
# An hour of painting takes a few MiB of journal; a series of a public collection some hundred.
LEAST_FREE, COMFORTABLE_FREE = 200 * MIB, 2048 * MIB
# Containers give 64 MiB, and Ray then keeps its objects on disk.
SHARED_MEMORY, LEAST_SHARED = Path("/dev/shm"), 1024 * MIB


def check_folders() -> Iterator[Finding]:
    """A file written and removed again in the user's data folder and in the cache."""
    for subject, folder, use in (
        ("data folder", Path(platformdirs.user_data_dir("u3edu")), "autosave of what is painted"),
        ("cache folder", Path(platformdirs.user_cache_dir("u3edu")), "fetched collections"),
    ):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder) as file:
                file.write(b"u3edu")
                file.flush()
        except OSError as error:
            yield wrong(
                subject,
                f"{folder} cannot be written to ({error.strerror}); it is for {use}",
                f"give {_user_words()} the right to write there, or a home folder of their own",
            )
        else:
            yield ok(subject, f"{folder} can be written to")


def check_free_space() -> Iterator[Finding]:
    """How much room is left where the user's data go."""
    folder = _existing(Path(platformdirs.user_data_dir("u3edu")))
    free = shutil.disk_usage(folder).free
    text = f"{free // MIB:,} MiB free in {folder}"
    if free < LEAST_FREE:
        yield wrong("free space", text, "make room, or enlarge the volume: edits could no longer be saved")
    elif free < COMFORTABLE_FREE:
        yield mind("free space", text, "enough to paint; make room before you fetch collections or train")
    else:
        yield ok("free space", text)


def check_shared_memory() -> Iterator[Finding]:
    """/dev/shm, where the shared engine is installed: Ray's processes hand pictures over through it."""
    try:
        version("ray")
    except PackageNotFoundError:
        return
    if not SHARED_MEMORY.is_dir():
        yield ok("shared memory", f"there is no {SHARED_MEMORY} on this system")
        return
    total = shutil.disk_usage(SHARED_MEMORY).total
    text = f"{total // MIB:,} MiB in {SHARED_MEMORY}"
    if total < LEAST_SHARED:
        yield mind(
            "shared memory",
            f"{text}: the shared engine would hand pictures over through files",
            "start the container with --shm-size=2g, or mount an emptyDir of medium Memory there",
        )
    else:
        yield ok("shared memory", text)


def _existing(folder: Path) -> Path:
    """The folder itself or the nearest one above that is there."""
    return next(path for path in (folder, *folder.parents) if path.is_dir())


def _user_words() -> str:
    """Who runs this, for the advice."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user without a name
        return "the user"
