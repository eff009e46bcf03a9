"""`dl-course train text-generator`: a text in, its language learned, character by character."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dl_course.commands.run_folder import RunFolder
from dl_course.commands.tasks.task import Task, course_of_training
from dl_course.datasets import Tokenizer, load, make_windows
from dl_course.errors import DataError, argument_error, check_positive_integer

if TYPE_CHECKING:
    from dl_course.inference.text_generator import TextGenerator

_TEMPERATURES = np.linspace(0.1, 2.0, 20)
_PROBED = 200  # characters of the test text for the picture
# As printed, a window begins at each character; Keras's own example takes each third one.
_DOCUMENT_STRIDE = 3


class TextGeneration(Task):
    """A long text in, a writer of such text out (D1 4.2).

    Example:
        >>> TextGeneration(dict(TextGeneration.defaults)).is_document
        False
    """

    name = "text-generator"
    defaults = {
        "data": "python_help",
        "recipe": "fast",
        "length": 64,
        "units": 128,
        "layers": 2,
        "encoding": "utf-8",
        "seed": 0,
    }

    @property
    def is_document(self) -> bool:
        """Whether the network is that of D1 4.2 as printed."""
        return self.arguments["recipe"] == "document"

    def load(self) -> None:
        """Loads a text: a registered one, or a .txt file."""
        if self.arguments["recipe"] not in ("fast", "document"):
            raise argument_error("recipe", "'fast' or 'document'", self.arguments["recipe"])
        self.data = load(self.arguments["data"], kind="corpus", encoding=self.arguments["encoding"])
        self.tokenizer = Tokenizer.fit([self.data.train], level="character")
        ids = self.tokenizer.encode([self.data.train])[0]
        try:
            self._windows = make_windows(
                ids,
                self.arguments["length"],
                every_step=not self.is_document,
                stride=_DOCUMENT_STRIDE if self.is_document else None,
            )
        except DataError as error:
            raise DataError(f"{self.data.name}: {error}") from None

    def data_record(self) -> dict:
        """Returns name and checksum of the text, and how long its two parts are."""
        return {
            **super().data_record(),
            "train_characters": len(self.data.train),
            "test_characters": len(self.data.test),
        }

    def build(self):
        """Returns a new network for the characters of this text."""
        from dl_course.models.text_generator import build_text_generator

        check_positive_integer("layers", self.arguments["layers"])
        units = (self.arguments["units"],) * self.arguments["layers"]
        if self.is_document:
            return build_text_generator(
                len(self.tokenizer), units=units, embedding_units=None, every_step=False
            )
        return build_text_generator(len(self.tokenizer), units=units, dropout=0.1)

    def training_arrays(self) -> tuple:
        """Returns windows of ids, and what follows: after each step, or after the last."""
        return self._windows

    def recipe(self) -> str:
        """Returns how to train a text generator."""
        return "document text generator" if self.is_document else "text generator"

    def callbacks(self, folder: RunFolder) -> list:
        """Returns the writer of `samples.txt`: the text as it improves."""
        from dl_course.commands.tasks._samples import Samples

        return [Samples(folder.file("samples.txt"), self.reader, self.arguments["seed"])]

    def reader(self, model) -> TextGenerator:
        """Returns the writer of text."""
        from dl_course.inference.text_generator import TextGenerator

        window = self.arguments["length"] if self.is_document else None
        return TextGenerator(model, self.tokenizer, window)

    def measure(self, reader: TextGenerator) -> dict[str, float]:
        """Returns the cross-entropy of the test text in nats and bits, and the perplexity."""
        from dl_course.scratch.sampling import nats_to_bits, perplexity

        nats = reader.cross_entropy(self.data.test)
        return {
            "nats_per_character": nats,
            "bits_per_character": float(nats_to_bits(nats)),
            "perplexity": float(perplexity(nats)),
        }

    def test_examples(self) -> int:
        """Returns how many characters are foreseen: all but the first."""
        return len(self.data.test) - 1

    def headline(self, measured: dict[str, float]) -> str:
        """Returns the cross-entropy in words."""
        return f"{measured['nats_per_character']:.4f} nats per character"

    def describe(self, measured: dict[str, float]) -> str:
        """Returns all measures in words."""
        return (
            f"{measured['nats_per_character']:.4f} nats or {measured['bits_per_character']:.4f} "
            f"bits per character, perplexity {measured['perplexity']:.3f}"
        )

    def pictures(self, folder: RunFolder, reader: TextGenerator) -> dict:
        """Returns the course of the training, and what the temperature does."""
        from dl_course import plots
        from dl_course.scratch.sampling import entropy, softmax_with_temperature

        p = reader.probabilities(self.data.test[:_PROBED])
        logits = np.log(np.maximum(p, np.finfo(np.float32).tiny))
        curve = [entropy(softmax_with_temperature(logits, t)).mean() for t in _TEMPERATURES]
        axes = plots.plot_curves(
            _TEMPERATURES,
            {"this model": np.array(curve)},
            title="How undecided the model is about the next character",
            x_label="temperature",
            y_label="entropy (nats)",
        )
        return {**course_of_training(folder), "temperature": axes}
