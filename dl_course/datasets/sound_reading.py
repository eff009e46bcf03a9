"""Reading sound: a file as a whole, or a recording of hours in windows."""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import DataError, argument_error, check_positive_integer

if TYPE_CHECKING:
    from soundfile import SoundFile

_BLOCK_SECONDS = 10  # what a stream holds at a time


def read_sound(path: str | os.PathLike, sample_rate: int) -> np.ndarray:
    """Reads one sound at the rate that a model takes.

    Channels are averaged to one. Another rate is converted through a low-pass filter, so that no
    frequency above half the new rate comes back as a lower one.

    Args:
        path: a .wav file with samples of 8, 16, 24 or 32 bits or floating point.
        sample_rate: samples per second to return, in Hz.

    Returns:
        float32, shape (samples,), in [-1, 1] unless a file of floating point goes beyond.

    Raises:
        DataError: not a readable sound, or one that is damaged, empty or not finite.

    Example:
        >>> import soundfile
        >>> path = getfixture("tmp_path") / "stereo.wav"
        >>> soundfile.write(path, np.zeros((44100, 2)), 44100, subtype="PCM_24")
        >>> read_sound(path, sample_rate=8000).shape
        (8000,)
    """
    check_positive_integer("sample_rate", sample_rate)
    path = Path(path).expanduser()
    with open_sound(path) as file:
        sound = _mono(file, file.frames, path)
        return _resampled(sound, file.samplerate, sample_rate)


def stream_sound(
    path: str | os.PathLike, sample_rate: int, window: int, hop: int
) -> Iterator[np.ndarray]:
    """Reads a sound of any length piece by piece: an hour takes no more memory than 10 s.

    Window t holds the samples t * hop to t * hop + window of what `read_sound` returns. The last
    window is the first one that reaches the end; zeros fill it up.

    Args:
        path: as for `read_sound`.
        sample_rate: samples per second to return, in Hz.
        window: samples in a window.
        hop: samples from the start of a window to the start of the next, at most `window`.

    Yields:
        float32, shape (window,).

    Raises:
        DataError: as `read_sound`.

    Example:
        >>> import soundfile
        >>> path = getfixture("tmp_path") / "long.wav"
        >>> soundfile.write(path, np.zeros(20_000), 8000)
        >>> [len(piece) for piece in stream_sound(path, 8000, window=8000, hop=8000)]
        [8000, 8000, 8000]
    """
    check_positive_integer("sample_rate", sample_rate)
    check_positive_integer("window", window)
    check_positive_integer("hop", hop)
    if hop > window:
        raise argument_error("hop", f"at most the window, {window}, to miss nothing", hop)
    return _windows(Path(path).expanduser(), sample_rate, window, hop)


def pad_sounds(sounds: Sequence[ArrayLike], samples: int) -> np.ndarray:
    """Returns sounds in one array: short ones padded with zeros at the end, long ones cut.

    Args:
        sounds: waveforms, each of shape (its samples,).
        samples: length of all.

    Returns:
        float32, shape (n, samples).

    Example:
        >>> pad_sounds([[1.0, 0.5], [0.1, 0.2, 0.3, 0.4]], 3)
        array([[1. , 0.5, 0. ],
               [0.1, 0.2, 0.3]], dtype=float32)
    """
    x = np.zeros((len(sounds), samples), np.float32)
    for row, sound in zip(x, map(np.asarray, sounds), strict=True):
        row[: len(sound)] = sound[:samples]
    return x


@contextlib.contextmanager
def open_sound(path: Path) -> Generator[SoundFile]:
    """Opens a sound file, after checking that it is complete and not empty.

    Raises:
        DataError: the file is missing, empty, damaged or not a sound.
    """
    import soundfile

    if not path.is_file():
        raise DataError(f"{path}: no such file. Check the path.")
    if path.stat().st_size == 0:
        raise DataError(f"{path}: the file is empty. Replace or remove it.")
    _check_whole(path)
    try:
        file = soundfile.SoundFile(path)
    except (soundfile.LibsndfileError, TypeError):  # TypeError: raw samples, with no header
        raise DataError(
            f"{path}: not a sound, or damaged: it cannot be read as a .wav file. "
            "Replace or remove it."
        ) from None
    with file:
        if file.frames == 0:
            raise DataError(f"{path}: the sound has no samples. Replace or remove it.")
        yield file


def _check_whole(path: Path) -> None:
    """Raises an error if a .wav file is shorter than it says: the library would return the rest."""
    with path.open("rb") as file:
        start = file.read(12)
    said = int.from_bytes(start[4:8], "little") + 8
    # A program that writes into a pipe cannot know the length and writes 0 or the largest.
    is_known = start[:4] == b"RIFF" and start[4:8] not in (b"\0\0\0\0", b"\xff\xff\xff\xff")
    actual = path.stat().st_size
    if is_known and actual < said - 1:  # some writers leave out the last byte of padding
        raise DataError(f"{path}: damaged: it is cut off, {actual} of {said} bytes. Copy it again.")


def _mono(file: SoundFile, frames: int, path: Path) -> np.ndarray:
    """Reads the next frames and returns the mean of their channels, checked."""
    import soundfile

    try:
        sound = file.read(frames, dtype="float32", always_2d=True).mean(axis=1)
    except soundfile.LibsndfileError:
        raise DataError(f"{path}: damaged: it cannot be read to its end. Copy it again.") from None
    if not np.isfinite(sound).all():
        raise DataError(f"{path}: the sound holds NaN or infinity. Record or export it again.")
    return sound


def _resampled(sound: np.ndarray, old: int, new: int) -> np.ndarray:
    """Returns a sound at another rate: ceil(samples * new / old) samples."""
    if old == new:
        return sound
    from scipy.signal import resample_poly

    shared = math.gcd(old, new)
    return resample_poly(sound, new // shared, old // shared).astype(np.float32, copy=False)


def _windows(path: Path, sample_rate: int, window: int, hop: int) -> Iterator[np.ndarray]:
    buffer = np.zeros(0, np.float32)
    for block in _blocks(path, sample_rate):
        buffer = np.concatenate([buffer, block])
        while len(buffer) > window:  # there is more after this window
            yield buffer[:window].copy()
            buffer = buffer[hop:]
    yield pad_sounds([buffer], window)[0]


def _blocks(path: Path, sample_rate: int) -> Iterator[np.ndarray]:
    """Gives a sound at another rate in pieces that join without a seam.

    The filter of `resample_poly` sees 10 samples of the lower rate to either side. Every piece is
    resampled with more than that around it, which is then cut off.
    """
    with open_sound(path) as file:
        shared = math.gcd(file.samplerate, sample_rate)
        up, down = sample_rate // shared, file.samplerate // shared
        # Pieces and margins are multiples of `down`, so that they begin on a new sample.
        margin = down * (1 + 10 * max(up, down) // (up * down))
        size = down * max(1, _BLOCK_SECONDS * file.samplerate // down)
        before = np.zeros(0, np.float32)
        ahead = _mono(file, size + margin, path)
        while len(ahead):
            here, is_last = ahead[:size], len(ahead) <= size
            whole = _resampled(np.concatenate([before, ahead]), file.samplerate, sample_rate)
            first = len(before) * up // down
            yield whole[first:] if is_last else whole[first : first + size * up // down]
            before = here[-margin:] if len(here) >= margin else np.concatenate([before, here])
            rest = ahead[size:]
            ahead = np.concatenate([rest, _mono(file, size, path)])
