"""Numbers and arrays as students give them: read, compared, and shown in a message."""

import reprlib

import numpy as np

LONGEST = 24  # numbers that are written out; of a longer array the shape is shown


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


def close(number: object, expected: object, tolerance: float) -> bool:
    """Tells whether two numbers differ by at most a share `tolerance` of the expected one.

    Example:
        >>> close(2.3, 2.302585, 0.002), close(26, 25, 0), close(float("nan"), 25, 1)
        (True, False, False)
    """
    difference = abs(float(number) - float(expected))
    return difference <= max(tolerance, 1e-9) * abs(float(expected))


def agree(received: object, expected: object) -> bool:
    """Tells whether two values are numbers of the same shape, equal up to rounding in float32.

    Example:
        >>> agree(0.3, 0.1 + 0.2), agree([1.0], 1.0), agree(np.nan, np.nan), agree("1", 1)
        (True, False, False, False)
    """
    a, b = numbers(received), numbers(expected)
    if a is None or b is None or a.shape != b.shape:
        return False
    return bool(np.allclose(a, b, rtol=1e-5, atol=1e-7))


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
    array = None if isinstance(value, bool) else numbers(value)
    if array is None and _is_list_of_arrays(value):
        return f"[{', '.join(map(show, value))}]"
    if isinstance(value, np.ndarray) and value.dtype.kind == "b" and value.size <= LONGEST:
        return str(value.tolist())
    if array is None:
        return f"the function {value.__name__}" if _is_function(value) else reprlib.repr(value)
    if array.size > LONGEST:
        return f"an array of shape {array.shape}"
    return _as_text(array.tolist())


def _as_text(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_as_text, value))}]"
    value += 0.0  # a negative zero is a zero to a reader
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.6g}"


def _is_list_of_arrays(value: object) -> bool:
    is_short = isinstance(value, list) and len(value) <= LONGEST
    return is_short and any(isinstance(item, np.ndarray) for item in value)


def _is_function(value: object) -> bool:
    return callable(value) and hasattr(value, "__name__")
