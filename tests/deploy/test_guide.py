"""The operator's guide agrees with what it tells of: settings, values, units, and its own links."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.deploy.test_helm_values import CHART, unknown_keys

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "operating.md").read_text("utf-8")
UNITS = sorted((ROOT / "deploy" / "systemd").iterdir())
# Keys of the chart that only a hospital's own values use.
SITE = CHART | {
    "hub": CHART["hub"] | {"config": None},
    "proxy": CHART["proxy"] | {"https": {"enabled": None, "type": None, "secret": None, "hosts": None}},
    "singleuser": CHART["singleuser"] | {"image": {"name": None, "tag": None}},
}


def anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_every_setting_is_told_and_none_that_is_not_there() -> None:
    files = [ROOT / "deploy" / name for name in ("u3edu_hub.py", "jupyterhub_config.py")]
    read = {
        name for file in files for name in re.findall(r"U3EDU_[A-Z]+(?:_[A-Z]+)?", file.read_text("utf-8"))
    }
    table = GUIDE[GUIDE.index("## Settings") : GUIDE.index("## Scopes")]
    told = set(re.findall(r"^\| `(U3EDU_\w+)`", table, re.M))
    assert told == read - {"U3EDU_CLASSROOM_URL"}  # which is the servers', told in classroom.md


def test_links_lead_to_headings_and_files() -> None:
    headings = {anchor(line) for line in re.findall(r"^#+ (.*)$", GUIDE, re.M)}
    for target in re.findall(r"\]\(([^)]+)\)", GUIDE):
        if target.startswith("#"):
            assert target[1:] in headings, target
        elif "://" not in target:
            assert (ROOT / "docs" / target).exists(), target


def test_values_of_a_hospital_have_keys_of_the_chart() -> None:
    (site,) = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", GUIDE, re.S)]
    assert unknown_keys(site, SITE) == []


def test_files_that_are_named_are_there() -> None:
    for path in re.findall(r"\bdeploy/[\w./-]*\w", GUIDE):
        assert list(ROOT.glob(path)) or list(ROOT.glob(f"{path}*")), path


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_passes_systemds_own_check(unit: Path, tmp_path: Path) -> None:
    # The programs are where the guide puts them; here something else stands in their place.
    for name in ("jupyterhub", "u3edu"):
        shutil.copy("/bin/true", tmp_path / name)
    for source in UNITS:
        text = source.read_text("utf-8").replace("/opt/u3edu/.venv/bin/", f"{tmp_path}/")
        (tmp_path / source.name).write_text(text.replace("/srv/u3edu/hub", "/"))
    command = ["systemd-analyze", "verify", "--recursive-errors=no", tmp_path / unit.name]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert unit.name not in result.stderr, result.stderr


def test_a_hub_that_starts_ends_the_services_of_one_that_crashed_and_nothing_else() -> None:
    unit = (ROOT / "deploy" / "systemd" / "u3edu-hub.service").read_text("utf-8")
    (pattern,) = re.findall(r'^ExecStartPre=-/usr/bin/pkill -f "(.*)"$', unit, re.M)
    bin = "/opt/u3edu/.venv/bin"
    services = (f"{bin}/python3 {bin}/u3edu classroom serve", f"{bin}/python -m jupyterhub_idle_culler --x")
    others = (
        f"{bin}/python {bin}/jupyterhub-singleuser",
        f"{bin}/python3 {bin}/u3edu classroom backup /srv/u3edu/backups/one.backup",
        f"{bin}/python {bin}/jupyterhub -f /opt/u3edu/deploy/jupyterhub_config.py",
        f"{bin}/python {bin}/u3edu engine serve",
    )
    assert [bool(re.search(pattern, command)) for command in services + others] == [True] * 2 + [False] * 4


def test_with_the_settings_of_the_hub_the_commands_of_the_guide_are_found() -> None:
    """Restoring runs `runuser`, which lies in /usr/sbin, after the settings were read."""
    (path,) = re.findall(r"^PATH=(/opt/u3edu\S+)$", GUIDE, re.M)
    assert {"/opt/u3edu/.venv/bin", "/usr/bin", "/usr/sbin", "/sbin"} <= set(path.split(":"))
