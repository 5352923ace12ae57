"""Starts the shared engine on this machine, or on the Ray cluster that this machine belongs to."""

import os
from typing import Any

import ray
from ray import serve

from u3edu.engine.serve.application import build
from u3edu.engine.serve.settings import ServeConfig
from u3edu.engine.serve.tokens import TokenChecks

# Boxes are small, and go from process to process without Ray's object store.
_STORE_BYTES = 2 * 10**8


def start(config: ServeConfig, address: str | None, cpus: int | None) -> str:
    """Start Ray and the application, and return where it listens.

    Parameters
    ----------
    config : ServeConfig
    address : str, optional
        Of a Ray cluster; by default Ray is started on this machine, for as long as this process
        lives.
    cpus : int, optional
        How many processor cores a Ray of its own may use; by default all.

    Raises
    ------
    ValueError
        If nobody could use the engine, or a model's weights are unusable.
    """
    [application] = config.applications
    TokenChecks(os.environ.get("U3EDU_ENGINE_TOKEN", ""), application.args.hub_api_url)
    app = build(application.args)
    own: dict[str, Any] = {
        "include_dashboard": False,
        "num_cpus": cpus,
        "object_store_memory": _STORE_BYTES,
    }
    ray.init(address=address or "local", namespace="serve", **({} if address else own))
    serve.start(
        proxy_location=config.proxy_location,
        http_options=config.http_options,
        logging_config=config.logging_config,
    )
    serve.run(app, name=application.name, route_prefix=application.route_prefix)
    host = config.http_options.get("host", "127.0.0.1")
    return f"http://{host}:{config.http_options.get('port', 8000)}{application.route_prefix.rstrip('/')}"
