"""Speech classifiers: raw sound in, the spectrogram within, so that a saved model takes sound."""

from dl_course.backend import keras
from dl_course.errors import argument_error, check_choice, check_positive_integer
from dl_course.models._layers import check_num_classes, class_probabilities

layers, ops = keras.layers, keras.ops

KINDS = ("cnn", "gru")
MEL_BINS, LOWEST = 32, 60.0  # LOWEST: in Hz; below is hum and handling
_WINDOW, _HOP = 0.032, 0.016  # seconds: a few periods of a voice, and half of that
_RANGE = 40.0  # dB below the loudest: what is softer is the noise of a room
_DROPOUT = 0.3  # share of the numbers before the softmax that is left out in training


def build_speech_classifier(
    samples: int,
    num_classes: int,
    *,
    sample_rate: int,
    kind: str = "cnn",
    seed: int = 0,
) -> keras.Model:
    """Builds a classifier of sounds: a log-mel spectrogram, then a CNN or a GRU, then a softmax.

    The spectrogram L = 10 log10(|STFT(x)|^2 F), in decibels, has a column every 16 ms and 32 mel
    bins. What follows sees max(L - max L, -40) / 10 + 2: how far below the loudest moment of the
    same sound, so that loudness is no sign of its class. Then

    - "cnn": three 3x3 convolutions with batch normalization, ReLU and 2x2 max pooling; of each
      filter in each band of frequencies the largest answer over time;
    - "gru": a GRU forward and one backward in time, whose largest states over time are kept.

    In training the spectrogram is moved in time and in pitch, stretched in both, and coloured as
    by another microphone, differently for every sound: other speakers differ in these ways.

    Args:
        samples: length of a sound; 0.2 s at least.
        num_classes: number of classes, at least 2.
        sample_rate: samples per second, in Hz, 2000 at least.
        kind: "cnn" or "gru".
        seed: of these changes.

    Returns:
        An uncompiled model from waveforms in [-1, 1], `(batch, samples)`, to probabilities
        `(batch, num_classes)`. Silence has an answer too, which means nothing.

    Raises:
        CourseError: if an argument is out of range.

    Example:
        >>> {kind: build_speech_classifier(8000, 10, sample_rate=8000, kind=kind).count_params()
        ...  for kind in KINDS}
        {'cnn': 26202, 'gru': 38922}

    Reference: D0 1, D1 1; Sainath and Parada 2015, "Convolutional neural networks for
    small-footprint keyword spotting"; Jaitly and Hinton 2013, "Vocal tract length perturbation".
    """
    check_num_classes(num_classes)
    check_positive_integer("sample_rate", sample_rate, "Pass e.g. 8000.")
    if sample_rate < 2000:
        raise argument_error("sample_rate", "at least 2000 Hz", sample_rate)
    check_positive_integer("samples", samples)
    if samples < sample_rate // 5:
        shortest = f"at least 0.2 s, {sample_rate // 5} at {sample_rate} Hz"
        raise argument_error("samples", shortest, samples, "Pad the sounds with zeros.")
    check_choice("kind", kind, KINDS)

    waveform = keras.Input((samples,), name="waveform")
    x = _log_mel(waveform, samples, sample_rate)  # (batch, time, mels)
    x = _as_others_might(x, seed)
    x = _convolved(x) if kind == "cnn" else _recurrent(x)
    x = layers.Dropout(_DROPOUT, name="dropout")(x)
    return keras.Model(waveform, class_probabilities(x, num_classes), name=kind)


def window_and_hop(sample_rate: int) -> tuple[int, int]:
    """Returns the length of a window and the step to the next one, in samples.

    Example:
        >>> window_and_hop(8000), window_and_hop(44100)
        ((256, 128), (1412, 706))
    """
    hop = round(_HOP * sample_rate)
    return 2 * hop, hop


def _log_mel(waveform: keras.KerasTensor, samples: int, sample_rate: int) -> keras.KerasTensor:
    """Returns spectrograms, (batch, time, mels): from -2 to 2, 2 for the loudest of each sound."""
    window, hop = window_and_hop(sample_rate)
    # To a multiple of the hop: for some lengths Keras predicts one column more than it makes.
    x = ops.pad(waveform, [[0, 0], [0, -samples % hop]])
    x = layers.MelSpectrogram(
        fft_length=window,
        sequence_stride=hop,
        sampling_rate=sample_rate,
        num_mel_bins=MEL_BINS,
        min_freq=LOWEST,
        # Keras cuts off this far below the loudest of the whole batch, which would make a sound's
        # answer depend on its neighbours. A cut this low never happens.
        top_db=1000.0,
        name="mel_spectrogram",
    )(x)
    x = layers.Permute((2, 1), name="time_first")(x)
    loudest = ops.max(x, axis=(1, 2), keepdims=True)
    return ops.maximum(x - loudest, -_RANGE) / 10 + 2


def _as_others_might(x: keras.KerasTensor, seed: int) -> keras.KerasTensor:
    """Returns spectrograms as other speakers might have made them; only in training."""
    x = ops.expand_dims(x, -1)  # Keras changes images: (batch, time, mels, 1)
    # One number for each eighth of the mel bins, the same at all times.
    flat = ops.zeros_like(x[:, :1, :8])
    colour = layers.GaussianNoise(0.6, seed=seed + 2, name="coloured")(flat)
    x = x + ops.repeat(colour, MEL_BINS // 8, axis=2)
    x = layers.RandomTranslation(0.1, 0.06, fill_mode="nearest", seed=seed, name="moved")(x)
    stretch = (-0.2, 0.2)
    x = layers.RandomZoom(stretch, stretch, fill_mode="nearest", seed=seed + 1, name="stretched")(x)
    return ops.squeeze(x, -1)


def _convolved(x: keras.KerasTensor) -> keras.KerasTensor:
    """Returns the largest answer over time of each filter in each band, (batch, bands filters)."""
    x = ops.expand_dims(x, -1)  # (batch, time, mels, 1)
    for number, filters in enumerate((16, 32, 64), start=1):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"conv{number}")(x)
        # A momentum that follows within one short epoch: the data may be few.
        x = layers.BatchNormalization(momentum=0.9, name=f"normalized{number}")(x)
        x = layers.ReLU(name=f"relu{number}")(x)
        x = layers.MaxPooling2D(2, padding="same", name=f"pool{number}")(x)
    return layers.Flatten(name="features")(ops.max(x, axis=1))


def _recurrent(x: keras.KerasTensor) -> keras.KerasTensor:
    """Returns the largest states over time of a GRU in either direction, (batch, 128)."""
    gru = layers.GRU(64, return_sequences=True, name="recurrent")
    x = layers.Bidirectional(gru, name="both_ways")(x)
    return layers.GlobalMaxPooling1D(name="features")(x)
