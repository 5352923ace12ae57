"""`u3edu case publish`: from cases to what a class gets, and what the instructor keeps."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from u3edu.terminal import OutputOption, stop

CasesArgument = Annotated[
    list[Path], typer.Argument(metavar="CASE…", help="Cases: folders or .u3case files.", show_default=False)
]


def publish(
    cases: CasesArgument,
    output: OutputOption,
    keys: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Where the answer book goes; by default OUTPUT-keys.", show_default=False
        ),
    ] = None,
    title: Annotated[str, typer.Option(help="What trainees read above the questions.")] = "Cases",
    attempts: Annotated[int, typer.Option(min=1, max=100, help="How often a question may be answered.")] = 1,
    feedback: Annotated[
        Literal["item", "end", "none"],
        typer.Option(help="When trainees are told: after each question, at the end, or never."),
    ] = "item",
    key: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The secret that opaque names are made with; by default one of your own, made when first "
            "needed. The same key gives the same files.",
            show_default=False,
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model", help="A weights file, where the case's model is your own.", show_default=False
        ),
    ] = None,
) -> None:
    """Write a quiz from cases: pictures and questions under opaque names, without answers.

    The answers go to a folder of their own, the answer book; keep it.
    """
    from u3edu.imaging.deidentification.identifiers import pseudonyms_from
    from u3edu.quiz.answer_book import write_answer_book
    from u3edu.quiz.from_cases import from_cases
    from u3edu.quiz.quiz import Rules, write_quiz

    book_folder = keys or output.parent / f"{output.name}-keys"
    for folder in (output, book_folder):
        if folder.exists():
            stop(f"{folder} is there already; keep it, and choose another folder")
    try:
        secret = pseudonyms_from(key or Path(typer.get_app_dir("u3edu"), "publishing.key")).key
        rules = Rules(attempts=attempts, feedback=feedback)
        quiz, book = from_cases(cases, title=title, rules=rules, key=secret, model=model)
        write_answer_book(book, book_folder)
        write_quiz(quiz, output)
    except (ValueError, OSError) as error:
        stop(str(error))
    typer.echo(
        f"{output}: {len(quiz)} questions of {len(cases)} case{'' if len(cases) == 1 else 's'}; "
        f"the answers are in {book_folder}"
    )
