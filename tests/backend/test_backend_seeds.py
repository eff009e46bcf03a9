"""The same seed gives the same draws, and another one does not."""

import numpy as np
import pytest

from dl_course.backend import keras, set_seed
from dl_course.errors import CourseError


@pytest.mark.backend
@pytest.mark.jax
def test_a_seed_brings_back_weights_and_draws_and_another_does_not():
    def draw(seed):
        set_seed(seed)
        kernel = keras.layers.Dense(3)
        kernel.build((None, 4))
        random = keras.random.normal((3,))
        return np.concatenate(
            [
                keras.ops.convert_to_numpy(kernel.kernel).ravel(),
                keras.ops.convert_to_numpy(random),
                np.random.normal(size=2),
            ]
        )

    assert np.array_equal(draw(5), draw(np.int64(5)))
    assert not np.any(draw(5) == draw(6))


@pytest.mark.parametrize("seed", [-1, 2**32, 1.0, "0", None, True])
def test_a_seed_that_cannot_be_used_is_refused(seed):
    with pytest.raises(CourseError, match=r"`seed` must be an integer from 0 to 4294967295\. Rec"):
        set_seed(seed)
