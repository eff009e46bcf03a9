"""`dl-course train cnn`: from a data set's name to a folder with a model, numbers and pictures."""

import contextlib
import dataclasses
import os
from pathlib import Path

from dl_course import __version__, datasets
from dl_course.commands.run_folder import RunFolder
from dl_course.errors import CourseError, DataError, TrainingError
from dl_course.files import atomic_path, write_json

_DEFAULTS = {"data": "digits", "recipe": "fast", "hidden_units": 128, "seed": 0}
_PROBE = 64


def train_cnn(
    out: str | os.PathLike,
    *,
    data: str | None = None,
    recipe: str | None = None,
    epochs: int | None = None,
    batch_size: int | None = None,
    learning_rate: float | None = None,
    hidden_units: int | None = None,
    patience: int | None = None,
    seed: int | None = None,
    resume: bool = False,
    overwrite: bool = False,
) -> dict:
    """Trains the documents' CNN and writes a run folder.

    Args:
        out: the run folder.
        data: a data set's name, an .npz file or a folder of images; "digits" by default.
        recipe: "fast" by default, or "document".
        epochs: instead of the recipe's.
        batch_size: instead of the recipe's.
        learning_rate: instead of the recipe's.
        hidden_units: of the dense layer: 128 by default (D1 4.1), or 64 (D2 4).
        patience: epochs without a better validation loss after which to stop.
        seed: of the weights, the split and the order; 0 by default.
        resume: go on with the run in `out`; arguments left out are the run's own.
        overwrite: replace the run in `out`.

    Returns:
        The contents of `metrics.json`.

    Raises:
        CourseError: if an argument, the data or the folder cannot be used.

    Reference: D1 4.1, D2 4.
    """
    folder = RunFolder(Path(out))
    folder.check(resume=resume, overwrite=overwrite)
    given = {
        "data": _lasting(data),
        "recipe": recipe,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "hidden_units": hidden_units,
        "patience": patience,
        "seed": seed,
    }
    arguments = _resumed(folder, given) if resume else {**_DEFAULTS, **_without_none(given)}
    dataset = datasets.load(arguments["data"])
    if len(dataset.input_shape) != 3:
        raise DataError(
            f"{dataset.name}: expected images of shape (height, width, channels). Received: "
            f"examples of shape {dataset.input_shape}. Choose images, such as digits."
        )
    if resume:
        check_same_data(folder, dataset)

    # From here on TensorFlow runs; a wrong name above was answered at once.
    from dl_course.backend import set_seed
    from dl_course.models import build_cnn

    set_seed(arguments["seed"])
    model = build_cnn(
        dataset.input_shape, dataset.num_classes, hidden_units=arguments["hidden_units"]
    )
    return _train(folder, model, dataset, arguments, resume)


def _train(folder, model, dataset, arguments, resume) -> dict:
    """Trains with both watchers on a fixed probe, keeps the folder up to date and finishes it."""
    from dl_course.commands.recording import FolderWriter
    from dl_course.diagnostics import ActivationFlow, GradientFlow
    from dl_course.training import fit

    probe_x, probe_y = dataset.x_train[:_PROBE], dataset.y_train[:_PROBE]
    recorders = [GradientFlow(probe_x, probe_y), ActivationFlow(probe_x)]
    writer = FolderWriter(folder, _config(arguments, dataset), recorders, resume)
    try:
        run = fit(
            model,
            dataset,
            **{k: value for k, value in arguments.items() if k not in ("data", "hidden_units")},
            recorders=recorders,
            callbacks=[writer],
            checkpoint=folder.checkpoint,
            # A run that was killed in its first epoch has no checkpoint: it begins again.
            resume=resume and folder.checkpoint.is_file(),
        )
        if not writer.began:
            print("Training was finished already: numbers and pictures are made anew.")
        return _finish(folder, run, dataset)
    except (KeyboardInterrupt, OSError, CourseError) as error:
        if writer.began:
            _leave(folder, error)
        raise


def _finish(folder, run, dataset) -> dict:
    """Writes the tables, measures and saves the trained model, and draws the pictures."""
    from dl_course.commands.figures import draw
    from dl_course.commands.recording import write_history
    from dl_course.training import predict, scores

    write_history(folder, run.history)
    for recorder in run.recorders:
        recorder.to_csv(folder.file(f"{recorder.name}.csv"))
    tested = scores(dataset.y_test, predict(run.model, dataset.x_test))
    metrics = {
        "test_accuracy": tested["accuracy"],
        "test_loss": tested["loss"],
        "train_seconds": run.train_seconds,
        "examples_per_second": run.examples_per_second,
        "parameters": run.model.count_params(),
        "epochs": len(run.history["loss"]),
        "best_epoch": run.best_epoch,
        "settings": dataclasses.asdict(run.settings),
    }
    with atomic_path(folder.file("model.keras")) as beside:
        run.model.save(beside)
    write_json(folder.file("metrics.json"), metrics)
    draw(folder, run.model, dataset)
    return metrics


def _leave(folder: RunFolder, error: BaseException) -> None:
    """Says with an error in mid-training how to go on; a run without an epoch leaves nothing."""
    if not folder.checkpoint.is_file():
        with contextlib.suppress(OSError):  # the first error is the one to tell
            folder.remove()
        error.add_note("No epoch was finished, so nothing is kept.")
    elif not isinstance(error, CourseError):  # a broken loss would break again
        error.add_note(f"Finished epochs are kept. Go on: {folder.resume_command}")


def _config(arguments: dict, dataset: datasets.Dataset) -> dict:
    from dl_course.backend import device, versions

    return {
        "command": "train cnn",
        "arguments": arguments,
        "data": {
            "name": dataset.name,
            "checksum": dataset.checksum,
            "class_names": list(dataset.class_names),
            "input_shape": list(dataset.input_shape),
        },
        "device": dataclasses.asdict(device()),
        "versions": {"dl_course": __version__, **versions()},
    }


def _resumed(folder: RunFolder, given: dict) -> dict:
    """Returns the run's own arguments; a given one must not contradict them."""
    arguments = folder.config()["arguments"]
    for key, value in _without_none(given).items():
        if value != arguments.get(key):
            option = "--" + key.replace("_", "-")
            began = arguments.get(key, "the recipe's own")
            raise TrainingError(
                f"`{option}` must be what the run began with, {began}, to resume it. "
                f"Received: {option}={value}. Leave it out, or start anew with --overwrite."
            )
    return arguments


def check_same_data(folder: RunFolder, dataset: datasets.Dataset) -> None:
    """Raises a `TrainingError` unless a data set is the one that the run was trained on."""
    expected = folder.config()["data"]["checksum"]
    if dataset.checksum != expected:
        raise TrainingError(
            f"{dataset.name}: expected the data that the run began with, checksum {expected}. "
            f"Received: checksum {dataset.checksum}. Put the old data back, or start anew with "
            "--overwrite."
        )


def _lasting(data: str | None) -> str | None:
    """Returns a path as an absolute one: the run is looked at from other folders, too."""
    if data is None or data in datasets.names() or not Path(data).expanduser().exists():
        return data
    return os.path.abspath(Path(data).expanduser())


def _without_none(values: dict) -> dict:
    return {key: value for key, value in values.items() if value is not None}
