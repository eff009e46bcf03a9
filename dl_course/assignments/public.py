"""The check of a released assignment: the student's own function on the public cases."""

import base64
import copy
import inspect
import zlib
from collections.abc import Callable

from dl_course.assignments.answers import AnswerError, answers
from dl_course.assignments.checking import Result
from dl_course.assignments.functions import line_of
from dl_course.assignments.judging import Case, Mistake
from dl_course.assignments.packing import pack, unpack
from dl_course.errors import CourseError, argument_error

_LARGEST = 64 * 2**20
_GIVEN = ("args", "kwargs", "expected", "on", "layers", "tolerance")


def pack_cases(cases: dict[str, list[Case]]) -> str:
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
    """Returns the cases that `pack_cases` packed.

    Raises:
        CourseError: if the text was changed.
    """
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
            "cell from the notebook as it was handed out."
        ) from None


def checker(packed: str) -> Callable[[str], Result]:
    """Returns the `check` of a released assignment.

    Args:
        packed: the public cases, from the notebook as it was handed out.

    Returns:
        `check(question)`: calls the function of that name in the notebook on every public case
        and says what to look at. Nothing is stored or graded.

    Raises:
        CourseError: if the text was changed; by `check` for a question that there is not.

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

    def check(question: str) -> Result:
        if question not in cases:
            hint = f"The questions are: {', '.join(cases)}."
            raise argument_error("question", "one of this assignment", question, hint)
        names = inspect.currentframe().f_back.f_globals
        return _checked(question, names.get(question), cases[question])

    return check


def _checked(name: str, function: object, cases: list[Case]) -> Result:
    if not callable(function):
        return Result(name, False, f"There is no function {name} yet. Run its cell, then this one.")
    faults = []
    for case in cases:
        try:
            fault = judge(function, case)
        except NotImplementedError:
            return Result(name, False, f"Not answered yet. Write the body of {name}, run its cell.")
        if fault:
            faults.append(f"  {case.call(name)}: {fault}")
    right = len(cases) - len(faults)
    if not faults:
        marks = "The marks come from hidden cases of the same kind."
        return Result(name, True, f"Right: all {right} public cases. {marks}")
    head = f"Not yet: {right} of {len(cases)} public cases are right."
    return Result(name, False, "\n".join([head, *faults]))


def judge(function: Callable, case: Case) -> str:
    """Calls a function on a case, in this process, and says what is wrong; empty when right."""
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
    """Returns what is wrong with an answer, and the hint for a common mistake; empty when right."""
    if case.is_right(received):
        return ""
    hint = case.hint(received)
    return f"{case.fault(received)}{f' Hint: {hint}' if hint else ''}"
