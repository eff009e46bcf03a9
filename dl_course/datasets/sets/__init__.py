"""The registered data sets, one module each.

A module defines `INFO`, the set's `DatasetInfo`, and `load(test_share, seed)`, which returns its
`Dataset` or `Corpus`; a set with a split of its own ignores both arguments. Nothing else lists it.
"""
