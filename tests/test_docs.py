"""The documentation fails the suite when it lies."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from dl_course import cli
from docs import generate

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "data/README.md", "notebooks/assignments/README.md")
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*generate.PAGES, *generate.PARTS])
def test_the_generated_parts_are_up_to_date(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert text == generate.pages()[name], "run `make docs`"


def verbs(group: TyperGroup, prefix: str = "dl-course") -> list[str]:
    found = []
    for name in group.commands:
        command = group.get_command(typer.Context(group), name)
        words = f"{prefix} {name}"
        found += verbs(command, words) if isinstance(command, TyperGroup) else [words]
    return found


def test_every_verb_is_in_the_readme():
    missing = [verb for verb in verbs(cli.root()) if verb not in README]
    assert len(verbs(cli.root())) > 10 and missing == []


def test_every_command_in_the_readme_is_a_verb():
    shown = re.findall(r"^dl-course [a-z -]+", README, re.MULTILINE)
    assert shown and all(
        any(line.strip().startswith(verb) for verb in verbs(cli.root())) for line in shown
    )


def test_every_target_of_the_makefile_is_in_the_readme():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)
    assert "demo" in targets
    assert [t for t in targets if f"`make {t}`" not in README and t != "help"] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_to_a_file_leads_to_one(document):
    path = ROOT / document
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_every_benchmark_is_named_in_the_readme():
    scripts = [
        p.stem
        for p in (ROOT / "benchmarks").glob("*.py")
        if "def main" in p.read_text(encoding="utf-8")
    ]
    assert "mnist_cnn" in scripts
    missing = [s for s in scripts if f"benchmarks.{s}" not in README]
    assert missing == []


def test_the_script_in_the_readme_runs(tmp_path):
    script = re.search(r"```python\n(.*?)```", README, re.DOTALL)[1]
    short = script.replace("epochs=5", "epochs=1")
    assert short != script
    done = subprocess.run(
        [sys.executable, "-c", short], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert "accuracy" in done.stdout and (tmp_path / "gradient_flow.png").is_file()


def test_the_package_knows_no_other_version_than_the_changelog():
    from dl_course import __version__

    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_requirements_pin_every_package():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    packages = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert len(packages) > 50
    assert [line for line in packages if "==" not in line] == []
