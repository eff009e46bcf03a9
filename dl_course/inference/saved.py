"""Trained models with their preprocessing: one file, read again in another process."""

import contextlib
import importlib
import os
from collections.abc import Iterator
from typing import Any

from dl_course.backend import keras
from dl_course.errors import DataError
from dl_course.models import load_model, load_preprocessing, save_model

_CLASSES = {
    "text classifier": ("text_classifier", "TextClassifier"),
    "text generator": ("text_generator", "TextGenerator"),
    "translator": ("translator", "Translator"),
    "speech classifier": ("speech_classifier", "SpeechClassifier"),
}


def load(path: str | os.PathLike, *, allow_custom_code: bool = False):
    """Loads a trained model with its preprocessing: raw text or sound in, answers out.

    Args:
        path: a `.keras` file that one of this room's classes has saved.
        allow_custom_code: load a file that carries code, see `load_model`.

    Returns:
        A `TextClassifier`, `TextGenerator`, `Translator` or `SpeechClassifier`.

    Raises:
        DataError: the file is missing or damaged, or holds something else.

    Example:
        >>> load("none.keras")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        dl_course.errors.DataError: none.keras: expected a .keras file, found none. ...
    """
    task = load_preprocessing(path).get("task")
    if not isinstance(task, str) or task not in _CLASSES:
        raise DataError(
            f"{path}: expected a {', '.join(_CLASSES)}; received a model for {task!r}. "
            "Train one: dl-course train."
        )
    module, name = _CLASSES[task]
    class_ = getattr(importlib.import_module(f"dl_course.inference.{module}"), name)
    return class_.load(path, allow_custom_code=allow_custom_code)


def save_parts(path: str | os.PathLike, model: keras.Model, task: str, parts: dict) -> None:
    """Writes a model, the name of what it does, and its preprocessing to one file.

    Args:
        path: the file, ending in `.keras`.
        model: the trained model.
        task: such as "text classifier".
        parts: the preprocessing, in what JSON can hold.
    """
    save_model(model, path, {"task": task, **parts})


@contextlib.contextmanager
def fitting(path: str | os.PathLike) -> Iterator[None]:
    """Turns what goes wrong when a model is put together with its preprocessing into an error.

    Example:
        >>> with fitting("model.keras"):  # doctest: +ELLIPSIS
        ...     {}["class_names"]
        Traceback (most recent call last):
        ...
        dl_course.errors.DataError: model.keras: the preprocessing is damaged or does not fit ...
    """
    try:
        yield
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"{path}: the preprocessing is damaged or does not fit its model ({error}). "
            "Train again, or copy the file anew."
        ) from None


def load_parts(
    path: str | os.PathLike, task: str, *, allow_custom_code: bool = False
) -> tuple[keras.Model, dict[str, Any]]:
    """Returns what `save_parts` has written for this task.

    Raises:
        DataError: the file is missing or damaged, or does something else.
    """
    parts = load_preprocessing(path)
    if parts.get("task") != task:
        raise DataError(
            f"{path}: expected a {task}, received a {parts.get('task')}. "
            "Use the command or the class that fits it."
        )
    return load_model(path, allow_custom_code=allow_custom_code), parts
