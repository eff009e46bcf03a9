"""All that can lie in a folder of submissions, good or bad, is found, named, and harmless."""

import os
import subprocess
import sys
import time
import tracemalloc
import unicodedata
from datetime import datetime

import pytest
from class_files import NAMES, find, notebook, only, put, whose, zipped

from dl_course.errors import DataError
from dl_course.grading import notebook_files
from dl_course.grading.submissions import find_submissions


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("Ana.ipynb", "Ana"),
        ("Ana.IPYNB", "Ana"),
        ("王小明_06_convolution.ipynb", "王小明"),
        ("06_convolution-王小明.ipynb", "王小明"),
        ("Ana 06_convolution (1).ipynb", "Ana"),
        ("ana_06_Convolution_more-Copy1.ipynb", "ana"),
        ("06_convolution.ipynb", "06_convolution"),
        ("J. Smith/work/deep/er/x.ipynb", "J. Smith"),
        ("submitted/Ana/06_convolution/x.ipynb", "Ana"),
        ("06_convolution/Ana.ipynb", "Ana"),
        ("Li Wei_12345_assignsubmission_file_/x.ipynb", "Li Wei (12345)"),
        ("Li Wei_12345_assignsubmission_file_homework.ipynb", "Li Wei (12345)"),
        ("Ana_de_06_convolution/x.ipynb", "Ana_de"),
        ("Zoe\u0308.ipynb", "Zoë"),
        ("王　小明 .ipynb", "王 小明"),
        ("a\nb\x1b[31m.ipynb", "a b\\x1b[31m"),
        ("\u202egpj.ipynb", "\\u202egpj"),
        ("<script>.ipynb", "<script>"),
    ],
)
def test_the_student_is_who_the_path_says(tmp_path, path, student):
    put(tmp_path / path)
    found = only(tmp_path)
    assert (found.student, found.assignment, found.problem) == (student, NAMES[0], None)
    assert found.cells == ((2, "x = 1"),) and len(found.digest) == 64
    assert "\x1b" not in found.file and "\n" not in found.file


def test_very_long_names_are_cut_and_stay_different(tmp_path):
    data = zipped([("x" * 300 + end, notebook(assignment=NAMES[0])) for end in ("a/n.ipynb",)])
    put(tmp_path / "class.zip", data)
    first = only(tmp_path / "class.zip").student
    put(tmp_path / "class.zip", data.replace(b"xa/n", b"xb/n"))
    second = only(tmp_path / "class.zip").student
    assert len(first) == len(second) == 200 and first != second


def test_the_forms_of_one_name_on_macos_and_linux_are_one_student(tmp_path):
    put(tmp_path / unicodedata.normalize("NFD", "Zoë.ipynb"))
    put(tmp_path / unicodedata.normalize("NFC", "Zoë.ipynb"), minutes=1)
    found = only(tmp_path)
    assert found.student == "Zoë" and len(found.duplicates) == 1


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="names are text there")
def test_a_name_that_is_no_text_is_shown_as_one(tmp_path):
    put(tmp_path / os.fsdecode(b"Jos\xe9.ipynb"))
    found = only(tmp_path)
    assert found.student == "Jos\\udce9"
    assert (found.student + found.file).encode()


@pytest.mark.parametrize(
    ("path", "stated", "assignment"),
    [
        ("Ana.ipynb", "07_blocks", "07_blocks"),
        ("Ana_06_convolution.ipynb", "07_blocks", "07_blocks"),
        ("Ana_06_convolution.ipynb", None, "06_convolution"),
        ("Ana_06_CONVOLUTION_more.ipynb", "99_unknown", "06_convolution_more"),
        ("Ana/07_blocks/06_convolution.ipynb", None, "06_convolution"),
        ("Ana/07_blocks/x.ipynb", None, "07_blocks"),
        ("Ana/06_convolution_and_07_blocks.ipynb", None, ""),
        ("Ana.ipynb", "99_unknown", ""),
        ("Ana.ipynb", ["06_convolution"], ""),
    ],
)
def test_the_assignment_is_what_the_notebook_or_else_its_name_says(
    tmp_path, path, stated, assignment
):
    put(tmp_path / path, notebook(assignment=stated))
    found = only(tmp_path)
    assert found.assignment == assignment
    assert bool(found.problem) == bool(found.cells == ()) == (assignment == "")
    if not assignment:
        assert "Add the assignment's name to the file's name: one of 06_conv" in found.problem.text


def test_an_assignment_is_found_as_a_word_only(tmp_path):
    for name in ("Lab1yna.ipynb", "yna.ipynb", "xlab1.ipynb", "Bo_lab1.ipynb", "lab1-Cem.ipynb"):
        put(tmp_path / name, notebook(assignment="lab1"))
    put(tmp_path / "Di_lab12.ipynb", notebook())
    found = find_submissions(tmp_path, ["lab1"])
    assert [s.student for s in found if s.cells] == ["Bo", "Cem", "Lab1yna", "xlab1", "yna"]
    assert [s.student for s in found if not s.assignment] == ["Di_lab12"]


def test_cells_are_counted_over_all_and_joined_from_lines(tmp_path):
    cells = [
        {"cell_type": "code", "source": ["a = 1\n", "b = 2"]},
        {"cell_type": "markdown", "source": "text"},
        {"cell_type": "raw", "source": 7},
        {"cell_type": "code", "source": "\ufeff你好\ud800"},
        {"cell_type": "code", "source": []},
    ]
    put(tmp_path / "Ana.ipynb", b"\xef\xbb\xbf" + notebook(assignment=NAMES[0], cells=cells))
    assert only(tmp_path).cells == ((1, "a = 1\nb = 2"), (4, "\ufeff你好\ud800"), (5, ""))


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"hello", "is damaged: it is not valid JSON"),
        (b"[" * 1_000_000, "is damaged: it is not valid JSON"),
        (b'{"cells":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "is damaged: it is not valid JSON"),
        (b"9" * 10_000, "is damaged: it is not valid JSON"),
        (b"\xff\xfe{\x00}\x00", "is not encoded in UTF-8"),
        (b"\x00" * 100, "is damaged"),
        (b"[1, 2]", "is JSON, but not a notebook"),
        (b'"text"', "is JSON, but not a notebook"),
        (b"{}", "is not a notebook of format 4"),
        (b'{"nbformat": 4}', "is not a notebook of format 4"),
        (notebook(nbformat=5), "is not a notebook of format 4"),
        (notebook(nbformat=3, worksheets=[{"cells": []}]), "is in the old format 3"),
        (notebook(cells={"cell_type": "code"}), "is not a notebook of format 4"),
        (notebook(code=5), "the source of cell 2 is not text"),
        (notebook(code=["a", 5]), "the source of cell 2 is not text"),
        (notebook(code=None), "the source of cell 2 is not text"),
        (notebook(code="#" * 2_000_000), "holds far more code than an answer needs"),
        (
            notebook(cells=[{"cell_type": "code", "source": ""}] * 2001),
            "holds far more code than an answer needs",
        ),
    ],
    ids=range(20),
)
def test_a_file_that_is_no_notebook_is_named_with_the_reason(tmp_path, data, problem):
    put(tmp_path / "Ana_06_convolution.ipynb", data)
    put(tmp_path / "Bo.ipynb")
    ana, bo = find(tmp_path)
    assert (ana.student, ana.assignment, ana.cells) == ("Ana", NAMES[0], ())
    assert problem in ana.problem.text and "\n" not in ana.problem.text
    assert bo.problem is None and bo.cells


def test_cells_that_are_no_cells_are_passed_over(tmp_path):
    cells = [3, None, [], {"cell_type": ["code"]}, {"cell_type": "code", "source": "x"}]
    put(tmp_path / "Ana.ipynb", notebook(assignment=NAMES[0], cells=cells))
    assert only(tmp_path).cells == ((5, "x"),)


def test_a_huge_notebook_is_not_read(tmp_path):
    put(tmp_path / "Ana_06_convolution.ipynb")
    os.truncate(tmp_path / "Ana_06_convolution.ipynb", 500 * 2**20)
    tracemalloc.start()
    found = only(tmp_path)
    assert "is larger than 10 MiB and was not read" in found.problem.text and found.digest == ""
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_the_newest_that_can_be_read_is_graded_and_the_others_are_named(tmp_path):
    tmp_path /= "submitted"  # says that each folder in it is a student's
    put(tmp_path / "Ana" / "old.ipynb", notebook("old", NAMES[0]), 1)
    put(tmp_path / "Ana" / "new.ipynb", notebook("new", NAMES[0]), 3)
    put(tmp_path / "Ana" / "middle" / "x.ipynb", notebook("middle", NAMES[0]), 2)
    put(tmp_path / "Ana" / "06_convolution.ipynb", b"", 4)
    put(tmp_path / "Ana" / "other.ipynb", notebook("other", NAMES[1]), 9)
    first, second = find(tmp_path)
    assert first.cells == ((2, "new"),) and first.file == "Ana/new.ipynb"
    empty, *rest = first.duplicates
    assert empty.startswith("Ana/06_convolution.ipynb (is empty")
    other = "(another name: another student's?)"
    assert rest == [f"Ana/middle/x.ipynb {other}", f"Ana/old.ipynb {other}"]
    assert second.assignment == NAMES[1] and second.duplicates == ()


def test_of_equally_new_ones_the_last_in_order_is_graded(tmp_path):
    put(tmp_path / "submitted" / "Ana" / "a.ipynb", notebook("a", NAMES[0]))
    put(tmp_path / "submitted" / "Ana" / "b.ipynb", notebook("b", NAMES[0]))
    assert [only(tmp_path).cells for _ in range(2)] == [((2, "b"),)] * 2


def test_the_same_bytes_of_two_students_are_both_graded(tmp_path):
    put(tmp_path / "Ana.ipynb")
    put(tmp_path / "Bo" / "x.ipynb")
    ana, bo = find(tmp_path)
    assert ana.digest == bo.digest and ana.duplicates == bo.duplicates == ()


@pytest.mark.parametrize("zone", [False, True])
def test_what_was_changed_after_the_due_date_is_late(tmp_path, zone):
    put(tmp_path / "Ana.ipynb", minutes=30)
    put(tmp_path / "Bo.ipynb", minutes=31)
    put(tmp_path / "Cem.zip", zipped([("x.ipynb", notebook(assignment=NAMES[0]))], minutes=32))
    due = datetime(2026, 11, 20, 12, 30)
    found = find(tmp_path, due=due.astimezone() if zone else due)
    assert [s.is_late for s in found] == [False, True, True]
    assert [s.submitted[:16] for s in found] == [f"2026-11-20T12:{m}" for m in (30, 31, 32)]
    assert datetime.fromisoformat(found[0].submitted) == due.astimezone()
    assert not any(s.is_late for s in find(tmp_path))


@pytest.mark.parametrize("moment", [-(10**12), 0, 10**15])
def test_dates_outside_the_calendar_do_no_harm(tmp_path, moment):
    put(tmp_path / "Ana.ipynb")
    try:
        os.utime(tmp_path / "Ana.ipynb", (moment, moment))
    except (OverflowError, OSError):
        pytest.skip("this file system has no such date")
    assert datetime.fromisoformat(only(tmp_path).submitted)


def test_what_systems_add_is_passed_over(tmp_path):
    put(tmp_path / "Ana" / "x.ipynb")
    for name in (".ipynb_checkpoints/x.ipynb", "__MACOSX/._x.ipynb", "._x.ipynb", ".git/y.ipynb"):
        put(tmp_path / "Ana" / name, b"junk")
        put(tmp_path / name, b"junk")
        put(tmp_path / "Bo.zip", zipped([(name, b"junk"), ("x.ipynb", notebook("", NAMES[0]))]))
    assert [(s.student, s.duplicates) for s in find(tmp_path)] == [("Ana", ()), ("Bo", ())]


def test_a_notebook_with_a_leading_dot_is_named(tmp_path):
    for name in (
        ".Ana_06_convolution.ipynb",
        "Bo/.x_06_convolution.ipynb",
        "Bo/x.ipynb",
        ".Cem.zip",
    ):
        put(tmp_path / "class" / name)
    put(
        tmp_path / "class.zip",
        zipped([(".Ana.ipynb", b""), ("Bo/x.ipynb", notebook("", NAMES[0]))]),
    )
    for source in ("class", "class.zip"):
        found = find(tmp_path / source)
        bad = [s.student for s in found if s.problem and "begins with a dot" in s.problem.text]
        assert bad == ([".Cem", "Ana"] if source == "class" else [".Ana"])
        assert [s.student for s in found if s.cells] == ["Bo"]
    (bo,) = (s for s in find(tmp_path / "class") if s.cells)
    assert "Bo/.x_06_convolution.ipynb (has a name that begins with a dot" in bo.duplicates[0]


def test_the_folder_of_grades_is_left_out(tmp_path):
    put(tmp_path / "Ana.ipynb")
    put(tmp_path / "grades" / "feedback" / "x.ipynb")
    assert whose(tmp_path, skip=tmp_path / "grades") == [("Ana", NAMES[0])]
    assert len(whose(tmp_path)) == 2


def test_a_folder_without_notebook_is_named(tmp_path):
    put(tmp_path / "Ana" / "homework.pdf", b"%PDF")
    (tmp_path / "Bo").mkdir()
    put(tmp_path / "Cem" / "x.ipynb")
    put(tmp_path / "Di.zip", zipped([("x.txt", b"")]))
    put(tmp_path / "Eva.rar", b"Rar!")
    put(tmp_path / "Fu" / "work.tar.gz", b"")
    put(tmp_path / "names.csv", b"")
    found = {s.student: s.problem and s.problem.text for s in find(tmp_path)}
    assert set(found) == {"Ana", "Bo", "Cem", "Di", "Eva", "Fu"} and found["Cem"] is None
    assert all("holds no notebook" in found[name] for name in ("Ana", "Bo", "Di"))
    assert all("is an archive that is not unpacked" in found[name] for name in ("Eva", "Fu"))


def test_a_second_folder_of_a_student_is_not_missed(tmp_path):
    put(tmp_path / "Li_1_assignsubmission_file_" / "x.ipynb")
    put(tmp_path / "Li_1_assignsubmission_onlinetext_" / "onlinetext.html", b"")
    assert whose(tmp_path) == [("Li (1)", NAMES[0])]


def test_no_submissions_are_an_error_that_says_what_to_pass(tmp_path):
    for source in (tmp_path, tmp_path / "nothing", tmp_path / "names.csv", tmp_path / "a.zip"):
        with pytest.raises(DataError, match="expected .* found .* Pass the folder") as error:
            find(source)
        assert "\n" not in str(error.value)
        put(tmp_path / "names.csv", b"")
        (tmp_path / "Ana").mkdir(exist_ok=True)
    put(tmp_path / "a.zip", b"PK no")
    with pytest.raises(DataError, match=r"a\.zip is a damaged zip file"):
        find(tmp_path / "a.zip")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a right there")
def test_links_are_not_followed(tmp_path):
    secret = tmp_path / "secret"
    put(secret / "06_convolution.ipynb")
    folder = tmp_path / "class"
    put(folder / "Ana.ipynb")
    (folder / "Bo").mkdir()
    (folder / "Bo" / "06_convolution.ipynb").symlink_to(secret / "06_convolution.ipynb")
    (folder / "Cem").symlink_to(secret)
    (folder / "Di").mkdir()
    (folder / "Di" / "loop").symlink_to(folder)
    (folder / "Eva.ipynb").symlink_to("/dev/zero")
    (folder / "Fu.zip").symlink_to(tmp_path / "nothing")
    found = {s.student: s for s in find(folder)}
    assert set(found) == {"Ana", "Bo", "Cem", "Di", "Eva", "Fu"}
    bad = [s for s in found.values() if s.problem]
    assert len(bad) == 5 and all("is a link" in s.problem.text and not s.cells for s in bad)
    put(tmp_path / "other" / "x.ipynb")
    (tmp_path / "link").symlink_to(folder)
    assert len(find(tmp_path / "link")) == 6  # the folder that the teacher names may be one


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files here")
def test_pipes_and_devices_are_not_opened(tmp_path):
    put(tmp_path / "Ana.ipynb")
    os.mkfifo(tmp_path / "Bo_06_convolution.ipynb")
    os.mkfifo(tmp_path / "Cem.zip")
    begin = time.monotonic()
    found = {s.student: s.problem and s.problem.text for s in find(tmp_path)}
    assert time.monotonic() - begin < 5
    assert all(
        "is not an ordinary file and was not opened" in found[name] for name in ("Bo", "Cem")
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files here")
def test_a_file_that_is_swapped_for_another_kind_is_not_read(tmp_path, monkeypatch):
    put(tmp_path / "real.ipynb")
    os.mkfifo(tmp_path / "Bo.ipynb")
    (tmp_path / "Cem.ipynb").symlink_to(tmp_path / "real.ipynb")
    plain = os.lstat(tmp_path / "real.ipynb")
    monkeypatch.setattr(notebook_files.os, "lstat", lambda path: plain)
    found = {s.student: s for s in find(tmp_path)}
    assert found["real"].cells and not found["Bo"].cells and not found["Cem"].cells
    assert (
        "not an ordinary file" in found["Bo"].problem.text
        and "cannot be read" in found["Cem"].problem.text
    )


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_file_without_permission_is_named(tmp_path):
    put(tmp_path / "Ana.ipynb")
    put(tmp_path / "Bo.ipynb")
    (tmp_path / "Bo.ipynb").chmod(0)
    assert "cannot be read: Permission denied" in find(tmp_path)[0].problem.text


@pytest.mark.skipif(sys.platform == "win32", reason="no such paths there")
def test_very_deep_folders_are_walked(tmp_path):
    here = os.getcwd()
    put(tmp_path / "class" / "Ana" / "x.ipynb")
    os.chdir(tmp_path / "class" / "Ana")
    try:
        for _ in range(1300):  # deeper than a function may call itself
            os.mkdir("d")
            os.chdir("d")
    finally:
        os.chdir(here)
    assert only(tmp_path / "class").cells
    subprocess.run(["rm", "-rf", tmp_path / "class"], check=True)  # shutil recurses too deep
