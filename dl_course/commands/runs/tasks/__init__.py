"""What can be trained: a module for each word after `dl-course train`."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

from dl_course.errors import CourseError, TrainingError

if TYPE_CHECKING:
    from dl_course.commands.runs.task import Reads, Task


def task_names() -> list[str]:
    """Returns the words after `dl-course train`, without importing any task.

    Example:
        >>> "text-classifier" in task_names()
        True
    """
    modules = [module.name for module in pkgutil.iter_modules(__path__)]
    return [name.replace("_", "-") for name in modules if not name.startswith("_")]


def task_class(name: str) -> type[Task]:
    """Returns the class of a task.

    Args:
        name: the word after `dl-course train`.

    Raises:
        CourseError: there is no such task, or its module does not declare exactly one.

    Example:
        >>> task_class("cnn").learns
        'images'
    """
    from dl_course.commands.runs.task import Task

    if name not in task_names():
        raise TrainingError(
            f"expected a run of one of {', '.join(task_names())}, received {name!r}. "
            "Pass a folder that this version of dl-course has written."
        )
    module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
    declared = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Task)
        and value is not Task
        and value.__module__ == module.__name__
    ]
    if len(declared) != 1:
        found = ", ".join(value.__name__ for value in declared) or "none"
        raise CourseError(
            f"{module.__file__}: expected one subclass of Task. Received: {found}. "
            "Give each task a module of its own."
        )
    return declared[0]


def task_of(config: dict) -> Task:
    """Returns the task that a run's config.json describes, with its options; nothing loaded.

    Example:
        >>> config = {"command": "train cnn", "arguments": {"data": "digits"}}
        >>> task_of(config).options.hidden_units
        128
    """
    task = task_class(config["command"].removeprefix("train "))
    return task(task.Options.from_config(config["arguments"]))


def predict_reads() -> dict[str, Reads]:
    """Returns what `dl-course predict` takes, by the argument or option that takes it.

    Raises:
        CourseError: two tasks declare one option differently.

    Example:
        >>> predict_reads()["--text"].help
        'A text. May be repeated.'
    """
    found: dict[str, Reads] = {}
    for name in task_names():
        verb, _, flag = task_class(name).use.partition(" ")
        reads = task_class(name).reads if verb == "predict" else None
        if reads and found.setdefault(flag, reads) != reads:
            raise CourseError(
                f"The tasks declare {flag} of `predict` differently; {name} is one of them. "
                "Let it take `reads` from the other task."
            )
    return found


def owned_files() -> list[str]:
    """Returns the files that some task writes into a run folder, by their paths in it.

    Example:
        >>> "figures/confusion_matrix.png" in owned_files()
        True
    """
    bases = {base for name in task_names() for base in task_class(name).__mro__}
    files = {file for base in bases for file in vars(base).get("files", ())}
    figures = {name for base in bases for name in vars(base).get("figures", ())}
    return sorted(files) + sorted(f"figures/{name}.png" for name in figures)
