"""The registered data sets, one module each.

A module defines `INFO`, the set's `DatasetInfo`, and `load(test_share, seed)`, which returns its
`Dataset` or `Corpus`; a set with a split of its own ignores both arguments. Nothing else lists it.
"""

# Of some sets, more can be made than what is registered.
from dl_course.datasets.sets.number_words import chinese_number, english_number, make_number_words
from dl_course.datasets.sets.reviews import make_reviews
from dl_course.datasets.sets.sounds import make_sounds
