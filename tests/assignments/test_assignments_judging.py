"""Cases, answers, and what the check of a released assignment says about them."""

import base64
import zlib

import numpy as np
import pytest

from dl_course.assignments import checker
from dl_course.assignments.comparing import NAN
from dl_course.assignments.masters.answering import LARGEST, AnswerError, answers
from dl_course.assignments.masters.judging import Case, Mistake, same
from dl_course.assignments.masters.packing import pack
from dl_course.assignments.masters.public import pack_cases, tell
from dl_course.errors import CourseError

X = np.array([1.0, 2.0, 3.0])
CASE = Case((X,), {"rate": 0.5}, answers(2 * X), mistakes=(Mistake("Double it.", answers(X)),))
WRONG_ANSWERS = [
    None, object(), {1, 2}, b"bytes", len, (), iter([1]), [object()], {"a": None}, [None],
    np.array([None]), np.array(["2026-01-01"], "M8[D]"), np.zeros(2, "i4,f8"),
    np.zeros(LARGEST // 8 + 1), [[0] * (n % 7) for n in range(3000)], {"a": {"b": object()}},
]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (1, [""]),
        (True, [""]),
        ("text", [""]),
        (np.float32(1), [""]),
        ([1, 2], [""]),
        ([], [""]),
        ([["a"], ["b"]], [""]),
        ((1, 2), ["[0]", "[1]"]),
        ([[1], [1, 2]], ["[0]", "[1]"]),
        ({"a": 1, "b": (2, 3)}, ["['a']", "['b'][0]", "['b'][1]"]),
        ([{"a": 1}, 2], ["[0]['a']", "[1]"]),
        ({}, []),
    ],
)
def test_an_answer_is_named_arrays(value, names):
    found = answers(value)
    assert list(found) == names
    assert all(type(array) is np.ndarray for array in found.values())


@pytest.mark.parametrize("value", WRONG_ANSWERS, ids=lambda value: type(value).__name__)
def test_what_cannot_be_compared_is_refused_with_a_reason(value):
    with pytest.raises(AnswerError) as caught:
        answers(value)
    assert str(caught.value) and "\n" not in str(caught.value)


def test_a_model_without_an_input_to_try_it_on_is_refused():
    class Model:
        weights = ()

        def count_params(self): ...

        def get_config(self): ...

    with pytest.raises(AnswerError, match="what input to try it on"):
        answers(Model())
    with pytest.raises(AnswerError):
        answers(Model)


@pytest.mark.parametrize(
    ("received", "is_right"),
    [
        (2 * X, True),
        ((2 * X).astype("f4"), True),
        ((2 * X).astype(int), True),
        (2 * X + 0j, True),
        (2 * X * (1 + 9e-6), True),
        (2 * X * (1 + 2e-5), False),
        (2 * X + 1j, False),
        (2 * X[:, None], False),
        (2 * X[:2], False),
        (X * np.nan, False),
        (X * np.inf, False),
        ([str(v) for v in 2 * X], False),
        (np.array([True] * 3), False),
        ((2.0, 4.0, 6.0), False),
        ({"a": 2 * X}, False),
        (2**64 - 1, False),
        (np.array([2, 4, 6], np.float16), True),
        (np.array([2, 4, 6], np.longdouble), True),
    ],
)
@pytest.mark.filterwarnings("error")
def test_an_answer_is_right_when_shape_and_values_are(received, is_right):
    received = answers(received)
    assert CASE.is_right(received) is is_right
    text = tell(CASE, received)
    assert (text == "") is is_right
    assert is_right or text.startswith(("Expected", "[")), text


@pytest.mark.parametrize("other", [1.0, np.nan, np.inf, 1e308, "abc", True, 1j, 2**63])
@pytest.mark.filterwarnings("error")
def test_any_two_answers_of_one_shape_can_be_compared_and_told_apart(other):
    kinds = [np.full(3, value) for value in (1.0, -1e308, np.nan, np.inf, "ab", False, 2j, 7)]
    for expected in kinds:
        case = Case((), {}, answers(expected))
        received = answers(np.full(3, other))
        assert case.is_right(received) or case.fault(received).startswith("Expected")


def test_expected_nan_and_infinity_are_right_answers():
    for value in (np.nan, np.inf, -np.inf):
        assert same(answers(value), answers(value), 1e-5)
    assert not same(answers(np.inf), answers(-np.inf), 1e-5)
    assert not same(answers(np.inf), answers(1e308), 1e-5)
    assert not same(answers(np.nan), answers(0.0), 1e-5)
    assert same(answers(0.0), answers(1e-8), 1e-5) and not same(answers(0.0), answers(1e-6), 1e-5)


@pytest.mark.parametrize(
    ("received", "text"),
    [
        (X, "Expected [2, 4, 6] of shape (3,), received [1, 2, 3] of shape (3,). 3 of 3 differ; "
            "the first at [0]: expected 2, received 1. Hint: Double it."),
        (X[None], "Expected shape (3,), received shape (1, 3)."),
        (2 * X + [0, 0, 1], "Expected [2, 4, 6] of shape (3,), received [2, 4, 7] of shape (3,). "
            "1 of 3 differ; the first at [2]: expected 6, received 7."),
        (X * np.nan, NAN),
        ((1, 2), "Expected one value, [2, 4, 6] of shape (3,), received 2 values, [0], [1]."),
        (["a", "b", "c"], "received ['a', 'b', 'c']."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_shape_value_and_hint(received, text):
    assert text in tell(CASE, answers(received))


def test_the_part_of_an_answer_that_is_wrong_is_named():
    case = Case((), {}, answers({"loss": 1.0, "labels": np.array(["a", "b"]), "grid": np.eye(9)}))
    right = {"loss": 1.0, "labels": ["a", "b"], "grid": np.eye(9)}
    assert tell(case, answers(right)) == ""
    assert tell(case, answers(right | {"loss": 2.0})) == "['loss']: Expected 1, received 2."
    assert "['labels']: Expected ['a', 'b'], received ['a', 'c']." in tell(
        case, answers(right | {"labels": ["a", "c"]})
    )
    text = tell(case, answers(right | {"grid": np.eye(9) + 1}))
    assert "the first at [0, 0]: expected 1, received 2." in text and len(text) < 300
    assert "received 2 values" in tell(case, answers({"loss": 1.0, "grid": np.eye(9)}))


def test_a_call_is_shown_as_a_student_would_write_it():
    assert CASE.call("double") == "double([1, 2, 3], rate=0.5)"
    assert Case((np.eye(9), "a"), {}, {}).call("f") == "f(an array of shape (9, 9), 'a')"


def test_an_empty_array_of_the_right_shape_is_right():
    assert Case((), {}, answers(np.zeros((0, 3)))).is_right(answers(np.zeros((0, 3))))


class TestChecker:
    @pytest.fixture
    def check(self):
        return checker(pack_cases({"double": [CASE]}))

    @pytest.mark.parametrize(
        ("body", "text"),
        [
            ("x", "received [1, 2, 3] of shape (3,). 3 of 3 differ"),
            ("x", "Hint: Double it."),
            ("x[None]", "Expected shape (3,), received shape (1, 3)."),
            ("None", "received None: a function that ends without `return` gives None."),
            ("1 / 0", "received ZeroDivisionError: division by zero"),
            ("x @ x[:2]", "received ValueError: matmul"),
            ("object()", "received a object, which is not a number, array or text."),
            ("['a', 'b', 'c']", "received ['a', 'b', 'c']."),
        ],
    )
    def test_says_what_is_wrong(self, check, body, text):
        double = eval(f"lambda x, rate: {body}", {"np": np})
        names = {"check": check, "double": double}
        verdict = eval("check('double')", names)
        assert not verdict and text in str(verdict)
        assert str(verdict).startswith(
            "Not yet: 0 of 1 public cases are right.\n  double([1, 2, 3]"
        )

    def test_names_the_line_where_it_was_raised(self, check, tmp_path):
        source = "def double(x, rate):\n    y = 2 * x\n    return y[7]\n"
        path = tmp_path / "cell.py"
        path.write_text(source)
        names = {"check": check}
        exec(compile(source, str(path), "exec"), names)
        assert "IndexError" in str(eval("check('double')", names))

    def test_right_missing_and_unanswered(self, check):
        def unanswered(x, rate):
            raise NotImplementedError

        for function, text in (
            (lambda x, rate: 2 * x, "Right: all 1 public cases."),
            (unanswered, "Not answered yet. Write the body of double and run its cell."),
            (7, "There is no function double yet."),
        ):
            assert str(eval("check('double')", {"check": check, "double": function})).startswith(
                text
            )
        assert "There is no function" in str(eval("check('double')", {"check": check}))

    def test_a_question_that_there_is_not_lists_those_there_are(self, check):
        with pytest.raises(CourseError, match="The questions are: double"):
            check("triple")

    def test_inputs_that_are_changed_do_not_change_the_case(self, check):
        def double(x, rate):
            x *= 2
            return x

        for _ in range(2):
            assert eval("check('double')", {"check": check, "double": double})

    @pytest.mark.parametrize(
        "packed",
        [
            "", "not base64!", "QUJD", "äöü", pack_cases({"f": [CASE]})[:-9],
            base64.b64encode(zlib.compress(b"junk")).decode(),
            base64.b64encode(zlib.compress(pack([1, 2]))).decode(),
            base64.b64encode(zlib.compress(pack({"f": [{"args": 1}]}))).decode(),
            base64.b64encode(zlib.compress(pack({"f": [{"mistakes": [(1,)]}]}))).decode(),
            base64.b64encode(zlib.compress(bytes(2**27))).decode(),
        ],
    )  # fmt: skip
    def test_a_changed_text_is_told_in_one_sentence(self, packed):
        with pytest.raises(CourseError, match="This one was changed"):
            checker(packed)
