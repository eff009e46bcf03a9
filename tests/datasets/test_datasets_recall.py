import numpy as np
import pytest

from dl_course.datasets import make_recall
from dl_course.errors import CourseError


def test_the_arrays_have_the_documented_form():
    data = make_recall(100, length=7, classes=5)
    assert data.name == "recall" and data.class_names[0] == "class 0"
    assert data.input_shape == (9, 6) and data.num_classes == 5
    for (x, y), n in zip(data, (80, 20), strict=True):
        assert x.dtype == np.float32 and x.shape == (n, 9, 6)
        assert y.dtype == np.int64 and y.shape == (n,)
        assert np.bincount(y).tolist() == [n // 5] * 5


def test_only_the_first_step_tells_the_class_and_only_the_last_asks():
    x, y = next(iter(make_recall(500, length=6, classes=4)))
    np.testing.assert_array_equal(x[:, 0], np.eye(5)[y])
    np.testing.assert_array_equal(x[:, -1], np.broadcast_to(np.eye(5)[4], (len(x), 5)))
    assert not x[:, 1:-1, 4].any()
    noise = x[:, 1:-1, :4]
    assert 0 <= noise.min() < 0.01 and 0.99 < noise.max() <= 1
    by_class = np.stack([noise[y == label].mean(axis=(0, 1)) for label in range(4)])
    np.testing.assert_allclose(by_class, 0.5, atol=0.05)


def test_the_seed_chooses_the_sequences():
    first, again, other = (make_recall(40, length=3, classes=2, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.x_train, again.x_train)
    assert first.checksum == again.checksum != other.checksum


def test_the_sequences_are_the_same_on_every_machine():
    # A change here changes every published figure that was measured on the task.
    assert make_recall(40, length=3, classes=2).checksum == "3820d33f9536b42465e22275fefa8bfe"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("length", 0),
        ("classes", 1),
        ("classes", 2.5),
        ("examples", 7),
        ("examples", 0),
        ("test_share", 1.0),
        ("seed", -1),
    ],
)
def test_bad_input_is_named(name, value):
    with pytest.raises(CourseError, match=f"`{name}` must be .*Received: {name}="):
        make_recall(**{"examples": 40, "length": 3, "classes": 4, name: value})
