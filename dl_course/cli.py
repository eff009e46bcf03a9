"""The command line: verbs and their options. What a verb does is in `dl_course.commands`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from dl_course import __version__
from dl_course.errors import CourseError, describe_os_error

_plain = {"rich_markup_mode": None, "pretty_exceptions_enable": False, "add_completion": False}
app = typer.Typer(help="Deep learning, section by section.", **_plain)
data_app = typer.Typer(help="List, fetch, check and show data sets.", **_plain)
train_app = typer.Typer(help="Train a model and write a run folder.", **_plain)
app.add_typer(data_app, name="data")
app.add_typer(train_app, name="train")

RunPath = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")]
SetName = Annotated[str, typer.Argument(metavar="NAME", help="A data set's name.")]
CustomCode = Annotated[
    bool, typer.Option("--allow-custom-code", help="Load a model file that carries code.")
]


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"dl-course {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show it.")
    ] = False,
) -> None:
    """Deep learning, section by section."""


@app.command()
def chapters() -> None:
    """List the chapters, their sections, and which are written."""
    from dl_course.commands.course import chapters_table

    _print(chapters_table())


@app.command()
def section(
    section_id: Annotated[str, typer.Argument(metavar="ID", help="Such as D1-3.1 or D0-Q1.")],
) -> None:
    """Show what the course has for one section of a document."""
    from dl_course.commands.course import section_view

    _print(section_view(section_id))


@app.command()
def doctor() -> None:
    """Look at versions, device, disk, memory and data, and say what is missing."""
    from dl_course.commands.doctor import doctor_table

    _print(doctor_table())


@data_app.command("list")
def data_list() -> None:
    """List the data sets, and where each was found."""
    from dl_course.commands.data import sets_table

    _print(sets_table())


@data_app.command("fetch")
def data_fetch(name: SetName) -> None:
    """Download a data set, unless it is here already."""
    from dl_course.commands.data import fetch_lines

    print("\n".join(fetch_lines(name)))


@data_app.command("check")
def data_check(name: SetName) -> None:
    """Read a data set again and compare its content with the published checksums."""
    from dl_course.commands.data import check_lines

    print("\n".join(check_lines(name)))


@data_app.command("show")
def data_show(
    source: Annotated[str, typer.Argument(metavar="NAME|PATH", help="A data set.")],
    out: Annotated[Path, typer.Option(help="The picture to write, a .png file.")],
) -> None:
    """Draw a grid of training examples."""
    from dl_course.commands.data import show

    print(show(source, out))


@train_app.command("cnn")
def train_cnn(
    out: Annotated[Path, typer.Option(help="The run folder to write.")],
    data: Annotated[
        str | None, typer.Option(metavar="NAME|PATH", help="Data set. [default: digits]")
    ] = None,
    recipe: Annotated[str | None, typer.Option(help="fast or document. [default: fast]")] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the data.")] = None,
    batch_size: Annotated[int | None, typer.Option(help="Examples in one step.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="The (highest) rate.")] = None,
    hidden_units: Annotated[
        int | None, typer.Option(help="Units of the dense layer. [default: 128]")
    ] = None,
    patience: Annotated[
        int | None, typer.Option(help="Stop after so many epochs without progress.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Of all random choices. [default: 0]")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --out.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the run.")] = False,
) -> None:
    """Train the documents' CNN (D1 4.1, D2 4)."""
    from dl_course.commands.train import train_cnn

    metrics = train_cnn(
        out,
        data=data,
        recipe=recipe,
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=learning_rate,
        hidden_units=hidden_units,
        patience=patience,
        seed=seed,
        resume=resume,
        overwrite=overwrite,
    )
    print(
        f"Test accuracy {metrics['test_accuracy']:.4f} after {metrics['epochs']} epochs, "
        f"{metrics['train_seconds']:.1f} s, {metrics['examples_per_second']:.0f} examples/s.\n"
        f"Numbers: {out}/metrics.json  Pictures: {out}/figures/"
    )


@app.command()
def evaluate(
    run: RunPath,
    data: Annotated[
        str | None, typer.Option(metavar="NAME|PATH", help="Data set. [default: the run's]")
    ] = None,
    allow_custom_code: CustomCode = False,
) -> None:
    """Measure a trained run on the test examples of a data set."""
    from dl_course.commands.use import evaluate

    result = evaluate(run, data, allow_custom_code=allow_custom_code)
    print(
        f"{result['data']}: accuracy {result['accuracy']:.4f}, loss {result['loss']:.4f} nats, "
        f"on {result['examples']} test examples"
    )


@app.command()
def predict(
    run: RunPath,
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="Image files.")],
    resize: Annotated[
        bool, typer.Option("--resize", help="Bring images to the model's size and colour.")
    ] = False,
    allow_custom_code: CustomCode = False,
) -> None:
    """Say what a trained run sees in image files: class and probability."""
    from dl_course.commands.use import predict_images

    found = predict_images(run, images, resize=resize, allow_custom_code=allow_custom_code)
    for path, label, probability in found:
        print(f"{path}\t{label}\t{probability:.4f}")


@app.command()
def plot(run: RunPath) -> None:
    """Draw the pictures of a run again."""
    from dl_course.commands.figures import redraw
    from dl_course.commands.run_folder import RunFolder

    print("\n".join(redraw(RunFolder(run))))


def _print(renderable) -> None:
    from rich.console import Console

    Console().print(renderable)


def main() -> None:
    """Runs the command line: what the user can mend is one line on stderr and exit code 2."""
    try:
        sys.exit(app(prog_name="dl-course", standalone_mode=False) or 0)
    except CourseError as error:
        _refuse(str(error))
    except typer.exceptions.TyperException as error:
        _refuse(f"{error.format_message().rstrip('.')}. See: {_help_for(error)}")
    except OSError as error:
        _refuse(describe_os_error(error))
    except (KeyboardInterrupt, typer.Abort):
        print(f"\nStopped. {_how_to_go_on(sys.argv)}".rstrip(), file=sys.stderr)
        sys.exit(130)


def _refuse(message: str) -> None:
    print("dl-course: " + " ".join(message.split()), file=sys.stderr)
    sys.exit(2)


def _help_for(error) -> str:
    context = getattr(error, "ctx", None)
    return f"{context.command_path if context else 'dl-course'} --help"


def _how_to_go_on(arguments: list[str]) -> str:
    """Returns the command that goes on with a stopped training run, if one was running."""
    if "train" not in arguments or "--out" not in arguments:
        return ""
    out = arguments[arguments.index("--out") + 1]
    if not (Path(out) / "checkpoint.npz").is_file():
        return "No epoch was finished."
    train = " ".join(arguments[arguments.index("train") :][:2])
    return f"Finished epochs are kept. Go on: dl-course {train} --out {out} --resume"
