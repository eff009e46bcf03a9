"""Tables at the command line: words stay whole while there is room for the longest ones."""

import io

import pytest
from rich.console import Console

from dl_course.commands.assignments import masters_table
from dl_course.commands.data import sets_table
from dl_course.commands.doctor import doctor_table
from dl_course.commands.table import FittingTable


def lines(table, width):
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(table)
    return console.file.getvalue().splitlines()


@pytest.fixture
def table():
    table = FittingTable("Name", "Content", "Where", yielding=(1, 2), title="Sets")
    table.add_row("california_housing", "20,640 districts in 1990, prices", "in the cache")
    table.add_row("digits", "handwritten digits", "embedded")
    return table


@pytest.mark.parametrize("width", range(50, 90))
def test_no_line_is_too_long_and_no_word_is_broken(table, width):
    shown = lines(table, width)
    assert max(map(len, shown)) <= width
    words = {word for line in shown for word in line.split()}
    assert {"california_housing", "districts", "handwritten", "prices", "cache"} <= words


def test_the_least_important_column_gives_way_first(table):
    assert any("in the cache" in line for line in lines(table, 66))
    assert not any("20,640 districts in 1990, prices" in line for line in lines(table, 66))


def test_in_a_very_narrow_terminal_every_character_is_still_there(table):
    shown = "".join(lines(table, 46))
    assert "california_housing" in shown and max(map(len, lines(table, 46))) <= 46


def test_a_table_without_rows_is_drawn(table):
    assert lines(FittingTable("A", "B", yielding=(1,)), 20)


@pytest.mark.parametrize("make", [sets_table, doctor_table, lambda: masters_table(None)])
def test_the_course_s_tables_fit_80_columns_and_break_no_short_word(make):
    shown = lines(make(), 80)
    assert max(map(len, shown)) <= 80
    words = {word for line in shown for word in line.split()}
    cells = " ".join(str(cell) for column in make().columns for cell in column.cells)
    short = {word for word in cells.split() if len(word) < 12}
    assert short <= words
