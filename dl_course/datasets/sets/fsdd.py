"""The Free Spoken Digit Dataset: ten English digits, six speakers, fifty times each."""

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import PurePosixPath

import numpy as np

from dl_course.datasets.dataset import Dataset, from_sounds
from dl_course.datasets.records import DataFile, DatasetInfo
from dl_course.datasets.sound_reading import pad_sounds
from dl_course.datasets.splits import stratified_split
from dl_course.datasets.store import read_files
from dl_course.errors import DataError, argument_error

INFO = DatasetInfo(
    name="fsdd",
    title="3,000 spoken English digits, 6 speakers, 8 kHz",
    kind="sounds",
    notes="one second each",
    class_names=tuple("0123456789"),
    input_shape=(8000,),
    train_examples=2000,
    test_examples=1000,
    split="by speaker: the last two by name are for testing",
    is_split_here=False,
    checksum="85fa0a1731bda849ff508e124f0771fd",
    files=(
        DataFile(
            "fsdd_recordings.zip",
            (
                "https://github.com/Jakobovski/free-spoken-digit-dataset/archive/refs/tags/v1.0.10.zip",
                "https://codeload.github.com/Jakobovski/free-spoken-digit-dataset/zip/refs/tags/v1.0.10",
            ),
            "a47bbce9b54711a7e196bfcd517d4cf1",
            21_128_848,
            content="names and contents of its recordings, in the order of their names",
            members=".wav",
        ),
    ),
    megabytes=21,
    alternative="sounds",
    licence="CC BY-SA 4.0",
    authors="Jackson et al. 2018",
    source="https://github.com/Jakobovski/free-spoken-digit-dataset",
)
SPEAKERS = ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")
_SAMPLE_RATE, _SAMPLES = 8000, 8000
_NAME = re.compile(r"(\d)_([a-z]+)_(\d+)\.wav")


def load(test_share: float, seed: int) -> Dataset:
    """Loads the spoken digits; the last two speakers by name are for testing."""
    return load_by_speaker(SPEAKERS[-2:])


def load_by_speaker(test_speakers: Sequence[str]) -> Dataset:
    """Loads the spoken digits split by speaker: the test speakers are not heard in training.

    Args:
        test_speakers: whom to keep for testing.

    Returns:
        The data set, one second each: x float32 of shape (n, 8000). Shorter ones, nearly all,
        are padded with zeros; the 20 longer ones are cut.

    Raises:
        CourseError: there is no such speaker, or none is left to train on.
        DataError: the file is damaged or cannot be downloaded.

    Example:
        >>> load_by_speaker(["nobody"])
        Traceback (most recent call last):
        ...
        dl_course.errors.CourseError: `test_speakers` must be some of george, jackson, lucas, \
nicolas, theo, yweweler. Received: test_speakers=['nobody'].

    Reference: Jackson et al. 2018, https://github.com/Jakobovski/free-spoken-digit-dataset.
    """
    if not set() < {*test_speakers} < {*SPEAKERS}:
        raise argument_error("test_speakers", f"some of {', '.join(SPEAKERS)}", test_speakers)
    x, y, speakers = _read()
    is_test = np.isin(speakers, test_speakers)
    return _dataset(x, y, np.flatnonzero(~is_test), np.flatnonzero(is_test))


def load_at_random(test_share: float, seed: int) -> Dataset:
    """Loads the spoken digits split at random: every speaker is in both parts.

    That measures how well the digits of known voices are recognized, not those of a new voice.

    Args:
        test_share: the share of each digit that is kept for testing.
        seed: chooses the split.
    """
    x, y, _ = _read()
    return _dataset(x, y, *stratified_split(y, test_share, seed))


def _dataset(x: np.ndarray, y: np.ndarray, train: np.ndarray, test: np.ndarray) -> Dataset:
    halves = (x[train], y[train]), (x[test], y[test])
    return from_sounds(INFO.name, *halves, INFO.class_names, _SAMPLE_RATE)


def _read() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns the sounds (3000, 8000), their digits and their speakers, in the order of names."""
    import soundfile

    [(path, content)] = read_files(INFO)
    sounds, digits, speakers = [], [], []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {PurePosixPath(name).name: name for name in archive.namelist()}
        for name in sorted(members):
            found = _NAME.fullmatch(name)
            if not found:
                continue
            sound, rate = soundfile.read(io.BytesIO(archive.read(members[name])), dtype="float32")
            if rate != _SAMPLE_RATE or sound.ndim != 1:
                raise DataError(
                    f"{path}: expected recordings in mono at {_SAMPLE_RATE} Hz. Received: {name} "
                    f"of shape {sound.shape} at {rate} Hz."
                )
            sounds.append(sound)
            digits.append(int(found[1]))
            speakers.append(found[2])
    return pad_sounds(sounds, _SAMPLES), np.array(digits), np.array(speakers)
