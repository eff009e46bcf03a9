"""Draws a run's pictures from its tables, its model and its test examples."""

from dl_course.commands.run_folder import RunFolder
from dl_course.commands.tasks import Task, task_of


def draw(folder: RunFolder, task: Task, reader) -> list[str]:
    """Draws every picture of a run into its `figures` folder.

    Args:
        folder: the run folder, with its tables.
        task: what was trained, its data loaded.
        reader: the trained model with its preprocessing, as the task reads it.

    Returns:
        The paths of the pictures.
    """
    from dl_course import plots

    # All is read and drawn before the first file is written: a damaged table changes no picture.
    pictures = task.pictures(folder, reader)
    for name, picture in pictures.items():
        plots.save_figure(picture, folder.figure(name))
    return [str(folder.figure(name)) for name in pictures]


def redraw(folder: RunFolder, *, allow_custom_code: bool = False) -> list[str]:
    """Draws a finished run's pictures again, after a change to the plots, say.

    Args:
        folder: the run folder.
        allow_custom_code: load a model file that carries code.

    Returns:
        The paths of the pictures.

    Raises:
        CourseError: if the run, its model or its data are not there.
    """
    from dl_course.commands.train import check_same_data

    task = task_of(folder.config())
    task.load()
    check_same_data(folder, task)
    reader = task.load_reader(folder.trained_model(), allow_custom_code=allow_custom_code)
    return draw(folder, task, reader)
