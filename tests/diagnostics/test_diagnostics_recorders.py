"""The recorders: what they report is true, and watching changes nothing."""

import numpy as np
import pytest

from dl_course import tables
from dl_course.backend import keras, set_seed, weight_gradients
from dl_course.diagnostics import ActivationFlow, GradientFlow, feature_maps
from dl_course.errors import CourseError
from dl_course.models import build_cnn, build_mlp
from dl_course.training import fit

RNG = np.random.default_rng(0)
X = RNG.random((48, 12, 12, 1), "float32")
Y = np.arange(48) % 3
LAYERS = ["conv1", "conv2", "hidden", "probabilities"]


def small_cnn():
    set_seed(0)
    return build_cnn((12, 12, 1), 3, filters=(2, 3), hidden_units=4)


def trained_with(*recorders, model=None, epochs=2, **options):
    model = model or small_cnn()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(
        X, Y, batch_size=16, epochs=epochs, verbose=0, shuffle=False, callbacks=[*recorders]
    )
    return model, history.history


RECORDERS = {
    "gradient_flow": lambda **options: GradientFlow(X[:8], Y[:8], **options),
    "activations": lambda **options: ActivationFlow(X[:8], **options),
}


@pytest.mark.backend
@pytest.mark.parametrize("kind", RECORDERS)
@pytest.mark.jax
def test_contract(kind, tmp_path):
    recorder = RECORDERS[kind]()
    trained_with(recorder)
    table = recorder.records
    assert recorder.name == kind
    assert table["epoch"].tolist() == [e for e in (0, 1, 2) for _ in LAYERS]
    assert table["step"].tolist() == [s for s in (0, 3, 6) for _ in LAYERS]
    assert table["layer"].tolist() == LAYERS * 3
    assert {len(column) for column in table.values()} == {12}
    tables.write_table(tmp_path / "table.csv", table)
    read = tables.read_table(tmp_path / "table.csv")
    assert read.keys() == table.keys()
    for name, column in table.items():
        np.testing.assert_array_equal(read[name], column)


@pytest.mark.backend
@pytest.mark.parametrize("kind", RECORDERS)
def test_every_so_many_steps(kind):
    recorder = RECORDERS[kind](every=2)
    trained_with(recorder)
    steps = recorder.records["step"][:: len(LAYERS)]
    epochs = recorder.records["epoch"][:: len(LAYERS)]
    assert steps.tolist() == [0, 2, 4, 6] and epochs.tolist() == [0, 1, 2, 2]


@pytest.mark.backend
def test_gradients_are_those_of_the_loss_on_the_probe():
    flow = GradientFlow(X[:8], Y[:8])
    model, _ = trained_with(flow, epochs=1)
    loss = keras.losses.SparseCategoricalCrossentropy()
    _, gradients = weight_gradients(model, X[:8], Y[:8], loss)
    kernels_and_biases = zip(gradients[::2], gradients[1::2], strict=True)
    flat = [np.concatenate([k.ravel(), b.ravel()]) for k, b in kernels_and_biases]
    last = {name: column[-4:] for name, column in flow.records.items()}
    close = {"rtol": 1e-3, "atol": 1e-7}
    np.testing.assert_allclose(last["gradient_norm"], [np.linalg.norm(g) for g in flat], **close)
    np.testing.assert_allclose(last["mean_abs_gradient"], [np.abs(g).mean() for g in flat], **close)
    np.testing.assert_allclose(last["zero_share"], [(g == 0).mean() for g in flat], atol=0.02)


class WeightsAroundSteps(keras.callbacks.Callback):
    """Measures the size of every step on its own."""

    def on_train_batch_begin(self, batch, logs=None):
        self.before = [w.copy() for w in self.model.get_weights()]

    def on_train_batch_end(self, batch, logs=None):
        pairs = list(zip(self.before, self.model.get_weights(), strict=True))
        self.ratios = []
        for i in range(0, len(pairs), 2):
            before, after = (
                np.concatenate([p[side].ravel() for p in pairs[i : i + 2]]) for side in (0, 1)
            )
            self.ratios.append(np.linalg.norm(after - before) / np.linalg.norm(before))


@pytest.mark.backend
def test_update_ratio_is_the_step_that_was_just_done():
    flow, around = GradientFlow(X[:8], Y[:8]), WeightsAroundSteps()
    trained_with(flow, around, epochs=1)
    ratios = flow.records["update_ratio"]
    assert np.isnan(ratios[:4]).all()
    np.testing.assert_allclose(ratios[4:], around.ratios, rtol=1e-3)


@pytest.mark.backend
@pytest.mark.jax
def test_watching_changes_nothing():
    def run(recorders):
        set_seed(0)
        inputs = keras.Input((12, 12, 1))
        x = keras.layers.Conv2D(2, 3, activation="relu")(inputs)
        x = keras.layers.BatchNormalization()(x)
        x = keras.layers.Dropout(0.5)(keras.layers.Flatten()(x))
        model = keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(x))
        return fit(
            model,
            ((X, Y), (X, Y)),
            recipe="document",
            epochs=2,
            recorders=recorders,
            progress=False,
        )

    alone = run([])
    watched = run([GradientFlow(X[:8], Y[:8], every=1), ActivationFlow(X[:8], every=1)])
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert alone.history[name] == watched.history[name]
    pairs = zip(alone.model.get_weights(), watched.model.get_weights(), strict=True)
    for one, other in pairs:
        np.testing.assert_array_equal(one, other)


@pytest.mark.backend
def test_activations_are_the_statistics_of_what_the_layers_give():
    flow = ActivationFlow(X[:8])
    model, _ = trained_with(flow, epochs=1)
    table = {name: column[-4:] for name, column in flow.records.items()}
    given = keras.Model(model.input, [model.get_layer(name).output for name in LAYERS])(X[:8])
    given = [keras.ops.convert_to_numpy(keras.ops.stop_gradient(a)) for a in given]
    close = {"rtol": 1e-3, "atol": 1e-5}
    np.testing.assert_allclose(table["mean"], [a.mean() for a in given], **close)
    np.testing.assert_allclose(table["std"], [a.std() for a in given], **close)
    for name, share in (("q05", 0.05), ("median", 0.5), ("q95", 0.95)):
        np.testing.assert_allclose(table[name], [np.quantile(a, share) for a in given], **close)
    np.testing.assert_allclose(table["low"], [a.min() for a in given], **close)
    np.testing.assert_allclose(table["high"], [a.max() for a in given], **close)
    assert table["counts"].sum(axis=1).tolist() == [a.size for a in given]
    dead = [(a.reshape(-1, a.shape[-1]) == 0).all(axis=0).mean() for a in given[:3]]
    np.testing.assert_array_equal(table["dead_share"][:3], dead)
    assert np.isnan(table["dead_share"][3]) and np.isnan(table["saturated_share"]).all()


@pytest.mark.backend
def test_a_layer_forced_dead_is_reported_dead_and_gets_no_gradient():
    set_seed(0)
    model = build_mlp((12, 12, 1), 3, hidden_units=(5, 4))
    kernel, bias = model.get_layer("hidden2").get_weights()
    model.get_layer("hidden2").set_weights([kernel, bias - 100])
    activations, gradients = ActivationFlow(X[:8]), GradientFlow(X[:8], Y[:8])
    trained_with(activations, gradients, model=model, epochs=1)
    names = ["hidden1", "hidden2", "probabilities"]
    dead = dict(zip(names, activations.records["dead_share"][:3], strict=True))
    assert dead["hidden2"] == 1 and dead["hidden1"] < 1
    zero = dict(zip(names, gradients.records["zero_share"][:3], strict=True))
    assert zero["hidden1"] == zero["hidden2"] == 1 and zero["probabilities"] < 1


@pytest.mark.backend
@pytest.mark.parametrize(
    ("activation", "share"), [("tanh", 1.0), ("sigmoid", 1.0), ("linear", None)]
)
def test_saturation(activation, share):
    set_seed(0)
    model = build_mlp((12, 12, 1), 3, hidden_units=(5,), activation=activation)
    kernel, bias = model.get_layer("hidden1").get_weights()
    model.get_layer("hidden1").set_weights([kernel, bias + 100])
    flow = ActivationFlow(X[:8])
    trained_with(flow, model=model, epochs=1)
    saturated = flow.records["saturated_share"][0]
    assert np.isnan(saturated) if share is None else saturated == share


@pytest.mark.backend
@pytest.mark.jax
def test_feature_maps_are_what_the_layers_give():
    model = small_cnn()
    maps = feature_maps(model, X[0])
    assert list(maps) == ["conv1", "pool1", "conv2", "pool2"]
    for name, picture in maps.items():
        output = keras.Model(model.input, model.get_layer(name).output)(X[:1])
        output = keras.ops.convert_to_numpy(keras.ops.stop_gradient(output))
        np.testing.assert_allclose(picture, output[0], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: GradientFlow(X, Y, every=0), "`every` must be"),
        (lambda: ActivationFlow(X, every="step"), "`every` must be"),
        (lambda: ActivationFlow(X[:0]), "`x` must be at least one"),
        (lambda: GradientFlow(X, Y[:5]), r"`y` must be of \{48\} examples.*Received: y=\{5\}"),
        (lambda: ActivationFlow((X, X[:0])), "`x` must be at least one"),
        (lambda: feature_maps(small_cnn(), X[0, :5]), r"`image` must be one image of shape"),
        (lambda: feature_maps(build_mlp((12, 12, 1), 3), X[0]), "picture"),
        (
            lambda: trained_with(
                ActivationFlow(X[:8]),
                model=keras.Sequential([keras.Input((12, 12, 1)), small_cnn()]),
            ),
            "`model` must hold its layers itself",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(CourseError, match=message):
        call()
