"""Files that are either whole or absent: written beside, then renamed."""

import contextlib
import json
import os
import tempfile
from collections.abc import Generator
from pathlib import Path


@contextlib.contextmanager
def atomic_path(path: str | os.PathLike) -> Generator[Path]:
    """Gives a temporary path beside `path` and renames it when the block succeeds.

    A reader sees the old file or the new one, never a part of it, even after a power cut or a
    kill. The temporary name keeps the suffix, from which many writers choose the format.

    Args:
        path: the file to write; its folder is made if needed.

    Yields:
        The temporary path to write to.

    Example:
        >>> folder = getfixture("tmp_path")
        >>> with atomic_path(folder / "a.txt") as beside:
        ...     _ = beside.write_text("whole")
        >>> [p.name for p in folder.iterdir()]
        ['a.txt']
    """
    path = Path(path)
    with _named_after(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".part-", suffix=path.suffix, dir=path.parent)
        os.close(handle)
        beside = Path(name)
        try:
            yield beside
            with beside.open("rb+") as file:
                os.fsync(file.fileno())
            beside.chmod(0o666 & ~_umask())
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)


@contextlib.contextmanager
def _named_after(path: Path) -> Generator[None]:
    """Puts the name of the file into the error of a failed write.

    A full disk names no file, or the temporary one.
    """
    try:
        yield
    except OSError as error:
        if error.filename is None or f"{os.sep}.part-" in str(error.filename):
            error.filename = os.fspath(path)
        raise


def write_bytes(path: str | os.PathLike, content: bytes) -> None:
    """Writes bytes to `path`, whole or not at all.

    Example:
        >>> path = getfixture("tmp_path") / "note.bin"
        >>> write_bytes(path, b"hello")
        >>> path.read_bytes()
        b'hello'
    """
    with atomic_path(path) as beside:
        beside.write_bytes(content)


def write_text(path: str | os.PathLike, text: str) -> None:
    """Writes UTF-8 text to `path`, whole or not at all.

    Example:
        >>> path = getfixture("tmp_path") / "note.txt"
        >>> write_text(path, "hello")
        >>> path.read_text()
        'hello'
    """
    with atomic_path(path) as beside:
        # A file name may contain bytes that are not text; JSON escapes read back as such.
        beside.write_text(text, encoding="utf-8", errors="backslashreplace")


def write_json(path: str | os.PathLike, value: object) -> None:
    """Writes `value` as indented JSON to `path`, whole or not at all.

    Example:
        >>> path = getfixture("tmp_path") / "metrics.json"
        >>> write_json(path, {"test_accuracy": 0.98})
        >>> print(path.read_text().strip())
        {
          "test_accuracy": 0.98
        }
    """
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def _umask() -> int:
    """Returns the process's umask: `mkstemp` makes private files, ours are ordinary ones."""
    current = os.umask(0)
    os.umask(current)
    return current


def notebooks_folder() -> Path:
    """Returns the folder of the course's notebooks: the checkout's, else the package's own copy.

    Example:
        >>> (notebooks_folder() / "00_start_here.ipynb").is_file()
        True
    """
    package = Path(__file__).resolve().parent
    checkout = package.parent / "notebooks"
    return checkout if (checkout / "00_start_here.ipynb").is_file() else package / "_notebooks"


def masters_folder() -> Path:
    """Returns the folder of the course's masters of the assignments.

    Example:
        >>> (masters_folder() / "06_convolution_variations.ipynb").is_file()
        True
    """
    return notebooks_folder() / "assignments"
