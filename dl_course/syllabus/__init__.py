"""The map of the course: every section of the five documents, and where it is implemented.

Ids: a numbered heading is "D1-3.3.1.1". The headings under D4's section 3 have no numbers in the
document; here they are "D4-3.1" to "D4-3.5" in their order. A question is "D0-Q1", one of the
eight steps of D2 3 is "D2-3.step1", the closing heading of D0 is "D0-conclusion".

Rules of the map:
- A chapter names its sections; it is written when its notebook exists.
- A section has chapters, or a `background` that says why no code belongs to it; never both.
- A section that a chapter treats brings its subsections along, unless these have chapters of
  their own: D1-3.1 is chapter 7's, its three layers are chapter 6's.
- A section is planned when it has chapters and none of them is written.
- A chapter's names are those that its notebook imports; a section's are those of its chapters,
  unless it chooses its own `key_names`.
"""

import difflib
import re

from dl_course.errors import argument_error
from dl_course.syllabus._chapters import CHAPTERS, Chapter
from dl_course.syllabus._d0 import D0
from dl_course.syllabus._d1 import D1
from dl_course.syllabus._d2 import D2
from dl_course.syllabus._d3 import D3
from dl_course.syllabus._d4 import D4
from dl_course.syllabus._errata import ERRATA
from dl_course.syllabus._sections import Document, Erratum, Section

DOCUMENTS: tuple[Document, ...] = (
    Document("D0", "000_054fbeaf3788ad77.txt", "challenges and limits of deep learning"),
    Document("D1", "001_36319211d90e514f.txt", "image recognition and language processing"),
    Document("D2", "002_311ae0807c5a47db.txt", "challenges and trends; the training pipeline"),
    Document("D3", "003_7760aab754b5bed4.txt", "principles in Python, neurons and the brain"),
    Document("D4", "004_b7456a50821e15af.txt", "the mathematics of deep learning"),
)

SECTIONS: tuple[Section, ...] = D0 + D1 + D2 + D3 + D4

_SECTION_BY_KEY = {part.id.casefold(): part for part in SECTIONS}


def section(section_id: str) -> Section:
    """Returns the section with this id; capitals do not matter, a space may stand for the hyphen.

    Args:
        section_id: such as "D1-3.1", "d1 3.1", "D0-Q1" or "D2-3.step1".

    Returns:
        The `Section`.

    Raises:
        CourseError: there is no such section; the message lists the closest ids.

    Example:
        >>> section("d1 3.1").title_en
        'Convolutional networks (CNN)'
    """
    key = re.sub(r"[\s-]+", "-", str(section_id).strip()).casefold()
    if key in _SECTION_BY_KEY:
        return _SECTION_BY_KEY[key]
    close = difflib.get_close_matches(key, _SECTION_BY_KEY, n=5, cutoff=0.5)
    known = ", ".join(_SECTION_BY_KEY[found].id for found in close)
    hint = f"Closest: {known}." if known else "Ids look like D1-3.1, D0-Q1 or D2-3.step1."
    raise argument_error("section_id", "the id of a section of D0 to D4", section_id, hint)


def chapter(number_or_slug: int | str) -> Chapter:
    """Returns the chapter with this number or slug.

    Args:
        number_or_slug: 7, "7", "07" or "07_image_classification".

    Returns:
        The `Chapter`.

    Raises:
        CourseError: there is no such chapter.

    Example:
        >>> chapter(7).title, chapter("07_image_classification").number
        ('Image classification', 7)
    """
    text = str(number_or_slug).strip().casefold()
    for found in CHAPTERS:
        if text == found.slug or (text.isdecimal() and int(text) == found.number):
            return found
    hint = "`dl-course chapters` lists them."
    expected = f"a number from 0 to {len(CHAPTERS) - 1} or a chapter's slug"
    raise argument_error("number_or_slug", expected, number_or_slug, hint)


def sections_of(number_or_slug: int | str) -> tuple[Section, ...]:
    """Returns the sections that a chapter treats, in the order of the documents.

    Args:
        number_or_slug: as for `chapter`.

    Returns:
        Its sections; none for chapter 0.

    Raises:
        CourseError: there is no such chapter.

    Example:
        >>> [part.id for part in sections_of(7)]
        ['D1-2.2', 'D1-3.1', 'D1-4.1', 'D2-4']
    """
    return tuple(map(section, chapter(number_or_slug).sections))


def subsections(section_id: str) -> tuple[Section, ...]:
    """Returns the sections directly below a section, in the order of the document.

    The questions of a document lie below its section 6, the steps of D2 3 below D2-3.

    Args:
        section_id: as for `section`.

    Returns:
        The sections below it; empty when there are none.

    Raises:
        CourseError: there is no such section.

    Example:
        >>> [part.id for part in subsections("D1-3.3")]
        ['D1-3.3.1', 'D1-3.3.2']
    """
    parent = section(section_id).id
    return tuple(part for part in SECTIONS if _parent(part.id) == parent)


def errata_of(section_id: str) -> tuple[Erratum, ...]:
    """Returns the places in a section where its document is wrong.

    Args:
        section_id: as for `section`.

    Returns:
        The errata that name this section; those of its subsections stand with these.

    Raises:
        CourseError: there is no such section.

    Example:
        >>> [erratum.correct for erratum in errata_of("D1-4.2")]
        ['A keras.callbacks.ModelCheckpoint.']
    """
    found = section(section_id).id
    return tuple(erratum for erratum in ERRATA if found in erratum.sections)


def _parent(section_id: str) -> str:
    """Returns the id of the section above, or an empty text for a section at the top."""
    document, number = section_id.split("-", 1)
    if number.startswith("Q"):
        return f"{document}-6"
    above = number.rpartition(".")[0]
    return f"{document}-{above}" if above else ""
