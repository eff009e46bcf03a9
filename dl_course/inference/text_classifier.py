"""Texts in, the probability of each class out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Self

import numpy as np

from dl_course.backend import keras
from dl_course.datasets import Tokenizer
from dl_course.errors import DataError, argument_error, check_positive_integer
from dl_course.inference.reader import Reader, check_class_names

_BATCH = 256


class TextClassifier(Reader):
    """A trained classifier of texts with its vocabulary.

    Args:
        model: as `build_text_classifier` built it, trained.
        tokenizer: what it was trained with.
        class_names: one name per class.
        length: the most tokens to read of a text; the rest is ignored.

    Raises:
        CourseError: the parts do not fit each other.

    Example:
        >>> from dl_course.models import build_text_classifier
        >>> tokenizer = Tokenizer.fit(["a good film", "a bad film"])
        >>> model = build_text_classifier(len(tokenizer), 2, kind="bag")
        >>> classifier = TextClassifier(model, tokenizer, ("negative", "positive"), length=10)
        >>> classifier.predict(["What a good film!"]).shape
        (1, 2)
    """

    name = "text classifier"

    def __init__(
        self, model: keras.Model, tokenizer: Tokenizer, class_names: Sequence[str], length: int
    ):
        check_positive_integer("length", length)
        ids = model.get_layer("embedding").input_dim
        if len(tokenizer) != ids:
            raise argument_error("tokenizer", f"of {ids} ids, as the model has", len(tokenizer))
        self.model, self.tokenizer = model, tokenizer
        self.class_names, self.length = check_class_names(model, class_names), int(length)

    def predict(self, texts: Sequence[str]) -> np.ndarray:
        """Returns the probability of each class.

        Args:
            texts: n texts, each with at least one token. All words outside the vocabulary look
                the same to the model, so texts that have no other words get the same answer.

        Returns:
            float32, shape (n, classes); every row sums to 1.

        Raises:
            DataError: a text is empty.
        """
        ids = self.tokenizer.encode(texts, self.length)
        if not len(ids):
            return np.zeros((0, len(self.class_names)), np.float32)
        empty = np.flatnonzero(~ids.any(axis=1))
        if len(empty):
            raise DataError(
                f"`texts` must have at least one word or symbol each. Received: texts[{empty[0]}]="
                f"{str(texts[empty[0]])[:40]!r}. Leave it out."
            )
        return self.model.predict(ids, batch_size=_BATCH, verbose=0)

    def rows(self, texts: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """Gives for each text: itself, class and probability."""
        for text, row in zip(texts, self.predict(texts), strict=True):
            yield text, self.class_names[row.argmax()], f"{row.max():.4f}"

    def parts(self) -> dict[str, Any]:
        """Returns vocabulary, class names and length."""
        return {
            "tokenizer": self.tokenizer.to_dict(),
            "class_names": list(self.class_names),
            "length": self.length,
        }

    @classmethod
    def from_parts(cls, model: keras.Model, parts: dict[str, Any]) -> Self:
        """Returns a classifier made of a model and what `parts` returned."""
        tokenizer = Tokenizer.from_dict(parts["tokenizer"])
        return cls(model, tokenizer, parts["class_names"], parts["length"])
