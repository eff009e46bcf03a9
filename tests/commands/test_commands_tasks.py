"""What every task declares, and what is made of it: options, tables, files, documentation."""

import dataclasses
import sys
import types

import pytest

from benchmarks import text_classification
from dl_course.commands.runs import tasks
from dl_course.commands.runs import train as train_module
from dl_course.commands.runs.options import TaskOptions, data_option, option, options_of
from dl_course.commands.runs.task import Task
from dl_course.commands.runs.tasks import (
    owned_files,
    predict_reads,
    task_class,
    task_names,
    task_of,
)
from dl_course.errors import CourseError
from dl_course.models import speech_classifier, text_classifier
from dl_course.training import RECIPES

pytestmark = pytest.mark.filterwarnings("error")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mine(TaskOptions):
    data: str = data_option("digits", "images")
    units: int = option(8, "Units of the layer.", positive=True)
    dropout: float = option(0.5, "Share dropped.", minimum=0, below=1)
    kind: str = option("lstm", "Kind of layer.", choices=("lstm", "gru"))
    length: int | None = option(None, "Longest text.", positive=True, none="any")
    shift: float = option(0.0, "Added to each input.")
    top: int = option(1, "A number with an upper limit only.", below=5)
    augment: bool = option(False, "Vary the images.")


WRONG = {
    "units": ([0, -1, 1.5, True, "3", float("inf")], "a positive integer"),
    "dropout": ([-0.1, 1, float("nan"), "0", None], "a number of at least 0 and below 1"),
    "kind": (["lstn", 3, None], "one of 'lstm', 'gru'"),
    "length": ([0, 2.5], "a positive integer"),
    "seed": ([-1, 0.5, None], "an integer of at least 0"),
    "learning_rate": ([0, -1.0, float("nan"), float("inf")], "a positive number"),
    "data": ([3, None], "a text"),
    "shift": (["0", True, None, float("nan")], "a number"),
    "top": ([5, 0.5], "an integer below 5"),
    "augment": ([1, "yes", None], "True or False"),
}


@pytest.mark.parametrize("name", WRONG)
def test_limits_are_those_declared(name):
    values, expected = WRONG[name]
    for value in values:
        with pytest.raises(CourseError, match=f"`{name}` must be {expected}. Received: {name}="):
            Mine(**{name: value})


def test_what_is_within_the_limits_is_taken_and_kept():
    mine = Mine(units=1, dropout=0, kind="gru", learning_rate=1, epochs=3)
    given = {"data": "digits", "units": 1, "dropout": 0, "kind": "gru", "learning_rate": 1}
    given |= {"shift": 0.0, "top": 1, "augment": False}
    assert mine.given() == {**given, "epochs": 3, "seed": 0}
    assert Mine.from_config(mine.given() | {"length": None}) == mine
    with pytest.raises(CourseError, match="does not know: depth, width"):
        Mine.from_config({"depth": 3, "width": 4})


def test_a_registered_set_takes_no_options_of_a_file():
    kind = task_class("text-classifier").Options
    mine = kind(data="mail.csv", text_column="body", encoding="gb18030", length=9)
    assert mine.on("other.csv").given() == mine.given() | {"data": "other.csv"}
    assert mine.on("reviews") == kind(length=9)
    old = {"data": "reviews", "text_column": "text", "encoding": "utf-8"}  # of an older version
    assert kind.from_config(old) == kind()


def test_help_says_limits_and_defaults():
    said = {described.flag: described.help for described in options_of(Mine)}
    assert said["--units"] == "Units of the layer. [at least 1; default: 8]"
    assert said["--dropout"] == "Share dropped. [at least 0 and below 1; default: 0.5]"
    assert said["--length"] == "Longest text. [at least 1; default: any]"
    assert said["--learning-rate"].endswith("[above 0; default: the recipe's own]")
    assert said["--shift"] == "Added to each input. [default: 0.0]"
    assert said["--augment/--no-augment"] == "Vary the images. [default: no]"
    assert list(said)[:2] == ["--data", "--units"] and list(said)[-1] == "--seed"


def test_a_yes_or_no_is_a_flag(done, monkeypatch):
    asked = []

    def train(name, out, options, **folder):
        asked.append(options)
        return {"headline": "", "epochs": 1, "train_seconds": 1.0, "examples_per_second": 1.0}

    monkeypatch.setattr(task_class("cnn"), "Options", Mine)
    monkeypatch.setattr(train_module, "train", train)
    for words in (["--augment"], ["--no-augment"], []):
        done("train", "cnn", "--out", "r", "--shift", "-3", *words)
    assert [options["augment"] for options in asked] == [True, False, None]
    assert asked[0]["shift"] == -3


@pytest.mark.parametrize("name", task_names())
def test_a_task_declares_all_that_others_ask(name):
    task = task_class(name)
    assert task.name() == name and task.learns and task.example.startswith(task.use.split()[0])
    assert all(described.help[0].isupper() for described in options_of(task.Options))
    assert task.in_headline <= len(task.measures)
    for file in ("figures/loss.png", "history.csv", "model.keras"):
        assert file in owned_files()
    config = {"command": f"train {name}", "arguments": task.Options().given()}
    assert task_of(config).options == task.Options()


@pytest.mark.parametrize("name", task_names())
def test_every_choice_has_its_recipe(name):
    task = task_class(name)
    assert task(task.Options()).recipe() in RECIPES
    for described in options_of(task.Options):
        for choice in described.metadata["choices"]:
            options = task.Options(**{described.name: choice})
            assert task(options).recipe() in RECIPES


def test_two_tasks_must_agree_on_what_an_option_of_predict_takes(monkeypatch):
    monkeypatch.setattr(task_class("speech-classifier"), "use", "predict --text")
    with pytest.raises(CourseError, match="declare --text of `predict` differently"):
        predict_reads()


@pytest.mark.parametrize("module", [text_classifier, speech_classifier])
def test_the_kinds_of_networks_are_those_of_the_builder(module):
    name = module.__name__.rpartition(".")[2].replace("_", "-")
    options = {described.name: described for described in options_of(task_class(name).Options)}
    assert sorted(options["kind"].metadata["choices"]) == sorted(module.KINDS)


def test_the_benchmark_trains_every_kind_of_text_classifier():
    assert sorted(text_classification._KINDS) == sorted(text_classifier.KINDS)


@pytest.mark.parametrize("names", [(), ("First", "Second")])
def test_a_module_must_declare_one_task(monkeypatch, names):
    module = types.ModuleType("dl_course.commands.runs.tasks.odd")
    module.__file__ = "tasks/odd.py"
    for name in names:
        setattr(module, name, type(name, (Task,), {"__module__": module.__name__}))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(tasks, "task_names", lambda: ["odd"])
    found = ", ".join(names) or "none"
    with pytest.raises(CourseError, match=f"odd.py: expected one subclass of Task. .*: {found}"):
        task_class("odd")
