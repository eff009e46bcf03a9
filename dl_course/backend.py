"""The one door to Keras and its backends: TensorFlow, JAX and PyTorch.

Other rooms say `from dl_course.backend import keras`, so that Keras starts in one place and
quietly. Only this file asks which backend runs.
"""

import contextlib
import dataclasses
import logging
import numbers
import os
import platform
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

# What TensorFlow's C++ prints while it starts on any machine without a GPU, and its one hint
# about oneDNN. Everything else it says is passed on.
_START_UP_NOISE = re.compile(
    rb"^(I\d{4} |\d{4}-\d\d-\d\d .*: I |WARNING: All log messages before absl"
    rb"|To enable the following instructions: |E\d{4} .*oneDNN supports DT_BOOL only)"
    rb"|failed call to cuInit|Could not find cuda drivers|Unable to register cu\w+ factory"
)


@contextlib.contextmanager
def _without_start_up_lines() -> Iterator[None]:
    """Holds back what C++ writes to standard error, then passes on all but the known noise.

    `TF_CPP_MIN_LOG_LEVEL` alone is not enough: some lines come before TensorFlow reads it, and
    at level 3 it would hide real errors too.
    """
    with tempfile.TemporaryFile() as held:
        saved = os.dup(2)
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            held.seek(0)
            for line in held:
                if not _START_UP_NOISE.search(line):
                    sys.stderr.write(line.decode(errors="replace"))


def _is_not_about_retracing(record: logging.LogRecord) -> bool:
    """Every model compiles a training step of its own; TensorFlow takes the fifth for a mistake."""
    return "triggered tf.function retracing" not in record.getMessage()


def _start_keras():
    """Imports Keras and touches its devices, which is when the backend prints its lines."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")
    with _without_start_up_lines():
        import keras

        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            tf.config.list_physical_devices()
            # cuInit is called, and complains, only when the first array is placed; oneDNN, at the
            # first mask that is transposed.
            tf.transpose(tf.zeros((2, 3), tf.bool))
            tf.get_logger().addFilter(_is_not_about_retracing)
    return keras


keras = _start_keras()


def name() -> str:
    """Returns the backend in use: "tensorflow", "jax" or "torch".

    Example:
        >>> name() in {"tensorflow", "jax", "torch"}
        True
    """
    return keras.backend.backend()


def set_seed(seed: int) -> None:
    """Seeds Python, NumPy and the backend: the same seed gives the same weights again.

    Args:
        seed: any integer from 0 to 2**32 - 1.

    Raises:
        CourseError: if the seed is not such an integer.

    Example:
        >>> set_seed(0)
        >>> first = keras.random.normal((2,), seed=None)
        >>> set_seed(0)
        >>> bool((first == keras.random.normal((2,), seed=None)).__array__().all())
        True
    """
    from dl_course.errors import argument_error

    is_integer = isinstance(seed, numbers.Integral) and not isinstance(seed, bool)
    if not is_integer or not 0 <= seed < 2**32:
        raise argument_error("seed", "an integer from 0 to 4294967295", seed)
    # Keras seeds TensorFlow too, whatever the backend, and starts it for that.
    with _without_start_up_lines():
        keras.utils.set_random_seed(int(seed))


def begin_epoch(seed: int, epoch: int) -> None:
    """Seeds the draws of one epoch that come from no state of the model.

    On PyTorch a dropout layer without a seed of its own draws from PyTorch's generator, which no
    checkpoint holds; on the other backends every layer keeps its state, and nothing is to do.

    Args:
        seed: of the run.
        epoch: counted from 0.

    Example:
        >>> begin_epoch(seed=0, epoch=3)
    """
    if name() == "torch":
        import torch

        torch.manual_seed(int(np.random.SeedSequence((seed, epoch)).generate_state(1)[0]))


@contextlib.contextmanager
def draws_apart() -> Iterator[None]:
    """Keeps the random draws inside from changing those that come after.

    Only those that come from no state of the model, see `begin_epoch`.

    Example:
        >>> with draws_apart():
        ...     _ = keras.random.normal((2,))
    """
    if name() == "torch":
        import torch

        with torch.random.fork_rng():
            yield
    else:
        yield


def weight_gradients(
    model, x: np.ndarray | tuple[np.ndarray, ...], y: np.ndarray, loss: Callable
) -> tuple[float, list[np.ndarray]]:
    """Returns a model's loss on one batch and its gradient with respect to every weight.

    g_w = dL/dw for each trainable weight w, with the model in inference mode, so that a
    watcher changes nothing: no dropout mask is drawn, no moving average moves.

    Args:
        model: a built Keras model.
        x: inputs, shape `(batch, ...)`; several inputs as a tuple of arrays.
        y: targets as `loss` expects them.
        loss: a function of `(y, outputs)` that returns one number or one per example, such as
            a `keras.losses.Loss`. Several numbers are averaged.

    Returns:
        The loss and a list of arrays, one per entry of `model.trainable_variables`, in float32.

    Example:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
        >>> model.set_weights([np.array([[2.0]])])
        >>> x, y = np.array([[3.0]], "float32"), np.array([[0.0]], "float32")
        >>> loss, gradients = weight_gradients(model, x, y, keras.losses.MeanSquaredError())
        >>> loss, gradients[0].item()  # (2 * 3)^2 and 2 * (2 * 3) * 3
        (36.0, 36.0)

    Reference: D0 3.2, D3 3.2.
    """
    convert = keras.ops.convert_to_tensor
    x, y = tuple(map(convert, x)) if isinstance(x, tuple) else convert(x), convert(y)
    weights = model.trainable_variables

    def value_of(outputs):
        # In float32: a half-precision mean over a batch would lose the small gradients.
        return keras.ops.mean(keras.ops.cast(loss(y, outputs), "float32"))

    if name() == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            value = value_of(model(x, training=False))
        gradients = tape.gradient(value, [weight.value for weight in weights])
    elif name() == "jax":
        import jax

        def value_at(trainable):
            # The loss is within the scope too: it may hold weights, as an L2 penalty does.
            pairs = list(zip(weights, trainable, strict=True))
            with keras.StatelessScope(pairs, collect_losses=True):
                return value_of(model(x, training=False))

        value, gradients = jax.value_and_grad(value_at)([weight.value for weight in weights])
    else:
        import torch

        value = value_of(model(x, training=False))
        gradients = torch.autograd.grad(
            value, [weight.value for weight in weights], allow_unused=True
        )
    return float(_to_numpy(value)), [
        np.zeros(weight.shape, "float32") if gradient is None else _to_numpy(gradient)
        for weight, gradient in zip(weights, gradients, strict=True)
    ]


def input_gradients(model, x: np.ndarray, score: Callable) -> np.ndarray:
    """Returns the gradient of a score of the model's outputs with respect to its inputs.

    g_x = dS(f(x))/dx: how each input number, a pixel say, would change the score.

    Args:
        model: a built Keras model with one input.
        x: inputs, shape `(batch, ...)`, floating point.
        score: a function of the outputs, for example `lambda outputs: outputs[:, 3]`; several
            numbers are summed, which keeps the examples of a batch apart.

    Returns:
        An array of the shape of `x`, in float32.

    Example:
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
        >>> model.set_weights([np.array([[2.0], [-1.0]])])
        >>> input_gradients(model, np.zeros((1, 2), "float32"), lambda outputs: outputs[:, 0])
        array([[ 2., -1.]], dtype=float32)

    Reference: Simonyan et al. 2013, https://arxiv.org/abs/1312.6034; D0 Q1.
    """
    (gradient,) = array_gradients(lambda inputs: score(model(inputs, training=False)), [x])
    return gradient


def array_gradients(function: Callable, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Returns the gradients of a function with respect to each array that it is given.

    g_i = dF(a_1, ..., a_n)/da_i.

    Args:
        function: takes as many tensors as there are arrays, computes with `keras.ops`, layers
            and models, and returns one number; several numbers are summed.
        arrays: floating point, of any shape.

    Returns:
        An array of the shape of each, in float32; zeros where it has no part in the function.

    Example:
        >>> function = lambda a, b: keras.ops.sum(a * b)
        >>> array_gradients(function, [np.array([1.0, 2.0]), np.array([3.0, 4.0])])
        [array([3., 4.], dtype=float32), array([1., 2.], dtype=float32)]

    Reference: D0 3.2, D4 2.
    """
    tensors = [keras.ops.convert_to_tensor(array) for array in arrays]

    def value_of(*tensors):
        return keras.ops.sum(keras.ops.cast(function(*tensors), "float32"))

    if name() == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(tensors)
            value = value_of(*tensors)
        gradients = tape.gradient(value, tensors)
    elif name() == "jax":
        import jax

        def value_at(tensors):
            # In a scope of its own, what a layer notes while it is called does not stay behind.
            with keras.StatelessScope(collect_losses=True):
                return value_of(*tensors)

        gradients = jax.grad(value_at)(tensors)
    else:
        import torch

        tensors = [tensor.detach().requires_grad_(True) for tensor in tensors]
        gradients = torch.autograd.grad(value_of(*tensors), tensors, allow_unused=True)
    return [
        np.zeros(np.shape(array), "float32") if gradient is None else _to_numpy(gradient)
        for array, gradient in zip(arrays, gradients, strict=True)
    ]


def _to_numpy(tensor) -> np.ndarray:
    """Returns a tensor's numbers in float32 (NumPy itself has no bfloat16)."""
    return np.asarray(keras.ops.convert_to_numpy(keras.ops.cast(tensor, "float32")))


@dataclasses.dataclass(frozen=True)
class Device:
    """Where the backend computes.

    Attributes:
        kind: "cpu", "gpu" or "tpu".
        name: the hardware's own name, as far as it tells.
        count: how many there are.
        bfloat16: whether it multiplies bfloat16 matrices in hardware.

    Example:
        >>> Device("gpu", "NVIDIA H200", count=1, bfloat16=True).kind
        'gpu'
    """

    kind: str
    name: str
    count: int
    bfloat16: bool


def device() -> Device:
    """Returns the device that the backend computes on, found by looking at the hardware.

    Example:
        >>> device().kind in {"cpu", "gpu", "tpu"}
        True
    """
    if name() == "tensorflow":
        import tensorflow as tf

        gpus = tf.config.list_physical_devices("GPU")
        if gpus:
            details = tf.config.experimental.get_device_details(gpus[0])
            capability = details.get("compute_capability", (0, 0))
            label = details.get("device_name", gpus[0].name)
            return Device("gpu", label, len(gpus), tuple(capability) >= (8, 0))
    elif name() == "jax":
        import jax

        devices = jax.devices()
        if devices[0].platform != "cpu":
            capability = float(getattr(devices[0], "compute_capability", 0) or 0)
            has_bfloat16 = devices[0].platform == "tpu" or capability >= 8
            return Device(devices[0].platform, devices[0].device_kind, len(devices), has_bfloat16)
    else:
        import torch

        if torch.cuda.is_available():
            capability = torch.cuda.get_device_capability()
            label = torch.cuda.get_device_name()
            return Device("gpu", label, torch.cuda.device_count(), capability >= (8, 0))
    return Device("cpu", _cpu_name(), os.cpu_count() or 1, _cpu_has_bfloat16())


def versions() -> dict[str, str]:
    """Returns the versions that a result depends on: Python, Keras, NumPy and the backend.

    Example:
        >>> sorted(versions())[:3]
        ['backend', 'keras', 'numpy']
    """
    import importlib.metadata

    found = {
        "python": platform.python_version(),
        "keras": keras.__version__,
        "numpy": np.__version__,
        "backend": name(),
    }
    found[name()] = importlib.metadata.version(name())
    return found


def _cpu_flags() -> set[str]:
    """Returns the processor's feature flags as Linux lists them; empty on other systems."""
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return set()
    line = re.search(r"^(?:flags|Features)\s*:(.*)$", text, re.MULTILINE)
    return set(line.group(1).split()) if line else set()


def _cpu_has_bfloat16() -> bool:
    """Tells whether the CPU has bfloat16 matrix instructions that this backend uses.

    TensorFlow and PyTorch reach them through oneDNN on x86. Where no flags can be read (macOS,
    Windows) the answer is no: float32 is always right, only slower.
    """
    return name() != "jax" and bool(_cpu_flags() & {"amx_bf16", "avx512_bf16"})


def _cpu_name() -> str:
    """Returns the processor's name."""
    try:
        line = re.search(r"^model name\s*:\s*(.*)$", Path("/proc/cpuinfo").read_text(), re.M)
    except OSError:
        line = None
    return line.group(1) if line else platform.processor() or platform.machine()
