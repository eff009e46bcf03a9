"""Training that is stopped in the middle: what is kept, and how it goes on."""

import json
import os
import shlex
import shutil
import signal
import sys

import numpy as np
import pytest
from command_lines import EPOCHS, TABLES, files_under, started, stripes

from dl_course import cli
from dl_course.tables import read_table

posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no such signals")


def assert_same_run(actual, expected):
    """Two runs have the same numbers, every epoch once, up to the seconds that they took."""
    for name in TABLES:
        table, other = read_table(actual / name), read_table(expected / name)
        assert table.keys() == other.keys()
        for column in table.keys() - {"seconds"}:
            np.testing.assert_array_equal(table[column], other[column], err_msg=column)
    assert read_table(actual / "history.csv")["epoch"].tolist() == list(range(1, EPOCHS + 1))
    first, second = (json.loads((run / "metrics.json").read_text()) for run in (actual, expected))
    for name in ("test_accuracy", "test_loss", "best_epoch", "settings"):
        assert first[name] == second[name]


@posix
def test_ctrl_c_says_the_command_that_goes_on(finished_run, here, done):
    words = ["train", "cnn", "--data", finished_run.parent / "stripes.npz", "--epochs", EPOCHS]
    # `--out=` is one word, and the name needs quotes in a shell.
    with started(*words, "--out=my runs/x", until="^epoch 1/") as process:
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    command = "dl-course train cnn --out 'my runs/x' --resume"
    assert said == f"dl-course: Stopped. Finished epochs are kept. Continue: {command}\n"
    assert not list(here.rglob(".part-*"))
    assert "epoch 1/" not in done(*shlex.split(command)[1:])
    assert_same_run(here / "my runs" / "x", finished_run)


@posix
def test_a_killed_run_goes_on_as_if_nothing_had_happened(finished_run, here, done):
    words = ["train", "cnn", "--data", finished_run.parent / "stripes.npz", "--epochs", EPOCHS]
    with started(*words, "--out", "x", until="^epoch 2/") as process:
        process.kill()
        process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    (here / "x" / ".part-left-by-a-kill.npz").touch()
    assert "epoch 2/" not in done("train", "cnn", "--out", "x", "--resume")
    assert_same_run(here / "x", finished_run)
    assert not list((here / "x").rglob(".part-*"))


def test_a_run_killed_in_its_first_epoch_begins_again(run, done):
    for file in run.iterdir():
        if file.is_file() and file.name != "config.json":
            file.unlink()
    config = json.loads((run / "config.json").read_text())
    config["arguments"]["epochs"] = 1
    (run / "config.json").write_text(json.dumps(config))
    assert "epoch 1/1" in done("train", "cnn", "--out", run, "--resume")
    assert (run / "model.keras").is_file()


def test_a_finished_run_is_only_measured_and_drawn_again(finished_run, run, done):
    for name in ("metrics.json", "history.csv", "model.keras"):
        (run / name).unlink()
    shutil.rmtree(run / "figures")
    before = (run / "checkpoint.npz").read_bytes()
    said = done("train", "cnn", "--out", run, "--resume")
    assert said.startswith("Training was already finished: numbers and pictures are made again.\n")
    assert "epoch 1/" not in said
    for name in ("metrics.json", "history.csv", "figures/confusion_matrix.png"):
        assert (run / name).read_bytes() == (finished_run / name).read_bytes()
    assert (run / "checkpoint.npz").read_bytes() == before


@pytest.mark.parametrize(
    "option, value, began",
    [
        ("--epochs", EPOCHS + 1, str(EPOCHS)),
        ("--seed", 1, "0"),
        ("--data", "digits", "stripes.npz"),
        ("--recipe", "document", "fast"),
        ("--batch-size", 8, "the recipe's own"),
    ],
)
def test_resume_with_a_contradiction(refused, run, option, value, began):
    text = refused("train", "cnn", "--out", run, "--resume", option, value)
    assert text.startswith(f"`{option}` must be what the run began with, ") and began in text
    assert f"Received: {option}={value}. Leave it out, or start over with --overwrite." in text


def test_resume_and_plot_with_other_data_than_the_run_began_with(refused, run, here):
    config = json.loads((run / "config.json").read_text())
    np.savez(here / "stripes.npz", **stripes(x=255 - stripes()["x"]))
    config["arguments"]["data"] = str(here / "stripes.npz")
    (run / "config.json").write_text(json.dumps(config))
    for words in (["train", "cnn", "--out", run, "--resume"], ["plot", run]):
        text = refused(*words)
        checksum = config["data"]["checksum"]
        assert f"expected the data that the run began with, checksum {checksum}." in text
    os.unlink(here / "stripes.npz")
    assert "stripes.npz: no such file" in refused("train", "cnn", "--out", run, "--resume")


def test_a_full_disk_leaves_nothing_when_no_epoch_was_finished(refused, small_disk, stripes_file):
    folder = small_disk("64k")
    text = refused("train", "cnn", "--data", stripes_file, "--out", folder / "x", "--epochs", 2)
    assert text == (
        f"{folder}/x/checkpoint.npz: No space left on device. Free some space or choose another "
        "folder. No epoch was finished, so nothing is kept."
    )


def test_a_full_disk_keeps_what_was_finished(course, done, small_disk, stripes_file):
    folder = small_disk("500k")  # one checkpoint is 450 KiB, and the next is written beside it
    out = folder / "x"
    code, _, said = course("train", "cnn", "--data", stripes_file, "--out", out, "--epochs", 2)
    go_on = f"dl-course train cnn --out {out} --resume"
    assert code == 2 and said == (
        f"dl-course: {out}/checkpoint.npz: No space left on device. Free some space or choose "
        f"another folder. Finished epochs are kept. Continue: {go_on}\n"
    )
    assert not list(out.rglob(".part-*"))
    small_disk("4m")
    assert "epoch 2/2" in done(*shlex.split(go_on)[1:])
    assert read_table(out / "history.csv")["epoch"].tolist() == [1, 2]


def test_a_full_disk_while_the_model_is_saved(course, small_disk, stripes_file):
    out = small_disk("600k") / "x"
    code, _, said = course("train", "cnn", "--data", stripes_file, "--out", out, "--epochs", 1)
    assert code == 2 and said.count("\n") == 1
    assert said.startswith(f"dl-course: {out}/model.keras: No space left on device.")
    assert not (out / "model.keras").exists() and not list(out.rglob(".part-*"))


@posix
def test_training_whose_reader_has_gone(here, capfd, monkeypatch, stripes_file):
    """As in `dl-course train ... | head -1`."""
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w", closefd=False) as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        words = f"train cnn --data {stripes_file} --out x --epochs 3".split()
        assert cli.run(words) == 141
        monkeypatch.undo()
        os.dup2(os.open(os.devnull, os.O_WRONLY), writer)  # what is still in the buffer
    said = "Finished epochs are kept. Continue: dl-course train cnn --out x --resume"
    assert capfd.readouterr().err == f"dl-course: {said}\n"


def test_an_argument_error_keeps_the_run_that_was_to_be_replaced(refused, run, stripes_file):
    before = files_under(run)
    words = ["train", "cnn", "--data", stripes_file, "--out", run, "--overwrite"]
    refused(*words, "--batch-size", 1000)
    refused(*words, "--recipe", "slow")
    assert files_under(run) == before
