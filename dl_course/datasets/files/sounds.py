"""Your own sounds: a folder with one subfolder of .wav files per class."""

from pathlib import Path

from dl_course.datasets.dataset import Dataset, from_sounds
from dl_course.datasets.files._class_folders import holds, read_classes
from dl_course.datasets.formats import Format
from dl_course.datasets.sound_reading import open_sound, pad_sounds, read_sound
from dl_course.datasets.splits import stratified_split
from dl_course.errors import DataError

SUFFIXES = (".wav",)
FORMAT = Format(
    kind="sounds",
    title="a folder with one subfolder of .wav files per class",
    recognizes=lambda path: holds(path, SUFFIXES),
)
# Speech needs no more, and the cost of a network grows with both.
_HIGHEST_RATE, _LONGEST_SECONDS = 16_000, 30
_MOST_BYTES = 2**31  # of all sounds of a folder together


def load(folder: Path, test_share: float, seed: int) -> Dataset:
    """Loads a folder with one subfolder of sounds per class.

    All sounds are converted to the lowest rate among them, 16 kHz at most, and padded with zeros to
    the length of the longest.

    Raises:
        DataError: fewer than two classes, a class with fewer than two sounds, a file that is not
            a .wav or is damaged, or a sound of more than 30 s.

    Example:
        >>> import numpy as np, soundfile
        >>> folder = getfixture("tmp_path") / "words"
        >>> for word, pitch in (("yes", 300), ("no", 500)):
        ...     (folder / word).mkdir(parents=True)
        ...     for i in range(3):
        ...         wave = np.sin(np.arange(4000 + i) * 2 * np.pi * pitch / 8000)
        ...         soundfile.write(folder / word / f"{i}.wav", wave, 8000)
        >>> data = load(folder, test_share=0.3, seed=0)
        >>> data.x_train.shape, data.sample_rate, data.class_names
        ((4, 4002), 8000, ('no', 'yes'))
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: expected {FORMAT.title}. Received: a file. Check the path.")
    names, paths, y = read_classes(folder, SUFFIXES, "sounds", ".wav files")
    rate = min(_HIGHEST_RATE, min(_rate_of_short(path) for path in paths))
    sounds = [read_sound(path, rate) for path in paths]
    longest = max(map(len, sounds))
    if 4 * len(sounds) * longest > _MOST_BYTES:
        raise DataError(
            f"{folder}: expected sounds of similar length. Received: {len(sounds)} that "
            f"take {4 * len(sounds) * longest / 2**30:.1f} GiB if all are as long as the longest, "
            f"{longest / rate:.1f} s. Cut the long ones."
        )
    x = pad_sounds(sounds, longest)
    train, test = stratified_split(y, test_share, seed)
    halves = (x[train], y[train]), (x[test], y[test])
    return from_sounds(folder.resolve().name, *halves, names, rate)


def _rate_of_short(path: Path) -> int:
    """Returns the rate of a sound that is short enough to be read as a whole."""
    with open_sound(path) as file:
        seconds = file.frames / file.samplerate
        if seconds > _LONGEST_SECONDS:
            raise DataError(
                f"{path}: expected a sound of at most {_LONGEST_SECONDS} s. "
                f"Received: {seconds:.0f} s. Cut it into pieces."
            )
        return file.samplerate
