"""`u3edu quiz`: from responses to marks, and from marks to the report of a reader study."""

from pathlib import Path
from typing import Annotated

import typer

from u3edu.terminal import OutputOption, check_output, say, stop

app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="Quizzes and reader studies."
)


@app.callback()
def quiz() -> None:
    """Mark quizzes and report on a class."""


@app.command()
def mark(
    folder: Annotated[Path, typer.Argument(metavar="QUIZ", help="The folder of a quiz.", show_default=False)],
    responses: Annotated[
        list[Path],
        typer.Argument(
            metavar="RESPONSES…", help="Files of responses that trainees handed in.", show_default=False
        ),
    ],
    keys: Annotated[Path, typer.Option(metavar="DIR", help="The quiz's answer book.", show_default=False)],
    output: Annotated[Path, typer.Option(metavar="FILE", help="CSV file to write.", show_default=False)],
) -> None:
    """Mark what trainees handed in; a line of CSV for each trainee and item."""
    from u3edu.quiz.answer_book import read_answer_book
    from u3edu.quiz.quiz import read_quiz
    from u3edu.quiz.statistics.gather import readings_of
    from u3edu.quiz.statistics.reading import write_csv
    from u3edu.quiz.store import LocalStore

    try:
        asked, book = read_quiz(folder), read_answer_book(keys)
        missing = [str(path) for path in responses if not path.is_file()]
        if missing:
            stop(f"no file {', '.join(missing)}")
        if output.exists():
            stop(f"{output} is there already; choose another file with --output")
        given = [one for path in responses for one in LocalStore(path).responses(asked.id)]
        readings = readings_of(asked, book, given)
        if not readings:
            stop(f"no response to {asked.title} ({asked.id}) in {len(responses)} files")
        write_csv(readings, output)
    except (ValueError, OSError) as error:
        stop(str(error))
    trainees = len({one.who for one in readings})
    typer.echo(
        f"{output}: {len(readings)} answers of {trainees} trainee{'' if trainees == 1 else 's'}, marked"
    )


@app.command()
def report(
    tables: Annotated[
        list[Path],
        typer.Argument(
            metavar="CSV…",
            help="Marked answers (u3edu quiz mark); several quizzes together.",
            show_default=False,
        ),
    ],
    output: OutputOption,
) -> None:
    """Report on a class: the paper's reader-study table, statistics, figures, CSV and JSON."""
    from u3edu.quiz.statistics.paper_table import HEAD, paper_rows
    from u3edu.quiz.statistics.reading import read_csv
    from u3edu.quiz.statistics.report import write_report
    from u3edu.quiz.statistics.study import study

    try:
        readings = [one for path in tables for one in read_csv(path)]
        check_output(output)
        figures = study(readings)
        write_report(figures, output)
    except (ValueError, OSError) as error:
        stop(str(error))
    for row in paper_rows(figures):
        typer.echo(row[0])
        for name, value in zip(HEAD[1:], row[1:], strict=True):
            typer.echo(f"  {name}: {value}")
    say(f"{output}: report.md, study.json, tables and figures")


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="QUIZ", help="The folder of a quiz.", show_default=False)],
    keys: Annotated[Path, typer.Option(metavar="DIR", help="The quiz's answer book.", show_default=False)],
    output: Annotated[
        Path, typer.Option(metavar="FOLDER", help="The folder of the nbgrader course.", show_default=False)
    ],
    nbgrader: Annotated[bool, typer.Option("--nbgrader", help="As an nbgrader assignment.")] = False,
    name: Annotated[
        str | None,
        typer.Option(help="Of the assignment; by default that of the quiz's folder.", show_default=False),
    ] = None,
) -> None:
    """Write an nbgrader assignment: the trainees' part to source/NAME, the answers to keys/NAME.

    Then run nbgrader generate_assignment, autograde and generate_feedback in FOLDER as usual.
    """
    from u3edu.quiz.answer_book import read_answer_book
    from u3edu.quiz.nbgrader_export import write_assignment
    from u3edu.quiz.quiz import read_quiz

    if not nbgrader:
        stop("say what for: --nbgrader")
    try:
        quiz = read_quiz(folder)
        book = read_answer_book(keys)
        source, kept = write_assignment(quiz, book, output, name or folder.resolve().name)
    except (ValueError, OSError) as error:
        stop(str(error))
    typer.echo(f"{source}: {len(quiz)} questions; the answers are in {kept}, which trainees never get")
