"""`dl-course train text-generator`: a text in, its language learned, character by character."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dl_course import datasets, plots
from dl_course.commands.runs.options import TextOptions, data_option, option
from dl_course.commands.runs.task import Table, Task
from dl_course.errors import DataError

if TYPE_CHECKING:
    from dl_course.backend import keras
    from dl_course.inference import TextGenerator
    from dl_course.training import Objective

_TEMPERATURES = np.linspace(0.1, 2.0, 20)
_PROBED = 200  # characters of the test text for the picture
# As printed, a window begins at every character; Keras's own example begins one at every third.
_DOCUMENT_STRIDE = 3


class TextGeneration(Task):
    """Train a text generator by characters (D1 4.2)."""

    @dataclasses.dataclass(frozen=True, kw_only=True)
    class Options(TextOptions):
        """Which text, and how large a network."""

        data: str = data_option("python_help", "corpus")
        recipe: str = option(
            "fast", "Network and training: as printed, or faster.", choices=("document", "fast")
        )
        length: int = option(64, "Characters in a window.", positive=True)
        units: int = option(128, "Units of each LSTM layer.", positive=True)
        layers: int = option(2, "Number of LSTM layers.", positive=True)

    learns = "the next character of a long text"
    use = "generate --prompt"
    example = 'generate RUN --prompt "The " --length 400 --temperature 0.8'
    measures = {
        "nats_per_character": "{:.4f} nats per character",
        "bits_per_character": "{:.4f} bits per character",
        "perplexity": "perplexity {:.3f}",
    }
    figures = ("accuracy", "temperature")
    files = ("samples.txt",)

    @property
    def is_document(self) -> bool:
        """Whether the network is that of D1 4.2 as printed."""
        return self.options.recipe == "document"

    @functools.cached_property
    def tokenizer(self) -> datasets.Tokenizer:
        """Numbers the characters of the training text."""
        return datasets.Tokenizer.fit([self.data.train], level="character")

    def data_record(self) -> dict:
        """Returns name and checksum of the text, and how long its two parts are."""
        return {
            **super().data_record(),
            "train_characters": len(self.data.train),
            "test_characters": len(self.data.test),
        }

    def build(self) -> keras.Model:
        """Returns a new network for the characters of this text."""
        from dl_course.models import build_text_generator

        units = (self.options.units,) * self.options.layers
        if self.is_document:
            return build_text_generator(
                len(self.tokenizer), units=units, embedding_units=None, every_step=False
            )
        return build_text_generator(len(self.tokenizer), units=units, dropout=0.1)

    def training_arrays(self) -> tuple[np.ndarray, np.ndarray]:
        """Returns windows of ids, and what follows: after each step, or after the last."""
        ids = self.tokenizer.encode([self.data.train])[0]
        try:
            return datasets.make_windows(
                ids,
                self.options.length,
                every_step=not self.is_document,
                stride=_DOCUMENT_STRIDE if self.is_document else None,
            )
        except DataError as error:
            raise DataError(f"{self.data.name}: {error}") from None

    def recipe(self) -> str:
        """Returns how to train a text generator."""
        return "document text generator" if self.is_document else "text generator"

    def objective(self) -> Objective:
        """Returns the cross-entropy: after each step, or after the last."""
        from dl_course.training import CLASSIFICATION, STEP_CLASSIFICATION

        return CLASSIFICATION if self.is_document else STEP_CLASSIFICATION

    def callbacks(self, folder: Path) -> list:
        """Returns the writer of `samples.txt`: the text as it improves."""
        from dl_course.commands.runs.tasks._samples import Samples

        return [Samples(folder / "samples.txt", self.reader, self.options.seed)]

    def reader(self, model: keras.Model) -> TextGenerator:
        """Returns the text generator."""
        from dl_course.inference import TextGenerator

        window = self.options.length if self.is_document else None
        return TextGenerator(model, self.tokenizer, window)

    def answers(self, reader: TextGenerator) -> np.ndarray:
        """Returns what the model expects after each of the first characters of the test text."""
        return reader.probabilities(self.data.test[:_PROBED])

    def measure(self, reader: TextGenerator, answers: np.ndarray) -> dict[str, float]:
        """Returns the cross-entropy of the test text in nats and bits, and the perplexity."""
        from dl_course.scratch import nats_to_bits, perplexity

        nats = reader.cross_entropy(self.data.test)
        return {
            "nats_per_character": nats,
            "bits_per_character": float(nats_to_bits(nats)),
            "perplexity": float(perplexity(nats)),
        }

    def test_examples(self) -> int:
        """Returns how many characters are predicted: all but the first."""
        return len(self.data.test) - 1

    def pictures(
        self, tables: Mapping[str, Table], reader: TextGenerator, answers: np.ndarray
    ) -> dict:
        """Returns the training curves, and what the temperature does."""
        from dl_course.scratch import entropy, softmax_with_temperature

        logits = np.log(np.maximum(answers, np.finfo(np.float32).tiny))
        curve = [entropy(softmax_with_temperature(logits, t)).mean() for t in _TEMPERATURES]
        axes = plots.plot_curves(
            _TEMPERATURES,
            {"this model": np.array(curve)},
            title="How undecided the model is about the next character",
            x_label="temperature",
            y_label="entropy (nats)",
        )
        return {**super().pictures(tables, reader, answers), "temperature": axes}
