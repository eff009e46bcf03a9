import numpy as np
import pytest
from scipy import stats
from scipy.special import softmax as scipy_softmax

from dl_course.errors import CourseError
from dl_course.scratch import (
    categorical_crossentropy,
    entropy,
    nats_to_bits,
    perplexity,
    sample_token,
    softmax_with_temperature,
)

LOGITS = np.array([[0.3, -1.0, 2.0, 2.5], [5.0, 5.0, -3.0, 0.0]])


@pytest.mark.parametrize("temperature", [0.01, 0.5, 1, 3.0, 1e6])
def test_temperature_divides_the_logits(temperature):
    p = softmax_with_temperature(LOGITS, temperature)
    np.testing.assert_allclose(p, scipy_softmax(LOGITS / temperature, axis=-1), rtol=1e-10)


def test_probabilities_may_stand_in_for_logits_by_their_logarithm():
    p = scipy_softmax(LOGITS, axis=-1)
    expected = p**2 / (p**2).sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(softmax_with_temperature(np.log(p), 0.5), expected)


def test_zero_is_the_limit_of_small_temperatures_and_the_first_of_equals():
    np.testing.assert_array_equal(softmax_with_temperature(LOGITS, 0), [[0, 0, 0, 1], [1, 0, 0, 0]])
    np.testing.assert_allclose(softmax_with_temperature(LOGITS[:1], 1e-300), [[0, 0, 0, 1]])


@pytest.mark.parametrize("temperature", [0, 1e-320, 0.5, 1e300])
def test_what_must_never_be_is_never_and_nothing_is_nan(temperature):
    p = softmax_with_temperature([-np.inf, 800.0, -800.0], temperature)
    assert p[0] == 0 and p.sum() == pytest.approx(1) and np.isfinite(p).all()


def test_samples_have_the_frequencies_of_the_softmax():
    random, temperature = np.random.default_rng(0), 1.5
    drawn = [sample_token(LOGITS[0], temperature, random) for _ in range(4000)]
    counts = np.bincount(drawn, minlength=4)
    expected = 4000 * scipy_softmax(LOGITS[0] / temperature)
    assert stats.chisquare(counts, expected).pvalue > 0.01


def test_greedy_draws_nothing_and_takes_the_most_probable():
    random = np.random.default_rng(0)
    before = random.bit_generator.state
    assert sample_token(LOGITS[0], 0, random) == 3
    assert random.bit_generator.state == before


class Highest:
    """A generator that always gives the highest number below 1."""

    @staticmethod
    def random():
        return np.nextafter(1.0, 0.0)


def test_the_last_draw_is_a_class_that_can_be():
    assert sample_token(np.log([0.1] * 10), 1.0, Highest) == 9
    assert sample_token([0.0, 0.0, -np.inf], 1.0, Highest) == 1


def test_entropy_is_that_of_scipy_and_grows_with_the_temperature():
    p = [softmax_with_temperature(LOGITS[0], t) for t in (0, 0.5, 1, 2, 100)]
    values = entropy(p)
    np.testing.assert_allclose(values, stats.entropy(p, axis=-1), atol=1e-12)
    assert values[0] == 0 and (np.diff(values) > 0).all() and values[-1] < np.log(4)


def test_perplexity_and_bits_are_those_of_a_cross_entropy():
    y, p = np.eye(4)[[0, 3]], np.array([[0.5, 0.5, 0, 0], [0.125, 0.25, 0.5, 0.125]])
    nats = categorical_crossentropy(y, p)  # one bit, then three
    assert nats_to_bits(nats) == pytest.approx(2) and perplexity(nats) == pytest.approx(4)


@pytest.mark.parametrize("temperature", [-0.1, float("nan"), float("inf"), "warm", None, True])
def test_a_bad_temperature_is_refused(temperature):
    with pytest.raises(CourseError, match="`temperature` must be a finite number of at least"):
        softmax_with_temperature(LOGITS, temperature)
    with pytest.raises(CourseError, match="`temperature`"):
        sample_token(LOGITS[0], temperature, np.random.default_rng(0))


@pytest.mark.parametrize("bad", [[np.nan, 1.0], [-np.inf, -np.inf], [np.inf, 0.0], []])
def test_bad_logits_are_refused(bad):
    with pytest.raises(CourseError, match="`logits`"):
        softmax_with_temperature(bad, 1.0)


def test_bad_measures_are_refused():
    for function in (perplexity, nats_to_bits):
        with pytest.raises(CourseError, match="`nats` must be at least 0"):
            function(-1.0)
    with pytest.raises(CourseError, match="`probabilities` must be from 0 to 1"):
        entropy([1.5, -0.5])
