"""Recorded runs of lesson 02."""

import itertools

import numpy as np
import pandas as pd

from helpers.datasets import load_mnist

STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


def step_by_step(runs=((60000, 0), (100, 0), (100, 1), (100, 2)), steps=STEPS):
    """Softmax regression on MNIST / 255, gradient descent at 0.5, all or 100 pictures a step: accuracy by steps."""
    # runs: batch size and seed of each; with all pictures in a step there is no chance in it
    (x, y), (x_test, y_test) = load_mnist()
    x, x_test = ((pictures.reshape(-1, 784) / 255.0).astype("float32") for pictures in (x, x_test))
    rows = []
    for batch_size, seed in runs:
        weights = np.zeros((784, 10), "float32")
        for step, batch in enumerate(itertools.islice(_mini_batches(batch_size, len(x), seed), max(steps)), start=1):
            weights -= 0.5 * _slope(weights, x[batch], y[batch])
            if step in steps:
                accuracy = np.mean(np.argmax(x_test @ weights, axis=1) == y_test)
                rows.append(dict(batch_size=batch_size, seed=seed, step=step, accuracy=accuracy))
    return pd.DataFrame(rows)


def _mini_batches(size, samples, seed):
    """Yield the indices of batch after batch, from one shuffled order after the other."""
    random = np.random.default_rng(seed)
    while True:
        order = random.permutation(samples)
        yield from (order[start : start + size] for start in range(0, samples, size))


def _slope(weights, x, y):
    """Return the gradient of the mean cross-entropy of softmax(x · weights)."""
    scores = x @ weights
    wrong = np.exp(scores - scores.max(axis=1, keepdims=True))
    wrong /= wrong.sum(axis=1, keepdims=True)
    wrong[np.arange(len(y)), y] -= 1
    return x.T @ wrong / len(y)


RECORDINGS = (step_by_step,)
