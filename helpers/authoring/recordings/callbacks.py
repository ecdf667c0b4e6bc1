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

TRAIN = """
import sys
import helpers.quiet, keras
from helpers.datasets import load_mnist

folder, double_checkpoint, epochs = sys.argv[1], sys.argv[2] == "True", int(sys.argv[3])
(x, y), _ = load_mnist()
keras.utils.set_random_seed(0)
model = keras.Sequential([
    keras.Input((784,)), keras.layers.Dense(64, activation="relu"), keras.layers.Dense(10, activation="softmax")
])
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
backup = keras.callbacks.BackupAndRestore(folder, save_freq=1, double_checkpoint=double_checkpoint)
begun = keras.callbacks.LambdaCallback(on_train_begin=lambda logs: print("restored", flush=True))
model.fit(x[:2000].reshape(-1, 784) / 255, y[:2000], batch_size=10, epochs=epochs, verbose=0, callbacks=[backup, begun])
print("done", flush=True)
"""


def train(folder, double_checkpoint, epochs=1000):
    """Start a process that trains and backs up after every batch to `folder`, where it also finds its last backup.

    It prints "restored" when it has read the backup, and "done" at the end. Returns the `subprocess.Popen`.
    """
    command = [sys.executable, "-c", TRAIN, str(folder), str(double_checkpoint), str(epochs)]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def killed_backups(kills=20, seed=0):
    """Training that backs up after every batch, killed at a random moment: can the next process read the backup?"""
    random = np.random.default_rng(seed)
    runs = []
    for double_checkpoint in (False, True):
        for kill in range(kills):
            with tempfile.TemporaryDirectory() as folder:
                seconds = 0.5 + random.random()
                kill_after(seconds, train(Path(folder), double_checkpoint))
                restored = comes_back(Path(folder), double_checkpoint)
            runs.append(dict(double_checkpoint=double_checkpoint, kill=kill, seconds=seconds, restored=restored))
    return pd.DataFrame(runs)


def kill_after(seconds, process):
    """Kill the training `process` so many seconds after it began."""
    assert process.stdout.readline() == "restored\n"
    time.sleep(seconds)
    process.kill()
    process.communicate()


def comes_back(folder, double_checkpoint):
    """Whether a new process can go on from the backup in `folder`."""
    process = train(folder, double_checkpoint)
    restored = process.stdout.readline() == "restored\n"
    process.kill()
    process.communicate()
    return restored


RECORDINGS = (killed_backups,)
