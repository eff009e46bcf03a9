"""Finds the masters, and writes the notebooks for students."""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from dl_course.assignments.masters.authoring import run_master
from dl_course.assignments.masters.master import (
    BEGIN_SOLUTION,
    Master,
    read_master,
    student_notebook,
)
from dl_course.assignments.masters.public import pack_cases
from dl_course.errors import DataError, argument_error
from dl_course.files import masters_folder, write_text

MASTERS = masters_folder()


def find_masters(folder: str | os.PathLike = MASTERS) -> dict[str, Path]:
    """Returns the masters in a folder, by name.

    Raises:
        DataError: if there are none.

    Example:
        >>> "06_convolution_variations" in find_masters()
        True
    """
    paths = sorted(Path(folder).glob("*.ipynb"))
    if not paths:
        raise DataError(
            f"{folder}: expected master notebooks, found none. Pass `--masters` with the folder "
            "that holds yours, or leave it out for those of the course."
        )
    return {path.stem: path for path in paths}


def masters_named(names: Iterable[str], folder: str | os.PathLike = MASTERS) -> list[Master]:
    """Returns the masters with these names, read.

    Raises:
        CourseError: if a name is unknown; the message lists those that exist.
    """
    paths = find_masters(folder)
    for name in names:
        if name not in paths:
            hint = f"There are: {', '.join(paths)}."
            raise argument_error("NAME", "the name of an assignment", name, hint)
    return [read_master(paths[name]) for name in names]


def free_path(master: Master, out: str | os.PathLike, *, overwrite: bool = False) -> Path:
    """Returns where a master's notebook for students goes.

    Raises:
        DataError: if that file is a master, or exists and may not be overwritten.
    """
    path = Path(out) / f"{master.name}.ipynb"
    if path.exists() and BEGIN_SOLUTION in path.read_text("utf-8", errors="replace"):
        raise DataError(f"{path}: is a master, with its solutions. Release to another folder.")
    if path.exists() and not overwrite:
        raise DataError(
            f"{path}: exists already, and may hold answers. Pass --overwrite to replace it."
        )
    return path


def release_master(master: Master, out: str | os.PathLike, *, overwrite: bool = False) -> Path:
    """Writes a master's notebook for students: stubs, and the public cases packed.

    Args:
        master: the master; its code is run.
        out: the folder to write to.
        overwrite: whether to replace an existing notebook, which may hold answers.

    Returns:
        The notebook's path.

    Raises:
        DataError: if the notebook exists already, or the master's code raises.

    Example:
        >>> master = read_master(find_masters()["06_convolution_variations"])
        >>> path = release_master(master, getfixture("tmp_path"))
        >>> "BEGIN SOLUTION" in path.read_text()
        False
    """
    path = free_path(master, out, overwrite=overwrite)
    packed = pack_cases({name: cases.public for name, cases in run_master(master).items()})
    notebook = student_notebook(master, packed)
    write_text(path, json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")
    return path
