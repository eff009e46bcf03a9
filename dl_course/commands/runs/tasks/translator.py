"""`dl-course train translator`: sentence pairs in, a translator out."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from dl_course import datasets, plots
from dl_course.commands.runs.options import TextOptions, data_option, option
from dl_course.commands.runs.task import Table, Task

if TYPE_CHECKING:
    from dl_course.backend import keras
    from dl_course.inference import Translator
    from dl_course.training import Objective

_EXAMPLES = 20


class Translation(Task):
    """Train a translator with attention (D1 2.2)."""

    @dataclasses.dataclass(frozen=True, kw_only=True)
    class Options(TextOptions):
        """Which sentence pairs, and how large a network."""

        data: str = data_option("number_words", "pairs")
        units: int = option(128, "Units of each GRU layer.", positive=True)
        dropout: float = option(0.0, "Share of units dropped during training.", minimum=0, below=1)
        length: int | None = option(
            None, "Skip training pairs with more tokens than this.", positive=True, none="keep all"
        )

    learns = "sentence pairs, with attention"
    use, example = "translate SENTENCE", 'translate RUN "forty two" --out attention.png'
    measures = {
        "exact_match": "exact match {:.4f}",
        "bleu": "BLEU {:.2f}",
        "token_accuracy": "token accuracy {:.4f}",
    }
    in_headline = 2
    figures = ("accuracy", "attention")
    files = ("examples.tsv",)

    @functools.cached_property
    def train(self) -> tuple[np.ndarray, np.ndarray]:
        """The sentences to train on and their translations, without the long ones."""
        return datasets.short_pairs(self.data.x_train, self.data.y_train, self.options.length)

    @functools.cached_property
    def tokenizers(self) -> tuple[datasets.Tokenizer, datasets.Tokenizer]:
        """Number the words of both languages."""
        source, target = map(datasets.Tokenizer.fit, self.train)
        return source, target

    def data_record(self) -> dict:
        """Returns name and checksum of the pairs, and how many there are."""
        return {
            **super().data_record(),
            "train_pairs": len(self.train[0]),
            "train_pairs_left_out": len(self.data.x_train) - len(self.train[0]),
            "test_pairs": len(self.data.x_test),
        }

    def build(self) -> keras.Model:
        """Returns a new network for the words of both languages."""
        from dl_course.models import build_translator

        return build_translator(
            *map(len, self.tokenizers),
            embedding_units=max(1, self.options.units // 2),
            units=self.options.units,
            dropout=self.options.dropout,
        )

    def training_arrays(self) -> tuple:
        """Returns source and previous target tokens, and the target tokens."""
        from dl_course.training import teacher_forcing

        return teacher_forcing(*self.train, *self.tokenizers)

    def recipe(self) -> str:
        """Returns how to train a translator."""
        return "translation"

    def objective(self) -> Objective:
        """Returns the cross-entropy of the next token, at every step."""
        from dl_course.training import STEP_CLASSIFICATION

        return STEP_CLASSIFICATION

    def reader(self, model: keras.Model) -> Translator:
        """Returns the translator."""
        from dl_course.inference import Translator

        return Translator(model, *self.tokenizers)

    @functools.cached_property
    def references(self) -> dict[str, list[str]]:
        """All translations of each different test sentence."""
        return dict(
            zip(*datasets.group_references(self.data.x_test, self.data.y_test), strict=True)
        )

    def answers(self, reader: Translator) -> list[str]:
        """Returns the greedy translation of each different test sentence."""
        return reader.translate(list(self.references))

    def measure(self, reader: Translator, answers: list[str]) -> dict[str, float]:
        """Returns exact match, BLEU, and the accuracy of single tokens.

        Translations are compared with all test translations of the same sentence, in lower
        case. The token accuracy is that of the next token after the correct ones.
        """
        from dl_course.scratch import corpus_bleu
        from dl_course.training import exact_match

        references = list(self.references.values())
        lower = [[text.lower() for text in texts] for texts in references]
        return {
            "exact_match": exact_match(answers, references),
            "bleu": corpus_bleu(answers, lower).score,
            "token_accuracy": reader.token_accuracy(self.data.x_test, self.data.y_test),
        }

    def test_examples(self) -> int:
        """Returns how many sentences are translated."""
        return len(self.references)

    def texts(self, answers: list[str]) -> dict[str, str]:
        """Returns `examples.tsv`: the first test sentences and their translations."""
        rows = zip(self.references, answers, map(" | ".join, self.references.values()), strict=True)
        lines = ["source\ttranslation\treferences", *map("\t".join, list(rows)[:_EXAMPLES])]
        return {"examples.tsv": "\n".join(lines) + "\n"}

    def pictures(self, tables: Mapping[str, Table], reader: Translator, answers: list[str]) -> dict:
        """Returns the training curves, and the attention over the longest sentence that fits."""
        drawn = super().pictures(tables, reader, answers)
        pairs = list(zip(self.references, answers, strict=True))[:_EXAMPLES]
        shown = [sentence for sentence, translation in pairs if translation]
        if shown:
            attention = reader.attention(max(shown, key=_words_that_fit))
            drawn["attention"] = plots.plot_attention(*attention)
        return drawn


def _words_that_fit(sentence: str) -> int:
    """Returns how many tokens a sentence has if it fits a picture, else 0."""
    words = len(datasets.tokenize(sentence))
    return words if words <= 15 else 0
