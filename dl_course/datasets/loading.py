"""One function for all data: a registered name, or the path of your own files."""

import os
from pathlib import Path
from typing import Any, Literal, overload

from dl_course.datasets import formats, registry
from dl_course.datasets.dataset import Corpus, Dataset
from dl_course.datasets.kinds import KINDS
from dl_course.errors import DataError, argument_error, check_seed, check_share

Source = str | os.PathLike


# The overloads name what decides the type, and leave the other options to the signature below.
@overload
def load(source: Source, *, kind: Literal["corpus"], **options: Any) -> Corpus: ...  # ty: ignore[inconsistent-overload-implementation]
@overload
def load(source: Source, *, kind: str, **options: Any) -> Dataset: ...  # ty: ignore[inconsistent-overload-implementation]
@overload
def load(source: Source, *, kind: None = ..., **options: Any) -> Dataset | Corpus: ...  # ty: ignore[inconsistent-overload-implementation]
def load(
    source: Source,
    *,
    kind: str | None = None,
    test_share: float = 0.2,
    seed: int = 0,
    text_column: str | None = None,
    label_column: str | None = None,
    encoding: str | None = None,
) -> Dataset | Corpus:
    """Loads data of any kind: examples and targets, for training and testing.

    A registered name is that set. Any other string, and every `Path`, is the path of your own:
    an `.npz` file, a folder with one subfolder of images or of .wav files per class, a table of
    texts and labels (.csv, .tsv, .jsonl), or a long text (.txt). A file of sentence pairs, one
    pair to a line with a tab between, looks like a table: pass `kind="pairs"`.

    Args:
        source: a name from `names()`, or a path.
        kind: what the data must be, one of `KINDS`. By default a registered set may be of any
            kind, and a path is read as what it looks like.
        test_share: the share of the examples that is kept for testing, of each class where there
            are classes. A split that was published, or is in your file, stays as it is.
        seed: chooses that split; the same seed gives the same one.
        text_column: the name of the column of texts in your table; "text" by default.
        label_column: the name of the column of labels; "label" by default.
        encoding: of your file of text; UTF-8 by default.

    Returns:
        The data set; for a long text, a corpus.

    Raises:
        CourseError: an argument is out of range, or does not go with this kind of data.
        DataError: unknown name, another kind, missing or damaged file, unusable content, or no
            network.

    Example:
        >>> data = load("digits")
        >>> data.kind, data.x_train.shape, data.y_test.shape
        ('images', (1438, 28, 28, 1), (359,))
        >>> load("digits", kind="texts")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        dl_course.errors.DataError: digits: expected labelled texts, received images. Choose ...
    """
    check_share("test_share", test_share, positive=True)
    check_seed("seed", seed)
    if not isinstance(source, (str, os.PathLike)):
        raise argument_error("source", "the name of a data set or a path", source)
    if kind is not None and kind not in KINDS:
        raise argument_error("kind", f"one of {', '.join(KINDS)}", kind)
    options = {"text_column": text_column, "label_column": label_column, "encoding": encoding}
    given = {name: value for name, value in options.items() if value is not None}
    if isinstance(source, str) and source in registry.names():
        found = registry.info(source).kind
        if kind not in (None, found):
            raise _other_kind(source, found, kind)
        formats.check_options(given, found)
        for name, value in given.items():
            expected = f"given for a file of your own only, not for {source}"
            raise argument_error(name, expected, value)
        return registry.modules()[source].load(test_share, seed)
    path = Path(source).expanduser()
    if not path.exists():
        if isinstance(source, str) and path.name == source and not path.suffix:
            raise registry.unknown(source)
        raise DataError(f"{path}: no such file or folder. Check the path.")
    module = formats.module_for(path, kind)
    formats.check_options(given, module.FORMAT.kind)
    return module.load(path, test_share, seed, **given)


def _other_kind(name: str, found: str, wanted: str) -> DataError:
    """Returns the error for a registered set of another kind than is needed."""
    fitting = " or ".join(n for n in registry.names() if registry.info(n).kind == wanted)
    own = formats.own_files(wanted)
    return DataError(
        f"{name}: expected {KINDS[wanted].title}, received {KINDS[found].title}. Choose "
        f"{fitting or 'other data'}{f', or give the path of {own}' if own else ''}."
    )
