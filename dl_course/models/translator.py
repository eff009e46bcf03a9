"""Encoder and decoder with attention: from a sentence to its translation."""

from dl_course.backend import keras
from dl_course.errors import argument_error, check_positive_integer, check_share
from dl_course.models._layers import class_probabilities

SPECIAL = 4  # ids of padding, unknown, start and end: as many as `datasets.SPECIAL` has


def build_translator(
    source_vocabulary: int,
    target_vocabulary: int,
    *,
    embedding_units: int = 64,
    units: int = 128,
    dropout: float = 0.0,
) -> keras.Model:
    """Builds a translator: a GRU reads both ways, another writes and looks back by attention.

    h_j: state of the encoder at source step j, from both directions, v_j = W_v h_j
    s_t = GRU(E y_{t-1}, s_{t-1}),  s_0 = tanh(W_s [h_last; h_first])
    a_t = softmax_j(s_t . v_j),  c_t = sum_j a_tj v_j
    p(y_t | y_{<t}, x) = softmax(W_o tanh(W_c [c_t; s_t]))

    In training the decoder is given the correct tokens before y_t, not its own (teacher forcing).
    Padding, id 0, is neither read nor attended to.

    Args:
        source_vocabulary: ids of the source language, the four special ones included.
        target_vocabulary: ids of the target language, likewise.
        embedding_units: size of the vector of a token, in both languages.
        units: size of each state.
        dropout: share of the embedding's and of the last layer's values that are dropped in
            training.

    Returns:
        An uncompiled model from ids `(batch, source_time)` and start-shifted ids
        `(batch, target_time)` to probabilities `(batch, target_time, target_vocabulary)`. It
        consists of Keras's own layers.

    Raises:
        CourseError: if an argument is out of range.

    Example:
        >>> model = build_translator(32, 18, embedding_units=8, units=16)
        >>> model.input_shape, model.output_shape
        ([(None, None), (None, None)], (None, None, 18))

    Reference: D1 2.2; Bahdanau et al. 2015, https://arxiv.org/abs/1409.0473; Luong et al. 2015,
    https://arxiv.org/abs/1508.04025.
    """
    for name, size in (
        ("source_vocabulary", source_vocabulary),
        ("target_vocabulary", target_vocabulary),
    ):
        check_positive_integer(name, size)
        if size <= SPECIAL:
            raise argument_error(name, "at least 5: four ids are special", size)
    check_positive_integer("embedding_units", embedding_units)
    check_positive_integer("units", units)
    check_share("dropout", dropout)

    layers = keras.layers
    source = keras.Input((None,), dtype="int32", name="source")
    target = keras.Input((None,), dtype="int32", name="target")

    read = layers.Embedding(
        source_vocabulary, embedding_units, mask_zero=True, name="source_embedding"
    )
    x = layers.Dropout(dropout)(read(source))
    gru = layers.GRU(units, return_sequences=True, return_state=True)
    states, last, first = layers.Bidirectional(gru, name="encoder")(x)  # (batch, time, 2 units)
    values = layers.Dense(units, use_bias=False, name="values")(states)
    ends = layers.Concatenate()([last, first])
    start = layers.Dense(units, activation="tanh", name="start")(ends)

    write = layers.Embedding(
        target_vocabulary, embedding_units, mask_zero=True, name="target_embedding"
    )
    y = layers.Dropout(dropout)(write(target))
    hidden = layers.GRU(units, return_sequences=True, name="decoder")(y, initial_state=start)
    context = layers.Attention(name="attention")([hidden, values])
    both = layers.Concatenate(name="both")([context, hidden])
    seen = layers.Dense(units, activation="tanh", name="combine")(both)
    seen = layers.Dropout(dropout)(seen)
    outputs = class_probabilities(seen, target_vocabulary)
    return keras.Model([source, target], outputs, name="translator")


def translator_parts(model: keras.Model) -> tuple[keras.Model, keras.Model]:
    """Returns the encoder and one step of the decoder of a translator, with its own weights.

    To translate, the sentence is encoded once; then each step is given the token before.

    Args:
        model: as `build_translator` built it, trained or loaded.

    Returns:
        The encoder, from ids `(batch, source_time)` to values `(batch, source_time, units)` and
        the decoder's first state `(batch, units)`; and the step, from the last token `(batch, 1)`,
        the state, the values and the source ids to the next token's probabilities
        `(batch, target_vocabulary)`, the new state, and the attention `(batch, source_time)`.

    Raises:
        CourseError: `build_translator` did not build the model.

    Example:
        >>> encoder, step = translator_parts(build_translator(32, 18, embedding_units=8, units=16))
        >>> [part.shape[1:] for part in encoder.outputs], [part.shape[1:] for part in step.outputs]
        ([(None, 16), (16,)], [(18,), (16,), (None,)])
    """
    names = {layer.name for layer in model.layers}
    if not {"encoder", "values", "start", "decoder", "attention", "combine"} <= names:
        raise argument_error("model", "built by build_translator", model.name)
    layer, ops = model.get_layer, keras.ops
    source = model.inputs[0]
    encoder = keras.Model(source, [layer("values").output, layer("start").output], name="encoding")

    units = layer("decoder").units
    token = keras.Input((1,), dtype="int32", name="token")
    state = keras.Input((units,), name="state")
    values = keras.Input((None, units), name="seen")
    ids = keras.Input((None,), dtype="int32", name="source_ids")
    hidden = layer("decoder")(layer("target_embedding")(token), initial_state=state)
    # What the layer "attention" computes; within a graph Keras returns only its contexts.
    scores = ops.matmul(hidden, ops.transpose(values, (0, 2, 1)))  # (batch, 1, source_time)
    weights = ops.softmax(ops.where(ops.equal(ids, 0)[:, None], -1e9, scores))
    seen = layer("both")([ops.matmul(weights, values), hidden])
    probabilities = layer("probabilities")(layer("combine")(seen))
    step = keras.Model(
        [token, state, values, ids],
        [probabilities[:, 0], hidden[:, 0], weights[:, 0]],
        name="step",
    )
    return encoder, step
