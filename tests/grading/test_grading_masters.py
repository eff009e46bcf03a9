"""Every master through the real grader: the solution earns everything, the stub nothing."""

import pytest

from dl_course.assignments.masters import find_masters, is_code, is_test, read_master, source, stub
from dl_course.grading import mark, questions_of

PATHS = find_masters()


@pytest.mark.parametrize("name", PATHS)
def test_the_solution_gets_full_marks_and_the_stub_none(name, request):
    master = read_master(PATHS[name])
    fixture = "keras_sandbox" if master.uses_keras else "sandbox"
    sandbox = request.getfixturevalue(fixture)
    asked = list(questions_of(master).values())
    code = [
        (number, source(cell))
        for number, cell in enumerate(master.cells, 1)
        if is_code(cell) and not is_test(cell)
    ]
    told, results = mark(code, asked, sandbox)
    assert told == []
    for result in results.values():
        assert (result.state, result.points, set(result.public)) == ("graded", result.of, {""})
    told, results = mark([(number, stub(text)) for number, text in code], asked, sandbox)
    for result in results.values():
        assert (result.state, result.points) == ("graded", 0)
        assert all(message.endswith("Not answered.") for message in result.public)
