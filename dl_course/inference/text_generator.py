"""Writing text: a beginning in, its continuation out, character by character."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np

from dl_course.backend import keras
from dl_course.datasets import SPECIAL, Tokenizer, make_windows
from dl_course.errors import DataError, argument_error, check_positive_integer
from dl_course.inference.saved import load_parts, save_parts
from dl_course.models.text_generator import generator_step
from dl_course.scratch.sampling import sample_token
from dl_course.training.evaluation import predict

_STREAMS = 64  # parts of a text that are read side by side
_SHORTEST_STREAM = 1000  # the state of each part begins empty: parts must not be short
_SMALLEST = 1e-7  # probability, as in Keras's losses


class TextGenerator:
    """A trained text generator with its tokenizer.

    A model that predicts at every step carries its state along: one step for each character.
    One that predicts only after a window, as in D1 4.2, has never gone on from there; it reads
    the last characters anew for each one, which takes as many steps as the window is long.

    Args:
        model: as `build_text_generator` built it, trained.
        tokenizer: the one that made the ids it was trained on.
        window: characters that a model was trained on which predicts only after the last; None
            for one that predicts at every step.

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

    def __init__(self, model: keras.Model, tokenizer: Tokenizer, window: int | None = None):
        """Takes the parts."""
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
        """Writes on where a text ends.

        Args:
            prompt: the beginning, of any length; "" begins as a new line does.
            length: characters to add.
            temperature: below 1 the text becomes more usual, above 1 wilder; at 0 each
                character is the most probable one.
            seed: of the chance; the same gives the same text.

        Returns:
            The prompt and `length` characters more.

        Raises:
            CourseError: an argument is out of range, or the model knows no character of the
                prompt. Single unknown characters are read as such.
        """
        return prompt + "".join(self.characters(prompt, length, temperature=temperature, seed=seed))

    def characters(
        self, prompt: str, length: int, *, temperature: float = 0.8, seed: int = 0
    ) -> Iterator[str]:
        """Gives the characters that `generate` adds, each as soon as it is there.

        Args:
            prompt: as in `generate`.
            length: likewise.
            temperature: likewise.
            seed: likewise.

        Returns:
            An iterator over `length` characters.

        Raises:
            CourseError: as in `generate`, and at once, not with the first character.
        """
        ids = self._read(prompt)
        check_positive_integer("length", length)
        is_seed = isinstance(seed, (int, np.integer)) and not isinstance(seed, bool) and seed >= 0
        if not is_seed:
            raise argument_error("seed", "an integer from 0", seed)
        random = np.random.default_rng(seed)
        sample_token([0.0, 0.0], temperature, np.random.default_rng(0))  # refuses a bad temperature
        return self._write(ids, length, temperature, random)

    def next_probabilities(self, prompt: str) -> dict[str, float]:
        """Returns how probable each character is to come next, the most probable first.

        Args:
            prompt: what came before; "" for the beginning of a line.

        Returns:
            A dict of all characters that the model knows; the values add up to 1.

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
        """Returns how badly the model foresees a text, in nats per character.

        L = -1/(n-1) sum_t ln p(x_t | x_1 .. x_{t-1}), each character after the first counted
        once. A long text is cut into up to 64 parts, read side by side; within a part, the state
        is carried along from beginning to end. A model with a window foresees from the window
        before, and is counted from the first whole one. An unknown character counts as such.

        Args:
            text: n characters, at least 2.

        Returns:
            One number, from 0. A guess among k characters has ln k.

        Raises:
            DataError: the text is too short.

        Example:
            >>> from dl_course.models import build_text_generator
            >>> tokenizer = Tokenizer.fit(["abcd"], level="character")
            >>> model = build_text_generator(len(tokenizer), units=(4,))
            >>> model.layers[-1].set_weights([w * 0 for w in model.layers[-1].get_weights()])
            >>> loss = TextGenerator(model, tokenizer).cross_entropy("abba")
            >>> round(loss, 3)  # ln 8: four characters, and the four special signs
            2.079
        """
        if len(text) < 2:
            raise DataError(
                f"`text` must have at least 2 characters. Received: {len(text)}. Give more."
            )
        ids = self.tokenizer.encode([text])[0]
        if self.window is not None:
            return self._window_cross_entropy(ids)
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

    def save(self, path: str | os.PathLike) -> None:
        """Writes model and tokenizer to one `.keras` file.

        Args:
            path: the file; it appears whole or not at all.
        """
        parts = {"tokenizer": self.tokenizer.to_dict(), "window": self.window}
        save_parts(path, self.model, "text generator", parts)

    @classmethod
    def load(cls, path: str | os.PathLike, *, allow_custom_code: bool = False) -> TextGenerator:
        """Returns the text generator that `save` has written.

        Raises:
            DataError: the file is missing or damaged, or holds something else.
        """
        model, parts = load_parts(path, "text generator", allow_custom_code=allow_custom_code)
        return cls(model, Tokenizer.from_dict(parts.get("tokenizer", {})), parts.get("window"))

    def _read(self, prompt: str) -> np.ndarray:
        """Returns the ids of a prompt, of which the model must know one at least."""
        if not isinstance(prompt, str):
            raise argument_error("prompt", "a text", prompt)
        known = self.tokenizer.vocabulary[len(SPECIAL) :]
        if prompt == "":
            prompt = "\n" if "\n" in known else known[0]
        if not set(prompt) & set(known):
            shown = "".join(sorted(known)).strip()[:60]
            hint = f"It has read: {shown}"
            raise argument_error("prompt", "of characters that the model knows", prompt[:40], hint)
        return self.tokenizer.encode([prompt])[0]

    def _step(self, number: int, memory) -> tuple[np.ndarray, list]:
        """Reads one id; returns what comes next, shape (vocabulary,), and what to remember."""
        if self.window is None:
            p, memory = generator_step(self.model, np.array([number]), memory)
            return p[0], memory
        memory = [*(memory or []), number][-self.window :]
        # Compiled, unlike `predict`: here the same small window is read hundreds of times.
        return self.model.predict_on_batch(np.array([memory], np.int32))[0], memory

    def _after(self, ids: np.ndarray, memory) -> tuple[np.ndarray, list]:
        """Reads ids and returns the logits of the next one, and what to remember."""
        if self.window is not None:  # what is behind the window is not looked at
            memory, ids = [*(memory or []), *ids[:-1]], ids[-1:]
        for number in ids:
            p, memory = self._step(number, memory)
        logits = np.log(np.maximum(p.astype(np.float64), np.finfo(np.float64).tiny))
        logits[: len(SPECIAL)] = -np.inf  # padding and the like are no characters
        return logits, memory

    def _write(self, ids, length, temperature, random) -> Iterator[str]:
        memory = None
        for _ in range(length):
            logits, memory = self._after(ids, memory)
            number = sample_token(logits, temperature, random)
            yield self.tokenizer.vocabulary[number]
            ids = np.array([number])

    def _window_cross_entropy(self, ids: np.ndarray) -> float:
        """Returns the loss after every whole window; of a shorter text, after its characters."""
        x, y = make_windows(ids, min(self.window, len(ids) - 1), every_step=False)
        p = predict(self.model, x)[np.arange(len(y)), y]
        return float(-np.log(np.maximum(p, _SMALLEST)).mean(dtype=np.float64))
