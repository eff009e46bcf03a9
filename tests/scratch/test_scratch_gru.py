import numpy as np
import pytest

from dl_course.errors import CourseError
from dl_course.scratch import gru, gru_step, keras_gru, keras_gru_step, sigmoid


def drawn(features=3, units=4):
    random = np.random.default_rng(0)
    columns = 3 * units
    return [random.normal(size=shape) for shape in ((features, columns), (units, columns), columns)]


def test_a_step_of_the_documents_by_hand():
    # One unit, h = 0.5; the sums of z and r are 1 and 2, that of h~ is 3 + 0.4 (r h).
    h = gru_step([[1.0]], [[0.5]], [[1.0, 2.0, 3.0]], [[0.0, 0.0, 0.4]], np.zeros(3))
    z, candidate = sigmoid(1.0), np.tanh(3 + 0.4 * sigmoid(2.0) * 0.5)
    np.testing.assert_allclose(h, [[(1 - z) * 0.5 + z * candidate]], rtol=1e-15)


def test_a_step_of_keras_by_hand():
    # As above; the bias of the product is scaled by r too.
    bias = [[0.0, 0.0, 0.0], [0.0, 0.0, 0.7]]
    h = keras_gru_step([[1.0]], [[0.5]], [[1.0, 2.0, 3.0]], [[0.0, 0.0, 0.4]], bias)
    z, candidate = sigmoid(1.0), np.tanh(3 + sigmoid(2.0) * (0.4 * 0.5 + 0.7))
    np.testing.assert_allclose(h, [[z * 0.5 + (1 - z) * candidate]], rtol=1e-15)


def test_the_two_forms_agree_with_one_unit_and_the_signs_of_z_turned():
    # With several units the place of the reset gate makes them two functions.
    x = np.ones((1, 5, 3))
    for units, agree in ((1, True), (4, False)):
        weights = drawn(units=units)
        signs = np.repeat([-1.0, 1.0, 1.0], units)
        kernel, recurrent_kernel, bias = (weight * signs for weight in weights)
        documents, _ = gru(x, *weights)
        turned, _ = keras_gru(x, kernel, recurrent_kernel, [bias, 0 * bias])
        assert np.allclose(documents, turned, rtol=1e-12) == agree
        same, _ = keras_gru(x, *weights[:2], [weights[2], 0 * bias])
        assert np.abs(documents - same).max() > 0.1


def test_the_extra_r_of_the_document_forgets_what_z_decides_to_keep():
    # D1 3.3.2.2 has (1 - z) * r * h: with z shut the state should stay, and r takes it away.
    kernel, recurrent_kernel = np.zeros((1, 3)), np.zeros((1, 3))
    bias = np.array([-1000.0, -1.0, 0.0])  # z = 0, r = 0.27
    h, cache = gru(np.ones((1, 20, 1)), kernel, recurrent_kernel, bias, [[0.8]])
    np.testing.assert_array_equal(h, np.full((1, 20, 1), 0.8))
    printed = 0.8
    for z, r, candidate in zip(cache.z.ravel(), cache.r.ravel(), cache.g.ravel(), strict=True):
        printed = (1 - z) * r * printed + z * candidate
    assert printed < 1e-10


def documents_gru(X, theta1, theta2, theta3, theta4):
    """The listing of D0 4.6, with the sigmoid that it forgets."""
    n = len(X)
    h = np.zeros((n, 1))
    c = np.zeros((n, 1))
    for i in range(n):
        joined = np.concatenate((X[i], h), axis=0)
        reset_gate = sigmoid(np.dot(theta1, joined))
        candidate_c = sigmoid(np.dot(theta2, joined) + reset_gate * c[i])
        new_c = reset_gate * c[i] + (1 - reset_gate) * candidate_c
        update_gate = sigmoid(np.dot(theta3, joined))
        new_h = np.tanh(np.dot(theta4, joined) + update_gate * new_c)
        h[i + 1] = new_h
        c[i + 1] = new_c
    return h, c


def test_the_listing_of_the_document_raises_where_ours_runs():
    sequence = np.random.default_rng(0).normal(size=(6, 3))
    thetas = [np.ones((1, 9))] * 4
    with pytest.raises(ValueError, match="dimension"):
        documents_gru(sequence, *thetas)
    # With columns for inputs the shapes can be made to fit, and the last step writes past h.
    with pytest.raises(IndexError, match="out of bounds"):
        documents_gru(sequence[..., None], *thetas)
    h, _ = gru(sequence[None], np.ones((3, 3)), np.ones((1, 3)), np.zeros(3))
    assert h.shape == (1, 6, 1)


def test_each_form_has_its_bias():
    kernel, recurrent_kernel, bias = drawn()
    with pytest.raises(CourseError, match="`bias`"):
        keras_gru(np.ones((1, 2, 3)), kernel, recurrent_kernel, bias)
    with pytest.raises(CourseError, match="`bias`"):
        gru(np.ones((1, 2, 3)), kernel, recurrent_kernel, [bias, bias])
