"""What every trained model with its preprocessing has: a name, and a file that holds it all."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from dl_course.backend import keras
from dl_course.errors import CourseError, DataError, argument_error
from dl_course.models import load_model, load_preprocessing, save_model


class Reader:
    """A trained model with its preprocessing: raw examples in, answers out.

    A subclass says what it is called and what its preprocessing consists of; `load` finds it by
    that name in a file, once this `__init__` imports it. One that `dl-course predict` uses has a
    method `rows`: for each example the cells of a line to print.

    Attributes:
        name: what a saved file calls it, such as "text classifier".
        model: the trained model.

    Example:
        >>> from dl_course.inference import ImageClassifier
        >>> issubclass(ImageClassifier, Reader), ImageClassifier.name
        (True, 'image classifier')
    """

    name: ClassVar[str]
    model: keras.Model

    def parts(self) -> dict[str, Any]:
        """Returns the preprocessing, in what JSON can hold."""
        raise NotImplementedError

    @classmethod
    def from_parts(cls, model: keras.Model, parts: dict[str, Any]) -> Self:
        """Returns a reader made of a model and what `parts` returned."""
        raise NotImplementedError

    def save(self, path: str | os.PathLike) -> None:
        """Writes model and preprocessing to one `.keras` file, which plain Keras reads too."""
        save_model(self.model, path, {"task": self.name, **self.parts()})

    @classmethod
    def load(cls, path: str | os.PathLike, *, allow_custom_code: bool = False) -> Self:
        """Reads what `save` has written.

        Raises:
            DataError: the file is missing or damaged, or holds something else.
        """
        parts = load_preprocessing(path)
        if parts.get("task") != cls.name:
            raise DataError(
                f"{path}: expected a {cls.name}, received a {parts.get('task')}. "
                "Use the command or the class that fits it."
            )
        model = load_model(path, allow_custom_code=allow_custom_code)
        try:
            return cls.from_parts(model, parts)
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(
                f"{path}: the preprocessing is damaged or does not fit its model ({error}). "
                "Train again, or copy the file again."
            ) from None


def load(path: str | os.PathLike, *, allow_custom_code: bool = False) -> Reader:
    """Loads a trained model with its preprocessing: a raw image, text or sound in, answers out.

    Args:
        path: a `.keras` file that one of the classes here has saved.
        allow_custom_code: load a file that carries code, see `load_model`.

    Returns:
        Whichever of this room's readers the file holds, such as an `ImageClassifier`.

    Raises:
        DataError: the file is missing or damaged, or holds something else.

    Example:
        >>> load("none.keras")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        dl_course.errors.DataError: none.keras: expected a .keras file, found none. ...
    """
    readers = _readers()
    name = load_preprocessing(path).get("task")
    if not isinstance(name, str) or name not in readers:
        raise DataError(
            f"{path}: expected a {', '.join(readers)}. Received: a model for {name!r}. "
            "Train one: dl-course train."
        )
    return readers[name].load(path, allow_custom_code=allow_custom_code)


def check_class_names(model: keras.Model, class_names: Iterable[str]) -> tuple[str, ...]:
    """Returns the names of a classifier's classes, one for each output of its model."""
    names = tuple(class_names)
    if len(names) != model.output_shape[-1]:
        expected = f"{model.output_shape[-1]} names, one for each output of the model"
        raise argument_error("class_names", expected, names)
    return names


def _readers() -> dict[str, type[Reader]]:
    """Returns every reader by its name."""
    found: dict[str, type[Reader]] = {}
    for kind in Reader.__subclasses__():
        if kind.name in found:
            classes = f"{found[kind.name].__qualname__} and {kind.__qualname__}"
            raise CourseError(
                f"Two readers are named {kind.name!r}: {classes}. Rename one of them."
            )
        found[kind.name] = kind
    return found
