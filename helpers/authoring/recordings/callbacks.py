"""Recorded runs of lesson 07."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.authoring.template import ROOT

OVERWRITE, DOUBLE, RENAME = METHODS = ("BackupAndRestore", "double_checkpoint=True", "write beside and rename")

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

if method == "write beside and rename":
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


def interrupted_backups(moments=400, seed=0, methods=METHODS):
    """Training that saves after every batch, frozen at random moments: can one go on from the files it then left?"""
    random = np.random.default_rng(seed)
    runs = []
    for method in methods:
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as copies:
            process = train(Path(folder), method)
            try:
                for _ in range(2):  # it has begun, and saved once
                    process.stdout.readline()
                threading.Thread(target=process.stdout.read, daemon=True).start()  # or it would wait for a reader
                for moment in range(moments):
                    time.sleep(0.05 + 0.05 * random.random())
                    copy = copy_frozen(process, Path(folder), Path(copies) / str(moment))
                    runs.append(dict(method=method, found=found(copy, method)))
                    shutil.rmtree(copy)
            finally:  # a frozen process, too, would stay for ever
                process.kill()
                process.wait()
    return pd.DataFrame(runs).groupby(["method", "found"], sort=False).size().reset_index(name="moments")


def copy_frozen(process, folder, copy):
    """Copy `folder` to `copy` while `process`, which writes there, is stopped: what a kill then would leave."""
    process.send_signal(signal.SIGSTOP)
    os.waitpid(process.pid, os.WUNTRACED)
    shutil.copytree(folder, copy)
    process.send_signal(signal.SIGCONT)
    return copy


def found(folder, method):
    """Return what a network that goes on from `folder` finds: "a backup", "nothing", or the name of its error."""
    import keras

    try:
        if method == RENAME:
            model = keras.saving.load_model(folder / "good.keras")
        else:
            model = keras.Sequential([keras.Input((784,)), keras.layers.Dense(64), keras.layers.Dense(10)])
            model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
            backup = keras.callbacks.BackupAndRestore(folder, double_checkpoint=method == DOUBLE)
            backup.set_model(model)
            backup.on_train_begin()
    except Exception as error:  # whatever h5py or json says of half a file
        return type(error).__name__
    return "a backup" if int(model.optimizer.iterations) > 0 else "nothing"


def train(folder, method, epochs=1000):
    """Start the training process, which saves in `folder` by one of `METHODS`. Returns the `subprocess.Popen`.

    It prints "began at" and the step number, once what it found in `folder` is read, and "saved" after each batch.
    """
    command = [sys.executable, "-c", TRAIN, str(folder), method, str(epochs)]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


RECORDINGS = (interrupted_backups,)
