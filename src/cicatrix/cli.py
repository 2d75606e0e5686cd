"""The command line: one command a verb.

Exit codes: 0 done; 2 the input or the words of the call are at fault, told in one message;
1 a defect of ours.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cicatrix import __version__
from cicatrix.errors import CicatrixError, UnsafePlanError
from cicatrix.knowledge_cli import knowledge_app
from cicatrix.measure_cli import measure_command
from cicatrix.out_folder import cannot_be_written, check_folder
from cicatrix.progress_bar import progress_bar

if TYPE_CHECKING:
    from cicatrix.knowledge import Knowledge
    from cicatrix.records import Plan

app = typer.Typer(
    name="cicatrix",
    help="Assess acne scars and plan their treatment, every sentence with its source.",
    epilog="cicatrix supports a qualified professional and never replaces one. No diagnosis.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(knowledge_app, name="knowledge")
app.command("measure")(measure_command)

INPUT_AT_FAULT, DEFECT = 2, 1
EXAMPLE = Path(__file__).parent / "examples" / "demo-case.yaml"
EXAMPLE_SCAN = EXAMPLE.with_name("demo-left-cheek.x3p")

CaseFile = Annotated[
    Path, typer.Argument(metavar="CASE.yaml", help="The case file (YAML or JSON).")
]
OutFolder = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Write report, handouts and plan.json here."),
]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print only JSON (cicatrix.plan/1) on standard output.")
]
Full = Annotated[
    bool,
    typer.Option("--full", help="Print every reason, caution and disagreement of sources too."),
]
LocalPages = Annotated[
    Path | None,
    typer.Option(
        "--pages",
        metavar="DIR",
        help="A clinic's own rules and combinations, which may only make the plan stricter.",
    ),
]


@app.callback(invoke_without_command=True)
def _top(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        typer.echo(f"cicatrix {__version__}")
        raise typer.Exit


@app.command("plan")
def plan_command(
    case_file: CaseFile,
    out: OutFolder = None,
    as_json: AsJson = False,
    pages: LocalPages = None,
    full: Full = False,
) -> None:
    """Decide every treatment for one patient and plan up to three courses."""
    with _told_to_people():
        if out is not None:
            check_folder(out)
        plan, knowledge = _planned(case_file, pages)
        if as_json:
            _print_json(plan, knowledge)
        else:
            _print_plan(plan, knowledge, view="full" if full else "brief")
        if out is not None:
            _write_everything(plan, knowledge, out)


@app.command("demo")
def demo_command(
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where the report and handouts go.")
    ] = Path("cicatrix-demo"),
) -> None:
    """The whole main job on the example patient that ships with cicatrix."""
    with _told_to_people():
        check_folder(out)
        plan, knowledge = _planned(EXAMPLE, None)
        _print_plan(plan, knowledge, view="brief")
        _write_everything(plan, knowledge, out)
        (out / "case.yaml").write_bytes(EXAMPLE.read_bytes())
        (out / EXAMPLE_SCAN.name).write_bytes(EXAMPLE_SCAN.read_bytes())
        _say(f"Change {out / 'case.yaml'} and run: cicatrix plan {out / 'case.yaml'} --out DIR")


@contextlib.contextmanager
def _told_to_people() -> Iterator[None]:
    """Turn every refusal into one message and an exit code."""
    try:
        yield
    except UnsafePlanError as error:
        _say(f"cicatrix: {error}")
        raise typer.Exit(DEFECT) from None
    except CicatrixError as error:
        _say(f"cicatrix: {error}")
        raise typer.Exit(INPUT_AT_FAULT) from None
    except BrokenPipeError:
        sys.stderr.close()
        raise typer.Exit from None


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _planned(case_file: Path, pages: Path | None) -> tuple[Plan, Knowledge]:
    from cicatrix.exchange.case_file import read_case

    case = read_case(case_file)
    with progress_bar() as progress:
        from cicatrix.knowledge import load_knowledge
        from cicatrix.visit import first_visit

        progress.begin("reading the knowledge pages")
        knowledge = load_knowledge(local=pages)
        plan = first_visit(case, knowledge=knowledge, progress=progress)
    return plan, knowledge


def _print_json(plan: Plan, knowledge: Knowledge) -> None:
    from cicatrix.exchange.plan_json import plan_text

    sys.stdout.write(plan_text(plan, knowledge=knowledge))


def _print_plan(plan: Plan, knowledge: Knowledge, *, view: Literal["brief", "full"]) -> None:
    from rich.console import Console

    from cicatrix.reporting.terminal import print_plan

    print_plan(plan, knowledge=knowledge, console=Console(), view=view)


def _write_everything(plan: Plan, knowledge: Knowledge, out: Path) -> None:
    """Report, handouts in both languages and the plan as JSON, all in one folder."""
    from cicatrix.exchange.plan_json import plan_text

    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "plan.json").write_text(plan_text(plan, knowledge=knowledge), encoding="utf-8")
    except OSError as error:
        raise cannot_be_written(out, error) from None
    written = [out / "plan.json"]
    with progress_bar() as progress:
        from cicatrix.reporting import write_pages, write_plan_pictures

        progress.begin("writing the report and the handouts")
        written += write_pages(plan, knowledge=knowledge, folder=out)
        written += write_plan_pictures(plan, folder=out)
    _say("Wrote:")
    for path in written:
        _say(f"  {path}")


def main() -> None:
    """The entry point of the ``cicatrix`` command."""
    import os

    # The equations of a scar are small: threads would wait for each other longer than they work.
    # NumPy reads this when it is first imported, which is later.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        app()
    except Exception as error:
        _say(
            f"cicatrix: something went wrong inside cicatrix ({type(error).__name__}: {error}). "
            "This is a defect of ours; please report it with the case file. "
            "Set CICATRIX_TRACEBACK=1 to see where."
        )
        if os.environ.get("CICATRIX_TRACEBACK"):
            raise
        sys.exit(DEFECT)


if __name__ == "__main__":
    main()
