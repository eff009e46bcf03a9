"""The verbs of `dl-course assignment`: hand out assignments and grade them."""

from pathlib import Path
from typing import Annotated

import typer

from dl_course.commands.terminal import say

assignment_app = typer.Typer(
    help="List, release and grade assignments.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
Masters = Annotated[Path | None, typer.Option(metavar="DIR", help="The folder of the masters.")]


@assignment_app.command("list")
def assignment_list(masters: Masters = None) -> None:
    """List the assignments, with their points."""
    from rich.console import Console

    from dl_course.commands.assignments import masters_table

    Console(markup=False, emoji=False).print(masters_table(masters))


@assignment_app.command("release")
def assignment_release(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help="Assignments. [default: all]")
    ] = None,
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("assignments"),
    masters: Masters = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace notebooks that exist.")
    ] = False,
) -> None:
    """Write the notebooks for students, without solutions and hidden cases."""
    from dl_course.commands.assignments import release_lines

    for line in release_lines(names or [], out, masters, overwrite):
        say(line)


@assignment_app.command("grade")
def assignment_grade(
    submissions: Annotated[
        Path, typer.Argument(metavar="SUBMISSIONS", help="A folder or a zip file of notebooks.")
    ],
    out: Annotated[Path, typer.Option(help="The folder for grades. One that exists is continued.")],
    masters: Masters = None,
    workers: Annotated[
        int | None, typer.Option(help="Submissions graded at once. [default: one per processor]")
    ] = None,
    timeout: Annotated[
        float,
        typer.Option(metavar="S", help="Seconds for each question, and for all cells together."),
    ] = 10.0,
    memory: Annotated[int, typer.Option(metavar="MB", help="Memory for each submission.")] = 1024,
    due: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="When it was due: 2026-11-20 or 2026-11-20T18:00."),
    ] = None,
    without_sandbox: Annotated[
        bool, typer.Option("--without-sandbox", help="Run students' code as yourself. Dangerous.")
    ] = False,
) -> None:
    """Grade submissions, each in a sandbox.

    Run the same command again after an interruption, with newer submissions, or after you
    corrected a master: only what is new or corrected is graded.
    """
    from dl_course.commands.assignments import grade_lines

    for line in grade_lines(
        submissions,
        out,
        folder=masters,
        workers=workers,
        seconds=timeout,
        memory_mb=memory,
        due=due,
        without_sandbox=without_sandbox,
    ):
        say(line)
