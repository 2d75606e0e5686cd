"""``cicatrix knowledge``: look into the library of pages."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cicatrix.knowledge import Knowledge
    from cicatrix.knowledge.statements import Page

knowledge_app = typer.Typer(
    help="The clinical pages: what there is, one page with its sources, are they sound?",
    no_args_is_help=True,
)

_FAULTY = 2
#: A page that nobody looked at for so long is called stale.
_FRESH_DAYS = 730


def _pages() -> tuple[Knowledge, dict[str, Page]]:
    from cicatrix.errors import PageError
    from cicatrix.knowledge import load_knowledge

    try:
        knowledge = load_knowledge()
    except PageError as error:
        typer.echo(f"cicatrix: {error}", err=True)
        raise typer.Exit(_FAULTY) from None
    return knowledge, knowledge.pages()


@knowledge_app.command("list")
def list_command() -> None:
    """Every page, by folder."""
    from rich.console import Console
    from rich.table import Table

    _, pages = _pages()
    table = Table(title=f"{len(pages)} pages", title_justify="left")
    for column in ("page", "about", "checked on"):
        table.add_column(column)
    for name, page in pages.items():
        table.add_row(name, _title(page), page.checked.on)
    Console().print(table)


def _title(page: Page) -> str:
    for field in ("title", "name", "question", "ask"):
        value = getattr(page, field, None)
        if value is not None:
            return str(getattr(value, "en", value))
    return ""


@knowledge_app.command("show")
def show_command(
    page_id: Annotated[str, typer.Argument(metavar="ID", help="For example microneedling or C7.")],
) -> None:
    """One page as it stands, and the sources it cites."""
    from cicatrix.knowledge.loader import PAGES, sourced_pieces
    from cicatrix.vocabulary import nearest

    knowledge, pages = _pages()
    fitting = [name for name in pages if page_id in (name, name.split("/")[1])]
    if not fitting:
        ids = [name.split("/")[1] for name in pages]
        typer.echo(
            f"cicatrix: there is no page called '{page_id}'{nearest(page_id, ids) or '.'} "
            "'cicatrix knowledge list' shows them all.",
            err=True,
        )
        raise typer.Exit(_FAULTY)
    for name in fitting:
        typer.echo(f"# {name}\n")
        typer.echo((PAGES / f"{name}.yaml").read_text(encoding="utf-8"))
        cited = dict.fromkeys(i for ids in sourced_pieces(pages[name]) for i in ids)
        typer.echo("# Sources")
        for source in (knowledge.sources[i] for i in cited):
            year = source.year or "year not printed"
            typer.echo(f"#  {source.id}: {source.title} ({year}; read: {source.depth})")


@knowledge_app.command("check")
def check_command() -> None:
    """Are all pages sound? Names file, line and fault of each that is not."""
    from cicatrix.knowledge import read_knowledge

    knowledge, faults = read_knowledge()
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        typer.echo(f"{len(faults)} faults in the pages.", err=True)
        raise typer.Exit(_FAULTY)
    typer.echo(f"{len(knowledge.pages())} pages are sound; version {knowledge.version}.")


@knowledge_app.command("stale")
def stale_command() -> None:
    """Pages that nobody looked at for two years."""
    _, pages = _pages()
    limit = dt.datetime.now(tz=dt.UTC).date() - dt.timedelta(days=_FRESH_DAYS)
    stale = [n for n, p in pages.items() if dt.date.fromisoformat(p.checked.on) < limit]
    for name in stale:
        typer.echo(f"{name}: last checked on {pages[name].checked.on}")
    if not stale:
        typer.echo(f"All {len(pages)} pages were looked at since {limit}.")
