"""`fit` on targets at every step, padded, and on models with several inputs."""

import numpy as np
import pytest

from dl_course.backend import keras, set_seed
from dl_course.errors import CourseError, DataError
from dl_course.training import Recipe, fit, predict
from dl_course.training.evaluation import check_inputs
from dl_course.training.examples import validation_split
from dl_course.training.objectives import STEP_CLASSIFICATION, StepAccuracy

pytestmark = pytest.mark.backend
layers = keras.layers
QUICK = Recipe("quick", epochs=2, batch_size=16, learning_rate=0.02, clip_norm=1.0)


def copying_model(inputs=1):
    """Gives at every step the token that it reads: from one input, or the sum of two."""
    set_seed(0)
    ids = [keras.Input((None,), dtype="int32", name=f"ids{i}") for i in range(inputs)]
    embedded = [layers.Embedding(6, 8)(x) for x in ids]
    x = embedded[0] if inputs == 1 else layers.Add()(embedded)
    x = layers.GRU(12, return_sequences=True)(x)
    outputs = layers.Dense(6, activation="softmax")(x)
    return keras.Model(ids if inputs > 1 else ids[0], outputs)


def sentences(examples=160, length=5, seed=0):
    rng = np.random.default_rng(seed)
    ids = rng.integers(1, 6, (examples, length)).astype("int32")
    ids[np.arange(length) >= rng.integers(2, length + 1, (examples, 1))] = 0
    return ids


def test_a_model_learns_a_token_at_every_step():
    x = sentences()
    recipe = Recipe("longer", epochs=12, batch_size=16, learning_rate=0.02, optimizer="rmsprop")
    run = fit(copying_model(), ((x, x), None), recipe=recipe, progress=False)
    test = sentences(seed=1)
    predicted = predict(run.model, test).argmax(-1)
    assert (predicted == test)[test > 0].mean() > 0.95
    assert run.history["val_accuracy"][-1] > 0.95


def test_padding_weighs_nothing_in_loss_and_accuracy():
    model, y = copying_model(), sentences()
    STEP_CLASSIFICATION.compile(model, keras.optimizers.SGD(), y)
    measured = model.evaluate(y, y, batch_size=len(y), verbose=0, return_dict=True)

    p = predict(model, y)
    real = y > 0
    chosen = np.take_along_axis(p, y[..., None], -1)[..., 0]
    assert measured["loss"] == pytest.approx(-np.log(chosen[real]).mean(), rel=1e-5)
    assert measured["accuracy"] == pytest.approx((p.argmax(-1) == y)[real].mean(), rel=1e-6)


def test_accuracy_is_over_all_batches_not_the_mean_of_theirs():
    accuracy = StepAccuracy()
    right, wrong = np.eye(3)[None, [1, 1]], np.eye(3)[None, [2, 2]]
    accuracy.update_state(np.array([[1, 0]]), right)
    accuracy.update_state(np.array([[1, 1]]), wrong)
    assert float(accuracy.result()) == pytest.approx(1 / 3)


def test_several_inputs_are_shuffled_and_split_together():
    x = sentences(80)
    run = fit(copying_model(2), (((x, x), x), None), recipe=QUICK, progress=False)
    assert run.examples == 72 and len(run.history["val_loss"]) == 2
    assert predict(run.model, (x, x)).shape == (80, 5, 6)


def test_the_same_seed_gives_the_same_run_and_resuming_changes_nothing(tmp_path, interrupt):
    x = sentences(64)
    path = tmp_path / "checkpoint.npz"

    def train(**options):
        return fit(copying_model(2), (((x, x), x), None), recipe=QUICK, progress=False, **options)

    whole = train()
    with pytest.raises(KeyboardInterrupt):
        train(checkpoint=path, callbacks=[interrupt(1, 1)])
    resumed = train(checkpoint=path, resume=True)
    assert resumed.history["loss"] == whole.history["loss"]
    for a, b in zip(whole.model.get_weights(), resumed.model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_gradient_is_clipped_and_the_optimizer_is_the_recipes():
    x = sentences(32)
    recipe = Recipe(
        "r", epochs=1, batch_size=16, learning_rate=0.01, optimizer="rmsprop", clip_norm=0.5
    )
    run = fit(copying_model(), ((x, x), None), recipe=recipe, progress=False)
    assert isinstance(run.model.optimizer, keras.optimizers.RMSprop)
    assert run.model.optimizer.global_clipnorm == 0.5
    assert run.settings.recipe == "r"


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        (sentences(20), np.zeros(20, int), "rows of class indices"),
        (sentences(20), sentences(20) + 1, "from 0 to 5"),
        (sentences(20), sentences(20).astype("float32"), "class indices from 0"),
        (sentences(20), sentences(19), "one label per example"),
    ],
)
def test_targets_that_do_not_fit_are_refused(x, y, said):
    with pytest.raises(DataError, match=said):
        fit(copying_model(), ((x, y), None), recipe=QUICK, progress=False)


def test_inputs_that_do_not_fit_are_refused():
    x = sentences(20)
    with pytest.raises(DataError, match="must hold 2 arrays"):
        check_inputs(copying_model(2), x)
    with pytest.raises(DataError, match="ids first: Tokenizer.encode"):
        check_inputs(copying_model(), np.array(["a", "b"], dtype=np.dtypes.StringDType()))
    with pytest.raises(DataError, match=r"shape \(None,\)"):
        check_inputs(copying_model(), x[..., None])
    with pytest.raises(CourseError, match="`recipe`"):
        fit(copying_model(), ((x, x), None), recipe="quick", progress=False)


def test_a_class_with_one_example_is_learned_from_not_validated_with():
    x, y = np.arange(21.0)[:, None], np.append(np.arange(20) % 2, 2)
    train, held_out = validation_split(x, y, y, 0.2, seed=0)
    assert 2 in train[1] and 2 not in held_out[1]
    assert sorted([*train[0].ravel(), *held_out[0].ravel()]) == x.ravel().tolist()


def test_predicting_nothing_is_refused():
    with pytest.raises(DataError, match="must hold examples"):
        predict(copying_model(), sentences()[:0])
