"""Scores agree with those of Keras and scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss

from dl_course.backend import keras
from dl_course.errors import DataError
from dl_course.training import predict, scores


@pytest.mark.backend
def test_predictions_of_many_examples_are_those_of_one_call(small):
    x = np.random.default_rng(0).normal(size=(600, 4)).astype("float32")
    model = small()
    got = predict(model, x)
    assert got.shape == (600, 3) and got.dtype == np.float32
    np.testing.assert_allclose(got, keras.ops.convert_to_numpy(model(x)), atol=1e-6)


def test_scores_are_those_of_keras_and_scikit_learn(small):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(300, 4)).astype("float32"), rng.integers(0, 3, 300)
    model = small()
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    loss, accuracy = model.evaluate(x, y, verbose=0)
    p = predict(model, x)
    got = scores(y, p)
    assert got["accuracy"] == pytest.approx(accuracy) == accuracy_score(y, p.argmax(axis=1))
    assert got["loss"] == pytest.approx(loss, rel=1e-5)
    assert got["loss"] == pytest.approx(log_loss(y, p.astype(float)), rel=1e-5)


def test_a_class_that_no_test_example_has_does_not_confuse_the_scores():
    p = np.array([[0.7, 0.2, 0.1], [0.6, 0.3, 0.1]], "float32")
    assert scores(np.array([0, 1]), p) == pytest.approx(
        {"accuracy": 0.5, "loss": -np.log([0.7, 0.3]).mean()}
    )


@pytest.mark.parametrize("shape", [(5, 3), (5, 4, 1), (5,), (0, 5)])
def test_inputs_of_another_shape_are_refused(shape, small):
    with pytest.raises(DataError, match=r"`x` must hold examples of shape \(4,\)") as caught:
        predict(small(), np.zeros(shape, "float32"))
    assert f"x.shape={shape}" in str(caught.value)


@pytest.mark.parametrize("y", [[0, 3], [-1, 0]])
def test_labels_without_a_column_are_refused(y):
    with pytest.raises(DataError, match="`y` must hold classes from 0 to 2, as many as the model"):
        scores(np.array(y), np.full((2, 3), 1 / 3))
