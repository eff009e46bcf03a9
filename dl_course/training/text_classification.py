"""How to train a classifier of texts, by its kind."""

import dataclasses

from dl_course.training.recipes import Recipe

# A bag and a CNN do little work on each text, so batches are wide. Most of the weights are the
# embedding's, and each of them learns only from the texts with its word: a high rate makes up for
# that in a bag. A CNN with that rate learns its training texts by heart.
_BAG = Recipe(
    "bag of words",
    epochs=3,
    batch_size=128,
    learning_rate=0.01,
    scheduled=True,
    half_precision=True,
    fewest_steps=520,
)
_CNN = dataclasses.replace(_BAG, name="text CNN", learning_rate=0.003)
# To find out that distant words decide together takes many epochs. Batches are wide, since on a
# CPU a recurrent layer waits for its loop over time more than for its products; that bears a high
# rate, and clipping keeps gradients that multiply over time from throwing the weights about.
_STEP_BY_STEP = Recipe(
    "recurrent text",
    epochs=12,
    batch_size=128,
    learning_rate=0.01,
    scheduled=True,
    clip_norm=1.0,
    fewest_steps=330,
)


def text_recipe(kind: str) -> Recipe:
    """Returns how to train a text classifier of a kind.

    Args:
        kind: as in `build_text_classifier`: "rnn", "lstm", "gru", "cnn" or "bag".

    Example:
        >>> text_recipe("cnn").epochs, text_recipe("gru").clip_norm
        (3, 1.0)
    """
    return {"bag": _BAG, "cnn": _CNN}.get(kind, _STEP_BY_STEP)
