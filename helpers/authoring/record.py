"""Record the runs that take longer than a lesson may: each is a small CSV in helpers/data/recorded."""

import datetime
import io
import itertools
import os
import platform
import tempfile
import time
import warnings

import numpy as np
import pandas as pd

from helpers.datasets import RECORDED, load_fashion_mnist, load_mnist
from helpers.labs.preprocessing import OPTIMIZERS, RATES, SCALINGS


def fashion_sgd(epochs=100, seed=1234):
    """Fashion-MNIST, plain SGD at Keras's defaults, without a hidden layer and with one of 100 sigmoid units."""
    import keras
    from sklearn.model_selection import train_test_split

    (x, y), _ = load_fashion_mnist()
    x = x.reshape(60000, 784) / 255.0
    x_train, x_val, y_train, y_val = train_test_split(x, y, test_size=0.2, random_state=1234)
    runs = []
    for hidden in ([], [keras.layers.Dense(100, activation="sigmoid")]):
        keras.utils.set_random_seed(seed)
        model = keras.Sequential([keras.Input(shape=(784,)), *hidden, keras.layers.Dense(10, activation="softmax")])
        model.compile(loss="sparse_categorical_crossentropy", optimizer="sgd", metrics=["accuracy"])
        history = model.fit(x_train, y_train, epochs=epochs, validation_data=(x_val, y_val), verbose=0)
        table = pd.DataFrame(history.history)
        table.insert(0, "epoch", range(1, epochs + 1))
        table.insert(0, "hidden_units", 100 if hidden else 0)
        runs.append(table)
    return pd.concat(runs)


def width_depth(widths=(4, 16, 64, 256, 1024), depths=(1, 2, 4, 8), seeds=(0, 1, 2)):
    """ReLU networks of every width and depth, 20 epochs on MNIST's first 500 digits: test accuracy."""
    import keras

    (x_train, y_train), (x_test, y_test) = load_mnist()
    x_train, y_train = x_train[:500].reshape(500, 784) / 255.0, y_train[:500]
    x_test = (x_test.reshape(10000, 784) / 255.0).astype("float32")
    rows = []
    for seed in seeds:
        for depth in depths:
            for width in widths:
                keras.backend.clear_session()
                keras.utils.set_random_seed(seed)
                model = keras.Sequential([keras.Input(shape=(784,))])
                for _ in range(depth):
                    model.add(keras.layers.Dense(width, activation="relu"))
                model.add(keras.layers.Dense(10, activation="softmax"))
                model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
                model.fit(x_train, y_train, epochs=20, verbose=0)
                accuracy = np.mean(np.argmax(model(x_test), axis=1) == y_test)
                rows.append(dict(seed=seed, depth=depth, width=width, accuracy=accuracy))
    return pd.DataFrame(rows)


def pixels(samples=3000, seeds=(0, 1, 2)):
    """Three methods on the pixels of 3,000 MNIST digits: test accuracy and seconds to fit."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.neural_network import MLPClassifier

    (x, y), (x_test, y_test) = load_mnist()
    x, x_test = x.reshape(60000, 784) / 255.0, x_test.reshape(10000, 784) / 255.0
    rows = []
    for seed in seeds:
        chosen = np.random.default_rng(seed).choice(60000, samples, replace=False)
        methods = {
            "logistic regression": LogisticRegression(max_iter=100),
            "gradient boosting": HistGradientBoostingClassifier(max_iter=40, max_leaf_nodes=8, random_state=seed),
            "MLP, 100 hidden units": MLPClassifier((100,), max_iter=40, random_state=seed),
        }
        for name, method in methods.items():
            start = time.perf_counter()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # stopping before convergence is the plan
                method.fit(x[chosen], y[chosen])
            seconds = time.perf_counter() - start
            rows.append(dict(seed=seed, method=name, accuracy=method.score(x_test, y_test), seconds=seconds))
    return pd.DataFrame(rows)


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


def scaling_what_if(scalings=tuple(SCALINGS), optimizers=OPTIMIZERS, rates=RATES, seeds=(0, 1, 2)):
    """784 → 100 ReLU → 10, batches of 100, one epoch of MNIST's first 10,000 digits: mean loss of each ten steps."""
    (x_train, y_train), (x_test, y_test) = load_mnist()
    x_train, y_train = x_train[:10000].reshape(10000, 784).astype("float32"), y_train[:10000]
    x_test = x_test.reshape(10000, 784).astype("float32")
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


#: Name of the recorded run → the function that makes it.
RECORDINGS = {
    "fashion_sgd": fashion_sgd,
    "width_depth": width_depth,
    "pixels": pixels,
    "activation_race": activation_race,
    "deep_repairs": deep_repairs,
    "scaling_what_if": scaling_what_if,
}


class UnknownRecording(ValueError):
    """There is no recording of this name."""


def record(name):
    """Run the recording `name`, a key of RECORDINGS, write its CSV and return the file's path.

    The file opens with comment lines: what it is, the command, the date, the versions. Raises
    `UnknownRecording` for an unknown name. The old file is replaced only when the new one is complete.
    """
    if name not in RECORDINGS:
        raise UnknownRecording(f"name is {name!r}; allowed are {', '.join(RECORDINGS)}")
    import keras
    import tensorflow

    text = io.StringIO()
    text.write(f"# {RECORDINGS[name].__doc__}\n")
    text.write(f"# Made by: python -m helpers.authoring record {name}\n")
    text.write(f"# On {datetime.date.today()} with Python {platform.python_version()}, ")
    text.write(f"TensorFlow {tensorflow.__version__}, Keras {keras.__version__}, {platform.machine()}\n")
    RECORDINGS[name]().to_csv(text, index=False, float_format="%.4f")
    RECORDED.mkdir(parents=True, exist_ok=True)
    target = RECORDED / f"{name}.csv"
    with tempfile.NamedTemporaryFile("w", dir=RECORDED, delete=False, encoding="utf-8", newline="\n") as file:
        file.write(text.getvalue())
    os.replace(file.name, target)
    target.chmod(0o644)
    return target
