"""The folder that a training run leaves behind, and how it is read again."""

import dataclasses
import json
import os
from pathlib import Path

from dl_course.errors import TrainingError, argument_error
from dl_course.files import write_json

_OWN = (
    *("config.json", "history.csv", "gradient_flow.csv", "activations.csv", "metrics.json"),
    *("model.keras", "checkpoint.npz"),
)
FIGURES = ("loss", "accuracy", "gradient_flow", "activations", "feature_maps", "confusion_matrix")


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

    def config(self) -> dict:
        """Returns what the run was started with.

        Raises:
            TrainingError: if this is no run folder.
        """
        path = self.file("config.json")
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise TrainingError(
                f"{self.path}: expected a run folder with a config.json, found none. "
                "Train one: dl-course train cnn --out " + os.fspath(self.path)
            ) from None
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise TrainingError(
                f"{path}: expected JSON, received a damaged file ({error}). Train again."
            ) from error

    def check(self, *, resume: bool, overwrite: bool) -> None:
        """Refuses a folder that a new run must not write to; changes nothing.

        Args:
            resume: the folder must hold a run to go on with.
            overwrite: an earlier run may be replaced.

        Raises:
            TrainingError: if the folder is in use, or holds no run to go on with.
        """
        if resume and overwrite:
            raise argument_error("resume", "given without `overwrite`", True, "Choose one.")
        if resume:
            if not self.file("checkpoint.npz").is_file():
                raise TrainingError(
                    f"{self.path}: expected a run with at least one finished epoch to go on "
                    "with, found none. Start it without --resume, or with --overwrite."
                )
            return
        if self.path.exists() and not self.path.is_dir():
            raise TrainingError(f"{self.path}: expected a folder, found a file. Choose another.")
        if not self.path.is_dir() or not any(self.path.iterdir()):
            return
        if not overwrite:
            raise TrainingError(
                f"{self.path}: the output folder exists already. Go on with its run by --resume, "
                "replace it by --overwrite, or choose another --out."
            )
        if not self.file("config.json").is_file():
            raise TrainingError(
                f"{self.path}: the folder holds something else than a run, so --overwrite leaves "
                "it alone. Choose another --out."
            )

    def clear(self) -> None:
        """Removes an earlier run's files, and nothing else that may lie beside them."""
        for file in (*map(self.file, _OWN), *map(self.figure, FIGURES)):
            file.unlink(missing_ok=True)

    def write_config(self, config: dict) -> None:
        """Writes what the run is started with."""
        write_json(self.file("config.json"), config)
