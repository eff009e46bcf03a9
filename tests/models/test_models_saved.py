"""Model files are loaded only when they are whole and can run no code of their own."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from dl_course.backend import keras
from dl_course.errors import DataError
from dl_course.models import build_mlp, load_model

layers = keras.layers


class Doubling(layers.Layer):
    """A layer of somebody's own, unknown to Keras."""

    def call(self, x):
        return 2 * x


@keras.saving.register_keras_serializable("somebody")
class Registered(Doubling):
    """The same, registered as the documentation of Keras advises."""


class Wrapped(Doubling):
    """The same, for the inside of another model."""


def double(x):
    """An activation function of somebody's own."""
    return 2 * x


def with_layer(layer):
    return keras.Sequential([keras.Input((2,)), layer, layers.Dense(1)])


CARRY_CODE = {
    "Lambda of keras.layers": lambda: layers.Lambda(lambda x: 2 * x),
    "function of builtins": lambda: layers.Dense(2, activation=double),
    "Doubling of test_models_saved": Doubling,
    "Registered of test_models_saved": Registered,
    "Wrapped of test_models_saved": lambda: keras.Sequential([layers.Dense(2), Wrapped()]),
}


@pytest.fixture
def saved(tmp_path):
    def save(model) -> Path:
        path = tmp_path / "model.keras"
        model.save(path)
        return path

    return save


@pytest.fixture
def whole(saved):
    return saved(build_mlp((2,), 2, hidden_units=(3,)))


@pytest.mark.parametrize("found", CARRY_CODE)
def test_a_model_that_carries_code_is_refused(found, saved):
    path = saved(with_layer(CARRY_CODE[found]()))
    with pytest.raises(
        DataError, match=rf"found {found}.*, which could run code\. Pass --allow"
    ) as e:
        load_model(path)
    assert str(path) in str(e.value) and "\n" not in str(e.value)


def change_class(path, module, class_name):
    """Gives the second layer of a saved model another class."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(members["config.json"])
    config["config"]["layers"][1].update(module=module, class_name=class_name)
    members["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


@pytest.mark.parametrize(
    ("module", "class_name"),
    [("keras.utils", "plot_model"), ("builtins", "eval"), ("keras.layers", "TorchModuleWrapper")],
)
def test_a_function_by_its_name_is_refused(saved, module, class_name):
    path = saved(build_mlp((2,), 2, hidden_units=(3,)))
    change_class(path, module, class_name)
    with pytest.raises(DataError, match=f"found {class_name} of {module}, which could run code"):
        load_model(path)


def test_a_file_with_another_ending_is_refused(whole, tmp_path):
    other = whole.rename(tmp_path / "model.h5")
    with pytest.raises(DataError, match="ending in .keras"):
        load_model(other)


def test_a_saved_lambda_model_runs_when_it_is_allowed(saved):
    model = with_layer(layers.Lambda(lambda x: 2 * x))
    loaded = load_model(saved(model), allow_custom_code=True)
    x = np.ones((1, 2), "float32")
    assert np.array_equal(*(keras.ops.convert_to_numpy(m(x)) for m in (loaded, model)))


@pytest.mark.filterwarnings("ignore:The object being serialized includes a `lambda`")
def test_a_lambda_as_activation_is_refused(saved):
    """Keras saves its bytecode without a word that it is code, and cannot load it itself."""
    assert is_refused(saved(with_layer(layers.Activation(lambda x: 2 * x))))


def test_a_registered_layer_is_loaded_when_it_is_allowed(saved):
    loaded = load_model(saved(with_layer(Registered())), allow_custom_code=True)
    assert isinstance(loaded.layers[0], Registered)


def test_a_custom_layer_that_cannot_be_found_is_one_line_too(saved):
    path = saved(with_layer(Doubling()))
    with pytest.raises(DataError, match="Keras cannot load it") as caught:
        load_model(path, allow_custom_code=True)
    assert "\n" not in str(caught.value)


def test_no_code_of_a_refused_model_has_run(saved, tmp_path, monkeypatch):
    """A lambda that leaves a file behind, called while the layers are put together."""
    trace = tmp_path / "trace"
    monkeypatch.setenv("TRACE", str(trace))
    path = saved(
        with_layer(
            layers.Lambda(lambda x: [open(__import__("os").environ["TRACE"], "w").close(), x][1])
        )
    )
    trace.unlink()
    with pytest.raises(DataError):
        load_model(path)
    assert not trace.exists()
    load_model(path, allow_custom_code=True)
    assert trace.exists()


@pytest.mark.parametrize(
    "entry",
    [
        {"module": "builtins", "class_name": "function", "config": "eval"},
        {"module": "os", "class_name": "system", "config": {"command": "true"}},
        {"module": "keras_hub.layers", "class_name": "Layer", "config": {}},
        {"module": "keras.layers", "class_name": "TFSMLayer", "config": {"filepath": "x"}},
        {"module": "keras.layers", "class_name": "Lambda", "config": {}},
        {"class_name": "__lambda__", "config": {"value": "4wEA"}},
        {"module": None, "class_name": "Thing", "config": {}, "registered_name": "mine>Thing"},
    ],
    ids=lambda entry: entry["class_name"],
)
def test_code_is_found_however_deep_it_lies(whole, entry):
    config = read_config(whole)
    config["config"]["layers"][2]["config"]["kernel_initializer"] = {"deep": [[{"er": entry}]]}
    path = changed(whole, config=json.dumps(config).encode())
    with pytest.raises(DataError, match=f"found {entry['class_name']}.*could run code"):
        load_model(path)


def test_a_compiled_and_trained_plain_keras_model_is_loaded(saved):
    model = with_layer(layers.Dense(3, activation=keras.activations.tanh))
    model.compile(keras.optimizers.Adam(), loss=keras.losses.MeanSquaredError(), metrics=["mae"])
    model.train_on_batch(np.ones((2, 2)), np.ones((2, 1)))
    loaded = load_model(saved(model))
    assert not loaded.compiled
    assert all(map(np.array_equal, loaded.get_weights(), model.get_weights()))


def read_config(path):
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("config.json"))


def changed(path, config=None, weights=None):
    """Writes the archive again with other content in one part; b"" leaves the part out."""
    given = {"config.json": config, "model.weights.h5": weights}
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts |= {name: content for name, content in given.items() if content is not None}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            if content:
                archive.writestr(name, content)
    return path


def is_refused(path) -> bool:
    """Whether the file is refused as it should be; False if it can be loaded all the same."""
    try:
        load_model(path)
    except DataError as error:
        assert str(path) in str(error) and "\n" not in str(error)
        return True
    return False


def test_a_file_that_is_not_there_or_a_folder_is_refused(tmp_path):
    with pytest.raises(DataError, match="expected a .keras file, found none"):
        load_model(tmp_path / "no.keras")
    assert is_refused(tmp_path)


@pytest.mark.parametrize("content", [b"", b"not a model", b"PK\x03\x04", b"\x89HDF\r\n\x1a\n"])
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    path = tmp_path / "model.keras"
    path.write_bytes(content)
    assert is_refused(path)


@pytest.mark.parametrize(
    "config",
    [b"", b"{}", b"[]", b'"x"', b"null", b"\xff\xfe", b"{", b"[" * 100_000],
    ids=["none", "dict", "list", "text", "null", "no text", "cut off", "deep"],
)
def test_a_configuration_that_is_none_is_refused(whole, config):
    assert is_refused(changed(whole, config=config))


@pytest.mark.parametrize("weights", [b"", b"garbage", b"\x89HDF\r\n\x1a\n" + b"\0" * 50])
def test_weights_that_are_none_are_refused(whole, weights):
    assert is_refused(changed(whole, weights=weights))


def test_a_file_cut_off_anywhere_is_refused(whole):
    content = whole.read_bytes()
    for size in np.linspace(0, len(content) - 1, 25).astype(int):
        whole.write_bytes(content[:size])
        assert is_refused(whole)


def test_a_file_with_bytes_changed_is_refused_and_never_a_traceback(whole):
    content = whole.read_bytes()
    rng = np.random.default_rng(0)
    refused = 0
    for _ in range(60):
        damaged = bytearray(content)
        for position in rng.integers(len(content), size=3):
            damaged[position] ^= rng.integers(1, 256)
        whole.write_bytes(damaged)
        refused += is_refused(whole)
    assert refused >= 58  # a changed time stamp in the archive does no harm


@pytest.mark.filterwarnings("ignore")
def test_weights_damaged_inside_an_intact_archive_are_never_a_traceback(whole):
    with zipfile.ZipFile(whole) as archive:
        content = archive.read("model.weights.h5")
    rng = np.random.default_rng(0)
    refused = 0
    for _ in range(30):
        damaged = bytearray(content)
        for position in rng.integers(len(content), size=20):
            damaged[position] ^= rng.integers(1, 256)
        refused += is_refused(changed(whole, weights=bytes(damaged)))
    assert refused > 10
