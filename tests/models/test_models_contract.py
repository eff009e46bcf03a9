"""What every builder of models promises, whatever its hyperparameters."""

import importlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from dl_course import models
from dl_course.backend import keras, set_seed
from dl_course.errors import CourseError
from dl_course.models import (
    build_augmentation,
    build_cnn,
    build_mlp,
    build_recurrent,
    build_speech_classifier,
    load_model,
)

# A builder on the face of the room is tested by being there; the arguments of one without defaults
# are the EXAMPLE in its own test file.
FILES = Path(__file__).parent.glob("test_models_*.py")
EXAMPLES = {"build_regressor": {"input_shape": (5,), "outputs": 2}}
for file in FILES:
    EXAMPLES |= getattr(importlib.import_module(file.stem), "EXAMPLE", {})
ON_OTHERS = ("build_mlp", "build_recurrent", "build_regressor")  # the backends compile slowly
BUILDERS = [name for name in dir(models) if name.startswith("build_")]

# For each case: how to build, the shape of an input, the number of classes.
CLASSIFIERS = {
    "cnn, document 1": (lambda: build_cnn(), (28, 28, 1), 10),
    "cnn, document 2": (lambda: build_cnn(hidden_units=64), (28, 28, 1), 10),
    "cnn, colour": (lambda: build_cnn((10, 14, 3), 2, filters=(4, 3)), (10, 14, 3), 2),
    "cnn, smallest": (lambda: build_cnn((4, 4, 1), 3, filters=(2,), hidden_units=4), (4, 4, 1), 3),
    "cnn, no convolution": (lambda: build_cnn((3, 3, 1), 2, filters=()), (3, 3, 1), 2),
    "cnn, initializer": (
        lambda: build_cnn((8, 8, 1), 4, filters=[3], kernel_initializer="he_normal"),
        (8, 8, 1),
        4,
    ),
    "cnn, augmented": (
        lambda: build_cnn(
            (8, 8, 1),
            4,
            filters=(3,),
            augmentation=build_augmentation((8, 8, 1), crop=0.2, rotation=20, flip=True),
        ),
        (8, 8, 1),
        4,
    ),
    "mlp": (lambda: build_mlp(), (28, 28, 1), 10),
    "mlp, vector": (lambda: build_mlp((5,), 3, hidden_units=(7, 6, 5)), (5,), 3),
    "mlp, no hidden layer": (lambda: build_mlp((5,), 2, hidden_units=()), (5,), 2),
    "mlp, tanh": (
        lambda: build_mlp((2, 3), 3, hidden_units=[4], activation="tanh"),
        (2, 3),
        3,
    ),
    "mlp, initializer": (lambda: build_mlp((5,), 3, kernel_initializer="he_normal"), (5,), 3),
    "recurrent, rnn": (lambda: build_recurrent((4, 3), 2, kind="rnn", units=5), (4, 3), 2),
    "recurrent, lstm": (lambda: build_recurrent((4, 3), 2), (4, 3), 2),
    "recurrent, gru": (lambda: build_recurrent((4, 3), 2, kind="gru", units=5), (4, 3), 2),
    "speech_classifier, cnn": (
        lambda: build_speech_classifier(1600, 3, sample_rate=8000),
        (1600,),
        3,
    ),
    "speech_classifier, gru": (
        lambda: build_speech_classifier(4000, 2, sample_rate=16000, kind="gru"),
        (4000,),
        2,
    ),
}


# The other backends compile slowly; what the layers compute is Keras's to test, not ours.
ON_EVERY_BACKEND = ("cnn, document 2", "cnn, augmented", "mlp, tanh", "recurrent, gru")
CASES = [
    pytest.param(name, marks=[pytest.mark.backend] if name in ON_EVERY_BACKEND else [])
    for name in CLASSIFIERS
]


@pytest.fixture(scope="module", params=CASES)
def case(request):
    build, shape, classes = CLASSIFIERS[request.param]
    rng = np.random.default_rng(0)
    x = rng.random((2 * classes, *shape), "float32")
    return build, x, np.arange(2 * classes) % classes, classes


def predictions(model, x):
    return keras.ops.convert_to_numpy(model(x, training=False))


def summary(model):
    layers = [(type(x).__name__, x.name, x.dtype, x.count_params()) for x in model.layers]
    return layers, model.input_shape, model.output_shape


def example_inputs(model):
    """Two examples for each input: ids below 8 for integers, 6 steps where the number is open."""
    rng = np.random.default_rng(0)
    arrays = []
    for tensor in model.inputs:
        shape = (2, *(size or 6 for size in tensor.shape[1:]))
        is_ids = tensor.dtype.startswith("int")
        arrays.append(rng.integers(1, 8, shape) if is_ids else rng.random(shape, "float32"))
    return arrays if len(arrays) > 1 else arrays[0]


@pytest.mark.parametrize(
    "builder",
    [
        pytest.param(name, marks=[pytest.mark.backend, pytest.mark.jax] * (name in ON_OTHERS))
        for name in BUILDERS
    ],
)
def test_every_builder_gives_a_model_that_trains_and_is_saved(builder, tmp_path):
    set_seed(0)
    model = getattr(models, builder)(**EXAMPLES.get(builder, {}))
    assert isinstance(model, keras.Model) and not model.compiled
    x = example_inputs(model)
    before = predictions(model, x)
    known = [size or 6 for size in model.output_shape[1:]]
    assert before.shape == (2, *known) and np.isfinite(before).all()

    model.compile(keras.optimizers.SGD(0.01), "mean_squared_error")
    assert np.isfinite(model.train_on_batch(x, np.zeros_like(before)))
    assert all(np.isfinite(weight).all() for weight in model.get_weights())

    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    assert summary(loaded) == summary(model)
    assert np.array_equal(predictions(loaded, x), predictions(model, x))


def test_importing_the_builders_draws_nothing():
    # Else a model's weights would depend on whether something was imported after the seed.
    code = (
        "import random; from dl_course.backend import set_seed; set_seed(0); "
        "state = random.getstate(); import dl_course.models, dl_course.training; "
        "import dl_course.inference, dl_course.diagnostics; print(state == random.getstate())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


def test_a_classifier_is_uncompiled_and_gives_probabilities(case):
    build, x, _, classes = case
    model = build()
    assert not model.compiled
    assert model.input_shape == (None, *x.shape[1:]) and model.output_shape == (None, classes)
    p = predictions(model, x)
    assert p.shape == (len(x), classes) and p.dtype == np.float32
    assert (p >= 0).all()
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-5)


def test_a_step_of_gradient_descent_lowers_the_loss(case):
    build, x, y, _ = case
    set_seed(0)
    model = build()
    model.compile(keras.optimizers.SGD(0.01), "sparse_categorical_crossentropy")
    loss = keras.losses.SparseCategoricalCrossentropy()
    before = float(loss(y, model(x, training=False)))
    for _ in range(5):
        model.train_on_batch(x, y)
    after = float(loss(y, model(x, training=False)))
    assert np.isfinite(after) and after < before


def test_the_same_seed_builds_the_same_weights(case):
    def weights(seed):
        set_seed(seed)
        return case[0]().get_weights()

    first, again, other = weights(1), weights(1), weights(2)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    drawn = [i for i, w in enumerate(first) if w.ndim > 1 and np.any(w)]  # biases are not
    assert drawn and all(not np.array_equal(first[i], other[i]) for i in drawn)


@pytest.mark.parametrize(
    ("argument", "build"),
    [
        ("input_shape", lambda: build_cnn((28, 28))),
        ("input_shape", lambda: build_cnn((28, 28, 0))),
        ("input_shape", lambda: build_cnn((28, 28.5, 1))),
        ("input_shape", lambda: build_cnn(28)),
        ("input_shape", lambda: build_cnn((9, 28, 1))),
        ("input_shape", lambda: build_cnn((10, 9, 1))),
        ("input_shape", lambda: build_cnn((3, 4, 1), filters=(2,))),
        ("num_classes", lambda: build_cnn(num_classes=1)),
        ("num_classes", lambda: build_cnn(num_classes=-3)),
        ("num_classes", lambda: build_cnn(num_classes="10")),
        ("filters", lambda: build_cnn(filters=32)),
        ("filters", lambda: build_cnn(filters=(32, 0))),
        ("filters", lambda: build_cnn(filters="32")),
        ("hidden_units", lambda: build_cnn(hidden_units=0)),
        ("hidden_units", lambda: build_cnn(hidden_units=(128,))),
        ("input_shape", lambda: build_mlp((0,))),
        ("input_shape", lambda: build_mlp(None)),
        ("num_classes", lambda: build_mlp((2,), 0)),
        ("hidden_units", lambda: build_mlp(hidden_units=128)),
        ("hidden_units", lambda: build_mlp(hidden_units=(8, -1))),
        ("samples", lambda: build_speech_classifier(1599, 2, sample_rate=8000)),
        ("samples", lambda: build_speech_classifier((8000,), 2, sample_rate=8000)),
        ("sample_rate", lambda: build_speech_classifier(8000, 2, sample_rate=1000)),
        ("sample_rate", lambda: build_speech_classifier(8000, 2, sample_rate=8000.5)),
        ("num_classes", lambda: build_speech_classifier(8000, 1, sample_rate=8000)),
        ("kind", lambda: build_speech_classifier(8000, 2, sample_rate=8000, kind="lstm")),
        ("input_shape", lambda: build_augmentation((28, 28), flip=True)),
        ("crop", lambda: build_augmentation(crop=1)),
        ("crop", lambda: build_augmentation(crop=-0.1)),
        ("crop", lambda: build_augmentation(crop=float("nan"))),
        ("rotation", lambda: build_augmentation(rotation=181)),
        ("rotation", lambda: build_augmentation(rotation=-1)),
        ("flip", lambda: build_augmentation()),
    ],
)
def test_an_argument_that_cannot_be_used_is_named(argument, build):
    with pytest.raises(CourseError) as caught:
        build()
    message = str(caught.value)
    assert message.startswith(f"`{argument}` must be ") and f"Received: {argument}=" in message
    assert "\n" not in message


def test_the_smallest_image_that_a_cnn_takes_is_what_its_error_says():
    for depth in range(1, 4):
        side = 3 * 2**depth - 2
        build_cnn((side, side, 1), 2, filters=(1,) * depth)
        with pytest.raises(CourseError, match=f"at least {side} pixels high and wide for {depth} "):
            build_cnn((side - 1, side, 1), 2, filters=(1,) * depth)
