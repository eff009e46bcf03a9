import itertools
import json
import subprocess
import sys

import numpy as np
import pytest

from dl_course import inference
from dl_course.backend import set_seed
from dl_course.datasets import END, Tokenizer
from dl_course.errors import CourseError, DataError
from dl_course.inference import Translator
from dl_course.models import build_translator, save_model
from dl_course.training import teacher_forcing

pytestmark = pytest.mark.backend
ENGLISH = Tokenizer.fit(["one two three four five six"])
CHINESE = Tokenizer.fit(["一二三四五六"])
SENTENCES = ["one two", "six", "three three two one four five", "five one"]


def made(target=CHINESE, seed=3):
    """A translator with clear, if senseless, preferences: untrained weights, enlarged."""
    set_seed(seed)
    model = build_translator(len(ENGLISH), len(target), embedding_units=6, units=8)
    random = np.random.default_rng(seed)
    model.set_weights([w * 2 + random.normal(0, 0.4, w.shape) for w in model.get_weights()])
    return Translator(model, ENGLISH, target)


@pytest.fixture(scope="module")
def translator():
    return made()


def probabilities(translator, sentence, ids):
    """The model's p of the token after each of the beginnings of `ids`, all at once."""
    source = translator.source_tokenizer.encode([sentence])
    return translator.model.predict_on_batch([source, np.array([[2, *ids]], "int32")])[0]


def mean_log_p(translator, sentence, ids):
    p = probabilities(translator, sentence, ids)
    return float(np.log([p[time, token] for time, token in enumerate(ids)]).mean())


def greedily(translator, sentence):
    """The most probable token each time, by the model as it was trained."""
    ids, most = [], 2 * len(ENGLISH.tokens(sentence)) + 10
    while len(ids) < most and (not ids or ids[-1] != END):
        p = probabilities(translator, sentence, ids)[-1]
        p[:3] = 0
        ids.append(int(p.argmax()))
    return ids


def test_a_beam_of_one_is_greedy_search(translator):
    rows, scores = translator.search(SENTENCES, beam=1)
    for sentence, row, score in zip(SENTENCES, rows, scores, strict=True):
        assert row.tolist() == greedily(translator, sentence)
        assert score == pytest.approx(mean_log_p(translator, sentence, row.tolist()), rel=1e-4)


@pytest.mark.parametrize("beam", [2, 5])
def test_scores_are_those_of_the_model(translator, beam):
    rows, scores = translator.search(SENTENCES, beam)
    for sentence, row, score in zip(SENTENCES, rows, scores, strict=True):
        assert score == pytest.approx(mean_log_p(translator, sentence, row.tolist()), rel=1e-4)


def test_a_wide_beam_finds_the_best_of_all_translations():
    # Two tokens and the end: three choices at each step, so that all can be gone through.
    target = Tokenizer.fit(["一二"])
    found = 0
    for seed in range(4):
        translator = made(target, seed)
        choices = range(3, len(target))
        whole = [
            (*start, END)
            for length in range(4)
            for start in itertools.product(sorted({*choices} - {END}), repeat=length)
        ]
        best = max(mean_log_p(translator, "six", ids) for ids in whole)
        [row], [score] = translator.search(["six"], beam=3)
        found += score >= best - 1e-5
        assert score >= translator.search(["six"], beam=1)[1][0] - 1e-5
    assert found >= 3


def test_on_average_a_wider_beam_scores_higher(translator):
    sentences = [" ".join(words) for words in itertools.permutations(ENGLISH.vocabulary[4:], 3)]
    greedy, wide = (translator.search(sentences, beam)[1].mean() for beam in (1, 4))
    assert wide > greedy


@pytest.mark.parametrize("beam", [1, 3])
def test_a_translation_does_not_depend_on_its_neighbours(translator, beam):
    together = translator.translate(SENTENCES, beam)
    assert together == [translator.translate([sentence], beam)[0] for sentence in SENTENCES]
    assert translator.translate(SENTENCES[::-1], beam) == together[::-1]


def test_many_sentences_are_translated_in_parts(translator, monkeypatch):
    expected = translator.translate(SENTENCES * 3, beam=2)
    monkeypatch.setattr("dl_course.inference.translator._ROWS", 4)
    assert translator.translate(SENTENCES * 3, beam=2) == expected


def test_no_special_token_is_written_and_every_translation_ends(translator):
    for sentence, row in zip(SENTENCES, translator.search(SENTENCES, beam=2)[0], strict=True):
        assert row.min() >= END and (row[:-1] != END).all()
        assert row[-1] == END or len(row) == 2 * len(ENGLISH.tokens(sentence)) + 10


def test_attention_has_a_row_for_each_token_of_the_translation(translator):
    sentence = "one zwei three"
    source, target, weights = translator.attention(sentence, beam=2)
    assert source == ["one", "zwei", "three"]
    assert "".join(target) == translator.translate([sentence], beam=2)[0]
    assert weights.shape == (len(target), 3)
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-5)


@pytest.mark.filterwarnings("error::UserWarning")
def test_a_sentence_may_be_one_word(translator):
    source, target, weights = translator.attention("six")
    assert source == ["six"] and weights.tolist() == [[1.0]] * len(target)


def test_without_a_known_word_there_is_no_translation(translator):
    words = "zwei drei"
    both = translator.translate([words, "one"])
    assert both == ["", *translator.translate(["one"])]
    rows, scores = translator.search([words])
    assert len(rows[0]) == 0 and scores[0] == 0
    with pytest.raises(CourseError, match="'zwei drei' has an empty translation"):
        translator.attention(words)


@pytest.mark.parametrize("sentence", ["", "   ", "<br/>"])
def test_an_empty_sentence_is_refused(translator, sentence):
    with pytest.raises(CourseError, match=r"`sentences\[1\]` must be a text of 1 to 200 tokens"):
        translator.translate(["one", sentence])


def test_a_text_that_is_too_long_is_refused_and_the_longest_is_not(translator):
    assert len(translator.translate(["one " * 200])) == 1
    with pytest.raises(CourseError, match=r"201 tokens\).*sentence by sentence") as error:
        translator.translate(["one " * 201])
    assert len(str(error.value)) < 250


@pytest.mark.parametrize("beam", [0, -1, 1.5, 99, "2"])
def test_a_beam_out_of_range(translator, beam):
    with pytest.raises(CourseError, match="`beam`"):
        translator.translate(["one"], beam)


def test_one_text_is_not_several(translator):
    with pytest.raises(CourseError, match="`sentences` must be several texts"):
        translator.translate("one")
    assert translator.translate([]) == []


def test_tokenizers_must_fit_the_model(translator):
    with pytest.raises(CourseError, match=r"`tokenizers` must be of \(10, 10\) ids"):
        Translator(translator.model, ENGLISH, Tokenizer.fit(["一"]))


def test_another_process_translates_the_same(translator, tmp_path):
    path = tmp_path / "translator.keras"
    translator.save(path)
    script = (
        "import sys, json; from dl_course import inference;"
        "reader = inference.load(sys.argv[1]);"
        "print(json.dumps([reader.translate(json.loads(sys.argv[2]), beam) for beam in (1, 3)]))"
    )
    words = [sys.executable, "-c", script, str(path), json.dumps(SENTENCES)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    expected = [translator.translate(SENTENCES, beam) for beam in (1, 3)]
    assert json.loads(done.stdout.splitlines()[-1]) == expected
    assert "Error" not in done.stderr and "DT_BOOL" not in done.stderr


def test_files_that_hold_something_else_are_refused(translator, tmp_path):
    path = tmp_path / "model.keras"
    parts = {"task": "translator", "source_tokenizer": ENGLISH.to_dict()}
    for target, message in (
        ({}, r"model.keras: the preprocessing is damaged .* \('target_tokenizer'\)"),
        ({"target_tokenizer": {}}, "model.keras: .*expected the level and the vocabulary"),
        ({"target_tokenizer": Tokenizer.fit(["一"]).to_dict()}, "model.keras: .*`tokenizers`"),
    ):
        save_model(translator.model, path, parts | target)
        with pytest.raises(DataError, match=message):
            inference.load(path)
    save_model(translator.model, path, {"task": "text classifier"})
    with pytest.raises(DataError, match="expected a translator, received a text classifier"):
        Translator.load(path)


@pytest.mark.parametrize("batch", [256, 2])
def test_the_accuracy_of_tokens_counts_no_padding(translator, monkeypatch, batch):
    targets = ["一二", "六", "三三二一四五", "五一"]
    (source, previous), asked = teacher_forcing(SENTENCES, targets, ENGLISH, CHINESE)
    said = translator.model.predict_on_batch([source, previous]).argmax(axis=-1)
    expected = (said == asked)[asked != 0].mean()
    monkeypatch.setattr("dl_course.inference.translator._TAUGHT", batch)
    assert translator.token_accuracy(SENTENCES, targets) == pytest.approx(expected)
