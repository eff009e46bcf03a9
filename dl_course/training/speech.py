"""How to train a classifier of sounds."""

from dl_course.training.recipes import Recipe

# Many epochs, since each of them hears other variations of the same sounds; batch normalization
# bears a high rate, and the decay lets the weights settle.
SPEECH_RECIPE = Recipe(
    "speech",
    epochs=45,
    batch_size=64,
    learning_rate=0.003,
    scheduled=True,
    half_precision=True,
    fewest_steps=400,
)
