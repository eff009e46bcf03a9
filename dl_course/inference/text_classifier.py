"""Texts in, the probability of each class out."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from dl_course.backend import keras
from dl_course.datasets import Tokenizer
from dl_course.errors import DataError, argument_error, check_positive_integer
from dl_course.inference.saved import fitting, load_parts, save_parts

_TASK = "text classifier"
_BATCH = 256


class TextClassifier:
    """A trained classifier of texts with its vocabulary.

    Args:
        model: as `build_text_classifier` built it, trained.
        tokenizer: what it was trained with.
        class_names: one name per class.
        length: tokens that are read of a text; of a longer one the rest is left out.

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

    def __init__(
        self, model: keras.Model, tokenizer: Tokenizer, class_names: Sequence[str], length: int
    ):
        """Takes the model and its preprocessing."""
        check_positive_integer("length", length)
        ids = model.get_layer("embedding").input_dim
        if len(tokenizer) != ids:
            raise argument_error("tokenizer", f"of {ids} ids, as the model has", len(tokenizer))
        if len(class_names) != model.output_shape[-1]:
            expected = f"{model.output_shape[-1]} names, one for each output of the model"
            raise argument_error("class_names", expected, tuple(class_names))
        self.model, self.tokenizer = model, tokenizer
        self.class_names, self.length = tuple(class_names), int(length)

    def predict(self, texts: Sequence[str]) -> np.ndarray:
        """Returns the probability of each class.

        Args:
            texts: n texts, each with at least one token. Of words that are not in the vocabulary
                the model knows only that they are there, so a text of them alone gets the answer
                that all such texts get.

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
                f"`texts` must hold at least one word or mark each. Received: texts[{empty[0]}]="
                f"{str(texts[empty[0]])[:40]!r}. Leave it out."
            )
        return self.model.predict(ids, batch_size=_BATCH, verbose=0)

    def save(self, path: str | os.PathLike) -> None:
        """Writes model, vocabulary, class names and length to one `.keras` file."""
        parts = {
            "tokenizer": self.tokenizer.to_dict(),
            "class_names": list(self.class_names),
            "length": self.length,
        }
        save_parts(path, self.model, _TASK, parts)

    @classmethod
    def load(cls, path: str | os.PathLike, *, allow_custom_code: bool = False) -> TextClassifier:
        """Reads what `save` has written.

        Raises:
            DataError: the file is missing or damaged, or holds something else.
        """
        model, parts = load_parts(path, _TASK, allow_custom_code=allow_custom_code)
        with fitting(path):
            tokenizer = Tokenizer.from_dict(parts["tokenizer"])
            return cls(model, tokenizer, parts["class_names"], parts["length"])
