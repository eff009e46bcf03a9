"""The verb `train`: a command for each task, made from the options that the task declares."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from dl_course.commands.runs.tasks import task_class, task_names
from dl_course.commands.terminal import PLAIN, say


class _Tasks(TyperGroup):
    """A command for each task; a task's module is read when its command is asked for."""

    def __init__(self, **settings: Any):
        super().__init__(**settings)
        self.commands: Any = dict.fromkeys(task_names())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Returns the command of one task; None if there is no such task."""
        if cmd_name not in self.commands:
            return None
        app = typer.Typer(**PLAIN)
        app.command(cmd_name, help=inspect.getdoc(task_class(cmd_name)))(_function(cmd_name))
        return typer.main.get_command(app)


train_app = typer.Typer(help="Train a model and write a run folder.", cls=_Tasks, **PLAIN)


def _function(name: str) -> Callable[..., None]:
    """Returns a function whose parameters are a task's options, as Typer reads them."""
    from dl_course.commands.runs.options import options_of

    def train(
        out: Annotated[Path, typer.Option(help="Folder to write the run to.")],
        resume: Annotated[
            bool, typer.Option("--resume", help="Continue the run in --out.")
        ] = False,
        overwrite: Annotated[
            bool, typer.Option("--overwrite", help="Replace the run in --out.")
        ] = False,
        **options: Any,
    ) -> None:
        from dl_course.commands.runs.train import train

        metrics = train(name, out, options, resume=resume, overwrite=overwrite)
        say(
            f"Test {metrics['headline']} after {metrics['epochs']} epochs, "
            f"{metrics['train_seconds']:.1f} s, {metrics['examples_per_second']:.0f} examples/s.",
            f"Numbers: {out}/metrics.json  Pictures: {out}/figures/",
        )

    out, *flags, _ = inspect.signature(train).parameters.values()
    own = [
        # None stands for "not given": `--resume` then takes the run's own.
        inspect.Parameter(
            option.name,
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default=typer.Option(None, option.flag, help=option.help, metavar=option.metavar),
            annotation=option.type,
        )
        for option in options_of(task_class(name).Options)
    ]
    setattr(train, "__signature__", inspect.Signature([out, *own, *flags]))  # noqa: B010
    return train
