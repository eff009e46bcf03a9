"""The verb `train`: a command for each task, made from the options that the task declares."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from dl_course.commands.runs.tasks import task_class, task_names
from dl_course.commands.terminal import PLAIN, say

Out = Annotated[Path, typer.Option(help="Folder to write the run to.")]
Resume = Annotated[bool, typer.Option("--resume", help="Continue the run in --out.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace the run in --out.")]


class _Tasks(TyperGroup):
    """A command for each task; a task's module is read when its command is asked for."""

    def __init__(self, **settings: Any):
        super().__init__(**{**settings, "commands": dict.fromkeys(task_names())})

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Returns the command of one task; None if there is no such task."""
        if cmd_name not in self.commands:
            return None
        app = typer.Typer(**PLAIN)
        app.command(cmd_name, help=inspect.getdoc(task_class(cmd_name)))(_function(cmd_name))
        return typer.main.get_command(app)


train_app = typer.Typer(help="Train a model and write a run folder.", cls=_Tasks, **PLAIN)


def _function(name: str) -> Callable[..., None]:
    """Returns a function with a task's options as its parameters, as Typer reads them."""
    from dl_course.commands.runs.options import options_of

    def train(out: Path, resume: bool, overwrite: bool, **options: Any) -> None:
        from dl_course.commands.runs.train import train

        metrics = train(name, out, options, resume=resume, overwrite=overwrite)
        say(
            f"Test {metrics['headline']} after {metrics['epochs']} epochs, "
            f"{metrics['train_seconds']:.1f} s, {metrics['examples_per_second']:.0f} examples/s.",
            f"Numbers: {out}/metrics.json  Pictures: {out}/figures/",
        )

    # None stands for "not given": `--resume` then takes the run's own.
    own = {
        option.name: Annotated[
            option.type | None, typer.Option(help=option.help, metavar=option.metavar)
        ]
        for option in options_of(task_class(name).Options)
    }
    flags = {"resume": Resume, "overwrite": Overwrite}
    parameter, keyword = inspect.Parameter, inspect.Parameter.KEYWORD_ONLY
    train.__signature__ = inspect.Signature(
        [
            parameter("out", keyword, annotation=Out),
            *(parameter(n, keyword, default=None, annotation=kind) for n, kind in own.items()),
            *(parameter(n, keyword, default=False, annotation=kind) for n, kind in flags.items()),
        ]
    )
    return train
