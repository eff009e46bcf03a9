"""What is known of a data set before it is loaded."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DataFile:
    """One file of a data set, known by its decoded content.

    Args:
        name: the file's name in the data set's folder.
        urls: where it can be downloaded, in the order in which to try; none if nobody offers it.
        md5: MD5 of the decoded (uncompressed) content: a recompressed copy is still the file. Of
            an archive it covers the names and contents of its recordings, see `archive_content`.
        size: bytes of the decoded content.

    Example:
        >>> DataFile("x.gz", ("https://example.org/x.gz",), "0" * 32, 10).size
        10
    """

    name: str
    urls: tuple[str, ...]
    md5: str
    size: int


@dataclass(frozen=True)
class DatasetInfo:
    """What is known of a data set before it is loaded.

    Args:
        name: the name to load it by.
        title: one line on what it shows.
        embedded: whether it comes with the installed packages, so needs no network.
        files: its files; of an embedded set, the content that is verified (none if it is made).
        class_names: one name per label; empty where a number is asked for.
        input_shape: height, width, channels of an image; (features,) of a table; (samples,) of a
            sound; () of a text.
        train_examples: how many are for training; of a corpus, its characters.
        test_examples: how many are for the test, likewise. 0 and 0: it depends on the machine.
        licence: the terms of the data.
        source: where it was published.
        alternative: the embedded set to use without a network; None for an embedded set.
        kind: what an example is: "images", "table", "texts", "pairs", "corpus" or "sounds".

    Example:
        >>> DatasetInfo("dots", "Ten dots", True, (), ("dot",), (2,), 8, 2, "CC0", "", None).kind
        'images'
    """

    name: str
    title: str
    embedded: bool
    files: tuple[DataFile, ...]
    class_names: tuple[str, ...]
    input_shape: tuple[int, ...]
    train_examples: int
    test_examples: int
    licence: str
    source: str
    alternative: str | None
    kind: str = "images"
