import numpy as np
import pytest

from dl_course.errors import CourseError
from dl_course.scratch import (
    decay_per_step,
    gradient_norms,
    jacobian_products,
    lstm,
    lstm_jacobians,
    rnn,
    rnn_backward,
    rnn_jacobians,
)


def rotation(scale):
    """A rotation: its powers shrink or grow with the scale alone."""
    return scale * np.array([[0.6, -0.8], [0.8, 0.6]])


@pytest.mark.parametrize("scale", [0.9, 1.0, 1.1])
def test_the_eigenvalues_decide_where_tanh_is_straight(scale):
    # At h = 0 each Jacobian is W_hh^T: its powers shrink or grow as the eigenvalues say.
    _, cache = rnn(np.zeros((1, 50, 1)), np.zeros((1, 2)), rotation(scale), np.zeros(2))
    norms = gradient_norms(rnn_jacobians(cache))
    np.testing.assert_allclose(norms[0], scale ** np.arange(51), rtol=1e-10)
    np.testing.assert_allclose(decay_per_step(norms), [scale], rtol=1e-10)


def test_no_jacobian_stretches_more_than_the_weights():
    random = np.random.default_rng(0)
    recurrent_kernel = random.normal(size=(5, 5))
    x = random.normal(size=(3, 20, 2))
    _, cache = rnn(x, random.normal(size=(2, 5)), recurrent_kernel, np.zeros(5))
    norms = np.linalg.norm(rnn_jacobians(cache), ord=2, axis=(2, 3))
    assert norms.max() <= np.linalg.norm(recurrent_kernel, 2)


def test_the_formula_as_printed_is_not_the_gradient():
    # D1 3.2.3 multiplies the losses' gradients with weights; the product of Jacobians is what
    # backpropagation through time gives, and the derivative of tanh stands in it.
    random = np.random.default_rng(0)
    recurrent_kernel = rotation(0.9)
    x, kernel = random.normal(size=(1, 30, 1)), np.full((1, 2), 2.0)
    h, cache = rnn(x, kernel, recurrent_kernel, np.zeros(2))
    upstream = np.zeros_like(h)
    upstream[0, -1] = [1.0, 0.0]
    gradient = rnn_backward(upstream, cache).initial_h[0]
    product = jacobian_products(rnn_jacobians(cache))[0, -1]
    np.testing.assert_allclose(gradient, product[0], rtol=1e-10)
    weights_alone = np.linalg.matrix_power(recurrent_kernel.T, 30)[0]
    assert np.linalg.norm(gradient) < 1e-3 * np.linalg.norm(weights_alone)


def test_an_open_forget_gate_carries_the_gradient_where_the_simple_network_loses_it():
    random = np.random.default_rng(0)
    x, units = random.normal(size=(4, 100, 3)), 8
    small = 0.3 / np.sqrt(units)
    _, simple = rnn(
        x,
        random.normal(size=(3, units)),
        small * random.normal(size=(units, units)),
        np.zeros(units),
    )
    bias = np.repeat([0.0, 5.0, 0.0, 0.0], units)
    _, gated = lstm(
        x, random.normal(size=(3, 4 * units)), small * random.normal(size=(units, 4 * units)), bias
    )
    vanished = gradient_norms(rnn_jacobians(simple))[:, -1]
    carried = gradient_norms(lstm_jacobians(gated))[:, -1]
    assert vanished.max() < 1e-30 < 1e-3 < carried.min()


def test_bad_input_is_named():
    with pytest.raises(CourseError, match=r"`jacobians`.*\(1, 2, 3, 4\)"):
        jacobian_products(np.ones((1, 2, 3, 4)))
    with pytest.raises(CourseError, match="`jacobians`"):
        gradient_norms(np.ones((3, 3)))
    with pytest.raises(CourseError, match=r"`norms`.*\(2, 1\)"):
        decay_per_step(np.ones((2, 1)))
