"""What builds Keras networks of its own leaves the learner's as they would have been without it."""

import random

import keras
import numpy as np
import pytest
from driving import move

from helpers import training
from helpers.exercises import callbacks as exercises_7
from helpers.exercises import early_stopping as exercises_5
from helpers.labs import answers, callbacks, hidden_layers


def count_parameters():
    hidden_layers._keras_count.cache_clear()
    move(hidden_layers.parameter_counter(), units=17)


def ask_small_networks():
    answers.small_networks.cache_clear()
    answers.small_networks()


def replay():
    training._metrics_of_a_classifier.cache_clear()
    assert training.replay_stopping([{"val_accuracy": 0.5}] * 3, monitor="val_accuracy", patience=1) == (2, 2)


def answer_exercises():
    for exercise in (exercises_5.q3, exercises_7.q4):
        assert exercise.judge(*exercise.solved()).kind == "right"


NETWORKS_BESIDE = [count_parameters, ask_small_networks, callbacks.live_dashboard, replay, answer_exercises]


def train(before=lambda: None):
    """Set the seed, do what comes `before`, then train as a learner does; return the names and the weights."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(3)
    states = random.getstate(), np.random.get_state()[1].tolist()
    before()
    assert states == (random.getstate(), np.random.get_state()[1].tolist())
    layers = [keras.layers.Dense(8, "relu"), keras.layers.Dropout(0.5), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((4,)), *layers])
    model.compile(loss="mse", optimizer="adam")
    x = np.linspace(0, 1, 80).reshape(20, 4)
    model.fit(x, x[:, 0], batch_size=3, epochs=2, verbose=0)
    return [model.name, *(layer.name for layer in model.layers)], model.get_weights()


@pytest.fixture(scope="module")
def without():
    return train()


@pytest.mark.parametrize("lab", NETWORKS_BESIDE)
def test_names_weights_and_random_states_are_as_without_the_lab(lab, without):
    (names, weights), (names_after_lab, weights_after_lab) = without, train(lab)
    assert names == names_after_lab
    assert all(map(np.array_equal, weights, weights_after_lab))


def test_small_networks_have_learned():
    (pictures, labels), _ = answers.load_mnist()
    x, y = pictures[10000:12000].reshape(-1, 784) / np.float32(255), labels[10000:12000]
    upright, moved = (np.mean(np.asarray(model(x)).argmax(axis=1) == y) for model in answers.small_networks().values())
    assert upright > 0.9 and moved > 0.75
