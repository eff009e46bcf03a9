"""The scratch room against the documents' loop, SciPy and Keras on the CPU, in one run.

    python -m benchmarks.scratch

Every table times its ways in turn, round after round, since the speed of a shared machine drifts:
the ratios are medians over the rounds, with their range.
"""

import os
import statistics
import time
from collections.abc import Callable

# Before TensorFlow starts: the comparison is on the CPU, even if there is a GPU.
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import numpy as np

from benchmarks.table import print_table
from dl_course.backend import device, keras, versions
from dl_course.scratch import conv2d, conv2d_backward, cross_correlate2d, lstm


def main() -> None:
    """Runs all comparisons; about a minute."""
    cpu = device()
    print(f"{os.cpu_count()} x {cpu.name}; {versions()}\n")
    rng = np.random.default_rng(0)
    _compare_one_image(rng)
    _compare_layers(rng)
    _compare_lstm(rng)


def double_loop(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Computes the cross-correlation pixel by pixel, as D0 4.3 does."""
    p, q = kernel.shape
    y = np.zeros((image.shape[0] - p + 1, image.shape[1] - q + 1))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(image[i : i + p, j : j + q] * kernel)
    return y


def _compare_one_image(rng: np.random.Generator) -> None:
    from scipy.signal import correlate2d

    image, kernel = rng.normal(size=(512, 512)), rng.normal(size=(5, 5))
    ours = {"ours, cross_correlate2d": lambda: cross_correlate2d(image, kernel)}
    scipy = {"SciPy, correlate2d": lambda: correlate2d(image, kernel, mode="valid")}
    loop = {"the document's double loop": lambda: double_loop(image, kernel)}
    title = "512x512 image, 5x5 kernel, float64"
    ratio = _compare(title, ours | loop, rounds=7)
    print(f"aim: ours at least 100 times as fast as the loop. Measured: {ratio:.0f} times\n")
    ratio = _compare(title, ours | scipy, rounds=101)
    print(f"aim: ours no slower than SciPy. Measured: {ratio:.1f} times as fast\n")


def _compare_layers(rng: np.random.Generator) -> None:
    x = rng.normal(size=(32, 28, 28, 32)).astype("float32")
    kernel = (0.1 * rng.normal(size=(3, 3, 32, 64))).astype("float32")
    bias = np.zeros(64, "float32")
    layer = keras.layers.Conv2D(64, 3)
    layer.build(x.shape)
    layer.set_weights([kernel, bias])
    y, _ = conv2d(x, kernel, bias)
    upstream = np.ones_like(y)
    forward, both = _keras_conv2d(layer, x, upstream)
    np.testing.assert_allclose(y, forward(), rtol=1e-3, atol=1e-3)

    def ours_both():
        return conv2d_backward(upstream, conv2d(x, kernel, bias)[1])

    for mine, theirs in zip(ours_both(), both(), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-3, atol=2e-2)
    title = "conv2d (32, 28, 28, 32) to 64 filters of 3x3, float32"
    ways = {"ours": lambda: conv2d(x, kernel, bias), "Keras": forward}
    _compare(f"{title}, forward", ways, rounds=51)
    ways = {"ours": ours_both, "Keras": both}
    _compare(f"{title}, forward and backward", ways, rounds=51)


def _keras_conv2d(layer, x: np.ndarray, upstream: np.ndarray) -> tuple[Callable, Callable]:
    """Returns the compiled forward pass of Keras's layer, and forward with all gradients."""
    import tensorflow as tf

    weights = [weight.value for weight in layer.trainable_variables]
    x, upstream = tf.constant(x), tf.constant(upstream)
    run = tf.function(lambda x: layer(x))

    @tf.function
    def run_both(x, upstream):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x)
        return tape.gradient(y, [x, *weights], output_gradients=upstream)

    def forward():
        return run(x).numpy()

    def both():
        return [gradient.numpy() for gradient in run_both(x, upstream)]

    return forward, both


def _compare_lstm(rng: np.random.Generator) -> None:
    x = rng.normal(size=(64, 40, 60)).astype("float32")
    model = keras.Sequential(
        [keras.Input(x.shape[1:]), keras.layers.LSTM(128, return_sequences=True)]
    )
    weights = model.get_weights()

    def predict():
        return model.predict(x, batch_size=len(x), verbose=0)

    np.testing.assert_allclose(lstm(x, *weights)[0], predict(), rtol=1e-3, atol=1e-4)
    ways = {"ours": lambda: lstm(x, *weights), "Keras, predict": predict}
    title = "LSTM forward, (64, 40, 60) to 128 units, float32"
    ratio = _compare(title, ways, rounds=51)
    print(f"aim: ours within twice Keras. Measured: {1 / ratio:.2f} times Keras's time\n")


def _compare(title: str, ways: dict[str, Callable], rounds: int) -> float:
    """Times the ways in turn, prints their table, and returns the last one's time over ours.

    Args:
        title: what is computed.
        ways: functions without arguments by name, ours first.
        rounds: how often each is timed, after one call to warm up.

    Returns:
        The median over the rounds of the last way's seconds over those of the first.
    """
    seconds = {name: [] for name in ways}
    for way in ways.values():
        way()
    for _ in range(rounds):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            seconds[name].append(time.perf_counter() - start)
    ours = next(iter(seconds.values()))
    rows = []
    for name, times in seconds.items():
        ratios = [time / first for time, first in zip(times, ours, strict=True)]
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
        median = statistics.median(ratios)
        rows.append((name, f"{1000 * statistics.median(times):.2f}", f"{median:.2f}", spread))
    print_table((title, "median ms", "time / ours", "range"), rows)
    return median


if __name__ == "__main__":
    main()
