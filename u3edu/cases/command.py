"""`u3edu case` and `u3edu deidentify`: from an archive's pictures to a case, and out again."""

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from u3edu.cases.class_command import pack, preview, render, validate
from u3edu.terminal import FolderArgument, OutputOption, check_output, counting, say, stop

if TYPE_CHECKING:
    from u3edu.imaging.deidentification.identifiers import Pseudonyms

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="Teaching cases.")

KeyOption = Annotated[
    Path | None,
    typer.Option(
        "--key",
        metavar="FILE",
        help="The secret that new identifiers are made with; by default one of your own, made when first "
        "needed. Keep it: the same key gives the same identifiers. Never pass it on.",
        show_default=False,
    ),
]
PixelsLookedAtOption = Annotated[
    bool,
    typer.Option(
        "--pixels-looked-at",
        help="Say that you looked at every picture for names and dates in its pixels.",
    ),
]
BlackOutOption = Annotated[
    list[str] | None,
    typer.Option(
        "--black-out",
        metavar="TOP,LEFT,HEIGHT,WIDTH",
        help="Black out this box of every picture, in pixels; may be given several times.",
        show_default=False,
    ),
]


class PhantomKind(Enum):
    """What can be drawn without a patient."""

    PELVIS = "pelvis"
    CHEST = "chest"


def deidentify(
    folder: FolderArgument,
    output: OutputOption,
    key: KeyOption = None,
    pixels_looked_at: PixelsLookedAtOption = False,
    black_out: BlackOutOption = None,
) -> None:
    """Copy the pictures of a folder without what tells of the person.

    CT and MR slices, and ultrasound pictures and secondary captures once you have looked at
    their pixels. A report says what was removed. The exit status is 1 if a file was left out.
    """
    from u3edu.imaging.deidentification.burned_in import BlackBox
    from u3edu.imaging.deidentification.folder import deidentify_files
    from u3edu.imaging.deidentification.report import write_report
    from u3edu.imaging.folder import files_under

    try:
        boxes = [BlackBox.parse(text) for text in black_out or []]
        pseudonyms = pseudonyms_or_stop(key)
        locations, problems = files_under(folder)
        pictures = [(location, None) for location in locations]
        check_output(output)
        with counting("de-identify", len(pictures)) as after_file:
            report = deidentify_files(
                pictures,
                output,
                pseudonyms,
                pixels_looked_at=pixels_looked_at,
                black_boxes=boxes,
                after_file=after_file,
            )
        write_report(report, output)
    except (ValueError, OSError) as error:
        stop(str(error))
    typer.echo(report.in_words(), nl=False)
    if problems:
        say(f"{len(problems)} files or folders cannot be opened; u3edu list names them")
    if report.left_out or problems:
        raise typer.Exit(1)


@app.callback()
def case() -> None:
    """Make teaching cases."""


@app.command()
def new(
    output: OutputOption,
    model: Annotated[str, typer.Option(help="Name of a model, or a weights file.", show_default=False)],
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FOLDER]", help="A folder or zip file of DICOM, or one file.", show_default=False
        ),
    ] = None,
    series: Annotated[
        str | None, typer.Option(metavar="UID", help="The series, where there are several (u3edu list).")
    ] = None,
    number: Annotated[
        int | None, typer.Option("--slice", help="Keep this slice alone, counted from 1.", min=1)
    ] = None,
    synthetic: Annotated[
        bool, typer.Option("--synthetic", help="Keep the model's picture of the slice, not the original.")
    ] = False,
    collection: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The slice is of this public collection: keep its identifiers, and no pixels.",
            show_default=False,
        ),
    ] = None,
    phantom: Annotated[
        PhantomKind | None, typer.Option(help="Draw a phantom instead of reading a series.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the phantom.", min=0)] = 0,
    key: KeyOption = None,
    pixels_looked_at: PixelsLookedAtOption = False,
    black_out: BlackOutOption = None,
) -> None:
    """Start a case: its base image, the elements of it, and a case.yaml to fill in.

    From a CT or MR series, de-identified with a report; from a slice of a public collection; or
    from a phantom. The exit status is 1 if a picture was left out.
    """
    from u3edu.cases.new import choose_series, new_case, new_phantom_case, new_public_case
    from u3edu.cases.pictures import usual_base
    from u3edu.engine.local import load_engine
    from u3edu.imaging.deidentification.burned_in import BlackBox

    if (folder is None) == (phantom is None):
        stop("name a folder of DICOM, or a phantom with --phantom: one of the two")
    try:
        boxes = [BlackBox.parse(text) for text in black_out or []]
        engine = load_engine(model)
        if phantom is not None:
            check_output(output)
            new_phantom_case(usual_base(phantom.value, seed), output, engine)
            typer.echo(f"{output}: a case of a phantom; fill in case.yaml")
            return
        assert folder is not None  # checked above
        chosen = choose_series(folder, series)
        if collection is not None:
            check_output(output)
            new_public_case(chosen, collection, output, engine, number=number or len(chosen) // 2 + 1)
            typer.echo(f"{output}: a case of a public slice, without its pixels; fill in case.yaml")
            return
        pseudonyms = pseudonyms_or_stop(key)
        check_output(output)
        with counting("de-identify", 1 if number else len(chosen)) as after_file:
            report = new_case(
                chosen,
                output,
                engine,
                pseudonyms,
                number=number,
                synthetic=synthetic,
                pixels_looked_at=pixels_looked_at,
                black_boxes=boxes,
                after_file=after_file,
            )
    except (ValueError, OSError) as error:
        stop(str(error))
    for warning in report.warnings:
        say(f"mind: {warning}")
    for one in report.left_out:
        say(f"left out: picture {one.number} of {report.given}: {one.reason}")
    pictures = "1 picture" if report.written == 1 else f"{report.written} pictures"
    kept = "a case of the model's picture of a slice" if synthetic else f"a case of {pictures}"
    typer.echo(f"{output}: {kept}; deidentification.txt says what was removed, case.yaml is to fill in")
    if report.left_out:
        raise typer.Exit(1)


@app.command()
def export(
    case: Annotated[Path, typer.Argument(metavar="CASE", help="The folder of a case.", show_default=False)],
    script: Annotated[
        Path, typer.Option(metavar="FILE", help="The edit: an edit script as JSON.", show_default=False)
    ],
    output: OutputOption,
    number: Annotated[
        int | None,
        typer.Option(
            "--slice",
            help="Which slice, from 1; by default the one of the stages.",
            min=1,
            show_default=False,
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="A weights file, where the case's model is your own.", show_default=False),
    ] = None,
    reader_test: Annotated[
        bool, typer.Option("--reader-test", help="Leave the banner out, to test whether readers can tell.")
    ] = False,
    binary: Annotated[
        bool, typer.Option("--binary", help="Segmentation for viewers that don't know LABELMAP.")
    ] = False,
) -> None:
    """Write an edited slice and its elements as DICOM, PNG and NIfTI."""
    from u3edu.cases.export import export_edit
    from u3edu.cases.reading import read_case
    from u3edu.editing.script import EditScript
    from u3edu.engine.local import load_engine

    try:
        steps = EditScript.from_json(script.read_bytes())
        engine = load_engine(model or read_case(case).model.name)
        check_output(output)
        export_edit(case, steps, engine, output, number=number, reader_test=reader_test, binary=binary)
    except (ValueError, OSError, ModuleNotFoundError) as error:
        stop(str(error))
    typer.echo(f"{output}: before and after the edit, and its elements, as DICOM, PNG and NIfTI")


for command in (preview, validate, render, pack):
    app.command()(command)


def pseudonyms_or_stop(key: Path | None) -> "Pseudonyms":
    """The pseudonyms of a key file, by default the user's own."""
    from u3edu.imaging.deidentification.identifiers import pseudonyms_from

    try:
        return pseudonyms_from(key or Path(typer.get_app_dir("u3edu"), "deidentification.key"))
    except (ValueError, OSError) as error:
        stop(str(error))
