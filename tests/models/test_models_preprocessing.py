"""A saved model carries its preprocessing, and plain Keras still reads it."""

import zipfile

import numpy as np
import pytest

from dl_course import inference
from dl_course.backend import keras
from dl_course.errors import DataError
from dl_course.models import build_mlp, load_model, load_preprocessing, save_model

pytestmark = pytest.mark.backend
PARTS = {"class_names": ["坏", "好"], "length": 3}


@pytest.fixture
def saved(tmp_path):
    model = build_mlp((2,), 2, hidden_units=(3,))
    save_model(model, tmp_path / "model.keras", PARTS)
    return model, tmp_path / "model.keras"


def test_model_and_preprocessing_come_back(saved):
    model, path = saved
    assert load_preprocessing(path) == PARTS
    x = np.ones((1, 2), "float32")
    for loaded in (load_model(path), keras.saving.load_model(path, compile=False)):
        np.testing.assert_array_equal(*(keras.ops.convert_to_numpy(m(x)) for m in (loaded, model)))


def test_nothing_is_left_when_saving_fails(tmp_path):
    with pytest.raises(TypeError):
        save_model(build_mlp((2,), 2), tmp_path / "model.keras", {"f": len})
    assert list(tmp_path.iterdir()) == []


def test_a_model_alone_and_a_damaged_file_are_refused(saved, tmp_path):
    build_mlp((2,), 2).save(tmp_path / "alone.keras")
    with pytest.raises(DataError, match="found only a model"):
        load_preprocessing(tmp_path / "alone.keras")
    _, path = saved
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DataError, match="damaged"):
        load_preprocessing(path)
    with zipfile.ZipFile(tmp_path / "list.keras", "w") as archive:
        archive.writestr("preprocessing.json", "[1]")
    with pytest.raises(DataError, match="expected a model with its preprocessing"):
        load_preprocessing(tmp_path / "list.keras")


def test_a_model_for_something_else_is_refused(saved, tmp_path):
    model, path = saved
    with pytest.raises(DataError, match="Train one"):
        inference.load(path)
    save_model(model, tmp_path / "a.keras", {"task": "text classifier"})
    with pytest.raises(DataError, match="expected a translator, received a text classifier"):
        inference.Translator.load(tmp_path / "a.keras")
    with pytest.raises(DataError, match="a.keras: the preprocessing is damaged or does not fit"):
        inference.load(tmp_path / "a.keras")
