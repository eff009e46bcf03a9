"""Pages say what happened in plain words, and nothing that a student wrote can act in them."""

import base64
import dataclasses
import re
import unicodedata
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from dl_course.grading import pages
from dl_course.grading.pages import write_class_page, write_feedback
from dl_course.grading.reading import Problem
from dl_course.grading.results import QuestionResult, State, SubmissionResult, file_name
from dl_course.grading.similarity import Pair

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
WRONG = "pool([[1, 2]]): Expected 4, received 1."
RIGHT = QuestionResult(State.GRADED, 2.0, 2.0, "f", ("", ""), (True,) * 4)
PARTLY = QuestionResult(
    State.GRADED, 1.5, 3.0, "f", ("", WRONG), (True, False), ("Mind the edge.",)
)
STOPPED = QuestionResult(State.STOPPED, 0.0, 2.0, "f", reason="It ran longer than 2 s.")
NOT_GRADED = QuestionResult(State.NOT_GRADED, None, 2.0, "f", reason="the sandbox ended")
ANA = SubmissionResult(
    "Ana",
    "06_convolution",
    "Ana/x.ipynb",
    "ab" * 32,
    "2026-11-20T12:34:56+01:00",
    questions={"pool": RIGHT, "stride": PARTLY},
)
EVIL = (
    "<script>alert(1)</script>\"'><img src=x onerror=alert(1)></style></title></pre>"
    "\x1b[31m\u202e\x00\r\n{{ 7 * 7 }}{% raw %}&lt;b&gt;\ud800"
)
TAGS = {"html", "head", "meta", "title", "style", "body", "header", "footer", "section", "h1", "h2"}
TAGS |= {"h3", "p", "strong", "code", "pre", "ul", "li", "a", "span", "div", "svg", "rect", "img"}
TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}
EMPTY = {"meta", "img", "rect"}


def change(**changes):
    return dataclasses.replace(ANA, **changes)


class Reader(HTMLParser):
    """Notes the tags, attributes and texts of a page, and that the tags are closed in order."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.texts, self._open = set(), [], [], []
        self.feed(page)
        self.close()
        assert self._open == []
        self.text = " ".join("".join(self.texts).split())

    def handle_starttag(self, tag, attrs):
        self.handle_startendtag(tag, attrs)
        if tag not in EMPTY:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs
        self._space(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag
        self._space(tag)

    def _space(self, tag):
        if tag not in ("a", "code", "span", "strong"):
            self.texts.append(" ")

    def handle_data(self, data):
        if self._open[-1:] != ["style"]:
            self.texts.append(data)


def read(path):
    page = path.read_text(encoding="utf-8")
    reader = Reader(page)
    assert reader.tags <= TAGS
    for name, value in reader.attributes:
        assert not name.startswith("on") and name != "style"
        if name in ("src", "href"):
            assert value.startswith(("#", "data:image/svg+xml;base64,", "feedback/"))
    assert ("lang", "en") in reader.attributes and ("charset", "utf-8") in reader.attributes
    assert ("content", POLICY) in reader.attributes
    assert "://" not in page and "@import" not in page and "url(" not in page
    assert not [c for c in page if unicodedata.category(c) in ("Cc", "Cf", "Cs") and c != "\n"]
    return reader


def feedback(out, **changes):
    return read(write_feedback(out, dataclasses.replace(ANA, **changes), {})).text


def test_a_student_is_told_points_examples_cases_and_hints(tmp_path):
    path = write_feedback(tmp_path, ANA, {"06_convolution": "Variations on convolution"})
    assert path == tmp_path / "feedback" / "06_convolution" / f"{file_name('Ana')}.html"
    text = read(path).text
    assert "Variations on convolution Ana 3.5 of 5 points" in text
    assert "pool 2 of 2 4 of 4 cases right" in text and "stride 1.5 of 3 1 of 2 cases" in text
    assert f"Example 2 is not right yet: {WRONG}" in text and "Example 1 is right." in text
    assert "Mind the edge." in text and "2026-11-20 12:34" in text
    for word in ("Late", "sandbox", "Stopped", "Several", "Not graded", "not graded", "Cell "):
        assert word not in text


def test_what_became_of_a_question_is_explained_kindly(tmp_path):
    text = feedback(tmp_path, questions={"pool": RIGHT, "loop": STOPPED, "lost": NOT_GRADED})
    assert "2 points so far; 1 of 3 questions is not graded yet" in text
    assert "Stopped. It ran longer than 2 s." in text and "a loop that never ends" in text
    assert "This is not a mark, neither zero nor full, and not your fault." in text
    assert "The reason: the sandbox ended" in text and "– of 2" in text


def test_examples_right_and_cases_wrong_is_explained(tmp_path):
    question = QuestionResult(State.GRADED, 1.0, 2.0, "f", ("",), (True, False))
    assert "other sizes and values" in feedback(tmp_path, questions={"pool": question})


def test_all_that_concerns_the_whole_notebook_is_said(tmp_path):
    text = feedback(
        tmp_path,
        is_late=True,
        isolated=False,
        duplicates=tuple(f"Ana/old{k}.ipynb" for k in range(25)),
        cells=((4, "NameError: name 'np' is not defined"),),
    )
    assert "Late. Handed in at 2026-11-20 12:34" in text
    assert "Graded without the sandbox." in text
    assert "Ana/old19.ipynb" in text and "and 5 more" in text and "old20" not in text
    assert "4 NameError: name 'np' is not defined" in text


def test_a_notebook_that_could_not_be_graded_has_no_zero(tmp_path):
    questions = {"pool": NOT_GRADED}
    for assignment in ("06_convolution", ""):
        text = feedback(
            tmp_path, assignment=assignment, problem=Problem("is empty."), questions=questions
        )
        assert "Your notebook could not be graded. It is empty. This is not a mark" in text
        assert "0 of" not in text and "points" not in text
    assert (tmp_path / "feedback" / "unknown" / f"{file_name('Ana')}.html").is_file()


def test_a_page_of_one_student_knows_no_other(tmp_path):
    cem = change(student="Cem", file="Cem/x.ipynb", cells=((1, "what Cem wrote"),))
    write_class_page(tmp_path, [ANA, cem], {"06_convolution": [Pair("Ana", "Cem", 0.9)]}, {})
    first, second = (write_feedback(tmp_path, result, {}).read_text() for result in (ANA, cem))
    assert "Ana" in first and "Cem" not in first and "Cem" in second and "Ana" not in second


def test_whatever_a_student_writes_is_only_text(tmp_path):
    question = QuestionResult(State.GRADED, 1.0, 2.0, EVIL, (EVIL,), (False,), (EVIL,), EVIL)
    stopped = dataclasses.replace(question, state=State.STOPPED)
    lost = dataclasses.replace(question, state=State.NOT_GRADED, points=None)
    evil = SubmissionResult(
        *(EVIL, "06", EVIL, EVIL, EVIL, True, (EVIL,)),
        cells=((1, EVIL),),
        questions={EVIL: question, "b": stopped, "c": lost},
    )
    ungraded = dataclasses.replace(evil, student=f"b{EVIL}", problem=Problem(EVIL))
    shown = EVIL.replace("\x1b", r"\x1b").replace("\u202e", r"\u202e").replace("\x00", r"\x00")
    shown = " ".join(shown.replace("\r", r"\r").replace("\ud800", r"\ud800").split())
    path = write_class_page(
        tmp_path, [evil, ungraded], {"06": [Pair(EVIL, EVIL, 1.0)]}, {"06": EVIL}
    )
    made = [path, *(write_feedback(tmp_path, result, {"06": EVIL}) for result in (evil, ungraded))]
    for path in made:
        assert read(path).text.count(shown) >= 3


def test_a_very_long_text_is_cut(tmp_path):
    assert len(feedback(tmp_path, cells=((1, "x" * 10**6),))) < 10_000


def class_page(out, results, pairs=None, titles=None):
    return read(write_class_page(out, results, pairs or {}, titles or {}))


def test_the_class_is_summed_up_for_each_assignment(tmp_path):
    stopped, lost = (dataclasses.replace(q, of=3.0) for q in (STOPPED, NOT_GRADED))
    bo = change(student="王小明", questions={"pool": RIGHT, "stride": stopped})
    cem = change(student="Cem", questions={"pool": RIGHT, "stride": lost})
    other = change(assignment="07_blocks")
    reader = class_page(tmp_path, [other, cem, bo, ANA], titles={"07_blocks": "Blocks"})
    text = reader.text
    assert "4 submissions of 2 assignments" in text and "Blocks 1 student, 1 graded in full" in text
    assert "3 students, 2 graded in full. Out of 5 points the mean is 2.75, the median 2.75" in text
    assert "the lowest 2, the highest 3.5" in text
    assert "Ana 2 1.5 3.5" in text and "Cem 2 – 2 +" in text and "王小明 2 0 s 2" in text
    links = [unquote(value) for name, value in reader.attributes if name == "href"]
    for result in (ANA, bo, cem, other):
        write_feedback(tmp_path, result, {})
    assert sum((tmp_path / link).is_file() for link in links) == 4


def test_those_to_look_at_are_named(tmp_path):
    results = [
        change(student="S", questions={"pool": STOPPED}),
        change(student="N", questions={"pool": NOT_GRADED}),
        change(student="L", is_late=True),
        change(student="D", duplicates=("D/old.ipynb",)),
        change(student="C", cells=((3, "NameError"), (9, "Stopped"))),
        change(student="P", problem=Problem("is empty."), questions={"pool": NOT_GRADED}),
    ]
    text = class_page(tmp_path, results).text
    assert "Could not be graded P: Ana/x.ipynb is empty." in text
    assert "Not graded N: pool: the sandbox ended Stopped S: pool: It ran" in text
    assert "Late L: 2026-11-20 12:34" in text
    assert "Several notebooks D: graded Ana/x.ipynb; not graded D/old.ipynb" in text
    assert "Cells that raised or were stopped C: 3, 9" in text
    assert "Nobody was stopped" in class_page(tmp_path, [ANA]).text


def test_the_commonest_mistakes_come_first(tmp_path):
    rare = dataclasses.replace(PARTLY, hints=("Rare.",))
    unknown = dataclasses.replace(PARTLY, hints=())
    empty = dataclasses.replace(
        unknown, points=0.0, public=("f(1): Not answered.",) * 2, is_answered=False
    )
    several = [PARTLY, PARTLY, PARTLY, rare, unknown, unknown, empty]
    results = [change(student=str(k), questions={"q": q}) for k, q in enumerate(several)]
    text = class_page(tmp_path, results).text
    assert "3 q Mind the edge. 1 q Rare. 2 q (wrong in another way: no hint)" in text
    assert "1 q (not answered)" in text


def test_similar_pairs_are_no_verdict(tmp_path):
    pairs = [Pair("Ana", "王小明", 0.874)]
    text = class_page(tmp_path, [ANA], {"06_convolution": pairs, "99_other": pairs}).text
    assert "This is something to look at, not a verdict." in text and "Ana 王小明 87 %" in text
    assert "No two answers are nearly the same." in class_page(tmp_path, [ANA]).text
    many = [Pair("Ana", str(k), 0.9) for k in range(150)]
    assert "and 50 more pairs" in class_page(tmp_path, [ANA], {"06_convolution": many}).text


def test_the_class_page_repeats_that_there_was_no_sandbox(tmp_path):
    assert "Graded without the sandbox" in class_page(tmp_path, [ANA, change(isolated=False)]).text
    assert "sandbox" not in class_page(tmp_path, [ANA]).text


def test_the_picture_is_in_the_page_and_holds_no_script(tmp_path):
    results = [change(questions={"第一题": RIGHT} | {f"q{k}": PARTLY for k in range(40)})]
    reader = class_page(tmp_path, results)
    pictures = [value for name, value in reader.attributes if name == "src"]
    assert len(pictures) == 2
    for picture in pictures:
        svg = base64.b64decode(picture.partition(",")[2]).decode()
        assert (
            "</svg>" in svg and "<script" not in svg and "第" not in re.sub("<!--.*?-->", "", svg)
        )


@pytest.mark.parametrize(
    "results", [[], [change(assignment="", questions={}, problem=Problem("is empty."))]]
)
def test_a_class_without_any_mark_has_a_page(tmp_path, results):
    text = class_page(tmp_path, results).text
    assert f"{len(results)} submission{'s' * (not results)} of 0 assignments" in text


def test_a_page_that_fails_leaves_the_old_one(tmp_path, monkeypatch):
    path = write_feedback(tmp_path, ANA, {})
    before = path.read_bytes()
    with pytest.raises(TypeError):
        write_feedback(
            tmp_path, change(questions={"pool": dataclasses.replace(RIGHT, of=None)}), {}
        )
    assert path.read_bytes() == before and list(path.parent.iterdir()) == [path]


def test_templates_are_part_of_the_package():
    names = {path.name for path in (pages.Path(pages.__file__).parent / "templates").iterdir()}
    assert names == {"base.html", "feedback.html", "class.html"}
