"""The data sets that have a name: where they come from and how to know them again."""

import hashlib

from dl_course.datasets._image_and_table_sets import IMAGES_AND_TABLES
from dl_course.datasets._language_sets import TEXTS_AND_SOUNDS
from dl_course.datasets.records import DatasetInfo
from dl_course.errors import DataError

# The embedded ones first.
REGISTRY = {
    entry.name: entry
    for entry in sorted(
        (*IMAGES_AND_TABLES, *TEXTS_AND_SOUNDS), key=lambda entry: not entry.embedded
    )
}


def names() -> tuple[str, ...]:
    """Returns the names of the registered data sets, the embedded ones first.

    Example:
        >>> names()[:2], names()[-1]
        (('breast_cancer', 'digits'), 'fsdd')
    """
    return tuple(REGISTRY)


def info(name: str) -> DatasetInfo:
    """Returns what is known of a registered data set.

    Args:
        name: one of `names()`.

    Raises:
        DataError: there is no such data set; the closest name is suggested.

    Example:
        >>> info("fashion_mnist").class_names[9]
        'ankle boot'
    """
    if name not in REGISTRY:
        raise unknown(name)
    return REGISTRY[name]


def check_embedded(entry: DatasetInfo, content: bytes) -> None:
    """Raises a `DataError` unless the content that an installed package carries is the published.

    Example:
        >>> check_embedded(info("digits"), b"")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        dl_course.errors.DataError: scikit-learn digits: other content than published: ...
    """
    file = entry.files[0]
    actual = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if actual != file.md5:
        raise DataError(
            f"{file.name}: other content than published: expected MD5 {file.md5}, "
            f"actual {actual}. Install scikit-learn again."
        )


def unknown(name: str) -> DataError:
    """Returns the error for a name that is not registered.

    Example:
        >>> print(unknown("mnits"))  # doctest: +ELLIPSIS
        There is no data set 'mnits'. Did you mean 'mnist'? ...
    """
    from difflib import get_close_matches

    close = get_close_matches(str(name).lower(), REGISTRY, n=1)
    guess = f" Did you mean {close[0]!r}?" if close else ""
    return DataError(
        f"There is no data set {name!r}.{guess} Choose one of {', '.join(REGISTRY)}, or give the "
        "path of your own: an .npz file, a folder of images or sounds, or texts in .csv, .tsv, "
        ".jsonl or .txt."
    )
