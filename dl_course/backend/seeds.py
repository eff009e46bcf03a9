"""Random draws that come out the same again."""

import contextlib
from collections.abc import Generator

import numpy as np

from dl_course.backend.start_up import keras, name, without_start_up_lines
from dl_course.errors import check_seed


def set_seed(seed: int) -> None:
    """Seeds Python, NumPy and the backend: the same seed gives the same weights again.

    Args:
        seed: an integer from 0 to 2**32 - 1.

    Raises:
        CourseError: if the seed is not such an integer.

    Example:
        >>> set_seed(0)
        >>> first = keras.random.normal((2,))
        >>> set_seed(0)
        >>> bool(keras.ops.all(first == keras.random.normal((2,))))
        True
    """
    check_seed("seed", seed)
    # Keras seeds TensorFlow too, whatever the backend, and starts it to do so.
    with without_start_up_lines():
        keras.utils.set_random_seed(int(seed))


def begin_epoch(seed: int, epoch: int) -> None:
    """Seeds those random draws of an epoch that a checkpoint cannot restore.

    On PyTorch a dropout layer without its own seed draws from PyTorch's global generator. On the
    other backends every layer keeps its random state, and this does nothing.

    Args:
        seed: of the run.
        epoch: counted from 0.

    Example:
        >>> draws = []
        >>> for _ in range(2):
        ...     set_seed(0)
        ...     begin_epoch(seed=0, epoch=2)
        ...     draws.append(float(keras.random.normal(())))
        >>> draws[0] == draws[1]
        True
    """
    if name() == "torch":
        import torch

        torch.manual_seed(int(np.random.SeedSequence((seed, epoch)).generate_state(1)[0]))


@contextlib.contextmanager
def draws_apart() -> Generator[None]:
    """Keeps random draws inside the block from changing those after it.

    Only draws that come from no layer's state are affected; see `begin_epoch`.

    Example:
        >>> with draws_apart():
        ...     drawn = keras.random.normal((2,))
        >>> tuple(drawn.shape)
        (2,)
    """
    if name() == "torch":
        import torch

        with torch.random.fork_rng():
            yield
    else:
        yield
