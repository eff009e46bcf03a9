"""From one long row of ids to the training examples of a language model."""

import numpy as np

from dl_course.errors import DataError, argument_error, check_positive_integer


def make_windows(
    ids: np.ndarray, length: int, *, every_step: bool = True, stride: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Cuts a row of ids into windows, each with what follows: what a language model predicts.

    Window i begins at s_i = i * stride. Its target is the id that comes next: after each of its
    steps, y_it = ids[s_i + t + 1], or only after the last one, y_i = ids[s_i + length].

    Args:
        ids: the text as integers, shape (n,).
        length: steps in a window.
        every_step: whether there is a target at each step, or only after the last one, as in
            D1 4.2.
        stride: from the beginning of a window to that of the next. By default `length` with
            targets at every step and 1 without, so that each id is a target once.

    Returns:
        x of shape (windows, length), and y of shape (windows, length) or (windows,); int32.

    Raises:
        CourseError: an argument is out of range.
        DataError: the text is shorter than one window.

    Example:
        >>> make_windows(np.arange(6), 2)
        (array([[0, 1],
               [2, 3]], dtype=int32), array([[1, 2],
               [3, 4]], dtype=int32))
        >>> make_windows(np.arange(6), 4, every_step=False)
        (array([[0, 1, 2, 3],
               [1, 2, 3, 4]], dtype=int32), array([4, 5], dtype=int32))

    Reference: D1 4.2.
    """
    check_positive_integer("length", length)
    if stride is None:
        stride = length if every_step else 1
    check_positive_integer("stride", stride)
    ids = np.asarray(ids)
    if ids.ndim != 1 or ids.dtype.kind not in "iu":
        raise argument_error("ids", "a row of integers, shape (n,)", (ids.dtype.name, ids.shape))
    if len(ids) <= length:
        raise DataError(
            f"the text must be longer than a window of {length}. Received: {len(ids)} ids. "
            "Give more text, or a smaller `length`."
        )
    starts = np.arange(0, len(ids) - length, stride)
    view = np.lib.stride_tricks.sliding_window_view(ids, length + 1)[starts]
    windows = view.astype(np.int32)  # (windows, length + 1)
    return windows[:, :-1], windows[:, 1:] if every_step else windows[:, -1]
