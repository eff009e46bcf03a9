"""A folder around the class is found as one, and a class is never taken for one student."""

import pytest
from class_files import NAMES, find, notebook, put, zipped

from dl_course.errors import DataError

GOOD = notebook(assignment=NAMES[0])
OTHER = notebook(assignment=NAMES[1])
ANA, BO = "Ana_100_assignsubmission_file_", "Bo_101_assignsubmission_file_"


@pytest.fixture(params=["folder", "zip"])
def handed_in(request, tmp_path):
    """Returns a function that puts notebooks in a folder, or in a zip file, and returns which."""

    def write(*names):
        entries = [(n, data) for n in names for n, data in [n if len(n) == 2 else (n, GOOD)]]
        if request.param == "zip":
            put(tmp_path / "class.zip", zipped(entries))
            return tmp_path / "class.zip"
        for name, data in entries:
            put(tmp_path / "class" / name, data)
        return tmp_path / "class"

    return write


@pytest.mark.parametrize(
    ("names", "students"),
    [
        (
            ("submissions/Ana/x.ipynb", "submissions/Bo/y.ipynb", "submissions/Cem.ipynb"),
            "Ana Bo Cem",
        ),
        (("all/Ana/x.ipynb", "all/Bo/x.ipynb", "all/Cem/x.ipynb"), "Ana Bo Cem"),
        (("all/groupA/Ana.ipynb", "all/groupA/Bo.ipynb"), "Ana Bo"),
        (("a/b/c/Ana/x.ipynb", "a/b/c/Bo/x.ipynb"), "Ana Bo"),
        (("g/Ana_06_convolution.ipynb", "g/Bo_06_convolution.ipynb", "roster.csv"), "Ana Bo"),
        (("06_convolution/all/Ana.ipynb", "06_convolution/all/Bo.ipynb"), "Ana Bo"),
        ((f"Kurs-06/{ANA}/x.ipynb", f"Kurs-06/{BO}/x.ipynb"), "Ana (100)|Bo (101)"),
        ((f"all/Kurs-06/{ANA}/x.ipynb", f"all/Kurs-06/{BO}x.ipynb"), "Ana (100)|Bo (101)"),
        ((f"Kurs-06/{ANA}/x.ipynb",), "Ana (100)"),
        ((f"{ANA}/old.ipynb", f"{ANA}/new.ipynb"), "Ana (100)"),
        (("Ana/x.ipynb",), "Ana"),
        (("Ana/work/deep/er/x.ipynb",), "Ana"),
        (("Ana/x.ipynb", "Ana/x (1).ipynb", "Ana/x-Copy1.ipynb"), "Ana"),
        (("Ana/x.ipynb", ("Ana/y.ipynb", OTHER)), "Ana"),
        (("Ana/06_convolution.ipynb", "Ana/old.ipynb"), "Ana"),
        (("Ana/06_convolution/x.ipynb", ("Ana/07_blocks/y.ipynb", OTHER)), "Ana"),
        (("submitted/Ana/old.ipynb", "submitted/Ana/new.ipynb"), "Ana"),
    ],
)
def test_the_only_folder_is_the_classs_or_a_students_by_what_is_in_it(handed_in, names, students):
    found = {s.student for s in find(handed_in(*names))}
    assert sorted(found) == (
        students.split("|") if "|" in students or "(" in students else students.split()
    )


@pytest.mark.parametrize(
    "names",
    [
        ("Ana/x.ipynb", "Ana/backup/y.ipynb"),
        ("all/Ana/x.ipynb", ("all/Bo/y.ipynb", OTHER)),
        ("all/06_convolution/Ana.ipynb", "all/06_convolution/Bo.ipynb"),
        (("all/Ana.ipynb", b""), ("all/Bo.ipynb", b"")),
    ],
)
def test_a_folder_that_may_be_either_is_refused(handed_in, names):
    with pytest.raises(
        DataError, match="one folder, (Ana|all), with .*: a student's or a class's?"
    ):
        find(handed_in(*names))
    assert {s.student for s in find(handed_in(*names, "Zoe.ipynb"))} <= {"Ana", "all", "Zoe"}


def test_two_classes_side_by_side_are_not_two_students(handed_in):
    names = [f"Kurs-{k}/{who}/x.ipynb" for k in (6, 7) for who in (ANA, BO)]
    six, seven, zoe = find(handed_in(*names, "Zoe.ipynb"))[:3]
    both = {s.student: s.problem and s.problem.text for s in (six, seven, zoe)}
    assert set(both) == {"Kurs-6", "Kurs-7", "Zoe"} and both["Zoe"] is None
    assert both["Kurs-6"].startswith("holds a whole class. Grade it on its own")


def test_groups_side_by_side_are_seen_in_the_duplicates(handed_in):
    names = [f"group{k}/{who}.ipynb" for k in "AB" for who in ("Ana", "Bo")]
    for group in find(handed_in(*names)):
        assert group.duplicates[0].endswith("(another name: another student's?)")
