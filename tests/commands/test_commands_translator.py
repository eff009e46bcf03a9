"""What only the translator has: its options, measures, and a table of examples."""

import csv
import json
from pathlib import Path

import pytest

from dl_course.commands.runs.tasks.translator import Translation
from dl_course.datasets import tokenize
from dl_course.scratch import corpus_bleu
from dl_course.training import exact_match

WORDS = dict(zip("one two three four five".split(), "一二三四五", strict=True))


@pytest.fixture
def pairs(here):
    """Pairs of up to three words; "Tom" has two translations in every sentence that names him."""
    lines = [f"{a} {b} {c}.\t{WORDS[a]}{WORDS[b]}{WORDS[c]}。" for a in WORDS for b in WORDS
             for c in WORDS]  # fmt: skip
    lines += [f"Tom {a} {b}.\t{name}{WORDS[a]}{WORDS[b]}。" for a in WORDS for b in WORDS
              for name in ("Tom", "汤姆")]  # fmt: skip
    Path("pairs.tsv").write_text("\n".join(lines), encoding="utf-8")
    return here


class Known:
    """A translator that says what it is told to."""

    def __init__(self, answers):
        self.answers = answers

    def translate(self, sentences, beam=1):
        return [self.answers[sentence] for sentence in sentences]

    def token_accuracy(self, sources, targets):
        return 0.5


def measured(translation, answers):
    reader = Known(answers)
    return translation.measure(reader, translation.answers(reader))


def task(**options):
    made = Translation(Translation.Options(data="pairs.tsv", units=8, **options))
    made.load()
    return made


def test_a_run_writes_its_examples_and_measures(pairs, done):
    words = ["train", "translator", "--data", "pairs.tsv", "--units", 12, "--dropout", 0.1]
    said = done(*words, "--epochs", 2, "--learning-rate", 0.02, "--out", "r")
    with Path("r", "examples.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len(rows) == 20 and set(rows[0]) == {"source", "translation", "references"}
    assert all(row["references"] for row in rows)
    metrics = json.loads(Path("r", "metrics.json").read_text())
    assert f"exact match {metrics['test_exact_match']:.4f}, BLEU {metrics['test_bleu']:.2f}" in said
    assert 0 <= metrics["test_token_accuracy"] <= 1
    config = json.loads(Path("r", "config.json").read_text())
    assert config["data"]["train_pairs"] + config["data"]["test_pairs"] == 175
    assert config["arguments"]["dropout"] == 0.1


def test_measures_are_taken_against_all_translations_in_lower_case(pairs):
    translation = task()
    right = dict(zip(translation.data.x_test, translation.data.y_test, strict=True))
    assert any("Tom" in sentence for sentence in right)
    perfect = measured(translation, {x: y.lower() for x, y in right.items()})
    assert perfect == {"exact_match": 1, "bleu": pytest.approx(100), "token_accuracy": 0.5}
    assert translation.test_examples() == len(right) < len(translation.data.x_test)

    wrong = {x: "二" + y[1:] for x, y in right.items()}
    worse = measured(translation, wrong)
    references = [
        [y.lower() for x, y in zip(translation.data.x_test, translation.data.y_test, strict=True)
         if x == sentence] for sentence in right
    ]  # fmt: skip
    assert worse["bleu"] == corpus_bleu([*wrong.values()], references).score
    assert worse["exact_match"] == exact_match([*wrong.values()], references) < 1


def test_long_pairs_are_left_out_of_training_alone(pairs):
    lines = [f"{word} {'very ' * 9}.\t{'很' * 9}{i}。" for i, word in enumerate(WORDS)]
    with Path("pairs.tsv").open("a", encoding="utf-8") as file:
        file.write("\n" + "\n".join(lines))
    whole, short = task(), task(length=5)
    left_out = short.data_record()["train_pairs_left_out"]
    assert whole.data_record()["train_pairs_left_out"] == 0 < left_out
    assert short.data.checksum == whole.data.checksum
    assert max(len(tokenize(text)) for half in short.train for text in half) == 5
    assert "very" not in short.tokenizers[0].vocabulary


def test_what_cannot_be_trained_on_is_said_before_training(pairs, refused):
    train = ["train", "translator", "--out", "r", "--data"]
    assert "`length`" in refused(*train, "pairs.tsv", "--length", 1)
    assert "`dropout`" in refused(*train, "pairs.tsv", "--dropout", 1)
    assert "received images" in refused(*train, "digits")
    Path("long.tsv").write_text("a\tb\n" + "x " * 300 + "\tc\nd\te\nf\tg\nh\ti\n")
    assert "1 to 200 tokens" in refused(*train, "long.tsv")
    assert not Path("r").exists()
