"""What every notebook keeps to; nothing is executed here."""

import ast
import re
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest

from benchmarks.notebooks import execute, main
from dl_course import syllabus
from dl_course.assignments.checking import EXERCISES

ROOT = Path(__file__).parent.parent
SHAPE = [
    "What you will learn",
    "The idea",
    "The formula",
    "From scratch",
    "In Keras",
    "Train",
    "Look",
    "Change something and see",
    "In the document",
    "Exercises",
    "What to remember",
]
ALLOWED_IMPORTS = {
    *("IPython", "dl_course", "ipywidgets", "matplotlib", "numpy"),
    *sys.stdlib_module_names,
}
ABSOLUTE = re.compile(r"""["'\s(](?:/(?:home|tmp|mnt|root|work|usr|var|Users)\b|~/|[A-Za-z]:\\)""")
SECTION = re.compile(r"\b(D[0-4]) (\d+(?:\.\d+)*(?:\.step\d+)?|Q\d+)")

every_notebook = pytest.mark.parametrize(
    "path", [pytest.param(p, id=p.stem) for p in sorted((ROOT / "notebooks").glob("*.ipynb"))]
)


def read(path):
    return nbformat.read(path, as_version=4)


def sources(path, kind):
    return [cell.source for cell in read(path).cells if cell.cell_type == kind]


def code_trees(path):
    """The code cells, parsed; a line that begins with % is IPython's and is left out."""
    for source in sources(path, "code"):
        lines = ["" if line.startswith("%") else line for line in source.splitlines()]
        yield ast.parse("\n".join(lines))


def headings(path):
    lines = [line for text in sources(path, "markdown") for line in text.splitlines()]
    return [line for line in lines if re.match(r"#+ ", line)]


def imports(path):
    """(module, name) of every import, in order; name is None for `import module`."""
    for tree in code_trees(path):
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, None) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.module, alias.name) for alias in node.names)


def public_names(room):
    """What the face of a room imports from it or defines, or what a lone file defines."""
    file = ROOT / room.replace(".", "/")
    is_face = file.is_dir()
    file = file / "__init__.py" if is_face else file.with_suffix(".py")
    names = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if is_face and isinstance(node, ast.ImportFrom) and node.module.startswith(f"{room}."):
            names.update(alias.asname or alias.name for alias in node.names)
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        names.update([getattr(node, "name", None), *(getattr(t, "id", None) for t in targets)])
    return {name for name in names if name and not name.startswith("_")}


@every_notebook
def test_it_is_a_valid_notebook_stored_as_an_editor_stores_it(path):
    text = path.read_text(encoding="utf-8")
    notebook = read(path)
    nbformat.validate(notebook)
    assert text == nbformat.writes(notebook, indent=1).rstrip("\n") + "\n"
    ids = [cell["id"] for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert notebook.metadata.kernelspec.name == "python3"
    assert set(notebook.metadata) == {"kernelspec", "language_info", "dl_course"}


@every_notebook
def test_it_is_committed_without_outputs(path):
    for cell in read(path).cells:
        assert not cell.metadata
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None


@every_notebook
def test_text_and_metadata_state_the_same_budget(path):
    first = sources(path, "markdown")[0]
    (stated,) = re.findall(r"CPU time budget: (\d+) seconds", first)
    budget = read(path).metadata.dl_course.budget_seconds
    assert int(stated) == budget <= 120


@every_notebook
def test_it_has_the_shape_of_every_chapter_in_order(path):
    title = headings(path)[0]
    chapter = syllabus.chapter(path.stem)
    assert title == f"# {chapter.number:02d} · {chapter.title}"
    found = [line.removeprefix("## ") for line in headings(path) if line.startswith("## ")]
    assert len(found) == len(SHAPE)
    for heading, part in zip(found, SHAPE, strict=True):
        assert heading.startswith(part)


@every_notebook
def test_the_sections_that_it_mirrors_stand_at_its_top_with_both_titles(path):
    top = sources(path, "markdown")[0]
    for part in syllabus.sections_of(path.stem):
        row = f"| {part.id.replace('-', ' ')} | {part.title_en} | {part.title_zh} |"
        assert row in top


@every_notebook
def test_a_heading_that_mirrors_a_section_carries_its_chinese_title(path):
    named = set()
    for heading in headings(path):
        for document, number in SECTION.findall(heading):
            part = syllabus.section(f"{document}-{number}")
            assert part.title_zh in heading
            named.add(part.id)
    assert named == {part.id for part in syllabus.sections_of(path.stem)}


@every_notebook
def test_every_section_that_is_named_exists(path):
    for text in sources(path, "markdown"):
        for document, number in SECTION.findall(text):
            assert syllabus.section(f"{document}-{number}")


@every_notebook
def test_it_names_no_place_of_one_machine_and_installs_nothing(path):
    text = "\n".join(cell.source for cell in read(path).cells)
    assert not ABSOLUTE.search(text)
    assert "pip install" not in text
    assert not [line for line in text.splitlines() if line.startswith(("!", "%pip", "%cd"))]


@every_notebook
def test_it_imports_public_names_only(path):
    for module, name in imports(path):
        assert module.split(".")[0] in ALLOWED_IMPORTS
        if module == "dl_course":
            assert (ROOT / "dl_course" / name).is_dir()
        elif module.startswith("dl_course"):
            assert name in public_names(module)
    for tree in code_trees(path):
        private = [n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)]
        assert not [attribute for attribute in private if attribute.startswith("_")]


@every_notebook
def test_it_asks_all_exercises_of_its_chapter_in_order_and_solves_none(path):
    asked, unanswered = [], []
    for tree in code_trees(path):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "check":
                asked.append(node.args[0].value)
                # A cell that nobody has answered yet holds a `...`.
                unanswered.append(... in [getattr(n, "value", None) for n in ast.walk(tree)])
    assert asked == [name for name in EXERCISES if name.startswith(path.stem[:2])]
    assert asked and all(unanswered)


def test_the_picture_of_the_pooling_exercise_is_the_one_that_is_checked():
    (picture,) = (
        ast.literal_eval(node.value.args[0])
        for tree in code_trees(ROOT / "notebooks" / "07_image_classification.ipynb")
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "picture"
    )
    blocks = np.array(picture).reshape(2, 2, 2, 2)
    assert (blocks.max(axis=(1, 3)) == EXERCISES["07-pool-by-hand"].solution).all()


def write(folder, name, *cells, budget=60):
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={"dl_course": {"budget_seconds": budget}},
    )
    path = folder / f"{name}.ipynb"
    nbformat.write(notebook, path)
    return path


def test_the_runner_tells_apart_good_slow_and_failing_notebooks(tmp_path, capfd):
    good = write(tmp_path, "00_good", "x = 1", "print(x)")
    before = good.read_bytes()
    write(tmp_path, "01_slow", "x = 1", budget=0.001)
    write(tmp_path, "02_failing", "x = 1", "y = 0\nprint(x / y)", "print('never')")

    assert main(["00"], tmp_path) == 0
    assert good.read_bytes() == before
    assert main([], tmp_path) == 1
    shown = capfd.readouterr().out
    words = [" ".join(line.split()[-1:]) for line in shown.splitlines() if line.startswith("0")]
    assert "02_failing failed in code cell 2 of 3:" in shown
    assert "    print(x / y)" in shown and "ZeroDivisionError: division by zero" in shown
    assert words[-3:] == ["yes", "slow", "failed"]


def test_the_runner_survives_a_kernel_that_dies(tmp_path):
    path = write(tmp_path, "03_dies", "import os", "os._exit(1)")
    outcome = execute(path)
    assert not outcome.ok
    assert "in code cell 2 of 2:" in outcome.failure and "os._exit(1)" in outcome.failure


def test_the_runner_refuses_a_name_that_no_notebook_has(tmp_path, capsys):
    write(tmp_path, "00_good", "x = 1")
    assert main(["07"], tmp_path) == 2
    assert "00_good. Received: '07'." in capsys.readouterr().out
