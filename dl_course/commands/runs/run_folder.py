"""The folder that a training run leaves behind, and how it is read again."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dl_course.errors import DataError, TrainingError, argument_error
from dl_course.files import write_json
from dl_course.tables import write_table

if TYPE_CHECKING:
    from dl_course.inference import Reader

_CONFIG = "config.json"
_NEEDED = {"arguments": {"data", "seed"}, "data": {"name", "checksum"}}


@dataclasses.dataclass(frozen=True)
class RunFolder:
    """The files of one run, by name.

    Args:
        path: the folder.

    Example:
        >>> RunFolder(Path("runs/x")).figure("loss").as_posix()
        'runs/x/figures/loss.png'
    """

    path: Path

    def file(self, name: str) -> Path:
        """Returns the path of one of the run's files."""
        return self.path / name

    def figure(self, name: str) -> Path:
        """Returns the path of one of the run's pictures."""
        return self.path / "figures" / f"{name}.png"

    @property
    def checkpoint(self) -> Path:
        """The state after the last finished epoch, if there is one."""
        return self.file("checkpoint.npz")

    @property
    def resume_command(self) -> str:
        """The command that continues the run."""
        place = shlex.quote(os.fspath(self.path))
        return f"dl-course {self.config()['command']} --out {place} --resume"

    def config(self, fitting: Sequence[str] = ("cnn",)) -> dict:
        """Returns what the run was started with.

        Args:
            fitting: what to train to get such a run, for the error.

        Raises:
            TrainingError: if this is not a run folder.
        """
        path = self.file(_CONFIG)
        try:
            config = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            place = shlex.quote(os.fspath(self.path))
            commands = [f"dl-course train {name} --out {place}" for name in fitting]
            raise TrainingError(
                f"{self.path}: expected a run folder with a config.json, found none. "
                f"Train one: {' or '.join(commands)}"
            ) from None
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise TrainingError(
                f"{path}: expected JSON, received a damaged file ({error}). Train again."
            ) from None
        if not _is_config(config):
            raise TrainingError(
                f"{path}: expected the config.json of a run, received something else. "
                "Pass a folder that dl-course train has written."
            )
        return config

    def reader(self, *, allow_custom_code: bool = False) -> Reader:
        """Returns the trained model with its preprocessing.

        Raises:
            CourseError: if the run is not finished, or its model cannot be used.
        """
        path = self.file("model.keras")
        if not path.is_file():
            raise TrainingError(
                f"{self.path}: expected a finished run, found one without model.keras. "
                f"Finish it: {self.resume_command}"
            )

        from dl_course import inference

        try:
            return inference.load(path, allow_custom_code=allow_custom_code)
        except DataError as error:
            # An older version saved images' models alone, and checkpoints that do not resume.
            error.add_note(
                f"To make it again from the checkpoint: {self.resume_command} If an older version "
                "trained it, train again with --overwrite."
            )
            raise

    def write_tables(self, tables: Mapping[str, Mapping[str, Any]]) -> None:
        """Writes tables as `NAME.csv`."""
        for name, table in tables.items():
            write_table(self.file(f"{name}.csv"), table)

    def check(self, *, resume: bool, overwrite: bool) -> None:
        """Refuses a folder that a run must not write to; changes nothing.

        Args:
            resume: the folder must hold a run to continue.
            overwrite: an earlier run may be replaced.

        Raises:
            TrainingError: if the folder is in use, or holds no run to continue.
        """
        if resume and overwrite:
            raise argument_error("resume", "given without `overwrite`", True, "Choose one.")
        self._check_place()
        if resume:
            self.config()
            return
        if not self.path.is_dir() or all(_is_left_over(file) for file in self.path.iterdir()):
            return
        if not overwrite:
            raise TrainingError(
                f"{self.path}: the output folder exists already. Continue its run with --resume, "
                "replace it with --overwrite, or choose another --out."
            )
        try:
            self.config()
        except TrainingError:
            raise TrainingError(
                f"{self.path}: the folder holds something other than a run, so --overwrite leaves "
                "it alone. Choose another --out."
            ) from None

    def _check_place(self) -> None:
        """Refuses a place where no folder can be made or written."""
        place = next(p for p in (self.path, *self.path.absolute().parents) if p.exists())
        if not place.is_dir():
            raise TrainingError(f"{place}: expected a folder, found a file. Choose another --out.")
        if not os.access(place, os.W_OK):
            raise TrainingError(
                f"{place}: expected a folder that you may write to, received a read-only one. "
                "Choose another --out."
            )

    def clear(self, own: Sequence[str]) -> None:
        """Removes an earlier run's files, and nothing else that may lie in the folder.

        Args:
            own: what a task may have written, see `owned_files`.
        """
        # The configuration last: a run that loses its files one by one is still known as a run.
        files = [*map(self.file, own), *self.path.glob("evaluation-*.json"), self.file(_CONFIG)]
        for file in files:
            file.unlink(missing_ok=True)
        self.sweep()

    def sweep(self) -> None:
        """Removes the unfinished files of a run that was killed while it wrote."""
        for folder in (self.path, self.path / "figures"):
            for file in filter(_is_left_over, folder.glob("*")):
                file.unlink(missing_ok=True)

    def remove(self, own: Sequence[str]) -> None:
        """Removes the run, and its folder unless something else lies in it."""
        self.clear(own)
        for folder in (self.path / "figures", self.path):
            with contextlib.suppress(OSError):  # not there, or not empty
                folder.rmdir()

    def write_config(self, config: dict) -> None:
        """Writes what the run was started with."""
        write_json(self.file(_CONFIG), config)


def _is_config(value: object) -> bool:
    """Returns whether a decoded config.json has what a run needs."""
    return (
        isinstance(value, dict)
        and str(value.get("command")).startswith("train ")
        and all(
            isinstance(value.get(part), dict) and keys <= value[part].keys()
            for part, keys in _NEEDED.items()
        )
    )


def _is_left_over(path: Path) -> bool:
    """Returns whether `atomic_path` was still writing a file."""
    return path.name.startswith(".part-")
