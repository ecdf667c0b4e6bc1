"""What lesson 07 says about saving: what the recording shows, and what Keras does where the text says so.

matrix/killed.py kills processes for real, over and over; lesson 07 itself kills one.
"""

import inspect
import json

import keras
import numpy as np
import pytest

from helpers.authoring.recordings.callbacks import DOUBLE, METHODS, OVERWRITE, RENAME, found
from helpers.authoring.refresh import read
from helpers.authoring.template import ROOT
from helpers.datasets import load_recorded

NOTEBOOK = read(ROOT / "notebooks" / "07_callbacks_and_tensorboard.ipynb")


# The recorded interruptions


@pytest.fixture(scope="module")
def recorded():
    """The recording: method → what was found → at how many moments."""
    table = load_recorded("interrupted_backups")
    assert set(table["method"]) == set(METHODS)
    return {method: dict(zip(rows["found"], rows["moments"])) for method, rows in table.groupby("method")}


def test_recording_shows_what_the_lesson_says(recorded):
    assert {sum(counts.values()) for counts in recorded.values()} == {400}
    assert recorded[OVERWRITE]["a backup"] < 240 and recorded[OVERWRITE]["OSError"] > 100
    assert recorded[DOUBLE]["JSONDecodeError"] > 0 and "OSError" not in recorded[DOUBLE]
    assert 0.95 * 400 < recorded[DOUBLE]["a backup"] < 400
    assert recorded[RENAME] == {"a backup": 400}


@pytest.mark.parametrize("method", [OVERWRITE, DOUBLE])
def test_an_empty_folder_is_no_backup(tmp_path, method):
    assert found(tmp_path, method) == "nothing"


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


def saves(folder, double_checkpoint):
    """Return the callback that backs up to `folder` after every fifth batch."""
    return keras.callbacks.BackupAndRestore(folder, save_freq=5, double_checkpoint=double_checkpoint)


@pytest.fixture(params=[False, True])
def interrupted(request, tmp_path):
    """The folder of a process that died in its second epoch, and whether it kept a copy of the backup before."""
    with pytest.raises(Interrupt):
        small_fit(saves(tmp_path / "backup", request.param), DieAfter(16))
    return tmp_path / "backup", request.param


def test_half_a_weights_file_stops_all_but_double_checkpoint(interrupted):
    folder, double_checkpoint = interrupted
    weights = folder / "latest.weights.h5"
    weights.write_bytes(weights.read_bytes()[:1000])
    if double_checkpoint:
        assert int(small_fit(saves(folder, True)).optimizer.iterations) > 20
    else:
        with pytest.raises(OSError):
            small_fit(saves(folder, False))


def test_an_empty_file_with_the_number_of_the_epoch_stops_even_double_checkpoint(interrupted):
    folder, double_checkpoint = interrupted
    (folder / "training_metadata.json").write_text("")
    assert (folder / "training_metadata.json.bkp").exists() == double_checkpoint
    with pytest.raises(json.JSONDecodeError):
        small_fit(saves(folder, double_checkpoint))


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
