"""The Free Spoken Digit Dataset: ten English digits, six speakers, fifty times each."""

import io
import re
import zipfile
from pathlib import PurePosixPath

import numpy as np

from dl_course.datasets.dataset import Dataset, from_sounds
from dl_course.datasets.records import DatasetInfo
from dl_course.datasets.sound_files import pad_sounds
from dl_course.datasets.splits import check_split, stratified_split
from dl_course.datasets.store import read_files
from dl_course.errors import DataError, argument_error

SAMPLE_RATE, SAMPLES = 8000, 8000
SPEAKERS = ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")
_NAME = re.compile(r"(\d)_([a-z]+)_(\d+)\.wav")


def load_fsdd(entry: DatasetInfo, test_speakers: tuple[str, ...] = SPEAKERS[-2:]) -> Dataset:
    """Loads the spoken digits, split by speaker: those of the test are not heard in training.

    Args:
        entry: the registered data set.
        test_speakers: whom to keep for the test; by default the last two by name.

    Returns:
        The data set, one second each: x float32 of shape (n, 8000). Shorter ones, nearly all,
        have zeros behind; the 20 longer ones are cut.

    Raises:
        CourseError: there is no such speaker, or none is left to train on.
        DataError: the file is damaged or cannot be downloaded.

    Example:
        >>> from dl_course.datasets.registry import info
        >>> load_fsdd(info("fsdd"), test_speakers=("nobody",))
        Traceback (most recent call last):
        ...
        dl_course.errors.CourseError: `test_speakers` must be some of george, jackson, lucas, \
nicolas, theo, yweweler. Received: test_speakers=('nobody',).

    Reference: Jackson et al. 2018, https://github.com/Jakobovski/free-spoken-digit-dataset.
    """
    if not 0 < len(set(test_speakers) & set(SPEAKERS)) < len(SPEAKERS) or not {
        *test_speakers
    } <= set(SPEAKERS):
        raise argument_error("test_speakers", f"some of {', '.join(SPEAKERS)}", test_speakers)
    x, y, speakers = _read(entry)
    is_test = np.isin(speakers, test_speakers)
    return _as_dataset(x, y, np.flatnonzero(~is_test), np.flatnonzero(is_test), entry)


def load_fsdd_mixed(entry: DatasetInfo, test_share: float = 0.1, seed: int = 0) -> Dataset:
    """Loads the spoken digits, split at random: every speaker is on both sides.

    What is measured so is how well the digits of known voices are told apart, not what a new
    voice would meet.

    Args:
        entry: the registered data set.
        test_share: the share of each digit that is kept for the test.
        seed: chooses the split.

    Returns:
        The data set, as `load_fsdd`.

    Raises:
        DataError: the file is damaged or cannot be downloaded.

    Example:
        >>> from dl_course.datasets.registry import info
        >>> load_fsdd_mixed(info("fsdd"), test_share=0)
        Traceback (most recent call last):
        ...
        dl_course.errors.CourseError: `test_share` must be above 0 and below 1. \
Received: test_share=0.
    """
    check_split(test_share, seed, share_name="test_share")
    x, y, _ = _read(entry)
    return _as_dataset(x, y, *stratified_split(y, test_share, seed), entry)


def _as_dataset(x, y, train: np.ndarray, test: np.ndarray, entry: DatasetInfo) -> Dataset:
    halves = (x[train], y[train]), (x[test], y[test])
    return from_sounds(entry.name, *halves, entry.class_names, SAMPLE_RATE)


def _read(entry: DatasetInfo) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns the sounds (3000, 8000), their digits and their speakers, in the order of names."""
    import soundfile

    ((path, content),) = read_files(entry)
    sounds, digits, speakers = [], [], []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {PurePosixPath(name).name: name for name in archive.namelist()}
        for name in sorted(members):
            found = _NAME.fullmatch(name)
            if not found:
                continue
            sound, rate = soundfile.read(io.BytesIO(archive.read(members[name])), dtype="float32")
            if rate != SAMPLE_RATE or sound.ndim != 1:
                raise DataError(
                    f"{path}: expected recordings in mono at {SAMPLE_RATE} Hz. Received: {name} "
                    f"of shape {sound.shape} at {rate} Hz."
                )
            sounds.append(sound)
            digits.append(int(found[1]))
            speakers.append(found[2])
    return pad_sounds(sounds, SAMPLES), np.array(digits), np.array(speakers)
