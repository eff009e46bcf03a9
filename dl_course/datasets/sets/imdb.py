"""Film reviews from IMDB: 50,000 texts written by people."""

import json

from dl_course.datasets.dataset import Dataset, from_texts
from dl_course.datasets.records import DataFile, DatasetInfo
from dl_course.datasets.store import read_files

INFO = DatasetInfo(
    name="imdb",
    title="50,000 film reviews, good or bad",
    kind="texts",
    notes="123 of them are in both halves, as published",
    class_names=("negative", "positive"),
    train_examples=25_000,
    test_examples=25_000,
    split="published",
    is_split_here=False,
    checksum="e9e26a3dd08b218633bc1a53ab7eea06",
    files=(
        DataFile("imdb_train.jsonl.gz", (), "accd3261f03eabf549ea05ec0654b1c5", 34_996_238),
        DataFile("imdb_test.jsonl.gz", (), "9ec73cb85bc03dd427bf7e447e1dc72a", 34_199_569),
    ),
    megabytes=26,
    alternative="reviews",
    licence="for research (Maas et al. 2011)",
    authors="Maas et al. 2011",
    source="https://ai.stanford.edu/~amaas/data/sentiment/",
)


def load(test_share: float, seed: int) -> Dataset:
    """Loads the reviews in their published split.

    - Half of each part is positive (a rating of 7 to 10), half negative (1 to 4); there is
      nothing in between. The rating itself is not returned.
    - 123 texts are in both parts, as they were published: half a percent of the test has been
      seen in training. Without them, results could not be compared with published ones.
    - The texts hold HTML line breaks, which `clean_text` removes.

    Reference: Maas et al. 2011, https://aclanthology.org/P11-1015.
    """
    train, test = (parse_reviews(content.decode("utf-8")) for _, content in read_files(INFO))
    return from_texts(INFO.name, train, test, INFO.class_names)


def parse_reviews(text: str) -> tuple[list[str], list[int]]:
    """Returns the texts and the labels in one file's lines of JSON.

    Example:
        >>> parse_reviews('{"id": 0, "label": 1, "rating": 9, "text": "Fine film."}\\n')
        (['Fine film.'], [1])
    """
    # Not splitlines: a text may hold line endings other than the newline.
    reviews = [json.loads(line) for line in text.split("\n") if line]
    return [review["text"] for review in reviews], [review["label"] for review in reviews]
