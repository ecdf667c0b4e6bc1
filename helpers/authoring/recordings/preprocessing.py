"""Recorded runs of lesson 04."""

import itertools

import numpy as np
import pandas as pd

from helpers.datasets import load_mnist
from helpers.labs.preprocessing import OPTIMIZERS, RATES, SCALINGS


def scaling_what_if(scalings=tuple(SCALINGS), optimizers=OPTIMIZERS, rates=RATES, seeds=(0, 1, 2)):
    """784 → 100 ReLU → 10, batches of 100, one epoch of MNIST's first 10,000 digits: mean loss of each ten steps."""
    (x_train, y_train), (x_test, y_test) = _digits()
    tables = []
    for scaling in scalings:
        scale = SCALINGS[scaling](x_train)
        train, test = scale(x_train), scale(x_test)
        for optimizer, rate, seed in itertools.product(optimizers, rates, seeds):
            losses, model = _first_epoch(train, y_train, optimizer, rate, seed)
            accuracy = np.mean(np.argmax(model(test), axis=1) == y_test)
            run = dict(scaling=scaling, optimizer=optimizer, learning_rate=rate, seed=seed, step=range(10, 101, 10))
            tables.append(pd.DataFrame(run | dict(loss=losses.reshape(10, 10).mean(axis=1), accuracy=accuracy)))
    return pd.concat(tables)


#: 0.0001, 0.0002, 0.0005 and so on up to 1.
FINER_RATES = tuple(round(digit * 10.0**power, 7) for power in range(-4, 1) for digit in (1, 2, 5))[:-2]


def finer_rates(scalings=("none (0 to 255)", "÷ 255"), rates=FINER_RATES, seeds=(0, 1, 2)):
    """The network of scaling_what_if with SGD at three learning rates for each factor of ten: test accuracy."""
    (x_train, y_train), (x_test, y_test) = _digits()
    rows = []
    for scaling in scalings:
        scale = SCALINGS[scaling](x_train)
        train, test = scale(x_train), scale(x_test)
        for rate, seed in itertools.product(rates, seeds):
            _, model = _first_epoch(train, y_train, "SGD", rate, seed)
            accuracy = np.mean(np.argmax(model(test), axis=1) == y_test)
            rows.append(dict(scaling=scaling, learning_rate=rate, seed=seed, accuracy=accuracy))
    return pd.DataFrame(rows)


def _digits():
    """Return MNIST's first 10,000 training digits and all test digits as float32 rows from 0 to 255, with labels."""
    (x_train, y_train), (x_test, y_test) = load_mnist()
    rows = [x.reshape(10000, 784).astype("float32") for x in (x_train[:10000], x_test)]
    return (rows[0], y_train[:10000]), (rows[1], y_test)


def _first_epoch(x, y, optimizer, rate, seed):
    """Return the loss of each of 100 steps, batch after batch of 100 samples, and the model so trained."""
    import keras

    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    hidden = keras.layers.Dense(100, activation="relu")
    model = keras.Sequential([keras.Input(shape=(784,)), hidden, keras.layers.Dense(10, activation="softmax")])
    rule = keras.optimizers.get({"class_name": optimizer, "config": {"learning_rate": rate}})
    model.compile(loss="sparse_categorical_crossentropy", optimizer=rule)
    losses = []
    for start in range(0, 10000, 100):
        model.reset_metrics()  # or the loss would be the mean of all steps so far
        losses.append(model.train_on_batch(x[start : start + 100], y[start : start + 100]))
    return np.array(losses, float), model


RECORDINGS = (scaling_what_if, finer_rates)
