import csv
import importlib
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from dl_course import syllabus
from dl_course.commands.course import chapters_table, section_view
from dl_course.errors import CourseError

ROOT = Path(__file__).parent.parent
FIXTURE = Path(__file__).with_name("document_headings.tsv")
CLAIMED = {
    "dl_course.assignments.check",
    "dl_course.backend.input_gradients",
    "dl_course.backend.weight_gradients",
    "dl_course.datasets.Tokenizer",
    "dl_course.datasets.chinese_number",
    "dl_course.datasets.english_number",
    "dl_course.datasets.load",
    "dl_course.datasets.make_line",
    "dl_course.datasets.make_number_words",
    "dl_course.datasets.make_recall",
    "dl_course.datasets.make_sounds",
    "dl_course.datasets.make_spirals",
    "dl_course.datasets.make_windows",
    "dl_course.datasets.make_xor",
    "dl_course.datasets.tokenize",
    "dl_course.diagnostics.ActivationFlow",
    "dl_course.diagnostics.GradientFlow",
    "dl_course.diagnostics.embedding_map",
    "dl_course.diagnostics.feature_maps",
    "dl_course.diagnostics.gate_activations",
    "dl_course.diagnostics.nearest_tokens",
    "dl_course.inference.TextGenerator",
    "dl_course.inference.Translator",
    "dl_course.models.build_augmentation",
    "dl_course.models.build_cnn",
    "dl_course.models.build_mlp",
    "dl_course.models.build_recurrent",
    "dl_course.models.build_speech_classifier",
    "dl_course.models.build_text_classifier",
    "dl_course.models.build_text_generator",
    "dl_course.models.build_translator",
    "dl_course.models.generator_step",
    "dl_course.models.load_model",
    "dl_course.plots.plot_activation_statistics",
    "dl_course.plots.plot_activations",
    "dl_course.plots.plot_attention",
    "dl_course.plots.plot_confusion_matrix",
    "dl_course.plots.plot_curves",
    "dl_course.plots.plot_decision_boundaries",
    "dl_course.plots.plot_decision_boundary",
    "dl_course.plots.plot_descent",
    "dl_course.plots.plot_eigenvalues",
    "dl_course.plots.plot_embedding_map",
    "dl_course.plots.plot_feature_maps",
    "dl_course.plots.plot_gates",
    "dl_course.plots.plot_gradient_flow",
    "dl_course.plots.plot_gradient_through_time",
    "dl_course.plots.plot_heatmap",
    "dl_course.plots.plot_history",
    "dl_course.plots.plot_kernel_step",
    "dl_course.plots.plot_kernel_windows",
    "dl_course.plots.plot_mel_filters",
    "dl_course.plots.plot_network",
    "dl_course.plots.plot_pooling",
    "dl_course.plots.plot_sounds",
    "dl_course.plots.plot_spectrogram",
    "dl_course.plots.plot_waveform",
    "dl_course.scratch.adam_step",
    "dl_course.scratch.attention",
    "dl_course.scratch.attention_backward",
    "dl_course.scratch.average_pool2d",
    "dl_course.scratch.average_pool2d_backward",
    "dl_course.scratch.binary_crossentropy",
    "dl_course.scratch.binary_crossentropy_from_logits",
    "dl_course.scratch.binary_crossentropy_from_logits_gradient",
    "dl_course.scratch.bleu_tokens",
    "dl_course.scratch.bowl",
    "dl_course.scratch.bowl_gradient",
    "dl_course.scratch.brevity_penalty",
    "dl_course.scratch.categorical_crossentropy",
    "dl_course.scratch.categorical_crossentropy_gradient",
    "dl_course.scratch.check_gradient",
    "dl_course.scratch.clipped_matches",
    "dl_course.scratch.conv2d",
    "dl_course.scratch.conv2d_backward",
    "dl_course.scratch.convolve2d",
    "dl_course.scratch.corpus_bleu",
    "dl_course.scratch.cross_correlate2d",
    "dl_course.scratch.decay_per_step",
    "dl_course.scratch.decibels",
    "dl_course.scratch.dense",
    "dl_course.scratch.dense_backward",
    "dl_course.scratch.descend",
    "dl_course.scratch.dft",
    "dl_course.scratch.difference_errors",
    "dl_course.scratch.entropy",
    "dl_course.scratch.evaluate_mlp",
    "dl_course.scratch.fill_blanks",
    "dl_course.scratch.fit_medians",
    "dl_course.scratch.fit_standardizer",
    "dl_course.scratch.frame_signal",
    "dl_course.scratch.glorot_uniform",
    "dl_course.scratch.gradient_descent",
    "dl_course.scratch.gradient_norms",
    "dl_course.scratch.gru",
    "dl_course.scratch.gru_backward",
    "dl_course.scratch.gru_jacobians",
    "dl_course.scratch.gru_step",
    "dl_course.scratch.hann_window",
    "dl_course.scratch.he_normal",
    "dl_course.scratch.initialize_mlp",
    "dl_course.scratch.jacobian_products",
    "dl_course.scratch.k_folds",
    "dl_course.scratch.leaky_relu",
    "dl_course.scratch.leaky_relu_derivative",
    "dl_course.scratch.linear_regression_gradient",
    "dl_course.scratch.linear_regression_loss",
    "dl_course.scratch.log_mel_spectrogram",
    "dl_course.scratch.log_softmax",
    "dl_course.scratch.logistic_regression_gradient",
    "dl_course.scratch.logsumexp",
    "dl_course.scratch.lstm",
    "dl_course.scratch.lstm_backward",
    "dl_course.scratch.lstm_jacobians",
    "dl_course.scratch.lstm_step",
    "dl_course.scratch.max_pool2d",
    "dl_course.scratch.max_pool2d_backward",
    "dl_course.scratch.mean_squared_error",
    "dl_course.scratch.mean_squared_error_gradient",
    "dl_course.scratch.mel_filters",
    "dl_course.scratch.mel_frequencies",
    "dl_course.scratch.minibatches",
    "dl_course.scratch.mlp_backward",
    "dl_course.scratch.mlp_forward",
    "dl_course.scratch.momentum_step",
    "dl_course.scratch.nats_to_bits",
    "dl_course.scratch.nesterov_step",
    "dl_course.scratch.numeric_jacobian",
    "dl_course.scratch.orthogonal",
    "dl_course.scratch.output_size",
    "dl_course.scratch.perplexity",
    "dl_course.scratch.power_norms",
    "dl_course.scratch.relu",
    "dl_course.scratch.relu_derivative",
    "dl_course.scratch.rmsprop_step",
    "dl_course.scratch.rnn",
    "dl_course.scratch.rnn_backward",
    "dl_course.scratch.rnn_jacobians",
    "dl_course.scratch.rnn_output",
    "dl_course.scratch.rnn_step",
    "dl_course.scratch.round_to_bfloat16",
    "dl_course.scratch.sample_token",
    "dl_course.scratch.sgd_step",
    "dl_course.scratch.should_stop",
    "dl_course.scratch.sigmoid",
    "dl_course.scratch.sigmoid_derivative",
    "dl_course.scratch.small_normal",
    "dl_course.scratch.softmax",
    "dl_course.scratch.softmax_jacobian",
    "dl_course.scratch.softmax_with_temperature",
    "dl_course.scratch.split",
    "dl_course.scratch.standardize",
    "dl_course.scratch.stft",
    "dl_course.scratch.tanh",
    "dl_course.scratch.tanh_derivative",
    "dl_course.scratch.train_mlp",
    "dl_course.scratch.variance_through_depth",
    "dl_course.scratch.variance_two_ways",
    "dl_course.scratch.zeros",
    "dl_course.training.RECIPES",
    "dl_course.training.fit",
    "dl_course.training.predict",
    "dl_course.training.scores",
    "dl_course.training.teacher_forcing",
}

HEADING = re.compile(r"(?P<marks>#{1,6})\s*(?:(?P<number>\d+(?:\.\d+)*)[.\s]*)?(?P<title>\S.*)")
QUESTION = re.compile(
    r"(?:###\s*问题(?P<a>\d+)：|Q(?P<b>\d+)[：.]\s*|(?P<c>\d+)\.\s*Q:\s*)(?P<title>\S.*)"
)
STEP = re.compile(r"(?P<number>\d+)\.\s*(?P<title>[^：]+)：")


def extract(document: str, text: str) -> list[tuple[str, str, str, str]]:
    """Rows (document, level, id, title): headings, numbered questions, and the steps of D2 3."""
    rows, current, unnumbered, in_code = [], "", 0, False
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("```"):
            in_code = not in_code
        if in_code:
            continue
        if match := QUESTION.fullmatch(line):
            number = match["a"] or match["b"] or match["c"]
            rows.append((document, "question", f"{document}-Q{number}", match["title"]))
        elif match := HEADING.fullmatch(line):
            level, number = len(match["marks"]), match["number"]
            if number is None and level == 1:
                number = {"结论": "conclusion"}[match["title"]]
            elif number is None:
                unnumbered += 1
                number = f"{current}.{unnumbered}"
            else:
                current, unnumbered = number, 0
            rows.append((document, str(level), f"{document}-{number}", match["title"]))
        elif (document, current) == ("D2", "3") and (match := STEP.match(line)):
            rows.append((document, "step", f"D2-3.step{match['number']}", match["title"]))
    return rows


def fixture_rows() -> list[tuple[str, str, str, str]]:
    with FIXTURE.open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file, delimiter="\t")][1:]


def printed(renderable, width: int = 100) -> str:
    """What a terminal without colour shows."""
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(renderable)
    return console.file.getvalue()


def test_every_heading_and_question_is_a_section_with_its_title_and_none_is_extra():
    sections = [(part.document, part.id, part.title_zh) for part in syllabus.SECTIONS]
    assert sections == [(document, id_, title) for document, _, id_, title in fixture_rows()]


def test_the_fixture_is_what_the_documents_hold():
    folder = os.environ.get("DL_COURSE_DOCUMENTS")
    if not folder:
        pytest.skip("DL_COURSE_DOCUMENTS does not name a folder with the five documents")
    rows = []
    for document in syllabus.DOCUMENTS:
        text = (Path(folder) / document.file).read_text(encoding="utf-8")
        rows += extract(document.id, text)
    assert rows == fixture_rows()


def test_extraction_skips_code_fences_and_numbers_what_is_unnumbered():
    text = "# 3.标题\n```python\n# 注释\n```\n## 前向传播\n## 反向传播\n# 6.附录\nQ1：什么？\n"
    assert [row[1:] for row in extract("D4", text)] == [
        ("1", "D4-3", "标题"),
        ("2", "D4-3.1", "前向传播"),
        ("2", "D4-3.2", "反向传播"),
        ("1", "D4-6", "附录"),
        ("question", "D4-Q1", "什么？"),
    ]


def test_ids_numbers_and_slugs_are_unique():
    ids = [part.id.casefold() for part in syllabus.SECTIONS]
    assert len(set(ids)) == len(ids)
    numbers = [chapter.number for chapter in syllabus.CHAPTERS]
    assert numbers == list(range(24))
    assert all(c.slug.startswith(f"{c.number:02d}_") for c in syllabus.CHAPTERS)


@pytest.mark.parametrize("part", syllabus.SECTIONS, ids=lambda part: part.id)
def test_every_section_has_existing_chapters_or_a_reason_for_none(part):
    assert bool(part.chapters) != bool(part.background)
    assert [syllabus.chapter(number).number for number in part.chapters] == sorted(part.chapters)
    assert not (part.background and part.names)
    assert part.summary.endswith(".") and part.title_en
    if part.chapters and not part.planned:
        assert part.names, "a written chapter treats it, so something implements it"


def test_every_chapter_but_the_first_treats_a_section():
    assert [c.number for c in syllabus.CHAPTERS if not syllabus.sections_of(c.number)] == [0]


def test_errata_name_existing_sections():
    for erratum in syllabus.ERRATA:
        assert [syllabus.section(id_).id for id_ in erratum.sections] == list(erratum.sections)
        assert all(id_.partition("-")[2] in erratum.place for id_ in erratum.sections)


def test_a_section_is_planned_until_one_of_its_chapters_is_written():
    several = syllabus.section("D1-2.2")
    assert not several.planned and several.planned_chapters == (8,)
    question = syllabus.section("D0-Q1")
    assert question.planned and question.names
    assert not syllabus.section("D1-3").planned  # background: nothing is to come
    assert all(bool(c.names) != c.planned for c in syllabus.CHAPTERS)


def test_exactly_what_exists_is_claimed():
    claims = {name for entry in syllabus.SECTIONS + syllabus.CHAPTERS for name in entry.names}
    assert claims == CLAIMED


@pytest.mark.parametrize("name", sorted(CLAIMED))
def test_every_dotted_name_resolves(name):
    module, _, attribute = name.rpartition(".")
    assert hasattr(importlib.import_module(module), attribute)


def test_notebooks_are_the_written_chapters():
    notebooks = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert notebooks == {c.slug for c in syllabus.CHAPTERS if c.status == "written"}


@pytest.mark.parametrize("chapter", [c for c in syllabus.CHAPTERS if not c.planned])
def test_a_written_chapter_uses_what_it_names(chapter):
    text = (ROOT / "notebooks" / f"{chapter.slug}.ipynb").read_text(encoding="utf-8")
    unused = [name for name in chapter.names if name.rpartition(".")[2] not in text]
    assert not unused


def test_lookups_accept_what_people_type():
    assert syllabus.section(" d1 3.1 ").id == syllabus.section("D1-3.1").id == "D1-3.1"
    assert syllabus.section("d0 q1").id == "D0-Q1"
    assert syllabus.section("D2-3.STEP1").id == "D2-3.step1"
    found = {syllabus.chapter(key).number for key in (7, "7", "07", "07_image_classification")}
    assert found == {7}


def test_subsections_are_those_directly_below():
    assert [part.id for part in syllabus.subsections("D3-2")] == ["D3-2.1", "D3-2.2", "D3-2.3"]
    assert len(syllabus.subsections("D2-3")) == 8
    assert [part.id for part in syllabus.subsections("D0-6")] == ["D0-Q1", "D0-Q2", "D0-Q3"]
    assert syllabus.subsections("D1-3.3.1.1") == ()


@pytest.mark.parametrize(
    ("unknown", "advice"),
    [("D1-3.9", "D1-3.1"), ("D1-Q9", "D1-Q1"), ("banana", "Ids look like"), ("", "Ids look like")],
)
def test_an_unknown_section_gives_one_line_with_the_closest_ids(unknown, advice):
    with pytest.raises(CourseError) as caught:
        syllabus.section(unknown)
    message = str(caught.value)
    assert f"Received: section_id={unknown!r}" in message and advice in message
    assert "\n" not in message


@pytest.mark.parametrize("unknown", [24, -1, "image", True, None])
def test_an_unknown_chapter_gives_one_line(unknown):
    with pytest.raises(CourseError, match="a number from 0 to 23 or a chapter's slug"):
        syllabus.chapter(unknown)


@pytest.mark.parametrize("width", [80, 160])
def test_the_chapters_table_marks_what_is_planned_without_colour(width):
    lines = printed(chapters_table(), width).splitlines()
    for chapter in syllabus.CHAPTERS:
        row = next(line for line in lines if chapter.slug in line)
        assert chapter.status in row


@pytest.mark.parametrize("part", syllabus.SECTIONS, ids=lambda part: part.id)
def test_a_section_is_shown_with_all_that_the_map_holds(part):
    text = printed(section_view(part.id), width=400)
    assert part.title_zh in text and part.title_en in text and part.summary in text
    assert (f"{part.title_en} (planned)" in text) == part.planned
    for number in part.chapters:
        chapter = syllabus.chapter(number)
        assert f"{chapter.slug}: {chapter.title} ({chapter.status})" in text
    assignments = [syllabus.chapter(number).assignment for number in part.chapters]
    assert all(name in text for name in assignments)
    assert ("none yet" in text) == (bool(part.chapters) and not any(assignments))
    assert part.background in text
    for wanted in part.names + tuple(e.correct for e in syllabus.errata_of(part.id)):
        assert wanted in text


def test_a_function_is_shown_with_the_first_line_of_its_docstring():
    from dl_course.models import build_cnn

    assert build_cnn.__doc__.splitlines()[0] in printed(section_view("D1-3.1"), width=400)


def test_the_map_starts_nothing_heavy():
    heavy = ("numpy", "matplotlib", "keras", "tensorflow", "sklearn", "PIL", "pooch", "rich")
    code = (
        "import sys, dl_course.syllabus, dl_course.commands.course\n"
        "dl_course.commands.course._section_rows(dl_course.syllabus.section('D1-3.1'))\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_every_assignment_is_there_and_belongs_to_a_chapter():
    masters = {path.stem for path in (ROOT / "notebooks" / "assignments").glob("*.ipynb")}
    named = {c.assignment: c.number for c in syllabus.CHAPTERS if c.assignment}
    assert set(named) == masters and all(name.startswith(f"{n:02}_") for name, n in named.items())
