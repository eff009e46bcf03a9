"""Documentation that is made from the commands and the tasks themselves."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import typer

from dl_course import datasets
from dl_course.commands.runs.tasks import task_class, task_names

if TYPE_CHECKING:
    from typer.core import TyperGroup

_HEAD = """# The commands of dl-course

Made by `make docs` from the commands themselves; `dl-course VERB --help` says the same.
"""


def commands_page(root: "TyperGroup") -> str:
    """Returns the reference of all verbs: usage, arguments, options, limits and defaults.

    Args:
        root: the command `dl-course`, see `dl_course.cli.root`.

    Example:
        >>> app = typer.Typer(add_completion=False)
        >>> @app.command()
        ... def greet(times: int = 1) -> None:
        ...     "Say hello."
        >>> print(commands_page(typer.main.get_command(app)).partition("## ")[2])
        dl-course
        <BLANKLINE>
        Say hello.
        <BLANKLINE>
        `dl-course [OPTIONS]`
        <BLANKLINE>
        | argument or option | meaning |
        |---|---|
        | `--times <int>` | [default: 1] |
        <BLANKLINE>
    """
    return "\n".join([_HEAD, *_sections(typer.Context(root, info_name="dl-course"))])


def tasks_table() -> str:
    """Returns a Markdown table of what can be trained: from what, on which files, and for what use.

    Example:
        >>> print(tasks_table().splitlines()[0])
        | command | learns from | your own data | use it |
    """
    lines = ["| command | learns from | your own data | use it |", "|---|---|---|---|"]
    for name in task_names():
        task = task_class(name)
        cells = (
            f"`dl-course train {name}`",
            task.learns,
            datasets.own_files(task.Options.data_kind()),
        )
        lines.append(f"| {' | '.join(cells)} | `dl-course {task.example}` |")
    return "\n".join(lines) + "\n"


def _sections(context: Any) -> Iterator[str]:
    """Gives the section of a command, or those of the commands in a group."""
    command = context.command
    if hasattr(command, "commands"):
        for name in command.list_commands(context):
            verb = command.get_command(context, name)
            yield from _sections(typer.Context(verb, info_name=name, parent=context))
        return
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield f"## {context.command_path}\n\n{command.help}\n\n`{usage}`\n"
    records = [parameter.get_help_record(context) for parameter in command.get_params(context)]
    rows = [(name, text) for name, text in filter(None, records) if name != "--help"]
    if rows:
        cells = [f"| `{_cell(name)}` | {_cell(text)} |" for name, text in rows]
        yield "\n".join(["| argument or option | meaning |", "|---|---|", *cells]) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("  [", " [")
