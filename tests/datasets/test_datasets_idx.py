"""The idx format: what it is, and what is not it."""

import numpy as np
import pytest

from dl_course.datasets.sets._idx import parse_idx
from dl_course.errors import DataError

GOOD = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3]) + bytes(range(6))


def test_sizes_then_bytes():
    np.testing.assert_array_equal(parse_idx(GOOD, "f"), [[0, 1, 2], [3, 4, 5]])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\0\x08",
        GOOD[:9],
        b"\0\0\x0d" + GOOD[3:],
        b"\0\0\x08\0",
        GOOD[:-1],
        GOOD + b"\0",
        bytes([0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255]),
    ],
    ids=["empty", "3 bytes", "header cut", "floats", "no sizes", "short", "long", "huge sizes"],
)
def test_other_content_is_refused(content):
    with pytest.raises(DataError, match="^f: .*fetch the set again.$"):
        parse_idx(content, "f")
