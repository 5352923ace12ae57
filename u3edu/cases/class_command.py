"""`u3edu case preview | validate | render | pack`: what an instructor does with a case."""

from pathlib import Path
from typing import Annotated

import typer

from u3edu.terminal import say, stop

CaseArgument = Annotated[
    Path, typer.Argument(metavar="CASE", help="A case's folder, or a .u3case file.", show_default=False)
]
CasesArgument = Annotated[
    list[Path], typer.Argument(metavar="CASE…", help="Cases: folders or .u3case files.", show_default=False)
]
FolderOfCaseArgument = Annotated[
    Path, typer.Argument(metavar="CASE", help="The folder of a case.", show_default=False)
]
WeightsOption = Annotated[
    str | None,
    typer.Option("--model", help="A weights file, where the case's model is your own.", show_default=False),
]


def preview(
    case: CaseArgument,
    output: Annotated[
        Path | None, typer.Option(help="The PNG to write; by default NAME-preview.png.", show_default=False)
    ] = None,
) -> None:
    """Write the stages of a case with their captions as one sheet to look at."""
    from u3edu.cases.contact_sheet import write_contact_sheet

    target = output or Path(f"{case.resolve().stem}-preview.png")
    try:
        stages = write_contact_sheet(case, target)
    except (ValueError, OSError) as error:
        stop(str(error))
    typer.echo(f"{target}: {stages} stages with their captions")


def validate(cases: CasesArgument, model: WeightsOption = None) -> None:
    """Check cases: files, text, captions, answers, and whether each stage still draws the same.

    One line for each thing that is wrong. The exit status is 1 if there is any.
    """
    from u3edu.cases.checking import check_case

    wrong = 0
    for path in cases:
        check = check_case(path, model)
        for problem in check.problems:
            say(f"{path}: {problem}")
        for note in check.notes:
            say(f"{path}: mind: {note}")
        wrong += bool(check.problems)
        if not check.problems:
            drawn = f"{check.same} of {check.stages} stages drawn again to the same bits"
            typer.echo(f"{path}: valid, {drawn}")
    if wrong:
        say(f"{wrong} of {len(cases)} cases are not valid")
        raise typer.Exit(1)


def render(case: FolderOfCaseArgument, model: WeightsOption = None) -> None:
    """Draw every stage of a case and store pictures and digests in it."""
    from u3edu.cases.bundle import check_folder
    from u3edu.cases.checking import engine_of
    from u3edu.cases.reading import read_case
    from u3edu.cases.rendering import render as render_case

    if not case.is_dir():
        stop(f"{case}: no such folder; a .u3case file is unpacked first")
    try:
        check_folder(case)
        read = read_case(case)
        record = render_case(read, case, engine_of(read, model))
    except (ValueError, OSError) as error:
        stop(str(error))
    for name, stage in record.stages.items():
        typer.echo(f"{stage.picture}: {name}: {stage.digest}")


def pack(
    case: FolderOfCaseArgument,
    output: Annotated[
        Path | None, typer.Option(help="The file to write; by default NAME.u3case.", show_default=False)
    ] = None,
    with_answers: Annotated[bool, typer.Option("--with-answers", help="For another instructor.")] = False,
) -> None:
    """Pack a case into one .u3case file, without its answers unless you say so."""
    from u3edu.cases.bundle import SUFFIX, case_files, check_folder
    from u3edu.cases.packing import packed
    from u3edu.cases.reading import ANSWERS_FILE, read_case

    target = output or Path(f"{case.resolve().name}{SUFFIX}")
    try:
        if not case.is_dir():
            stop(f"{case}: no such folder")
        check_folder(case)
        read_case(case)
        names = [name for name in case_files(case) if with_answers or name != ANSWERS_FILE]
        target.write_bytes(packed({name: (case / name).read_bytes() for name in names}))
    except (ValueError, OSError) as error:
        stop(str(error))
    typer.echo(f"{target}: {len(names)} files, {'with' if with_answers else 'without'} answers")
