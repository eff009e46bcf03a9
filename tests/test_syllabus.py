import csv
import importlib
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from dl_course import syllabus
from dl_course.commands.course import chapters_table, section_view
from dl_course.errors import CourseError

ROOT = Path(__file__).parent.parent
FIXTURE = Path(__file__).with_name("document_headings.tsv")
HEADING = re.compile(r"(?P<marks>#{1,6})\s*(?:(?P<number>\d+(?:\.\d+)*)[.\s]*)?(?P<title>\S.*)")
QUESTION = re.compile(
    r"(?:###\s*问题(?P<a>\d+)：|Q(?P<b>\d+)[：.]\s*|(?P<c>\d+)\.\s*Q:\s*)(?P<title>\S.*)"
)
STEP = re.compile(r"(?P<number>\d+)\.\s*(?P<title>[^：]+)：")


def extract(document: str, text: str) -> list[tuple[str, str, str, str]]:
    """Rows (document, level, id, title): headings, numbered questions, and the steps of D2 3."""
    rows, current, unnumbered, in_code = [], "", 0, False
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("```"):
            in_code = not in_code
        if in_code:
            continue
        if match := QUESTION.fullmatch(line):
            number = match["a"] or match["b"] or match["c"]
            rows.append((document, "question", f"{document}-Q{number}", match["title"]))
        elif match := HEADING.fullmatch(line):
            level, number = len(match["marks"]), match["number"]
            if number is None and level == 1:
                number = {"结论": "conclusion"}[match["title"]]
            elif number is None:
                unnumbered += 1
                number = f"{current}.{unnumbered}"
            else:
                current, unnumbered = number, 0
            rows.append((document, str(level), f"{document}-{number}", match["title"]))
        elif (document, current) == ("D2", "3") and (match := STEP.match(line)):
            rows.append((document, "step", f"D2-3.step{match['number']}", match["title"]))
    return rows


def fixture_rows() -> list[tuple[str, str, str, str]]:
    with FIXTURE.open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file, delimiter="\t")][1:]


def printed(renderable, width: int = 100) -> str:
    """What a terminal without colour shows."""
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(renderable)
    return console.file.getvalue()


def test_every_heading_and_question_is_a_section_with_its_title_and_none_is_extra():
    sections = [(part.document, part.id, part.title_zh) for part in syllabus.SECTIONS]
    assert sections == [(document, id_, title) for document, _, id_, title in fixture_rows()]


def test_the_fixture_is_what_the_documents_hold():
    folder = os.environ.get("DL_COURSE_DOCUMENTS")
    if not folder:
        pytest.skip("DL_COURSE_DOCUMENTS does not name a folder with the five documents")
    rows = []
    for document in syllabus.DOCUMENTS:
        text = (Path(folder) / document.file).read_text(encoding="utf-8")
        rows += extract(document.id, text)
    assert rows == fixture_rows()


def test_extraction_skips_code_fences_and_numbers_what_is_unnumbered():
    text = "# 3.标题\n```python\n# 注释\n```\n## 前向传播\n## 反向传播\n# 6.附录\nQ1：什么？\n"
    assert [row[1:] for row in extract("D4", text)] == [
        ("1", "D4-3", "标题"),
        ("2", "D4-3.1", "前向传播"),
        ("2", "D4-3.2", "反向传播"),
        ("1", "D4-6", "附录"),
        ("question", "D4-Q1", "什么？"),
    ]


def test_ids_numbers_and_slugs_are_unique():
    ids = [part.id.casefold() for part in syllabus.SECTIONS]
    assert len(set(ids)) == len(ids)
    numbers = [chapter.number for chapter in syllabus.CHAPTERS]
    assert numbers == list(range(len(numbers)))


@pytest.mark.parametrize("part", syllabus.SECTIONS, ids=lambda part: part.id)
def test_every_section_has_existing_chapters_or_a_reason_for_none(part):
    assert bool(part.chapters) != bool(part.background)
    assert not (part.background and part.names)
    assert part.summary.endswith(".") and part.title_en
    if part.chapters and not part.planned:
        assert part.names, "a written chapter treats it, so something implements it"


@pytest.mark.parametrize("chapter", syllabus.CHAPTERS, ids=lambda chapter: chapter.slug)
def test_a_chapter_names_existing_sections_in_the_order_of_the_documents(chapter):
    order = [part.id for part in syllabus.SECTIONS]
    places = [order.index(section) for section in chapter.sections]
    assert places == sorted(set(places))


def test_every_chapter_but_the_first_treats_a_section():
    assert [c.number for c in syllabus.CHAPTERS if not syllabus.sections_of(c.number)] == [0]


def test_errata_name_existing_sections():
    for erratum in syllabus.ERRATA:
        assert [syllabus.section(id_).id for id_ in erratum.sections] == list(erratum.sections)
        assert all(id_.partition("-")[2] in erratum.place for id_ in erratum.sections)


def test_a_section_is_planned_until_one_of_its_chapters_is_written(monkeypatch, tmp_path):
    monkeypatch.setattr("dl_course.syllabus._chapters.notebooks_folder", lambda: tmp_path)
    several = syllabus.section("D1-2.2")
    assert several.planned and not syllabus.section("D1-3").planned  # background: nothing to come
    several.chapters[-1].notebook.touch()
    assert any(c.planned for c in several.chapters) and not several.planned


def test_a_chapter_s_names_are_what_its_notebook_imports(monkeypatch, tmp_path):
    monkeypatch.setattr("dl_course.syllabus._chapters.notebooks_folder", lambda: tmp_path)
    chapter = syllabus.Chapter("77_new", "New", ("D1-3.1",))
    assert chapter.planned and chapter.names == ()
    cells = [
        {"cell_type": "markdown", "source": ["from dl_course.scratch import nothing"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "import numpy as np\n"]},
        {"cell_type": "code", "source": ["from dl_course.scratch import (\n", "  a, b as c)"]},
    ]
    (tmp_path / "77_new.ipynb").write_text(json.dumps({"cells": cells}))
    written = syllabus.Chapter("77_new", "New", ("D1-3.1",))
    assert (written.number, written.status) == (77, "written")
    assert written.names == ("dl_course.scratch.a", "dl_course.scratch.b")


def test_a_section_without_names_of_its_own_has_those_of_its_chapters():
    part = syllabus.Section("D1-4.1", "", "", "")
    assert set(part.names) == {name for chapter in part.chapters for name in chapter.names}


@pytest.mark.parametrize("entry", syllabus.SECTIONS + syllabus.CHAPTERS, ids=str)
def test_every_dotted_name_exists(entry):
    for name in entry.names:
        module, _, attribute = name.rpartition(".")
        assert hasattr(importlib.import_module(module), attribute)


def test_notebooks_are_the_written_chapters():
    notebooks = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert notebooks == {c.slug for c in syllabus.CHAPTERS if c.status == "written"}


def test_lookups_accept_what_people_type():
    assert syllabus.section(" d1 3.1 ").id == syllabus.section("D1-3.1").id == "D1-3.1"
    assert syllabus.section("d0 q1").id == "D0-Q1"
    assert syllabus.section("D2-3.STEP1").id == "D2-3.step1"
    found = {syllabus.chapter(key).number for key in (7, "7", "07", "07_image_classification")}
    assert found == {7}


def test_subsections_are_those_directly_below():
    assert [part.id for part in syllabus.subsections("D3-2")] == ["D3-2.1", "D3-2.2", "D3-2.3"]
    assert len(syllabus.subsections("D2-3")) == 8
    assert [part.id for part in syllabus.subsections("D0-6")] == ["D0-Q1", "D0-Q2", "D0-Q3"]
    assert syllabus.subsections("D1-3.3.1.1") == ()


@pytest.mark.parametrize(
    ("unknown", "advice"),
    [("D1-3.9", "D1-3.1"), ("D1-Q9", "D1-Q1"), ("banana", "Ids look like"), ("", "Ids look like")],
)
def test_an_unknown_section_gives_one_line_with_the_closest_ids(unknown, advice):
    with pytest.raises(CourseError) as caught:
        syllabus.section(unknown)
    message = str(caught.value)
    assert f"Received: section_id={unknown!r}" in message and advice in message
    assert "\n" not in message


@pytest.mark.parametrize("unknown", [len(syllabus.CHAPTERS), -1, "image", True, None])
def test_an_unknown_chapter_gives_one_line(unknown):
    last = syllabus.CHAPTERS[-1].number
    with pytest.raises(CourseError, match=f"a number from 0 to {last} or a chapter's slug"):
        syllabus.chapter(unknown)


@pytest.mark.parametrize("width", [80, 160])
def test_the_chapters_table_breaks_no_word_and_marks_what_is_planned(width):
    lines = printed(chapters_table(), width).splitlines()
    assert max(map(len, lines)) <= width
    for chapter in syllabus.CHAPTERS:
        row = next(line for line in lines if chapter.slug in line)
        assert chapter.status in row
        if chapter.number:
            assert chapter.sections[0].split("-")[0] in row


@pytest.mark.parametrize("part", syllabus.SECTIONS, ids=lambda part: part.id)
def test_a_section_is_shown_with_all_that_the_map_holds(part):
    text = printed(section_view(part.id), width=400)
    assert part.title_zh in text and part.title_en in text and part.summary in text
    assert (f"{part.title_en} (planned)" in text) == part.planned
    for chapter in part.chapters:
        assert f"{chapter.slug}: {chapter.title} ({chapter.status})" in text
    assignments = [chapter.assignment for chapter in part.chapters]
    assert all(name in text for name in assignments)
    assert ("none yet" in text) == (bool(part.chapters) and not any(assignments))
    assert part.background in text
    for wanted in part.names + tuple(e.correct for e in syllabus.errata_of(part.id)):
        assert wanted in text


def test_a_function_is_shown_with_the_first_line_of_its_docstring():
    from dl_course.models import build_cnn

    assert build_cnn.__doc__.splitlines()[0] in printed(section_view("D1-3.1"), width=400)


def test_the_map_starts_nothing_heavy():
    heavy = ("numpy", "matplotlib", "keras", "tensorflow", "sklearn", "PIL", "pooch", "rich")
    code = (
        "import sys, dl_course.syllabus, dl_course.commands.course\n"
        "dl_course.commands.course._section_rows(dl_course.syllabus.section('D1-3.1'))\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
