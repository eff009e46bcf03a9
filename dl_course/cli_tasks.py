"""The verbs `train` and `predict`: their options are what the tasks declare."""

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from dl_course.commands.runs.tasks import predict_reads, task_class, task_names
from dl_course.commands.terminal import PLAIN, say
from dl_course.texts import printable

RunPath = Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a trained run.")]
CustomCode = Annotated[
    bool, typer.Option("--allow-custom-code", help="Load a model file even if it carries code.")
]


class _Tasks(TyperGroup):
    """A command for each task; a task's module is read when its command is asked for."""

    def __init__(self, **settings: Any):
        super().__init__(**settings)
        self.commands: Any = dict.fromkeys(task_names())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Returns the command of one task; None if there is no such task."""
        if cmd_name not in self.commands:
            return None
        help = inspect.getdoc(task_class(cmd_name))
        return _command(_train_function(cmd_name), cmd_name, help=help)


train_app = typer.Typer(help="Train a model and write a run folder.", cls=_Tasks, **PLAIN)


class Predict(TyperCommand):
    """`predict`; the tasks' modules are read when its options are asked for."""

    @functools.cached_property
    def _whole(self) -> Any:
        return _command(_predict_function(), self.name)

    def get_params(self, ctx: Any) -> list:
        """Returns the run, what the tasks read, and `--help`."""
        return self._whole.get_params(ctx)

    def invoke(self, ctx: Any) -> Any:
        """Prints the predictions."""
        return self._whole.invoke(ctx)


def _command(function: Callable[..., None], name: str | None, **settings: Any) -> Any:
    """Returns the command that Typer makes of a function."""
    app = typer.Typer(**PLAIN)
    app.command(name, **settings)(function)
    return typer.main.get_command(app)


def _train_function(name: str) -> Callable[..., None]:
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
        _parameter(option.name, option.type, None, option.flag, option.help, option.metavar)
        for option in options_of(task_class(name).Options)
    ]
    setattr(train, "__signature__", inspect.Signature([out, *own, *flags]))  # noqa: B010
    return train


def _predict_function() -> Callable[..., None]:
    """Returns a function whose parameters are what the tasks read, as Typer reads them."""
    flags: dict[str, str] = {}  # by parameter
    own = []
    for flag, reads in predict_reads().items():
        flags[_name(flag)] = flag
        shown = reads.metavar or flag
        own.append(_parameter(_name(flag), reads.type, None, flag, reads.help, shown))
        for switch, help in reads.switches.items():
            flags[switch] = f"--{switch}"
            own.append(_parameter(switch, bool, False, f"--{switch}", help))

    def predict(run: RunPath, allow_custom_code: CustomCode = False, **given: Any) -> None:
        from dl_course.commands.runs.use import predictions

        by_flag = {flags[name]: value for name, value in given.items()}
        for line in predictions(run, by_flag, allow_custom_code=allow_custom_code):
            print(*map(printable, line), sep="\t", flush=True)

    run, custom_code, _ = inspect.signature(predict).parameters.values()
    setattr(predict, "__signature__", inspect.Signature([run, *own, custom_code]))  # noqa: B010
    return predict


def _name(flag: str) -> str:
    """Returns the name of the parameter that an argument or option fills."""
    return flag.lstrip("-").replace("-", "_").lower()


def _parameter(
    name: str, type: Any, default: Any, flag: str, help: str, metavar: str | None = None
) -> inspect.Parameter:
    """Returns the parameter for an option, or for an argument if the flag has no hyphens."""
    is_option = flag.startswith("--")
    info = (
        typer.Option(default, flag, help=help, metavar=metavar)
        if is_option
        else (typer.Argument(default, help=help, metavar=metavar))
    )
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Parameter(name, kind, default=info, annotation=type)
