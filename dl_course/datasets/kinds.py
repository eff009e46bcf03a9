"""The kinds of data: what the examples and the targets of each are."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """What the examples and targets of one kind of data are.

    A new kind needs a row in `KINDS`, a `from_*` constructor in dataset.py, a module in `files/`
    that reads your own, and an entry in `commands/data.py` that shows it.

    Args:
        title: its name in a sentence: "expected labelled texts, received images".
        x: type, range and shape of the examples.
        y: of the targets.
    """

    title: str
    x: str
    y: str


_LABELS = "labels, int64 (n,)"

KINDS = {
    "images": Kind("images", "float32 in [0, 1], (n, height, width, channels)", _LABELS),
    "table": Kind(
        "a table",
        "float64, (n, features), NaN where the source has a blank",
        "labels, int64 (n,), or the number to predict, float64 (n,)",
    ),
    "sequences": Kind("sequences", "float32, (n, steps, features)", _LABELS),
    "texts": Kind("labelled texts", "NumPy's StringDType, (n,)", _LABELS),
    "pairs": Kind(
        "sentence pairs",
        "StringDType, (n,): the sentence",
        "StringDType, (n,): its translation",
    ),
    "sounds": Kind("sounds", "float32 in [-1, 1], (n, samples), padded with zeros", _LABELS),
    "corpus": Kind("a long text", "a text in two parts: `train`, and its last tenth, `test`", "-"),
}
