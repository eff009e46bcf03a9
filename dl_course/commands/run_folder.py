"""The folder that a training run leaves behind, and how it is read again."""

import contextlib
import dataclasses
import json
import os
import shlex
from pathlib import Path

from dl_course.errors import TrainingError, argument_error
from dl_course.files import write_json

# The configuration last: a run that loses its files one by one stays known as a run.
_OWN = (
    *("checkpoint.npz", "model.keras", "metrics.json", "samples.txt", "examples.tsv"),
    *("history.csv", "gradient_flow.csv", "gradient_flow_through_time.csv", "activations.csv"),
    "config.json",
)
# Every picture that some task draws.
FIGURES = (
    *("loss", "accuracy", "gradient_flow", "gradient_through_time", "activations"),
    *("feature_maps", "confusion_matrix", "embedding", "temperature", "attention", "spectrogram"),
)
_CONFIG = {"arguments": {"data", "seed"}, "data": {"name", "checksum"}}


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
        """The command that goes on with the run."""
        place = shlex.quote(os.fspath(self.path))
        return f"dl-course {self.config()['command']} --out {place} --resume"

    def config(self) -> dict:
        """Returns what the run was started with.

        Raises:
            TrainingError: if this is no run folder.
        """
        path = self.file("config.json")
        try:
            config = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            raise TrainingError(
                f"{self.path}: expected a run folder with a config.json, found none. "
                f"Train one: dl-course train cnn --out {shlex.quote(os.fspath(self.path))}"
            ) from None
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise TrainingError(
                f"{path}: expected JSON, received a damaged file ({error}). Train again."
            ) from None
        if not _is_config(config):
            raise TrainingError(
                f"{path}: expected the config.json of a run, received something else. "
                "Give a folder that dl-course train has written."
            )
        return config

    def trained_model(self) -> Path:
        """Returns the path of the trained model.

        Raises:
            TrainingError: if the run has not come to its end.
        """
        path = self.file("model.keras")
        if not path.is_file():
            raise TrainingError(
                f"{self.path}: expected a finished run, found one without model.keras. "
                f"Finish it: {self.resume_command}"
            )
        return path

    def check(self, *, resume: bool, overwrite: bool) -> None:
        """Refuses a folder that a run must not write to; changes nothing.

        Args:
            resume: the folder must hold a run to go on with.
            overwrite: an earlier run may be replaced.

        Raises:
            TrainingError: if the folder is in use, or holds no run to go on with.
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
                f"{self.path}: the output folder exists already. Go on with its run by --resume, "
                "replace it by --overwrite, or choose another --out."
            )
        try:
            self.config()
        except TrainingError:
            raise TrainingError(
                f"{self.path}: the folder holds something else than a run, so --overwrite leaves "
                "it alone. Choose another --out."
            ) from None

    def _check_place(self) -> None:
        """Refuses a place where no folder can be made or written to."""
        place = next(p for p in (self.path, *self.path.absolute().parents) if p.exists())
        if not place.is_dir():
            raise TrainingError(f"{place}: expected a folder, found a file. Choose another --out.")
        if not os.access(place, os.W_OK):
            raise TrainingError(
                f"{place}: expected a folder that you may write to, received a read-only one. "
                "Choose another --out."
            )

    def clear(self) -> None:
        """Removes an earlier run's files, and nothing else that may lie beside them."""
        evaluations = self.path.glob("evaluation-*.json")
        own = (*map(self.figure, FIGURES), *evaluations, *map(self.file, _OWN))
        for file in own:
            file.unlink(missing_ok=True)
        self.sweep()

    def sweep(self) -> None:
        """Removes the unfinished files of a run that was killed while it wrote."""
        for folder in (self.path, self.path / "figures"):
            for file in filter(_is_left_over, folder.glob("*")):
                file.unlink(missing_ok=True)

    def remove(self) -> None:
        """Removes the run, and its folder unless something else lies in it."""
        self.clear()
        for folder in (self.path / "figures", self.path):
            with contextlib.suppress(OSError):  # not there, or not empty
                folder.rmdir()

    def write_config(self, config: dict) -> None:
        """Writes what the run is started with."""
        write_json(self.file("config.json"), config)


def _is_config(value: object) -> bool:
    """Tells whether a decoded config.json has what a run needs."""
    return (
        isinstance(value, dict)
        and str(value.get("command")).startswith("train ")
        and all(
            isinstance(value.get(part), dict) and keys <= value[part].keys()
            for part, keys in _CONFIG.items()
        )
    )


def _is_left_over(path: Path) -> bool:
    """Tells whether a file is one that `atomic_path` was still writing."""
    return path.name.startswith(".part-")
