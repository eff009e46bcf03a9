"""Training a translator: what it is given at each step."""

from collections.abc import Sequence

import numpy as np

from dl_course.datasets import Tokenizer
from dl_course.errors import DataError

LONGEST_SENTENCE = 200  # tokens of a sentence; the longest one sets the width of all


def teacher_forcing(
    sources: Sequence[str] | np.ndarray,
    targets: Sequence[str] | np.ndarray,
    source_tokenizer: Tokenizer,
    target_tokenizer: Tokenizer,
) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray]:
    """Returns sentence pairs as a translator is trained on them.

    At each step the decoder is given the correct previous token, whatever it would have predicted
    itself, and has to predict the next one.

    Args:
        sources: n sentences.
        targets: their translations.
        source_tokenizer: of the sentences.
        target_tokenizer: of the translations.

    Returns:
        The inputs, ids of the sources `(n, source_time)` and of the targets without their end
        `(n, target_time)`; and what to predict at each step, the targets without their start
        `(n, target_time)`. Padding is 0.

    Raises:
        DataError: a sentence has more than 200 tokens, or none.

    Example:
        >>> english, chinese = Tokenizer.fit(["one two"]), Tokenizer.fit(["一二"])
        >>> (source, given), asked = teacher_forcing(["two", "one two"], ["二", "一二"],
        ...                                          english, chinese)
        >>> source.tolist(), given.tolist(), asked.tolist()
        ([[5, 0], [4, 5]], [[2, 5, 3], [2, 4, 5]], [[5, 3, 0], [4, 5, 3]])

    Reference: Williams and Zipser 1989, "A learning algorithm for continually running fully
    recurrent neural networks"; D1 2.2.
    """
    source = source_tokenizer.encode(sources)
    target = target_tokenizer.encode(targets, ends=True)
    for ids, texts, extra in ((source, sources, 0), (target, targets, 2)):
        lengths = (ids != 0).sum(axis=1) - extra
        fits = (lengths >= 1) & (lengths <= LONGEST_SENTENCE)
        if not fits.all():
            row = int(np.argmin(fits))
            raise DataError(
                f"expected sentences of 1 to {LONGEST_SENTENCE} tokens. Received: "
                f"{(~fits).sum()} of {len(fits)} that are not, first "
                f"{str(texts[row])[:40]!r} with {lengths[row]}. "
                "Leave them out, or cut them into sentences."
            )
    return (source, target[:, :-1]), target[:, 1:]
