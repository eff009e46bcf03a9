"""The translator on number words and on Tatoeba's sentences: how exact, and how fast.

    python -m benchmarks.translation number_words              # under two minutes a seed
    python -m benchmarks.translation tatoeba_eng_cmn           # about seven minutes

No source sentence of the test was met in training. BLEU is that of sacrebleu with tokenize="zh",
in lower case, against all translations of a sentence that the test has. Seconds are of `fit` as
a whole, compilation included. Pictures are written to `translation_NAME.png`.
"""

import argparse
import dataclasses
import time

import numpy as np

from benchmarks.table import print_table
from dl_course import plots
from dl_course.backend import device, set_seed
from dl_course.datasets import Tokenizer, group_references, load, short_pairs, tokenize
from dl_course.inference import Translator
from dl_course.models import build_translator
from dl_course.scratch import corpus_bleu
from dl_course.training import RECIPES, exact_match, fit, teacher_forcing

_BEAMS = (1, 4)
_EXAMPLES = 20
# Few pairs and many words: a wide network with dropout, and without the longest sentences, since
# every batch is as wide as the longest of all.
# Small batches and a lower rate: with batches of 128 at the numbers' rate it stayed where it knows
# only which characters are frequent.
_TATOEBA = {"units": 192, "dropout": 0.3}
_TATOEBA_LENGTH = 16
_TATOEBA_RECIPE = dataclasses.replace(
    RECIPES["translation"], epochs=6, batch_size=64, learning_rate=0.002
)


def main() -> None:
    """Trains and measures on the set that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", choices=("number_words", "tatoeba_eng_cmn"))
    parser.add_argument("--seeds", type=int, default=1, help="how often to train")
    options = parser.parse_args()
    where = device()
    print(f"{where.count} x {where.name} ({where.kind}), bfloat16 in hardware: {where.bfloat16}")
    data = load(options.data, kind="pairs")
    sentences, references = group_references(data.x_test, data.y_test)
    rows, curves = [], {}
    for seed in range(options.seeds):
        translator, train_row = train(data, seed)
        for beam in _BEAMS:
            start = time.perf_counter()
            translations = translator.translate(sentences, beam)
            seconds = time.perf_counter() - start
            rows.append((str(seed), *train_row, *measured(beam, translations, references, seconds)))
            if seed == 0:
                name = f"beam of {beam}" if beam > 1 else "greedy"
                curves[name] = by_length(data.name, sentences, translations, references)
    print(f"\n{len(sentences)} test sentences, {len(data.x_test)} translations of them\n")
    header = ("seed", "pairs", "weights", "train s", "beam", "exact match", "BLEU")
    print_table((*header, "precisions", "brevity", "s"), rows)
    show_examples(sentences, translator.translate(sentences[:_EXAMPLES], 4), references)
    draw(data.name, curves)


def train(data, seed: int) -> tuple[Translator, tuple[str, ...]]:
    """Returns a trained translator, and its pairs, weights and seconds of training as text."""
    is_small = data.name == "number_words"
    pairs = short_pairs(data.x_train, data.y_train, None if is_small else _TATOEBA_LENGTH)
    source, target = map(Tokenizer.fit, pairs)
    x, y = teacher_forcing(*pairs, source, target)
    set_seed(seed)
    sizes = {"units": 128} if is_small else _TATOEBA
    model = build_translator(len(source), len(target), embedding_units=sizes["units"] // 2, **sizes)
    recipe = RECIPES["translation"] if is_small else _TATOEBA_RECIPE
    start = time.perf_counter()
    fit(model, ((x, y), None), recipe=recipe, validation_share=0.03, seed=seed)
    seconds = time.perf_counter() - start
    row = f"{len(y):,}", f"{model.count_params():,}", f"{seconds:.1f}"
    return Translator(model, source, target), row


def measured(beam: int, translations, references, seconds: float) -> tuple[str, ...]:
    """Returns the cells of a row of the table."""
    bleu = corpus_bleu(translations, [[text.lower() for text in texts] for texts in references])
    exact = exact_match(translations, references)
    precisions = "/".join(f"{p:.1f}" for p in bleu.precisions)
    numbers = (f"{exact:.4f}", f"{bleu.score:.2f}", precisions, f"{bleu.brevity_penalty:.3f}")
    return (str(beam), *numbers, f"{seconds:.1f}")


def by_length(name: str, sentences, translations, references) -> dict[int, float]:
    """Returns for each number of English tokens the exact matches, or for Tatoeba the BLEU."""
    lengths = np.array([len(tokenize(sentence)) for sentence in sentences])
    scores = {}
    for length in range(1, 16):
        rows = np.flatnonzero(lengths == length)
        if len(rows) < 30:  # too few for a measure
            continue
        chosen = [translations[k] for k in rows], [references[k] for k in rows]
        if name == "number_words":
            scores[length] = exact_match(*chosen)
        else:
            lower = [[text.lower() for text in texts] for texts in chosen[1]]
            scores[length] = corpus_bleu(chosen[0], lower).score
    return scores


def show_examples(sentences, translations, references) -> None:
    """Prints the first sentences of the test, chosen by nobody."""
    rows = zip(sentences, translations, map(" | ".join, references), strict=False)
    print_table(("English", "translation, beam of 4", "references"), list(rows))


def draw(name: str, curves: dict[str, dict[int, float]]) -> None:
    """Draws the measure over the length of the sentence."""
    lengths = np.array(list(next(iter(curves.values()))))
    ax = plots.plot_curves(
        lengths,
        {label: np.array(list(scores.values())) for label, scores in curves.items()},
        title=f"{name}: translations by the length of the sentence",
        x_label="English tokens",
        y_label="exact match" if name == "number_words" else "BLEU",
    )
    print(f"Picture: {plots.save_figure(ax, f'translation_{name}.png')}")


if __name__ == "__main__":
    main()
