"""What `fit` promises: recipes, the split, the best weights, and clear words when it cannot."""

import time

import numpy as np
import pytest

from dl_course import datasets
from dl_course.backend import device, keras, set_seed
from dl_course.diagnostics.recorder import Recorder
from dl_course.errors import CourseError, DataError, TrainingError
from dl_course.models import build_mlp
from dl_course.training import RECIPES, Run, fit, predict, scores
from dl_course.training.checkpoint import Checkpoint
from dl_course.training.recipes import resolve

SERIES = {"loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds"}


@pytest.mark.backend
@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_teaches_the_model_and_says_what_happened(recipe, small, blobs):
    model = small()
    run = fit(
        model, blobs, recipe=recipe, epochs=6, batch_size=9, learning_rate=0.02, progress=False
    )
    assert isinstance(run, Run) and run.model is model
    assert set(run.history) == SERIES
    assert {len(column) for column in run.history.values()} == {6}
    assert all(isinstance(v, float) for column in run.history.values() for v in column)
    assert run.history["loss"][-1] < run.history["loss"][0]
    (x_test, y_test) = blobs[1]
    assert scores(y_test, predict(model, x_test))["accuracy"] > 0.8
    assert run.examples == 54 and run.settings.steps_per_epoch == 6
    assert run.train_seconds == pytest.approx(sum(run.history["seconds"])) and run.recorders == ()
    assert run.examples_per_second == pytest.approx(54 * 6 / run.train_seconds)
    half = RECIPES[recipe].half_precision and device().bfloat16
    expected = "mixed_bfloat16" if half else "float32"
    assert run.settings.precision == expected


def test_the_recipes_choose_as_they_say():
    printed = resolve("document", 60_000)
    assert (printed.epochs, printed.batch_size, printed.learning_rate) == (10, 32, 0.001)
    assert not printed.scheduled and printed.precision == "float32"
    large, small = resolve("fast", 60_000), resolve("fast", 1000)
    assert large.epochs == RECIPES["fast"].epochs
    assert large.batch_size == RECIPES["fast"].batch_size and large.scheduled
    for settings in (large, small, resolve("fast", 20)):
        assert settings.epochs * settings.steps_per_epoch >= RECIPES["fast"].fewest_steps
    assert small.batch_size < large.batch_size
    assert resolve("fast", 20).batch_size == 20
    given = resolve("fast", 1000, epochs=np.int64(3), batch_size=200, learning_rate=np.float32(0.5))
    assert (given.epochs, given.batch_size, given.learning_rate) == (3, 200, 0.5)
    assert given.steps_per_epoch == 5 and type(given.epochs) is int


def test_the_fast_rate_warms_up_and_decays():
    """From a twentieth to the peak in a tenth of the steps, then half a cosine down to zero."""
    settings = resolve("fast", 1000, epochs=10, batch_size=100, learning_rate=0.01)
    optimizer = settings.build_optimizer()

    def rate(step):
        optimizer.iterations.assign(step)
        return float(optimizer.learning_rate)

    assert rate(0) == pytest.approx(0.0005) and rate(10) == pytest.approx(0.01)
    assert rate(5) == pytest.approx((0.0005 + 0.01) / 2)
    assert rate(55) == pytest.approx(0.005) and rate(100) == pytest.approx(0, abs=1e-9)
    rates = [rate(step) for step in range(101)]
    assert (np.diff(rates[:11]) > 0).all() and (np.diff(rates[10:]) < 0).all()


def test_the_rate_of_each_epoch_is_in_the_history(small, blobs, quick):
    run = quick(small(), blobs, recipe="fast", epochs=3, batch_size=9, learning_rate=0.01)
    expected = run.settings.build_optimizer()
    for epoch, rate in enumerate(run.history["learning_rate"], start=1):
        expected.iterations.assign(6 * epoch)
        assert rate == pytest.approx(float(expected.learning_rate))
    assert quick(small(), blobs).history["learning_rate"] == pytest.approx([0.001, 0.001])


@pytest.mark.backend
def test_held_out_examples_are_never_trained_on(quick):
    """Example i has a row of weights of its own, which moves only if it is trained on."""
    data = (np.eye(60, dtype="float32"), np.arange(60) % 3), None

    def held_out(**arguments):
        model = keras.Sequential(
            [
                keras.Input((60,)),
                keras.layers.Dense(3, "softmax", use_bias=False, kernel_initializer="zeros"),
            ]
        )
        run = quick(model, data, epochs=1, **arguments)
        still = ~model.get_weights()[0].any(axis=1)
        assert run.examples == 60 - still.sum()
        return np.flatnonzero(still)

    default = held_out()
    assert np.bincount(default % 3).tolist() == [2, 2, 2]
    assert not np.array_equal(held_out(seed=1), default)
    assert np.bincount(held_out(validation_share=0.5) % 3).tolist() == [10, 10, 10]
    assert held_out(validation_share=0).size == 0


class WeightsOfEachEpoch(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.weights = []

    def on_epoch_end(self, epoch, logs=None):
        self.weights.append([w.copy() for w in self.model.get_weights()])


class Break(keras.callbacks.Callback):
    """Fills one of the weights with one number, before one step of one epoch."""

    def __init__(self, weight, epoch, batch, value=np.nan):
        super().__init__()
        self._weight, self._when, self._value = weight, (epoch, batch), value

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        if (self._epoch, batch) == self._when:
            weight = self.model.weights[self._weight]
            weight.assign(np.full(weight.shape, self._value))


@pytest.mark.backend
@pytest.mark.jax
def test_the_model_ends_with_the_weights_of_its_best_epoch(small, blobs, quick):
    watch = WeightsOfEachEpoch()
    worse = Break(-2, epoch=3, batch=5, value=0.0)  # the last step loses the last kernel
    run = quick(
        small(), blobs, epochs=4, batch_size=9, learning_rate=0.01, callbacks=[worse, watch]
    )
    assert run.best_epoch == 1 + int(np.argmin(run.history["val_loss"])) < 4
    best = watch.weights[run.best_epoch - 1]
    assert all(map(np.array_equal, run.model.get_weights(), best))
    assert not all(map(np.array_equal, best, watch.weights[-1]))


def test_without_validation_the_last_weights_stay(small, blobs, quick):
    watch = WeightsOfEachEpoch()
    run = quick(small(), blobs, validation_share=0, callbacks=[watch])
    assert set(run.history) == SERIES - {"val_loss", "val_accuracy"}
    assert run.examples == 60 and run.best_epoch == 2
    assert all(map(np.array_equal, run.model.get_weights(), watch.weights[-1]))


def test_one_hot_labels_train_as_class_indices_do(small, blobs, quick):
    (x, y), test = blobs
    sparse = quick(small(), ((x, y), test))
    one_hot = quick(small(), ((x, np.eye(3, dtype="float32")[y]), test))
    for key in SERIES - {"seconds"}:
        np.testing.assert_allclose(one_hot.history[key], sparse.history[key], rtol=1e-5)
    for a, b in zip(one_hot.model.get_weights(), sparse.model.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_a_data_set_of_the_course_is_trained_on_as_it_comes(quick):
    data = datasets.load("digits")
    set_seed(0)
    run = quick(build_mlp(data.input_shape, data.num_classes), data, epochs=2)
    assert run.examples == pytest.approx(0.9 * len(data.y_train), abs=5)
    assert scores(data.y_test, predict(run.model, data.x_test))["accuracy"] > 0.6


def test_training_goes_on_where_patience_is_not_used_up(small, blobs, quick):
    run = quick(small(), blobs, epochs=4, patience=2)
    assert len(run.history["loss"]) == 4  # every epoch is better than the last


X, Y = np.zeros((20, 4), "float32"), np.arange(20) % 3
BAD_ARGUMENTS = {
    "epochs": [0, -1, 2.0, "3", True],
    "batch_size": [0, -32, 19, 1.5],
    "learning_rate": [0, -0.1, float("nan"), float("inf"), "0.1"],
    "validation_share": [-0.1, 1, 1.5, float("nan"), "half"],
    "patience": [0, -1, 1.5],
    "seed": [-1, 2**32, 0.5],
    "recipe": ["slow", "", None, 3],
}


@pytest.mark.parametrize(
    ("argument", "value"), [(name, v) for name, values in BAD_ARGUMENTS.items() for v in values]
)
def test_an_argument_that_cannot_be_used_is_named(argument, value, small, quick):
    model = small()
    with pytest.raises(CourseError) as caught:
        quick(model, ((X, Y), None), **{argument: value})
    message = str(caught.value)
    assert message.startswith(f"`{argument}` must be ") and "\n" not in message
    assert f"Received: {argument}={value!r}." in message


def test_a_misspelt_recipe_is_guessed(small, quick):
    with pytest.raises(CourseError, match="'document', 'fast', .*Did you mean 'document'"):
        quick(small(), ((X, Y), None), recipe="documnet")


def test_patience_needs_validation(small, quick):
    with pytest.raises(CourseError, match="`patience` must be None without validation data"):
        quick(small(), ((X, Y), None), patience=2, validation_share=0)


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        (X, np.full(20, 3), r"class indices from 0 to 2.*int64 from 3 to 3"),
        (X, np.arange(20) - 1, r"from 0 to 2.*from -1 to 18"),
        (X, Y.astype("float32"), r"class indices.*float32"),
        (X, np.eye(4)[Y], r"one-hot rows of 3 columns.*\(20, 4\)"),
        (X, Y[:, None], r"one-hot rows of 3 columns.*\(20, 1\)"),
        (X, Y[:10], r"one label per example.*\(20, 4\), y.shape=\(10,\)"),
        (X[:10], Y, r"one label per example.*\(10, 4\), y.shape=\(20,\)"),
        (X[:0], Y[:0], r"there must be examples"),
        (X + np.inf, Y, r"finite numbers.*nan or inf in 20 of 20 examples"),
        (np.where(np.eye(20, 4, -3) > 0, np.nan, X), Y, r"nan or inf in 4 of 20 examples"),
        (X[:, :3], Y, r"examples of shape \(4,\).*x.shape=\(20, 3\)"),
        (X[:3], np.arange(3), r"there are no examples to split"),
    ],
)
def test_data_that_does_not_fit_is_refused_before_anything_changes(x, y, words, small, quick):
    model = small()
    before = model.get_weights()
    with pytest.raises(DataError, match=words) as caught:
        quick(model, ((x, y), None))
    assert "\n" not in str(caught.value)
    assert not model.compiled and all(map(np.array_equal, before, model.get_weights()))


@pytest.mark.parametrize("data", [(X, Y), None, (X, Y, X, Y)], ids=["one pair", "None", "four"])
def test_data_that_is_no_two_pairs_is_refused(data, small, quick):
    with pytest.raises(CourseError, match=r"^`data` must be `\(x_train, y_train\), \(x_test"):
        quick(small(), data)


@pytest.mark.backend
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_broken_loss_is_told_with_its_epoch_and_step(value, small, blobs, quick, tmp_path):
    path = tmp_path / "checkpoint.npz"
    last_bias = Break(-1, epoch=1, batch=3, value=value)
    with pytest.raises(
        TrainingError,
        match=r"^The loss became nan in epoch 2, step 4\. Try a learning rate well below 0\.02,",
    ) as caught:
        quick(
            small(),
            blobs,
            epochs=3,
            batch_size=9,
            learning_rate=0.02,
            callbacks=[last_bias],
            checkpoint=path,
        )
    assert "0 to 1" in str(caught.value) and "\n" not in str(caught.value)
    assert Checkpoint.load(path).epoch == 1


@pytest.mark.backend
def test_a_broken_weight_that_the_loss_does_not_show_ends_the_run(small, blobs, quick, tmp_path):
    """XLA makes 0 of relu(nan), so that a net with a broken first layer seems to go on."""
    path = tmp_path / "checkpoint.npz"
    with pytest.raises(
        TrainingError, match=r"^The (loss|weight hidden1/kernel) became nan in ep.* 1,"
    ):
        quick(small(), blobs, callbacks=[Break(0, epoch=0, batch=1)], checkpoint=path)
    assert not path.exists()


def test_a_rate_that_is_far_too_high_ends_the_run_and_saves_nothing(small, blobs, quick, tmp_path):
    path = tmp_path / "checkpoint.npz"
    with pytest.raises(TrainingError, match=r"became (nan|-?inf) in epoch \d, .*well below 1e\+30"):
        quick(small(), blobs, learning_rate=1e30, checkpoint=path)
    assert not path.exists()


def test_what_the_last_step_broke_is_noticed_by_the_end_of_the_epoch(small, blobs, quick, tmp_path):
    path = tmp_path / "checkpoint.npz"
    with pytest.raises(
        TrainingError, match=r"The (validation loss|weight .*) became .*1, by step 1\."
    ):
        quick(small(), blobs, epochs=1, batch_size=54, learning_rate=1e38, checkpoint=path)
    assert not path.exists()


class Slow(Recorder):
    def observe(self):
        time.sleep(0.3)
        return []


def test_recorders_and_validation_are_within_the_seconds_of_an_epoch(small, blobs, quick):
    run = quick(small(), blobs, recorders=[Slow(blobs[0][0])])
    assert run.history["seconds"][1] > 0.3 and len(run.recorders) == 1
    assert run.train_seconds > 0.6
