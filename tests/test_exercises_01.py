"""The exercises of lesson 01: answers of another kind are right too, and no other answers are."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from judging import is_right

from helpers.exercises import hidden_layers as ex
from helpers.exercises import robustness

PAIRS = [(0, 0), (0, 1), (1, 0), (1, 1)]


# 1.1


@pytest.mark.parametrize(
    "weights, bias",
    [
        ([-2, -2], 3),
        ((-1, -1), 2),  # exactly 0 for (1, 1): silent
        (np.array([-0.7, -0.1], "float32"), np.float32(0.75)),
        ([-0.7, -0.1], 0.8),  # 0 on paper, a hair above 0 in floats
        (tf.constant([-1.0, -5.0]), tf.constant(5.5)),
    ],
)
def test_any_nand_is_right(weights, bias):
    assert is_right(ex.q1, weights, bias)


@given(*[st.integers(-4, 4)] * 3)
def test_no_other_neuron_is_right(first, second, bias):
    silent = [pair for pair in PAIRS if first * pair[0] + second * pair[1] + bias <= 0]
    assert (ex.q1.judge([first, second], bias).kind == "right") == (silent == [(1, 1)])


# 1.4


def not_one_without_the_other(inputs):
    one = inputs[0] - inputs[1] - 0.5 > 0
    other = inputs[1] - inputs[0] - 0.5 > 0
    return int(-1 * one - 1 * other + 0.5 > 0)


def by_matrices(inputs):
    hidden = inputs @ np.array([[1, 1], [1, 1]]) + [-0.5, -1.5] > 0
    return hidden @ np.array([-1, 1]) + 0.5 > 0


def by_tensors(inputs):
    inputs = tf.cast(inputs, "float32")
    neither, both = 0.5 - tf.reduce_sum(inputs) > 0, tf.reduce_sum(inputs) - 1.5 > 0
    return tf.cast(neither, "float32") + tf.cast(both, "float32") - 0.5 > 0


def by_keras_model(inputs):
    step = lambda sums: keras.ops.cast(sums > 0, "float32")  # noqa: E731
    hidden, output = keras.layers.Dense(2, activation=step), keras.layers.Dense(1, activation=step)
    model = keras.Sequential([keras.Input((2,)), hidden, output])
    hidden.set_weights([np.array([[1, -1], [1, -1]]), np.array([-1.5, 0.5])])
    output.set_weights([np.array([[1], [1]]), np.array([-0.5])])
    return model(inputs[None])[0, 0]


@pytest.mark.parametrize("same", [not_one_without_the_other, by_matrices, by_tensors, by_keras_model])
def test_any_network_of_three_neurons_is_right(same):
    assert is_right(ex.q4, same)


@pytest.mark.parametrize("answers", list(itertools.product([0, 1], repeat=4)))
def test_no_other_table_is_right(answers):
    outcome = ex.q4.judge(lambda inputs: answers[2 * inputs[0] + inputs[1]])
    assert outcome.kind == ("right" if answers == (1, 0, 0, 1) else "wrong")


def test_a_model_of_ones_own_class_is_refused_in_words():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.last = keras.layers.Dense(1, activation="sigmoid")

        def call(self, inputs):
            return self.last(inputs)

    own = Own()
    own(np.zeros((1, 2), "float32"))
    for exercise in (ex.q5, robustness.q4):
        outcome = exercise.judge(own)
        assert outcome.kind == "wrong" and "does not tell its shapes" in outcome.message
