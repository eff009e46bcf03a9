import numpy as np
import pytest

from dl_course.backend import set_seed
from dl_course.datasets import Tokenizer, make_number_words
from dl_course.errors import DataError
from dl_course.models import build_translator
from dl_course.training import fit, teacher_forcing
from dl_course.training.teacher_forcing import LONGEST_SENTENCE as LONGEST

ENGLISH, CHINESE = Tokenizer.fit(["one two"]), Tokenizer.fit(["一二"])


def test_what_is_asked_is_what_is_given_a_step_later():
    data = make_number_words(300, 999)
    tokenizers = Tokenizer.fit(data.x_train), Tokenizer.fit(data.y_train)
    (source, given), asked = teacher_forcing(data.x_test, data.y_test, *tokenizers)
    assert (given[:, 0] == 2).all() and given.shape == asked.shape
    later = asked[:, :-1]
    np.testing.assert_array_equal(np.where(later == 3, 0, later), np.where(
        given[:, 1:] == 3, 0, given[:, 1:]))  # fmt: skip
    assert [tokenizers[1].decode(row) for row in asked] == data.y_test.tolist()
    assert ((asked == 3).sum(axis=1) == 1).all()


@pytest.mark.parametrize(
    ("sources", "targets", "message"),
    [
        (["one", ""], ["一", "二"], "1 of 2 that are not, first '' with 0"),
        (["one", "two"], ["一", " "], "1 of 2 that are not"),
        (["one " * (LONGEST + 1)], ["一"], f"1 of 1 that are not, .* with {LONGEST + 1}"),
        (["one"], ["一" * (LONGEST + 1)], f"1 of 1 that are not, .* with {LONGEST + 1}"),
    ],
)
def test_sentences_without_tokens_or_with_too_many(sources, targets, message):
    with pytest.raises(DataError, match=message):
        teacher_forcing(sources, targets, ENGLISH, CHINESE)


def test_the_longest_sentence_that_is_allowed():
    (source, given), asked = teacher_forcing(["one " * LONGEST], ["一" * LONGEST], ENGLISH, CHINESE)
    assert source.shape == (1, LONGEST) and given.shape == asked.shape == (1, LONGEST + 1)


@pytest.mark.backend
def test_padding_weighs_nothing_in_training():
    set_seed(0)
    (source, given), asked = teacher_forcing(["one"] * 40, ["一"] * 40, ENGLISH, CHINESE)
    wide = [np.pad(ids, ((0, 0), (0, 9))) for ids in (source, given, asked)]
    losses = []
    for x, y in (((source, given), asked), ((wide[0], wide[1]), wide[2])):
        set_seed(0)
        model = build_translator(len(ENGLISH), len(CHINESE), embedding_units=4, units=4)
        run = fit(model, ((x, y), None), recipe="document", epochs=2, progress=False)
        losses.append(run.history["loss"] + run.history["val_loss"])
    np.testing.assert_allclose(*losses, rtol=1e-4)
