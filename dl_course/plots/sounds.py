"""Sounds: as a wave, as a spectrogram, and the triangles that make the mel scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import argument_error, check_positive_integer
from dl_course.plots import _arrays, _cells, _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_POINTS = 2000  # a longer wave is drawn as the band between its smallest and largest values
_RANGE = 60  # dB below the loudest that the shades cover
_ROUND = (0, 100, 200, 500, 1000, 2000, 4000, 8000, 16000)  # Hz, for the ticks of an axis
_WINDOW = 0.032  # seconds: a few periods of a voice


def plot_waveform(waveform: ArrayLike, sample_rate: int, *, title: str = "Waveform") -> Axes:
    """Draws the air pressure of a sound over time.

    Args:
        waveform: shape (samples,), from -1 to 1.
        sample_rate: samples per second, in Hz.
        title: the title of the picture.

    Returns:
        The axes.

    Raises:
        CourseError: not finite numbers of this shape.

    Example:
        >>> ax = plot_waveform(np.sin(np.arange(800) / 5), sample_rate=8000)
        >>> ax.get_xlabel(), ax.get_ylabel()
        ('time (s)', 'amplitude')
    """
    waveform = _arrays.finite("waveform", waveform, samples=None)
    check_positive_integer("sample_rate", sample_rate)
    ax = _style.new_axes(1.9)
    _style.label(ax, title, "time (s)", "amplitude")
    if len(waveform) <= _POINTS:
        ax.plot(np.arange(len(waveform)) / sample_rate, waveform, color="black", linewidth=0.7)
    else:
        parts = np.array_split(waveform, _POINTS // 2)
        low, high = ([reach(part) for part in parts] for reach in (np.min, np.max))
        time = np.linspace(0, len(waveform) / sample_rate, len(parts))
        ax.fill_between(time, low, high, color="black", linewidth=0.5)
    ax.set_xlim(0, len(waveform) / sample_rate)
    reach = float(np.abs(waveform).max()) or 1.0
    ax.set_ylim(-1.08 * reach, 1.08 * reach)
    return ax


def plot_spectrogram(
    levels: ArrayLike, frequencies: ArrayLike, hop: float, *, title: str = "Spectrogram"
) -> Axes:
    """Draws how loud each frequency is at each moment.

    The shades cover the 60 dB below the loudest; what is softer has the darkest shade. All rows
    are equally high, so a mel spectrogram is drawn on the mel scale.

    Args:
        levels: in decibels, shape (time, frequencies).
        frequencies: of the columns of `levels`, growing, in Hz, shape (frequencies,).
        hop: seconds from one row of `levels` to the next.
        title: the title of the picture.

    Returns:
        The axes.

    Raises:
        CourseError: shapes do not fit or a value is not finite.

    Example:
        >>> ax = plot_spectrogram(np.zeros((50, 129)), np.linspace(0, 4000, 129), hop=0.016)
        >>> ax.get_xlabel(), ax.get_ylabel()
        ('time (s)', 'frequency (Hz)')

    Reference: D0 1, D1 1.
    """
    levels = _arrays.finite("levels", levels, time=None, frequencies=None)
    frequencies = _arrays.growing("frequencies", frequencies)
    if len(frequencies) != levels.shape[1]:
        expected = f"{levels.shape[1]}, one for each column of `levels`"
        raise argument_error("len(frequencies)", expected, len(frequencies))
    if not hop > 0:
        raise argument_error("hop", "a positive number of seconds", hop)
    ax = _style.new_axes(2.8)
    _style.label(ax, title, "time (s)", "frequency (Hz)")
    shown = _shades(ax, levels, frequencies, hop, levels.max())
    _cells.scale(ax, shown, "level (dB)")
    return ax


def plot_sounds(
    x: ArrayLike,
    sample_rate: int,
    y: ArrayLike | None = None,
    class_names: Sequence[str] | None = None,
    *,
    max_sounds: int = 9,
    title: str = "Examples",
) -> Figure:
    """Draws the spectrograms of some sounds in a grid, with their classes above.

    Args:
        x: waveforms, shape (n, samples).
        sample_rate: samples per second, in Hz.
        y: class numbers, shape (n,): the first sound of each class is drawn, then others. None
            draws the first ones.
        class_names: one name per class; None writes the class numbers.
        max_sounds: how many to draw at most.
        title: the title of the figure.

    Returns:
        The figure, one panel per sound; all have the same axes, and each its own loudest shade.

    Raises:
        CourseError: shapes do not fit, a value is not finite, or a class number is out of range.

    Example:
        >>> x = np.random.default_rng(0).normal(size=(3, 800))
        >>> figure = plot_sounds(x, 8000, np.array([1, 1, 0]), ("no", "yes"))
        >>> [ax.get_title() for ax in figure.axes if ax.get_title()]
        ['no', 'yes', 'yes']
    """
    x = _arrays.finite("x", x, n=None, samples=None)
    check_positive_integer("sample_rate", sample_rate)
    check_positive_integer("max_sounds", max_sounds)
    chosen, captions = np.arange(min(len(x), max_sounds)), [""] * len(x)
    if y is not None:
        y = _arrays.classes("y", y, None if class_names is None else len(class_names))
        _arrays.same_length(x=x, y=y)
        firsts = np.unique(y, return_index=True)[1]
        others = np.setdiff1d(np.arange(len(y)), firsts)
        chosen = np.concatenate([firsts, others])[:max_sounds]
        names = None if class_names is None else _style.short_names(class_names, 20)
        captions = [str(k) if names is None else names[k] for k in y[chosen]]
    columns = min(3, len(chosen))
    rows = -(-len(chosen) // columns)
    figure = _style.new_figure(0.9 + 1.25 * rows)
    figure.suptitle(title, fontsize=_style.TITLE)
    grid = figure.add_gridspec(rows, columns)
    for place, (number, caption) in enumerate(zip(chosen, captions, strict=False)):
        row, column = divmod(place, columns)
        ax = _style.add_panel(figure, grid[row, column])
        is_lowest = place + columns >= len(chosen)
        _style.label(
            ax,
            caption,
            "time (s)" if is_lowest else "",
            "frequency (Hz)" if column == 0 else "",
            size=_style.LABEL,
        )
        levels, frequencies, hop = _spectrogram(x[number], sample_rate)
        _shades(ax, levels, frequencies, hop, levels.max())
        ax.tick_params(labelbottom=is_lowest)
        if column:
            ax.set_yticks([])
    return figure


def plot_mel_filters(filters: ArrayLike, sample_rate: int, *, title: str = "Mel filters") -> Axes:
    """Draws the triangles that sum up a spectrogram on the mel scale.

    Args:
        filters: shape (frequencies, mels), frequencies evenly from 0 to half the sample rate.
        sample_rate: samples per second, in Hz.
        title: the title of the picture.

    Returns:
        The axes.

    Raises:
        CourseError: not a matrix of finite numbers.

    Example:
        >>> ax = plot_mel_filters(np.eye(129)[:, [10, 20, 40]], sample_rate=8000)
        >>> len(ax.lines), ax.get_xlabel()
        (3, 'frequency (Hz)')
    """
    filters = _arrays.finite("filters", filters, frequencies=None, mels=None)
    check_positive_integer("sample_rate", sample_rate)
    ax = _style.new_axes(1.9)
    _style.label(ax, title, "frequency (Hz)", "weight")
    frequencies = np.linspace(0, sample_rate / 2, len(filters))
    for number, weights in enumerate(filters.T):
        # Neighbours overlap: they take turns in colour and in dashes.
        look = number % 2
        ax.plot(
            frequencies,
            weights,
            color=_style.COLOURS[(0, 2)[look]],
            linestyle=_style.DASHES[look],
            linewidth=0.9,
        )
    ax.set_xlim(0, sample_rate / 2)
    ax.set_ylim(0, 1.08 * (filters.max() or 1))
    return ax


def _spectrogram(waveform: np.ndarray, sample_rate: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Returns levels (time, frequencies) in dB, frequencies in Hz, seconds from row to row."""
    from matplotlib.mlab import specgram

    window = max(4, 2 * round(_WINDOW * sample_rate / 2))
    shortest = 3 * window // 2  # two windows, or matplotlib warns of one
    padded = np.pad(waveform.astype(float), (0, max(0, shortest - len(waveform))))
    found = specgram(padded, window, sample_rate, noverlap=window // 2)
    power, frequencies = np.asarray(found[0]), np.asarray(found[1])
    loudest = power.max() or 1.0
    levels = 10 * np.log10(np.maximum(power / loudest, 10 ** (-_RANGE / 10)))
    return levels.T, frequencies, window / 2 / sample_rate


def _shades(ax: Axes, levels: np.ndarray, frequencies: np.ndarray, hop: float, loudest: float):
    """Draws levels as shades, with seconds and round frequencies at the axes."""
    shown = ax.imshow(
        levels.T,
        cmap=_style.MAP,
        vmin=loudest - _RANGE,
        vmax=loudest,
        interpolation="nearest",
        aspect="auto",
        origin="lower",
        extent=(0, len(levels) * hop, -0.5, len(frequencies) - 0.5),
    )
    inside = [f for f in _ROUND if frequencies[0] <= f <= frequencies[-1]]
    places = np.interp(inside, frequencies, np.arange(len(frequencies)))
    # From the highest down, leaving out what would touch the one above.
    kept: list[int] = []
    for number in reversed(range(len(inside))):
        if not kept or places[kept[-1]] - places[number] >= len(frequencies) / 6:
            kept.append(number)
    ax.set_yticks([places[k] for k in kept], [f"{inside[k]:g}" for k in kept])
    ax.grid(visible=False)
    return shown
