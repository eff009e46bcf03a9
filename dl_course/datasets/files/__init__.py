"""Your own files, one module for each form of them.

A module defines `FORMAT`, a `Format`, and `load(path, test_share, seed)`, which takes the options
of the format as keywords and returns a `Dataset` or `Corpus`. Nothing else lists it.
"""
