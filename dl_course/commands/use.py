"""`dl-course evaluate` and `dl-course predict`: a trained run meets new examples."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dl_course import datasets
from dl_course.commands.run_folder import RunFolder
from dl_course.commands.tasks import task_of
from dl_course.errors import DataError, TrainingError
from dl_course.files import write_json


def evaluate(
    run: str | os.PathLike, data: str | None = None, *, allow_custom_code: bool = False
) -> tuple[dict, str]:
    """Measures a trained run on the test examples of a data set.

    Args:
        run: the run folder; `evaluation-NAME.json` is written into it.
        data: a data set's name or path; by default what the run was trained on.
        allow_custom_code: load a model file that carries code.

    Returns:
        A dict with "data", "examples" and the task's measures, and the measures in words.

    Raises:
        CourseError: if the run or the data cannot be used, or do not fit each other.
    """
    folder = RunFolder(Path(run))
    config = folder.config()
    task = task_of(config)
    if data is not None:
        task.arguments["data"] = data
    task.load()
    _check_same_classes(config, task.data)

    reader = task.load_reader(folder.trained_model(), allow_custom_code=allow_custom_code)
    measured = task.measure(reader)
    result = {"data": task.data.name, "examples": task.test_examples(), **measured}
    write_json(folder.file(f"evaluation-{_file_name(task.data.name)}.json"), result)
    return result, task.describe(measured)


def predict_images(
    run: str | os.PathLike,
    images: Sequence[str | os.PathLike],
    *,
    resize: bool = False,
    allow_custom_code: bool = False,
) -> list[tuple[str, str, float]]:
    """Says what a trained run sees in image files.

    Args:
        run: the run folder.
        images: image files.
        resize: bring images of another size or colour to the model's.
        allow_custom_code: load a model file that carries code.

    Returns:
        For each image its path, the class and the probability.

    Raises:
        CourseError: if the run or an image cannot be used.
    """
    folder = RunFolder(Path(run))
    config = folder.config()
    check_task(config, "cnn", "images")
    data = config["data"]
    shape = tuple(data["input_shape"])
    x = np.stack([datasets.read_image(path, shape, resize=resize) for path in images])

    from dl_course.models import load_model
    from dl_course.training import predict

    model = load_model(folder.trained_model(), allow_custom_code=allow_custom_code)
    probabilities = predict(model, x)
    if probabilities.shape[1] != len(data["class_names"]):
        raise DataError(
            f"{folder.trained_model()}: expected a model with {len(data['class_names'])} outputs, "
            f"one for each class of the run, received {probabilities.shape[1]}. "
            f"Put the run's own model back, or make it again: {folder.resume_command}"
        )
    best = probabilities.argmax(axis=1)
    return [
        (os.fspath(path), data["class_names"][k], float(row[k]))
        for path, row, k in zip(images, probabilities, best, strict=True)
    ]


def check_task(config: dict, name: str, what: str) -> None:
    """Raises a `TrainingError` unless a run is of the task that can use what was given."""
    if config["command"] != f"train {name}":
        raise TrainingError(
            f"`RUN` must be a run of dl-course train {name} to use {what}. "
            f"Received: a run of dl-course {config['command']}."
        )


def _check_same_classes(config: dict, dataset: datasets.Dataset) -> None:
    """Raises a `DataError` unless label k means the same as when the run was trained."""
    expected = tuple(config["data"].get("class_names", ()))
    received = getattr(dataset, "class_names", ())
    if received != expected:
        raise DataError(
            f"{dataset.name}: expected the classes that the run was trained on, "
            f"{_in_words(expected)}. Received: {_in_words(received)}. "
            "Choose data with the same classes."
        )


def _in_words(class_names: Sequence[str]) -> str:
    """Returns "3 classes (a, b, c)", with the first ten names."""
    shown = ", ".join(class_names[:10]) + (", ..." if len(class_names) > 10 else "")
    return f"{len(class_names)} classes ({shown})"


def _file_name(name: str) -> str:
    """Returns a data set's name as a part of a file name: your own file may have any name.

    Example:
        >>> _file_name("cats & dogs")
        'cats_dogs'
    """
    return re.sub(r"[^\w.-]+", "_", name)[:50]
