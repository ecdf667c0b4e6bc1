"""Recorded runs of lesson 05."""

import numpy as np
import pandas as pd

from helpers import transforms
from helpers.datasets import load_mnist


def overfitting(seeds=(0, 1, 2), epochs=60, digits=2000):
    """784 → 512 → 512 → 10 on MNIST's first 2,000 digits, Adam, batches of 100, validated on 2,000 others, tested."""
    x, y, x_test, y_test = _digits()
    val = slice(20000, 22000)
    tables = []
    for seed in seeds:
        model = _network(seed)
        tested = _tested(x_test, y_test)
        history = model.fit(x[:digits], y[:digits], validation_data=(x[val], y[val]), batch_size=100, epochs=epochs,
                            verbose=0, callbacks=[tested])  # fmt: skip
        run = dict(seed=seed, epoch=range(epochs)) | history.history
        tables.append(pd.DataFrame(run | dict(test_accuracy=tested.accuracies)))
    return pd.concat(tables)


def classic_early_stopping(epochs=50, digits=60000):
    """784 → 10 softmax on MNIST / 255, Adam, batches of 32, validation_split 0.2, EarlyStopping with patience 5."""
    import keras

    x, y, x_test, y_test = _digits()
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((784,)), keras.layers.Dense(10, activation="softmax")])
    model.compile(
        loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"], steps_per_execution=50
    )
    tested = _tested(x_test, y_test)
    stopping = keras.callbacks.EarlyStopping(monitor="val_loss", min_delta=0, patience=5, restore_best_weights=True)
    history = model.fit(x[:digits], y[:digits], validation_split=0.2, epochs=epochs, verbose=0,
                        callbacks=[tested, stopping])  # fmt: skip
    run = dict(epoch=range(len(history.epoch))) | history.history
    return pd.DataFrame(run | dict(test_accuracy=tested.accuracies))


def stopped_on_the_exam(seeds=tuple(range(20)), epochs=40):
    """Networks on 500 digits, the best epoch chosen by 200 test digits: accuracy on those 200 and on 9,800 others."""
    x, y, x_test, y_test = _digits()
    runs = []
    for seed in seeds:
        order = np.random.default_rng(seed).permutation(len(x_test))
        exam, others = order[:200], order[200:]
        model = _network(seed, units=(64,))
        both = _tested(x_test[exam], y_test[exam]), _tested(x_test[others], y_test[others])
        start = 500 * seed
        model.fit(
            x[start : start + 500], y[start : start + 500], batch_size=50, epochs=epochs, verbose=0, callbacks=both
        )
        best = int(np.argmax(both[0].accuracies))
        runs.append(dict(seed=seed, best_epoch=best, exam=both[0].accuracies[best], others=both[1].accuracies[best]))
    return pd.DataFrame(runs)


def remedies(seeds=(0, 1, 2, 3, 4), updates=800, names=None):
    """What fights overfitting, each for 800 updates with batches of 100, on 2,000 digits unless more are named."""
    x, y, x_test, y_test = _digits()
    x, y = x[:8000], y[:8000]
    few = x[:2000], y[:2000]
    remedies = {
        "nothing": {},
        "smaller model": dict(units=(32,)),
        "L2": dict(penalty=1e-3),
        "dropout": dict(dropout=0.5),
        "augmentation": {},
        "augmentation + dropout": dict(dropout=0.5),
        "4 × the data": {},
        "4 × the data + dropout": dict(dropout=0.5),
    }
    runs = []
    for name in names or remedies:
        options = remedies[name]
        if "augmentation" in name:
            x_train, y_train = _moved_copies(few[0], copies=10), np.tile(few[1], 10)
        else:
            x_train, y_train = (x, y) if "4 ×" in name else few
        for seed in seeds:
            model = _network(seed, **options)
            model.fit(x_train, y_train, batch_size=100, epochs=updates * 100 // len(x_train), verbose=0)
            train, test = (model.evaluate(*data, batch_size=2000, verbose=0) for data in (few, (x_test, y_test)))
            runs.append(dict(remedy=name, seed=seed, parameters=model.count_params(), train_accuracy=train[1],
                             test_loss=test[0], test_accuracy=test[1]))  # fmt: skip
    return pd.DataFrame(runs)


def _digits():
    (x, y), (x_test, y_test) = load_mnist()
    flat = [pictures.reshape(-1, 784).astype("float32") / 255 for pictures in (x, x_test)]
    return flat[0], y, flat[1], y_test


def _network(seed, units=(512, 512), dropout=0, penalty=0):
    import keras

    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((784,))])
    for width in units:
        model.add(
            keras.layers.Dense(
                width, activation="relu", kernel_regularizer=keras.regularizers.L2(penalty) if penalty else None
            )
        )
        if dropout:
            model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(10, activation="softmax"))
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


def _tested(x, y):
    """Return a callback that keeps, in `accuracies`, the accuracy on `x` and `y` after every epoch."""
    import keras

    class Tested(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.accuracies = []

        def on_epoch_end(self, epoch, logs=None):
            self.accuracies.append(float(np.mean(np.argmax(self.model(x), axis=1) == y)))

    return Tested()


def _moved_copies(x, copies):
    """Return `copies` of each flat picture, moved by up to 2 pixels and turned by up to 12°, copy after copy."""
    random = np.random.default_rng(0)
    pictures = x.reshape(-1, 28, 28)
    moved = []
    for _ in range(copies):
        for picture in pictures:
            right, down = random.uniform(-2, 2, 2)
            matrix = transforms.affine(angle=random.uniform(-12, 12), right=right, down=down)
            moved.append(transforms.warp(picture, matrix))
    return np.clip(np.array(moved), 0, 1).reshape(-1, 784)


RECORDINGS = (overfitting, classic_early_stopping, stopped_on_the_exam, remedies)
