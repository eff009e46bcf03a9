"""The command line: verbs and their options. What a verb does is in `dl_course.commands`."""

import contextlib
import io
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from dl_course import __version__
from dl_course.cli_assignment import assignment_app
from dl_course.cli_tasks import CustomCode, Predict, RunPath, train_app
from dl_course.commands.terminal import PLAIN, say, show
from dl_course.errors import CourseError, describe_os_error
from dl_course.texts import printable

app = typer.Typer(help="Deep learning, section by section.", **PLAIN)
data_app = typer.Typer(help="List, fetch, check and show data sets.", **PLAIN)
app.add_typer(data_app, name="data")
app.add_typer(train_app, name="train")
app.add_typer(assignment_app, name="assignment")

SetName = Annotated[str, typer.Argument(metavar="NAME", help="Name of a data set.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"dl-course {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Deep learning, section by section."""


@app.command()
def chapters() -> None:
    """List the chapters with their sections and status."""
    from dl_course.commands.course import chapters_table

    show(chapters_table())


@app.command()
def section(
    section_id: Annotated[
        str, typer.Argument(metavar="ID", help="A section, such as D1-3.1 or D0-Q1.")
    ],
) -> None:
    """Show what the course has for one section of a document."""
    from dl_course.commands.course import section_view

    show(section_view(section_id))


@app.command()
def doctor() -> None:
    """Check this machine, and say what is missing."""
    from dl_course.commands.doctor import doctor_table

    show(doctor_table())


@app.command()
def notebooks(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write them to.")],
) -> None:
    """Write the chapters' notebooks to a folder of your own.

    Notebooks that you have changed are never overwritten; a newer version is written beside them.
    """
    from dl_course.commands.notebooks import write_notebooks

    say(*write_notebooks(folder))


@app.command()
def lab(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of your copy.")] = Path(
        "work"
    ),
) -> None:
    """Open your own copy of the notebooks in JupyterLab.

    The copy is first made or brought up to date, just as `dl-course notebooks` would do it.
    """
    from dl_course.commands.notebooks import open_lab, write_notebooks

    say(*write_notebooks(folder))
    if code := open_lab(folder):
        raise typer.Exit(code)


@data_app.command("list")
def data_list() -> None:
    """List the data sets, and where each one was found."""
    from dl_course.commands.data import sets_table

    show(sets_table())


@data_app.command("fetch")
def data_fetch(name: SetName) -> None:
    """Download a data set, unless it is here already."""
    from dl_course.commands.data import fetch_lines

    say(*fetch_lines(name))


@data_app.command("check")
def data_check(name: SetName) -> None:
    """Compare the content of a data set with the published checksums."""
    from dl_course.commands.data import check_lines

    say(*check_lines(name))


@data_app.command("show")
def data_show(
    source: Annotated[
        str, typer.Argument(metavar="NAME|PATH", help="Name of a data set, or path of your own.")
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Picture to write (.png); not for texts.")
    ] = None,
) -> None:
    """Show training examples: images and sounds as a picture, texts as lines."""
    from dl_course.commands.data import show as show_examples

    say(*show_examples(source, out))


@app.command()
def evaluate(
    run: RunPath,
    data: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|PATH", help="Other data of the same form. [default: the run's own]"
        ),
    ] = None,
    allow_custom_code: CustomCode = False,
) -> None:
    """Measure a trained run on the test examples of a data set."""
    from dl_course.commands.runs.use import evaluate

    say(evaluate(run, data, allow_custom_code=allow_custom_code))


@app.command(cls=Predict)
def predict() -> None:
    """Classify images, texts or sounds with a trained run."""


@app.command()
def generate(
    run: RunPath,
    prompt: Annotated[str, typer.Option(help="How the text begins.")] = "",
    length: Annotated[int, typer.Option(help="Number of characters to add.")] = 400,
    temperature: Annotated[
        float,
        typer.Option(
            help="Low: predictable text, high: surprising text; 0: always the likeliest character."
        ),
    ] = 0.8,
    seed: Annotated[int, typer.Option(help="Seed for the sampling.")] = 0,
    allow_custom_code: CustomCode = False,
) -> None:
    """Continue a prompt with a trained text generator (D1 4.2)."""
    from dl_course.commands.runs.use import written_text

    for piece in written_text(run, prompt, length, temperature, seed, allow_custom_code):
        print(printable(piece, keep="\n"), end="", flush=True)
    print()


@app.command()
def translate(
    run: RunPath,
    sentences: Annotated[
        list[str], typer.Argument(metavar="SENTENCE", help="Sentences to translate.")
    ],
    beam: Annotated[int, typer.Option(help="Beam width of the search; 1 is greedy.")] = 4,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw the attention over the first sentence (.png)."),
    ] = None,
    allow_custom_code: CustomCode = False,
) -> None:
    """Translate sentences with a trained translator (D1 2.2)."""
    from dl_course.commands.runs.use import translations

    for translation in translations(run, sentences, beam, out, allow_custom_code):
        print(printable(translation), flush=True)


@app.command()
def plot(run: RunPath, allow_custom_code: CustomCode = False) -> None:
    """Draw the pictures of a finished run again."""
    from dl_course.commands.runs.figures import redraw
    from dl_course.commands.runs.run_folder import RunFolder

    say(*redraw(RunFolder(run), allow_custom_code=allow_custom_code))


def main() -> None:
    """Runs the command line and ends the process with its exit code."""
    _repair_streams()
    code = run(sys.argv[1:])
    if code:
        # When training is interrupted, TensorFlow's threads still wait for the next batch, and
        # would complain on standard error while Python shuts down. All files are closed by now.
        os._exit(code)


def run(arguments: list[str]) -> int:
    """Runs one command line and returns its exit code.

    Anything that the user can fix is reported in one line on standard error.

    Args:
        arguments: the words after `dl-course`.

    Returns:
        0 if all went well; 2 if something given cannot be used; 130 after Ctrl-C; 141 if the
        reader of the output has gone (as a shell reports these two).

    Example:
        >>> run(["--version"])  # doctest: +ELLIPSIS
        dl-course ...
        0
    """
    try:
        _invoke(arguments)
    except CourseError as error:
        return _leave(2, error, str(error))
    except typer.exceptions.TyperException as error:
        return _leave(2, error, _misused(error))
    except BrokenPipeError as error:
        return _leave(141, error)
    except OSError as error:
        return _leave(2, error, describe_os_error(error))
    except KeyboardInterrupt as error:
        return _leave(130, error, "Stopped.")
    return 0


def root() -> TyperGroup:
    """Returns the command `dl-course` with its verbs, as the parser sees them."""
    return typer.main.get_group(app)


def _invoke(arguments: list[str]) -> None:
    """Runs the verb without calling `app`, because Typer would swallow Ctrl-C and closed pipes."""
    command = root()
    # Typer ends --help and --version in this way.
    with contextlib.suppress(typer.Exit):
        with command.make_context("dl-course", list(arguments)) as context:
            command.invoke(context)
    sys.stdout.flush()


def _leave(code: int, error: BaseException, *message: str) -> int:
    """Says in one line why the program ends, and from the error's notes how to continue."""
    with contextlib.suppress(OSError):  # a full disk or a closed pipe may be the very reason
        sys.stdout.flush()
    text = " ".join([*message, *getattr(error, "__notes__", [])])
    if text:
        print(f"dl-course: {printable(text)}", file=sys.stderr, flush=True)
    return code


def _misused(error: typer.exceptions.TyperException) -> str:
    """Returns what is wrong with a command line, and where to look."""
    context = getattr(error, "ctx", None)
    text = error.format_message().rstrip(".")
    verbs = getattr(context.command, "commands", ()) if context else ()
    expected = f" Expected: {', '.join(verbs)}." if verbs else ""
    stop = "" if text.endswith("?") else "."
    command = context.command_path if context else "dl-course"
    return f"{text}{stop}{expected} See: {command} --help"


def _repair_streams() -> None:
    """Gives a closed stream (`>&-`) somewhere to write, and lets no encoding reject a name."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # Otherwise the next file opened would get the stream's number, and its text.
            setattr(sys, name, open(os.devnull, mode))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
