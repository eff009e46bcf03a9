"""What only the text generator has: samples that improve, the document's form, a run resumed."""

import json
import re
from pathlib import Path

import pytest

from dl_course import cli

LINE = "to be or not to be, that is it.\n"


@pytest.fixture
def corpus(here):
    (here / "corpus.txt").write_text(LINE * 40)
    return here


def samples(run):
    text = Path(run, "samples.txt").read_text()
    parts = re.split(r"=== epoch (\d+), loss (\d\.\d{3}) ===\n", text)[1:]
    return [(int(parts[k]), float(parts[k + 1]), parts[k + 2]) for k in range(0, len(parts), 3)]


def test_samples_and_measures_of_a_run_and_of_one_that_goes_on(corpus, done):
    words = ["train", "text-generator", "--data", "corpus.txt", "--units", 8, "--length", 16]
    said = done(*words, "--epochs", 3, "--out", "r")
    written = samples("r")
    assert [number for number, _, _ in written] == [1, 2, 3]
    assert all(len(text.rstrip("\n")) > 250 for _, _, text in written)
    # One number in three units.
    metrics = json.loads(Path("r", "metrics.json").read_text())
    nats = metrics["test_nats_per_character"]
    assert metrics["test_bits_per_character"] == pytest.approx(nats / 0.693147, rel=1e-5)
    assert metrics["test_perplexity"] == pytest.approx(2.718282**nats, rel=1e-5)
    assert f"{nats:.4f} nats per character" in said

    done("train", "text-generator", "--out", "r", "--resume")
    assert samples("r") == written


def test_the_network_as_printed_writes_from_its_window(corpus, done):
    words = ["train", "text-generator", "--data", "corpus.txt", "--units", 8, "--length", 12]
    done(*words, "--recipe", "document", "--epochs", 1, "--out", "r")
    settings = json.loads(Path("r", "metrics.json").read_text())["settings"]
    assert (settings["optimizer"], settings["batch_size"]) == ("rmsprop", 64)
    said = done("generate", "r", "--prompt", LINE * 3, "--length", 5, "--temperature", 0)
    assert len(said) == len(LINE) * 3 + 5 + 1
    assert "nats" in done("evaluate", "r")


def test_what_the_text_or_a_window_cannot_give_is_said(corpus, refused):
    train = ["train", "text-generator", "--out", "r", "--data"]
    assert "longer than a window of 9999" in refused(*train, "corpus.txt", "--length", 9999)
    assert "`recipe` must be" in refused(*train, "corpus.txt", "--recipe", "slow")
    assert "`layers` must be" in refused(*train, "corpus.txt", "--layers", 0)
    assert "`units` must be" in refused(*train, "corpus.txt", "--units", 0)
    Path("short.txt").write_text(LINE)
    assert "at least 1,000 characters" in refused(*train, "short.txt")
    Path("latin.txt").write_bytes("é".encode("latin-1") * 2000)
    assert "byte 0xe9 at position 0" in refused(*train, "latin.txt")
    assert not Path("r").exists()
    assert cli.run([*train, "latin.txt", "--length", "0", "--encoding", "latin-1"]) == 2
