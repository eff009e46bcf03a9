"""The hardware and the versions that a result was computed with."""

import dataclasses
import importlib.metadata
import os
import platform
import re
from pathlib import Path

import numpy as np

from dl_course.backend.start_up import keras, name


@dataclasses.dataclass(frozen=True)
class Device:
    """Where the backend computes.

    Attributes:
        kind: "cpu", "gpu" or "tpu".
        name: the hardware's name.
        count: number of such devices; of a CPU, its cores.
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
    """Returns the device that the backend computes on.

    Example:
        >>> device().kind in {"cpu", "gpu", "tpu"}
        True
    """
    accelerators = {"tensorflow": _of_tensorflow, "jax": _of_jax, "torch": _of_torch}
    return accelerators[name()]() or _cpu()


def versions() -> dict[str, str]:
    """Returns the versions that a result depends on: Python, Keras, NumPy and the backend.

    Example:
        >>> {"python", "keras", "numpy", versions()["backend"]} < versions().keys()
        True
    """
    return {
        "python": platform.python_version(),
        "keras": keras.__version__,
        "numpy": np.__version__,
        "backend": name(),
        name(): importlib.metadata.version(name()),
    }


def _of_tensorflow() -> Device | None:
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return None
    details = tf.config.experimental.get_device_details(gpus[0])
    has_bfloat16 = tuple(details.get("compute_capability", (0, 0))) >= (8, 0)
    return Device("gpu", details.get("device_name", gpus[0].name), len(gpus), has_bfloat16)


def _of_jax() -> Device | None:
    import jax

    devices = jax.devices()
    kind = devices[0].platform
    if kind == "cpu":
        return None
    capability = float(getattr(devices[0], "compute_capability", 0) or 0)
    return Device(kind, devices[0].device_kind, len(devices), kind == "tpu" or capability >= 8)


def _of_torch() -> Device | None:
    import torch

    if not torch.cuda.is_available():
        return None
    has_bfloat16 = torch.cuda.get_device_capability() >= (8, 0)
    return Device("gpu", torch.cuda.get_device_name(), torch.cuda.device_count(), has_bfloat16)


def _cpu() -> Device:
    try:  # Linux
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        text = ""

    def field(names: str) -> str:
        line = re.search(rf"^(?:{names})\s*:\s*(.*)$", text, re.MULTILINE)
        return line.group(1) if line else ""

    model = field("model name") or platform.processor() or platform.machine()
    # TensorFlow and PyTorch use these instructions through oneDNN. Where no flags can be read
    # (macOS, Windows) the answer is no: float32 is always right, only slower.
    instructions = {"amx_bf16", "avx512_bf16"} & set(field("flags|Features").split())
    return Device("cpu", model, os.cpu_count() or 1, name() != "jax" and bool(instructions))
