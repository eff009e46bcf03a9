"""Recipes: named sets of training choices, each with its reason."""

import dataclasses
import numbers

from dl_course.backend import device, keras
from dl_course.errors import argument_error, check_choice, check_positive_integer


@dataclasses.dataclass(frozen=True)
class Recipe:
    """A named set of training choices.

    Attributes:
        name: what to call it by.
        epochs: passes over the training data.
        batch_size: examples in one step, at most.
        learning_rate: the optimizer's rate; the highest one if it is scheduled.
        optimizer: "adam" or "rmsprop".
        scheduled: whether the rate warms up over the first tenth of the steps and then falls
            to zero along a half cosine.
        half_precision: whether to compute in bfloat16 where the hardware supports it.
        clip_norm: the length that a step's gradient is shortened to when it is longer, for
            recurrent networks, whose gradients can explode; None to leave it as it is.
        fewest_steps: on small data the batch is halved, down to 32, and then epochs are added
            until a run has this many steps: fewer updates than that teach a network little.

    Example:
        >>> RECIPES["document"].epochs, RECIPES["document"].batch_size
        (10, 32)
    """

    name: str
    epochs: int
    batch_size: int
    learning_rate: float
    optimizer: str = "adam"
    scheduled: bool = False
    half_precision: bool = False
    clip_norm: float | None = None
    fewest_steps: int = 1


# Large batches keep the cores busy and tolerate a higher rate. The warm-up lets Adam learn the
# size of the gradients before it takes large steps; the decay lets the weights settle. bfloat16
# halves the time of a matrix product where the hardware supports it.
_FAST = Recipe(
    "fast",
    epochs=2,
    batch_size=128,
    learning_rate=0.006,
    scheduled=True,
    half_precision=True,
    fewest_steps=400,
)
# Learning that distant words decide together takes many epochs. Batches are large, since on a CPU
# a recurrent layer spends its time on the loop over time steps more than on the products; large
# batches tolerate a high rate, and clipping limits the gradients that grow over time.
_TEXT_RNN = Recipe(
    "text rnn",
    epochs=12,
    batch_size=128,
    learning_rate=0.01,
    scheduled=True,
    clip_norm=1.0,
    fewest_steps=330,
)
_change = dataclasses.replace
RECIPES = {
    recipe.name: recipe
    for recipe in (
        # D1 4.1 as printed: Adam with Keras's default rate, ten epochs of batches of 32.
        Recipe("document", epochs=10, batch_size=32, learning_rate=0.001),
        _FAST,
        # D1 4.2 as printed: RMSprop with Keras's default rate, 100 epochs of batches of 64.
        Recipe("document text generator", 100, 64, learning_rate=0.001, optimizer="rmsprop"),
        # A recurrent network learns from the number of steps more than from their size, so the
        # batches stay small; the rate is as high as a clipped gradient tolerates. bfloat16 gains
        # little in such small batches, more in larger ones.
        _change(
            _FAST,
            name="text generator",
            epochs=8,
            batch_size=64,
            learning_rate=0.004,
            clip_norm=1.0,
        ),
        # A text classifier's recipe is named after its kind. A bag and a CNN do little work on
        # each text, so batches are large. Most of the weights are the embedding's, and each of
        # them learns only from the texts that contain its word: a high rate makes up for that in
        # a bag. A CNN with that rate memorizes its training texts.
        _change(_FAST, name="text bag", epochs=3, learning_rate=0.01, fewest_steps=520),
        _change(_FAST, name="text cnn", epochs=3, learning_rate=0.003, fewest_steps=520),
        *(_change(_TEXT_RNN, name=f"text {kind}") for kind in ("rnn", "lstm", "gru")),
        # Large batches, a high rate and clipping for the same reasons as for texts.
        _change(
            _FAST,
            name="translation",
            epochs=6,
            batch_size=256,
            learning_rate=0.003,
            clip_norm=1.0,
        ),
        # Many epochs, since each one hears other variations of the same sounds; batch
        # normalization tolerates a high rate, and the decay lets the weights settle.
        _change(_FAST, name="speech", epochs=45, batch_size=64, learning_rate=0.003),
        # Dense layers on a table of numbers: a step is cheap, so there can be many epochs.
        _change(_FAST, name="table", epochs=30, half_precision=False, fewest_steps=1000),
    )
}


@dataclasses.dataclass(frozen=True)
class Settings:
    """What one run trains with: a recipe with every choice made.

    Attributes:
        recipe: the recipe's name.
        epochs, batch_size, learning_rate, optimizer, scheduled, clip_norm: as in `Recipe`.
        precision: "float32" or "mixed_bfloat16", Keras's names.
        steps_per_epoch: optimizer steps in one epoch.

    Example:
        >>> resolve("document", 60_000, epochs=5).epochs
        5
    """

    recipe: str
    epochs: int
    batch_size: int
    learning_rate: float
    optimizer: str
    scheduled: bool
    clip_norm: float | None
    precision: str
    steps_per_epoch: int

    def build_optimizer(self) -> keras.optimizers.Optimizer:
        """Returns a new optimizer with this run's learning rate or schedule.

        Example:
            >>> float(resolve("document", 320).build_optimizer().learning_rate)
            0.0010000000474974513
        """
        make = {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop}
        rate: float | keras.optimizers.schedules.LearningRateSchedule = self.learning_rate
        if self.scheduled:
            steps = self.epochs * self.steps_per_epoch
            warmup = max(1, steps // 10)
            rate = keras.optimizers.schedules.CosineDecay(
                initial_learning_rate=self.learning_rate / 20,
                warmup_target=self.learning_rate,
                warmup_steps=warmup,
                decay_steps=max(1, steps - warmup),
            )
        return make[self.optimizer](rate, global_clipnorm=self.clip_norm)


def resolve(
    recipe: str | Recipe,
    examples: int,
    *,
    epochs: int | None = None,
    batch_size: int | None = None,
    learning_rate: float | None = None,
) -> Settings:
    """Returns the settings of a run: the recipe's choices, or the given ones, fitted to the data.

    Args:
        recipe: a name in `RECIPES`, or a recipe of your own.
        examples: number of training examples.
        epochs: passes over the data, instead of the recipe's.
        batch_size: examples in one step, instead of the recipe's.
        learning_rate: the (highest) rate, instead of the recipe's.

    Returns:
        The settings.

    Raises:
        CourseError: if the recipe is unknown or a value is out of range.

    Example:
        >>> settings = resolve("document", 60_000)
        >>> settings.epochs, settings.batch_size, settings.steps_per_epoch
        (10, 32, 1875)
    """
    if isinstance(recipe, Recipe):
        chosen = recipe
    else:
        check_choice("recipe", recipe, RECIPES)
        chosen = RECIPES[recipe]

    if batch_size is None:
        batch_size = _fitting_batch_size(chosen, examples)
    check_positive_integer("batch_size", batch_size, "Pass e.g. 32.")
    if batch_size > examples:
        expected = f"at most the number of training examples, {examples}"
        raise argument_error("batch_size", expected, batch_size, "Pass a smaller one.")
    steps_per_epoch = -(-examples // batch_size)
    if epochs is None:
        epochs = max(chosen.epochs, -(-chosen.fewest_steps // steps_per_epoch))
    check_positive_integer("epochs", epochs, "Pass at least 1.")
    rate = chosen.learning_rate if learning_rate is None else learning_rate
    if not (isinstance(rate, numbers.Real) and 0 < rate < float("inf")):
        raise argument_error("learning_rate", "a positive number", rate, "Pass e.g. 0.001.")

    use_half = chosen.half_precision and device().bfloat16
    return Settings(
        recipe=chosen.name,
        epochs=int(epochs),
        batch_size=int(batch_size),
        learning_rate=float(rate),
        optimizer=chosen.optimizer,
        scheduled=chosen.scheduled,
        clip_norm=chosen.clip_norm,
        precision="mixed_bfloat16" if use_half else "float32",
        steps_per_epoch=steps_per_epoch,
    )


def _fitting_batch_size(recipe: Recipe, examples: int) -> int:
    """Returns the recipe's batch size, halved until the data gives enough steps."""
    size = recipe.batch_size
    while size > 32 and recipe.epochs * examples < size * recipe.fewest_steps:
        size //= 2
    return min(size, examples)
