"""`dl-course evaluate`, `predict`, `generate`, `translate`: a trained run meets new examples."""

import itertools
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dl_course.commands.runs.run_folder import RunFolder
from dl_course.commands.runs.tasks import predict_reads, task_class, task_names, task_of
from dl_course.errors import CourseError, DataError, TrainingError, argument_error
from dl_course.files import write_json


def evaluate(
    run: str | os.PathLike, data: str | None = None, *, allow_custom_code: bool = False
) -> str:
    """Measures a trained run on the test examples of a data set.

    Args:
        run: the run folder; `evaluation-NAME.json` is written into it.
        data: a data set's name or path; by default what the run was trained on.
        allow_custom_code: load a model file that carries code.

    Returns:
        The data's name, the measures and the number of examples, in words.

    Raises:
        CourseError: if the run or the data cannot be used, or do not fit each other.
    """
    folder = RunFolder(Path(run))
    config = folder.config()
    task = task_of(config)
    if data is not None:
        task.options = task.options.on(data)
    task.load()
    _check_same_classes(config, task.data)

    reader = folder.reader(allow_custom_code=allow_custom_code)
    measured = task.measure(reader, task.answers(reader))
    name, examples = task.data.name, task.test_examples()
    result = {"data": name, "examples": examples, **measured}
    write_json(folder.file(f"evaluation-{_file_name(name)}.json"), result)
    return f"{name}: {task.in_words(measured)}, on {examples} test examples"


def predictions(
    run: str | os.PathLike, given: Mapping[str, Any], *, allow_custom_code: bool = False
) -> Iterator[tuple[str, ...]]:
    """Says what a trained run makes of images, texts, sounds or whatever its task reads.

    Args:
        run: the run folder.
        given: lists of examples by the argument or option that takes them, such as "--text", and
            whether a switch is on, such as "--resize".
        allow_custom_code: load a model file that carries code.

    Returns:
        For each example the file or the text, the class and the probability; of a sound longer
        than the model's window, for each window, with the second at which it begins.

    Raises:
        CourseError: if the run or an example cannot be used, or not exactly one kind is given.
    """
    known = predict_reads()
    chosen = [flag for flag in known if given.get(flag)]
    if len(chosen) != 1:
        *most, last = (reads.title for reads in known.values())
        raise CourseError(
            f"`predict` must be given exactly one of these: {', '.join(most)} or {last}. "
            f"Received: {' and '.join(chosen) or 'none of them'}."
        )
    (flag,) = chosen
    for reads in known.values():
        for switch in reads.switches.keys() - known[flag].switches.keys():
            if given.get(f"--{switch}"):
                raise argument_error(f"--{switch}", f"given with {reads.title}", True)
    reader = _reader(run, f"predict {flag}", allow_custom_code)
    switches = {switch: given.get(f"--{switch}", False) for switch in known[flag].switches}
    return reader.rows(given[flag], **switches)


def written_text(
    run: str | os.PathLike,
    prompt: str,
    length: int,
    temperature: float,
    seed: int,
    allow_custom_code: bool = False,
) -> Iterator[str]:
    """Continues a prompt character by character; the prompt comes first.

    Raises:
        CourseError: if the run or an argument cannot be used.
    """
    reader = _reader(run, "generate --prompt", allow_custom_code)
    characters = reader.characters(prompt, length, temperature=temperature, seed=seed)
    return itertools.chain([prompt], characters)


def translations(
    run: str | os.PathLike,
    sentences: Sequence[str],
    beam: int,
    out: str | os.PathLike | None = None,
    allow_custom_code: bool = False,
) -> list[str]:
    """Returns the translations of sentences; draws the attention over the first if asked to.

    Raises:
        CourseError: if the run or an argument cannot be used.
    """
    reader = _reader(run, "translate SENTENCE", allow_custom_code)
    found = reader.translate(sentences, beam=beam)
    if out is not None:
        from dl_course import plots

        try:
            source, target, weights = reader.attention(sentences[0], beam)
        except CourseError as error:
            error.add_note(f"The translations are: {' | '.join(found)}")
            raise
        plots.save_figure(plots.plot_attention(source, target, weights), out)
    return found


def _reader(run: str | os.PathLike, use: str, allow_custom_code: bool) -> Any:
    """Returns the trained model of a run, whose task must say that it can be used so."""
    folder = RunFolder(Path(run))
    fitting = [name for name in task_names() if task_class(name).use == use]
    config = folder.config(fitting)
    if task_of(config).use != use:
        raise TrainingError(
            f"`RUN` must be a run of dl-course train {' or '.join(fitting)} to use {use}. "
            f"Received: a run of dl-course {config['command']}."
        )
    return folder.reader(allow_custom_code=allow_custom_code)


def _check_same_classes(config: dict, data: Any) -> None:
    """Raises a `DataError` unless label k means the same as when the run was trained."""
    expected = tuple(config["data"].get("class_names", ()))
    received = getattr(data, "class_names", ())  # a long text has none
    if received != expected:
        raise DataError(
            f"{data.name}: expected the classes that the run was trained on, "
            f"{_in_words(expected)}. Received: {_in_words(received)}. "
            "Choose data with the same classes."
        )


def _in_words(class_names: Sequence[str]) -> str:
    """Returns "3 classes (a, b, c)", with the first ten names."""
    shown = ", ".join(class_names[:10]) + (", ..." if len(class_names) > 10 else "")
    return f"{len(class_names)} classes ({shown})"


def _file_name(name: str) -> str:
    """Returns a data set's name as part of a file name: your own file may have any name.

    Example:
        >>> _file_name("cats & dogs")
        'cats_dogs'
    """
    return re.sub(r"[^\w.-]+", "_", name)[:50]
