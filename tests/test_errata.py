"""Errors of the documents that a few lines can show; the listings' are in their rooms' tests."""

import numpy as np
import pytest

from dl_course.errors import CourseError
from dl_course.scratch import gradient_descent, initialize_mlp, mlp_backward, mlp_forward
from dl_course.syllabus import ERRATA


def test_d0_4_1_broadcasts_a_column_against_a_row_and_ours_refuses():
    x, y, theta = np.eye(3)[:, :2], np.arange(3.0), np.zeros((2, 1))
    gradient = x.T @ (x @ theta - y) / len(y)  # the listing's line
    assert gradient.shape == (2, 3)  # not the shape of theta, and no error
    with pytest.raises(CourseError):
        gradient_descent(x, y, theta, learning_rate=0.1, iterations=1)


def test_backpropagation_changes_no_weight_it_computes_gradients():
    rng = np.random.default_rng(0)
    weights = initialize_mlp((2, 3, 1), rng)
    before = [weight.copy() for weight in weights]
    y, cache = mlp_forward(rng.normal(size=(5, 2)), weights, ("tanh", "linear"))
    gradients = mlp_backward(np.ones_like(y), cache).weights
    assert any(gradient.any() for gradient in gradients)
    assert all(map(np.array_equal, weights, before))


def test_d4_3_1_without_weights_a_layer_has_one_output_for_each_input():
    x = np.array([[0.5, -1.0]])
    assert (1 / (1 + np.exp(-x))).shape == (1, 2)  # the document's formula: no choice of a width
    weights = initialize_mlp((2, 5), np.random.default_rng(0))
    output, _ = mlp_forward(x, weights, ("sigmoid",))
    assert output.shape == (1, 5)
    assert np.allclose(output, 1 / (1 + np.exp(-(x @ weights[0] + weights[1]))))


def test_every_erratum_says_what_is_wrong_and_what_is_right():
    assert len({erratum.place for erratum in ERRATA}) == len(ERRATA)
    assert all(e.wrong.endswith(".") and e.correct.endswith(".") for e in ERRATA)
