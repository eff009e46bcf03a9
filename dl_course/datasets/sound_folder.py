"""Your own sounds: a folder with one subfolder of .wav files per class."""

import os
from pathlib import Path

import numpy as np

from dl_course.datasets import registry
from dl_course.datasets.dataset import Dataset, from_sounds
from dl_course.datasets.registered import load_registered
from dl_course.datasets.sound_files import open_sound, pad_sounds, read_sound
from dl_course.datasets.splits import check_split, stratified_split
from dl_course.errors import DataError, argument_error

# Speech needs no more, and a network's work grows with both.
_HIGHEST_RATE, _LONGEST_SECONDS = 16_000, 30
_MOST_BYTES = 2**31  # of all sounds of a folder together


def load_sounds(source: str | os.PathLike, *, test_share: float = 0.2, seed: int = 0) -> Dataset:
    """Loads sounds: a registered set of them, or your folder with one subfolder per class.

    Subfolder names are the class names; labels follow their alphabetical order. Hidden files, and
    files beside the subfolders, are left alone. All sounds are brought to the lowest rate among
    them, 16 kHz at most, and to the length of the longest by zeros behind.

    Args:
        source: the name of a set of sounds, such as "sounds", or the path of the folder.
        test_share: the share of each class that is kept for the test, where it is not published
            with a split.
        seed: chooses the split.

    Returns:
        The data set.

    Raises:
        CourseError: an argument is out of range.
        DataError: fewer than two classes, a class with fewer than two sounds, a file that is no
            .wav or is damaged, or a sound of more than 30 s.

    Example:
        >>> import soundfile
        >>> folder = getfixture("tmp_path") / "words"
        >>> for word, pitch in (("yes", 300), ("no", 500)):
        ...     (folder / word).mkdir(parents=True)
        ...     for i in range(3):
        ...         wave = np.sin(np.arange(4000 + i) * 2 * np.pi * pitch / 8000)
        ...         soundfile.write(folder / word / f"{i}.wav", wave, 8000)
        >>> data = load_sounds(folder, test_share=0.3)
        >>> data.x_train.shape, data.sample_rate, data.class_names
        ((4, 4002), 8000, ('no', 'yes'))
    """
    check_split(test_share, seed, share_name="test_share")
    if not isinstance(source, (str, os.PathLike)):
        raise argument_error("source", "the name of a data set or a path", source)
    if isinstance(source, str) and source in registry.REGISTRY:
        return load_registered(source, test_share, seed, kind="sounds")
    folder = Path(source).expanduser()
    if not folder.is_dir():
        if isinstance(source, str) and folder.name == source and not folder.suffix:
            raise registry.unknown(source)
        raise DataError(
            f"{folder}: expected a folder with one subfolder of .wav files per class. Received: "
            f"{'a file' if folder.exists() else 'nothing of this name'}. Check the path."
        )
    files = [_class_files(one) for one in _classes(folder)]
    paths = [path for group in files for path in group]
    rate = min(_HIGHEST_RATE, min(_rate_of_short(path) for path in paths))
    sounds = [read_sound(path, rate) for path in paths]
    longest = max(map(len, sounds))
    if 4 * len(sounds) * longest > _MOST_BYTES:
        raise DataError(
            f"{folder}: expected sounds of like lengths. Received: {len(sounds)} sounds that take "
            f"{4 * len(sounds) * longest / 2**30:.1f} GiB when all are as long as the longest, "
            f"{longest / rate:.1f} s. Cut the long ones."
        )
    x = pad_sounds(sounds, longest)
    y = np.repeat(np.arange(len(files)), [len(group) for group in files])
    train, test = stratified_split(y, test_share, seed)
    names = tuple(group[0].parent.name for group in files)
    name = folder.resolve().name
    return from_sounds(name, (x[train], y[train]), (x[test], y[test]), names, rate)


def is_sound_folder(folder: Path) -> bool:
    """Tells whether a folder's subfolders hold a .wav file.

    Example:
        >>> is_sound_folder(getfixture("tmp_path"))
        False
    """
    return any(path.suffix.lower() == ".wav" for path in folder.glob("*/*"))


def _classes(folder: Path) -> list[Path]:
    """Returns the subfolders, two at least, in alphabetical order."""
    classes = sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))
    if len(classes) < 2:
        raise DataError(
            f"{folder}: expected one subfolder of .wav files per class, two at least. "
            f"Received: {', '.join(p.name for p in classes) or 'no subfolder'}."
        )
    for one in classes:
        if any("\ud800" <= c <= "\udfff" for c in one.name):  # bytes that are no UTF-8
            raise DataError(f"{one}: a class needs a readable name. Rename the folder.")
    return classes


def _class_files(folder: Path) -> list[Path]:
    """Returns the sounds of one class, in alphabetical order."""
    files = sorted(p for p in folder.iterdir() if not p.name.startswith("."))
    for path in files:
        if not path.is_file() or path.suffix.lower() != ".wav":
            raise DataError(f"{path}: a class folder may hold only .wav files. Move it elsewhere.")
    if len(files) < 2:
        raise DataError(
            f"{folder}: a class needs at least 2 sounds, one to train and one to test. "
            f"Received: {len(files)}. Add sounds or remove the folder."
        )
    return files


def _rate_of_short(path: Path) -> int:
    """Returns the rate of a sound that is short enough to be heard as a whole."""
    with open_sound(path) as file:
        seconds = file.frames / file.samplerate
        if seconds > _LONGEST_SECONDS:
            raise DataError(
                f"{path}: expected a sound of at most {_LONGEST_SECONDS} s. "
                f"Received: {seconds:.0f} s. Cut it into pieces."
            )
        return file.samplerate
