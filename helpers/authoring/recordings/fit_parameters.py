"""Recorded runs of lesson 06."""

import itertools
import multiprocessing
import time

import numpy as np
import pandas as pd

from helpers.datasets import load_mnist

SIZES = (1, 8, 32, 128, 512, 2048, 8192)
RATES = (0.001, 0.01)
SEEDS = (0, 1, 2)
_SAMPLES, _EPOCHS = 16384, 2  # every batch size divides the first: no short batch


def batch_sizes(sizes=SIZES, rates=RATES, seeds=SEEDS):
    """784 → 100 ReLU → 10, Adam, two epochs of MNIST's first 16,384 digits, in batches of 1 to 8,192."""
    # seconds: both epochs. megabytes: the most memory that a fresh process took beyond what it had before `fit`, for
    # a wider network, 784 → four layers of 1,000 → 10, in a few steps of that size.
    (x_train, y_train), (x_test, y_test) = load_mnist()
    x, x_test = (values.reshape(-1, 784).astype("float32") / 255 for values in (x_train[:_SAMPLES], x_test))
    y = y_train[:_SAMPLES]
    rows = []
    for size in sizes:
        megabytes = _megabytes(size)
        for rate, seed in itertools.product(rates, seeds):
            model, seconds = _trained(x, y, size, rate, seed)
            probabilities = np.asarray(model(x_test))
            run = dict(batch_size=size, learning_rate=rate, seed=seed, updates=_EPOCHS * _SAMPLES // size)
            accuracy = np.mean(probabilities.argmax(axis=1) == y_test)
            rows.append(run | dict(seconds=seconds, accuracy=accuracy, megabytes=megabytes))
    return pd.DataFrame(rows)


def _network(rate, seed):
    """Return 784 → 100 ReLU → 10, compiled with Adam at this learning rate."""
    import keras

    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    hidden = keras.layers.Dense(100, activation="relu")
    model = keras.Sequential([keras.Input(shape=(784,)), hidden, keras.layers.Dense(10, activation="softmax")])
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(rate))
    return model


def _trained(x, y, size, rate, seed):
    """Return a network after two epochs in batches of `size`, and the seconds these took without the first trace."""
    import keras

    model = _network(rate, seed)
    before = model.get_weights()
    model.fit(x[: 2 * size], y[: 2 * size], batch_size=size, verbose=0)  # compiles the step, which is not to be timed
    model.set_weights(before)
    for variable in model.optimizer.variables[2:]:  # behind the count of steps and the rate: Adam's two means
        variable.assign(keras.ops.zeros_like(variable))
    model.optimizer.iterations.assign(0)
    start = time.perf_counter()
    model.fit(x, y, batch_size=size, epochs=_EPOCHS, verbose=0)
    return model, time.perf_counter() - start


def _megabytes(size):
    """Return the memory that a fresh process needs for training in batches of `size`, in millions of bytes."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_growth, (size,))


def _growth(size):
    """Return by how much training grows this process, in millions of bytes; Linux alone tells by these means."""
    import resource

    import keras

    layers = [keras.layers.Dense(1000, activation="relu") for _ in range(4)]
    model = keras.Sequential([keras.Input(shape=(784,)), *layers, keras.layers.Dense(10, activation="softmax")])
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
    x, y = np.random.default_rng(0).random((8192, 784), "float32"), np.arange(8192) % 10
    with open("/proc/self/statm") as file:
        before = int(file.read().split()[1]) * resource.getpagesize()
    model.fit(x, y, batch_size=size, steps_per_epoch=min(8192 // size, 4), verbose=0)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6 - before / 1e6


RECORDINGS = (batch_sizes,)
