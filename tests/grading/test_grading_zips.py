"""Zip files of a class and of students, among them the worst, are read without harm."""

import io
import os
import stat
import struct
import time
import tracemalloc
import zipfile
import zlib

import pytest
from class_files import NAMES, find, notebook, only, put, whose, zipped

from dl_course.errors import DataError
from dl_course.grading import reading, zip_files

GOOD = notebook(assignment=NAMES[0])


def entry(name, data, *, method=zipfile.ZIP_DEFLATED, flags=0, size=None, mode=0):
    """Returns the bytes of a zip file with one entry, whose header may lie."""
    raw = name if isinstance(name, bytes) else name.encode()
    packed = data
    if method == zipfile.ZIP_DEFLATED:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(data) + packer.flush()
    size = len(data) if size is None else size
    fields = (20, flags, method, 0x6000, 0x5D74, zlib.crc32(data), len(packed), size, len(raw))
    local = struct.pack("<4s5H3L2H", b"PK\3\4", *fields, 0) + raw + packed
    central = struct.pack("<4s6H3L5H2L", b"PK\1\2", 0x314, *fields, *[0] * 4, mode << 16, 0) + raw
    counts = (0, 0, 1, 1, len(central), len(local), 0)
    return local + central + struct.pack("<4s4H2LH", b"PK\5\6", *counts)


@pytest.fixture
def one(tmp_path):
    """Grades a class of two, of whom Bo handed in the given zip file; returns Bo's."""

    def grade(data):
        put(tmp_path / "class" / "Ana.ipynb")
        put(tmp_path / "class" / "Bo_06_convolution.zip", data)
        before = sorted(tmp_path.rglob("*"))
        ana, *rest = find(tmp_path / "class")
        assert ana.cells and sorted(tmp_path.rglob("*")) == before  # nothing was extracted
        (bo,) = rest
        assert bo.student == "Bo" and not (bo.problem and "\n" in bo.problem.text)
        return bo

    return grade


def test_a_zip_file_is_one_students_whatever_folders_are_in_it(one):
    bo = one(zipped([("home/work/x.ipynb", GOOD), ("Ana/x.ipynb", GOOD), ("data.csv", b"")]))
    assert bo.cells and not bo.problem
    assert bo.file == "Bo_06_convolution.zip/home/work/x.ipynb"
    other = "(another name: another student's?)"
    assert bo.duplicates == (f"Bo_06_convolution.zip/Ana/x.ipynb {other}",)


def test_a_zip_file_in_a_students_folder_is_read(tmp_path):
    put(tmp_path / "Ana" / "homework.zip", zipped([("x.ipynb", GOOD)]))
    assert whose(tmp_path) == [("Ana", NAMES[0])]


@pytest.mark.parametrize("above", ["", "submitted/", "class/", "class/submitted/"])
def test_a_zip_file_of_a_class_is_like_a_folder(tmp_path, above):
    names = ("Ana/x.ipynb", "Bo_06_convolution.ipynb", "Li_7_assignsubmission_file_/deep/x.ipynb")
    entries = [(f"{above}{name}", GOOD) for name in (*names, "__MACOSX/._x.ipynb")]
    entries += [(f"{above}Di/", b""), (f"{above}Eva/x.pdf", b""), (f"{above}roster.csv", b"")]
    put(tmp_path / "class.zip", zipped(entries))
    found = find(tmp_path / "class.zip")
    assert [s.student for s in found if s.cells] == ["Ana", "Bo", "Li (7)"]
    assert [s.student for s in found if s.problem and "holds no notebook" in s.problem.text] == [
        "Di",
        "Eva",
    ]


def test_a_class_in_a_zip_file_in_the_folder_is_not_taken_for_students(one):
    names = ("Li_1_assignsubmission_file_", "Wu_2_assignsubmission_file_")
    bo = one(zipped([(f"{name}/x.ipynb", GOOD) for name in names]))
    assert "holds a whole class. Grade it on its own" in bo.problem.text


@pytest.mark.parametrize("lie", [None, 1000])
def test_a_zip_bomb_is_read_no_further_than_the_limit(one, lie, tmp_path):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("x.ipynb", "w") as file:
            for _ in range(1024):
                file.write(bytes(2**20))
    data = bomb.getvalue()
    assert len(data) < 10 * 2**20
    if lie:  # both headers say that 1 GB are 1000 bytes
        data = data.replace(struct.pack("<L", 2**30), struct.pack("<L", lie))
    tracemalloc.start()
    begin = time.monotonic()
    bo = one(data)
    assert time.monotonic() - begin < 5 and tracemalloc.get_traced_memory()[1] < 40 * 2**20
    tracemalloc.stop()
    assert ("is damaged in its zip file" if lie else "is larger than 10 MiB") in bo.problem.text


def test_a_notebook_larger_than_its_header_says_is_not_cut_but_refused(one):
    assert (
        "is damaged in its zip file" in one(entry("x.ipynb", GOOD, size=len(GOOD) - 2)).problem.text
    )
    assert one(entry("x.ipynb", GOOD)).cells
    more = one(entry("x.ipynb", GOOD, size=len(GOOD) + 50))
    assert more.problem or more.cells == ((2, "x = 1"),)


def test_methods_that_unpack_without_limit_are_refused(one):
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 93, 99):
        bo = one(entry("x.ipynb", b"BZh9", method=method))
        assert "is packed in an unusual way" in bo.problem.text


def test_all_notebooks_of_a_student_together_have_a_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "LARGEST_TOTAL", 3 * 2**20)
    large = notebook("x", NAMES[0]) + b" " * 2**20
    entries = [(f"Ana/{k}_{NAMES[0]}.ipynb", large) for k in range(6)]
    entries.append(("Bo/x.ipynb", large))
    put(tmp_path / "class.zip", zipped(entries))
    ana, bo = find(tmp_path / "class.zip")
    put(tmp_path / "class" / "Ana.zip", zipped(entries[:6]))
    for found in (ana, only(tmp_path / "class")):
        problem = "all notebooks together are larger than 3 MiB"
        unread = [name for name in found.duplicates if problem in name]
        assert found.cells and len(unread) == 4 and len(found.duplicates) == 5
    assert bo.cells


def test_too_many_files_are_not_gone_through(tmp_path, monkeypatch):
    many = zipped([(f"{k}.txt", b"") for k in range(10_001)])
    put(tmp_path / "class" / "Ana.zip", many)
    put(tmp_path / "class" / "Bo.ipynb")
    ana, bo = find(tmp_path / "class")
    assert "holds too much" in ana.problem.text and bo.cells
    monkeypatch.setattr(zip_files, "_DIRECTORY_OF_STUDENT", 2**16)
    assert "holds too much" in find(tmp_path / "class")[0].problem.text


def test_a_directory_of_a_hundred_thousand_files_is_not_even_read(one):
    count = 200_000
    central = struct.pack("<4s6H3L5H2L", b"PK\1\2", *[0] * 16) * count
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(central), 0, 0)
    tracemalloc.start()
    bo = one(central + end)
    assert "holds too much" in bo.problem.text
    assert tracemalloc.get_traced_memory()[1] < 20 * 2**20
    tracemalloc.stop()


@pytest.mark.parametrize(
    "name",
    [
        "../../06_convolution.ipynb",
        "/etc/06_convolution.ipynb",
        "a/../../06_convolution.ipynb",
        "..\\..\\06_convolution.ipynb",
        "C:\\Users\\06_convolution.ipynb",
        "c:06_convolution.ipynb",
        "//server/06_convolution.ipynb",
        "06_convolution.ipynb\0.txt",
        "a" * 2000 + "06_convolution.ipynb",
        "a/" * 2000 + "06_convolution.ipynb",
    ],
)
def test_a_path_out_of_the_zip_file_is_refused(one, tmp_path, name):
    bo = one(zipped([(name, GOOD)]))
    assert "has a name that leads out of its zip file" in bo.problem.text
    put(tmp_path / "all.zip", zipped([(name, GOOD), ("Ana/x.ipynb", GOOD)]))
    good = [s.student for s in find(tmp_path / "all.zip") if s.cells]
    assert good == ["Ana"]


def test_backslashes_and_dots_inside_are_folders(tmp_path):
    put(tmp_path / "all.zip", zipped([("Ana\\work\\x.ipynb", GOOD), ("./Bo/./x.ipynb", GOOD)]))
    assert [s.student for s in find(tmp_path / "all.zip")] == ["Ana", "Bo"]


def test_links_and_devices_in_a_zip_file_are_not_followed(one):
    for kind, problem in ((stat.S_IFLNK, "is a link"), (stat.S_IFIFO, "is not an ordinary file")):
        assert problem in one(entry("x.ipynb", b"/etc/passwd", mode=kind | 0o777)).problem.text
    assert one(entry("x.ipynb", GOOD, mode=stat.S_IFREG | 0o644)).cells


def test_a_locked_zip_file_is_named(one):
    assert "is locked with a password" in one(entry("x.ipynb", GOOD, flags=1)).problem.text


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\5\6", os.urandom(2000), zipped([])])
def test_a_damaged_or_empty_zip_file_is_named(one, data):
    assert "is a damaged zip file" in (p := one(data).problem.text) or "holds no notebook" in p


def test_no_damage_to_a_byte_of_a_zip_file_does_harm(one):
    data = zipped([("x.ipynb", GOOD), ("y.ipynb", GOOD)])
    for place in range(0, len(data), 3):
        for change in (1, 0xFF):
            bad = bytearray(data)
            bad[place] ^= change
            bo = one(bytes(bad))
            assert bo.cells == ((2, "x = 1"),) or bo.problem


def test_students_zip_files_in_that_of_a_class_are_read(tmp_path):
    moodle = "{}_assignsubmission_file_"
    bad = zipped([("deeper.zip", zipped([("x.ipynb", GOOD)]))])
    both = zipped([(moodle.format(who) + "/x.ipynb", GOOD) for who in ("Li_1", "Wu_2")])
    entries = [
        (moodle.format("Ana_1") + "/work.zip", zipped([("deep/x.ipynb", GOOD)])),
        (moodle.format("Bo_2") + "work.zip", zipped([("x.ipynb", GOOD)])),
        ("Cem.zip", zipped([("x.ipynb", GOOD)])),
        ("Di.zip", bad),
        ("Eva.zip", both),
        ("Fu.zip", b"PK no"),
        ("Gil.zip", zipped([("x.pdf", b"")])),
    ]
    put(tmp_path / "all.zip", zipped(entries))
    found = {s.student: s for s in find(tmp_path / "all.zip")}
    assert [s for s in found if found[s].cells] == ["Ana (1)", "Bo (2)", "Cem"]
    assert found["Ana (1)"].file.endswith("_file_/work.zip/deep/x.ipynb")
    problems = ("zip file in a zip", "holds a whole class", "is a damaged zip", "holds no notebook")
    for name, problem in zip(("Di", "Eva", "Fu", "Gil"), problems, strict=True):
        assert problem in found[name].problem.text


def test_a_students_zip_file_in_that_of_a_class_has_limits(tmp_path, monkeypatch):
    monkeypatch.setattr(zip_files, "_LARGEST_INNER", 2**20)
    monkeypatch.setattr(reading, "LARGEST_TOTAL", 3 * 2**20)
    full = io.BytesIO()
    with zipfile.ZipFile(full, "w") as archive:  # not packed: its bytes count, and what is in it
        archive.writestr("x.ipynb", GOOD + b" " * 900_000)
    bomb = zipped([("x.ipynb", bytes(2**24))])
    entries = [(f"Ana/06_convolution_{k}.zip", full.getvalue()) for k in range(3)]
    entries += [("Bo.zip", bytes(2**21)), ("Cem.zip", bomb), ("Di.ipynb", GOOD)]
    put(tmp_path / "all.zip", zipped(entries))
    ana, bo, cem, di = sorted(find(tmp_path / "all.zip"), key=lambda s: s.student)
    assert ana.cells and "all notebooks together are larger than 3 MiB" in ana.duplicates[-1]
    assert (
        "holds too much" in bo.problem.text
        and "is larger than 10 MiB" in cem.problem.text
        and di.cells
    )


def test_a_zip_file_in_a_zip_file_is_not_followed(one, tmp_path):
    inner = zipped([("x.ipynb", GOOD)])
    assert "is a zip file in a zip file" in one(zipped([("inner.zip", inner)])).problem.text
    twice = zipped([("inner.zip", inner)])
    put(tmp_path / "all.zip", zipped([("Ana/work.zip", twice), ("Bo/x.ipynb", GOOD)]))
    ana, bo = find(tmp_path / "all.zip")
    assert "is a zip file in a zip file" in ana.problem.text and bo.cells


def test_two_entries_of_one_name_are_a_duplicate_and_the_last_counts(one):
    old, new = notebook("old", NAMES[0]), notebook("new", NAMES[0])
    with pytest.warns(UserWarning, match="Duplicate name"):
        bo = one(zipped([("x.ipynb", old), ("x.ipynb", new)]))
    assert bo.cells == ((2, "new"),) and bo.duplicates == (bo.file,)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("王小明".encode(), "王小明"),
        ("王小明".encode("gbk"), "王小明"),
        ("朱镕基".encode("gbk"), "朱镕基"),
        ("李喆".encode("gbk"), "李喆"),
        ("José Pérez".encode("cp437"), "José Pérez"),
        ("Jürgen".encode("cp437"), "Jürgen"),
    ],
)
def test_names_that_are_not_marked_as_utf_8_are_read(tmp_path, raw, name):
    put(tmp_path / "all.zip", entry(raw + b"/x.ipynb", GOOD))
    assert only(tmp_path / "all.zip").student == name


def test_an_impossible_date_in_a_zip_file_is_that_of_the_file(one):
    data = entry("x.ipynb", GOOD).replace(struct.pack("<H", 0x5D74), b"\0\0")
    assert one(data).submitted.startswith("2026-11-20T12:00")


def test_the_class_itself_may_be_a_bomb(tmp_path):
    put(tmp_path / "class.zip", zipped([("Ana/x.ipynb", bytes(11 * 2**20)), ("Bo.ipynb", GOOD)]))
    ana, bo = find(tmp_path / "class.zip")
    assert "is larger than 10 MiB" in ana.problem.text and bo.cells
    put(tmp_path / "class.zip", zipped([("readme.txt", b"")]))
    with pytest.raises(DataError, match="found none"):
        find(tmp_path / "class.zip")
