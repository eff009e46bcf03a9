"""`dl-course train`: from a data set's name to a folder with a model, numbers and pictures."""

import contextlib
import dataclasses
import os
from pathlib import Path
from typing import Any

from dl_course import __version__, datasets
from dl_course.commands.run_folder import RunFolder
from dl_course.commands.tasks import Task, task_class
from dl_course.errors import CourseError, TrainingError
from dl_course.files import write_json

# What `fit` is told as it stands; the other options are the task's.
_FIT_OPTIONS = ("epochs", "batch_size", "learning_rate", "patience", "seed")


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
        name: what to train: "cnn", "text-classifier", "text-generator", "translator" or
            "speech-classifier".
        out: the run folder.
        options: the task's options by name, those of its class and "epochs", "batch_size",
            "learning_rate", "patience" and "seed"; None stands for the default.
        resume: go on with the run in `out`; options left out are the run's own.
        overwrite: replace the run in `out`.

    Returns:
        The contents of `metrics.json`, and "headline", the most telling number in words.

    Raises:
        CourseError: if an option, the data or the folder cannot be used.

    Reference: D1 4.1, D1 4.2, D2 4.
    """
    folder = RunFolder(Path(out))
    folder.check(resume=resume, overwrite=overwrite)
    task_type = task_class(name)
    given = {**options, "data": _lasting(options.get("data"))}
    if resume:
        arguments = _resumed(folder, task_type, given)
    else:
        arguments = {**task_type.defaults, **_without_none(given)}
    task = task_type(arguments)
    task.load()
    if resume:
        check_same_data(folder, task)

    # From here on TensorFlow runs; a wrong name above was answered at once.
    from dl_course.backend import set_seed

    set_seed(arguments["seed"])
    return _train(folder, task, task.build(), resume)


def _train(folder: RunFolder, task: Task, model, resume: bool) -> dict:
    """Trains with the watchers on a fixed probe, keeps the folder up to date and finishes it."""
    from dl_course.commands.recording import FolderWriter
    from dl_course.training import fit

    x, y = task.training_arrays()
    recorders = task.recorders(x, y)
    writer = FolderWriter(folder, _config(task), recorders, resume)
    options = {key: task.arguments[key] for key in _FIT_OPTIONS if key in task.arguments}
    try:
        run = fit(
            model,
            ((x, y), None),
            recipe=task.recipe(),
            **options,
            recorders=recorders,
            callbacks=[writer, *task.callbacks(folder)],
            checkpoint=folder.checkpoint,
            # A run that was killed in its first epoch has no checkpoint: it begins again.
            resume=resume and folder.checkpoint.is_file(),
        )
        if not writer.began:
            print("Training was finished already: numbers and pictures are made anew.")
        return _finish(folder, task, run)
    except (KeyboardInterrupt, OSError, CourseError) as error:
        if writer.began:
            _leave(folder, error)
        raise


def _finish(folder: RunFolder, task: Task, run) -> dict:
    """Writes the tables, measures and saves the trained model, and draws the pictures."""
    from dl_course.commands.figures import draw
    from dl_course.commands.recording import write_history, write_records

    write_history(folder, run.history)
    write_records(folder, run.recorders)
    reader = task.reader(run.model)
    task.save(reader, folder.file("model.keras"))  # first of all: it took the time
    measured = task.measure(reader)
    metrics = {
        **{f"test_{key}": value for key, value in measured.items()},
        "train_seconds": run.train_seconds,
        "examples_per_second": run.examples_per_second,
        "parameters": run.model.count_params(),
        "epochs": len(run.history["loss"]),
        "best_epoch": run.best_epoch,
        "settings": dataclasses.asdict(run.settings),
    }
    write_json(folder.file("metrics.json"), metrics)
    draw(folder, task, reader)
    return {**metrics, "headline": task.headline(measured)}


def _leave(folder: RunFolder, error: BaseException) -> None:
    """Says with an error in mid-training how to go on; a run without an epoch leaves nothing."""
    if not folder.checkpoint.is_file():
        with contextlib.suppress(OSError):  # the first error is the one to tell
            folder.remove()
        error.add_note("No epoch was finished, so nothing is kept.")
    elif not isinstance(error, CourseError):  # a broken loss would break again
        error.add_note(f"Finished epochs are kept. Go on: {folder.resume_command}")


def _config(task: Task) -> dict:
    from dl_course.backend import device, versions

    return {
        "command": f"train {task.name}",
        "arguments": task.arguments,
        "data": task.data_record(),
        "device": dataclasses.asdict(device()),
        "versions": {"dl_course": __version__, **versions()},
    }


def _resumed(folder: RunFolder, task_type: type[Task], given: dict) -> dict:
    """Returns the run's own arguments; a given one must not contradict them."""
    config = folder.config()
    if config["command"] != f"train {task_type.name}":
        raise TrainingError(
            f"{folder.path}: expected a run of dl-course train {task_type.name}, found one of "
            f"dl-course {config['command']}. Go on with it: {folder.resume_command}"
        )
    arguments = config["arguments"]
    for key, value in _without_none(given).items():
        if value != arguments.get(key):
            option = "--" + key.replace("_", "-")
            began = arguments.get(key, "the recipe's own")
            raise TrainingError(
                f"`{option}` must be what the run began with, {began}, to resume it. "
                f"Received: {option}={value}. Leave it out, or start anew with --overwrite."
            )
    return arguments


def check_same_data(folder: RunFolder, task: Task) -> None:
    """Raises a `TrainingError` unless a task's data are those that the run was trained on."""
    expected, received = folder.config()["data"]["checksum"], task.data.checksum
    if received != expected:
        raise TrainingError(
            f"{task.data.name}: expected the data that the run began with, checksum {expected}. "
            f"Received: checksum {received}. Put the old data back, or start anew with "
            "--overwrite."
        )


def _lasting(data: str | None) -> str | None:
    """Returns a path as an absolute one: the run is looked at from other folders, too."""
    if data is None or data in datasets.names() or not Path(data).expanduser().exists():
        return data
    return os.path.abspath(Path(data).expanduser())


def _without_none(values: dict) -> dict:
    return {key: value for key, value in values.items() if value is not None}
