"""`u3edu data`: fetching public collections."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from u3edu.data.catalogue import Catalogue, PublicSeries
    from u3edu.data.transfer import Transfer

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Public collections of pictures.",
)


@app.callback()
def data() -> None:
    """Public collections of pictures."""


@app.command()
def fetch(
    collection: Annotated[
        str, typer.Argument(help="Its name, for example prostatex or lidc_idri.", show_default=False)
    ],
    patient: Annotated[
        list[str] | None,
        typer.Option(help="A patient of the collection; may be repeated.", show_default=False),
    ] = None,
    series: Annotated[
        list[str] | None,
        typer.Option(metavar="UID", help="A SeriesInstanceUID; may be repeated.", show_default=False),
    ] = None,
    description: Annotated[
        str,
        typer.Option(metavar="TEXT", help="Only series with this in their description.", show_default=False),
    ] = "",
    everything: Annotated[bool, typer.Option("--all", help="Every series of the collection.")] = False,
    source: Annotated[
        Path | None,
        typer.Option("--from", help="A folder of DICOM downloaded already; no network.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Where to keep it; by default the user's cache.", show_default=False)
    ] = None,
) -> None:
    """Fetch series of a public collection, with their licence; run again to go on.

    Says what was chosen, how large it is and under which licences; without --patient, --series
    or --all it stops there. Licences and citations are written to ATTRIBUTION.txt beside the
    pictures. The exit status is 1 if anything is missing.
    """
    from u3edu.data.catalogue import CollectionError, open_catalogue
    from u3edu.data.fetch import choose
    from u3edu.data.store import licences
    from u3edu.data.transfer import FolderTransfer, IdcTransfer

    try:
        catalogue = open_catalogue()
        chosen = choose(catalogue.series(collection), patient or (), series or (), description)
        patients = len({one.patient for one in chosen})
        size = sum(one.size for one in chosen) / 1e6
        typer.echo(
            f"{chosen[0].collection} ({catalogue.edition}): {len(chosen)} CT or MR series of {patients} "
            f"{'patient' if patients == 1 else 'patients'}, {size:,.1f} MB"
        )
        for licence in licences(chosen):
            typer.echo(f"licence: {licence}")
        if not (patient or series or everything):
            raise CollectionError(
                "choose with --patient, --series or --all; patients are "
                + ", ".join(sorted({one.patient for one in chosen})[:5])
                + (", …" if patients > 5 else "")
            )
        transfer = FolderTransfer(source) if source else IdcTransfer(catalogue.client)
        run(chosen, catalogue, transfer, output)
    except (CollectionError, OSError) as error:
        typer.echo(f"u3edu: {error}", err=True)
        raise typer.Exit(1) from None


def run(
    chosen: "Sequence[PublicSeries]", catalogue: "Catalogue", transfer: "Transfer", output: Path | None
) -> None:
    """Fetch with a progress bar, and say what came of it; exit with 1 where something is missing."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    from u3edu.data.fetch import fetch as bring
    from u3edu.data.store import Store, default_folder

    store = Store(output or default_folder(), chosen[0].collection)
    columns = (TextColumn("fetching"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("fetching", total=None)
        done = bring(
            chosen,
            store,
            catalogue,
            transfer,
            lambda here, total: bar.update(task, completed=here, total=total),
        )
    for problem in done.problems:
        typer.echo(problem, err=True)
    typer.echo(
        f"{len(done.arrived)} series fetched, {len(done.present)} here already: {store.root / 'dicom'}"
    )
    if done.arrived or done.present:
        typer.echo(f"cite as {store.attribution} says")
    if done.problems:
        raise typer.Exit(1)
