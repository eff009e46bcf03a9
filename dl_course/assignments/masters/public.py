"""The check of a released assignment: the student's function is tried on the public cases."""

import base64
import copy
import sys
import zlib
from collections.abc import Callable, Sequence

from dl_course.assignments.masters.answering import AnswerError, answers
from dl_course.assignments.masters.judging import Case, Mistake
from dl_course.assignments.masters.packing import pack, unpack
from dl_course.assignments.verdict import Verdict, line_of
from dl_course.errors import CourseError, argument_error

_LARGEST = 64 * 2**20
_GIVEN = ("args", "kwargs", "expected", "on", "layers", "tolerance")


def pack_cases(cases: dict[str, Sequence[Case]]) -> str:
    """Returns the public cases of an assignment as one text, for the released notebook."""
    value = {
        name: [
            {field: getattr(case, field) for field in _GIVEN}
            | {"mistakes": [(mistake.hint, mistake.answer) for mistake in case.mistakes]}
            for case in group
        ]
        for name, group in cases.items()
    }
    return base64.b64encode(zlib.compress(pack(value), 9)).decode()


def unpack_cases(packed: str) -> dict[str, list[Case]]:
    """Returns the cases that `pack_cases` packed, or raises an error if the text was changed."""
    try:
        data = zlib.decompressobj().decompress(base64.b64decode(packed), _LARGEST)
        return {
            name: [
                Case(**fields | {"mistakes": tuple(Mistake(*m) for m in fields["mistakes"])})
                for fields in group
            ]
            for name, group in unpack(data).items()
        }
    except (ValueError, zlib.error, TypeError, AttributeError, LookupError):  # PackingError too
        raise CourseError(
            "`packed` must be the text of the released notebook. This one was changed: copy the "
            "cell again from the notebook as it was handed out."
        ) from None


def checker(packed: str) -> Callable[[str], Verdict]:
    """Returns the `check` of a released assignment.

    Args:
        packed: the public cases, from the notebook as it was handed out.

    Returns:
        `check(question)`, which calls the function of that name in the notebook on every public
        case and says what to look at. Nothing is stored or graded.

    Raises:
        CourseError: if the text was changed; and by `check`, if there is no such question.

    Example:
        >>> case = Case((2,), {}, answers(4), mistakes=(Mistake("Multiply.", answers(2)),))
        >>> check = checker(pack_cases({"double": [case]}))
        >>> double = lambda x: x
        >>> check("double")
        Not yet: 0 of 1 public cases are right.
          double(2): Expected 4, received 2. Hint: Multiply.
        >>> double = lambda x: 2 * x
        >>> check("double")
        Right: all 1 public cases. The marks come from hidden cases of the same kind.
    """
    cases = unpack_cases(packed)

    def check(question: str) -> Verdict:
        if question not in cases:
            hint = f"The questions are: {', '.join(cases)}."
            raise argument_error("question", "a question of this assignment", question, hint)
        names = sys._getframe(1).f_globals  # of the notebook
        return _checked(question, names.get(question), cases[question])

    return check


def _checked(name: str, function: object, cases: list[Case]) -> Verdict:
    if not callable(function):
        return Verdict(
            name, False, f"There is no function {name} yet. Run its cell, then this one again."
        )
    faults = []
    for case in cases:
        try:
            fault = judge(function, case)
        except NotImplementedError:
            return Verdict(
                name, False, f"Not answered yet. Write the body of {name} and run its cell."
            )
        if fault:
            faults.append(f"  {case.call(name)}: {fault}")
    right = len(cases) - len(faults)
    if not faults:
        marks = "The marks come from hidden cases of the same kind."
        return Verdict(name, True, f"Right: all {right} public cases. {marks}")
    head = f"Not yet: {right} of {len(cases)} public cases are right."
    return Verdict(name, False, "\n".join([head, *faults]))


def judge(function: Callable, case: Case) -> str:
    """Calls a function on a case, in this process, and says what is wrong; "" when right."""
    # A function that changes its inputs must not change the case.
    args, kwargs = copy.deepcopy((case.args, case.kwargs))
    try:
        received = answers(function(*args, **kwargs), case.on, case.layers)
    except NotImplementedError:
        raise
    except AnswerError as error:
        return f"Expected an answer to compare, received {error}."
    except Exception as error:
        place = line_of(function, error)
        return f"Expected a result, received {type(error).__name__}: {error}{place}."
    return tell(case, received)


def tell(case: Case, received: dict) -> str:
    """Returns what is wrong with an answer, with the hint for a common mistake; "" when right."""
    if case.is_right(received):
        return ""
    hint = case.hint(received)
    return f"{case.fault(received)}{f' Hint: {hint}' if hint else ''}"
