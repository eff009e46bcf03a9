"""`dl-course chapters` and `dl-course section`: the map of the course, printed.

Neither starts Keras: the one-line descriptions are read from the source files, not imported.
"""

import ast
import itertools
from pathlib import Path
from typing import TYPE_CHECKING

from dl_course import syllabus

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

_PACKAGE = Path(__file__).resolve().parent.parent
_STYLES = {"written": "green", "planned": "yellow"}


def chapters_table() -> "Table":
    """Returns the table of all chapters with their sections and whether they are written.

    Returns:
        A rich table, one row per chapter: its notebook's name, its sections, its status.

    Example:
        >>> chapters_table().row_count == len(syllabus.CHAPTERS)
        True
    """
    from rich.text import Text

    from dl_course.commands.table import FittingTable

    headers = ("Chapter", "Sections", "Status")
    table = FittingTable(*headers, yielding=(1,), title="Chapters of the course")
    for chapter in syllabus.CHAPTERS:
        status = Text(chapter.status, style=_STYLES[chapter.status])
        table.add_row(chapter.slug, _section_list(chapter.number), status)
    return table


def section_view(section_id: str) -> "RenderableType":
    """Returns what the course has for one section of a document.

    Args:
        section_id: such as "D1-3.1"; forms as for `dl_course.syllabus.section`.

    Returns:
        A rich table of two columns: titles, document, summary, chapters with their status,
        functions with their one-line descriptions, assignment, subsections, and the places
        where the document is wrong.

    Raises:
        CourseError: there is no such section.

    Example:
        >>> section_view("D1-3.1").row_count
        7
    """
    from rich.text import Text

    from dl_course.commands.table import FittingTable

    part = syllabus.section(section_id)
    table = FittingTable("", "", yielding=(1,), title=f"Section {part.id}")
    table.columns[0].style = "bold"
    for label, lines in _section_rows(part):
        # Text, not markup: the errata hold square brackets.
        table.add_row(label, Text("\n").join(Text(line) for line in lines))
    return table


def _section_rows(part: syllabus.Section) -> list[tuple[str, list[str]]]:
    """Returns the rows of `section_view`: a label and lines of plain text."""
    document = next(d for d in syllabus.DOCUMENTS if d.id == part.document)
    planned = " (planned)" if part.planned else ""
    rows = [
        ("Title", [f"{part.title_en}{planned}", part.title_zh]),
        ("Document", [f"{document.id}, {document.subject}", document.file]),
        ("It states", [part.summary]),
    ]
    if part.background:
        rows.append(("Background", [f"No code. {part.background}"]))
    else:
        assignments = [chapter.assignment for chapter in part.chapters if chapter.assignment]
        rows += [
            ("Chapters", [f"{c.slug}: {c.title} ({c.status})" for c in part.chapters]),
            ("In the package", [_describe(name) for name in part.names] or ["nothing yet"]),
            ("Assignment", assignments or ["none yet"]),
        ]
    below = [f"{s.id} {s.title_en} ({_state(s)})" for s in syllabus.subsections(part.id)]
    if below:
        rows.append(("Subsections", below))
    for erratum in syllabus.errata_of(part.id):
        lines = [f"{erratum.place}: {erratum.wrong}", f"Correct: {erratum.correct}"]
        rows.append(("In the document", lines))
    return rows


def _state(part: syllabus.Section) -> str:
    """Returns "background", or the section's chapters and whether none is written yet."""
    if part.background:
        return "background"
    noun = "chapter" if len(part.chapters) == 1 else "chapters"
    numbers = ", ".join(f"{chapter.number:02d}" for chapter in part.chapters)
    return f"{noun} {numbers}{', planned' if part.planned else ''}"


def _section_list(number: int) -> str:
    """Returns the sections of a chapter, grouped: "D1 2.2 3.1 4.1; D2 4".

    A section is left out when the one above it is listed.
    """
    parts = syllabus.sections_of(number)
    covered = {below.id for part in parts for below in syllabus.subsections(part.id)}
    listed = [part for part in parts if part.id not in covered]
    groups = itertools.groupby(listed, key=lambda part: part.document)
    return "; ".join(
        f"{document} " + " ".join(part.id.removeprefix(f"{document}-") for part in group)
        for document, group in groups
    )


def _describe(name: str) -> str:
    """Returns a dotted name with the first line of its docstring, when it has one."""
    line = _first_docstring_line(name)
    return f"{name}: {line}" if line else name


def _first_docstring_line(name: str) -> str:
    """Returns the first docstring line of a dotted name without importing anything.

    It may be defined in any file of its subpackage; a constant has no docstring and gives "".
    """
    _, *place, thing = name.split(".")
    room = _PACKAGE.joinpath(*place)
    for file in [room.with_suffix(".py"), *sorted(room.rglob("*.py"))]:
        if not file.is_file():
            continue
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == thing:
                return (ast.get_docstring(node) or "").partition("\n")[0]
    return ""
