"""From sound to spectrogram: frames, window, Fourier transform, mel scale, decibels.

Results equal `keras.layers.MelSpectrogram`: a periodic Hann window, the sound mirrored at both
ends so that frame t is centred at sample t * stride, triangles that are straight in mel.
"""

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import argument_error, check_positive_integer
from dl_course.scratch._checks import as_float


def frame_signal(signal: ArrayLike, frame_length: int, stride: int) -> np.ndarray:
    """Cuts a signal into overlapping frames.

    frame_t = x[t * stride : t * stride + frame_length]; an incomplete last frame is left out.

    Args:
        signal: x, shape (samples,).
        frame_length: samples in a frame.
        stride: samples from the start of one frame to the start of the next.

    Returns:
        Shape (frames, frame_length), frames = (samples - frame_length) // stride + 1.

    Raises:
        CourseError: the signal is shorter than a frame, or an argument is out of range.

    Example:
        >>> frame_signal([0, 1, 2, 3, 4, 5], frame_length=4, stride=2)
        array([[0., 1., 2., 3.],
               [2., 3., 4., 5.]])
    """
    signal = as_float("signal", signal, ndim=1)
    check_positive_integer("frame_length", frame_length)
    check_positive_integer("stride", stride)
    if len(signal) < frame_length:
        raise argument_error(
            "frame_length",
            f"at most the number of samples, {len(signal)}",
            frame_length,
            "Pad the signal with zeros.",
        )
    windows = np.lib.stride_tricks.sliding_window_view(signal, frame_length)
    return windows[::stride].copy()


def hann_window(length: int) -> np.ndarray:
    """Returns the weights that fade a frame in and out.

    w_n = (1 - cos(2 pi n / N)) / 2, n = 0..N-1. A frame with hard edges shows frequencies that
    the sound does not have: those of the edges. The window is periodic: w_N would be w_0 again.

    Args:
        length: N, in samples.

    Returns:
        Shape (length,).

    Example:
        >>> hann_window(4)
        array([0. , 0.5, 1. , 0.5])
    """
    check_positive_integer("length", length)
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)


def dft(frames: ArrayLike) -> np.ndarray:
    """Computes the discrete Fourier transform of real frames, as a matrix product.

    X_k = sum_n x_n e^(-2 pi i k n / N), k = 0..N/2: how much of the frequency k / N, in cycles
    per sample, is in the frame. Higher k would repeat this, as x is real. The fast Fourier
    transform computes the same numbers in N log N steps instead of N^2.

    Args:
        frames: x, shape (..., N).

    Returns:
        X, complex, shape (..., N // 2 + 1).

    Example:
        >>> wave = np.cos(2 * np.pi * 2 * np.arange(8) / 8)  # two cycles in the frame
        >>> np.abs(dft(wave)).round(9)
        array([0., 0., 4., 0., 0.])
    """
    frames = as_float("frames", frames)
    length = frames.shape[-1]
    n, k = np.arange(length)[:, None], np.arange(length // 2 + 1)
    # (k n) mod N: the same angles, without the rounding errors of large ones.
    return frames @ np.exp(-2j * np.pi * ((k * n) % length) / length)  # (..., N // 2 + 1)


def stft(signal: ArrayLike, window_length: int = 256, stride: int = 80) -> np.ndarray:
    """Computes the short-time Fourier transform: which frequencies sound when.

    X_tk = sum_n w_n x_(t stride + n - N/2) e^(-2 pi i k n / N), with the signal mirrored at its
    ends. The squares |X_tk|^2 are the spectrogram. A long window separates frequencies, a short
    one moments; no window does both.

    Args:
        signal: x, shape (samples,), more than half a window.
        window_length: N, in samples.
        stride: samples from one frame to the next.

    Returns:
        Complex, shape (time, frequencies): time = samples // stride + 1 for an even N, and
        frequencies = N // 2 + 1, where bin k stands for k * sample_rate / N hertz.

    Raises:
        CourseError: the signal is too short, or an argument is out of range.

    Example:
        >>> second = np.sin(2 * np.pi * 1000 * np.arange(8000) / 8000)  # 1000 Hz at 8000 Hz
        >>> spectrum = np.abs(stft(second))
        >>> spectrum.shape, int(spectrum[50].argmax()) * 8000 / 256
        ((101, 129), 1000.0)

    Reference: Allen and Rabiner 1977, "A unified approach to short-time Fourier analysis and
    synthesis".
    """
    signal = as_float("signal", signal, ndim=1)
    check_positive_integer("window_length", window_length)
    half = window_length // 2
    if len(signal) <= half:
        expected = f"longer than half a window, {half} samples"
        raise argument_error("signal", expected, signal.shape, "Pad it with zeros.")
    mirrored = np.pad(signal, half, mode="reflect")
    frames = frame_signal(mirrored, window_length, stride)  # (time, N)
    return dft(frames * hann_window(window_length))


def hertz_to_mel(frequency: ArrayLike) -> np.ndarray:
    """Converts frequencies to mel, the scale of perceived pitch.

    m = 2595 log10(1 + f / 700): nearly straight below 700 Hz, logarithmic above.

    Args:
        frequency: f in hertz, 0 or more, any shape.

    Example:
        >>> hertz_to_mel([0, 1000, 4000]).round()
        array([   0., 1000., 2146.])

    Reference: O'Shaughnessy 1987, "Speech communication".
    """
    frequency = as_float("frequency", frequency)
    if (frequency < 0).any():
        raise argument_error("frequency", "0 Hz or more", frequency.min())
    return 2595 * np.log10(1 + frequency / 700)


def mel_to_hertz(mel: ArrayLike) -> np.ndarray:
    """Converts mel to frequencies in hertz: f = 700 (10^(m / 2595) - 1).

    Args:
        mel: m, any shape.

    Example:
        >>> mel_to_hertz(hertz_to_mel([440.0])).round(6)
        array([440.])
    """
    return 700 * (10 ** (as_float("mel", mel) / 2595) - 1)


def mel_filters(
    num_mel_bins: int,
    window_length: int,
    sample_rate: float,
    *,
    low: float = 20.0,
    high: float | None = None,
) -> np.ndarray:
    """Returns the triangles, equally wide in mel, that sum up the bins of a spectrogram.

    With edges m_0..m_(M+1) equally spaced from `low` to `high` in mel, triangle j is 0 at
    m_(j-1), 1 at m_j, 0 at m_(j+1), and straight between. The constant bin, k = 0, has
    weight 0.

    Args:
        num_mel_bins: M, number of triangles.
        window_length: of the Fourier transform, in samples.
        sample_rate: in hertz.
        low: lower edge of the first triangle, in hertz.
        high: upper edge of the last one; by default half the sample rate.

    Returns:
        Shape (window_length // 2 + 1, num_mel_bins): the factor that makes a spectrogram a mel
        spectrogram.

    Raises:
        CourseError: an argument is out of range, or a triangle is so narrow that it
            contains no bin.

    Example:
        >>> filters = mel_filters(3, window_length=16, sample_rate=8000)
        >>> filters.shape, filters.argmax(axis=0)  # higher ones are wider
        ((9, 3), array([1, 2, 5]))

    Reference: Davis and Mermelstein 1980; Keras's MelSpectrogram, after the HTK book.
    """
    check_positive_integer("num_mel_bins", num_mel_bins)
    check_positive_integer("window_length", window_length)
    high = sample_rate / 2 if high is None else high
    if not 0 <= low < high <= sample_rate / 2:
        raise argument_error(
            "high", f"above `low` and at most half the sample rate, {sample_rate / 2:g} Hz", high
        )
    edges = np.linspace(hertz_to_mel(low), hertz_to_mel(high), num_mel_bins + 2)
    bins = hertz_to_mel(np.linspace(0, sample_rate / 2, window_length // 2 + 1))[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    filters = np.maximum(0, np.minimum(rising, falling))  # (frequencies, mels)
    filters[0] = 0
    empty = np.flatnonzero(filters.sum(axis=0) == 0)
    if empty.size:
        raise argument_error(
            "num_mel_bins",
            f"so few that each triangle contains a bin; number {empty[0]} contains none",
            num_mel_bins,
            "Use fewer, or a longer window.",
        )
    return filters


def mel_frequencies(num_mel_bins: int, *, low: float, high: float) -> np.ndarray:
    """Returns the frequencies at which the triangles of `mel_filters` peak, in hertz.

    Args:
        num_mel_bins: number of triangles.
        low: lower edge of the first one, in hertz.
        high: upper edge of the last one, in hertz.

    Returns:
        Shape (num_mel_bins,).

    Example:
        >>> mel_frequencies(3, low=0, high=4000).round()
        array([ 427., 1114., 2220.])
    """
    check_positive_integer("num_mel_bins", num_mel_bins)
    edges = np.linspace(hertz_to_mel(low), hertz_to_mel(high), num_mel_bins + 2)
    return mel_to_hertz(edges[1:-1])


def decibels(power: ArrayLike, floor: float = 1e-10) -> np.ndarray:
    """Converts power to decibels, which follow perceived loudness: L = 10 log10(max(P, floor)).

    Args:
        power: P, 0 or more, any shape.
        floor: the smallest power that counts; it keeps silence finite.

    Example:
        >>> decibels([100.0, 1.0, 0.0], floor=1e-6)
        array([ 20.,   0., -60.])
    """
    power = as_float("power", power)
    if not floor > 0:
        raise argument_error("floor", "above 0", floor)
    return 10 * np.log10(np.maximum(power, floor))


def log_mel_spectrogram(
    signal: ArrayLike,
    filters: ArrayLike,
    *,
    window_length: int = 256,
    stride: int = 80,
    floor: float = 1e-10,
) -> np.ndarray:
    """Computes the spectrogram that a network reads: decibels over time and mel.

    L = 10 log10(max(|STFT(x)|^2 F, floor))

    Args:
        signal: x, shape (samples,).
        filters: F, from `mel_filters`, shape (window_length // 2 + 1, num_mel_bins).
        window_length: in samples.
        stride: samples from one frame to the next.
        floor: the smallest power that counts.

    Returns:
        L in decibels, shape (time, num_mel_bins).

    Raises:
        CourseError: a shape does not fit.

    Example:
        >>> filters = mel_filters(40, 256, sample_rate=8000)
        >>> second = np.sin(2 * np.pi * 1000 * np.arange(8000) / 8000)
        >>> levels = log_mel_spectrogram(second, filters)
        >>> levels.shape, round(levels[50].max())
        ((101, 40), 36)

    Reference: D0 1; Davis and Mermelstein 1980, "Comparison of parametric representations for
    monosyllabic word recognition".
    """
    filters = as_float("filters", filters, ndim=2)
    if len(filters) != window_length // 2 + 1:
        expected = f"of shape ({window_length // 2 + 1}, num_mel_bins), as the window requires"
        raise argument_error("filters", expected, filters.shape)
    power = np.abs(stft(signal, window_length, stride)) ** 2  # (time, frequencies)
    return decibels(power @ filters, floor)  # (time, mels)
