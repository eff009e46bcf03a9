"""What is known of a data set before it is loaded."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DataFile:
    """One file of a data set, known by its decoded content.

    Args:
        name: the file's name in the data set's folder.
        urls: where it can be downloaded, in the order in which to try; empty if nobody offers it.
        md5: MD5 of the decoded (uncompressed) content, so that a recompressed copy passes.
        size: bytes of the decoded content.
        content: what the checksum covers, where that is not simply the file.
        members: for a .zip archive, the ending of the members whose names and contents are its
            decoded content, see `archive_content`.

    Example:
        >>> DataFile("x.gz", ("https://example.org/x.gz",), "0" * 32, 10).size
        10
    """

    name: str
    urls: tuple[str, ...]
    md5: str
    size: int
    content: str = ""
    members: str = ""


@dataclass(frozen=True, kw_only=True)
class DatasetInfo:
    """What is known of a data set before it is loaded.

    Args:
        name: the name to load it by.
        title: one line on what it shows.
        kind: what an example is, one of `KINDS`.
        notes: what else to know of its examples, in a few words.
        class_names: one name per label; empty where a number is asked for.
        input_shape: height, width, channels of an image; (features,) of a table; (samples,) of a
            sound; () of a text.
        train_examples: how many are for training; of a corpus, its characters.
        test_examples: as `train_examples`; both are 0 if they depend on the machine.
        split: how the examples are divided.
        is_split_here: whether `test_share` and `seed` of `load` choose that split.
        checksum: that of the data as `load(name)` returns them; empty if it depends on the machine.
        files: its files; of an embedded set, the content that is verified, if there is any.
        megabytes: the size of the download; 0 if the set is embedded: it comes with the installed
            packages or is made, and needs no network.
        alternative: the embedded set to use without a network; None for an embedded set.
        licence: the terms of the data.
        authors: who published it, and when.
        source: where.

    Example:
        >>> from dl_course.datasets import info
        >>> info("mnist").kind, info("mnist").input_shape, info("mnist").embedded
        ('images', (28, 28, 1), False)
    """

    name: str
    title: str
    kind: str
    notes: str = ""
    class_names: tuple[str, ...] = ()
    input_shape: tuple[int, ...] = ()
    train_examples: int
    test_examples: int
    split: str
    is_split_here: bool
    checksum: str
    files: tuple[DataFile, ...] = ()
    megabytes: float = 0
    alternative: str | None = None
    licence: str
    authors: str
    source: str

    @property
    def embedded(self) -> bool:
        """Whether it needs no network."""
        return not self.megabytes
