"""`u3edu engine`: the engine that notebooks share."""

import signal
from pathlib import Path
from typing import Annotated

import typer

from u3edu.terminal import stop

app = typer.Typer(no_args_is_help=True, help="The engine that notebooks share.")


@app.callback()
def engine() -> None:
    """The engine that notebooks share."""


@app.command()
def serve(
    config: Annotated[
        Path, typer.Option(help="A Ray Serve config (docs/shared-engine.md).", show_default=False)
    ],
    address: Annotated[
        str | None,
        typer.Option(
            help="Address of a Ray cluster; by default Ray starts on this machine.", show_default=False
        ),
    ] = None,
    cpus: Annotated[
        int | None,
        typer.Option(help="Processor cores for the engine; by default all.", min=1, show_default=False),
    ] = None,
) -> None:
    """Draw the pictures of many notebooks, until interrupted.

    Notebooks use it where U3EDU_ENGINE_URL names it. Callers bring the token of
    U3EDU_ENGINE_TOKEN, or one of JupyterHub's.
    """
    try:
        from u3edu.engine.serve.settings import read_config
        from u3edu.engine.serve.starting import start
    except ModuleNotFoundError as error:
        stop(f"serving needs the package {error.name}: pip install 'u3edu[serve]'")
    try:
        where = start(read_config(config), address, cpus)
    except (ValueError, OSError, RuntimeError) as error:
        stop(str(error))
    typer.echo(f"the shared engine listens at {where}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        signal.pause()
    except KeyboardInterrupt:
        typer.echo("stopped")
