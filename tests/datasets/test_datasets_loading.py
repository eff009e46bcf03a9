"""The one door: what a source is taken for, what `kind` changes, which options go with what."""

import numpy as np
import pytest

from dl_course import datasets
from dl_course.errors import CourseError, DataError


@pytest.fixture
def phrases(tmp_path):
    path = tmp_path / "phrases.tsv"
    path.write_text("text\tlabel\nHi.\t嗨。\nHi!\t嗨。\nRun.\t跑。\nRun!\t跑。\n", encoding="utf-8")
    return path


def refusal(*arguments, **options):
    with pytest.raises(CourseError) as caught:
        datasets.load(*arguments, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_name_of_the_kind_that_is_asked_for_is_loaded():
    for name in filter(lambda name: datasets.info(name).embedded, datasets.names()):
        kind = datasets.info(name).kind
        assert datasets.load(name, kind=kind).kind == datasets.load(name).kind == kind


def choice(kind):
    return " or ".join(name for name in datasets.names() if datasets.info(name).kind == kind)


def test_a_name_of_another_kind_is_refused_with_a_choice():
    assert refusal("digits", kind="table") == (
        f"digits: expected a table, received images. Choose {choice('table')}."
    )
    assert refusal("reviews", kind="images").startswith(
        f"reviews: expected images, received labelled texts. Choose {choice('images')}, or give "
        "the path of an .npz file of images and labels or a folder"
    )


def test_a_path_is_read_as_the_kind_that_is_asked_for(phrases):
    assert datasets.load(phrases).kind == "texts"
    pairs = datasets.load(phrases, kind="pairs")
    assert pairs.kind == "pairs" and "label" in {*pairs.y_train, *pairs.y_test}


def test_a_path_of_another_form_is_refused(phrases, tmp_path):
    assert "expected a .txt or .txt.gz file" in refusal(phrases, kind="corpus")
    assert "expected an .npz file of images" in refusal(phrases, kind="images")
    assert "phrases.tsv: expected a folder with one subfolder" in refusal(phrases, kind="sounds")
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "x.wav").touch()
    assert "received a folder" in refusal(tmp_path / "a", kind="texts")
    assert "Received: a folder" in refusal(tmp_path / "a", kind="images")


@pytest.mark.parametrize("kind", ["text", "", 3])
def test_an_unknown_kind_is_refused(kind):
    assert refusal("digits", kind=kind).startswith("`kind` must be one of images, table, ")


def test_a_missing_path_is_said_whatever_the_kind(tmp_path):
    for kind in datasets.KINDS:
        assert "no such file or folder" in refusal(tmp_path / "none.tsv", kind=kind)
        assert "Did you mean 'digits'?" in refusal("digit", kind=kind)


@pytest.mark.parametrize("option", ["text_column", "label_column", "encoding"])
def test_an_option_of_another_kind_is_refused_with_the_kinds_it_goes_with(option, tmp_path):
    np.savez(tmp_path / "own.npz", x=np.zeros((4, 2, 2)), y=[0, 0, 1, 1])
    for source in ("digits", tmp_path / "own.npz"):
        text = refusal(source, **{option: "utf-8"})
        goes_with = "corpus, pairs, texts" if option == "encoding" else "texts"
        assert text == (
            f"`{option}` must be given for {goes_with} only, not for images. "
            f"Received: {option}='utf-8'."
        )


@pytest.mark.parametrize("option", ["text_column", "label_column", "encoding"])
def test_an_option_of_a_file_is_refused_for_a_registered_set(option):
    assert refusal("reviews", **{option: "x"}) == (
        f"`{option}` must be given for a file of your own only, not for reviews. "
        f"Received: {option}='x'."
    )


def test_options_are_passed_on(phrases):
    data = datasets.load(phrases, text_column="text", label_column="label", encoding="utf-8")
    assert data.class_names == ("嗨。", "跑。")
    with pytest.raises(DataError, match="expected the columns body and label"):
        datasets.load(phrases, text_column="body")
