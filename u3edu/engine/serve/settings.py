"""What an operator may set of the shared engine: the `args` of its application in Ray Serve's config."""

from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from u3edu.problems import in_words


class ModelSettings(BaseModel):
    """One model that is served.

    Parameters
    ----------
    weights : str
        Name of a shipped model, or the path of a ``.safetensors`` file on every node.
    batch : int
        The most boxes that are drawn together.
    batch_wait_ms : float
        How long the first box of a batch waits for others.
    deployment : dict
        Options of Ray Serve's deployment, as they are: ``num_replicas``, ``autoscaling_config``,
        ``ray_actor_options`` with ``num_cpus`` and a fraction of ``num_gpus``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights: str = Field(min_length=1)
    batch: int = Field(default=8, ge=1, le=256)
    batch_wait_ms: float = Field(default=2.0, ge=0, le=1000)
    deployment: dict[str, Any] = {}


class EngineSettings(BaseModel):
    """The whole application.

    Parameters
    ----------
    models : tuple of ModelSettings
    hub_api_url : str, optional
        JupyterHub's API, for example ``http://hub:8081/hub/api``; tokens of calls are asked about
        there. Without it, calls bring the token that the service has in ``U3EDU_ENGINE_TOKEN``.
    requests_per_second, burst : float, int
        What one user may ask for: in the long run, and at once.
    largest_side : int
        The most rows or columns of a picture.
    front : dict
        Options of Ray Serve's deployment that takes the requests.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    models: tuple[ModelSettings, ...] = Field(min_length=1)
    hub_api_url: str | None = Field(default=None, pattern=r"^https?://")
    requests_per_second: float = Field(default=10.0, gt=0)
    burst: int = Field(default=40, ge=1)
    largest_side: int = Field(default=1024, ge=64, le=4096)
    front: dict[str, Any] = {}

    @model_validator(mode="after")
    def _each_model_once(self) -> Self:
        names = [model.weights for model in self.models]
        if len(set(names)) < len(names):
            raise ValueError(f"each model is named once; got {', '.join(names)}")
        return self


class ApplicationConfig(BaseModel):
    """The one application of a Ray Serve config; Ray's other keys are Ray's to check."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "u3edu-engine"
    route_prefix: str = "/"
    import_path: str
    runtime_env: dict[str, Any] = {}
    args: EngineSettings


class ServeConfig(BaseModel):
    """A Ray Serve config file, as ``u3edu engine serve``, ``serve deploy`` and KubeRay read it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    proxy_location: str = "EveryNode"
    http_options: dict[str, Any] = {}
    logging_config: dict[str, Any] | None = None
    applications: tuple[ApplicationConfig] = Field()


def read_config(path: Path) -> ServeConfig:
    """Read a Ray Serve config.

    Raises
    ------
    ValueError
        If it is not one, with the place and what is wrong there.
    OSError
        If there is no such file.
    """
    try:
        return ServeConfig.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except ValidationError as error:
        raise ValueError(f"{path}: {in_words(error, 'the file')}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: not YAML: {error}") from error
