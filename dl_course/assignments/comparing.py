"""Numbers and arrays as students give them: read, compared, and shown in a message."""

import reprlib

import numpy as np

LONGEST = 24  # numbers that are written out; of a longer array only the shape is shown
NAN = "nan comes from 0/0, inf/inf, inf - inf, 0 * inf or the logarithm of a negative number."


def numbers(value: object) -> np.ndarray | None:
    """Returns a value as float64, or None when it is not a number or an array of numbers.

    Example:
        >>> numbers([1, 2]), numbers("1"), numbers(True), numbers([[1], [2, 3]])
        (array([1., 2.]), None, None, None)
    """
    try:
        array = np.asarray(value)
    except Exception:  # ragged lists, tensors that cannot leave their device
        return None
    return array.astype(np.float64) if array.dtype.kind in "iuf" else None


def close(number: float, expected: float, tolerance: float) -> bool:
    """Says whether a number is right up to a relative tolerance, or to two or three digits.

    With tolerance 0 it is a count, which must be exact.

    Example:
        >>> close(2.3, 2.302585, 0.002), close(0.12, 0.9**20, 0.002), close(26, 25, 0)
        (True, True, False)
    """
    right = [(expected, tolerance)]
    if tolerance:
        right += [(float(f"{expected:.{digits}g}"), 0) for digits in (2, 3)]
    # Received in float32, a rounded number has an error of its own.
    return any(abs(number - value) <= max(share, 1e-7) * abs(value) for value, share in right)


def equal_numbers(expected: np.ndarray, received: np.ndarray, tolerance: float) -> np.ndarray:
    """Says of each number whether it is the expected one; nan equals nan.

    The tolerance is relative, and a hundredth of it absolute. Whole numbers must be exact.

    Example:
        >>> equal_numbers(np.array([0.3, np.nan]), np.array([0.1 + 0.2, np.nan]), 1e-5)
        array([ True,  True])
    """
    is_count = expected.dtype.kind in "biu"
    rtol, atol = (0.0, 1e-6) if is_count else (tolerance, tolerance / 100)
    with np.errstate(all="ignore"):
        return np.isclose(received, expected, rtol=rtol, atol=atol, equal_nan=True)


def equal(expected: np.ndarray, received: np.ndarray, tolerance: float) -> bool:
    """Says whether two arrays have the same shape and equal texts or numbers.

    Example:
        >>> equal(np.zeros(3), np.zeros((3, 1)), 1e-5), equal(np.array("a"), np.array("a"), 1e-5)
        (False, True)
    """
    if expected.shape != received.shape:
        return False
    if "U" in (expected.dtype.kind, received.dtype.kind):
        return expected.dtype.kind == received.dtype.kind and np.array_equal(expected, received)
    return bool(equal_numbers(expected, received, tolerance).all())


def agree(received: object, expected: object) -> bool:
    """Says whether two values are numbers of the same shape, equal up to rounding in float32.

    Example:
        >>> agree(0.3, 0.1 + 0.2), agree([1.0], 1.0), agree("1", 1)
        (True, False, False)
    """
    a, b = numbers(received), numbers(expected)
    return a is not None and b is not None and equal(np.asarray(expected), a, 1e-5)


def show(value: object) -> str:
    """Returns a value as short text for a message.

    Example:
        >>> show(np.float32(0.1)), show(np.eye(2)), show(np.zeros((9, 9))), show("26")
        ('0.1', '[[1, 0], [0, 1]]', 'an array of shape (9, 9)', "'26'")
        >>> show((4, 1)), show([np.zeros(1), np.ones(2)]), show(np.array([True, False]))
        ('(4, 1)', '[[0], [1, 1]]', '[True, False]')
    """
    if isinstance(value, tuple) and 0 < len(value) <= LONGEST:
        return f"({', '.join(map(show, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, list) and len(value) <= LONGEST and _has_arrays(value):
        return f"[{', '.join(map(show, value))}]"
    if isinstance(value, np.ndarray) and value.dtype.kind == "U":
        return reprlib.repr(value.tolist())
    if isinstance(value, np.ndarray) and value.dtype.kind == "b" and value.size <= LONGEST:
        return str(value.tolist())
    array = None if isinstance(value, bool) else numbers(value)
    if array is None:
        name = getattr(value, "__name__", "") if callable(value) else ""
        return f"the function {name}" if name else reprlib.repr(value)
    if array.size > LONGEST:
        return f"an array of shape {array.shape}"
    return _as_text(array.tolist())


def show_with_shape(value: object) -> str:
    """Returns a value as short text; an array that is written out is followed by its shape.

    Example:
        >>> show_with_shape(3), show_with_shape([[1, 2]])
        ('3', '[[1, 2]] of shape (1, 2)')
    """
    array = value if isinstance(value, np.ndarray) else numbers(value)
    is_plain = array is None or array.dtype.kind == "U" or array.ndim == 0
    if array is None or is_plain or array.size > LONGEST:
        return show(value)
    return f"{show(value)} of shape {array.shape}"


def _has_arrays(values: list) -> bool:
    return numbers(values) is None and any(isinstance(value, np.ndarray) for value in values)


def _as_text(value: list | float) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_as_text, value))}]"
    value += 0.0  # a negative zero is a zero to a reader
    return f"{value:.0f}" if value % 1 == 0 and abs(value) < 1e15 else f"{value:.6g}"
