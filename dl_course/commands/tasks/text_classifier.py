"""`dl-course train text-classifier`: labelled texts in, the class of a text out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dl_course.commands.run_folder import RunFolder
from dl_course.commands.tasks.task import Task, course_of_training
from dl_course.datasets import Tokenizer, load
from dl_course.errors import argument_error, check_positive_integer

if TYPE_CHECKING:
    from dl_course.inference.text_classifier import TextClassifier

_KINDS = ("rnn", "lstm", "gru", "cnn", "bag")


class TextClassification(Task):
    """Texts in, the probability of each class out (D1 2.2, D2 2).

    Example:
        >>> task = TextClassification(dict(TextClassification.defaults))
        >>> task.load()
        >>> task.data.class_names
        ('negative', 'positive')
    """

    name = "text-classifier"
    defaults = {
        "data": "reviews",
        "kind": "gru",
        "level": "word",
        "vocabulary_size": 30_000,
        "length": 600,
        "text_column": "text",
        "label_column": "label",
        "encoding": "utf-8",
        "seed": 0,
    }

    def load(self) -> None:
        """Loads texts, of a registered set or a table, and makes their vocabulary."""
        arguments = self.arguments
        if arguments["kind"] not in _KINDS:
            raise argument_error("kind", f"one of {', '.join(_KINDS)}", arguments["kind"])
        check_positive_integer("length", arguments["length"])
        self.data = load(
            arguments["data"],
            kind="texts",
            text_column=arguments["text_column"],
            label_column=arguments["label_column"],
            encoding=arguments["encoding"],
        )
        self.tokenizer = Tokenizer.fit(
            self.data.x_train,
            level=arguments["level"],
            vocabulary_size=arguments["vocabulary_size"],
        )

    def data_record(self) -> dict:
        """Returns name, checksum and classes of the texts."""
        return {**super().data_record(), "class_names": list(self.data.class_names)}

    def build(self):
        """Returns a new network of the kind asked for."""
        from dl_course.models import build_text_classifier

        return build_text_classifier(
            len(self.tokenizer), self.data.num_classes, kind=self.arguments["kind"]
        )

    def training_arrays(self) -> tuple:
        """Returns rows of ids as long as the longest text, `length` at most, and labels."""
        ids = self.tokenizer.encode(self.data.x_train, self.arguments["length"])
        self._length = self._longest(ids)
        return ids[:, : self._length], self.data.y_train

    def recipe(self) -> str:
        """Returns how to train a network of this kind."""
        return f"text {self.arguments['kind']}"

    def reader(self, model) -> TextClassifier:
        """Returns the classifier of raw texts."""
        from dl_course.inference.text_classifier import TextClassifier

        return TextClassifier(model, self.tokenizer, self.data.class_names, self._length)

    def measure(self, reader: TextClassifier) -> dict[str, float]:
        """Returns accuracy and cross-entropy on the test texts."""
        from dl_course.training import scores

        return scores(self.data.y_test, reader.predict(self.data.x_test))

    def pictures(self, folder: RunFolder, reader: TextClassifier) -> dict:
        """Returns the course of the training, the confusions, and a map of the embedding."""
        from dl_course import plots
        from dl_course.diagnostics import embedding_map, telling_tokens

        predicted = reader.predict(self.data.x_test).argmax(axis=1)
        embedding = reader.model.get_layer("embedding").get_weights()[0]
        drawn = {
            **course_of_training(folder),
            "confusion_matrix": plots.plot_confusion_matrix(
                self.data.y_test, predicted, self.data.class_names
            ),
        }
        chosen = telling_tokens(embedding)
        if len(chosen) > 1:
            points, kept = embedding_map(embedding[chosen])
            drawn["embedding"] = plots.plot_embedding_map(
                points,
                [reader.tokenizer.vocabulary[k] for k in chosen],
                title=f"The words that training moved most ({kept:.0%} of the variance)",
            )
        return drawn

    def _longest(self, ids: np.ndarray) -> int:
        """Returns how many columns hold a token; padding comes last in every row."""
        return max(1, int((ids != 0).any(axis=0).sum()))
