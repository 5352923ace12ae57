"""`u3edu doctor`."""

from typing import Annotated

import typer


def doctor(
    as_data: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Look this installation over: what is in order, what is missing, and what to do.

    Run it where something does not work: in a terminal of JupyterLab for a trainee's server, on
    the service's machine for the classroom. The exit status is 1 if something is wrong. Where
    the command itself does not start: python -m u3edu.doctor
    """
    import u3edu
    from u3edu.doctor.examine import examine
    from u3edu.doctor.finding import Finding, Level
    from u3edu.doctor.report import as_json, line, summary

    found: list[Finding] = []
    for finding in examine():
        found.append(finding)
        if not as_data:
            typer.echo(line(finding))
    typer.echo(as_json(found, u3edu.__version__) if as_data else summary(found))
    if any(finding.level is Level.WRONG for finding in found):
        raise typer.Exit(1)
