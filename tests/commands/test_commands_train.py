"""`dl-course train cnn` from start to end: the whole run folder, and what it says on the way."""

import json
import math
import os
from importlib import metadata

import numpy as np
import pytest
from command_lines import FIGURES, TABLES, files_under, start, stripes
from PIL import Image

from dl_course import datasets, inference
from dl_course.commands.runs.tasks.cnn import Cnn
from dl_course.tables import read_table


@pytest.fixture(scope="module")
def digits_run(tmp_path_factory):
    """The folder of a run on the digits as a student starts it, and what it printed."""
    out = tmp_path_factory.mktemp("digits") / "runs" / "x"
    words = "train cnn --data digits --recipe fast --epochs 2 --seed 0 --out".split()
    process = start(*words, out)
    printed, errors = process.communicate(timeout=300)
    assert (process.returncode, errors) == (0, "")
    return out, printed


def test_a_picture_that_its_task_does_not_list_is_refused(refused, run, monkeypatch):
    monkeypatch.setattr(Cnn, "figures", ())
    assert "`Cnn.figures` must list every picture" in refused("plot", run)


def test_training_says_what_it_does_and_where_it_left_it(digits_run):
    out, printed = digits_run
    first, second, result, where = printed.splitlines()
    assert first.startswith("epoch 1/2  accuracy 0.") and first.endswith(" s left")
    assert second.startswith("epoch 2/2  accuracy 0.") and second.endswith("done")
    assert result.startswith("Test accuracy 0.9") and "after 2 epochs" in result
    assert where == f"Numbers: {out}/metrics.json  Pictures: {out}/figures/"


def test_the_run_folder_is_whole(digits_run):
    out, _ = digits_run
    names = {str(path.relative_to(out)) for path in files_under(out) if path.is_file()}
    own = {"config.json", "metrics.json", "model.keras", "checkpoint.npz", *TABLES}
    assert names == own | {f"figures/{name}.png" for name in FIGURES}


def test_the_configuration_says_how_to_repeat_the_run(digits_run):
    config = json.loads((digits_run[0] / "config.json").read_text())
    arguments = {"data": "digits", "recipe": "fast", "epochs": 2, "hidden_units": 128, "seed": 0}
    assert config["arguments"] == arguments
    assert config["data"]["checksum"] == datasets.load("digits").checksum
    assert config["data"]["class_names"] == list("0123456789")
    assert config["device"].keys() >= {"kind", "name", "count", "bfloat16"}
    for package in ("keras", "tensorflow", "numpy"):
        assert config["versions"][package] == metadata.version(package)
    assert config["versions"].keys() >= {"dl_course", "python", "backend"}


def test_the_metrics_are_those_of_the_run(digits_run):
    out, printed = digits_run
    metrics = json.loads((out / "metrics.json").read_text())
    assert 0.9 < metrics["test_accuracy"] <= 1 and 0 < metrics["test_loss"] < 0.5
    assert f"Test accuracy {metrics['test_accuracy']:.4f} " in printed
    assert metrics["parameters"] == 225_034
    history = read_table(out / "history.csv")
    assert metrics["train_seconds"] == pytest.approx(history["seconds"].sum())
    examples = metrics["examples_per_second"] * metrics["train_seconds"] / 2
    assert examples == pytest.approx(0.9 * 1438, abs=5)
    assert metrics["best_epoch"] == 1 + np.argmin(history["val_loss"])


def test_the_tables_have_a_row_per_epoch_and_layer(digits_run):
    history, gradients, activations = (read_table(digits_run[0] / name) for name in TABLES)
    assert history["epoch"].tolist() == [1, 2]
    measured = {"loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds"}
    assert history.keys() == {"epoch"} | measured
    assert all(np.isfinite(history[name]).all() for name in measured)
    flow = {"gradient_norm", "mean_abs_gradient", "zero_share", "update_ratio"}
    assert gradients.keys() == {"epoch", "step", "layer"} | flow
    statistics = {"mean", "std", "q05", "median", "q95", "low", "high", "counts"}
    statistics |= {"dead_share", "saturated_share"}
    assert activations.keys() == {"epoch", "step", "layer"} | statistics
    assert activations["counts"].shape == (len(activations["epoch"]), 20)
    for table in (gradients, activations):
        assert set(table["epoch"]) == {0, 1, 2}
        assert {"conv1", "conv2", "hidden"} <= set(table["layer"])


def test_the_pictures_show_something(digits_run):
    for name in FIGURES:
        with Image.open(digits_run[0] / "figures" / f"{name}.png") as picture:
            assert min(picture.size) > 300
            assert np.asarray(picture.convert("L")).std() > 10


def test_evaluate_measures_what_training_measured(digits_run, done):
    out, _ = digits_run
    metrics = json.loads((out / "metrics.json").read_text())
    for words in ([], ["--data", "digits"]):
        said = done("evaluate", out, *words)
        assert said.startswith(f"digits: accuracy {metrics['test_accuracy']:.4f}, loss ")
        assert said.endswith("on 359 test examples\n")
    result = json.loads((out / "evaluation-digits.json").read_text())
    assert result["accuracy"] == metrics["test_accuracy"]
    assert result["loss"] == pytest.approx(metrics["test_loss"], rel=1e-4)


def test_predict_names_digits_from_pictures(digits_run, done):
    x, y = datasets.load("digits").x_test, datasets.load("digits").y_test
    for i in range(20):
        Image.fromarray(np.round(x[i, ..., 0] * 255).astype(np.uint8)).save(f"{i}.png")
    printed = done("predict", digits_run[0], *(f"{i}.png" for i in range(20)))
    rows = [line.split("\t") for line in printed.splitlines()]
    assert [path for path, _, _ in rows] == [f"{i}.png" for i in range(20)]
    right = [int(label) == y[i] for i, (_, label, _) in enumerate(rows)]
    assert right[0] and sum(right) >= 18
    assert all(0.1 < float(probability) <= 1 for _, _, probability in rows)


def test_plot_draws_the_same_pictures_again(finished_run, run, done):
    for name in FIGURES:
        (run / "figures" / f"{name}.png").unlink()
    printed = done("plot", run)
    assert printed.splitlines() == [f"x/figures/{name}.png" for name in FIGURES]
    for name in FIGURES:
        picture = f"figures/{name}.png"
        assert (run / picture).read_bytes() == (finished_run / picture).read_bytes()


def test_overwrite_replaces_a_run_and_spares_what_is_not_its_own(run, stripes_file, done):
    (run / "notes.txt").write_text("my thoughts")
    (run / "evaluation-stripes.json").write_text("{}")
    done("train", "cnn", "--data", stripes_file, "--out", run, "--epochs", 1, "--overwrite")
    assert read_table(run / "history.csv")["epoch"].tolist() == [1]
    assert (run / "notes.txt").read_text() == "my thoughts"
    assert not (run / "evaluation-stripes.json").exists()


def test_a_folder_without_a_run_is_taken(finished_run):
    """It was there before, with what a killed program had left of a file."""
    assert not list(finished_run.glob(".part-*"))


def test_a_run_on_your_own_file_is_used_from_other_folders(run, here, monkeypatch, done):
    folder = here.parent / f"{here.name} elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert done("evaluate", here / "x").startswith("stripes: accuracy ")


def test_other_classes_are_not_evaluated(refused, run, here):
    np.savez("named.npz", **stripes(class_names=["left", "middle", "right"]))
    text = refused("evaluate", run, "--data", "named.npz")
    assert text == (
        "named: expected the classes that the run was trained on, 3 classes (0, 1, 2). "
        "Received: 3 classes (left, middle, right). Choose data with the same classes."
    )
    assert "10 classes (0, 1, 2" in refused("evaluate", run, "--data", "digits")


def test_other_images_are_not_evaluated(refused, run, here):
    np.savez("large.npz", **stripes(x=np.zeros((60, 16, 16), np.uint8)))
    text = refused("evaluate", run, "--data", "large.npz")
    assert "(12, 12, 1)" in text and "(12, 16, 16, 1)" in text


@pytest.mark.skipif(os.name != "posix", reason="Windows has no files of such names")
def test_an_evaluation_has_a_safe_file_name(run, here, done):
    name = "a b\n\x1b[31m:*? 数字 " + "x" * 100
    np.savez(f"{name}.npz", **stripes())
    said = done("evaluate", run, "--data", f"{name}.npz")
    assert said.startswith(r"a b\n\x1b[31m:*? 数字 xxx") and said.count("\n") == 1
    (file,) = run.glob("evaluation-*.json")
    assert file.name == "evaluation-a_b_31m_数字_" + "x" * 39 + ".json"
    assert json.loads(file.read_text(encoding="utf-8"))["data"] == name


@pytest.mark.skipif(os.name != "posix", reason="Windows has no files of such names")
def test_predictions_are_one_line_each_whatever_the_names(run, here, done):
    classifier = inference.load(run / "model.keras")
    classifier.class_names = ("a\tb", "c\nd", "\x1b[31m数")
    classifier.save(run / "model.keras")
    names = ["0\t.png", "1\n.png", os.fsdecode(b"2\x1b[2J\xff.png")]
    for name, image in zip(names, stripes()["x"], strict=False):
        Image.fromarray(image).save(name, format="PNG")
    rows = [line.split("\t") for line in done("predict", run, *names).splitlines()]
    assert [row[0] for row in rows] == [r"0\t.png", r"1\n.png", r"2\x1b[2J\udcff.png"]
    assert {row[1] for row in rows} <= {r"a\tb", r"c\nd", r"\x1b[31m数"}
    assert all(len(row) == 3 and math.isfinite(float(row[2])) for row in rows)


def test_images_are_resized_only_when_asked(refused, done, run, here):
    Image.new("RGB", (40, 30), "white").save("large.png")
    text = refused("predict", run, "large.png")
    assert text.startswith("large.png: the image is 30 high, 40 wide, colour, the model takes 12")
    assert "Pass --resize" in text
    assert done("predict", run, "large.png", "--resize").startswith("large.png\t")


def test_an_unfinished_run_is_not_used(refused, run):
    (run / "model.keras").unlink()
    Image.fromarray(stripes()["x"][0]).save("0.png")
    for words in (["evaluate", run], ["predict", run, "0.png"], ["plot", run]):
        text = refused(*words)
        assert text == (
            "x: expected a finished run, found one without model.keras. "
            "Finish it: dl-course train cnn --out x --resume"
        )


def test_a_broken_loss_leaves_no_run_behind(refused, stripes_file):
    words = ["train", "cnn", "--data", stripes_file, "--out", "r", "--recipe", "document"]
    text = refused(*words, "--learning-rate", "1e30")
    assert "in epoch 1, step " in text and "Try a learning rate well below 1e+30" in text
    assert text.endswith("No epoch was finished, so nothing is kept.")
