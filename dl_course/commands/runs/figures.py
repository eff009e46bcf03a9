"""Draws a run's pictures from its tables, its model and its test examples."""

from typing import Any

from dl_course.commands.runs.run_folder import RunFolder
from dl_course.commands.runs.task import RECORDS, Task, check_same_data
from dl_course.commands.runs.tasks import owned_files, task_of
from dl_course.errors import CourseError
from dl_course.tables import read_table


def draw(folder: RunFolder, task: Task, tables: dict, reader: Any, answers: Any) -> list[str]:
    """Draws every picture of a run into its `figures` folder and returns their paths.

    Args:
        folder: the run folder.
        task: what was trained, its data loaded.
        tables: "history" and the recorders' tables, by name.
        reader: the trained model with its preprocessing.
        answers: what it says about the test examples, see `Task.answers`.
    """
    from dl_course import plots

    # All are drawn before the first is written: a damaged table changes no picture.
    pictures = task.pictures(tables, reader, answers)
    own = owned_files()
    if unlisted := [name for name in pictures if f"figures/{name}.png" not in own]:
        raise CourseError(
            f"`{type(task).__name__}.figures` must list every picture that the task draws, so that "
            f"--overwrite removes them. Missing: {', '.join(unlisted)}."
        )
    for name, picture in pictures.items():
        plots.save_figure(picture, folder.figure(name))
    return [str(folder.figure(name)) for name in pictures]


def redraw(folder: RunFolder, *, allow_custom_code: bool = False) -> list[str]:
    """Draws a finished run's pictures again, say after a change to the plots.

    Args:
        folder: the run folder.
        allow_custom_code: load a model file that carries code.

    Returns:
        The paths of the pictures.

    Raises:
        CourseError: if the run, its model or its data cannot be used.
    """
    config = folder.config()
    task = task_of(config)
    task.load()
    check_same_data(config, task)
    reader = folder.reader(allow_custom_code=allow_custom_code)
    files = {name: folder.file(f"{name}.csv") for name in ("history", *RECORDS)}
    tables = {
        name: read_table(file)
        for name, file in files.items()
        if RECORDS.get(name, True) or file.is_file()
    }
    return draw(folder, task, tables, reader, task.answers(reader))
