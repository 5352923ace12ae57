"""deploy/jupyterhub_config.py starts a class: the workbook is there, and the doctor finds it in order."""

import json
import stat
from collections.abc import Iterator

import pytest

from tests.classroom.conftest import needed
from tests.classroom.real_hub import Person, find_proxy
from tests.deploy.deployed_hub import DeployedHub


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedHub]:
    proxy = find_proxy()
    if proxy is None:
        needed("configurable-http-proxy is not installed (npm install configurable-http-proxy)")
    assert proxy is not None
    # The engine is away: the doctor must say so, and nothing else.
    hub = DeployedHub(tmp_path_factory.mktemp("hub"), proxy, engine_url="http://127.0.0.1:9")
    try:
        hub.wait()
        yield hub
    finally:
        hub.close()


@pytest.fixture(scope="module")
def ada(hub: DeployedHub) -> Person:
    ada = Person(hub, "ada")
    ada.log_in()
    ada.start_server()
    return ada


@pytest.fixture(scope="module")
def environment(ada: Person) -> dict[str, str]:
    """What a trainee's notebook finds in its environment."""
    (said,) = ada.run_notebook("environment.ipynb", ["import os, json; print(json.dumps(dict(os.environ)))"])
    return dict(json.loads(said))


def test_a_trainee_finds_the_workbook_and_can_keep_changes_to_it(
    ada: Person, environment: dict[str, str]
) -> None:
    names = ada.ask("/user/ada/api/contents/workbook", token=ada.token).json()["content"]
    assert "00_start_here.ipynb" in {one["name"] for one in names}
    assert all(one["writable"] for one in names)
    assert environment["JUPYTERHUB_DEFAULT_URL"] == "/lab/tree/workbook/00_start_here.ipynb"


def test_the_doctor_finds_a_trainees_server_in_order_but_for_the_engine_that_is_away(ada: Person) -> None:
    (said,) = ada.run_notebook("doctor.ipynb", ["!python -m u3edu doctor --json"])
    found = {one["subject"]: one for one in json.loads(said)["findings"]}
    assert {name for name, one in found.items() if one["level"] == "wrong"} == {"shared engine"}
    assert found["token"]["text"] == "ada may answer quizzes, as a trainee"
    assert found["classroom"]["text"].endswith("answers and takes this server's token")
    assert found["clock"]["text"] == "agrees with the server's"


def test_who_is_named_an_instructor_may_grade_and_nobody_else(hub: DeployedHub, ada: Person) -> None:
    grace = Person(hub, "grace")
    grace.log_in()
    for person, may in ((grace, True), (ada, False)):
        scopes = person.ask("/hub/api/user", token=person.make_token()).json()["scopes"]
        assert ("custom:u3edu:grade" in scopes) is may
        assert "custom:u3edu:submit" in scopes


def test_no_secret_of_the_hub_reaches_a_trainee(hub: DeployedHub, environment: dict[str, str]) -> None:
    secrets = {"CONFIGPROXY_AUTH_TOKEN", "U3EDU_CLASSROOM_DATABASE", "U3EDU_CLASSROOM_TOKEN"}
    assert not secrets & environment.keys()
    assert stat.S_IMODE((hub.folder / "state").stat().st_mode) == 0o700


def test_the_log_names_no_problem_of_the_configuration(hub: DeployedHub) -> None:
    lines = [line for line in hub.log.read_text("utf-8").splitlines() if " JupyterHub " in line]
    assert lines
    assert not [line for line in lines if "deprecated" in line or "unrecognized" in line.lower()]
    assert "Traceback" not in hub.log.read_text("utf-8")
