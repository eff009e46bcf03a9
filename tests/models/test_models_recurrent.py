import numpy as np
import pytest

from dl_course.backend import keras, set_seed
from dl_course.datasets import make_recall
from dl_course.errors import CourseError
from dl_course.models import build_recurrent
from dl_course.scratch import keras_gru, lstm, rnn, softmax

EXAMPLE = {"build_recurrent": {"input_shape": (4, 3), "num_classes": 2, "units": 5}}
pytestmark = pytest.mark.backend
KINDS = {"rnn": rnn, "lstm": lstm, "gru": keras_gru}


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_the_formula_from_scratch_and_a_softmax_on_the_last_state(kind):
    set_seed(0)
    model = build_recurrent((7, 3), 4, kind=kind, units=5)
    assert model.name == kind and not model.compiled
    x = np.random.default_rng(0).random((6, 7, 3), np.float32)
    *weights, kernel, bias = model.get_weights()
    h, _ = KINDS[kind](x, *weights)
    expected = softmax(h[:, -1] @ kernel + bias)
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, atol=1e-6)


def test_it_learns_to_recall_over_a_short_time():
    data = make_recall(400, length=2, classes=2)
    set_seed(0)
    model = build_recurrent(data.input_shape, data.num_classes, kind="lstm", units=16)
    model.compile(
        keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    model.fit(data.x_train, data.y_train, batch_size=32, epochs=12, verbose=0)
    assert model.evaluate(data.x_test, data.y_test, verbose=0)[1] > 0.95


def test_the_initializer_reaches_the_matrix_from_state_to_state():
    model = build_recurrent((7, 3), 4, kind="rnn", units=5, recurrent_initializer="zeros")
    np.testing.assert_array_equal(model.get_weights()[1], np.zeros((5, 5)))
    matrix = build_recurrent((7, 3), 4, kind="rnn", units=5).get_weights()[1]
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(5), atol=1e-6)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("input_shape", (28, 28, 1)),
        ("input_shape", (0, 3)),
        ("num_classes", 1),
        ("kind", "transformer"),
        ("units", 0),
    ],
)
def test_bad_input_is_named(name, value):
    arguments = {"input_shape": (7, 3), "num_classes": 4, name: value}
    with pytest.raises(CourseError, match=f"`{name}` must be .*Received: {name}="):
        build_recurrent(**arguments)
