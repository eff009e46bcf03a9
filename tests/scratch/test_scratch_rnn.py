import numpy as np
import pytest

from dl_course.backend import keras
from dl_course.errors import CourseError
from dl_course.scratch import rnn, rnn_backward, rnn_output, rnn_step


def test_a_step_by_hand():
    # 0.3 * 2 - 0.5 * 0.4 + 0.1 = 0.5
    h = rnn_step([[2.0]], [[0.4]], [[0.3]], [[-0.5]], [0.1])
    np.testing.assert_allclose(h, [[np.tanh(0.5)]], rtol=1e-15)


def test_a_gradient_by_hand():
    # tanh'(0) = 1, so that the gradient at each step is the weight from state to state once more.
    h, cache = rnn(np.zeros((1, 4, 1)), [[2.0]], [[0.5]], [0.0])
    gradients = rnn_backward([[[0.0], [0.0], [0.0], [1.0]]], cache)
    np.testing.assert_array_equal(gradients.x.ravel(), [0.25, 0.5, 1.0, 2.0])
    assert gradients.bias.item() == 0.125 + 0.25 + 0.5 + 1
    assert gradients.initial_h.item() == 0.0625


def test_the_outputs_are_those_of_a_dense_layer():
    random = np.random.default_rng(0)
    h, kernel = random.normal(size=(2, 3, 4)), random.normal(size=(4, 5))
    bias = random.normal(size=5)
    dense = keras.layers.Dense(5, dtype="float64")
    dense.build(h.shape)
    dense.set_weights([kernel, bias])
    expected = keras.ops.convert_to_numpy(dense(keras.ops.convert_to_tensor(h)))
    np.testing.assert_allclose(rnn_output(h, kernel, bias), expected, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "shape"), [("h", (3, 4)), ("h", (2, 3, 5)), ("kernel", (4,)), ("bias", (6,))]
)
def test_an_output_layer_that_does_not_fit_is_named(name, shape):
    arguments = {"h": np.ones((2, 3, 4)), "kernel": np.ones((4, 5)), "bias": np.ones(5)}
    with pytest.raises(CourseError, match=f"`{name}` must "):
        rnn_output(**{**arguments, name: np.ones(shape)})
