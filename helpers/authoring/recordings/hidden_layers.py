"""Recorded runs of lesson 01."""

import time
import warnings

import numpy as np
import pandas as pd

from helpers.datasets import load_fashion_mnist, load_mnist


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


RECORDINGS = (fashion_sgd, width_depth, pixels)
