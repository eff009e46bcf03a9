"""`dl-course notebooks` and `dl-course lab`: the chapters as files of your own."""

import hashlib
import importlib.util
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from dl_course.errors import CourseError
from dl_course.files import notebooks_folder, write_bytes, write_json

# What was written, by name, so that a later version knows which notebooks were changed since.
_RECORD = ".dl_course.json"


def write_notebooks(folder: str | os.PathLike) -> list[str]:
    """Writes the chapters' notebooks to a folder, and never over one that was changed.

    A notebook that is still as it was written is brought up to date. One that was edited or run
    stays; where the course has a newer version, that is written beside it.

    Args:
        folder: made if it does not exist.

    Returns:
        One line for each notebook with a newer version beside it, and a summary.

    Raises:
        CourseError: `folder` is a file, or the course's own folder of notebooks.
        OSError: it cannot be written to.

    Example:
        >>> folder = getfixture("tmp_path")
        >>> write_notebooks(folder)[-1].split(":")[0] == str(folder)
        True
        >>> (folder / "00_start_here.ipynb").is_file()
        True
    """
    folder = Path(folder).expanduser()
    source = notebooks_folder()
    if folder.exists() and not folder.is_dir():
        raise CourseError(f"{folder}: expected a folder, found a file. Choose another folder.")
    if folder.resolve().is_relative_to(source.resolve()):
        raise CourseError(
            f"{folder}: these are the course's own notebooks, which an update replaces. "
            "Choose another folder, such as work."
        )
    written = _read_record(folder)
    lines, count, kept = [], 0, 0
    for notebook in sorted(source.glob("*.ipynb")):
        content = notebook.read_bytes()
        path = folder / notebook.name
        if path.is_file() and path.read_bytes() != content and not _is_as_written(path, written):
            kept += 1
            if written.get(path.name) == _digest(content):
                continue  # changed, and the course has nothing newer
            own, path = path, next(_free_names(path, written, content))
            lines.append(f"{own}: yours is kept; the course's newer version is {path.name}")
        if not path.is_file() or path.read_bytes() != content:
            write_bytes(path, content)
            count += 1
        written[path.name] = _digest(content)
    write_json(folder / _RECORD, written)
    changed = f" {kept} that you changed are kept." if kept else ""
    lines.append(f"{folder}: {count} notebooks written.{changed} Begin with 00_start_here.ipynb.")
    return lines


def open_lab(folder: str | os.PathLike) -> int:
    """Opens JupyterLab on a folder of notebooks and returns its exit code when it ends.

    Raises:
        CourseError: JupyterLab is not installed.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise CourseError("JupyterLab is not installed. Run: pip install jupyterlab ipywidgets")
    command = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={Path(folder).expanduser()}"]
    return subprocess.run(command, check=False).returncode


def _read_record(folder: Path) -> dict[str, str]:
    """Returns the digest of each notebook as it was written; without a record, none."""
    try:
        record = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _free_names(path: Path, written: dict[str, str], content: bytes) -> Iterator[Path]:
    """Yields names beside a changed notebook that can be written without losing anything."""
    for number in itertools.count(1):
        beside = path.with_name(f"{path.stem}.new{number if number > 1 else ''}.ipynb")
        if not beside.exists() or _is_as_written(beside, written) or beside.read_bytes() == content:
            yield beside


def _is_as_written(path: Path, written: dict[str, str]) -> bool:
    """Tells whether a notebook is still what the course wrote."""
    return written.get(path.name) == _digest(path.read_bytes())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
