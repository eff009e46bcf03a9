import ast
from pathlib import Path

import nbformat
import numpy as np

from dl_course.assignments import check
from dl_course.scratch import convolve2d, cross_correlate2d, max_pool2d, max_pool2d_backward

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "06_convolution_and_pooling.ipynb"


def printed_arrays():
    """The arrays that the exercises write out, by name."""
    cells = [c.source for c in nbformat.read(NOTEBOOK, as_version=4).cells if "check(" in c.source]
    return {
        ast.unparse(node.targets[0]): np.array(ast.literal_eval(node.value.args[0]))
        for source in cells
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
    }


def test_the_arrays_of_the_notebook_are_those_that_are_checked():
    given = printed_arrays()
    assert check("06-cross-correlation", cross_correlate2d(given["picture"], given["kernel"]))
    assert check("06-true-convolution", convolve2d(given["picture"], given["kernel"]))
    _, cache = max_pool2d(given["pooled_picture"], 2, 2)
    assert check("06-pool-gradient", max_pool2d_backward([[10, 20]], cache))
