"""What lesson 07 says about saving: killed for real, backups go on; what Keras does where the text says so."""

import inspect
import time

import keras
import numpy as np
import pytest
from conftest import ROOT

from helpers.authoring.recordings.callbacks import DOUBLE, METHODS, OVERWRITE, RENAME, train
from helpers.authoring.refresh import read
from helpers.datasets import load_recorded

NOTEBOOK = read(ROOT / "notebooks" / "07_callbacks_and_tensorboard.ipynb")


# Killed while saving after every batch


@pytest.mark.parametrize("method, behind", [(DOUBLE, 1), (RENAME, 0)])
def test_killed_at_random_moments_every_backup_is_readable_and_up_to_date(method, behind, tmp_path):
    random, saved = np.random.default_rng(), 0
    for kill in range(5):
        process = train(tmp_path, method)
        words = process.stdout.readline().split()
        assert words[:2] == ["began", "at"], f"kill {kill} left a backup that cannot be read"
        began = int(words[-1])
        assert saved - behind <= began <= saved + 1  # it may have been killed between the save and the word of it
        assert process.stdout.readline() == "saved\n"
        time.sleep(random.random() / 2)
        process.kill()
        saved = began + 1 + process.communicate()[0].count("saved\n")


def test_recording_has_every_kill_once_and_shows_what_the_lesson_says():
    table = load_recorded("killed_backups")
    assert sorted(table[["method", "kill"]].itertuples(index=False, name=None)) == sorted(
        (method, kill) for method in METHODS for kill in range(12)
    )
    went_on = table.groupby("method")["went_on"].sum()
    assert went_on[OVERWRITE] < 6 and went_on[DOUBLE] == went_on[RENAME] == 12


# The lesson's own script, killed twice


def test_killed_twice_the_lessons_script_ends_at_the_same_weights(tmp_path):
    lesson = dict(folder=tmp_path)
    exec("import os, subprocess, sys, time\nimport numpy as np", lesson)
    for begins in ("script = ", "def run("):
        exec(next(cell.source for cell in NOTEBOOK.cells if cell.source.startswith(begins)), lesson)
    run = lesson["run"]
    assert run("undisturbed", "undisturbed.keras") == (list(range(6)), 0)
    reached = 0
    for _ in range(2):
        epochs, code = run("disturbed", "disturbed.keras", kill=True)
        assert code != 0 and epochs == list(range(reached, reached + len(epochs)))
        reached += len(epochs)
    assert run("disturbed", "disturbed.keras") == (list(range(reached, 6)), 0)
    one, other = (keras.saving.load_model(tmp_path / f"{name}.keras") for name in ("undisturbed", "disturbed"))
    assert all(np.array_equal(a, b) for a, b in zip(one.get_weights(), other.get_weights()))
    assert int(one.optimizer.iterations) == int(other.optimizer.iterations) == 6 * 250


# What Keras does where the lesson says so


class Interrupt(Exception):
    """The process dies here."""


class DieAfter(keras.callbacks.Callback):
    """Raises after so many batches in all."""

    def __init__(self, batches):
        super().__init__()
        self.left = batches

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            raise Interrupt


def small_fit(*callbacks):
    """Train a small network, 10 batches an epoch, two epochs; return the network."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(loss="mse", optimizer="adam")
    random = np.random.default_rng(0)
    x, y = random.random((40, 3)), random.random((40, 1))
    model.fit(x, y, batch_size=4, epochs=2, verbose=0, callbacks=list(callbacks))
    return model


def test_a_backup_within_an_epoch_learns_its_first_batches_twice(tmp_path):
    def backup():
        return keras.callbacks.BackupAndRestore(tmp_path / "backup", save_freq=4)

    straight = small_fit()
    with pytest.raises(Interrupt):
        small_fit(backup(), DieAfter(6))
    resumed = small_fit(backup())
    assert int(straight.optimizer.iterations) == 20
    assert int(resumed.optimizer.iterations) == 24
    assert not np.array_equal(straight.get_weights()[0], resumed.get_weights()[0])


def test_a_backup_after_each_epoch_repeats_the_epoch_it_died_in(tmp_path):
    def backup():
        return keras.callbacks.BackupAndRestore(tmp_path / "backup")

    straight = small_fit()
    with pytest.raises(Interrupt):
        small_fit(backup(), DieAfter(16))
    resumed = small_fit(backup())
    assert int(resumed.optimizer.iterations) == 20
    assert all(np.array_equal(a, b) for a, b in zip(straight.get_weights(), resumed.get_weights()))


def arguments(callback):
    return set(inspect.signature(callback.__init__).parameters) - {"self"}


@pytest.mark.parametrize("name", ["ModelCheckpoint", "TensorBoard"])
def test_every_argument_is_in_the_lesson(name):
    text = "\n".join(cell.source for cell in NOTEBOOK.cells)
    assert [argument for argument in arguments(getattr(keras.callbacks, name)) if argument not in text] == []


@pytest.mark.parametrize("name", ["filepath", "save_freq", "save_best_only", "monitor", "mode",
                                  "initial_value_threshold", "save_weights_only", "verbose"])  # fmt: skip
def test_every_argument_of_model_checkpoint_is_at_work_in_a_cell(name):
    code = "\n".join(cell.source for cell in NOTEBOOK.cells if cell.cell_type == "code")
    assert name in arguments(keras.callbacks.ModelCheckpoint)
    assert name == "filepath" or f"{name}=" in code


def test_short_recording_gives_the_shipped_columns():
    from helpers.authoring.recordings.callbacks import killed_backups

    again = killed_backups(kills=1, methods=(RENAME,))
    shipped = load_recorded("killed_backups")
    assert list(again.columns) == list(shipped.columns)
    assert again["went_on"].tolist() == [True]
