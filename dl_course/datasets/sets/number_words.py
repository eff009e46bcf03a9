"""Numbers in English words and in Chinese ones: a translation that is exact and never runs out."""

# NumPy loads its random module when it is first named, as an evaluated annotation would do.
from __future__ import annotations

import numpy as np

from dl_course.datasets.dataset import Dataset, from_pairs
from dl_course.datasets.records import DatasetInfo
from dl_course.datasets.splits import shuffled_split
from dl_course.errors import argument_error, check_positive_integer, check_seed, check_share

INFO = DatasetInfo(
    name="number_words",
    title="Numbers in English and in Chinese words",
    kind="pairs",
    notes="made by rules from a seed",
    train_examples=20_020,
    test_examples=4_980,
    split="by number",
    is_split_here=True,
    checksum="332d5990e531185028fda8c5792c2e60",
    licence="MIT, made by the course",
    authors="synthetic",
    source="https://en.wikipedia.org/wiki/Synthetic_data",
)
LARGEST = 10**12 - 1
_EXAMPLES, _UP_TO = 25_000, 99_999_999
# Below a hundred a number is a word rather than a sentence: "zero" is part of no other number.
_WORDS = 100

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_THOUSANDS = ((10**9, "billion"), (10**6, "million"), (10**3, "thousand"), (10**2, "hundred"))
_DIGITS = "零一二三四五六七八九"
_PLACES = ("千", "百", "十", "")
_GROUPS = ("亿", "万", "")


def english_number(number: int) -> str:
    """Returns a number in English words, the American way: without "and", with hyphens.

    Args:
        number: 0 to 999,999,999,999.

    Returns:
        The words.

    Raises:
        CourseError: the number is out of range.

    Example:
        >>> [english_number(n) for n in (0, 13, 40, 101, 1010)]
        ['zero', 'thirteen', 'forty', 'one hundred one', 'one thousand ten']
        >>> english_number(20_030_456)
        'twenty million thirty thousand four hundred fifty-six'
    """
    number = _checked(number)
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")
    unit, word = next((unit, word) for unit, word in _THOUSANDS if number >= unit)
    count, rest = divmod(number, unit)
    return f"{english_number(count)} {word}" + (f" {english_number(rest)}" if rest else "")


def chinese_number(number: int) -> str:
    """Returns a number in Chinese characters, as in arithmetic: every number has one form.

    Digits come in groups of four, each followed by its unit. A run of zeros before a digit, within
    a group or where a whole group is missing, is said as one zero; zeros at the end of a group are
    not said. A number that begins with one ten begins with ten alone. Two is always er, never
    liang.

    Args:
        number: 0 to 999,999,999,999.

    Returns:
        The characters.

    Raises:
        CourseError: the number is out of range.

    Example:
        >>> [chinese_number(n) for n in (0, 2, 10, 11, 20, 101, 110, 200, 1001, 1010)]
        ['零', '二', '十', '十一', '二十', '一百零一', '一百一十', '二百', '一千零一', '一千零一十']
        >>> [chinese_number(n) for n in (10_010, 100_000, 105_000, 110_000, 1_000_100)]
        ['一万零一十', '十万', '十万五千', '十一万', '一百万零一百']
        >>> [chinese_number(n) for n in (10_203_040, 100_000_001, 100_010_000)]
        ['一千零二十万三千零四十', '一亿零一', '一亿零一万']
    """
    digits = f"{_checked(number):012d}"
    if number == 0:
        return _DIGITS[0]
    text, gap = "", False
    for start, group in zip(range(0, 12, 4), _GROUPS, strict=True):
        four = digits[start : start + 4]
        for digit, place in zip(four, _PLACES, strict=True):
            if digit == "0":
                gap = text != ""
                continue
            text += (_DIGITS[0] if gap else "") + _DIGITS[int(digit)] + place
            gap = False
        if int(four):
            text, gap = text + group, False
    return text[1:] if text.startswith("一十") else text


def make_number_words(
    examples: int = _EXAMPLES,
    largest: int = _UP_TO,
    *,
    test_share: float = 0.2,
    seed: int = 0,
) -> Dataset:
    """Makes pairs of English and Chinese number words; no test number is in training.

    Most numbers are long. So that short ones are seen too, every number of digits gets the same
    share, as far as there are enough such numbers. Numbers below 100 are the words that the others
    are made of, and are in training only.

    Args:
        examples: how many numbers, for training and test together.
        largest: the largest number that may be drawn, 999 to 999,999,999,999.
        test_share: the share of the numbers from 100 on that is kept for testing.
        seed: the same seed gives the same numbers, on every machine.

    Returns:
        The data set: `x` in English, `y` in Chinese.

    Raises:
        CourseError: an argument is out of range.

    Example:
        >>> data = make_number_words(examples=500, largest=9999)
        >>> len(data.x_train), len(data.x_test)
        (420, 80)
        >>> print(data.x_test[1], data.y_test[1])
        five thousand ninety-nine 五千零九十九

    Reference: D1 2.2.
    """
    check_share("test_share", test_share, positive=True)
    check_seed("seed", seed)
    check_positive_integer("examples", examples)
    if _checked(largest, "largest") < 999:
        raise argument_error("largest", "at least 999", largest)
    if not _WORDS + 2 <= examples <= largest + 1:
        expected = f"from {_WORDS + 2} to the {largest + 1} numbers up to `largest`"
        raise argument_error("examples", expected, examples)
    # RandomState, as for the splits: its stream stays the same in every version of NumPy.
    random = np.random.RandomState(seed)
    numbers = _spread_over_digits(examples - _WORDS, largest, random)
    train, test = shuffled_split(len(numbers), test_share, seed)
    halves = (
        random.permutation(np.concatenate([np.arange(_WORDS), numbers[train]])),
        numbers[test],
    )
    return from_pairs(INFO.name, *map(_pairs, halves))


def load(test_share: float, seed: int) -> Dataset:
    """Returns the embedded set: 25,000 numbers below a hundred million."""
    return make_number_words(test_share=test_share, seed=seed)


def _spread_over_digits(count: int, largest: int, random: np.random.RandomState) -> np.ndarray:
    """Draws different numbers from 100 to `largest`, equally many of each number of digits."""
    powers = [10**k for k in range(2, len(str(largest)))]
    ranges = [(low, min(10 * low, largest + 1)) for low in powers]
    drawn: list[np.ndarray] = []
    # From the smallest range to the largest: one with too few numbers leaves its share to the
    # others. `largest` may cut the last one short, hence the sorting.
    ranges.sort(key=lambda bounds: bounds[1] - bounds[0])
    for left, (low, high) in zip(range(len(ranges), 0, -1), ranges, strict=True):
        size = min(high - low, round(count / left))
        drawn.append(_different(low, high, size, random))
        count -= size
    return np.concatenate(drawn)


def _different(low: int, high: int, size: int, random: np.random.RandomState) -> np.ndarray:
    """Draws `size` different integers from `low` to `high - 1`, in the order of drawing."""
    if 2 * size > high - low:
        return low + random.permutation(high - low)[:size]
    chosen = np.empty(0, np.int64)
    while len(chosen) < size:
        more = np.concatenate([chosen, random.randint(low, high, size=size, dtype=np.int64)])
        chosen = more[np.sort(np.unique(more, return_index=True)[1])]
    return chosen[:size]


def _pairs(numbers: np.ndarray) -> tuple[list[str], list[str]]:
    """Returns numbers in English and in Chinese."""
    whole = numbers.tolist()
    return [english_number(n) for n in whole], [chinese_number(n) for n in whole]


def _checked(number: int, name: str = "number") -> int:
    is_integer = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
    if not is_integer or not 0 <= number <= LARGEST:
        raise argument_error(name, f"an integer from 0 to {LARGEST}", number)
    return int(number)
