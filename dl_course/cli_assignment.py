"""The verbs of `dl-course assignment`: hand out assignments and grade them."""

from pathlib import Path
from typing import Annotated

import typer

from dl_course.commands.terminal import PLAIN, say, show

assignment_app = typer.Typer(help="List, release and grade assignments.", **PLAIN)
Masters = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Folder of the masters. [default: those of the course]"),
]


@assignment_app.command("list")
def assignment_list(masters: Masters = None) -> None:
    """List the assignments, with their points."""
    from dl_course.commands.assignments import masters_table

    show(masters_table(masters))


@assignment_app.command("release")
def assignment_release(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME", help="Assignments to release. [default: all]"),
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write to.")] = Path(
        "assignments"
    ),
    masters: Masters = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace what is already there.")
    ] = False,
) -> None:
    """Write the students' notebooks, without solutions or hidden cases."""
    from dl_course.commands.assignments import release_lines

    for line in release_lines(names or [], out, masters, overwrite):
        say(line)


@assignment_app.command("grade")
def assignment_grade(
    submissions: Annotated[
        Path, typer.Argument(metavar="SUBMISSIONS", help="A folder or a zip file of notebooks.")
    ],
    out: Annotated[
        Path,
        typer.Option(metavar="DIR", help="Folder for the grades; earlier grades in it are kept."),
    ],
    masters: Masters = None,
    workers: Annotated[
        int | None, typer.Option(help="Submissions to grade at once. [default: one per processor]")
    ] = None,
    timeout: Annotated[
        float,
        typer.Option(
            metavar="S", help="Seconds allowed for each question, and for all cells together."
        ),
    ] = 10.0,
    memory: Annotated[
        int, typer.Option(metavar="MB", help="Memory allowed for each submission.")
    ] = 1024,
    due: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="When the work was due, such as 2026-11-20 or 2026-11-20T18:00."
        ),
    ] = None,
    without_sandbox: Annotated[
        bool,
        typer.Option(
            "--without-sandbox", help="Run the students' code unprotected, as yourself. Dangerous."
        ),
    ] = False,
) -> None:
    """Grade submissions, each in a sandbox.

    Run the same command again after an interruption, for newer submissions, or after correcting
    a master: only what is new or corrected is graded.
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
