"""Recorded runs of lesson 08."""

import itertools

import cv2
import numpy as np
import pandas as pd

from helpers import transforms
from helpers.corruptions import CORRUPTIONS
from helpers.datasets import load_mnist


def published_network(scales=(1, 255), seeds=(0, 1, 2), epochs=30):
    """784 → 512 → 512 → 10, Adam, batch 1000, pixels divided by 1 or 255: losses, and its answer to the tilted 2."""
    import keras

    (x_train, y_train), (x_test, y_test) = load_mnist()
    matrix = cv2.getRotationMatrix2D((20, 25), 20, 1)
    matrix[:, 2] += 3
    tilted = cv2.warpAffine(x_train[5], matrix, (28, 28))
    tables = []
    for scale in scales:
        train, test, two = (x.reshape(-1, 784).astype("float32") / scale for x in (x_train, x_test, tilted))
        for seed in seeds:
            keras.backend.clear_session()
            keras.utils.set_random_seed(seed)
            hidden = [keras.layers.Dense(512, activation="relu") for _ in range(2)]
            model = keras.Sequential([keras.Input((784,)), *hidden, keras.layers.Dense(10, activation="softmax")])
            model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], steps_per_execution=12)
            history = model.fit(train, y_train, validation_split=0.2, epochs=epochs, batch_size=1000, verbose=0)
            loss, accuracy = model.evaluate(test, y_test, batch_size=1000, verbose=0)
            run = dict(scale=scale, seed=seed, epoch=range(1, epochs + 1)) | history.history
            run |= dict(test_loss=loss, test_accuracy=accuracy)
            run |= {f"p{digit}": p for digit, p in enumerate(np.asarray(model(two))[0].tolist())}
            tables.append(pd.DataFrame(run))
    return pd.concat(tables)


def permuted_pixels(networks=("MLP", "CNN"), orders=("real", "permuted"), seeds=(0, 1, 2)):
    """MLP and CNN on MNIST's first 20,000 digits, 4 epochs, as they are and with all pixels in one random order."""
    import keras

    (x_train, y_train), (x_test, y_test) = load_mnist()
    places = dict(real=np.arange(784), permuted=np.random.default_rng(0).permutation(784))
    rows = []
    for order in orders:
        train, test = (_unit(x.reshape(-1, 784)[:20000, places[order]].reshape(-1, 28, 28)) for x in (x_train, x_test))
        for network in networks:
            for seed in seeds:
                model = lesson_network(network, seed, learning_rate=0.002)
                model.fit(train, y_train[:20000], epochs=4, batch_size=128, verbose=0)
                accuracy = model.evaluate(test, y_test, batch_size=1000, verbose=0)[1]
                rows.append(dict(network=network, order=order, seed=seed, accuracy=accuracy))
                keras.backend.clear_session()
    return pd.DataFrame(rows)


NETWORKS = ("MLP", "MLP + augmentation", "CNN", "CNN + augmentation")


def repairs(networks=NETWORKS, seeds=(0, 1, 2), epochs=4, digits=10000):
    """Four networks, each trained on MNIST for four epochs: accuracy on turned, moved, spoiled digits."""
    import keras

    (x_train, y_train), (x_test, y_test) = load_mnist()
    x_test, y_test = x_test[:digits], y_test[:digits]
    train, changed = _unit(x_train), {name: _unit(pictures) for name, pictures in _changed(x_test).items()}
    tables = []
    for network in networks:
        for seed in seeds:
            model = lesson_network(network, seed)
            model.fit(train, y_train, epochs=epochs, batch_size=512, verbose=0)
            scores = {name: model.evaluate(x, y_test, batch_size=1000, verbose=0)[1] for name, x in changed.items()}
            run = dict(network=network, seed=seed, parameters=model.count_params())
            tables.append(pd.DataFrame(run | dict(change=scores.keys(), accuracy=scores.values())))
            keras.backend.clear_session()
    return pd.concat(tables)


def every_angle(
    networks=("MLP + augmentation", "CNN + augmentation"), degrees=(45, 180), seeds=(0, 1, 2), epochs=(4, 12)
):
    """Two networks trained on digits turned by up to 45° or 180°: what they read upright and turned, digit by digit."""
    import keras

    (x_train, y_train), (x_test, y_test) = load_mnist()
    train, angles = _unit(x_train), {"upright": 0, "turned_90": 90, "turned_180": 180}
    tests = {name: _unit(transforms.rotate(x_test, angle)) for name, angle in angles.items()}
    rows = []
    for network, most, seed in itertools.product(networks, degrees, seeds):
        model = lesson_network(network, seed, degrees=most)
        for epoch, so_far in zip(epochs, (0, *epochs)):
            model.fit(train, y_train, initial_epoch=so_far, epochs=epoch, batch_size=512, verbose=0)
            answers = {name: model.predict(x, batch_size=1000, verbose=0).argmax(axis=1) for name, x in tests.items()}
            for digit in range(10):
                run = dict(network=network, degrees=most, seed=seed, epoch=epoch, digit=digit)
                mine = {name: answer[y_test == digit] for name, answer in answers.items()}
                run |= {name: np.mean(answer == digit) for name, answer in mine.items()}
                run |= {f"as_{other}": np.mean(mine["upright"] == other) for other in (6, 9)}
                rows.append(run)
        keras.backend.clear_session()
    return pd.DataFrame(rows)


def lesson_network(name, seed, learning_rate=0.003, degrees=45):
    """Return lesson 08's network of this name, compiled: from pictures (n, 28, 28) from 0 to 1 to probabilities.

    With augmentation it sees them turned by up to `degrees` to either side.
    """
    import keras
    from keras import layers

    keras.utils.set_random_seed(seed)
    parts = [keras.Input((28, 28)), layers.Reshape((28, 28, 1))]
    if "augmentation" in name:
        parts += [layers.RandomRotation(degrees / 360, fill_mode="constant"),
                  layers.RandomTranslation(0.1, 0.1, fill_mode="constant")]  # fmt: skip
    if "CNN" in name:
        parts += [layers.Conv2D(16, 5, strides=2, activation="relu"),
                  layers.Conv2D(32, 3, strides=2, activation="relu"),
                  layers.Flatten(), layers.Dense(64, activation="relu")]  # fmt: skip
    else:
        parts += [layers.Flatten(), layers.Dense(512, activation="relu"), layers.Dense(512, activation="relu")]
    model = keras.Sequential([*parts, layers.Dense(10, activation="softmax")])
    rule = keras.optimizers.Adam(learning_rate)
    model.compile(rule, "sparse_categorical_crossentropy", metrics=["accuracy"], steps_per_execution=20)
    return model


def _changed(pictures):
    """Return the pictures as they are, turned, moved and spoiled: name → pictures."""
    turned = {f"turned {angle}°": transforms.rotate(pictures, angle) for angle in (-30, 15, 30, 45, 60, 90)}
    moved = {f"moved {right} px": transforms.shift(pictures, right=right) for right in (1, 2, 3, 4)}
    return {"clean": pictures} | turned | moved | {name: change(pictures) for name, change in CORRUPTIONS.items()}


def _unit(pictures):
    return pictures.astype("float32") / 255


RECORDINGS = (published_network, permuted_pixels, repairs, every_angle)
