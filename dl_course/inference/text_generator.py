"""Text generation: the beginning of a text in, its continuation out, character by character."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

import numpy as np

from dl_course.backend import keras
from dl_course.datasets import SPECIAL, Tokenizer, make_windows
from dl_course.errors import DataError, argument_error, check_positive_integer, check_seed
from dl_course.inference.reader import Reader
from dl_course.models import generator_step
from dl_course.scratch import sample_token
from dl_course.training import predict

_STREAMS = 64  # parts of a text that are read at the same time
_SHORTEST_STREAM = 1000  # each part starts with an empty state, so parts must not be short
_SMALLEST = 1e-7  # probability, as in Keras's losses


class TextGenerator(Reader):
    """A trained text generator with its tokenizer.

    A model that predicts at every step carries its state along: one step for each character.
    A model that predicts only after a window, as in D1 4.2, never learned to continue from there:
    for each character it reads the last window again, one step for every character in it.

    Args:
        model: as `build_text_generator` built it, trained.
        tokenizer: what it was trained with.
        window: length in characters of the windows that the model was trained on, if it predicts
            only after the last one; None if it predicts at every step.

    Raises:
        CourseError: model, tokenizer and window do not fit.

    Example:
        >>> from dl_course.models import build_text_generator
        >>> tokenizer = Tokenizer.fit(["to be or not to be"], level="character")
        >>> writer = TextGenerator(build_text_generator(len(tokenizer), units=(8,)), tokenizer)
        >>> text = writer.generate("to ", 20, seed=1)
        >>> len(text), text == writer.generate("to ", 20, seed=1)
        (23, True)

    Reference: D1 4.2.
    """

    name = "text generator"

    def __init__(self, model: keras.Model, tokenizer: Tokenizer, window: int | None = None):
        if tokenizer.level != "character":
            raise argument_error("tokenizer", "one of characters", tokenizer.level)
        if len(tokenizer) != model.output_shape[-1]:
            expected = f"of {model.output_shape[-1]} ids, as the model has"
            raise argument_error("tokenizer", expected, len(tokenizer))
        if len(model.output_shape) == 2:
            check_positive_integer("window", window, "The model predicts only after a window.")
        elif window is not None:
            raise argument_error("window", "None for a model that predicts at every step", window)
        self.model, self.tokenizer, self.window = model, tokenizer, window

    def generate(self, prompt: str, length: int, *, temperature: float = 0.8, seed: int = 0) -> str:
        """Continues a text.

        Args:
            prompt: the beginning, of any length; "" starts as a new line does.
            length: number of characters to add.
            temperature: a low one gives predictable text, a high one surprising text; at 0 each
                character is the most probable one.
            seed: of the sampling; the same seed gives the same text.

        Returns:
            The prompt and `length` more characters.

        Raises:
            CourseError: an argument is out of range, or the model knows no character of the
                prompt. Single unknown characters are allowed.
        """
        return prompt + "".join(self.characters(prompt, length, temperature=temperature, seed=seed))

    def characters(
        self, prompt: str, length: int, *, temperature: float = 0.8, seed: int = 0
    ) -> Iterator[str]:
        """Gives the characters that `generate` adds, each as soon as it is known.

        Args:
            prompt: as in `generate`.
            length: as in `generate`.
            temperature: as in `generate`.
            seed: as in `generate`.

        Returns:
            An iterator over `length` characters.

        Raises:
            CourseError: as in `generate`; at once, not with the first character.
        """
        ids = self._read(prompt)
        check_positive_integer("length", length)
        check_seed("seed", seed)
        random = np.random.default_rng(seed)
        sample_token([0.0, 0.0], temperature, np.random.default_rng(0))  # checks the temperature
        return self._write(ids, length, temperature, random)

    def next_probabilities(self, prompt: str) -> dict[str, float]:
        """Returns how probable each character is to come next, the most probable first.

        Args:
            prompt: the text so far; "" for the beginning of a line.

        Returns:
            A dict of all characters that the model knows; the values sum to 1.

        Raises:
            CourseError: the model knows no character of the prompt.

        Example:
            >>> from dl_course.models import build_text_generator
            >>> tokenizer = Tokenizer.fit(["abc"], level="character")
            >>> writer = TextGenerator(build_text_generator(len(tokenizer), units=(4,)), tokenizer)
            >>> sorted(writer.next_probabilities("a"))
            ['a', 'b', 'c']
        """
        logits, _ = self._after(self._read(prompt), None)
        p = np.exp(logits[len(SPECIAL) :])
        p /= p.sum()
        pairs = zip(self.tokenizer.vocabulary[len(SPECIAL) :], p.tolist(), strict=True)
        return dict(sorted(pairs, key=lambda pair: -pair[1]))

    def probabilities(self, text: str) -> np.ndarray:
        """Returns what the model expects after each character of a text.

        Args:
            text: n characters; "" for the beginning of a line.

        Returns:
            p(x_{t+1} | x_1 .. x_t) for every id, shape (n, vocabulary), float32.

        Raises:
            CourseError: the model knows no character of the text.
        """
        memory, rows = None, []
        for number in self._read(text):
            p, memory = self._step(number, memory)
            rows.append(p)
        return np.stack(rows)

    def cross_entropy(self, text: str) -> float:
        """Returns how badly the model predicts a text, in nats per character.

        L = -1/(n-1) sum_t ln p(x_t | x_1 .. x_{t-1}), where each character after the first counts
        once. A long text is cut into up to 64 parts, which are read at the same time; within a
        part, the state is carried from beginning to end. A model with a window predicts each
        character from the window before it, beginning with the first whole window.

        Args:
            text: n characters, at least 2.

        Returns:
            A number from 0; guessing among k characters gives ln k.

        Raises:
            DataError: the text is too short.

        Example:
            >>> from dl_course.models import build_text_generator
            >>> tokenizer = Tokenizer.fit(["abcd"], level="character")
            >>> model = build_text_generator(len(tokenizer), units=(4,))
            >>> model.layers[-1].set_weights([w * 0 for w in model.layers[-1].get_weights()])
            >>> loss = TextGenerator(model, tokenizer).cross_entropy("abba")
            >>> round(loss, 3)  # ln 8: four characters and four special tokens
            2.079
        """
        if len(text) < 2:
            raise DataError(
                f"`text` must have at least 2 characters. Received: {len(text)}. Give more."
            )
        ids = self.tokenizer.encode([text])[0]
        if self.window is not None:
            return self._window_cross_entropy(ids, self.window)
        count = len(ids) - 1
        streams = max(1, min(_STREAMS, count // _SHORTEST_STREAM))
        steps = -(-count // streams)
        x, y = np.zeros((2, streams * steps), np.int32)
        x[:count], y[:count] = ids[:-1], ids[1:]
        x, y = x.reshape(streams, steps), y.reshape(streams, steps)
        counted = np.arange(streams * steps).reshape(streams, steps) < count
        total, states, rows = 0.0, None, np.arange(streams)
        for t in range(steps):
            p, states = generator_step(self.model, x[:, t], states)  # (streams, vocabulary)
            loss = -np.log(np.maximum(p[rows, y[:, t]], _SMALLEST))
            total += float(loss[counted[:, t]].sum(dtype=np.float64))
        return total / count

    def parts(self) -> dict[str, Any]:
        """Returns tokenizer and window."""
        return {"tokenizer": self.tokenizer.to_dict(), "window": self.window}

    @classmethod
    def from_parts(cls, model: keras.Model, parts: dict[str, Any]) -> Self:
        """Returns a text generator made of a model and what `parts` returned."""
        return cls(model, Tokenizer.from_dict(parts["tokenizer"]), parts["window"])

    def _read(self, prompt: str) -> np.ndarray:
        """Returns the ids of a prompt; the model must know at least one of its characters."""
        if not isinstance(prompt, str):
            raise argument_error("prompt", "a text", prompt)
        known = self.tokenizer.vocabulary[len(SPECIAL) :]
        if prompt == "":
            prompt = "\n" if "\n" in known else known[0]
        if not set(prompt) & set(known):
            shown = "".join(sorted(known)).strip()[:60]
            expected = "made of characters that the model knows"
            raise argument_error("prompt", expected, prompt[:40], f"It was trained on: {shown}")
        return self.tokenizer.encode([prompt])[0]

    def _step(self, number: int, memory: Any) -> tuple[np.ndarray, list]:
        """Reads one id; returns p of the next one, shape (vocabulary,), and what to remember."""
        if self.window is None:
            p, memory = generator_step(self.model, np.array([number]), memory)
            return p[0], memory
        memory = [*(memory or []), number][-self.window :]
        # Compiled, unlike `predict`: the same small window is read hundreds of times here.
        return self.model.predict_on_batch(np.array([memory], np.int32))[0], memory

    def _after(self, ids: np.ndarray, memory: Any) -> tuple[np.ndarray, list]:
        """Reads ids and returns the logits of the next one, and what to remember."""
        if self.window is not None:  # only the last window is read
            memory, ids = [*(memory or []), *ids[:-1]], ids[-1:]
        for number in ids:
            p, memory = self._step(number, memory)
        logits = np.log(np.maximum(p.astype(np.float64), np.finfo(np.float64).tiny))
        logits[: len(SPECIAL)] = -np.inf  # padding and the like are not characters
        return logits, memory

    def _write(
        self, ids: np.ndarray, length: int, temperature: float, random: np.random.Generator
    ) -> Iterator[str]:
        memory = None
        for _ in range(length):
            logits, memory = self._after(ids, memory)
            number = sample_token(logits, temperature, random)
            yield self.tokenizer.vocabulary[number]
            ids = np.array([number])

    def _window_cross_entropy(self, ids: np.ndarray, window: int) -> float:
        """Returns the loss after every whole window; a shorter text is one window."""
        x, y = make_windows(ids, min(window, len(ids) - 1), every_step=False)
        p = predict(self.model, x)[np.arange(len(y)), y]
        return float(-np.log(np.maximum(p, _SMALLEST)).mean(dtype=np.float64))
