"""The exercises of lesson 06: what goes wrong in a stream is said to be the learner's."""

import numpy as np

from helpers.exercises import fit_parameters as ex


def test_a_stream_that_raises_raised():
    def endless(samples, batch_size):
        yield np.arange(samples)[9999]

    outcome = ex.q4.judge(endless)
    assert outcome.kind == "raised" and "IndexError" in outcome.message


def test_a_stream_that_ends_is_wrong():
    def endless(samples, batch_size):
        yield np.random.permutation(samples)[:batch_size]

    outcome = ex.q4.judge(endless)
    assert outcome.kind == "wrong" and "comes to an end" in outcome.message
