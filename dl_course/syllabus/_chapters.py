"""The chapters: one notebook each, in the order of the course."""

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dl_course.files import notebooks_folder
from dl_course.syllabus._masters import assignments_by_chapter


@dataclass(frozen=True)
class Chapter:
    """One chapter: its notebook, its title, and the sections of the documents that it treats.

    A chapter is written when its notebook exists; what it teaches of the package is what its
    notebook imports.

    Attributes:
        slug: the notebook's file name without `.ipynb`; it begins with the chapter's number.
        title: in English; the Chinese titles are those of its sections.
        sections: the ids of its sections, in the order of the documents.

    Example:
        >>> seventh = Chapter("07_image_classification", "Image classification", ("D1-3.1",))
        >>> seventh.number, seventh.planned, "dl_course.models.build_cnn" in seventh.names
        (7, False, True)
    """

    slug: str
    title: str
    sections: tuple[str, ...]

    @property
    def number(self) -> int:
        """The chapter's number; it is written only in the slug."""
        return int(self.slug[:2])

    @property
    def notebook(self) -> Path:
        """The path of the notebook, whether it is written yet or not."""
        return notebooks_folder() / f"{self.slug}.ipynb"

    @property
    def planned(self) -> bool:
        """Whether the notebook is still to be written."""
        return not self.notebook.is_file()

    @property
    def status(self) -> str:
        """In one word: "written" or "planned"."""
        return "planned" if self.planned else "written"

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Dotted names of the package that the notebook imports; empty while it is planned."""
        return () if self.planned else tuple(dict.fromkeys(_imported(self.notebook)))

    @property
    def assignment(self) -> str:
        """The name of the chapter's assignment; empty while there is none."""
        return assignments_by_chapter().get(self.number, "")


def _imported(notebook: Path) -> Iterator[str]:
    """Yields the dotted names that a notebook's cells import from the package."""
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        lines = "".join(cell["source"]).splitlines()
        # A line that begins with % is IPython's, not Python.
        code = "\n".join(line for line in lines if not line.startswith("%"))
        for node in ast.walk(ast.parse(code if cell["cell_type"] == "code" else "")):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("dl_course."):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _chapter(slug: str, title: str, sections: str) -> Chapter:
    return Chapter(slug, title, tuple(sections.split()))


CHAPTERS: tuple[Chapter, ...] = (
    _chapter("00_start_here", "Start here", ""),
    _chapter("01_mathematics", "The mathematics", "D4-2"),
    _chapter(
        "02_gradient_descent",
        "Gradient descent",
        "D0-3.1 D0-4.1 D1-5 D2-3 D3-3.3 D4-3 D4-3.3",
    ),
    _chapter(
        "03_feedforward_networks",
        "Feedforward networks",
        "D0-2 D1-2.1 D2-2 D3-2 D3-2.1 D3-2.2 D3-2.3 D3-3.1 D3-Q4 D4-3 D4-3.1 D4-3.5",
    ),
    _chapter(
        "04_backpropagation",
        "Backpropagation",
        "D0-3.2 D0-4.2 D1-2.1 D3-3.2 D3-4 D4-3 D4-3.2 D4-4",
    ),
    _chapter(
        "05_training_pipeline",
        "The training pipeline",
        "D1-4.2 D2-3 D2-3.step1 D2-3.step2 D2-3.step3 D2-3.step4 D2-3.step5 D2-3.step6 "
        "D2-3.step7 D2-3.step8 D2-Q3",
    ),
    _chapter(
        "06_convolution_and_pooling",
        "Convolution and pooling",
        "D0-3.3 D0-3.4 D0-4.3 D0-4.4 D1-3.1.1 D1-3.1.2 D1-3.1.3 D1-Q3 D2-3",
    ),
    _chapter("07_image_classification", "Image classification", "D1-2.2 D1-3.1 D1-4.1 D2-4"),
    _chapter("08_object_detection", "Object detection", "D1-2.2"),
    _chapter(
        "09_recurrent_networks",
        "Recurrent networks",
        "D1-3.2 D1-3.2.1 D1-3.2.2 D1-3.2.3 D1-Q3 D2-2",
    ),
    _chapter(
        "10_lstm_and_gru",
        "LSTM and GRU",
        "D0-3.5 D0-3.6 D0-4.5 D0-4.6 D1-3.3 D1-3.3.1 D1-3.3.1.1 D1-3.3.1.2 D1-3.3.2 "
        "D1-3.3.2.1 D1-3.3.2.2",
    ),
    _chapter("11_text_classification", "Text classification", "D1-2.2 D2-2"),
    _chapter("12_text_generation", "Text generation", "D1-2.2 D1-4.2"),
    _chapter("13_machine_translation", "Machine translation", "D1-2.2 D1-Q4"),
    _chapter("14_speech_recognition", "Speech recognition", "D0-1 D1-1 D1-Q4 D2-1 D2-Q5 D4-Q4"),
    _chapter("15_generative_adversarial_networks", "Generative adversarial networks", "D0-2"),
    _chapter(
        "16_overfitting_and_regularization",
        "Overfitting and regularization",
        "D0-Q2 D2-Q2 D2-Q3 D3-Q2 D3-Q5 D4-3 D4-3.4 D4-5 D4-Q3",
    ),
    _chapter("17_imbalanced_data", "Imbalanced data", "D0-5 D2-1 D2-5"),
    _chapter("18_interpretability", "Interpretability", "D0-Q1 D1-5 D3-5 D3-Q3"),
    _chapter("19_transfer_and_few_shot", "Transfer and few-shot learning", "D1-5 D3-5 D4-5 D4-Q3"),
    _chapter("20_compression", "Compression", "D0-Q3 D3-5 D4-5"),
    _chapter("21_distributed_training", "Distributed training", "D0-Q3 D2-Q4 D3-Q2"),
    _chapter("22_automl", "Automated machine learning", "D2-5"),
    _chapter("23_reinforcement_learning", "Reinforcement learning", "D2-5 D2-Q5"),
    _chapter("24_attention_and_transformers", "Attention and Transformers", "D1-2.2 D2-2 D2-5"),
)
