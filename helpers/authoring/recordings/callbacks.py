"""Recorded runs of lesson 07."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.authoring.template import ROOT

OVERWRITE, DOUBLE, RENAME = METHODS = ("BackupAndRestore", "double_checkpoint=True", "save, then rename")

# A training process that saves after every batch, so that it is writing much of the time. What it saved last time it
# reads first, or fails.
TRAIN = """
import os, sys
import helpers.quiet, keras
from helpers.datasets import load_mnist

folder, method, epochs = sys.argv[1], sys.argv[2], int(sys.argv[3])
(x, y), _ = load_mnist()
keras.utils.set_random_seed(0)
model = keras.Sequential([
    keras.Input((784,)), keras.layers.Dense(64, activation="relu"), keras.layers.Dense(10, activation="softmax")
])
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
new, good = os.path.join(folder, "new.keras"), os.path.join(folder, "good.keras")

class SaveThenRename(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        self.model.save(new)
        os.replace(new, good)

if method == "save, then rename":
    saving = SaveThenRename()
    if os.path.exists(good):
        model = keras.saving.load_model(good)
else:
    double = method == "double_checkpoint=True"
    saving = keras.callbacks.BackupAndRestore(folder, save_freq=1, double_checkpoint=double)
begun = keras.callbacks.LambdaCallback(on_train_begin=lambda logs: print("began at", int(model.optimizer.iterations),
                                                                        flush=True))
told = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: print("saved", flush=True))
model.fit(x[:2000].reshape(-1, 784) / 255, y[:2000], batch_size=10, epochs=epochs, verbose=0,
          callbacks=[saving, begun, told])
"""


def killed_backups(kills=12, seed=0, methods=METHODS):
    """Training that saves after every batch, killed at a random moment: can the next process go on from the file?"""
    random = np.random.default_rng(seed)
    runs = []
    for method in methods:
        for kill in range(kills):
            seconds = 0.2 + 0.5 * random.random()
            with tempfile.TemporaryDirectory() as folder:
                saved = kill_after(seconds, train(Path(folder), method))
                began = goes_on(Path(folder), method)
            runs.append(dict(method=method, kill=kill, seconds=seconds, saved=saved, went_on=began > 0))
    return pd.DataFrame(runs)


def train(folder, method, epochs=1000):
    """Start the training process, which saves in `folder` by one of `METHODS`. Returns the `subprocess.Popen`.

    It prints "began at" and the step number, once what it found in `folder` is read, and "saved" after each batch.
    """
    command = [sys.executable, "-c", TRAIN, str(folder), method, str(epochs)]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def kill_after(seconds, process):
    """Kill the training `process` so many seconds after its first save; return how often it had saved by then."""
    lines = [process.stdout.readline(), process.stdout.readline()]
    if lines != ["began at 0\n", "saved\n"]:
        raise RuntimeError(f"the training process said {lines}")
    time.sleep(seconds)
    process.kill()
    return 1 + process.communicate()[0].count("saved\n")


def goes_on(folder, method):
    """Return the step at which a new process goes on from what `folder` holds; 0 if it cannot read that."""
    process = train(folder, method, epochs=1000)
    words = process.stdout.readline().split()
    process.kill()
    process.communicate()
    return int(words[-1]) if words else 0


RECORDINGS = (killed_backups,)
