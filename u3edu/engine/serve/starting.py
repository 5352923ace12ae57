"""Starts the shared engine on this machine, or on the Ray cluster that this machine belongs to."""

import logging
import os

import ray
from ray import serve

from u3edu.engine.serve.application import build
from u3edu.engine.serve.settings import ServeConfig
from u3edu.engine.serve.tokens import TokenChecks

# Boxes are small, and go from process to process without Ray's object store.
_STORE_BYTES = 2 * 10**8
_TRIES = 3

logger = logging.getLogger(__name__)


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
    if address:
        ray.init(address=address, namespace="serve")
    else:
        _start_ray(cpus)
    serve.start(
        proxy_location=config.proxy_location,
        http_options=config.http_options,
        logging_config=config.logging_config,
    )
    serve.run(app, name=application.name, route_prefix=application.route_prefix)
    host = config.http_options.get("host", "127.0.0.1")
    return f"http://{host}:{config.http_options.get('port', 8000)}{application.route_prefix.rstrip('/')}"


def _start_ray(cpus: int | None) -> None:
    """Start Ray on this machine; it tells nobody of it.

    Ray gives its own processes half a minute to start, which is too little where other work fills
    the machine: it is tried again then.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    for left in reversed(range(_TRIES)):
        try:
            ray.init(
                address="local",
                namespace="serve",
                num_cpus=cpus,
                include_dashboard=False,
                object_store_memory=_STORE_BYTES,
            )
            return
        except Exception as error:  # Ray raises nothing more exact
            ray.shutdown()
            if not left:
                raise RuntimeError(f"Ray did not start: {error}") from error
            logger.warning("Ray did not start, and is tried again: %s", error)
