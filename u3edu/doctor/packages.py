"""Whether the packages that u3edu needs are there, in versions that it works with."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from u3edu.doctor.finding import Finding, mind, ok, wrong

# What an installation does without, extra by extra; `dev` is for those who change the code.
EXTRAS = {
    "dicom": "compressed DICOM, NIfTI and DICOM segmentations cannot be read or written",
    "collections": "no series can be fetched from public collections",
    "train": "no model can be trained or measured",
    "hub": "this machine cannot run the classroom service",
    "serve": "this machine cannot run the shared engine",
}
# Without these a course can be held; the machines that need them are few.
FOR_SERVERS = ("train", "hub", "serve")

# Comm messages are answered beside a running cell from this version of ipykernel on.
SUBSHELLS = Version("7.0")


@dataclass(frozen=True)
class Needed:
    """A requirement of u3edu and the version that is installed; None where it is not."""

    requirement: Requirement
    installed: str | None

    @property
    def fits(self) -> bool:
        """Whether it is installed in a version that the requirement admits."""
        return self.installed is not None and self.requirement.specifier.contains(
            self.installed, prereleases=True
        )

    def __str__(self) -> str:
        found = f"installed is {self.installed}" if self.installed else "not installed"
        return f"{self.requirement.name}{self.requirement.specifier} ({found})"


def check_requirements() -> Iterator[Finding]:
    """The packages that nothing works without."""
    needed = needed_packages("")
    unfit = [one for one in needed if not one.fits]
    if unfit:
        names = " ".join(f"'{one.requirement.name}{one.requirement.specifier}'" for one in unfit)
        yield wrong("packages", "; ".join(map(str, unfit)), f"run: pip install --upgrade {names}")
    else:
        yield ok("packages", f"all {len(needed)} that u3edu needs, in versions that it works with")


def check_extras() -> Iterator[Finding]:
    """The packages of each extra: all of them, or none."""
    for extra, loss in EXTRAS.items():
        subject, needed = f"extra {extra}", needed_packages(extra)
        unfit = [one for one in needed if not one.fits]
        install = f"run: pip install 'u3edu[{extra}]'"
        if not needed:
            yield mind(
                subject, "unknown to this installation, which is older than its code", "run: pip install -e ."
            )
        elif not unfit:
            yield ok(subject, f"all {len(needed)} packages")
        elif any(one.installed for one in unfit):
            yield wrong(subject, "; ".join(map(str, unfit)), install)
        elif extra in FOR_SERVERS:
            yield ok(subject, f"not installed: {loss}")
        else:
            missing = ", ".join(one.requirement.name for one in unfit)
            yield mind(subject, f"{missing} not installed: {loss}", install)


def check_tested_versions() -> Iterator[Finding]:
    """The versions that u3edu was tested with, against those that are installed."""
    tested = tested_versions()
    if not tested:
        yield ok("tested versions", "not compared: there is no constraints.txt beside this installation")
        return
    names = {canonicalize_name(one.requirement.name) for one in needed_packages("") if one.installed}
    other = {
        name: (found, tested[name])
        for name in sorted(names & tested.keys())
        if _release(found := version(name)) != _release(tested[name])
    }
    if other:
        listed = ", ".join(f"{name} {found} (tested: {pin})" for name, (found, pin) in other.items())
        yield mind(
            "tested versions", listed, "where something misbehaves: pip install -c constraints.txt u3edu"
        )
    else:
        yield ok("tested versions", "the packages are of the versions that u3edu was tested with")


def check_kernel_version() -> Iterator[Finding]:
    """Whether ipykernel answers the painter while a cell runs."""
    found = installed_version("ipykernel")
    if found is None:
        yield wrong("ipykernel", "not installed, so no notebook can run", "run: pip install 'ipykernel>=7'")
    elif Version(found) < SUBSHELLS:
        yield mind(
            "ipykernel",
            f"{found}: what is painted waits until a running cell has ended",
            "run: pip install 'ipykernel>=7'",
        )
    else:
        yield ok("ipykernel", f"{found} answers the painter beside a running cell")


def needed_packages(extra: str) -> list[Needed]:
    """What u3edu requires without an extra (``""``), or what an extra adds."""
    needed = []
    for text in requires("u3edu") or ():
        requirement = Requirement(text)
        marker = requirement.marker
        belongs = marker is not None and marker.evaluate({"extra": extra}) if extra else marker is None
        if belongs:
            needed.append(Needed(requirement, installed_version(requirement.name)))
    return needed


def installed_version(name: str) -> str | None:
    """The version of a package that is installed, or None."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def tested_versions() -> dict[str, str]:
    """Name and version from constraints.txt: in a clone, or as it travels with the package."""
    here = Path(__file__).parent
    for path in (here / "constraints.txt", here.parents[1] / "constraints.txt"):
        if path.is_file():
            pins = re.findall(r"^([\w.-]+)==(\S+)$", path.read_text("utf-8"), re.M)
            return {canonicalize_name(name): pin for name, pin in pins}
    return {}


def _release(text: str) -> str:
    """A version without what names its build, such as the processor-only torch."""
    return Version(text).public
