"""Recorded runs of lesson 03."""

import itertools

import numpy as np
import pandas as pd

from helpers.datasets import load_mnist


def activation_race(activations=("sigmoid", "tanh", "relu", "leaky_relu", "elu"), seeds=(0, 1, 2), epochs=8):
    """Ten hidden layers of 100 units, SGD at 0.1, batches of 128, MNIST's first 20,000 digits: one activation each."""
    (x_train, y_train), (x_test, y_test) = _first_digits(20000)
    runs = []
    for activation in activations:
        for seed in seeds:
            model = deep_network(activation, seed)
            history = model.fit(
                x_train, y_train, batch_size=128, epochs=epochs, verbose=0,
                validation_data=(x_test, y_test), validation_batch_size=1000,
            )  # fmt: skip
            table = pd.DataFrame(history.history)
            table.insert(0, "epoch", range(1, epochs + 1))
            table.insert(0, "seed", seed)
            table.insert(0, "activation", activation)
            runs.append(table)
    return pd.concat(runs)


def patient_adam(seeds=(0, 1, 2), epochs=60):
    """The sigmoid network of activation_race with Adam, batches of 100, MNIST's first 10,000 digits: test accuracy."""
    (x_train, y_train), (x_test, y_test) = _first_digits(10000)
    tables = []
    for seed in seeds:
        model = deep_network("sigmoid", seed)
        model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
        history = model.fit(
            x_train, y_train, batch_size=100, epochs=epochs, verbose=0,
            validation_data=(x_test, y_test), validation_batch_size=1000,
        ).history  # fmt: skip
        run = dict(seed=seed, epoch=range(1, epochs + 1), accuracy=history["val_accuracy"])
        tables.append(pd.DataFrame(run))
    return pd.concat(tables)


#: Name of an activation → its slope below 0; None where that is a curve.
LEAKS = {"relu": 0.0, "leaky_relu, slope 0.2": 0.2, "leaky_relu, slope 0.01": 0.01, "elu": None}


def silent_units(activations=tuple(LEAKS), seeds=(0, 1, 2)):
    """784 → 100 → 100 → 10, Adam at 0.1: units of the first layer silent after an epoch, and back after two more."""
    # silent: above 0 for none of the digits learned from, the first 5,000 of MNIST in batches of 100
    import keras

    (x_train, y_train), (x_test, y_test) = _first_digits(5000)
    rows = []
    for activation, seed in itertools.product(activations, seeds):
        keras.backend.clear_session()
        keras.utils.set_random_seed(seed)
        slope = LEAKS[activation]
        function = "elu" if slope is None else keras.layers.LeakyReLU(slope)
        hidden = [keras.layers.Dense(100, activation=function) for _ in range(2)]
        model = keras.Sequential([keras.Input((784,)), *hidden, keras.layers.Dense(10, activation="softmax")])
        model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.1))
        model.fit(x_train, y_train, batch_size=100, verbose=0)
        accuracy = np.mean(np.argmax(model(x_test), axis=1) == y_test)
        silent = _silent(model, x_train)
        model.fit(x_train, y_train, batch_size=100, epochs=2, verbose=0)
        back = silent & ~_silent(model, x_train)
        rows.append(dict(activation=activation, seed=seed, silent=silent.sum(), back=back.sum(), accuracy=accuracy))
    return pd.DataFrame(rows)


def _silent(model, x):
    """Return for each unit of the first hidden layer whether it answers above 0 for none of the rows of `x`."""
    return ~(model.layers[0](x).numpy() > 0).any(axis=0)


#: Name of a repair → what it changes in `deep_network`.
REPAIRS = {
    "none": {},
    "he_normal": {"initialiser": "he_normal"},
    "batch normalisation": {"normalised": True},
    "skip connections": {"skip": True},
}


def deep_repairs(activations=("sigmoid", "relu"), repairs=tuple(REPAIRS), seeds=(0, 1, 2)):
    """The networks of activation_race after three epochs, as they are and with one repair each: test accuracy."""
    (x_train, y_train), (x_test, y_test) = _first_digits(20000)
    rows = []
    for activation in activations:
        for repair in repairs:
            for seed in seeds:
                model = deep_network(activation, seed, **REPAIRS[repair])
                model.fit(x_train, y_train, batch_size=128, epochs=3, verbose=0)
                accuracy = model.evaluate(x_test, y_test, batch_size=1000, verbose=0)[1]
                rows.append(dict(activation=activation, repair=repair, seed=seed, accuracy=accuracy))
    return pd.DataFrame(rows)


def deep_network(activation, seed, initialiser="glorot_uniform", normalised=False, skip=False):
    """Return lesson 03's network, compiled with SGD at 0.1: 784 inputs, ten hidden layers of 100 units, 10 outputs."""
    import keras
    from keras.layers import Activation, Add, BatchNormalization, Dense

    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    values = inputs = keras.Input(shape=(784,))
    for layer in range(10):
        before = values
        values = Dense(100, kernel_initializer=initialiser)(values)
        values = BatchNormalization()(values) if normalised else values
        values = Activation(activation)(values)
        values = Add()([values, before]) if skip and layer else values
    model = keras.Model(inputs, Dense(10, activation="softmax")(values))
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.SGD(0.1), metrics=["accuracy"])
    return model


def _first_digits(samples):
    """Return MNIST's first `samples` training digits and all test digits as float32 rows from 0 to 1, with labels."""
    (x_train, y_train), (x_test, y_test) = load_mnist()
    rows = [(x.reshape(len(x), 784) / 255.0).astype("float32") for x in (x_train[:samples], x_test)]
    return (rows[0], y_train[:samples]), (rows[1], y_test)


RECORDINGS = (activation_race, patient_adam, silent_units, deep_repairs)
