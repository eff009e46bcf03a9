"""The CNN is that of the documents, layer by layer, and their two losses are one number."""

import numpy as np
import pytest

from dl_course.backend import keras, set_seed
from dl_course.models import build_cnn
from dl_course.training import fit

layers = keras.layers


def printed(hidden_units: int):
    """The network that D1 4.1 prints with 128 units, and D2 4 with 64."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(64, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(hidden_units, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


@pytest.fixture(params=[(128, {}), (64, {"hidden_units": 64})], ids=["D1 4.1", "D2 4"])
def pair(request):
    units, arguments = request.param
    set_seed(0)
    return printed(units), build_cnn(**arguments)


def described(layer):
    return type(layer), {k: v for k, v in layer.get_config().items() if k != "name"}


@pytest.mark.backend
def test_the_cnn_is_the_printed_one_layer_by_layer(pair):
    listing, ours = pair
    assert [described(layer) for layer in ours.layers[1:]] == [
        described(layer) for layer in listing.layers
    ]
    assert [layer.count_params() for layer in ours.layers[1:]] == [
        layer.count_params() for layer in listing.layers
    ]


@pytest.mark.backend
def test_with_the_same_weights_the_cnn_computes_what_the_printed_one_does(pair):
    listing, ours = pair
    ours.set_weights(listing.get_weights())
    x = np.random.default_rng(0).random((5, 28, 28, 1), "float32")
    expected, got = (keras.ops.convert_to_numpy(model(x)) for model in (listing, ours))
    assert np.array_equal(got, expected)


def test_the_document_recipe_trains_as_the_listing_does():
    """Same weights, same batches: `fit` gives what `compile` and `fit` of D1 4.1 give."""
    rng = np.random.default_rng(0)
    x, y = rng.random((64, 28, 28, 1), "float32"), np.arange(64) % 10
    set_seed(0)
    listing, ours = printed(128), build_cnn()
    ours.set_weights(listing.get_weights())
    run = fit(
        ours,
        ((x, y), (x, y)),
        recipe="document",
        epochs=1,
        validation_share=0,
        seed=4,
        progress=False,
    )
    order = np.random.default_rng((4, 0)).permutation(64)
    listing.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    history = listing.fit(
        x[order], np.eye(10)[y[order]], epochs=1, batch_size=32, shuffle=False, verbose=0
    )
    assert run.history["loss"] == pytest.approx(history.history["loss"], rel=1e-5)
    assert run.history["accuracy"] == pytest.approx(history.history["accuracy"])
    for got, expected in zip(ours.get_weights(), listing.get_weights(), strict=True):
        np.testing.assert_allclose(got, expected, atol=1e-5)


@pytest.mark.backend
def test_sparse_and_one_hot_losses_are_the_same_number():
    """-log p_y from a class index (D2 4) and -sum_k y_k log p_k from a one-hot row (D1 4.1)."""
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(10), size=20).astype("float32")
    y = rng.integers(0, 10, 20)
    sparse = keras.losses.SparseCategoricalCrossentropy(reduction="none")(y, p)
    one_hot = keras.losses.CategoricalCrossentropy(reduction="none")(np.eye(10)[y], p)
    by_hand = -np.log(p[np.arange(20), y])
    np.testing.assert_allclose(keras.ops.convert_to_numpy(sparse), by_hand, rtol=1e-5)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(one_hot), by_hand, rtol=1e-5)
