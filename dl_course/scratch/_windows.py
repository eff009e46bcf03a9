"""What convolution and pooling share: how a window moves over an image."""

from collections.abc import Iterator

from dl_course.errors import argument_error

Pair = tuple[int, int]
Tap = tuple[slice, slice]


def pair(name: str, value: int | Pair) -> Pair:
    """Returns (rows, columns); one integer stands for both.

    Raises:
        CourseError: neither a positive integer nor a pair of them.

    Example:
        >>> pair("strides", 2), pair("strides", (2, 1))
        ((2, 2), (2, 1))
    """
    values = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
    integers = all(hasattr(v, "__index__") and not isinstance(v, bool) for v in values)
    if len(values) != 2 or not integers or min(values) < 1:
        raise argument_error(name, "a positive integer or a pair of them", value)
    return values


def check_fits(name: str, window: Pair, size: Pair) -> None:
    """Raises a `CourseError` if a window, its gaps included, is larger than the image."""
    if window[0] > size[0] or window[1] > size[1]:
        raise argument_error(name, f"no larger than the image, which is {size}", window)


def taps(size: Pair, window: Pair, strides: Pair, dilation: Pair = (1, 1)) -> Iterator[Tap]:
    """Yields, for each place in the window, the pixels that it sees: one per position.

    A 3 by 3 window has nine taps. `image[tap]` has the shape of the output, and its entry (i, j)
    is the pixel that this place of the window sees when the window is at (i, j).

    Args:
        size: (height, width) of the image.
        window: (height, width) of the window, in places.
        strides: pixels from one position of the window to the next.
        dilation: pixels from one place in the window to the next.

    Yields:
        Pairs of slices (rows, columns), row by row of the window.

    Example:
        >>> import numpy as np
        >>> image = np.arange(9).reshape(3, 3)
        >>> [image[tap].tolist() for tap in taps((3, 3), (1, 2), (2, 1))]
        [[[0, 1], [6, 7]], [[1, 2], [7, 8]]]
    """

    def slices(axis: int) -> list[slice]:
        extent = (window[axis] - 1) * dilation[axis]
        starts = range(0, extent + 1, dilation[axis])
        return [slice(s, size[axis] - extent + s, strides[axis]) for s in starts]

    for rows in slices(0):
        for columns in slices(1):
            yield rows, columns
