import numpy as np
import pytest

from dl_course.scratch import lstm, lstm_step, sigmoid


def test_a_step_by_hand():
    # One unit, the sums of i, f, g, o are 1, 2, 3, 4.
    h, c = lstm_step(
        [[1.0]], [[0.0]], [[0.5]], [[1.0, 2.0, 3.0, 4.0]], np.zeros((1, 4)), np.zeros(4)
    )
    expected = sigmoid(2.0) * 0.5 + sigmoid(1.0) * np.tanh(3.0)
    np.testing.assert_allclose(c, [[expected]], rtol=1e-15)
    np.testing.assert_allclose(h, [[sigmoid(4.0) * np.tanh(expected)]], rtol=1e-15)


def test_an_open_forget_gate_and_a_closed_input_gate_keep_the_cell():
    x = np.random.default_rng(0).normal(size=(2, 50, 3))
    bias = np.repeat([-1000.0, 1000.0, 0.0, 1000.0], 4)
    start = np.full((2, 4), 0.7)
    h, cache = lstm(x, np.ones((3, 16)), np.ones((4, 16)), bias, initial_c=start)
    np.testing.assert_array_equal(cache.c[:, -1], start)
    np.testing.assert_array_equal(h[:, -1], np.tanh(start))


def documents_lstm(X, theta1, theta2, theta3):
    """The listing of D0 4.5, with the sigmoid that it forgets; two arguments are never used."""
    n = len(X)
    h = np.zeros((n, 1))
    c = np.zeros((n, 1))
    for i in range(n):
        joined = np.concatenate((X[i], h), axis=0)
        input_gates = sigmoid(np.dot(theta1, joined))
        new_c = sigmoid(np.dot(theta2, joined) + input_gates[0] * c[i])
        new_h = np.tanh(np.dot(theta3, joined) + input_gates[1] * h[i] + input_gates[2] * new_c)
        h[i + 1] = new_h
        c[i + 1] = new_c
    return h, c


def test_the_listing_of_the_document_raises_where_ours_runs():
    sequence = np.random.default_rng(0).normal(size=(6, 3))
    with pytest.raises(ValueError, match="dimension"):
        documents_lstm(sequence, np.ones((3, 9)), np.ones((1, 9)), np.ones((1, 9)))
    # With columns for inputs the shapes can be made to fit, and the last step writes past h.
    with pytest.raises(IndexError, match="out of bounds"):
        documents_lstm(sequence[..., None], np.ones((3, 9)), np.ones((1, 9)), np.ones((1, 9)))
    h, _ = lstm(sequence[None], np.ones((3, 4)), np.ones((1, 4)), np.zeros(4))
    assert h.shape == (1, 6, 1)


def test_the_sigmoid_of_the_document_would_keep_the_cell_from_leaving_0_to_1():
    # D0 4.5 squeezes the cell at every step; D0 3.5 lets it count, above 1 and below 0.
    up, down = (
        lstm(
            np.full((1, 10, 1), sign), [[9.0, 9.0, 9.0, 9.0]], np.zeros((1, 4)), [9.0, 9.0, 0, 9.0]
        )
        for sign in (0.5, -0.5)
    )
    assert up[1].c[0, -1, 0] > 9 and down[1].c[0, -1, 0] < -9


def test_i_is_a_gate_and_u_is_a_candidate():
    # D1 3.3.1.1 calls both "input gate": only the first is between 0 and 1.
    x = np.random.default_rng(0).normal(size=(4, 5, 3))
    kernel = np.random.default_rng(1).normal(size=(3, 8))
    _, cache = lstm(x, kernel, np.zeros((2, 8)), np.zeros(8))
    assert 0 < cache.i.min() and cache.i.max() < 1
    assert cache.g.min() < 0 < cache.g.max()
    # Shut, the gate lets nothing in; a candidate of 0 is a value like any other.
    _, shut = lstm(x, kernel, np.zeros((2, 8)), [-1000.0, -1000.0, 0, 0, 0, 0, 0, 0])
    np.testing.assert_array_equal(shut.c, np.zeros_like(shut.c))
