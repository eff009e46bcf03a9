"""A run that was stopped goes on as if nothing had happened."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from dl_course.diagnostics import ActivationFlow, GradientFlow
from dl_course.errors import CourseError, TrainingError
from dl_course.models import build_mlp
from dl_course.training.checkpoint import Checkpoint


def recorders(data):
    (x, y), _ = data
    return [GradientFlow(x[:8], y[:8]), ActivationFlow(x[:8], every=2)]


@pytest.mark.backend
def test_the_same_seed_gives_the_same_run_and_another_another(restless, noise, quick, same_run):
    arguments = {"batch_size": 16}
    first = quick(restless(), noise, **arguments)
    same_run(first, quick(restless(), noise, **arguments))
    assert quick(restless(), noise, seed=1, **arguments).history["loss"] != first.history["loss"]


@pytest.mark.backend
@pytest.mark.jax
def test_a_run_stopped_by_ctrl_c_goes_on_exactly(
    restless, noise, quick, same_run, interrupt, tmp_path
):
    """All of it: history, weights, drawn masks and turned images, moving averages, records."""
    arguments = {"epochs": 3, "batch_size": 16, "recipe": "fast"}
    undisturbed = quick(restless(), noise, recorders=recorders(noise), **arguments)
    for epoch, batch in [(0, 1), (1, 0), (2, 3)]:
        path = tmp_path / f"{epoch}.npz"
        stop = interrupt(epoch, batch)
        arguments |= {"checkpoint": path}
        with pytest.raises(KeyboardInterrupt):
            quick(restless(), noise, recorders=recorders(noise), callbacks=[stop], **arguments)
        assert path.exists() == (epoch > 0)
        if path.exists():
            assert Checkpoint.load(path).epoch == epoch
        resumed = quick(
            restless(), noise, recorders=recorders(noise), resume=path.exists(), **arguments
        )
        same_run(resumed, undisturbed)
        assert len(resumed.history["seconds"]) == 3
        for one, other in zip(resumed.recorders, undisturbed.recorders, strict=True):
            assert one.records.keys() == other.records.keys()
            for name, column in one.records.items():
                np.testing.assert_array_equal(column, other.records[name])


def test_a_finished_run_is_resumed_without_a_step(small, blobs, quick, same_run, tmp_path):
    path = tmp_path / "checkpoint.npz"
    done = quick(small(), blobs, checkpoint=path)
    written = path.stat().st_mtime_ns
    again = quick(small(), blobs, checkpoint=path, resume=True)
    same_run(again, done)
    assert again.history["seconds"] == done.history["seconds"]
    assert path.stat().st_mtime_ns == written


def test_early_stopping_and_the_best_weights_survive_a_stop(
    restless, noise, quick, same_run, interrupt, tmp_path
):
    arguments = {"epochs": 40, "batch_size": 16, "patience": 3, "learning_rate": 0.03}
    undisturbed = quick(restless(), noise, **arguments)
    ended = len(undisturbed.history["loss"])
    assert ended == undisturbed.best_epoch + 3 < 40
    path = tmp_path / "checkpoint.npz"
    with pytest.raises(KeyboardInterrupt):
        # After the best epoch, whose weights only the checkpoint has then.
        stop = interrupt(undisturbed.best_epoch + 1, 1)
        quick(restless(), noise, checkpoint=path, callbacks=[stop], **arguments)
    resumed = quick(restless(), noise, checkpoint=path, resume=True, **arguments)
    same_run(resumed, undisturbed)
    again = quick(restless(), noise, checkpoint=path, resume=True, **arguments)
    same_run(again, undisturbed)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The content of the checkpoint of a short run of `small` on `blobs`."""

    def run(small, blobs, quick):
        path = tmp_path_factory.getbasetemp() / "finished.npz"
        if not path.exists():
            quick(small(), blobs, checkpoint=path, epochs=1, seed=0)
        return path.read_bytes()

    return run


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("recipe", "fast"),
        ("epochs", 3),
        ("batch_size", 16),
        ("learning_rate", 0.01),
        ("seed", 1),
        ("validation_share", 0.2),
    ],
)
def test_a_run_is_resumed_only_with_its_own_settings(
    argument, value, small, blobs, quick, finished, tmp_path
):
    path = tmp_path / "checkpoint.npz"
    before = finished(small, blobs, quick)
    path.write_bytes(before)
    changed = {"epochs": 1, "seed": 0} | {argument: value}
    with pytest.raises(TrainingError, match=f"^`{argument}` must be what the run began with"):
        quick(small(), blobs, checkpoint=path, resume=True, **changed)
    assert path.read_bytes() == before


def test_a_run_is_resumed_only_with_as_much_data(small, blobs, quick, tmp_path):
    path = tmp_path / "checkpoint.npz"
    quick(small(), blobs, checkpoint=path, batch_size=16)
    (x, y), test = blobs
    with pytest.raises(TrainingError, match="`steps_per_epoch` .*Continue with the run's.*data"):
        quick(small(), ((x[:30], y[:30]), test), batch_size=16, checkpoint=path, resume=True)


def test_the_checkpoint_of_another_model_is_refused(small, blobs, quick, tmp_path):
    path = tmp_path / "checkpoint.npz"
    quick(small(), blobs, checkpoint=path)
    for other in (build_mlp((4,), 3, hidden_units=(9,)), build_mlp((4,), 3, hidden_units=(8, 8))):
        with pytest.raises(
            TrainingError, match="belongs to another model.*remove the file and start"
        ):
            quick(other, blobs, checkpoint=path, resume=True)


def test_a_missing_checkpoint_is_one_clear_line(small, blobs, quick, tmp_path):
    with pytest.raises(TrainingError, match="no.npz: expected the checkpoint .* found none"):
        quick(small(), blobs, checkpoint=tmp_path / "no.npz", resume=True)
    with pytest.raises(CourseError, match="`checkpoint` must be a file when `resume` is True"):
        quick(small(), blobs, resume=True)


def test_recorders_that_a_checkpoint_could_not_tell_apart_are_refused(
    small, blobs, quick, tmp_path
):
    (x, y), _ = blobs
    two = [GradientFlow(x[:4], y[:4]), GradientFlow(x[4:8], y[4:8])]
    with pytest.raises(CourseError, match="^`recorders` must be of different names"):
        quick(small(), blobs, recorders=two, checkpoint=tmp_path / "checkpoint.npz")
    two[1].name = "gradient_flow_of_others"
    quick(small(), blobs, recorders=two, checkpoint=tmp_path / "checkpoint.npz", epochs=1)
    assert Checkpoint.load(tmp_path / "checkpoint.npz").records.keys() == {r.name for r in two}


def example() -> Checkpoint:
    return Checkpoint(
        epoch=2,
        settings={"seed": 1, "learning_rate": 0.1},
        history={"loss": [1 / 3, float("nan")]},
        variables=[np.arange(6, dtype="float32").reshape(2, 3), np.array(7, "int64")],
        optimizer=[np.array(3, "int32")],
        best=[np.ones((2, 3), "float32"), np.array(7, "int64")],
        records={"a": {"layer": np.array(["x", "y"]), "counts": np.ones((2, 20), "int64")}},
    )


def test_a_checkpoint_comes_back_as_it_went(tmp_path):
    example().save(tmp_path / "c.npz")
    back, gone = Checkpoint.load(tmp_path / "c.npz"), example()
    assert (back.epoch, back.settings) == (gone.epoch, gone.settings)
    np.testing.assert_array_equal(back.history["loss"], gone.history["loss"])
    for group in ("variables", "optimizer", "best"):
        for one, other in zip(getattr(back, group), getattr(gone, group), strict=True):
            assert one.dtype == other.dtype and np.array_equal(one, other)
    for name, column in gone.records["a"].items():
        assert np.array_equal(back.records["a"][name], column)


def test_a_damaged_checkpoint_is_one_clear_line_and_never_a_traceback(tmp_path):
    path = tmp_path / "c.npz"
    example().save(path)
    content = path.read_bytes()
    rng = np.random.default_rng(0)
    refused = 0
    for i in range(600):
        damaged = bytearray(content[: rng.integers(len(content)) if i % 3 == 0 else None])
        for position in rng.integers(len(damaged), size=2) if damaged else ():
            damaged[position] ^= rng.integers(1, 256)
        path.write_bytes(damaged)
        try:
            Checkpoint.load(path)
        except TrainingError as error:
            refused += 1
            assert str(error).startswith(f"{path}: expected a checkpoint, received a damaged")
    assert refused > 500  # a changed time stamp in the archive does no harm


def test_a_file_that_holds_something_else_is_refused(tmp_path):
    path = tmp_path / "c.npz"
    np.savez(path, x=np.ones(3))
    with pytest.raises(TrainingError, match="damaged"):
        Checkpoint.load(path)
    np.savez(path, meta=np.array("{}"))
    with pytest.raises(TrainingError, match="damaged"):
        Checkpoint.load(path)
    with path.open("wb") as file:
        np.save(file, np.ones(3))
    with pytest.raises(TrainingError, match="damaged"):
        Checkpoint.load(path)
    with path.open("wb") as file:
        np.save(file, np.array([{"a": print}], object), allow_pickle=True)
    with pytest.raises(TrainingError, match="damaged"):
        Checkpoint.load(path)


def test_a_checkpoint_that_does_not_fit_on_the_disk_leaves_the_old_one(tmp_path):
    resource = pytest.importorskip("resource", reason="file size limits are of Unix")
    path = tmp_path / "c.npz"
    example().save(path)
    large = example()
    large.variables = [np.zeros(100_000)]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(OSError):
            large.save(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert Checkpoint.load(path).variables[1] == 7 and os.listdir(tmp_path) == ["c.npz"]


RUN = """
import sys, time
from pathlib import Path
import numpy as np
from dl_course.backend import keras, set_seed
from dl_course.diagnostics import ActivationFlow, GradientFlow
from dl_course.training import fit

checkpoint, out, pause = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
rng = np.random.default_rng(0)
x, y = rng.normal(size=(64, 4)).astype("float32"), np.arange(64) % 2
set_seed(0)
model = keras.Sequential([
    keras.Input((4,)), keras.layers.Dense(8, activation="relu"), keras.layers.Dropout(0.5),
    keras.layers.Dense(2, activation="softmax")])
recorders = [GradientFlow(x[:8], y[:8]), ActivationFlow(x[:8], every=3)]

class Slowly(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        time.sleep(pause)
    def on_epoch_begin(self, epoch, logs=None):
        print(f"epochs done: {epoch}", flush=True)

run = fit(model, ((x, y), (x, y)), recipe="fast", epochs=20, batch_size=16, progress=False,
          recorders=recorders, callbacks=[Slowly()], checkpoint=checkpoint,
          resume=checkpoint.exists())
records = {f"{r.name}/{k}": v for r in recorders for k, v in r.records.items()}
np.savez(out, **{k: v for k, v in run.history.items() if k != "seconds"}, **records,
         **{f"weight {i}": w for i, w in enumerate(model.get_weights())})
"""


def start(checkpoint, out, pause) -> subprocess.Popen:
    arguments = [sys.executable, "-c", RUN, checkpoint, out, str(pause)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def kill_at_some_moment(process, epochs: int, delay: float) -> None:
    """Kills a run with SIGKILL a while after it has finished so many epochs more."""
    for _ in range(epochs + 1):
        line = process.stdout.readline()
        assert line.startswith("epochs done: "), line + process.stdout.read()
    time.sleep(delay)
    process.kill()
    assert process.wait() == -signal.SIGKILL, "the run was over before it was killed"
    process.stdout.close()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on Windows")
def test_a_run_killed_again_and_again_ends_as_the_undisturbed_one(tmp_path):
    rng = np.random.default_rng(0)
    checkpoint = tmp_path / "checkpoint.npz"
    undisturbed = start(tmp_path / "other.npz", tmp_path / "undisturbed.npz", pause=0)
    done = []
    for epochs in (0, 2, 1):
        # A step takes about 0.03 s, an epoch with its checkpoint 0.15 s.
        kill_at_some_moment(
            start(checkpoint, tmp_path / "killed.npz", pause=0.03), epochs, rng.uniform(0, 0.4)
        )
        if checkpoint.exists():
            state = Checkpoint.load(checkpoint)
            assert {len(column) for column in state.history.values()} == {state.epoch}
            done.append(state.epoch)
    assert done == sorted(done) and 3 <= done[-1] < 20
    last = start(checkpoint, tmp_path / "killed.npz", pause=0)
    for process in (last, undisturbed):
        output, _ = process.communicate()
        assert process.returncode == 0, output
    with np.load(tmp_path / "killed.npz") as a, np.load(tmp_path / "undisturbed.npz") as b:
        assert a.files == b.files and len(a["loss"]) == 20
        for name in a.files:
            np.testing.assert_array_equal(a[name], b[name], err_msg=name)
