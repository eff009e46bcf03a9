"""Attention: equal to Keras, gradients, padding, bad input."""

import numpy as np
import pytest

from dl_course.backend import keras
from dl_course.errors import CourseError
from dl_course.scratch import attention, attention_backward, numeric_gradient


def drawn(features=5):
    random = np.random.default_rng(0)
    return [random.normal(size=shape) for shape in ((2, 3, 4), (2, 6, features), (2, 6, 4))]


MASK = np.arange(6) < np.array([[6], [2]])


@pytest.mark.backend
@pytest.mark.parametrize("mask", [None, MASK], ids=["whole", "padded"])
def test_equals_keras(mask):
    query, value, key = (array.astype("float32") for array in drawn())
    masks = None if mask is None else [None, mask]
    layer = keras.layers.Attention()
    theirs = layer([query, value, key], mask=masks, return_attention_scores=True)
    for ours, expected in zip(attention(query, value, key, mask), theirs, strict=True):
        np.testing.assert_allclose(ours, keras.ops.convert_to_numpy(expected), atol=1e-6)


def test_padding_is_not_looked_at():
    query, value, key = drawn()
    context, weights = attention(query, value, key, MASK)
    assert (weights[1, :, 2:] == 0).all()
    np.testing.assert_allclose(weights.sum(axis=-1), 1)
    np.testing.assert_allclose(context[1], attention(query, value[:, :2], key[:, :2])[0][1])


@pytest.mark.parametrize("mask", [None, MASK], ids=["whole", "padded"])
@pytest.mark.parametrize("shared", [False, True], ids=["keys", "values as keys"])
def test_gradients_equal_finite_differences(mask, shared):
    query, value, key = drawn(features=4)
    inputs = [query, value] if shared else [query, value, key]
    upstream = np.random.default_rng(1).normal(size=(2, 3, 4))
    _, weights = attention(*inputs, mask=mask)
    gradients = attention_backward(upstream, weights, *inputs)
    for k, array in enumerate(inputs):

        def loss(changed, k=k):
            given = [changed if i == k else other for i, other in enumerate(inputs)]
            return float((attention(*given, mask=mask)[0] * upstream).sum())

        np.testing.assert_allclose(gradients[k], numeric_gradient(loss, array), atol=1e-7)
    assert not shared or gradients[2] is None


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (((3, 4), (2, 6, 4)), "`query`"),
        (((2, 3, 4), (1, 6, 4)), "`value`"),
        (((2, 3, 4), (2, 6, 5)), "`key`"),
        (((2, 3, 4), (2, 6, 5), (2, 5, 4)), "`key`"),
    ],
)
def test_shapes_that_do_not_fit(shapes, message):
    with pytest.raises(CourseError, match=message):
        attention(*map(np.ones, shapes))


def test_an_example_that_is_padding_alone_is_refused():
    with pytest.raises(CourseError, match="`mask`"):
        attention(np.ones((1, 2, 3)), np.ones((1, 4, 3)), mask=np.zeros((1, 4)))
