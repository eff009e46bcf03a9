"""Reviews of films from IMDB: 50,000 texts that people wrote."""

import json

from dl_course.datasets import store
from dl_course.datasets.dataset import Dataset, from_texts
from dl_course.datasets.records import DatasetInfo


def load_imdb(entry: DatasetInfo) -> Dataset:
    """Loads the reviews with the published split: 25,000 for training, 25,000 for the test.

    What a reader should know:

    - Half of each part is positive (a rating of 7 to 10), half negative (1 to 4); there is
      nothing in between. The rating is not given away here.
    - 123 texts stand in both parts, as they were published: half a percent of the test has been
      seen in training. To leave them out would make results incomparable with published ones.
    - The texts hold HTML line breaks, which `clean_text` removes.

    Args:
        entry: the registered set.

    Returns:
        The data set: x texts, y 0 (negative) or 1 (positive), shape (n,).

    Raises:
        DataError: a file is missing or damaged.

    Example:
        >>> from dl_course.datasets import info, load, locate
        >>> data = load("imdb") if locate("imdb") else None

    Reference: Maas et al. 2011, https://aclanthology.org/P11-1015.
    """
    train, test = (parse_reviews(content.decode("utf-8")) for _, content in store.read_files(entry))
    return from_texts(entry.name, train, test, entry.class_names)


def parse_reviews(text: str) -> tuple[list[str], list[int]]:
    """Returns the texts and the labels in one file's lines of JSON.

    Example:
        >>> parse_reviews('{"id": 0, "label": 1, "rating": 9, "text": "Fine film."}\\n')
        (['Fine film.'], [1])
    """
    # Not splitlines: a text may hold other line ends than the newline.
    reviews = [json.loads(line) for line in text.split("\n") if line]
    return [review["text"] for review in reviews], [review["label"] for review in reviews]
