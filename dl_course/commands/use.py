"""`dl-course evaluate`, `predict`, `generate`, `translate`: a trained run meets new examples."""

import itertools
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from dl_course import datasets
from dl_course.commands.run_folder import RunFolder
from dl_course.commands.tasks import task_of
from dl_course.errors import CourseError, DataError, TrainingError, argument_error
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


def predict(
    run: str | os.PathLike,
    *,
    images: Sequence[str | os.PathLike] = (),
    texts: Sequence[str] = (),
    sounds: Sequence[str | os.PathLike] = (),
    resize: bool = False,
    allow_custom_code: bool = False,
) -> Iterator[tuple[str, ...]]:
    """Says what a trained run makes of images, texts or sounds: whichever is given.

    Args:
        run: the run folder.
        images: image files, for a run of `train cnn`.
        texts: texts, for a run of `train text-classifier`.
        sounds: sound files, for a run of `train speech-classifier`.
        resize: bring images of another size or colour to the model's.
        allow_custom_code: load a model file that carries code.

    Yields:
        For each example the file or the text, the class and the probability; of a sound longer
        than the model's window, for each window, with the second at which it begins.

    Raises:
        CourseError: if the run or an example cannot be used, or not exactly one kind is given.
    """
    given = [
        name for name, what in (("IMAGE", images), ("--text", texts), ("--audio", sounds)) if what
    ]
    if len(given) != 1:
        raise CourseError(
            "`predict` must be given image files, --text or --audio, one of the three. "
            f"Received: {' and '.join(given) or 'none of them'}."
        )
    if resize and not images:
        raise argument_error("--resize", "given with images", True)
    folder = RunFolder(Path(run))
    if images:
        found = predict_images(folder, images, resize=resize, allow_custom_code=allow_custom_code)
        return ((path, label, f"{share:.4f}") for path, label, share in found)
    task = "text-classifier" if texts else "speech-classifier"
    check_task(folder.config(), task, given[0])

    from dl_course import inference

    reader = inference.load(folder.trained_model(), allow_custom_code=allow_custom_code)
    return _predict_texts(reader, texts) if texts else _predict_sounds(reader, sounds)


def _predict_texts(reader, texts: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for text, row in zip(texts, reader.predict(texts), strict=True):
        yield (text, reader.class_names[row.argmax()], f"{row.max():.4f}")


def _predict_sounds(reader, paths: Sequence[str | os.PathLike]) -> Iterator[tuple[str, ...]]:
    for path in paths:
        for start, row in reader.predict_file(path):
            label = reader.class_names[row.argmax()]
            yield (os.fspath(path), f"{start:.2f} s", label, f"{row.max():.4f}")


def generate(
    run: str | os.PathLike,
    prompt: str,
    length: int,
    temperature: float,
    seed: int,
    allow_custom_code: bool = False,
) -> Iterator[str]:
    """Writes on where a prompt ends, character by character, the prompt first.

    Raises:
        CourseError: if the run or an argument cannot be used.
    """
    reader = _reader(run, "text-generator", "generate", allow_custom_code)
    characters = reader.characters(prompt, length, temperature=temperature, seed=seed)
    return itertools.chain([prompt], characters)


def translate(
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
    reader = _reader(run, "translator", "translate", allow_custom_code)
    translations = reader.translate(sentences, beam=beam)
    if out is not None:
        from dl_course import plots

        try:
            source, target, weights = reader.attention(sentences[0], beam)
        except CourseError as error:
            error.add_note(f"The translations are: {' | '.join(translations)}")
            raise
        plots.save_figure(plots.plot_attention(source, target, weights), out)
    return translations


def _reader(run: str | os.PathLike, task: str, verb: str, allow_custom_code: bool):
    """Returns the trained model of a run, which must be of this task."""
    folder = RunFolder(Path(run))
    check_task(folder.config(), task, f"`{verb}`")

    from dl_course import inference

    return inference.load(folder.trained_model(), allow_custom_code=allow_custom_code)


def predict_images(
    folder: RunFolder,
    images: Sequence[str | os.PathLike],
    *,
    resize: bool = False,
    allow_custom_code: bool = False,
) -> list[tuple[str, str, float]]:
    """Says what a trained run sees in image files.

    Args:
        folder: the run folder.
        images: image files.
        resize: bring images of another size or colour to the model's.
        allow_custom_code: load a model file that carries code.

    Returns:
        For each image its path, the class and the probability.

    Raises:
        CourseError: if the run or an image cannot be used.
    """
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
