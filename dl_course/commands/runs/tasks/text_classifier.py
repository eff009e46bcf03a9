"""`dl-course train text-classifier`: labelled texts in, the class of a text out."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from dl_course import datasets, plots
from dl_course.commands.runs.classification import ClassificationTask
from dl_course.commands.runs.options import TextOptions, data_option, option
from dl_course.commands.runs.task import Reads, Table

if TYPE_CHECKING:
    from dl_course.backend import keras
    from dl_course.inference import TextClassifier


class TextClassification(ClassificationTask):
    """Train a text classifier on an embedding (D1 2.2, D2 2)."""

    @dataclasses.dataclass(frozen=True, kw_only=True)
    class Options(TextOptions):
        """Which texts, how they are cut into tokens, and what kind of network."""

        data: str = data_option("reviews", "texts")
        kind: str = option("gru", "Kind of network.", choices=("rnn", "lstm", "gru", "cnn", "bag"))
        level: str = option("word", "What a token is.", choices=("word", "character"))
        vocabulary_size: int = option(30_000, "Largest vocabulary, in tokens.", positive=True)
        length: int = option(600, "Tokens read from each text, at most.", positive=True)
        text_column: str | None = option(
            None, "Column of the texts in your own file.", none="text", own_file=True
        )
        label_column: str | None = option(
            None, "Column of the labels in your own file.", none="label", own_file=True
        )

        def reading(self) -> dict[str, Any]:
            """Returns the options of `datasets.load`, with the columns."""
            columns = {"text_column": self.text_column, "label_column": self.label_column}
            return {**super().reading(), **columns}

    learns = "texts with labels"
    use, example = "predict --text", 'predict RUN --text "not good at all"'
    reads = Reads("--text", list[str], "A text. May be repeated.", metavar="TEXT")
    figures = ("embedding",)

    @functools.cached_property
    def tokenizer(self) -> datasets.Tokenizer:
        """Numbers the tokens of the training texts."""
        level, size = self.options.level, self.options.vocabulary_size
        return datasets.Tokenizer.fit(self.data.x_train, level=level, vocabulary_size=size)

    def build(self) -> keras.Model:
        """Returns a new network of the kind asked for."""
        from dl_course.models import build_text_classifier

        return build_text_classifier(
            len(self.tokenizer), self.data.num_classes, kind=self.options.kind
        )

    @functools.cached_property
    def ids(self) -> np.ndarray:
        """Rows of ids as long as the longest training text, `length` at most."""
        ids = self.tokenizer.encode(self.data.x_train, self.options.length)
        longest = int((ids != 0).any(axis=0).sum())  # padding comes last in every row
        return ids[:, : max(1, longest)]

    def training_arrays(self) -> tuple[np.ndarray, np.ndarray]:
        """Returns rows of ids, and labels."""
        return self.ids, self.data.y_train

    def recipe(self) -> str:
        """Returns how to train a network of this kind."""
        return f"text {self.options.kind}"

    def reader(self, model: keras.Model) -> TextClassifier:
        """Returns the classifier of raw texts."""
        from dl_course.inference import TextClassifier

        return TextClassifier(model, self.tokenizer, self.data.class_names, self.ids.shape[1])

    def pictures(
        self, tables: Mapping[str, Table], reader: TextClassifier, answers: np.ndarray
    ) -> dict:
        """Returns the training curves, the confusion matrix, and a map of the embedding."""
        from dl_course.diagnostics import embedding_map, telling_tokens

        embedding = reader.model.get_layer("embedding").get_weights()[0]
        drawn = super().pictures(tables, reader, answers)
        chosen = telling_tokens(embedding)
        if len(chosen) > 1:
            points, kept = embedding_map(embedding[chosen])
            drawn["embedding"] = plots.plot_embedding_map(
                points,
                [reader.tokenizer.vocabulary[k] for k in chosen],
                title=f"The words that training moved most ({kept:.0%} of the variance)",
            )
        return drawn
