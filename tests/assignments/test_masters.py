"""Every master keeps its promises: solvable, not guessable, helpful, and nothing given away."""

import base64
import copy
import functools
import json
import re
import zlib

import numpy as np
import pytest

from dl_course.assignments import checker
from dl_course.assignments.masters.answering import AnswerError, answers
from dl_course.assignments.masters.authoring import run_master
from dl_course.assignments.masters.judging import same
from dl_course.assignments.masters.master import (
    is_code,
    is_test,
    read_master,
    segments,
    source,
    stub,
)
from dl_course.assignments.masters.public import tell, unpack_cases
from dl_course.assignments.masters.releasing import find_masters, release_master
from dl_course.errors import CourseError
from dl_course.syllabus import CHAPTERS, chapter

PATHS = find_masters()


@functools.cache
def master_and_cases(name):
    master = read_master(PATHS[name])
    return master, run_master(master)


@pytest.fixture(params=PATHS)
def name(request):
    return request.param


@pytest.fixture
def master(name):
    return master_and_cases(name)[0]


@pytest.fixture
def cases(name):
    return master_and_cases(name)[1]


@pytest.fixture
def released(master, tmp_path):
    return release_master(master, tmp_path).read_text(encoding="utf-8")


def packed_of(released):
    (cell,) = (c for c in json.loads(released)["cells"] if c.get("id") == "checker")
    return "".join(re.findall(r'^ +"(.*)"$', source(cell), re.M))


def trivial_answers(case):
    """What somebody who understood nothing may return."""
    yield from (None, 0.0, 1.0, [], "", True)
    yield from (copy.deepcopy(value) for value in case.args[:2])
    for array in case.args[:1]:
        if isinstance(array, np.ndarray) and array.dtype.kind == "f":
            yield from (np.zeros_like(array), np.ones_like(array))


def test_each_is_the_assignment_of_a_chapter():
    assert len(PATHS) >= 10
    assert sorted(PATHS) == sorted({chapter.assignment for chapter in CHAPTERS} - {""})


def test_two_masters_of_one_chapter_are_refused_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "dl_course.syllabus._masters.masters_folder", lambda: tmp_path / "assignments"
    )
    folder = tmp_path / "assignments"
    folder.mkdir()
    assert chapter(7).assignment == ""
    (folder / "mine.ipynb").touch()
    (folder / "07_a.ipynb").touch()
    assert chapter(7).assignment == "07_a"
    (folder / "07_b.ipynb").touch()
    with pytest.raises(CourseError, match="chapter 07. Received: 07_a.ipynb and 07_b.ipynb"):
        print(chapter(7).assignment)


def test_asks_three_to_six_questions_each_with_common_mistakes(master, cases):
    assert 3 <= len(master.questions) <= 6
    assert all(len(group.hints) >= 2 for group in cases.values())


def test_runs_twice_the_same(master, cases):
    again = run_master(master)
    for question, group in cases.items():
        pairs = zip(
            group.public + group.hidden,
            again[question].public + again[question].hidden,
            strict=True,
        )
        assert all(same(a.expected, b.expected, 1e-12) for a, b in pairs)


def test_right_answers_are_finite(cases):
    for group in cases.values():
        for case in group.public + group.hidden:
            assert all(a.dtype.kind == "U" or not np.isnan(a).any() for a in case.expected.values())


def test_trivial_answers_are_right_in_no_question(cases):
    for question, group in cases.items():
        tried = [list(trivial_answers(case)) for case in group.hidden]
        for choice in range(min(map(len, tried))):
            right = 0
            for case, values in zip(group.hidden, tried, strict=True):
                try:
                    right += case.is_right(answers(values[choice], case.on, case.layers))
                except AnswerError:
                    pass
            assert right <= len(group.hidden) / 2, (question, choice)


def test_each_common_mistake_gets_its_hint_and_loses_marks(cases):
    for question, group in cases.items():
        for number, hint in enumerate(group.hints):
            wrong = [case.mistakes[number].answer for case in group.public]
            told = [
                tell(case, answer)
                for case, answer in zip(group.public, wrong, strict=True)
                if answer is not None
            ]
            assert any(text.endswith(f"Hint: {hint}") for text in told), (question, hint)
            hidden = [case.mistakes[number].answer for case in group.hidden]
            right = sum(
                answer is not None and case.is_right(answer)
                for case, answer in zip(group.hidden, hidden, strict=True)
            )
            assert right <= len(group.hidden) / 2, (question, hint)


def test_the_released_notebook_says_nothing_it_should_not(master, cases, released):
    kept = "\n".join(stub(source(cell)) for cell in master.cells if not is_test(cell))
    secret = [
        line.strip()
        for question in master.questions
        for line in question.solution.splitlines()
        if line not in stub(question.solution)
    ]
    for question in master.questions:
        for part, hidden in segments(question.tests):
            secret += [line.strip() for line in part.splitlines()] if hidden else []
    text = "\n".join(source(cell) for cell in json.loads(released)["cells"])
    data = zlib.decompress(base64.b64decode(packed_of(released)))
    hints = "\n".join(hint for group in cases.values() for hint in group.hints)
    for line in secret:
        # A hint is no secret: the public cases carry it.
        if len(line) >= 12 and line not in kept and line.strip("\"'(),") not in hints:
            assert line not in text
            assert line.encode() not in data
    public = [array for group in cases.values() for case in group.public for array in _arrays(case)]
    for group in cases.values():
        for case in group.hidden:
            for array in _arrays(case):
                if not any(array.tobytes() in other.tobytes() for other in public):
                    assert array.tobytes() not in data
    assert "SOLUTION" not in released and "HIDDEN" not in released


def _arrays(case):
    """The arrays of a case that do not occur elsewhere by chance, as one of zeros would."""
    values = [*case.args, *case.kwargs.values(), *case.expected.values()]
    return [v for v in values if isinstance(v, np.ndarray) and len(np.unique(v)) > 3]


def test_a_student_sees_the_stub_and_then_the_right_answer(master, cases, released):
    check = checker(packed_of(released))
    notebook = json.loads(released)
    for question in master.questions:
        stubs = {}
        exec("import numpy as np", stubs)
        names = {"check": check}
        assert "There is no function" in str(eval(f"check({question.name!r})", names))
        (body,) = (
            source(c)
            for c in notebook["cells"]
            if is_code(c) and f"def {question.name}(" in source(c)
        )
        exec(body, names)
        verdict = eval(f"check({question.name!r})", names)
        assert not verdict and "Not answered yet" in str(verdict)
    assert list(unpack_cases(packed_of(released))) == [q.name for q in master.questions]
    names = {"check": check}
    for cell in master.cells:
        if is_code(cell) and not is_test(cell):
            exec(source(cell), names)
    for question in master.questions:
        assert eval(f"check({question.name!r})", names), question.name
