"""The records of the map: a document, a section, an erratum."""

from dataclasses import dataclass

from dl_course.syllabus._chapters import CHAPTERS, Chapter


@dataclass(frozen=True)
class Document:
    """One of the five documents that the course implements.

    Attributes:
        id: "D0" to "D4".
        file: its file name.
        subject: what it is about, in English; the documents have no title of their own.
    """

    id: str
    file: str
    subject: str


@dataclass(frozen=True)
class Section:
    """One section, question or step of a document, and where the course treats it.

    Attributes:
        id: the document, then the number, the question or the step: "D1-3.1", "D0-Q1".
        title_zh: the Chinese title as in the document, without its number.
        title_en: the title in English.
        summary: what the section states, in one sentence of our own.
        key_names: dotted names to look at first, chosen from all that its chapters use.
        background: why no code belongs to it; empty when it has chapters.

    Example:
        >>> part = Section("D2-5", "未来发展趋势与挑战", "Trends", "...")
        >>> part.document, 22 in [chapter.number for chapter in part.chapters]
        ('D2', True)
    """

    id: str
    title_zh: str
    title_en: str
    summary: str
    key_names: tuple[str, ...] = ()
    background: str = ""

    @property
    def document(self) -> str:
        """The id of its document, such as "D1"."""
        return self.id.split("-", 1)[0]

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """The chapters that treat it; none when `background` says why."""
        return tuple(chapter for chapter in CHAPTERS if self.id in chapter.sections)

    @property
    def names(self) -> tuple[str, ...]:
        """Dotted names that implement it or show it: its own choice, or all of its chapters'."""
        return self.key_names or tuple(
            dict.fromkeys(name for chapter in self.chapters for name in chapter.names)
        )

    @property
    def planned(self) -> bool:
        """Whether it has chapters and none of them is written yet."""
        return bool(self.chapters) and all(chapter.planned for chapter in self.chapters)


@dataclass(frozen=True)
class Erratum:
    """One place where a document is wrong, and the correct form.

    Attributes:
        place: the place as one writes it, such as "D0 3.4, 4.4".
        sections: the ids of the sections that it concerns.
        wrong: what is wrong there.
        correct: the correct form.
    """

    place: str
    sections: tuple[str, ...]
    wrong: str
    correct: str
