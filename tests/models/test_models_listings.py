"""The networks are those of the documents, layer by layer; their listings run, once corrected."""

import numpy as np
import pytest

from dl_course.backend import keras, set_seed
from dl_course.models import build_cnn, build_text_generator
from dl_course.training import RECIPES, fit

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


@pytest.mark.backend
def test_the_text_generator_is_that_of_d1_4_2_and_its_checkpointer_is_keras_own(tmp_path):
    size, window = 11, 6
    set_seed(0)
    listing = keras.Sequential(
        [
            keras.Input((window, size)),
            layers.LSTM(128, return_sequences=True),
            layers.LSTM(128, return_sequences=False),
            layers.Dense(size),
            layers.Activation("softmax"),
        ]
    )
    ours = build_text_generator(size, embedding_units=None, every_step=False)
    for weight, value in zip(ours.trainable_variables, listing.get_weights(), strict=True):
        weight.assign(value)
    ids = np.random.default_rng(0).integers(0, size, (20, window + 1))
    x, y = np.eye(size, dtype="float32")[ids[:, :-1]], np.eye(size, dtype="float32")[ids[:, -1]]
    np.testing.assert_allclose(
        *(keras.ops.convert_to_numpy(p) for p in (ours(ids[:, :-1]), listing(x))), atol=1e-6
    )

    recipe = RECIPES["document text generator"]
    assert (recipe.optimizer, recipe.learning_rate) == ("rmsprop", 0.001)
    listing.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.RMSprop(0.001))
    with pytest.raises(NameError, match="checkpointer"):
        listing.fit(x, y, callbacks=[checkpointer])  # noqa: F821, as printed
    saver = keras.callbacks.ModelCheckpoint(tmp_path / "epoch{epoch}.keras")
    listing.fit(x, y, epochs=2, verbose=0, callbacks=[saver])
    assert {path.name for path in tmp_path.iterdir()} == {"epoch1.keras", "epoch2.keras"}
