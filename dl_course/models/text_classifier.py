"""Text classifiers: five ways to get from the words of a text to one answer."""

from dl_course.backend import keras
from dl_course.errors import (
    argument_error,
    check_choice,
    check_positive_integer,
    check_share,
)
from dl_course.models._layers import CELLS, check_num_classes, class_probabilities

layers, ops = keras.layers, keras.ops

KINDS = (*CELLS, "cnn", "bag")
_WINDOW = 3  # words that a filter of the CNN sees at once


def build_text_classifier(
    vocabulary_size: int,
    num_classes: int,
    *,
    kind: str = "lstm",
    embedding_units: int = 32,
    units: int | None = None,
    dropout: float = 0.5,
) -> keras.Model:
    """Builds a text classifier: an embedding, a way to sum up the text, dropout and a softmax.

    Each token t becomes its row e_t of a matrix that is learned. Then

    - "rnn", "lstm", "gru": the state of a recurrent layer after the last token;
    - "cnn": filters over every 3 neighbours, relu(sum_k e_{t+k} W_k + b), of which the largest
      and the mean over the text are kept;
    - "bag": the mean of all e_t, which is blind to the order of the words.

    Padding, id 0, changes no answer, and a text without tokens gets an answer too.

    Args:
        vocabulary_size: number of ids, as `len(tokenizer)`.
        num_classes: number of classes, at least 2.
        kind: "rnn", "lstm", "gru", "cnn" or "bag".
        embedding_units: numbers that stand for a token.
        units: size of the recurrent state, 64 by default, or number of filters, 128 by default.
            The bag has none.
        dropout: share of the numbers before the softmax that is left out in training.

    Returns:
        An uncompiled model from ids `(batch, time)`, of any length, to probabilities
        `(batch, num_classes)`.

    Raises:
        CourseError: if an argument is out of range.

    Example:
        >>> {kind: build_text_classifier(1000, 2, kind=kind).count_params() - 32 * 1000
        ...  for kind in KINDS}  # without the embedding
        {'rnn': 6338, 'lstm': 24962, 'gru': 18946, 'cnn': 12930, 'bag': 66}

    Reference: D1 2.2, D2 2; Kim 2014, https://arxiv.org/abs/1408.5882.
    """
    check_positive_integer("vocabulary_size", vocabulary_size)
    check_num_classes(num_classes)
    check_choice("kind", kind, KINDS)
    check_positive_integer("embedding_units", embedding_units)
    if kind == "bag" and units is not None:
        raise argument_error("units", "None for a bag, which has only its embedding", units)
    if units is None:
        units = 128 if kind == "cnn" else 64
    check_positive_integer("units", units)
    check_share("dropout", dropout)

    ids = keras.Input((None,), dtype="int32", name="tokens")
    embedding = layers.Embedding(
        vocabulary_size,
        embedding_units,
        mask_zero=kind in CELLS,
        name="embedding",
    )
    x = embedding(ids)
    if kind in CELLS:
        x = CELLS[kind](units, name="recurrent")(x)
    else:
        # (batch, time, 1): 1 for a token and 0 for padding. Keras's own masked mean is 0 / 0 for
        # a text without tokens, and its convolution ignores masks.
        real = ops.expand_dims(ops.cast(ops.not_equal(ids, 0), "float32"), -1)
        x = _mean(x, real) if kind == "bag" else _strongest_and_mean(x, real, units)
    x = layers.Dropout(dropout, name="dropout")(x)
    return keras.Model(ids, class_probabilities(x, num_classes), name=kind)


def _strongest_and_mean(
    x: keras.KerasTensor, real: keras.KerasTensor, filters: int
) -> keras.KerasTensor:
    """Returns the largest and the mean answer of each filter, (batch, 2 filters)."""
    convolution = layers.Conv1D(
        filters, _WINDOW, padding="same", activation="relu", name="convolution"
    )
    # After a relu nothing is below 0, so a padded step that is set to 0 is never the largest.
    x = convolution(x * real) * real
    strongest = layers.GlobalMaxPooling1D(name="strongest")(x)
    return layers.Concatenate(name="features")([strongest, _mean(x, real)])


def _mean(x: keras.KerasTensor, real: keras.KerasTensor) -> keras.KerasTensor:
    """Returns the mean over the tokens of each text, (batch, features); zeros without tokens."""
    count = ops.maximum(ops.sum(real, axis=1), 1)
    return ops.sum(x * real, axis=1) / count
