"""Objectives: regression, several outputs, a measure of one's own, and clear words otherwise."""

import dataclasses

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

from dl_course.backend import keras, set_seed
from dl_course.datasets import load, locate
from dl_course.errors import CourseError, DataError
from dl_course.models import build_mlp, build_regressor
from dl_course.scratch import fill_blanks, fit_medians, fit_standardizer, standardize
from dl_course.training import (
    CLASSIFICATION,
    REGRESSION,
    Checkpointer,
    LivePlot,
    Measurements,
    Objective,
    ShuffledBatches,
    fit,
    predict,
    regression_scores,
)

layers = keras.layers


def network(features, *, outputs=1, units=(16,)):
    set_seed(0)
    return build_regressor((features,), outputs, hidden_units=units)


@pytest.fixture(scope="module")
def prices():
    """A table with a bend that no straight line follows, its numbers standardized."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 3))
    y = np.abs(x[:, 0]) + x[:, 1] * x[:, 2] + 0.1 * rng.normal(size=400)
    return (x[:300], y[:300]), (x[300:], y[300:])


@pytest.mark.backend
def test_a_regression_measures_errors_and_beats_a_straight_line(prices, quick):
    (x, y), (x_test, y_test) = prices
    run = quick(
        network(3), prices, objective="regression", epochs=60, batch_size=16, learning_rate=0.01
    )
    measured = {"loss", "mean_absolute_error", "mean_squared_error"}
    validated = {f"val_{key}" for key in measured}
    assert set(run.history) == measured | validated | {"learning_rate", "seconds"}
    np.testing.assert_allclose(run.history["mean_squared_error"], run.history["loss"], rtol=1e-5)
    assert run.best_epoch == 1 + np.argmin(run.history["val_loss"])
    ours = REGRESSION.scores(y_test, predict(run.model, x_test))
    line = REGRESSION.scores(y_test, LinearRegression().fit(x, y).predict(x_test)[:, None])
    assert ours["root_mean_squared_error"] < 0.5 * line["root_mean_squared_error"]


@pytest.mark.backend
def test_one_target_each_is_a_column_and_not_broadcast(prices, quick):
    """y (n,) minus outputs (n, 1) would be n by n; both forms give the loss of the pairs."""
    (x, y), test = prices
    model = network(3)
    p = predict(model, x)
    run = quick(model, prices, objective="regression", learning_rate=1e-9, validation_share=0)
    assert run.history["loss"][0] == pytest.approx(np.mean((p[:, 0] - y) ** 2), rel=1e-3)
    column = quick(
        network(3),
        ((x, y[:, None]), test),
        objective=REGRESSION,
        learning_rate=1e-9,
        validation_share=0,
    )
    assert column.history["loss"] == run.history["loss"]


def test_the_direction_of_what_is_monitored_is_known():
    monitored = dataclasses.replace(REGRESSION, monitor="val_r2", mode="max")
    assert monitored.mode_of("r2") == "max" and monitored.mode_of("loss") is None
    assert REGRESSION.mode_of("loss") == "min"


def test_the_curves_of_a_regression_say_what_they_show(prices, quick, capsys):
    live = LivePlot()
    quick(network(3), prices, objective="regression", epochs=1, callbacks=[live], progress=True)
    assert [ax.get_ylabel() for ax in live.figure().axes] == [
        "mean squared error",
        "mean absolute error",
    ]
    line = capsys.readouterr().out
    assert line.startswith("epoch 1/1  mean absolute error ")
    assert "  loss " in line and "  validation mean absolute error " in line


def test_regression_scores_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    for shape in ((50,), (50, 2)):
        y = rng.normal(size=shape)
        p = (y + rng.normal(size=shape)).reshape(50, -1)
        y_columns = y.reshape(50, -1)
        assert regression_scores(y, p) == {
            "mean_absolute_error": pytest.approx(mean_absolute_error(y_columns, p)),
            "root_mean_squared_error": pytest.approx(root_mean_squared_error(y_columns, p)),
            "r2": pytest.approx(r2_score(y_columns, p)),
        }
    with pytest.raises(DataError, match=r"a number for each prediction.*y.shape=\(50, 2\)"):
        regression_scores(y, p[:, :1])


# A detector in small: which of three clouds a point belongs to, and its distance to the middle.


def squared_distance(y, outputs):
    """A loss function of one's own, as chapter 08 will have one for boxes."""
    return keras.ops.mean((y - outputs) ** 2, axis=-1)


TWO_OUTPUTS = Objective(
    "cloud and size",
    loss={"cloud": "sparse_categorical_crossentropy", "size": squared_distance},
    metrics={"cloud": ["accuracy"]},
    measure="cloud_accuracy",
    monitor="val_cloud_accuracy",
    mode="max",
)


def two_outputs(as_dict=True):
    set_seed(0)
    x = keras.Input((4,))
    hidden = layers.Dropout(0.2)(layers.Dense(8, "relu")(x))
    cloud = layers.Dense(3, "softmax", name="cloud")(hidden)
    size = layers.Dense(1, name="size")(hidden)
    return keras.Model(x, {"cloud": cloud, "size": size} if as_dict else [cloud, size])


@pytest.fixture(scope="module")
def clouds(blobs):
    (x, y), _ = blobs
    return (x, {"cloud": y, "size": np.linalg.norm(x, axis=1, keepdims=True)}), None


@pytest.mark.backend
def test_two_outputs_train_resume_exactly_and_stop_at_the_highest(
    clouds, quick, same_run, interrupt, tmp_path, capsys
):
    arguments = {"objective": TWO_OUTPUTS, "epochs": 40, "batch_size": 16, "patience": 4}
    arguments |= {"learning_rate": 0.02, "validation_share": 0.3}
    whole = quick(two_outputs(), clouds, **arguments)
    watched = whole.history["val_cloud_accuracy"]
    assert whole.best_epoch == 1 + int(np.argmax(watched))
    assert len(watched) == whole.best_epoch + 4 < 40
    assert whole.best_epoch != 1 + int(np.argmin(whole.history["val_loss"]))
    assert whole.history["cloud_loss"][-1] < whole.history["cloud_loss"][0]
    assert whole.history["size_loss"][-1] < whole.history["size_loss"][0]

    path = tmp_path / "checkpoint.npz"
    with pytest.raises(KeyboardInterrupt):
        stop = interrupt(whole.best_epoch, 1)
        quick(two_outputs(), clouds, checkpoint=path, callbacks=[stop], **arguments)
    resumed = quick(two_outputs(), clouds, checkpoint=path, resume=True, progress=True, **arguments)
    same_run(resumed, whole)
    assert "  validation cloud accuracy " in capsys.readouterr().out
    assert predict(resumed.model, clouds[0][0])["cloud"].shape == (60, 3)


@pytest.mark.backend
def test_outputs_in_a_list_take_targets_by_name_or_in_order(clouds, quick):
    (x, y), _ = clouds
    by_name = quick(two_outputs(as_dict=False), ((x, y), None), objective=TWO_OUTPUTS)
    in_order = (y["cloud"], y["size"])
    ordered = quick(two_outputs(as_dict=False), ((x, in_order), None), objective=TWO_OUTPUTS)
    as_dict = quick(two_outputs(), ((x, y), None), objective=TWO_OUTPUTS)
    assert by_name.history["val_cloud_accuracy"] == as_dict.history["val_cloud_accuracy"]
    for key in by_name.history.keys() - {"seconds"}:
        assert ordered.history[key] == by_name.history[key]


def test_a_run_goes_on_only_for_its_own_objective(prices, quick, tmp_path):
    path = tmp_path / "checkpoint.npz"
    quick(network(3), prices, objective="regression", epochs=1, checkpoint=path)
    absolute = dataclasses.replace(REGRESSION, name="least", loss="mean_absolute_error")
    with pytest.raises(CourseError, match="^`objective` must be what the run began with, 'regre"):
        quick(network(3), prices, objective=absolute, epochs=1, checkpoint=path, resume=True)


@pytest.mark.backend
def test_a_loop_of_its_own_uses_the_parts(blobs, tmp_path):
    """Two models in turn, as an adversarial chapter has them: stopped, restored, the same."""
    (x, y), _ = blobs
    path = tmp_path / "checkpoint.npz"
    objective = Objective("two in turn", loss=None, monitor="second", mode="min")

    def train(epochs, resume=False):
        models = [network(4), network(4, units=(3,))]
        for model in models:
            model.compile(keras.optimizers.Adam(0.01), "mean_squared_error")
            model.optimizer.build(model.trainable_variables)
        measurements = Measurements(objective)
        checkpointer = Checkpointer(models, measurements, {"seed": 0}, path=path)
        done = checkpointer.resume(path) if resume else 0
        watchers = keras.callbacks.CallbackList([measurements, checkpointer], model=models[0])
        batches = ShuffledBatches((x, x[:, :1]), y, batch_size=16, seed=0)
        for epoch in range(done, epochs):
            watchers.on_epoch_begin(epoch)
            batches.begin(epoch)
            for step in range(len(batches)):
                (inputs, targets), _ = batches[step]
                first = models[0].train_on_batch(inputs, targets)
                second = models[1].train_on_batch(inputs, models[0](inputs))
            watchers.on_epoch_end(epoch, {"first": first, "second": second})
        return measurements, models

    whole, expected = train(4)
    assert whole.best_epoch == 1 + np.argmin(whole.history["second"])
    train(2)
    resumed, models = train(4, resume=True)
    for key in ("first", "second"):
        np.testing.assert_array_equal(resumed.history[key], whole.history[key])
    for one, other in zip(models, expected, strict=True):
        assert all(map(np.array_equal, one.get_weights(), other.get_weights()))


X, FLOATS = np.zeros((20, 4), "float32"), np.linspace(0, 1, 20)
LABELS = np.arange(20) % 3
TARGETS = {"cloud": LABELS, "size": FLOATS}


def ending(layer):
    return keras.Sequential([keras.Input((4,)), layers.Dense(3), layer])


def steps():
    """A model with logits at every step."""
    dense = layers.TimeDistributed(layers.Dense(3))
    return keras.Sequential([keras.Input((4,)), layers.RepeatVector(5), dense])


@pytest.mark.parametrize(
    ("build", "y", "objective", "words"),
    [
        (lambda: build_mlp((4,), 10), FLOATS, "regression", "^`objective` must be one.*a softmax"),
        (lambda: ending(layers.Softmax()), np.eye(3)[LABELS], "regression", "^`obj.*a softmax"),
        (lambda: network(4, outputs=3), LABELS, None, "^`obj.* in a softmax, or pass"),
        (lambda: ending(layers.Activation("tanh")), LABELS, None, "^`obj.*from_logits=True"),
        (steps, LABELS[:, None].repeat(5, 1), None, "^`objective` .*end the model in a softmax"),
        (lambda: build_mlp((4,), 2), np.stack([FLOATS, -FLOATS], 1), None, "shares, .* from "
         "-1.0 to 1.0. .*pass objective='regression'"),
        (lambda: build_mlp((4,), 2), np.ones((20, 2), int), None, "rows of shares"),
        (lambda: network(4), LABELS, "classification", "^`objective` .*an output for each class"),
        (lambda: network(4), FLOATS, None, "^`objective` .*pass objective='regression'"),
        (lambda: build_mlp((4,), 3), FLOATS, None, "class indices.*pass objective='regression'"),
        (lambda: network(4), np.where(FLOATS > 0.9, np.nan, FLOATS), "regression", "`y` must hold "
         "finite numbers. Received: nan or inf in 2 of 20"),
        (lambda: network(4, outputs=2), FLOATS, "regression", "`y` must hold 2 numbers for each"),
        (lambda: network(4), np.stack([FLOATS] * 2, 1), "regression", r"1 numbers.*\(20, 2\)"),
        (lambda: network(4), FLOATS.tolist(), "regression", "`y` must hold NumPy arrays"),
        (lambda: network(4), FLOATS.astype(str), "regression", "`y` must hold numbers"),
        (lambda: network(4), FLOATS, "regresion", "one of 'classification', .*mean 'regression'"),
        (lambda: network(4), FLOATS, 3, "^`objective` must be one of"),
        (two_outputs, TARGETS, None, "`objective` must be given for a model with 2 outputs"),
        (two_outputs, LABELS, "classification", "`objective` .*takes one output, of shape"),
        (two_outputs, {"cloud": LABELS}, TWO_OUTPUTS, "entry for each output of the model: cloud, "
         "size. Received: cloud"),
        (two_outputs, LABELS, TWO_OUTPUTS, "`y` must hold 2 arrays"),
        (two_outputs, TARGETS | {"size": FLOATS[:9]}, TWO_OUTPUTS, "one label per example"),
        (lambda: network(4), FLOATS, TWO_OUTPUTS, "^`objective` .*has a loss for cloud, size"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_one_clear_line(build, y, objective, words, quick):
    model = build()
    with pytest.raises(CourseError, match=words) as caught:
        quick(model, ((X, y), None), objective=objective)
    assert "\n" not in str(caught.value) and not model.compiled


class Tempered(layers.Layer):
    """A last layer of one's own, which does not say what it gives."""

    def call(self, x):
        return keras.ops.softmax(x / 2)


def test_what_may_be_right_is_let_through(quick):
    logits = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    of_logits = dataclasses.replace(CLASSIFICATION, loss=logits)
    quick(network(4, outputs=3), ((X, LABELS), None), objective=of_logits)
    quick(ending(Tempered()), ((X, LABELS), None))
    quick(ending(layers.Softmax()), ((X, LABELS), None))
    smoothed = 0.9 * np.eye(3, dtype="float32")[LABELS] + np.float32(0.1 / 3)
    quick(ending(layers.Activation("softmax")), ((X, smoothed), None))


def test_an_objective_without_scores_says_so():
    with pytest.raises(CourseError, match="^`objective` must be one that says how to score.*'x'"):
        Objective("x", loss="mean_squared_error").scores(FLOATS, FLOATS)


def test_a_measure_that_is_never_taken_cannot_decide(clouds, quick):
    misspelt = Objective("x", loss=TWO_OUTPUTS.loss, monitor="val_cloud_acuracy", mode="max")
    with pytest.raises(CourseError, match="^`monitor` must be one of .*'val_loss'"):
        quick(two_outputs(), clouds, objective=misspelt)
    with pytest.raises(CourseError, match="^`mode` must be one of 'min', 'max'. Received"):
        Objective("x", loss="mean_squared_error", mode="up")


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.skipif(locate("california_housing") is None, reason="no DL_COURSE_DATA")
def test_on_real_houses_a_network_beats_a_straight_line(seed):
    data = load("california_housing", seed=seed)
    (x, y), (x_test, y_test) = data
    medians = fit_medians(x)
    x, x_test = (fill_blanks(part, medians) for part in (x, x_test))
    of_x, of_y = fit_standardizer(x), fit_standardizer(y[:, None])
    x, x_test = (standardize(part, of_x).astype("float32") for part in (x, x_test))
    line = LinearRegression().fit(x, y).predict(x_test)[:, None]
    set_seed(seed)
    run = fit(
        network(x.shape[1], units=(64, 64)),
        ((x, standardize(y[:, None], of_y)), None),
        objective="regression",
        recipe="table",
        epochs=8,
        seed=seed,
        progress=False,
    )
    ours = predict(run.model, x_test) * of_y.scale + of_y.mean
    by_ours, by_line = regression_scores(y_test, ours), regression_scores(y_test, line)
    assert by_ours["mean_absolute_error"] < 0.8 * by_line["mean_absolute_error"]
    assert by_ours["r2"] > by_line["r2"] + 0.1
