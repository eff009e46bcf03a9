"""What can be trained from the command line, by the word after `dl-course train`."""

import importlib

from dl_course.commands.tasks.task import Task
from dl_course.errors import TrainingError

# One module and class for each; looked up late, so that a verb reads only its own.
_CLASSES = {
    "cnn": ("cnn", "Cnn"),
    "text-classifier": ("text_classifier", "TextClassification"),
    "text-generator": ("text_generator", "TextGeneration"),
    "translator": ("translator", "Translation"),
    "speech-classifier": ("speech_classifier", "SpeechClassification"),
}


def task_class(name: str) -> type[Task]:
    """Returns the class of a task.

    Args:
        name: the word after `dl-course train`.

    Raises:
        TrainingError: there is no such task.

    Example:
        >>> task_class("cnn").__name__
        'Cnn'
    """
    if name not in _CLASSES:
        raise TrainingError(
            f"expected a run of one of {', '.join(_CLASSES)}, received {name!r}. "
            "Give a folder that this version of dl-course has written."
        )
    module, class_name = _CLASSES[name]
    return getattr(importlib.import_module(f"dl_course.commands.tasks.{module}"), class_name)


def task_of(config: dict) -> Task:
    """Returns the task that a run's config.json describes, with its arguments; nothing loaded.

    Example:
        >>> task_of({"command": "train cnn", "arguments": {"data": "digits"}}).name
        'cnn'
    """
    return task_class(config["command"].removeprefix("train "))(dict(config["arguments"]))
