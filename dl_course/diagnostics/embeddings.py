"""What an embedding has learned: neighbours of a word, and a map of many."""

from collections.abc import Sequence

import numpy as np

from dl_course.errors import argument_error, check_positive_integer

SPECIAL = 4  # ids of padding, unknown, start and end: as many as `datasets.SPECIAL` has


def nearest_tokens(
    embedding: np.ndarray, vocabulary: Sequence[str], token: str, count: int = 8
) -> list[tuple[str, float]]:
    """Returns the tokens whose vectors point most nearly in the direction of a token's.

    cos(a, b) = a . b / (||a|| ||b||), from -1 (opposite) to 1 (the same direction).

    Args:
        embedding: one row per token, shape (tokens, units).
        vocabulary: the token of each row; ids 0 to 3, the special ones, are left out.
        token: the token whose neighbours are returned.
        count: how many, at most.

    Returns:
        Tokens and cosines, the nearest first, without the token itself.

    Raises:
        CourseError: the token is not in the vocabulary, or a shape does not fit.

    Example:
        >>> embedding = np.array([[0, 0]] * 4 + [[1, 0], [2, 1], [0, 1]])
        >>> words = ("", "[UNK]", "[START]", "[END]", "good", "fine", "bad")
        >>> [(word, round(cosine, 2)) for word, cosine in nearest_tokens(embedding, words, "good")]
        [('fine', 0.89), ('bad', 0.0)]

    Reference: D2 2.
    """
    embedding = _checked(embedding)
    if len(vocabulary) != len(embedding):
        raise argument_error("vocabulary", f"of {len(embedding)} tokens", len(vocabulary))
    check_positive_integer("count", count)
    if token not in vocabulary[SPECIAL:]:
        raise argument_error("token", "in the vocabulary", token, "Try another word.")
    rows = embedding / np.maximum(np.linalg.norm(embedding, axis=1, keepdims=True), 1e-12)
    of_token = vocabulary.index(token)
    cosines = rows @ rows[of_token]  # (tokens,)
    order = [k for k in np.argsort(-cosines, kind="stable") if k >= SPECIAL and k != of_token]
    return [(vocabulary[k], float(cosines[k])) for k in order[:count]]


def embedding_map(embedding: np.ndarray) -> tuple[np.ndarray, float]:
    """Returns the vectors projected onto the plane in which they vary most.

    With the mean m and the singular values E - m = U S V^T, a point is (e - m) V_2: the first two
    principal components.

    Args:
        embedding: one row per token, at least 2, shape (tokens, units).

    Returns:
        The points, shape (tokens, 2), and the share of the variance that they keep, 0 to 1. The
        sign of an axis is chosen so that its longest entry is positive.

    Raises:
        CourseError: a shape does not fit.

    Example:
        >>> points, kept = embedding_map(np.array([[0.0, 1, 0], [3, 1, 0], [6, 1, 0]]))
        >>> points.round(6) + 0.0, kept
        (array([[-3.,  0.],
               [ 0.,  0.],
               [ 3.,  0.]]), 1.0)

    Reference: Pearson 1901, "On lines and planes of closest fit to systems of points in space".
    """
    embedding = _checked(embedding)
    if len(embedding) < 2:
        raise argument_error("embedding", "of at least 2 tokens", embedding.shape)
    centred = embedding - embedding.mean(axis=0)
    _, sizes, axes = np.linalg.svd(centred, full_matrices=False)
    axes = np.concatenate([axes, np.zeros((2, axes.shape[1]))])[:2]  # one unit has one axis
    largest = np.abs(axes).argmax(axis=1)
    axes *= np.where(axes[[0, 1], largest] < 0, -1, 1)[:, None]
    variance = float((sizes**2).sum())
    kept = float((sizes[:2] ** 2).sum()) / variance if variance else 1.0
    return centred @ axes.T, kept


def telling_tokens(embedding: np.ndarray, count: int = 40) -> np.ndarray:
    """Returns the ids of the tokens that training has moved farthest from the mean.

    Args:
        embedding: one row per token, shape (tokens, units); ids 0 to 3 are left out.
        count: how many, at most.

    Returns:
        Ids, the farthest first, shape (at most count,).

    Example:
        >>> telling_tokens(np.array([[9.0]] * 4 + [[0.0], [5.0], [1.0]]), count=2)
        array([5, 4])
    """
    words = _checked(embedding)[SPECIAL:]
    check_positive_integer("count", count)
    far = np.linalg.norm(words - words.mean(axis=0), axis=1)
    return np.argsort(-far, kind="stable")[:count] + SPECIAL


def _checked(embedding: np.ndarray) -> np.ndarray:
    """Returns the embedding as float64, once it is a matrix of finite numbers."""
    embedding = np.asarray(embedding, dtype=np.float64)
    if embedding.ndim != 2 or 0 in embedding.shape or not np.isfinite(embedding).all():
        expected = "finite numbers of shape (tokens, units)"
        raise argument_error("embedding", expected, embedding.shape)
    return embedding
