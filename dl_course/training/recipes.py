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
        half_precision: whether to compute in bfloat16 where the hardware does.
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


# D1 4.1 as printed: Adam with Keras's default rate, ten epochs of batches of 32.
_DOCUMENT = Recipe("document", epochs=10, batch_size=32, learning_rate=0.001)
# Large batches keep the cores busy and bear a higher rate; the warm-up lets Adam learn the size
# of the gradients before it takes large steps, the decay lets the weights settle; bfloat16 halves
# the time of a matrix product where hardware has it.
_FAST = Recipe(
    "fast",
    epochs=2,
    batch_size=128,
    learning_rate=0.006,
    scheduled=True,
    half_precision=True,
    fewest_steps=400,
)
# D1 4.2 as printed: RMSprop with Keras's default rate, 100 epochs of batches of 64.
_DOCUMENT_TEXT_GENERATOR = Recipe(
    "document text generator",
    epochs=100,
    batch_size=64,
    learning_rate=0.001,
    optimizer="rmsprop",
)
# A recurrent network learns by the number of its steps more than by their size, so the batches
# stay small; the rate is as high as a clipped gradient bears. In batches so small bfloat16 gains
# hardly anything; it gains with larger ones.
_TEXT_GENERATOR = dataclasses.replace(
    _FAST,
    name="text generator",
    epochs=8,
    batch_size=64,
    learning_rate=0.004,
    clip_norm=1.0,
)
# A bag and a CNN do little work on each text, so batches are wide. Most of the weights are the
# embedding's, and each of them learns only from the texts with its word: a high rate makes up for
# that in a bag. A CNN with that rate learns its training texts by heart.
_TEXT_BAG = dataclasses.replace(
    _FAST, name="text bag", epochs=3, learning_rate=0.01, fewest_steps=520
)
_TEXT_CNN = dataclasses.replace(_TEXT_BAG, name="text cnn", learning_rate=0.003)
# To find out that distant words decide together takes many epochs. Batches are wide, since on a
# CPU a recurrent layer waits for its loop over time more than for its products; that bears a high
# rate, and clipping keeps gradients that multiply over time from throwing the weights about.
_TEXT_RNN = Recipe(
    "text rnn",
    epochs=12,
    batch_size=128,
    learning_rate=0.01,
    scheduled=True,
    clip_norm=1.0,
    fewest_steps=330,
)
# Wide batches and a high, clipped rate for the same reasons.
_TRANSLATION = dataclasses.replace(
    _FAST, name="translation", epochs=6, batch_size=256, learning_rate=0.003, clip_norm=1.0
)
# Many epochs, since each of them hears other variations of the same sounds; batch normalization
# bears a high rate, and the decay lets the weights settle.
_SPEECH = dataclasses.replace(_FAST, name="speech", epochs=45, batch_size=64, learning_rate=0.003)

# The tasks choose from here; a text classifier's recipe is called after its kind.
RECIPES = {
    recipe.name: recipe
    for recipe in (
        _DOCUMENT,
        _FAST,
        _DOCUMENT_TEXT_GENERATOR,
        _TEXT_GENERATOR,
        _TEXT_BAG,
        _TEXT_CNN,
        _TEXT_RNN,
        dataclasses.replace(_TEXT_RNN, name="text lstm"),
        dataclasses.replace(_TEXT_RNN, name="text gru"),
        _TRANSLATION,
        _SPEECH,
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
    """Returns the settings of a run: the recipe's choices, unless given, fitted to the data.

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
