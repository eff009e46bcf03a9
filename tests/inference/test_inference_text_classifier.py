"""Raw texts in, probabilities out."""

import json
import subprocess
import sys

import numpy as np
import pytest

from dl_course import inference
from dl_course.backend import set_seed
from dl_course.datasets import Tokenizer
from dl_course.errors import CourseError, DataError
from dl_course.inference.text_classifier import TextClassifier
from dl_course.models import build_text_classifier

pytestmark = pytest.mark.backend
TEXTS = ["A good film.", "not bad at all", "zzz qqq", "好 film", "good " * 30]
NAMES = ("no", "yes")


def make_classifier(kind="gru", level="word"):
    set_seed(0)
    tokenizer = Tokenizer.fit(["a good film, not bad at all"], level=level)
    model = build_text_classifier(len(tokenizer), 2, kind=kind, embedding_units=6)
    random = np.random.default_rng(0)
    model.set_weights([random.normal(0, 0.5, w.shape) for w in model.get_weights()])
    return TextClassifier(model, tokenizer, NAMES, length=12)


@pytest.mark.parametrize("kind", ["gru", "cnn", "bag"])
@pytest.mark.jax
def test_every_text_has_probabilities_and_its_own_whatever_stands_beside_it(kind):
    classifier = make_classifier(kind)
    p = classifier.predict(TEXTS)
    assert p.shape == (5, 2) and np.isfinite(p).all()
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-6)
    alone = np.concatenate([classifier.predict([text]) for text in TEXTS])
    np.testing.assert_allclose(p, alone, atol=1e-6)


def test_no_texts_have_no_answers():
    assert make_classifier().predict([]).shape == (0, 2)


def test_unknown_words_alone_get_one_answer():
    p = make_classifier().predict(["zzz qqq", "xxx yyy"])
    assert np.isfinite(p).all()
    np.testing.assert_array_equal(p[0], p[1])


def test_what_is_longer_than_the_window_is_cut():
    classifier = make_classifier()
    long, cut, other = classifier.predict(["good " * 12 + "bad", "good " * 12, "bad " * 12])
    np.testing.assert_array_equal(long, cut)
    assert np.abs(long - other).max() > 1e-3


@pytest.mark.parametrize("text", ["", " \n", "<br />"])
def test_an_empty_text_is_refused(text):
    with pytest.raises(DataError, match=r"Received: texts\[1\]="):
        make_classifier().predict(["good", text])


def test_one_text_must_be_in_a_list():
    with pytest.raises(CourseError, match="`texts` must be several texts"):
        make_classifier().predict("good")


@pytest.mark.parametrize("level", ["word", "character"])
def test_another_process_gives_the_same_numbers_for_the_same_texts(tmp_path, level):
    classifier = make_classifier(level=level)
    classifier.save(tmp_path / "model.keras")
    program = (
        "import json, sys\nfrom dl_course import inference\n"
        "classifier = inference.load(sys.argv[1])\n"
        "print(json.dumps([classifier.class_names, "
        "classifier.predict(json.loads(sys.argv[2])).tolist()]))"
    )
    words = [sys.executable, "-c", program, tmp_path / "model.keras", json.dumps(TEXTS)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    names, p = json.loads(done.stdout.splitlines()[-1])
    assert tuple(names) == NAMES
    np.testing.assert_allclose(p, classifier.predict(TEXTS), atol=1e-6)


def test_it_is_loaded_by_what_it_does(tmp_path):
    make_classifier().save(tmp_path / "model.keras")
    assert isinstance(inference.load(tmp_path / "model.keras"), TextClassifier)


def test_parts_that_do_not_fit_are_refused():
    good = make_classifier()
    tokenizer = Tokenizer.fit(["too few"])
    for name, parts in {
        "tokenizer": (good.model, tokenizer, NAMES, 5),
        "class_names": (good.model, good.tokenizer, ("one",), 5),
        "length": (good.model, good.tokenizer, NAMES, 0),
    }.items():
        with pytest.raises(CourseError, match=f"`{name}` must be"):
            TextClassifier(*parts)
