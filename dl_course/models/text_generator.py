"""The text generator of D1 4.2: two LSTM layers that predict the next character."""

from collections.abc import Sequence

import numpy as np

from dl_course.backend import keras
from dl_course.errors import argument_error, check_positive_integer, check_share
from dl_course.models._layers import check_sizes, class_probabilities


def build_text_generator(
    vocabulary_size: int,
    *,
    units: Sequence[int] = (128, 128),
    embedding_units: int | None = 64,
    every_step: bool = True,
    dropout: float = 0.0,
) -> keras.Model:
    """Builds a language model: LSTM layers and a softmax over what comes next.

    p_t = softmax(h_t W + b), where h_t is the last layer's state after the ids x_1 .. x_t.

    With `embedding_units=None, every_step=False` it is the network of D1 4.2: one-hot vectors in,
    one prediction after the last step. The defaults compute the same and learn more from it: the
    product of a one-hot vector and a matrix is one row of it, which an embedding looks up; and
    every step of a window has a loss, not the last alone, at about twice the cost.

    Args:
        vocabulary_size: number of ids, the tokenizer's length; at least 2.
        units: the size of each LSTM's state, from the input up.
        embedding_units: size of the vector for each id; None for one-hot vectors.
        every_step: whether to predict after every step; if not, only after the last.
        dropout: share of each LSTM's outputs that is dropped while training.

    Returns:
        An uncompiled model from ids `(batch, time)`, of any number of steps, to probabilities
        `(batch, time, vocabulary_size)`, or `(batch, vocabulary_size)`.

    Raises:
        CourseError: if an argument is out of range.

    Example:
        >>> printed = build_text_generator(65, embedding_units=None, every_step=False)
        >>> printed.output_shape, sum(w.shape[-1] for w in printed.trainable_variables)
        ((None, 65), 3202)

    Reference: D1 4.2.
    """
    check_positive_integer("vocabulary_size", vocabulary_size)
    if vocabulary_size < 2:
        raise argument_error("vocabulary_size", "at least 2", vocabulary_size)
    check_sizes("units", units, "Pass e.g. units=(128, 128).")
    if len(units) == 0:
        raise argument_error("units", "at least one layer", tuple(units))
    if embedding_units is not None:
        check_positive_integer("embedding_units", embedding_units, "Or None, for one-hot vectors.")
    check_share("dropout", dropout)

    inputs = keras.Input((None,), dtype="int32", name="ids")
    if embedding_units is None:  # row k of the identity is the one-hot vector of k
        one_hot = {"embeddings_initializer": "identity", "trainable": False, "name": "one_hot"}
        x = keras.layers.Embedding(vocabulary_size, vocabulary_size, **one_hot)(inputs)
    else:
        x = keras.layers.Embedding(vocabulary_size, embedding_units, name="embedding")(inputs)
    for number, size in enumerate(units, start=1):
        all_steps = every_step or number < len(units)
        x = keras.layers.LSTM(size, return_sequences=all_steps, name=f"lstm_{number}")(x)
        if dropout:
            x = keras.layers.Dropout(dropout, name=f"dropout_{number}")(x)
    return keras.Model(inputs, class_probabilities(x, vocabulary_size), name="text_generator")


def generator_step(
    model: keras.Model, ids: np.ndarray, states: list | None = None
) -> tuple[np.ndarray, list]:
    """Takes one step of a text generator: one id in, the probabilities of the next one out.

    What was read before is in the states, so a step costs the same after ten characters and
    after ten thousand. Reading a whole window again for every character gives the same numbers.

    Args:
        model: as `build_text_generator` builds it, with a prediction at every step. One that was
            trained to predict after a window only has not learned to go on from there.
        ids: shape (batch,).
        states: what the step before returned; None at the beginning of a text.

    Returns:
        Probabilities, shape (batch, vocabulary_size), float32, and the new states.

    Example:
        >>> model = build_text_generator(5, units=(3,))
        >>> first, states = generator_step(model, np.array([1]))
        >>> second, states = generator_step(model, np.array([4]), states)
        >>> window = model(np.array([[1, 4]]))[:, -1]
        >>> bool(np.allclose(second, window, atol=1e-6))
        True

    Reference: D1 3.2, D1 4.2.
    """
    x = keras.ops.convert_to_tensor(np.asarray(ids, np.int32))  # (batch,)
    before, after = iter(states or ()), []
    for layer in model.layers[1:]:
        if isinstance(layer, keras.layers.LSTM):
            state = next(before, None) or layer.cell.get_initial_state(batch_size=len(ids))
            x, state = layer.cell(x, state)
            after.append(state)
        elif not isinstance(layer, keras.layers.Dropout):  # it acts in training only
            x = layer(x)  # (batch, features)
    return keras.ops.convert_to_numpy(keras.ops.cast(x, "float32")), after
