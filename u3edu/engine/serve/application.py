"""The shared engine as a Ray Serve application."""

from ray import serve
from ray.serve import Application

from u3edu.engine.serve.front import Front
from u3edu.engine.serve.model import ModelReplica
from u3edu.engine.serve.settings import EngineSettings
from u3edu.model.weights_file import read_weights, weights_path


def build(settings: EngineSettings) -> Application:
    """The application that a config names as ``u3edu.engine.serve.application:build``.

    Parameters
    ----------
    settings : EngineSettings
        The config's `args`.

    Raises
    ------
    UnusableWeights
        If a model's weights are missing or damaged.
    ValueError
        If two models are the same.
    """
    models: dict[str, Application] = {}
    for model in settings.models:
        _, card = read_weights(weights_path(model.weights))
        if card.weights_sha256 in models:
            raise ValueError(f"{model.weights}: a model with these weights is named already")
        deployment = serve.deployment(name=card.name, **model.deployment)(ModelReplica)
        models[card.weights_sha256] = deployment.bind(model, settings.largest_side)
    return serve.deployment(name="front", **settings.front)(Front).bind(settings, models)
