"""Recorded runs of lesson 01."""

import itertools
import time
import warnings

import numpy as np
import pandas as pd

from helpers.datasets import load_fashion_mnist, load_mnist


def fashion_sgd(runs=((0, 0.01, 100), (100, 0.01, 100), (0, 0.5, 10), (100, 0.5, 10)), seed=1234):
    """Fashion-MNIST, plain SGD in batches of 32, without a hidden layer and with one of 100 sigmoid units."""
    # runs: hidden units, learning rate and epochs of each
    import keras
    from sklearn.model_selection import train_test_split

    (x, y), _ = load_fashion_mnist()
    x = x.reshape(60000, 784) / 255.0
    x_train, x_val, y_train, y_val = train_test_split(x, y, test_size=0.2, random_state=1234)
    tables = []
    for hidden_units, learning_rate, epochs in runs:
        keras.utils.set_random_seed(seed)
        hidden = [keras.layers.Dense(hidden_units, activation="sigmoid")] if hidden_units else []
        model = keras.Sequential([keras.Input(shape=(784,)), *hidden, keras.layers.Dense(10, activation="softmax")])
        rule = keras.optimizers.SGD(learning_rate)
        model.compile(loss="sparse_categorical_crossentropy", optimizer=rule, metrics=["accuracy"])
        history = model.fit(x_train, y_train, epochs=epochs, validation_data=(x_val, y_val), verbose=0)
        run = dict(hidden_units=hidden_units, learning_rate=learning_rate, epoch=range(1, epochs + 1))
        tables.append(pd.DataFrame(run | history.history))
    return pd.concat(tables)


def width_depth(widths=(4, 16, 64, 256, 1024), depths=(1, 2, 4, 8), seeds=(0, 1, 2)):
    """ReLU networks of every width and depth, 20 epochs on MNIST's first 500 digits: test accuracy."""
    x_train, y_train, x_test, y_test = _few_digits()
    rows = []
    for seed, depth, width in itertools.product(seeds, depths, widths):
        model = _relu_network(depth, width, seed)
        model.fit(x_train, y_train, epochs=20, verbose=0)
        accuracy = np.mean(np.argmax(model(x_test), axis=1) == y_test)
        rows.append(dict(seed=seed, depth=depth, width=width, accuracy=accuracy))
    return pd.DataFrame(rows)


def depth_and_time(depths=(1, 8), epochs=60, seeds=(0, 1, 2)):
    """One and eight layers of 16 ReLU units, every fifth epoch: accuracy on their 500 digits and on the test digits."""
    x_train, y_train, x_test, y_test = _few_digits()
    rows = []
    for seed, depth in itertools.product(seeds, depths):
        model = _relu_network(depth, 16, seed)
        for epoch in range(5, epochs + 1, 5):
            model.fit(x_train, y_train, epochs=5, verbose=0)
            own, new = (np.mean(np.argmax(model(x), axis=1) == y) for x, y in ((x_train, y_train), (x_test, y_test)))
            rows.append(dict(seed=seed, depth=depth, epoch=epoch, own_accuracy=own, accuracy=new))
    return pd.DataFrame(rows)


def _few_digits():
    """Return MNIST's first 500 training digits with their labels, and all test digits with theirs, as rows / 255."""
    (x_train, y_train), (x_test, y_test) = load_mnist()
    rows = [(x.reshape(len(x), 784) / 255.0).astype("float32") for x in (x_train[:500], x_test)]
    return rows[0], y_train[:500], rows[1], y_test


def _relu_network(depth, width, seed):
    """Return a classifier of digits with `depth` hidden layers of `width` ReLU units, compiled with Adam."""
    import keras

    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    hidden = [keras.layers.Dense(width, activation="relu") for _ in range(depth)]
    model = keras.Sequential([keras.Input(shape=(784,)), *hidden, keras.layers.Dense(10, activation="softmax")])
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
    return model


def pixels(samples=3000, seeds=(0, 1, 2)):
    """Three methods with scikit-learn's own settings on the pixels of 3,000 MNIST digits: accuracy, seconds to fit."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.neural_network import MLPClassifier

    (x, y), (x_test, y_test) = load_mnist()
    x, x_test = x.reshape(60000, 784) / 255.0, x_test.reshape(10000, 784) / 255.0
    rows = []
    for seed in seeds:
        chosen = np.random.default_rng(seed).choice(60000, samples, replace=False)
        methods = {
            "logistic regression": LogisticRegression(),
            "gradient boosting": HistGradientBoostingClassifier(random_state=seed),
            "MLP, 100 hidden units": MLPClassifier((100,), random_state=seed),
        }
        for name, method in methods.items():
            start = time.perf_counter()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # logistic regression stops before it converges
                method.fit(x[chosen], y[chosen])
            seconds = time.perf_counter() - start
            rows.append(dict(seed=seed, method=name, accuracy=method.score(x_test, y_test), seconds=seconds))
    return pd.DataFrame(rows)


RECORDINGS = (fashion_sgd, width_depth, depth_and_time, pixels)
