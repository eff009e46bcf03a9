import itertools
import json
import subprocess
import sys

import numpy as np
import pytest

from dl_course import inference
from dl_course.backend import keras, set_seed
from dl_course.datasets import Tokenizer
from dl_course.errors import CourseError, DataError
from dl_course.inference import TextGenerator
from dl_course.models import build_mlp, build_text_generator, save_model

pytestmark = pytest.mark.backend
TEXT = "to be, or not to be,\nthat is the question.\n"


def make_writer(window=None):
    set_seed(0)
    tokenizer = Tokenizer.fit([TEXT], level="character")
    form = {} if window is None else {"embedding_units": None, "every_step": False}
    model = build_text_generator(len(tokenizer), units=(12, 10), **form)
    # Weights as they come are near to indifferent: these have clear preferences.
    for weight in model.trainable_variables:
        weight.assign(weight * 3)
    return TextGenerator(model, tokenizer, window)


@pytest.fixture(scope="module")
def writer():
    return make_writer()


def window_probabilities(writer, text):
    """p(next | text), from the whole text at once."""
    p = keras.ops.convert_to_numpy(writer.model(writer.tokenizer.encode([text])))
    return p[0, -1] if p.ndim == 3 else p[0]


@pytest.mark.parametrize("window", [None, 6])
def test_greedy_text_is_that_of_reading_the_whole_window_each_time(window):
    writer, expected = make_writer(window), "to b"
    for _ in range(40):
        best = window_probabilities(writer, expected[-(window or 99) :])[4:].argmax() + 4
        expected += writer.tokenizer.vocabulary[best]
    for seed in (0, 1):
        assert writer.generate("to b", 40, temperature=0, seed=seed) == expected


def test_the_same_seed_gives_the_same_text_and_another_another(writer):
    one, again, other = (writer.generate("to be", 80, seed=seed) for seed in (3, 3, 4))
    assert one == again != other
    assert len(one) == 85 and one.startswith("to be") and set(one) <= set(TEXT)


def test_characters_come_one_by_one_and_two_texts_do_not_disturb_each_other(writer):
    expected = [writer.generate(prompt, 30, seed=1)[2:] for prompt in ("to", "be")]
    both = [writer.characters(prompt, 30, seed=1) for prompt in ("to", "be")]
    pairs = list(zip(*both, strict=True))
    assert ["".join(column) for column in zip(*pairs, strict=True)] == expected
    endless = writer.characters("to", 10**9)
    assert len(list(itertools.islice(endless, 5))) == 5


def test_a_text_without_a_beginning_begins_like_a_line(writer):
    assert writer.generate("", 30, seed=2) == writer.generate("\n", 30, seed=2)[1:]
    tokenizer = Tokenizer.fit(["aab"], level="character")
    without = TextGenerator(build_text_generator(len(tokenizer), units=(4,)), tokenizer)
    assert len(without.generate("", 9)) == 9


def test_a_prompt_longer_than_any_window_is_read_to_its_end(writer):
    prompt = TEXT * 10
    text = writer.generate(prompt, 1, temperature=0)
    best = window_probabilities(writer, prompt)[4:].argmax() + 4
    assert text == prompt + writer.tokenizer.vocabulary[best]


def test_special_signs_are_never_written():
    tokenizer = Tokenizer.fit(["ab"], level="character")
    model = build_text_generator(len(tokenizer), units=(4,))
    *rest, bias = model.get_weights()
    model.set_weights([*rest, np.where(np.arange(6) < 4, 50.0, 0.0)])
    for temperature in (0, 1.0, 100.0):
        text = TextGenerator(model, tokenizer).generate("a", 40, temperature=temperature)
        assert len(text) == 41 and set(text) <= {"a", "b"}


def test_some_unknown_characters_are_read_as_such_and_only_unknown_ones_refused(writer):
    ids = writer.tokenizer.encode(["tö"])[0]
    assert ids[1] == 1
    assert writer.generate("tö", 5, temperature=0).startswith("tö")
    with pytest.raises(CourseError, match="`prompt` must be made of characters"):
        writer.generate("深度", 5)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("prompt", None),
        ("length", 0),
        ("length", -3),
        ("temperature", -0.5),
        ("temperature", float("nan")),
        ("seed", -1),
        ("seed", 1.5),
    ],
)
def test_bad_arguments_are_refused_at_once(writer, name, value):
    arguments = {"prompt": "to", "length": 5, name: value}
    with pytest.raises(CourseError, match=f"`{name}` must be .*Received: {name}="):
        writer.characters(**arguments)


def test_next_probabilities_are_those_of_the_model(writer):
    p = window_probabilities(writer, "to be")[4:]
    found = writer.next_probabilities("to be")
    assert list(found.values()) == sorted(found.values(), reverse=True)
    for character, share in zip(writer.tokenizer.vocabulary[4:], p / p.sum(), strict=True):
        assert found[character] == pytest.approx(share, abs=1e-5)
    np.testing.assert_allclose(writer.probabilities("to be")[-1][4:], p, atol=1e-6)


def test_the_cross_entropy_counts_every_character_once(writer):
    ids = writer.tokenizer.encode([TEXT])
    p = keras.ops.convert_to_numpy(writer.model(ids[:, :-1]))[0]
    expected = -np.log(p[np.arange(len(TEXT) - 1), ids[0, 1:]]).mean()
    assert writer.cross_entropy(TEXT) == pytest.approx(expected, rel=1e-5)


def test_a_long_text_is_read_in_parts_without_losing_a_character(writer):
    parts, one = 3, TEXT * 73  # 3139 characters: 3138 to foresee, in 3 parts of 1046
    ids = writer.tokenizer.encode([one])[0]
    x, y = ids[:-1].reshape(parts, -1), ids[1:].reshape(parts, -1)
    p = np.take_along_axis(keras.ops.convert_to_numpy(writer.model(x)), y[..., None], -1)
    assert writer.cross_entropy(one) == pytest.approx(-np.log(p).mean(), rel=1e-4)


def test_an_impossible_or_unknown_character_gives_a_finite_number(writer):
    assert np.isfinite(writer.cross_entropy("to be 深度"))
    for short in ("", "a"):
        with pytest.raises(DataError, match="`text` must have at least 2 characters"):
            writer.cross_entropy(short)


def test_a_model_with_a_window_foresees_from_the_window_before(tmp_path):
    writer = make_writer(window=6)
    x = writer.tokenizer.encode([TEXT[k : k + 6] for k in range(len(TEXT) - 6)])
    y = writer.tokenizer.encode([TEXT[6:]])[0]
    p = keras.ops.convert_to_numpy(writer.model(x))
    expected = -np.log(p[np.arange(len(y)), y]).mean()
    assert writer.cross_entropy(TEXT) == pytest.approx(expected, rel=1e-5)
    np.testing.assert_allclose(writer.probabilities(TEXT[:-1])[5:], p, atol=1e-6)
    writer.save(tmp_path / "writer.keras")
    assert inference.load(tmp_path / "writer.keras").window == 6


def test_model_and_tokenizer_must_fit():
    tokenizer = Tokenizer.fit([TEXT], level="character")
    with pytest.raises(CourseError, match="`tokenizer` must be of 9 ids"):
        TextGenerator(build_text_generator(9, units=(4,)), tokenizer)
    with pytest.raises(CourseError, match="`window` must be None"):
        TextGenerator(build_text_generator(len(tokenizer), units=(4,)), tokenizer, window=6)
    printed = build_text_generator(len(tokenizer), units=(4,), every_step=False)
    with pytest.raises(CourseError, match="`window` must be a positive integer"):
        TextGenerator(printed, tokenizer)
    words = Tokenizer.fit([TEXT])
    with pytest.raises(CourseError, match="`tokenizer` must be one of characters"):
        TextGenerator(build_text_generator(len(words), units=(4,)), words)


_ELSEWHERE = """
import json, sys
from dl_course import inference
writer = inference.load(sys.argv[1])
text = writer.generate("to be", 60, seed=5)
print(json.dumps([text, writer.cross_entropy("to be, or not")]))
"""


def test_another_process_writes_the_same_text(writer, tmp_path):
    path = tmp_path / "writer.keras"
    writer.save(path)
    done = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE, str(path)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    text, loss = json.loads(done.stdout)
    assert text == writer.generate("to be", 60, seed=5)
    assert loss == pytest.approx(writer.cross_entropy("to be, or not"), rel=1e-6)


def test_a_file_of_something_else_is_no_text_generator(tmp_path):
    path = tmp_path / "model.keras"
    save_model(build_mlp((2,), 2), path, {"task": "text classifier"})
    with pytest.raises(DataError, match="expected a text generator, received a text classifier"):
        TextGenerator.load(path)
    save_model(build_mlp((2,), 2), path, {"task": "text generator"})
    with pytest.raises(DataError):
        inference.load(path)
