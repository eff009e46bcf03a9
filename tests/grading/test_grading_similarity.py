"""Copies are found however they are dressed up; honest answers are not."""

import random
import re
import time

import pytest
from answers_by_hand import HONEST, LISTS, LOOPS, RELEASED

from dl_course.grading import similarity
from dl_course.grading.similarity import Pair, similar_answers


def pairs(answers):
    return [(p.a, p.b) for p in similar_answers(answers, RELEASED)]


def renamed(text):
    """Every name that the student chose gets another, one that sorts differently too."""
    names = "H W kh kw out out_h out_w i j p q total window image kernel pool_size strides x"
    for k, name in enumerate(names.split()):
        text = re.sub(rf"\b{name}\b", f"{chr(122 - k)}_{k * k}", text)
    return text


def reformatted(text):
    text = re.sub(r" ([*+/%=-]+) ", r"\1", text).replace("    ", "\t")
    return text.replace("(H, W)", "(\n        H,\n        W,\n    )").replace("\n\n", "\n \n\n")


def commented(text):
    lines = [f"{line}  # line {k} is 'mine'" for k, line in enumerate(text.splitlines())]
    text = "\n".join(lines).replace('each window."""', 'each window: my own words """')
    return text.replace("    out = ", '    "my own sentence"\n    out = ')


def reordered(text):
    parts = text.split("\ndef ")
    return "\ndef ".join([parts[0], *parts[:0:-1]])


def with_more_before(text):
    return "first = 1\nsecond = [first, 2]\nprint(first, second)\n" + text


def with_prints(text):
    return text.replace("    return out\n", "    print('done')\n    return out\n")


DISGUISES = [renamed, reformatted, commented, reordered, with_more_before, with_prints]


def test_honest_answers_are_not_named(monkeypatch):
    assert pairs(HONEST) == []
    monkeypatch.setattr(similarity, "LEAST_SHARE", 0)
    assert max(p.share for p in similar_answers(HONEST, RELEASED)) < 0.3


@pytest.mark.parametrize("disguise", [*DISGUISES, lambda text: text])
def test_a_disguised_copy_is_named(disguise):
    copy = disguise(LOOPS)
    found = similar_answers(HONEST | {"a copy": copy}, RELEASED)
    assert [(p.a, p.b) for p in found] == [("a copy", "loops")] and found[0].share > 0.85


def test_a_copy_in_all_disguises_is_named():
    copy = LOOPS
    for disguise in DISGUISES:
        copy = disguise(copy)
    assert pairs(HONEST | {"a copy": copy}) == [("a copy", "loops")]


def test_a_copy_with_an_own_answer_added_is_named():
    own = LISTS[LISTS.index("def transposed") :]
    copy = renamed(LOOPS[: LOOPS.index("def transposed")]) + own
    assert pairs({"loops": LOOPS[: LOOPS.index("def transposed")], "b": copy}) == [("b", "loops")]


def test_what_was_released_and_too_little_are_not_compared():
    stub = RELEASED.replace("raise NotImplementedError", "return image.mean()")
    answers = {"a": RELEASED, "b": RELEASED, "c": stub, "d": stub, "e": "", "f": ""}
    assert pairs(answers) == []
    assert similar_answers({}, "") == similar_answers({"a": LOOPS}, "") == []


def test_what_many_have_is_the_obvious_solution():
    most = {f"student {k}": LOOPS for k in range(6)}
    assert pairs(most) == []
    few = {f"student {k}": LOOPS for k in range(5)}
    assert len(pairs(few)) == 10
    rest = {f"other {k}": "" for k in range(35)}
    assert len(pairs(rest | {f"student {k}": LOOPS for k in range(10)})) == 45
    assert pairs(rest | {f"student {k}": LOOPS for k in range(12)}) == []


def test_the_pairs_are_in_order_and_the_share_is_of_the_shorter():
    half = LOOPS[: LOOPS.index("def transposed")]
    found = similar_answers({"b": LOOPS, "a": LOOPS, "c": half}, RELEASED)
    assert found[0] == Pair("a", "b", 1.0)
    assert [(p.a, p.b) for p in found] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert all(p.share > 0.95 for p in found)


def scrambled(seed):
    """An answer of the usual length that nobody else has."""
    words = ["for i in range(n):", "x[i] += y", "np.sum(x)", "if a < b:", "return", "(", ")", "="]
    words += ["z.T @ w", "while", "not", "lambda q: q", "1e-3", "'text'", "[0]", "**", "/"]
    chosen = random.Random(seed)
    return "\n".join(" ".join(chosen.choices(words, k=8)) for _ in range(60))


def test_one_copy_is_found_in_a_class_of_200_in_little_processor_time():
    answers = {f"{k:03d}": RELEASED + scrambled(k) for k in range(200)}
    answers["200"] = renamed(answers["007"])
    begin = time.process_time()  # of this process: others may be busy
    assert pairs(answers) == [("007", "200")]
    assert time.process_time() - begin < 5


@pytest.mark.parametrize(
    "text",
    [
        "'''" + r"\'''" * 100_000,
        '"""' * 100_001,
        "'" * 300_001,
        "\\" * 300_000,
        'rb"' * 100_000,
        "'\\\n" * 100_000,
        "a." * 200_000,
        "#" * 300_000,
        " " * 500_000,
        "\ud800\0\x0c你好" * 50_000,
        "f'{" * 100_000,
        "\n'x'" * 100_000,
    ],
    ids=range(12),
)
def test_hostile_texts_take_no_time(text):
    begin = time.perf_counter()
    similar_answers({"a": text, "b": text[1:], "c": LOOPS, "d": LOOPS}, RELEASED)
    assert time.perf_counter() - begin < 10


def test_students_code_is_neither_run_nor_parsed(monkeypatch):
    monkeypatch.setattr("builtins.compile", None)
    monkeypatch.setattr("builtins.eval", None)
    assert pairs({"a": LOOPS + "\nraise SystemExit", "b": LOOPS + "\n)((("}) == [("a", "b")]


def test_one_whole_program_is_named_however_many_have_it():
    text = "".join(f"x{k} = f(x{k - 1}) + {k} * g(x{k - 2})\n" for k in range(2, 40))
    answers = {f"s{k:02}": text.replace("x", f"name{k}_") for k in range(30)}
    pairs = similar_answers(answers, "")
    assert len(pairs) == 30 * 29 / 2 and {pair.share for pair in pairs} == {1.0}
    assert similar_answers(answers, text) == []
