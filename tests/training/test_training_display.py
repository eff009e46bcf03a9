"""What a run shows while it goes on: a bar, a line per epoch, a picture that grows."""

import io
import re
import sys
import time

import numpy as np
import pytest

from dl_course.training import LivePlot
from dl_course.training.progress import ProgressBar


def test_a_log_gets_one_line_per_epoch(small, blobs, quick, capsys):
    run = quick(small(), blobs, epochs=3, progress=True)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    for i, line in enumerate(lines):
        numbers = re.fullmatch(
            r"epoch (\d)/3  accuracy ([\d.]+)  loss ([\d.]+)  validation accuracy ([\d.]+)  (.*)",
            line,
        )
        assert int(numbers[1]) == i + 1
        shown = [float(numbers[k]) for k in (2, 3, 4)]
        names = ("accuracy", "loss", "val_accuracy")
        assert shown == pytest.approx([run.history[n][i] for n in names], abs=1e-4)
        assert re.fullmatch(r"\d+ s left" if i < 2 else "done", numbers[5])


def test_no_progress_says_nothing(small, blobs, quick, capfd):
    quick(small(), blobs)
    assert capfd.readouterr().out == ""


def test_a_resumed_run_counts_on(small, blobs, quick, capsys, interrupt, tmp_path):
    path = tmp_path / "checkpoint.npz"
    with pytest.raises(KeyboardInterrupt):
        quick(small(), blobs, epochs=3, checkpoint=path, callbacks=[interrupt(1, 0)])
    quick(small(), blobs, epochs=3, checkpoint=path, resume=True, progress=True)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines] == ["epoch 2/3", "epoch 3/3"]


def test_the_time_left_is_that_of_the_steps_to_come():
    bar = ProgressBar(epochs=10, done=2, measure="accuracy")
    bar.set_params({"steps": 5})
    bar.on_train_begin()
    time.sleep(0.5)
    # 2 of 40 steps took 0.5 s, so 38 take 9.5 s.
    left = re.search(r"(\d+) s left", bar._text(3, 12, {"loss": 1.0}))
    assert 9 <= int(left[1]) <= 14
    assert bar._text(10, 50, {}).endswith("done")


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


def test_a_terminal_gets_a_bar_that_ends_full(small, blobs, quick, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    quick(small(), blobs, progress=True)
    text = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", terminal.getvalue())
    last = re.split(r"[\r\n]+", text.rstrip())[-1]
    assert last.startswith("━" * 24) and "epoch 2/2" in last and "done" in last


def test_a_stopped_bar_leaves_the_terminal_to_the_next(small, blobs, quick, monkeypatch, interrupt):
    """rich refuses a second bar while a first one is still moving."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stdout", Terminal())
    with pytest.raises(KeyboardInterrupt):
        quick(small(), blobs, progress=True, callbacks=[interrupt(1, 0)])
    quick(small(), blobs, progress=True, epochs=1)


def test_the_live_plot_draws_the_history_of_the_run(small, blobs, quick):
    live = LivePlot()
    run = quick(small(), blobs, epochs=3, callbacks=[live])
    figure = live.figure()
    assert len(figure.axes) == 2
    for ax, metric in zip(figure.axes, ("loss", "accuracy"), strict=True):
        drawn = [line.get_ydata() for line in ax.lines if len(line.get_ydata()) == 3]
        for name in (metric, f"val_{metric}"):
            assert any(np.allclose(y, run.history[name]) for y in drawn), name
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    assert picture.getvalue().startswith(b"\x89PNG")


def test_the_live_plot_shows_the_epochs_before_a_resume(small, blobs, quick, tmp_path, interrupt):
    path, live = tmp_path / "checkpoint.npz", LivePlot()
    with pytest.raises(KeyboardInterrupt):
        quick(small(), blobs, epochs=4, checkpoint=path, callbacks=[interrupt(3, 0)])
    run = quick(small(), blobs, epochs=4, checkpoint=path, resume=True, callbacks=[live])
    drawn = [line.get_ydata() for line in live.figure().axes[0].lines]
    assert any(np.array_equal(y, run.history["loss"]) for y in drawn) and run.examples


def test_the_live_plot_shows_what_there_is(small, blobs, quick):
    live = LivePlot(metric="precision")
    quick(small(), blobs, validation_share=0, callbacks=[live])
    assert len(live.figure().axes) == 1


NOTEBOOK = """
import numpy as np
from dl_course.backend import set_seed
from dl_course.models import build_mlp
from dl_course.training import LivePlot, fit
x, y = np.eye(3, dtype="float32").repeat(20, axis=0), np.arange(3).repeat(20)
set_seed(0)
run = fit(build_mlp((3,), 3), ((x, y), (x, y)), recipe="document", epochs=3,
          callbacks=[LivePlot()])
"""


def test_in_a_notebook_one_line_and_one_picture_are_replaced_in_place():
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(NOTEBOOK)])
    updates = []

    class Client(nbclient.NotebookClient):
        def process_message(self, message, *arguments):
            updates.append(message["msg_type"])
            return super().process_message(message, *arguments)

    Client(notebook, timeout=120, kernel_name="python3").execute()
    outputs = notebook.cells[0].outputs
    assert [output.output_type for output in outputs] == ["display_data"] * 2, outputs
    (line,) = [output.data for output in outputs if "image/png" not in output.data]
    assert line["text/plain"].startswith("epoch 3/3  accuracy")
    assert line["text/plain"].endswith("done")
    assert updates.count("update_display_data") >= 2 + 3
