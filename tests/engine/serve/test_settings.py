"""The service's config: what ships can be read, and mistakes are said with their place."""

import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from tests.engine.serve.conftest import small_weights
from u3edu.cli import app
from u3edu.engine.serve.settings import EngineSettings, read_config
from u3edu.model.weights import shipped_models

# Ray Serve's own, when it is imported.
pytestmark = pytest.mark.filterwarnings("ignore:Using extra keyword arguments on `Field`")

SHIPPED = Path(__file__).resolve().parents[3] / "deploy" / "ray-serve.yaml"
MODEL = {"weights": "pelvic-mri"}
APPLICATION = {"import_path": "u3edu.engine.serve.application:build", "args": {"models": [MODEL]}}


def written(folder: Path, content: object) -> Path:
    path = folder / "config.yaml"
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), "utf-8")
    return path


def test_the_config_that_ships_serves_every_model() -> None:
    [application] = read_config(SHIPPED).applications
    assert {model.weights for model in application.args.models} == set(shipped_models())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a: [", "not YAML"),
        ("", "the file"),
        ({"applications": []}, "applications"),
        ({"applications": [APPLICATION, APPLICATION]}, "applications"),
        ({"applications": [{**APPLICATION, "deployments": []}]}, "deployments"),
        ({"applications": [{**APPLICATION, "args": {"models": []}}]}, "models"),
        ({"applications": [{**APPLICATION, "args": {"models": [MODEL, MODEL]}}]}, "each model is named once"),
        ({"applications": [{**APPLICATION, "args": {"models": [{**MODEL, "batch": 0}]}}]}, "batch"),
        ({"applications": [{**APPLICATION, "args": {"models": [MODEL], "hub_api_url": "hub:1"}}]}, "hub_api"),
        ({"applications": [{**APPLICATION, "args": {"models": [MODEL], "burts": 3}}]}, "burts"),
    ],
)
def test_a_mistake_is_said_with_its_place(tmp_path: Path, content: object, words: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(ValueError, match=words) as caught:
        read_config(path)
    assert str(path) in str(caught.value)


def test_the_command_says_that_ray_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.delitem(sys.modules, "u3edu.engine.serve.starting", raising=False)
    result = CliRunner().invoke(app, ["engine", "serve", "--config", str(SHIPPED)])
    assert result.exit_code == 1
    assert "pip install 'u3edu[serve]'" in result.stderr


def test_the_command_says_what_is_wrong_before_it_starts_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ray", reason="the shared engine needs ray: pip install 'u3edu[serve]'")
    monkeypatch.delenv("U3EDU_ENGINE_TOKEN", raising=False)

    def said(content: object) -> str:
        path = written(tmp_path, {"applications": [{**APPLICATION, "args": content}]})
        result = CliRunner().invoke(app, ["engine", "serve", "--config", str(path)])
        assert result.exit_code == 1
        return result.stderr

    assert "U3EDU_ENGINE_TOKEN" in said({"models": [MODEL]})
    assert "no-such-model" in said({"models": [{"weights": "no-such-model"}], "hub_api_url": "http://hub"})
    missing = CliRunner().invoke(app, ["engine", "serve", "--config", str(tmp_path / "none.yaml")])
    assert missing.exit_code == 1 and "none.yaml" in missing.stderr


def test_the_same_weights_under_two_names_are_refused(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="the shared engine needs ray: pip install 'u3edu[serve]'")
    from u3edu.engine.serve.application import build

    paths = [str(small_weights(tmp_path / f"{name}.safetensors")) for name in ("one", "two")]
    with pytest.raises(ValueError, match="named already"):
        build(EngineSettings.model_validate({"models": [{"weights": path} for path in paths]}))
