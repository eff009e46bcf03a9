"""Translation: a sentence in, its translation out, by beam search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from dl_course.backend import keras
from dl_course.datasets import END, PADDING, START, UNKNOWN, Tokenizer
from dl_course.errors import CourseError, argument_error, check_positive_integer
from dl_course.inference.reader import Reader
from dl_course.models import translator_parts
from dl_course.training import LONGEST_SENTENCE, teacher_forcing

_ROWS = 1024  # decoded at once, all beams together
_TAUGHT = 256  # sentence pairs whose tokens are predicted at once


class Translator(Reader):
    """A trained translator with its two tokenizers.

    Args:
        model: as `build_translator` built it, trained.
        source_tokenizer: of the language to translate from.
        target_tokenizer: of the language to translate to.

    Raises:
        CourseError: model and tokenizers do not fit.

    Example:
        >>> from dl_course.models import build_translator
        >>> english, chinese = Tokenizer.fit(["one two"]), Tokenizer.fit(["一二"])
        >>> model = build_translator(len(english), len(chinese), embedding_units=4, units=8)
        >>> translator = Translator(model, english, chinese)
        >>> len(translator.translate(["two", "one one"], beam=2))
        2
    """

    name = "translator"

    def __init__(
        self, model: keras.Model, source_tokenizer: Tokenizer, target_tokenizer: Tokenizer
    ):
        self._encoder, self._step = translator_parts(model)
        sizes = (model.get_layer("source_embedding").input_dim, model.output_shape[-1])
        given = (len(source_tokenizer), len(target_tokenizer))
        if sizes != given:
            raise argument_error("tokenizers", f"of {sizes} ids, as the model has", given)
        self.model = model
        self.source_tokenizer, self.target_tokenizer = source_tokenizer, target_tokenizer

    def translate(self, sentences: Sequence[str], beam: int = 1) -> list[str]:
        """Translates sentences.

        For each sentence the search keeps the `beam` best beginnings, those with the highest mean
        of log p over their tokens, so that a long translation is not penalized. A translation ends
        with the end token, or after 2 n + 10 tokens for a sentence of n.

        Args:
            sentences: at most 200 tokens each.
            beam: how many beginnings to keep; 1 takes the most probable token each time.

        Returns:
            A translation of each; "" for a sentence of which the model knows no token.

        Raises:
            CourseError: a sentence is empty or too long, or `beam` is out of range.
        """
        rows, _ = self.search(sentences, beam)
        return [self.target_tokenizer.decode(row) for row in rows]

    def search(
        self, sentences: Sequence[str], beam: int = 1
    ) -> tuple[list[np.ndarray], np.ndarray]:
        """Returns the ids of translations, end token included, and their mean log p per token.

        Args:
            sentences: as in `translate`.
            beam: as in `translate`.

        Returns:
            A row of ids for each sentence, and the scores, shape (n,), in nats. A sentence of
            which the model knows no token has no ids and the score 0.

        Raises:
            CourseError: as in `translate`.
        """
        check_positive_integer("beam", beam, "1 is greedy search.")
        if beam > len(self.target_tokenizer) - 3:
            most = f"at most {len(self.target_tokenizer) - 3}, the tokens to choose from"
            raise argument_error("beam", most, beam)
        ids = self._source_ids(sentences)
        found: list[np.ndarray] = [np.empty(0, np.int32)] * len(ids)
        scores = np.zeros(len(ids))
        known = np.flatnonzero((ids > UNKNOWN).any(axis=1))
        # Sentences of similar length together: less padding, and few steps for short ones.
        order = known[np.argsort((ids[known] != PADDING).sum(axis=1), kind="stable")]
        size = max(1, _ROWS // beam)
        for start in range(0, len(order), size):
            chosen = order[start : start + size]
            rows, means = self._beam_search(ids[chosen], beam)
            for place, row, mean in zip(chosen, rows, means, strict=True):
                found[place], scores[place] = row[row != PADDING], mean
        return found, scores

    def attention(self, sentence: str, beam: int = 1) -> tuple[list[str], list[str], np.ndarray]:
        """Returns where the decoder looked when it wrote each token of a translation.

        Args:
            sentence: what to translate.
            beam: as in `translate`.

        Returns:
            The tokens of the sentence, those of its translation, and the weights, shape (target
            tokens, source tokens); each row sums to 1.

        Raises:
            CourseError: as in `translate`, or if the translation is empty.
        """
        [row], _ = self.search([sentence], beam)
        row = row[row != END]
        if not len(row):
            raise CourseError(
                f"{sentence!r} has an empty translation, so there is no attention to show. "
                "Use words from the training data."
            )
        source = self._source_ids([sentence])
        values, state = self._encoder.predict_on_batch(source)
        weights = []
        for token in [START, *row[:-1]]:
            last = np.array([[token]], np.int32)
            _, state, seen = self._step.predict_on_batch([last, state, values, source])
            weights.append(seen[0])
        target = [self.target_tokenizer.vocabulary[k] for k in row]
        tokens = self.source_tokenizer.tokens(sentence)
        return tokens, target, np.array(weights)[:, : len(tokens)]

    def token_accuracy(
        self, sources: Sequence[str] | np.ndarray, targets: Sequence[str] | np.ndarray
    ) -> float:
        """Returns the share of target tokens that are the most probable ones after the true ones.

        Args:
            sources: n sentences.
            targets: their translations.
        """
        (source, previous), asked = teacher_forcing(
            sources, targets, self.source_tokenizer, self.target_tokenizer
        )
        correct = 0
        for start in range(0, len(asked), _TAUGHT):  # all probabilities at once are too many
            rows = slice(start, start + _TAUGHT)
            p = self.model.predict_on_batch([source[rows], previous[rows]])
            correct += int(((p.argmax(axis=-1) == asked[rows]) & (asked[rows] != PADDING)).sum())
        return correct / int((asked != PADDING).sum())

    def parts(self) -> dict[str, Any]:
        """Returns both tokenizers."""
        return {
            "source_tokenizer": self.source_tokenizer.to_dict(),
            "target_tokenizer": self.target_tokenizer.to_dict(),
        }

    @classmethod
    def from_parts(cls, model: keras.Model, parts: dict[str, Any]) -> Self:
        """Returns a translator made of a model and what `parts` returned."""
        source, target = parts["source_tokenizer"], parts["target_tokenizer"]
        return cls(model, Tokenizer.from_dict(source), Tokenizer.from_dict(target))

    def _source_ids(self, sentences: Sequence[str]) -> np.ndarray:
        if isinstance(sentences, str):
            raise argument_error("sentences", "several texts", sentences[:40], "Pass [text].")
        for number, sentence in enumerate(sentences):
            count = len(self.source_tokenizer.tokens(sentence))
            if not 1 <= count <= LONGEST_SENTENCE:
                raise argument_error(
                    f"sentences[{number}]",
                    f"a text of 1 to {LONGEST_SENTENCE} tokens",
                    f"{sentence[:40]}{'…' * (len(sentence) > 40)} ({count} tokens)",
                    "Translate longer texts sentence by sentence." if count else "",
                )
        ids = self.source_tokenizer.encode(sentences)
        # Keras warns about a softmax over one step: with padding there are two.
        return np.pad(ids, ((0, 0), (0, 1))) if ids.shape[1] == 1 else ids

    def _beam_search(self, source: np.ndarray, beam: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns the best translation of each row of ids, padded, and its mean log p."""
        n, width = len(source), max(2, int((source != PADDING).sum(axis=1).max()))
        source = source[:, :width]
        limits = 2 * (source != PADDING).sum(axis=1, keepdims=True) + 10  # (n, 1)
        values, state = self._encoder.predict_on_batch(source)
        # Beam k of sentence i is row i * beam + k.
        source, values, state = (np.repeat(part, beam, axis=0) for part in (source, values, state))
        tokens = np.full((n, beam, 1), START, np.int32)  # (n, beam, time)
        sums = np.full((n, beam), -np.inf)  # of log p
        sums[:, 0] = 0  # the beams start out the same, so one is enough
        lengths = np.zeros((n, beam), int)
        ended = np.zeros((n, beam), bool)
        while not ended.all():
            last = tokens[:, :, -1].reshape(-1, 1)
            p, state, _ = self._step.predict_on_batch([last, state, values, source])
            parents, chosen, sums, lengths = _best(
                _log(p).reshape(n, beam, -1), sums, lengths, ended
            )
            rows = (np.arange(n)[:, None] * beam + parents).ravel()
            state = state[rows]
            tokens = np.concatenate(
                [np.take_along_axis(tokens, parents[..., None], axis=1), chosen[..., None]], axis=2
            )
            ended = np.isin(chosen, (END, PADDING)) | (lengths >= limits)
        means = sums / np.maximum(lengths, 1)
        best = means.argmax(axis=1)
        return tokens[np.arange(n), best, 1:], means[np.arange(n), best]


def _best(
    log_p: np.ndarray, sums: np.ndarray, lengths: np.ndarray, ended: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Chooses the best continuations of each sentence's beams.

    Args:
        log_p: log probabilities of the next token, shape (n, beam, vocabulary).
        sums: of log p so far, shape (n, beam).
        lengths: tokens so far, same shape.
        ended: which beams are complete; they are continued by padding, at no cost.

    Returns:
        For each chosen continuation, the best first: the beam it continues, its token, its sum
        and its length, each of shape (n, beam).
    """
    n, beam, vocabulary = log_p.shape
    log_p[..., [PADDING, UNKNOWN, START]] = -np.inf
    log_p[ended] = -np.inf
    log_p[ended, PADDING] = 0
    new_sums = sums[..., None] + log_p
    new_lengths = lengths + ~ended
    means = (new_sums / new_lengths[..., None]).reshape(n, -1)
    places = np.argpartition(means, -beam, axis=1)[:, -beam:]
    order = np.argsort(-np.take_along_axis(means, places, axis=1), axis=1, kind="stable")
    places = np.take_along_axis(places, order, axis=1)
    parents, tokens = places // vocabulary, (places % vocabulary).astype(np.int32)
    return (
        parents,
        tokens,
        np.take_along_axis(new_sums.reshape(n, -1), places, axis=1),
        np.take_along_axis(new_lengths, parents, axis=1),
    )


def _log(p: np.ndarray) -> np.ndarray:
    """Returns logarithms; a probability that rounds to 0 becomes the smallest float32."""
    return np.log(np.maximum(p, np.finfo(np.float32).tiny))
