"""The lab of lesson 00: every number counted again, picture by picture."""

import functools

import numpy as np
import pytest
from driving import move, points, sentence, text
from hypothesis import given
from hypothesis import strategies as st

from helpers.datasets import load_mnist
from helpers.exercises import start_here as ex
from helpers.labs.start_here import PAIRS, ink


@pytest.fixture(scope="module")
def lab():
    return ink()


@functools.cache
def training():
    (images, labels), _ = load_mnist()
    return images, labels, images.reshape(60000, 784).sum(axis=1) / 784


@given(pair=st.sampled_from([digits for _, digits in PAIRS]), threshold=st.integers(0, 100))
def test_ink_counts_what_a_threshold_gets_right(lab, pair, threshold):
    images, labels, amount = training()
    state = move(lab, digits=pair, threshold=threshold).state
    light, dark = state["light"], state["dark"]
    assert {light, dark} == set(pair) and amount[labels == light].mean() < amount[labels == dark].mean()
    chosen = np.isin(labels, pair)
    said = np.where(amount[chosen] > threshold, dark, light)
    assert state["right"] == pytest.approx(np.mean(said == labels[chosen]))
    assert state["total"] == chosen.sum()
    for digit in pair:
        wrong = images[chosen][(labels[chosen] == digit) & (said != digit)]
        assert state["mistakes"][digit] == len(wrong)
        assert np.array_equal(state["examples"][digit], wrong[:6])


def test_ink_says_and_draws_what_it_counted(lab):
    state = move(lab, digits=(0, 1), threshold=30).state
    assert (state["light"], state["dark"]) == (1, 0)
    assert text(lab, "right") == "93.7% right"
    assert text(lab, "fires") == "ink above 30: it says 0, otherwise 1"
    assert text(lab, "light mistakes") == "305 of the 1s are read as 0"
    assert text(lab, "dark mistakes") == "493 of the 0s are read as 1"
    assert "93.7% of 12,665 pictures are right; 305 of the 1s and 493 of the 0s are not" in sentence(lab)
    assert points(lab, "threshold")[:, 0].tolist() == [30, 30]
    images, labels, amount = training()
    shares = points(lab, "light")
    assert shares[:, 1].sum() == pytest.approx(1)
    first = np.mean((amount[labels == 1] >= 20) & (amount[labels == 1] < 22))
    assert shares[shares[:, 0] == 21, 1].item() == pytest.approx(first)
    strip = lab.figure["dark examples"]._pixels
    assert np.array_equal(255 - strip[:, :28, 0], state["examples"][0][0])


def test_ink_shows_paper_where_there_is_no_mistake(lab):
    state = move(lab, digits=(0, 1), threshold=100).state
    assert state["mistakes"][1] == 0
    assert (lab.figure["light examples"]._pixels == 255).all()


def test_the_drop_down_offers_every_two_digits_once():
    assert len(PAIRS) == 45
    assert all(words == f"{first} and {second}" and first < second for words, (first, second) in PAIRS)


@given(st.floats(0, 255))
def test_exercise_takes_every_threshold_that_gets_93_of_100_right(threshold):
    _, labels, amount = training()
    right = np.concatenate([amount[labels == 0] > threshold, amount[labels == 1] <= threshold]).mean()
    assert ex.q1.judge(threshold).kind == ("right" if right >= 0.93 else "wrong")
