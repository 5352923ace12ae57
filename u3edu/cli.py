"""The `u3edu` command."""

import logging
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from u3edu.cases.command import app as case_app
from u3edu.cases.command import deidentify
from u3edu.classroom.command import app as classroom_app
from u3edu.data.command import app as data_app
from u3edu.doctor.command import doctor
from u3edu.engine.command import app as engine_app
from u3edu.quiz.command import app as quiz_app
from u3edu.quiz.publish_command import publish
from u3edu.terminal import FolderArgument, check_output, say, stop

# Imports that take time stand inside the commands, so that help and mistakes are answered at once.
if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from u3edu.engine.protocol import Engine
    from u3edu.imaging.folder import FolderScan, SeriesFiles
    from u3edu.imaging.problem import Problem

# Plain help is wrapped to the terminal; the rich one keeps the line ends of the docstring.
app = typer.Typer(
    no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False, rich_markup_mode=None
)
# A class gets a quiz, and quizzes know cases, not the other way round.
case_app.command()(publish)
app.add_typer(case_app, name="case")
app.add_typer(data_app, name="data")
app.add_typer(engine_app, name="engine")
app.add_typer(quiz_app, name="quiz")
app.add_typer(classroom_app, name="classroom")


def print_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        import u3edu

        typer.echo(u3edu.__version__)
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and stop.", callback=print_version, is_eager=True),
    ] = False,
) -> None:
    """Paint on the anatomy of a CT or MR slice and see the picture follow."""
    # What pydicom remarks on in headers is not for the person at the keyboard; what matters
    # reaches them as a problem with its file.
    warnings.filterwarnings("ignore", module="pydicom")
    logging.getLogger("pydicom").setLevel(logging.CRITICAL)


@app.command("list")
def list_series(folder: FolderArgument) -> None:
    """List the CT and MR series in a folder, and the files that are something else."""
    scan = scan_or_stop(folder)
    for series in scan.series:
        typer.echo(str(series))
        for remark in series.remarks:
            typer.echo(f"  {remark}")
    say_left_out(scan.problems)
    if scan.problems:
        raise typer.Exit(1)


@app.command()
def segment(
    folder: FolderArgument,
    model: Annotated[
        str | None,
        typer.Option(help="The model; by default chest-ct for CT and pelvic-mri for MR.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="Where to write; by default FOLDER-segmented, here.", show_default=False),
    ] = None,
    series: Annotated[
        str | None,
        typer.Option(metavar="UID", help="The one series to segment (u3edu list).", show_default=False),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an earlier result.")] = False,
    remove_bias: Annotated[
        bool, typer.Option("--remove-bias", help="Divide the coils' bias field out of MR pictures first.")
    ] = False,
) -> None:
    """Segment every slice of a folder into anatomical elements.

    Each series gets a folder of its own with a label map for each slice (PNG in the elements'
    colours; the pixel values are the labels) and elements.json. The exit status is 1 if
    anything was left out.
    """
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress

    from u3edu.imaging.bias_field import without_bias
    from u3edu.imaging.problem import UnreadableSeries
    from u3edu.imaging.series import read_files
    from u3edu.segmenting import folder_names, segment_series

    scan = scan_or_stop(folder)
    chosen = tuple(one for one in scan.series if series in (None, one.identifier, one.series_uid))
    if not chosen:
        stop(f"{folder}: no series {series}; there is{listing(scan.series)}")
    target = output or Path(
        f"{folder.resolve().stem if folder.is_file() else folder.resolve().name}-segmented"
    )
    check_output(target, overwrite)

    # Label maps of an earlier run inside the folder are no problem of this run.
    problems = [one for one in scan.problems if target.resolve() not in one.path.resolve().parents]
    notes: list[str] = []
    written = done = 0
    engines: dict[str, Engine] = {}
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        for files, name in zip(chosen, folder_names(chosen), strict=True):
            task = progress.add_task(name, total=len(files))
            engine = engine_for(files, model, engines)
            if isinstance(engine, str):
                if engine not in notes:  # one missing model, said once for all its series
                    notes.append(engine)
                continue
            try:
                # Reading is the first half of the work, segmenting the second.
                read = read_files(files, follow(progress, task, halves=2))
            except UnreadableSeries as error:
                notes.append(str(error))
                continue
            problems += read.problems
            if remove_bias:
                read = replace(read, slices=tuple(without_bias(picture) for picture in read))
            progress.update(task, completed=len(read), total=2 * len(read))
            try:
                count, failed = segment_series(read, engine, target / name, partial(progress.advance, task))
            except OSError as error:
                progress.stop()
                stop(f"{error.filename or target}: cannot be written ({error.strerror or error})")
            written += count
            done += bool(count)
            problems += failed

    say_left_out(problems)
    for note in notes:
        say(note)
    if len(chosen) > 1:
        say(f"{folder} holds {len(chosen)} series; choose one with --series UID:{listing(chosen)}")
    slices = "1 slice" if written == 1 else f"{written} slices"
    typer.echo(f"segmented {slices} of {done} series into {target}" if written else "nothing was segmented")
    if problems or notes or len(chosen) > 1:
        raise typer.Exit(1)


@app.command()
def train(
    folder: FolderArgument,
    recipe: Annotated[str, typer.Option(help="pelvic-mri, chest-ct, or a YAML file.", show_default=False)],
    output: Annotated[
        Path, typer.Option(help="Folder for checkpoint, previews and weights.", show_default=False)
    ],
    start_from: Annotated[
        str | None,
        typer.Option(
            metavar="WEIGHTS", help="Train stage 2 on from these weights of stage 1 or 2.", show_default=False
        ),
    ] = None,
    steps: Annotated[
        int | None, typer.Option(help="Optimiser steps, instead of the recipe's.", min=1)
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    devices: Annotated[int, typer.Option(help="Processes on each machine.", min=1)] = 1,
    nodes: Annotated[
        int,
        typer.Option(
            help="Machines; start the command on each, with MASTER_ADDR, MASTER_PORT and NODE_RANK set.",
            min=1,
        ),
    ] = 1,
    precision: Annotated[
        Literal["auto", "bf16-mixed", "32-true"], typer.Option(help="auto: bf16 where the hardware has it.")
    ] = "auto",
    compile_model: Annotated[
        bool, typer.Option("--compile", help="Faster steps by torch.compile, after minutes of compiling.")
    ] = False,
    keep_memory: Annotated[
        bool,
        typer.Option("--keep-memory", help="Faster steps on a processor with Linux, for more memory."),
    ] = False,
) -> None:
    """Train a model on a folder of DICOM; run again to go on where it stopped.

    Stage 1 finds the elements. Stage 2 (--start-from) makes the pictures look real; the
    elements stay as they are. From weights of stage 2 its decoder learns on, as the recipe's
    section finish says.
    """
    try:
        from u3edu.model.weights_file import read_weights, weights_path
        from u3edu.training import command
        from u3edu.training.allocator import keep_freed_memory
        from u3edu.training.export import trained_by_stage2
        from u3edu.training.processes import launched
        from u3edu.training.recipe import load_recipe, load_stage2_recipe, with_steps
    except ModuleNotFoundError as error:
        stop(f"training needs the package {error.name}: pip install 'u3edu[train]'")
    from rich.console import Console

    try:
        console = Console(stderr=True)
        if keep_memory and not keep_freed_memory():
            console.print("--keep-memory changes nothing here: it needs the GNU C library", style="yellow")
        if start_from:
            start = weights_path(start_from)
            finish = trained_by_stage2(read_weights(start)[1])
            second = with_steps(load_stage2_recipe(recipe, finish=finish), steps)
            with launched(device, devices, precision, nodes) as fabric:
                weights = command.train_on(
                    start, second, folder, output, fabric, console, compile_model=compile_model
                )
            if fabric.is_global_zero:
                typer.echo(f"{weights}: weights and card written, the elements as in {start}")
        else:
            config = with_steps(load_recipe(recipe), steps)
            with launched(device, devices, precision, nodes) as fabric:
                weights = command.train(config, folder, output, fabric, console, compile_model=compile_model)
            if fabric.is_global_zero:
                card = weights.with_suffix(".json")
                typer.echo(f"{weights}: weights and card written. Name the elements in {card}")
    except (ValueError, FloatingPointError, OSError) as error:
        stop(str(error))


@app.command()
def evaluate(
    folder: Annotated[
        Path, typer.Argument(help="A folder with a sub-folder of DICOM for each patient.", show_default=False)
    ],
    model: Annotated[str, typer.Option(help="Name of a model, or a weights file.", show_default=False)],
    against: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="Another model to measure beside it.", show_default=False),
    ] = None,
    reader_train: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Other patients, for the automatic reader to learn real from reconstructed.",
            show_default=False,
        ),
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", "--output", help="JSON file to write.", show_default=False)
    ] = None,
    report: Annotated[Path | None, typer.Option(help="HTML file to write.", show_default=False)] = None,
) -> None:
    """Measure reconstruction, elements and realism by patient, beside the paper's figures."""
    try:
        from u3edu.evaluation import command
        from u3edu.evaluation.report import html_report
    except ModuleNotFoundError as error:
        stop(f"evaluation needs the package {error.name}: pip install 'u3edu[train]'")
    from rich.console import Console

    for path in (json_file, report):
        # Said now, and not after minutes of measuring.
        if path and not path.absolute().parent.is_dir():
            stop(f"{path}: there is no folder {path.parent} to write it to")
    try:
        names = [name for name in (model, against) if name]
        evaluation = command.evaluate_models(names, folder, reader_train)
        command.print_figures(Console(width=160), evaluation)
        if json_file:
            json_file.write_text(command.to_json(evaluation) + "\n", "utf-8")
        if report:
            report.write_text(html_report(evaluation), "utf-8")
    except (ValueError, OSError) as error:
        stop(str(error))


app.command()(deidentify)
app.command()(doctor)


def scan_or_stop(folder: Path) -> "FolderScan":
    """Scan a folder with a progress bar; end the program where there is no folder or no series in it."""
    from rich.console import Console
    from rich.progress import Progress

    from u3edu.imaging.folder import scan_folder

    try:
        console = Console(stderr=True)
        with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
            scan = scan_folder(folder, follow(progress, progress.add_task("looking for series", total=None)))
    except FileNotFoundError as error:
        stop(str(error))
    if not scan.series:
        say_left_out(scan.problems)
        stop(f"{folder}: no CT or MR slices in it")
    return scan


def follow(progress: "Progress", task: "TaskID", halves: int = 1) -> "Callable[[int, int], None]":
    """What moves a progress bar when it is called with how much is done of how much there is."""

    def move(done: int, total: int) -> None:
        progress.update(task, completed=done, total=halves * total)

    return move


def engine_for(files: "SeriesFiles", model: str | None, loaded: "dict[str, Engine]") -> "Engine | str":
    """The engine that segments a series, loaded once, or the reason why there is none."""
    from u3edu.engine.local import load_engine
    from u3edu.segmenting import MODEL_FOR_MODALITY

    name = model or MODEL_FOR_MODALITY[files.modality]
    if name not in loaded:
        try:
            loaded[name] = load_engine(name)
        except (OSError, ValueError) as error:
            return str(error)
    return loaded[name]


def listing(series: "Sequence[SeriesFiles]") -> str:
    """A line for each series, indented."""
    return "".join(f"\n  {one}" for one in series)


def say_left_out(problems: "Sequence[Problem]") -> None:
    """Name the files that were left out, each with its reason."""
    if problems:
        say("left out:" + "".join(f"\n  {problem}" for problem in problems))
