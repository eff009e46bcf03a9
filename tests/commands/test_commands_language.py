"""Texts, translations and sounds: trained by one process, used from another, on your own files."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from command_lines import COMMAND, files_under
from PIL import Image
from scipy.io import wavfile

from dl_course import cli, datasets
from dl_course.commands.runs.tasks import task_class, task_names

ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
CHINESE = "零一二三四五六七八九"
TASKS = {
    "text-classifier": ("texts.csv", ["--kind", "gru", "--epochs", 2]),
    "text-generator": ("corpus.txt", ["--units", 16, "--length", 20, "--epochs", 2]),
    # As many epochs as it takes to answer at all.
    "translator": ("pairs.tsv", ["--units", 32, "--epochs", 20, "--learning-rate", 0.02]),
    "speech-classifier": ("sounds", ["--epochs", 2]),
}


def write_own_files(folder):
    """One small file, or folder, of one's own for each task."""
    rows = [f"{'good' if i % 2 else 'bad'} film number {i},{i % 2}" for i in range(60)]
    (folder / "texts.csv").write_text("\n".join(["text,label", *rows]), encoding="utf-8")
    (folder / "corpus.txt").write_text("to be or not to be, that is it.\n" * 100)
    pairs = [
        f"{ENGLISH[i]} {ENGLISH[j]}\t{CHINESE[i]}{CHINESE[j]}" for i in range(10) for j in range(10)
    ]
    (folder / "pairs.tsv").write_text("\n".join(pairs) + "\n", encoding="utf-8")
    time = np.arange(4000) / 8000
    for name, pitch in (("low", 300), ("high", 1200)):
        (folder / "sounds" / name).mkdir(parents=True)
        for i in range(20):
            tone = 0.5 * np.sin(2 * np.pi * (pitch + 7 * i) * time)
            path = folder / "sounds" / name / f"{i}.wav"
            wavfile.write(path, 8000, np.round(tone * 32767).astype(np.int16))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder with the files and, for each task, a short run `NAME`."""
    folder = tmp_path_factory.mktemp("language")
    write_own_files(folder)
    for name, (data, options) in TASKS.items():
        words = ["train", name, "--data", folder / data, "--out", folder / name]
        assert cli.run([*map(str, [*words, *options])]) == 0
    return folder


@pytest.fixture
def runs(trained, here):
    """A copy of that folder's runs and files, where the test is."""
    shutil.copytree(trained, here, dirs_exist_ok=True)
    return here


def in_another_process(*words):
    done = subprocess.run([*COMMAND, *map(str, words)], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("name", TASKS)
def test_the_run_folder_has_numbers_tables_and_pictures(trained, name):
    files = {path.name for path in files_under(trained / name)}
    assert {"config.json", "metrics.json", "model.keras", "checkpoint.npz", "history.csv"} <= files
    assert {"gradient_flow.csv", "activations.csv"} <= files
    assert ("gradient_through_time.png" in files) == (name != "speech-classifier")
    metrics = json.loads((trained / name / "metrics.json").read_text())
    measured = {key: value for key, value in metrics.items() if key.startswith("test_")}
    assert len(measured) >= 2 and np.isfinite(list(measured.values())).all()
    assert metrics["epochs"] >= 2 and metrics["parameters"] > 0
    pictures = list((trained / name / "figures").iterdir())
    assert {"loss.png", "accuracy.png", "gradient_flow.png"} <= {p.name for p in pictures}
    for path in pictures:
        with Image.open(path) as picture:
            assert min(picture.size) > 250 and np.asarray(picture.convert("L")).std() > 5


@pytest.mark.parametrize("name", TASKS)
def test_evaluate_measures_what_training_measured(runs, done, name):
    said = done("evaluate", name)
    metrics = json.loads(Path(name, "metrics.json").read_text())
    (path,) = Path(name).glob("evaluation-*.json")
    result = json.loads(path.read_text())
    for key, value in metrics.items():
        if key.startswith("test_"):
            assert result[key.removeprefix("test_")] == pytest.approx(value, rel=1e-4)
    assert said.startswith(f"{result['data']}: ") and f"on {result['examples']} " in said


@pytest.mark.parametrize("name", TASKS)
def test_a_finished_run_is_resumed_and_drawn_again(runs, done, name):
    before = {p: p.read_bytes() for p in Path(name, "figures").iterdir()}
    done("plot", name)
    assert {p: p.read_bytes() for p in Path(name, "figures").iterdir()} == before
    assert "already finished" in done("train", name, "--out", name, "--resume")


@pytest.mark.parametrize("name", TASKS)
def test_a_run_of_another_task_is_not_resumed_or_misused(runs, refused, name):
    other = "cnn"
    text = refused("train", other, "--out", name, "--resume")
    assert f"found one of dl-course train {name}" in text and f"train {name} --out" in text
    for task in map(task_class, task_names()):
        if task.use != task_class(name).use:
            words = shlex.split(task.example.replace("RUN", name))
            assert "`RUN` must be a run of dl-course train" in refused(*words)


def test_texts_are_classified_as_in_the_process_that_trained(runs, done):
    texts = ["a good film", "bad, bad, bad", "words unheard of"]
    words = ["predict", "text-classifier", *(part for text in texts for part in ("--text", text))]
    rows = [line.split("\t") for line in in_another_process(*words).splitlines()]
    assert [row[0] for row in rows] == texts
    assert {row[1] for row in rows} <= {"0", "1"}
    assert [line.split("\t") for line in done(*words).splitlines()] == rows


def test_text_is_generated_the_same_for_the_same_seed(runs, done):
    words = ["generate", "text-generator", "--prompt", "to be", "--length", 60, "--seed", 3]
    one = in_another_process(*words)
    assert one == done(*words) and one.startswith("to be") and len(one.rstrip("\n")) >= 60
    assert done(*words[:-1], 4) != one
    cold = [done(*words[:-1], seed, "--temperature", 0) for seed in (1, 2)]
    assert cold[0] == cold[1]


def test_sentences_are_translated_and_the_attention_drawn(runs, done):
    words = ["translate", "translator", "one two", "nine"]
    printed = in_another_process(*words, "--out", "attention.png")
    assert len(printed.splitlines()) == 2 and done(*words) == printed
    with Image.open("attention.png") as picture:
        assert min(picture.size) > 250


def test_sounds_are_classified_from_files(runs, done):
    words = ["predict", "speech-classifier", "--audio", "sounds/low/3.wav"]
    words += ["--audio", "sounds/high/3.wav"]
    rows = [line.split("\t") for line in in_another_process(*words).splitlines()]
    assert [row[0] for row in rows] == ["sounds/low/3.wav", "sounds/high/3.wav"]
    assert {row[2] for row in rows} <= {"low", "high"}
    assert all(re.fullmatch(r"0\.\d{4}|1\.0000", row[3]) for row in rows)


def test_sounds_at_another_rate_are_not_measured(runs, refused):
    for name in ("low", "high"):
        for path in Path("sounds", name).iterdir():
            rate, samples = wavfile.read(path)
            wavfile.write(path, rate // 2, samples[:1800])
    text = refused("evaluate", "speech-classifier", "--data", "./sounds")
    assert "expected sounds at 8000 Hz" in text and "4000 Hz" in text


def test_a_translator_is_measured_on_pairs_with_other_words(runs, done):
    lines = [f"{ENGLISH[i]} hundred\t{CHINESE[i]}百\n" for i in range(1, 10)]
    Path("other.tsv").write_text("".join(lines), encoding="utf-8")
    assert "token accuracy" in done("evaluate", "translator", "--data", "other.tsv")


@pytest.mark.parametrize("name", ["text-classifier", "text-generator", "translator"])
def test_to_evaluate_is_to_prepare_no_training(runs, done, name, monkeypatch):
    monkeypatch.setattr(datasets.Tokenizer, "fit", None)
    monkeypatch.setattr(datasets, "make_windows", None)
    monkeypatch.setattr(datasets, "short_pairs", None)
    done("evaluate", name)


TRAIN = {name: ["train", name, "--out", "r", "--data"] for name in TASKS}
BAD = {
    "pictures for texts": ([*TRAIN["text-classifier"], "digits"], ["reviews"]),
    "texts for sounds": ([*TRAIN["speech-classifier"], "reviews"], ["sounds"]),
    "a kind": ([*TRAIN["text-classifier"], "texts.csv", "--kind", "lstn"], ["`kind`", "'lstn'"]),
    "a column": (
        [*TRAIN["text-classifier"], "texts.csv", "--text-column", "body"],
        ["body", "text, label"],
    ),
    "a column of a registered set": (
        [*TRAIN["text-classifier"], "reviews", "--text-column", "body"],
        ["`text_column` must be given for a file of your own only, not for reviews"],
    ),
    "an encoding": ([*TRAIN["text-classifier"], "gb.csv"], ["0xba at position ", "--encoding"]),
    "no such encoding": (
        [*TRAIN["text-classifier"], "texts.csv", "--encoding", "utf-99"],
        ["`encoding`", "utf-99"],
    ),
    "one class": ([*TRAIN["text-classifier"], "one.csv"], ["one.csv", "class"]),
    "a broken line": ([*TRAIN["text-classifier"], "broken.jsonl"], ["broken.jsonl", "line 2"]),
    "an empty corpus": ([*TRAIN["text-generator"], "empty.txt"], ["empty.txt"]),
    "no tab": ([*TRAIN["translator"], "corpus.txt"], ["corpus.txt", "line 1"]),
    "no folder": ([*TRAIN["speech-classifier"], "nowhere"], ["nowhere"]),
    "a damaged sound": (
        ["predict", "speech-classifier", "--audio", "damaged.wav"],
        ["damaged.wav"],
    ),
    "no sound": (["predict", "speech-classifier", "--audio", "none.wav"], ["none.wav"]),
    "a negative temperature": (
        ["generate", "text-generator", "--prompt", "to", "--temperature", "-1"],
        ["`temperature`", "-1"],
    ),
    "a negative length": (["generate", "text-generator", "--length", "-1"], ["`length`", "-1"]),
    "only unknown characters": (["generate", "text-generator", "--prompt", "深度"], ["prompt"]),
    "a beam": (["translate", "translator", "one", "--beam", "0"], ["`beam`", "0"]),
    "nothing to predict": (["predict", "text-classifier"], ["--text", "none of them"]),
    "two kinds": (
        ["predict", "text-classifier", "--text", "a", "--audio", "b.wav"],
        ["--audio and --text"],
    ),
}


@pytest.mark.parametrize("words, said", BAD.values(), ids=BAD)
def test_what_cannot_be_used_is_said_in_one_line(runs, refused, words, said):
    Path("gb.csv").write_bytes("text,label\n好,1\n坏,0\n".encode("gb18030"))
    Path("one.csv").write_text("text,label\na,1\nb,1\n")
    Path("broken.jsonl").write_text('{"text": "a", "label": 1}\n{"text": \n')
    Path("empty.txt").touch()
    Path("damaged.wav").write_bytes(b"RIFF" + bytes(50))
    text = refused(*words)
    assert [part for part in said if part not in text] == []


def test_chinese_texts_in_another_encoding_are_read_when_it_is_named(here, done):
    rows = [f"{'好' if i % 2 else '坏'}电影{i},{i % 2}" for i in range(40)]
    (here / "gb.csv").write_bytes("\n".join(["text,label", *rows]).encode("gb18030"))
    words = ["--kind", "bag", "--epochs", 1, "--out", "r", "--encoding", "gb18030"]
    done("train", "text-classifier", "--data", "gb.csv", *words)
    printed = done("predict", "r", "--text", "好电影")
    assert printed.startswith("好电影\t")


NOT_SHOWN = ("table", "sequences")


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in datasets.names()
        if datasets.info(name).embedded and datasets.info(name).kind not in NOT_SHOWN
    ],
)
def test_every_embedded_set_can_be_shown(name, done, here):
    words = ["--out", "x.png"] if datasets.info(name).kind in ("images", "sounds") else []
    printed = done("data", "show", name, *words).splitlines()
    assert printed == ["x.png"] if words else 1 <= len(printed) <= 12
    if words:
        assert sys.getsizeof((here / "x.png").read_bytes()) > 5000
