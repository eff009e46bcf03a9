"""Generated reviews in which the order of the words decides, so that counting them is not enough.

A review says something about a thing, plainly, negated, or as a contrast of which one half counts;
it may take that back at its end; and it may close with a recommendation. Asides and neutral
sentences come in between, so that the words that decide are far apart.
"""

# NumPy loads its random module when it is first named, as an evaluated annotation would do.
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dl_course.datasets.dataset import Dataset, from_texts
from dl_course.datasets.records import DatasetInfo
from dl_course.datasets.splits import stratified_split
from dl_course.errors import argument_error, check_positive_integer, check_seed, check_share

INFO = DatasetInfo(
    name="reviews",
    title="Generated reviews, good or bad, in which the order of the words decides",
    kind="texts",
    notes="made by a grammar from a seed",
    class_names=("negative", "positive"),
    train_examples=4000,
    test_examples=1000,
    split="stratified",
    is_split_here=True,
    checksum="8ecf7140aba7d9c6e27fe7814dfd452f",
    licence="MIT, made by the course",
    authors="synthetic",
    source="https://en.wikipedia.org/wiki/Synthetic_data",
)

_ADJECTIVES = (
    "dreadful awful disappointing terrible poor dull annoying miserable bad weak".split(),
    "wonderful superb delightful excellent charming brilliant pleasant lovely good great".split(),
)
_THINGS = {
    "film": "acting story music camera ending".split(),
    "hotel": "room breakfast service view garden".split(),
    "book": "plot language ending translation cover".split(),
    "restaurant": "soup fish service wine dessert".split(),
    "phone": "screen battery camera sound keyboard".split(),
    "concert": "singer hall orchestra sound programme".split(),
}
_PEOPLE = "sister brother neighbour teacher cousin mother uncle friend".split()
_MONTHS = "January March April June July August October December".split()
_NUMBERS = "two three four five six seven eight nine ten twelve".split()

# {good} and {fine} are adjectives that agree with the verdict, {bad} is one of the opposite.
_PLAIN = (
    "The {part} was {very} {good}.",
    "I found the {part} {very} {good}.",
    "I would say, {aside}, that the {part} was {good}.",
    "The {part} seemed, {aside}, {very} {good} to us.",
    "Anyone who likes a {thing} at all will find the {part} {good}.",
    "The {part} was not only {good}, it was {very} {fine} as well.",
)
_NEGATED = (
    "The {part} was not {bad} at all.",
    "I would not say, {aside}, that the {part} was {very} {bad} at all.",
    "Not once, {aside}, did the {part} seem {bad} to us.",
    "Nobody, {aside}, would call the {part} {bad}.",
    "I never found the {part}, {aside}, {very} {bad}.",
    "The {part} was, {aside}, by no means {bad}.",
)
_CONTRASTS = (
    "The {other} was {bad}, but the {part} was {good}.",
    "Although the {other} was {bad}, the {part} was {very} {good}.",
    "The {part} was {very} {good}, although the {other} was {bad}.",
    "The {other} may have been {bad}, {aside}, yet the {part} was {good}.",
    "The {part} was so {good}, {aside}, that it hardly matters how {bad} the {other} was.",
)
_ASIDES = (
    "whatever the advertisement says",
    "after all that I had read in the newspaper",
    "and I have thought about it for {number} days",
    "now that {number} weeks have gone by",
    "when I think of it today",
    "as I told my {person} on the way home",
    "if you ask me and my {person}",
)
_NEUTRAL = (
    "My {person} had told me about it in {month}.",
    "I had not heard of it before {month}.",
    "It cost about {number} dollars.",
    "We had been waiting for it for {number} weeks.",
    "My {person}, who was with me, did not talk much.",
    "There were {number} of us, my {person} among them.",
    "It was raining, and we came {number} minutes late.",
    "I do not know the first one, only the one of {month}.",
)
_KEPT = (
    "That was my first impression, and it was right.",
    "So I wrote {number} months ago, and today I think the same.",
    "This is what I told my {person}, and I would say it again.",
)
_REVOKED = (
    "That was my first impression, and it was wrong.",
    "So I wrote {number} months ago, and today I think the opposite.",
    "This is what I told my {person}, and I take it back.",
)
_CLOSINGS = (
    ("I want my money back.", "One star.", "I do not recommend it.", "It was not worth it."),
    ("I am glad that I went.", "Five stars.", "I do recommend it.", "It was worth it."),
)


def make_reviews(examples: int = 5000, *, test_share: float = 0.2, seed: int = 0) -> Dataset:
    """Makes reviews, half of them negative, half positive, in which word order matters.

    "The soup was not bad at all" is positive; "the view was lovely, although the room was poor"
    is the opposite of "although the view was lovely, the room was poor", which has the same
    words; and "that was my first impression, and it was wrong" reverses what came before it.

    Args:
        examples: how many reviews, for training and test together; at least 4.
        test_share: the share of each class that is kept for testing.
        seed: the same seed gives the same reviews, on every machine.

    Returns:
        The data set: x texts, y 0 (negative) or 1 (positive), shape (n,).

    Raises:
        CourseError: an argument is out of range.

    Example:
        >>> data = make_reviews(examples=20)
        >>> print(data.class_names[data.y_train[1]], data.x_train[1])
        positive We tried this concert in July. I found the singer truly charming. This is what \
I told my teacher, and I would say it again.

    Reference: D1 2.2 (sentiment analysis), D2 2.
    """
    check_positive_integer("examples", examples)
    if examples < 4:
        raise argument_error("examples", "at least 4, 2 of each class", examples)
    check_share("test_share", test_share, positive=True)
    check_seed("seed", seed)
    # RandomState, as for the splits: its stream stays the same in every version of NumPy.
    random = np.random.RandomState(seed)
    y = random.permutation(np.arange(examples) % 2)
    texts = np.array([_review(int(label), random) for label in y], dtype=object)
    train, test = stratified_split(y, test_share, seed)
    halves = (texts[train], y[train]), (texts[test], y[test])
    return from_texts(INFO.name, *halves, INFO.class_names)


def load(test_share: float, seed: int) -> Dataset:
    """Returns the embedded set: 5,000 reviews."""
    return make_reviews(test_share=test_share, seed=seed)


def _review(label: int, random: np.random.RandomState) -> str:
    """Returns one review of class `label`, 0 or 1."""
    thing = _choose(tuple(_THINGS), random)
    forms = _choose((_PLAIN, _PLAIN, _NEGATED, _CONTRASTS), random)
    # One review in three confirms at the end what was said, or takes it back.
    end = _choose((_KEPT, _REVOKED, (), (), (), ()), random)
    verdict = 1 - label if end is _REVOKED else label

    neutral = [_NEUTRAL[k] for k in random.permutation(len(_NEUTRAL))[: random.randint(5)]]
    before = random.randint(len(neutral) + 1)
    sentences = ["We tried this {thing} in {month}.", *neutral[:before]]
    sentences += [_say(_choose(forms, random), thing, verdict, random), *neutral[before:]]
    if end:
        sentences.append(_choose(end, random))
    if random.randint(5) < 2:
        sentences.append(_choose(_CLOSINGS[label], random))
    return " ".join(_fill(sentence, thing, random) for sentence in sentences)


def _say(form: str, thing: str, verdict: int, random: np.random.RandomState) -> str:
    """Returns a sentence of this form with a verdict, 0 or 1, on some part of the thing."""
    part, other = random.permutation(_THINGS[thing])[:2]
    good, fine = random.permutation(_ADJECTIVES[verdict])[:2]
    words = {
        "{part}": part,
        "{other}": other,
        "{good}": good,
        "{fine}": fine,
        "{bad}": _choose(_ADJECTIVES[1 - verdict], random),
        "{very} ": _choose(("truly ", "really ", "quite ", ""), random),
        "{aside}": _choose(_ASIDES, random),
    }
    for place, word in words.items():
        form = form.replace(place, word)
    return form


def _fill(form: str, thing: str, random: np.random.RandomState) -> str:
    """Returns the form with the thing, a person, a month and a number filled in."""
    return form.format(
        thing=thing,
        person=_choose(_PEOPLE, random),
        month=_choose(_MONTHS, random),
        number=_choose(_NUMBERS, random),
    )


def _choose(options: Sequence[Any], random: np.random.RandomState) -> Any:
    """Returns one of the options."""
    return options[random.randint(len(options))]
