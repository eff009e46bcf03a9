"""`dl-course train translator`: sentence pairs in, a translator out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dl_course.commands.run_folder import RunFolder
from dl_course.commands.tasks.task import Task, course_of_training
from dl_course.datasets import Tokenizer, group_references, load, tokenize
from dl_course.errors import argument_error, check_positive_integer
from dl_course.files import write_text

if TYPE_CHECKING:
    from dl_course.inference.translator import Translator

_EXAMPLES = 20


class Translation(Task):
    """Sentences in one language in, sentences in another out (D1 2.2).

    Example:
        >>> task = Translation(dict(Translation.defaults))
        >>> task.load()
        >>> task.data.x_train[0]
        'nine million five hundred sixty-six thousand two hundred thirty-one'
    """

    name = "translator"
    defaults = {
        "data": "number_words",
        "units": 128,
        "dropout": 0.0,
        "length": None,
        "encoding": "utf-8",
        "seed": 0,
    }

    def load(self) -> None:
        """Loads sentence pairs: of a registered set, or a tab-separated file."""
        self.data = load(self.arguments["data"], kind="pairs", encoding=self.arguments["encoding"])
        self.train = short_pairs(self.data.x_train, self.data.y_train, self.arguments["length"])
        self.source, self.target = map(Tokenizer.fit, self.train)

    def data_record(self) -> dict:
        """Returns name and checksum of the pairs, and how many there are."""
        return {
            **super().data_record(),
            "train_pairs": len(self.train[0]),
            "train_pairs_left_out": len(self.data.x_train) - len(self.train[0]),
            "test_pairs": len(self.data.x_test),
        }

    def build(self):
        """Returns a new network for the words of both languages."""
        from dl_course.models import build_translator

        return build_translator(
            len(self.source),
            len(self.target),
            embedding_units=max(1, self.arguments["units"] // 2),
            units=self.arguments["units"],
            dropout=self.arguments["dropout"],
        )

    def training_arrays(self) -> tuple:
        """Returns sources and right tokens before, and the tokens asked for."""
        return self._arrays(*self.train)

    def recipe(self) -> str:
        """Returns how to train a translator."""
        return "translation"

    def reader(self, model) -> Translator:
        """Returns the translator."""
        from dl_course.inference.translator import Translator

        return Translator(model, self.source, self.target)

    def measure(self, reader: Translator) -> dict[str, float]:
        """Returns exact match, BLEU, and the accuracy of single tokens.

        Sentences are translated greedily, and compared with all translations of the same sentence
        in the test, in lower case. The accuracy is that of the next token after the right ones.
        """
        from dl_course.scratch import corpus_bleu

        sentences, references = group_references(self.data.x_test, self.data.y_test)
        translations = reader.translate(sentences)
        lower = [[text.lower() for text in texts] for texts in references]
        right = [is_one_of(*pair) for pair in zip(translations, references, strict=True)]
        return {
            "exact_match": float(np.mean(right)),
            "bleu": corpus_bleu(translations, lower).score,
            "token_accuracy": self._token_accuracy(reader),
        }

    def test_examples(self) -> int:
        """Returns how many sentences are translated."""
        return len(set(self.data.x_test))

    def headline(self, measured: dict[str, float]) -> str:
        """Returns exact match and BLEU in words."""
        return f"exact match {measured['exact_match']:.4f}, BLEU {measured['bleu']:.2f}"

    def describe(self, measured: dict[str, float]) -> str:
        """Returns all measures in words."""
        return f"{self.headline(measured)}, token accuracy {measured['token_accuracy']:.4f}"

    def pictures(self, folder: RunFolder, reader: Translator) -> dict:
        """Returns the course of the training, and the attention over the longest short sentence.

        The first twenty sentences of the test, translated, are written to `examples.tsv`.
        """
        from dl_course import plots

        sentences, references = group_references(self.data.x_test, self.data.y_test)
        sentences, references = sentences[:_EXAMPLES], references[:_EXAMPLES]
        translations = reader.translate(sentences)
        rows = zip(sentences, translations, map(" | ".join, references), strict=True)
        lines = ["source\ttranslation\treferences", *map("\t".join, rows)]
        write_text(folder.file("examples.tsv"), "\n".join(lines) + "\n")
        drawn = course_of_training(folder)
        shown = [s for s, t in zip(sentences, translations, strict=True) if t]
        if shown:
            attention = reader.attention(max(shown, key=_telling))
            drawn["attention"] = plots.plot_attention(*attention)
        return drawn

    def _arrays(self, sources, targets) -> tuple:
        from dl_course.training import teacher_forcing

        return teacher_forcing(sources, targets, self.source, self.target)

    def _token_accuracy(self, reader: Translator, batch: int = 256) -> float:
        """Returns the share of right next tokens, in batches: all probabilities are too many."""
        from dl_course.training import teacher_forcing

        tokenizers = reader.source_tokenizer, reader.target_tokenizer
        x, y = self.data.x_test, self.data.y_test
        (source, given), asked = teacher_forcing(x, y, *tokenizers)
        right = 0
        for start in range(0, len(asked), batch):
            rows = slice(start, start + batch)
            p = reader.model.predict_on_batch([source[rows], given[rows]])
            right += int(((p.argmax(axis=-1) == asked[rows]) & (asked[rows] != 0)).sum())
        return right / int((asked != 0).sum())


def short_pairs(sources: np.ndarray, targets: np.ndarray, length: int | None) -> tuple:
    """Returns the pairs of which both sentences have at most `length` tokens; None for all.

    Every batch is as wide as the longest sentence of all: a few long ones cost much time.

    Args:
        sources: n sentences.
        targets: their translations.
        length: tokens at most, None for any.

    Returns:
        The sources and targets that are left.

    Raises:
        CourseError: `length` is not a positive integer, or no pair is left.

    Example:
        >>> short_pairs(np.array(["one", "one two"]), np.array(["一", "一二"]), 1)[1].tolist()
        ['一']
    """
    if length is None:
        return sources, targets
    check_positive_integer("length", length, "Pass e.g. 20.")
    counts = [
        max(len(tokenize(x)), len(tokenize(y))) for x, y in zip(sources, targets, strict=True)
    ]
    short = np.array(counts) <= length
    if not short.any():
        raise argument_error("length", f"at least {min(counts)}, the shortest pair", length)
    return sources[short], targets[short]


def is_one_of(translation: str, references: list[str]) -> bool:
    """Tells whether a translation has the tokens of one of its references, capitals apart.

    Example:
        >>> is_one_of("tom 来了。", ["他来了。", "Tom来了。"])
        True
    """
    return tokenize(translation) in [tokenize(reference) for reference in references]


def _telling(sentence: str) -> int:
    """Returns how many words a sentence has if it fits a picture, else 0."""
    words = len(tokenize(sentence))
    return words if words <= 15 else 0
