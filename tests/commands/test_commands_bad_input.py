"""Whatever is wrong with an argument or a file: one line, exit code 2, and nothing written."""

import gzip
import os
import pickle
import socket
import stat

import numpy as np
import pytest
from command_lines import TABLES, stripes
from PIL import Image

from dl_course import datasets, inference
from dl_course.backend import keras
from dl_course.training.checkpoint import Checkpoint

TRAIN = ("train", "cnn", "--out", "r")
ARGUMENTS = {
    "a model": (
        ["train", "cmm", "--out", "r"],
        ["No such command 'cmm'. Expected: cnn, speech-classifier, ", "dl-course train --help"],
    ),
    "a verb": (["trian"], ["No such command 'trian'", "Did you mean 'train'?"]),
    "no verb": ([], ["Missing command. Expected: chapters, section,", "dl-course --help"]),
    "an option": ([*TRAIN, "--epocs", "3"], ["--epocs", "--epochs", "train cnn --help"]),
    "no --out": (["train", "cnn"], ["Missing option '--out'", "train cnn --help"]),
    "a data set": (
        [*TRAIN, "--data", "mnits"],
        ["There is no data set 'mnits'. Did you mean 'mnist'?", "imdb, mnist, "],
    ),
    "a table": (
        [*TRAIN, "--data", "breast_cancer"],
        ["breast_cancer: expected images, received a table"],
    ),
    "a data set to fetch": (["data", "fetch", "mnits"], ["Did you mean 'mnist'?"]),
    "a data set to check": (["data", "check", "stripes.npz"], ["no data set 'stripes.npz'"]),
    "a recipe": (
        [*TRAIN, "--recipe", "fats"],
        ["`recipe` must be one of 'document', 'fast'. Received: ", "'fats'. Did you mean 'fast'?"],
    ),
    "no epochs": (
        [*TRAIN, "--epochs", "0"],
        ["`epochs` must be a positive integer. Received: epochs=0. Pass at least 1."],
    ),
    "half an epoch": ([*TRAIN, "--epochs", "0.5"], ["'--epochs': ", "a valid integer"]),
    "a negative batch": (
        [*TRAIN, "--batch-size", "-8"],
        ["`batch_size` must be a positive integer. Received: batch_size=-8."],
    ),
    "a batch larger than the data": (
        [*TRAIN, "--batch-size", "64"],
        ["`batch_size` must be at most the number of training examples, 42.", "batch_size=64"],
    ),
    "no learning rate": (
        [*TRAIN, "--learning-rate", "nan"],
        ["`learning_rate` must be a positive number. Received: learning_rate=nan."],
    ),
    "no units": ([*TRAIN, "--hidden-units", "0"], ["`hidden_units` must be", "hidden_units=0"]),
    "no patience": ([*TRAIN, "--patience", "0"], ["`patience` must be a positive integer"]),
    "a seed": ([*TRAIN, "--seed", "-1"], ["`seed` must be an integer of at least 0", "seed=-1"]),
    "both": ([*TRAIN, "--resume", "--overwrite"], ["`resume` must be given without `overwrite`"]),
    "no run": (["evaluate", "r"], ["r: expected a run folder", "dl-course train cnn --out r"]),
    "no run to generate": (["generate", "r"], ["dl-course train text-generator --out r"]),
    "no run to translate": (["translate", "r", "x"], ["dl-course train translator --out r"]),
    "a run that is a file": (["plot", "stripes.npz"], ["stripes.npz: expected a run folder"]),
    "a section": (["section", "D9-1"], ["D9"]),
    "a picture's ending": (
        ["data", "show", "stripes.npz", "--out", "grid.jpg"],
        ["ending in .png, .pdf or .svg", "grid.jpg"],
    ),
}


@pytest.mark.parametrize("words, said", ARGUMENTS.values(), ids=ARGUMENTS)
def test_an_unusable_argument(refused, stripes_file, words, said):
    if words[:2] == ["train", "cnn"] and "--data" not in words:
        words = [*words, "--data", stripes_file]
    text = refused(*words)
    assert [part for part in said if part not in text] == []


def save(**changes):
    return lambda path: np.savez(path, **stripes(**changes))


def truncated(path):
    np.savez(path, **stripes())
    path.write_bytes(path.read_bytes()[:-300])


def corrupt(path):
    np.savez_compressed(path, **stripes())
    content = bytearray(path.read_bytes())
    content[200:400] = bytes(200)
    path.write_bytes(content)


def not_a_number(path):
    x = stripes()["x"] / 255
    x[7, 0, 0] = np.nan
    np.savez(path, **stripes(x=x))


class Evil:
    """Leaves a file behind if it is ever unpickled."""

    def __reduce__(self):
        return os.mkdir, ("unpickled",)


def pickled(path):
    np.savez(path, **stripes(x=np.array([Evil()] * 60, dtype=object)))
    with np.load(path, allow_pickle=True) as archive, pytest.raises(pickle.UnpicklingError):
        archive["x"]  # the trap works ...
        raise pickle.UnpicklingError
    os.rmdir("unpickled")  # ... so that its absence later proves something


ARRAYS = {
    "missing": (lambda path: None, ["no such file or folder. Check the path."]),
    "empty": (lambda path: path.touch(), ["the file is empty. Write it again"]),
    "truncated": (truncated, ["not an .npz file, or cut off. Write it again"]),
    "corrupt": (corrupt, ["damaged: its arrays cannot be read. Write it again"]),
    "text": (lambda path: path.write_text("x,y\n"), ["not an .npz file"]),
    "pickle": (pickled, ["would have to be unpickled", "arbitrary code. Save plain numbers"]),
    "NaN": (not_a_number, ["`x` holds NaN or infinite values, first in image 7"]),
    "labels outside the classes": (
        save(y=np.arange(60) % 3 + 1, class_names=["a", "b", "c"]),
        ["names 3 classes, so labels must be 0..2", "Received: 1, 2, 3."],
    ),
    "a negative label": (save(y=np.arange(60) % 3 - 1), ["the negative label -1. Number"]),
    "fractions as labels": (save(y=np.arange(60) / 2), ["`y` must hold integers. Received: float"]),
    "one class": (save(y=np.zeros(60, int)), ["only one class, label 0. At least two are"]),
    "fewer labels": (save(y=np.arange(30) % 3), ["60 images and `y` 30 labels"]),
    "no labels": (lambda path: np.savez(path, x=stripes()["x"]), ["expected the arrays x and y"]),
    "pixels out of range": (save(x=stripes()["x"] / 1.0), ["must lie in [0, 1]. Received: 0 to"]),
    "images too small": (
        save(x=stripes()["x"][:, :8, :8]),
        ["`input_shape` must be at least 10 pixels high and wide", "(8, 8, 1)"],
    ),
}


@pytest.mark.parametrize("make, said", ARRAYS.values(), ids=ARRAYS)
def test_an_unusable_file_of_arrays(refused, here, make, said):
    make(here / "own.npz")
    text = refused(*TRAIN, "--data", "own.npz")
    assert [part for part in said if part not in text] == []
    assert "own.npz: " in text or "input_shape" in text


def folder_of_images(folder, changes):
    """Two classes of three 12x12 images; `changes` maps a path to an image, bytes or None."""
    images = {f"{c}/{i}.png": Image.new("L", (12, 12), i) for c in ("cat", "dog") for i in range(3)}
    for name, image in (images | changes).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(image, bytes):
            path.write_bytes(image)
        elif image:
            image.save(path)


FOLDERS = {
    "mixed size": (
        {"dog/1.png": Image.new("L", (12, 13))},
        ["pets/dog/1.png: the image is 13 high, 12 wide, grey, but", "12 high, 12 wide, grey"],
    ),
    "mixed colour": ({"dog/1.png": Image.new("RGB", (12, 12), "red")}, ["12 wide, colour, but"]),
    "not an image": ({"dog/1.png": b"hello"}, ["pets/dog/1.png: not an image, or damaged"]),
    "a text file": ({"dog/a.txt": b"hello"}, ["pets/dog/a.txt: a class folder may hold only"]),
    "an empty image": ({"cat/0.png": b""}, ["pets/cat/0.png: the file is empty. Replace or"]),
    "an empty class": (
        {"bird/0.png": None},
        ["pets/bird: a class needs at least 2 images", "Received: 0."],
    ),
    "one image": ({"bird/0.png": Image.new("L", (12, 12))}, ["pets/bird: a class needs at least"]),
}


@pytest.mark.parametrize("changes, said", FOLDERS.values(), ids=FOLDERS)
def test_an_unusable_folder_of_images(refused, here, changes, said):
    folder_of_images(here / "pets", changes)
    text = refused(*TRAIN, "--data", "pets")
    assert [part for part in said if part not in text] == []


def test_a_folder_with_one_class(refused, here):
    for i in range(3):
        (here / "pets" / "cat").mkdir(parents=True, exist_ok=True)
        Image.new("L", (12, 12)).save(here / "pets" / "cat" / f"{i}.png")
    text = refused(*TRAIN, "--data", "pets")
    assert "pets: expected one subfolder of images (" in text
    assert ") per class, at least two. Received: cat." in text


@pytest.mark.skipif(os.name != "posix", reason="Windows has no files of such names")
def test_a_class_folder_with_a_name_that_is_no_text(refused, here):
    folder_of_images(here / "pets", {os.fsdecode(b"\xff/0.png"): Image.new("L", (12, 12))})
    text = refused(*TRAIN, "--data", "pets")
    assert text.endswith(r"pets/\udcff: a class needs a readable name. Rename the folder.")


def test_a_set_that_needs_the_network_when_there_is_none(refused, here, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    (here / "cache" / "mnist").mkdir(parents=True)
    for words in ([*TRAIN, "--data", "mnist"], ["data", "fetch", "mnist"]):
        text = refused(*words)
        assert text.startswith("mnist: could not download https://") and "no connection" in text
        assert "Use the data set digits, which needs no network" in text
        assert f"put the file into {here / 'cache' / 'mnist'} by hand" in text


DAMAGES = {
    "truncated": lambda content: gzip.compress(content)[:2000],
    "corrupt": lambda content: b"\x1f\x8b" + bytes(2000),
    "with other content": gzip.compress,
    "empty": lambda content: b"",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_of_a_registered_set(refused, here, monkeypatch, damage):
    file = datasets.info("mnist").files[0]
    path = here / "data" / "mnist" / file.name
    path.parent.mkdir(parents=True)
    path.write_bytes(damage(os.urandom(10_000)))
    monkeypatch.setenv("DL_COURSE_DATA", str(here / "data"))
    for words in ([*TRAIN, "--data", "mnist"], ["data", "check", "mnist"]):
        text = refused(*words)
        assert text.startswith(f"{path}: damaged: expected MD5 {file.md5}")
        assert "Delete the file, then run: dl-course data fetch mnist" in text


def test_a_data_folder_that_does_not_exist(refused, done, here, monkeypatch):
    monkeypatch.setenv("DL_COURSE_DATA", str(here / "nowhere"))
    monkeypatch.setenv("COLUMNS", "400")
    message = f"DL_COURSE_DATA is not a folder: {here / 'nowhere'}. Correct the environment"
    assert message in refused(*TRAIN, "--data", "mnist")
    for verb in (["doctor"], ["data", "list"]):  # these two look for such mistakes
        assert message in done(*verb)


def test_an_output_folder_that_exists(refused, run, stripes_file):
    text = refused("train", "cnn", "--data", stripes_file, "--out", "x")
    assert text == (
        "x: the output folder exists already. Continue its run with --resume, replace it with "
        "--overwrite, or choose another --out."
    )


@pytest.mark.parametrize("content", [None, "{}", '{"arguments": {}, "data": []}', "not JSON"])
def test_overwrite_spares_a_folder_that_is_no_run(refused, here, content):
    (here / "thesis").mkdir()
    (here / "thesis" / "history.csv").write_text("Rome,753 BC\n")
    if content is not None:
        (here / "thesis" / "config.json").write_text(content)
    text = refused("train", "cnn", "--out", "thesis", "--overwrite")
    assert text.startswith("thesis: the folder holds something other than a run")


@pytest.mark.parametrize("out", ["note.txt", "note.txt/run"])
@pytest.mark.parametrize("option", [[], ["--overwrite"], ["--resume"]])
def test_a_file_in_the_place_of_the_output_folder(refused, here, out, option):
    (here / "note.txt").write_text("keep me")
    text = refused("train", "cnn", "--out", out, *option)
    assert "note.txt: expected a folder, found a file. Choose another --out." in text


def test_resume_without_a_run(refused, here):
    (here / "empty").mkdir()
    for out in ("nowhere", "empty"):
        text = refused("train", "cnn", "--out", out, "--resume")
        assert text.startswith(f"{out}: expected a run folder") and "Train one: dl-course" in text


def test_a_read_only_folder(refused, small_disk, stripes_file):
    folder = small_disk("64k", "ro")
    text = refused("train", "cnn", "--data", stripes_file, "--out", folder / "deep" / "run")
    assert text.startswith(f"{folder}: expected a folder that you may write to")
    picture = folder / "grid.png"
    text = refused("data", "show", stripes_file, "--out", picture)
    assert text == f"{picture}: Read-only file system. Choose a folder that you may write to."


def test_a_folder_without_permission(refused, here, stripes_file):
    if os.name != "posix" or os.geteuid() == 0:
        pytest.skip("root and Windows may write to a read-only folder")
    (here / "locked").mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)
    text = refused("train", "cnn", "--data", stripes_file, "--out", "locked/run")
    assert "expected a folder that you may write to" in text


def with_layer(run, layer):
    """Replaces a run's model by one of the same form with another layer in it."""
    inputs = keras.Input((12, 12, 1))
    outputs = keras.layers.Dense(3, "softmax")(keras.layers.Flatten()(layer(inputs)))
    model = keras.Model(inputs, outputs)
    inference.ImageClassifier(model, ("0", "1", "2")).save(run / "model.keras")


@keras.saving.register_keras_serializable("tests")
class Custom(keras.layers.Layer):
    def call(self, x):
        return x


CODE = {
    "a lambda layer": lambda: keras.layers.Lambda(lambda x: 1 - x),
    "a custom layer": Custom,
}


@pytest.mark.parametrize("layer", CODE.values(), ids=CODE)
def test_a_model_that_carries_code(refused, done, run, stripes_file, layer):
    with_layer(run, layer())
    Image.fromarray(stripes()["x"][0]).save("0.png")
    for words in (["evaluate", run], ["predict", run, "0.png"], ["plot", run]):
        text = refused(*words)
        assert text.startswith("x/model.keras: expected a model of Keras layers only, found ")
        assert "could run code. Pass --allow-custom-code" in text
    assert done("predict", run, "0.png", "--allow-custom-code").startswith("0.png\t")
    assert "accuracy" in done("evaluate", run, "--allow-custom-code")


def test_a_model_saved_by_an_older_version(refused, done, run):
    """It lies alone in its file, and its checkpoint does not say the objective."""
    inference.load(run / "model.keras").model.save(run / "model.keras")
    text = refused("plot", run)
    assert text.startswith("x/model.keras: expected a model with its preprocessing, found only")
    assert "dl-course train cnn --out x --resume" in text and text.endswith("with --overwrite.")
    assert "already finished" in done("train", "cnn", "--out", run, "--resume")
    done("plot", run)
    checkpoint = Checkpoint.load(run / "checkpoint.npz")
    del checkpoint.settings["objective"]
    checkpoint.save(run / "checkpoint.npz")
    text = refused("train", "cnn", "--out", run, "--resume")
    assert "found one that does not say `objective`. Train again" in text
    assert text.endswith("To start over: --overwrite, with the run's options.")


MODELS = {
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-500]),
    "corrupt": lambda path: path.write_bytes(b"PK\x03\x04" + bytes(5000)),
    "empty": lambda path: path.write_bytes(b""),
    "missing": lambda path: path.unlink(),
}


@pytest.mark.parametrize("damage", MODELS.values(), ids=MODELS)
def test_a_damaged_model(refused, run, damage):
    damage(run / "model.keras")
    text = refused("evaluate", run)
    assert text.startswith("x/model.keras: expected a") or "--out x --resume" in text


@pytest.mark.parametrize("content", ["", "{", "[]", '{"arguments": {}}', "\udcff"])
def test_a_damaged_configuration(refused, run, content):
    (run / "config.json").write_bytes(content.encode(errors="surrogateescape"))
    for words in (["evaluate", run], ["plot", run], ["train", "cnn", "--out", run, "--resume"]):
        text = refused(*words)
        assert text.startswith("x/config.json: expected ")


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("content", [None, "", "epoch,loss\n1\n"], ids=["no", "empty", "ragged"])
def test_a_damaged_table(refused, run, table, content):
    (run / table).unlink()
    if content is not None:
        (run / table).write_text(content)
    assert refused("plot", run).startswith(f"x/{table}: expected a CSV")


@pytest.mark.parametrize("table", TABLES)
def test_a_table_without_the_columns(refused, run, table):
    (run / table).write_text("epoch,step\n1,2\n")
    assert "`" in refused("plot", run)


def test_a_damaged_checkpoint(refused, run):
    (run / "checkpoint.npz").write_bytes((run / "checkpoint.npz").read_bytes()[:-500])
    text = refused("train", "cnn", "--out", run, "--resume")
    assert text == (
        "x/checkpoint.npz: expected a checkpoint, received a damaged file. Remove the file and "
        "start again. To start over: --overwrite, with the run's options."
    )
