"""`dl-course train`: from a data set's name to a folder with a model, numbers and pictures."""

import contextlib
import dataclasses
import os
from pathlib import Path
from typing import Any

from dl_course import __version__, datasets
from dl_course.commands.runs.options import TaskOptions, options_of
from dl_course.commands.runs.run_folder import RunFolder
from dl_course.commands.runs.task import Task, check_same_data
from dl_course.commands.runs.tasks import owned_files, task_class, task_of
from dl_course.errors import CourseError, TrainingError
from dl_course.files import write_json, write_text


def train(
    name: str,
    out: str | os.PathLike,
    options: dict[str, Any],
    *,
    resume: bool = False,
    overwrite: bool = False,
) -> dict:
    """Trains a model and writes a run folder.

    Args:
        name: what to train, one of `task_names()`.
        out: the run folder.
        options: the task's options by name, see its `Options`; None stands for the default.
        resume: continue the run in `out`; options that are not given are the run's own.
        overwrite: replace the run in `out`.

    Returns:
        The contents of `metrics.json`, and "headline", the most telling measures in words.

    Raises:
        CourseError: if an option, the data or the folder cannot be used.

    Reference: D1 4.1, D1 4.2, D2 4.
    """
    folder = RunFolder(Path(out))
    folder.check(resume=resume, overwrite=overwrite)
    kind = task_class(name)
    given = {key: value for key, value in options.items() if value is not None}
    if "data" in given:
        given["data"] = _lasting(given["data"])
    task = kind(_resumed(folder, kind, given) if resume else kind.Options(**given))
    task.load()
    if resume:
        check_same_data(folder.config(), task, ", or start over with --overwrite")

    # From here on TensorFlow runs; a wrong name above was answered at once.
    from dl_course.backend import set_seed

    set_seed(task.options.seed)
    return _train(folder, task, task.build(), resume)


def _train(folder: RunFolder, task: Task, model: Any, resume: bool) -> dict:
    """Trains with the recorders on, keeps the folder up to date and finishes it."""
    from dl_course.commands.runs.recording import FolderWriter

    x, y = task.training_arrays()
    recorders = task.recorders(x, y)
    writer = FolderWriter(folder, _config(task), recorders, resume)
    try:
        run = task.fit(
            model,
            x,
            y,
            recorders=recorders,
            callbacks=[writer, *task.callbacks(folder.path)],
            checkpoint=folder.checkpoint,
            # A run that was killed in its first epoch has no checkpoint: it starts over.
            resume=resume and folder.checkpoint.is_file(),
        )
        if not writer.began:
            print("Training was already finished: numbers and pictures are made again.")
        return _finish(folder, task, run)
    except (KeyboardInterrupt, OSError, CourseError) as error:
        if writer.began:
            _leave(folder, error)
        elif resume and isinstance(error, TrainingError):  # the checkpoint is of no use
            error.add_note("To start over: --overwrite, with the run's options.")
        raise


def _finish(folder: RunFolder, task: Task, run: Any) -> dict:
    """Writes the tables, saves and measures the trained model, and draws the pictures."""
    from dl_course.commands.runs.figures import draw
    from dl_course.commands.runs.recording import recorded

    epochs = len(run.history["loss"])
    history = {"epoch": list(range(1, epochs + 1)), **run.history}
    tables = {"history": history, **recorded(run.recorders)}
    folder.write_tables(tables)
    reader = task.reader(run.model)
    reader.save(folder.file("model.keras"))  # first, as it was costly to train
    answers = task.answers(reader)
    measured = task.measure(reader, answers)
    metrics = {
        **{f"test_{key}": value for key, value in measured.items()},
        "train_seconds": run.train_seconds,
        "examples_per_second": run.examples_per_second,
        "parameters": run.model.count_params(),
        "epochs": epochs,
        "best_epoch": run.best_epoch,
        "settings": dataclasses.asdict(run.settings),
    }
    write_json(folder.file("metrics.json"), metrics)
    for name, text in task.texts(answers).items():
        write_text(folder.file(name), text)
    draw(folder, task, tables, reader, answers)
    return {**metrics, "headline": task.in_words(measured, task.in_headline)}


def _leave(folder: RunFolder, error: BaseException) -> None:
    """Adds to an error in mid-training how to continue; a run without an epoch leaves nothing."""
    if not folder.checkpoint.is_file():
        with contextlib.suppress(OSError):  # the first error is the one to report
            folder.remove(owned_files())
        error.add_note("No epoch was finished, so nothing is kept.")
    elif not isinstance(error, CourseError):  # a broken loss would break again
        error.add_note(f"Finished epochs are kept. Continue: {folder.resume_command}")


def _config(task: Task) -> dict:
    from dl_course.backend import device, versions

    return {
        "command": f"train {task.name()}",
        "arguments": task.options.given(),
        "data": task.data_record(),
        "device": dataclasses.asdict(device()),
        "versions": {"dl_course": __version__, **versions()},
    }


def _resumed(folder: RunFolder, kind: type[Task], given: dict[str, Any]) -> TaskOptions:
    """Returns the run's own options; a given one must not contradict them."""
    config = folder.config()
    if config["command"] != f"train {kind.name()}":
        raise TrainingError(
            f"{folder.path}: expected a run of dl-course train {kind.name()}, found one of "
            f"dl-course {config['command']}. Continue it: {folder.resume_command}"
        )
    began = task_of(config).options
    for option in options_of(kind.Options):
        value = given.get(option.name)
        own = getattr(began, option.name)
        if value is not None and value != own and option.words(value) != option.words(own):
            raise TrainingError(
                f"`{option.flag}` must be what the run began with, {option.words(own)}, to resume "
                f"it. Received: {option.flag}={value}. Leave it out, or start over with "
                "--overwrite."
            )
    return began


def _lasting(data: str) -> str:
    """Returns a path as an absolute one: the run is used from other folders, too."""
    if data in datasets.names() or not Path(data).expanduser().exists():
        return data
    return os.path.abspath(Path(data).expanduser())
