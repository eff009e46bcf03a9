"""Writes the parts of the documentation that are made from the code: `make docs`.

A test compares the files with what this makes of them, so they cannot fall behind. Within a page
that people write, a generated part stands between `<!-- NAME: by make docs -->` and `<!-- end -->`.
"""

import json
from collections.abc import Callable
from pathlib import Path

from dl_course import cli, syllabus
from dl_course.commands import data, reference
from dl_course.files import write_text

ROOT = Path(__file__).resolve().parent.parent


def budgets() -> str:
    """Returns the table of the notebooks with their time budgets."""
    rows = []
    for chapter in syllabus.CHAPTERS:
        if not chapter.planned:
            metadata = json.loads(chapter.notebook.read_text(encoding="utf-8"))["metadata"]
            rows.append(f"| {chapter.slug} | {metadata['dl_course']['budget_seconds']} |")
    return "\n".join(["| notebook | budget, seconds |", "|---|---|", *rows])


# Whole pages, and parts of pages, each with the function that makes it.
PAGES: dict[str, Callable[[], str]] = {
    "docs/commands.md": lambda: reference.commands_page(cli.root()),
}
PARTS: dict[str, dict[str, Callable[[], str]]] = {
    "README.md": {"tasks": reference.tasks_table, "budgets": budgets},
    "data/README.md": {
        "kinds": data.kinds,
        "sets": data.catalogue,
        "checksums": data.checksums,
    },
}


def pages() -> dict[str, str]:
    """Returns every page with a generated part, by its path, as it has to be."""
    made = {name: make() for name, make in PAGES.items()}
    for name, parts in PARTS.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        for part, make in parts.items():
            begin, end = f"<!-- {part}: by make docs -->\n", "\n<!-- end -->"
            if text.count(begin) != 1:
                raise ValueError(f"{name}: expected the line {begin.strip()!r} once.")
            before, _, rest = text.partition(begin)
            text = before + begin + make().strip() + end + rest.partition(end)[2]
        made[name] = text
    return made


def main() -> None:
    """Writes every page that differs, and says which."""
    for name, text in pages().items():
        path = ROOT / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_text(path, text)
            print(f"{name}: written")


if __name__ == "__main__":
    main()
