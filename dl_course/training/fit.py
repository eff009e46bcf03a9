"""Training a model: one function, one object with what happened."""

import dataclasses
import os
from collections.abc import Sequence
from typing import Any

from dl_course.backend import keras, set_seed
from dl_course.errors import argument_error, check_positive_integer
from dl_course.training.batches import SeededEpochs, ShuffledBatches
from dl_course.training.callbacks import EarlyStopping, Measurements, StopOnBrokenLoss
from dl_course.training.checkpoint import Checkpointer
from dl_course.training.examples import count, training_part, validation_split
from dl_course.training.live import LivePlot
from dl_course.training.objectives import CLASSIFICATION, Objective, find_objective
from dl_course.training.precision import computing_in
from dl_course.training.progress import ProgressBar
from dl_course.training.recipes import Recipe, Settings, resolve


@dataclasses.dataclass(frozen=True)
class Run:
    """What a training run did.

    Attributes:
        model: the trained model, with the weights of its best epoch.
        history: a list per measured quantity, with one number per epoch: `loss` and the
            objective's metrics, for a classifier `accuracy`; the same with `val_` in front if
            there are validation data; `learning_rate` and `seconds`.
        settings: what it was trained with.
        examples: number of training examples.
        recorders: the watchers that were given, in order.
        objective: what it was trained for.

    Example:
        >>> history = {"loss": [1.2, 0.8], "seconds": [2.0, 2.0]}
        >>> run = Run(None, history, None, examples=1000, recorders=())
        >>> run.best_epoch, run.train_seconds, run.examples_per_second
        (2, 4.0, 500.0)
    """

    model: keras.Model
    history: dict[str, list]
    settings: Settings
    examples: int
    recorders: tuple
    objective: Objective = CLASSIFICATION

    @property
    def best_epoch(self) -> int:
        """The epoch, counted from 1, whose weights the model has."""
        return self.objective.best_epoch(self.history)

    @property
    def train_seconds(self) -> float:
        """Seconds of all epochs, validation and watchers included."""
        return float(sum(self.history["seconds"]))

    @property
    def examples_per_second(self) -> float:
        """Training examples gone through in a second."""
        return self.examples * len(self.history["seconds"]) / self.train_seconds


def fit(
    model: keras.Model,
    data: Any,
    *,
    objective: Objective | str | None = None,
    recipe: str | Recipe = "fast",
    epochs: int | None = None,
    batch_size: int | None = None,
    learning_rate: float | None = None,
    validation_share: float = 0.1,
    patience: int | None = None,
    recorders: Sequence = (),
    callbacks: Sequence[keras.callbacks.Callback] = (),
    checkpoint: str | os.PathLike | None = None,
    resume: bool = False,
    seed: int = 0,
    progress: bool = True,
) -> Run:
    """Trains a model for an objective and returns what happened.

    A classifier minimizes the cross-entropy J = -1/m sum_i log p(y_i | x_i); over time steps, m
    counts those whose target is not 0, which is padding. A regression minimizes the mean squared
    error. Standardize its inputs and its targets first, and bring the predictions back: with
    house prices in dollars, a network does no better than a straight line; standardized, it
    explains 0.795 of the variance instead of 0.641 (`benchmarks.regression`).

    Afterwards the model has the weights of the epoch that the objective considers best, the
    one with the lowest validation loss, or the last ones without validation data. The same seed
    on the same machine gives the same numbers.

    Args:
        model: an uncompiled model; a classifier's outputs are probabilities.
        data: `(x_train, y_train), (x_test, y_test)` or a `Dataset`; only the training part is
            used. For a model with several inputs, x is a tuple of arrays; with several outputs,
            y is a tuple or dict of arrays. Labels are class indices `(examples,)`, or one-hot
            `(examples, classes)`; or, for a model with an output at every step, class indices
            `(examples, time)`. The targets of a regression are numbers, `(examples,)` or
            `(examples, outputs)`.
        objective: what to minimize and to measure: "classification", "step classification",
            "regression", or an `Objective`; None takes one of the first two, by the model's
            output.
        recipe: a name in `RECIPES`, such as "document" (as printed in D1 4.1), or a `Recipe`.
        epochs: instead of the recipe's.
        batch_size: instead of the recipe's.
        learning_rate: instead of the recipe's.
        validation_share: share of the training data held out, classes stratified; 0 for none.
        patience: stop when there has been no better epoch for this many epochs.
        recorders: watchers such as `GradientFlow`; they are saved and restored with the run.
        callbacks: further Keras callbacks.
        checkpoint: file to save the run's state in after every epoch.
        resume: continue from that file.
        seed: of the validation split and the order of the examples. Weights and random layers
            have theirs from where the model was built; see `set_seed`.
        progress: whether to show a progress bar.

    Returns:
        A `Run`.

    Raises:
        CourseError: if an argument is out of range or does not fit the others.
        DataError: if the data do not fit the model, or are not finite.
        TrainingError: if the loss becomes infinite or not a number.

    Example:
        >>> from dl_course.models import build_mlp
        >>> import numpy as np
        >>> x = np.eye(4, dtype="float32").repeat(20, axis=0)
        >>> y = np.arange(4).repeat(20)
        >>> run = fit(build_mlp((4,), 4), ((x, y), (x, y)), recipe="document", epochs=2,
        ...           progress=False)
        >>> run.settings.batch_size, len(run.history["val_loss"]), run.examples
        (32, 2, 72)

        >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
        >>> run = fit(model, ((x, y / 3), None), objective="regression", recipe="table",
        ...           epochs=2, progress=False)
        >>> sorted(run.history)[1:4]
        ['loss', 'mean_absolute_error', 'mean_squared_error']

    Reference: D1 4.1, D2 3, D2 4.
    """
    objective = find_objective(objective, model)
    x, y = training_part(model, data, objective)
    train, validation = validation_split(x, y, objective.labels(y), validation_share, seed)
    examples = count(train[1])
    settings = resolve(
        recipe, examples, epochs=epochs, batch_size=batch_size, learning_rate=learning_rate
    )
    _check_patience(patience, validation)
    _check_checkpoint(checkpoint, resume, recorders)

    set_seed(seed)
    objective.compile(model, settings.build_optimizer(), y)
    identity = {
        **dataclasses.asdict(settings),
        "objective": objective.name,
        "seed": int(seed),
        "validation_share": float(validation_share),
    }
    measurements = Measurements(objective)
    for callback in callbacks:
        if isinstance(callback, LivePlot):
            callback.follow(measurements.history)
    checkpointer = Checkpointer([model], measurements, identity, recorders, checkpoint)
    done = checkpointer.resume(checkpoint) if resume and checkpoint is not None else 0

    if done < settings.epochs and not measurements.has_stalled(patience):
        batches = ShuffledBatches(*train, settings.batch_size, seed, epoch=done)
        watchers = [
            SeededEpochs(batches, seed),
            measurements,
            StopOnBrokenLoss(objective.monitor),
            *recorders,
            *callbacks,
            *([] if patience is None else [EarlyStopping(measurements, patience)]),
            checkpointer,
        ]
        bar = ProgressBar(settings.epochs, done, objective.measure) if progress else None
        _train(model, batches, validation, settings, done, watchers, bar)
    checkpointer.put_best_back()
    return Run(model, measurements.history, settings, examples, tuple(recorders), objective)


def _train(
    model: keras.Model,
    batches: ShuffledBatches,
    validation: tuple | None,
    settings: Settings,
    done: int,
    watchers: list,
    bar: ProgressBar | None,
) -> None:
    """Goes through the epochs that are left, under a progress bar if there is one."""
    try:
        with computing_in(model, settings.precision):
            model.fit(
                batches,
                shuffle=False,  # the batches are shuffled already, by the seed
                validation_data=validation,
                validation_batch_size=256,
                initial_epoch=done,
                epochs=settings.epochs,
                callbacks=[*watchers, bar] if bar else watchers,
                verbose=0,
            )
    finally:
        if bar:
            bar.close()


def _check_patience(patience: int | None, validation: tuple | None) -> None:
    if patience is None:
        return
    check_positive_integer("patience", patience, "Pass e.g. 3, or None for no early stopping.")
    if validation is None:
        raise argument_error("patience", "None without validation data", patience)


def _check_checkpoint(
    checkpoint: str | os.PathLike | None, resume: bool, recorders: Sequence
) -> None:
    if resume and checkpoint is None:
        raise argument_error("checkpoint", "a file when `resume` is True", checkpoint)
    names = [recorder.name for recorder in recorders]
    if checkpoint is not None and len(set(names)) < len(names):
        raise argument_error(
            "recorders",
            "of different names, as a checkpoint keeps them by name",
            names,
            "Set the `name` of one.",
        )
