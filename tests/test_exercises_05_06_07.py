"""The exercises of lessons 05 to 07: answers of another kind are right too, and what is wrong is said to be so."""

import keras
import numpy as np
import pytest
from judging import is_right

from helpers.exercises import callbacks, early_stopping, fit_parameters


class WarmupForTheNextBatch(keras.callbacks.Callback):
    """Sets the first rate when training begins, and each further one when the batch before has ended."""

    def __init__(self, rate, steps):
        super().__init__()
        self.rate, self.steps, self.next = rate, steps, 1

    def on_train_begin(self, logs=None):
        self.model.optimizer.learning_rate = self.rate / self.steps

    def on_train_batch_end(self, batch, logs=None):
        self.next += 1
        self.model.optimizer.learning_rate = self.rate * min(1, self.next / self.steps)


def test_the_next_rate_may_be_set_when_a_batch_has_ended():
    assert is_right(callbacks.q4, WarmupForTheNextBatch)


class KeepEveryEpoch(keras.callbacks.Callback):
    """Keeps every epoch, and chooses in the end."""

    def on_train_begin(self, logs=None):
        self.kept = []

    def on_epoch_end(self, epoch, logs=None):
        self.kept.append((logs["val_loss"], epoch, self.model.get_weights()))

    def on_train_end(self, logs=None):
        self.model.set_weights(min(self.kept, key=lambda kept: kept[:2])[2])


def test_all_epochs_may_be_kept_and_the_best_chosen_in_the_end():
    assert is_right(callbacks.q3, KeepEveryEpoch)


class Fails(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        return logs["validation_loss"]


def test_no_line_of_the_check_is_called_the_learners():
    outcome = callbacks.q3.judge(Fails)
    assert (
        outcome.kind == "raised" and "KeyError: 'validation_loss'" in outcome.message and "line" not in outcome.message
    )


@pytest.mark.parametrize(
    "name",
    [
        "{epoch:03}_{val_accuracy:0.2f}.keras",
        "digits-{epoch:03d}-{val_accuracy:.2f}.keras",
        "{val_accuracy:.2f}-in-epoch-{epoch:03d}.keras",
    ],
)
def test_epoch_and_accuracy_may_stand_anywhere_in_the_name(name):
    assert is_right(callbacks.q1, name)


def test_mode_may_be_left_to_keras():
    assert is_right(early_stopping.q3, lambda: keras.callbacks.EarlyStopping(patience=4, restore_best_weights=True))


def test_too_much_patience_is_named():
    outcome = early_stopping.q3.judge(lambda: keras.callbacks.EarlyStopping(patience=14))
    assert outcome.kind == "wrong" and "a patience of 14" in outcome.message


def test_another_monitor_is_no_validation_loss():
    stopping = keras.callbacks.EarlyStopping(monitor="val_mae", mode="min", patience=4, restore_best_weights=True)
    outcome = early_stopping.q3.judge(lambda: stopping)
    assert outcome.kind == "wrong" and "no 'val_mae' in the logs" in outcome.message


def test_a_stream_that_raises_raised():
    def endless(samples, batch_size):
        yield np.arange(samples)[9999]

    outcome = fit_parameters.q4.judge(endless)
    assert outcome.kind == "raised" and "IndexError" in outcome.message


def test_a_stream_that_ends_is_wrong():
    def endless(samples, batch_size):
        yield np.random.permutation(samples)[:batch_size]

    outcome = fit_parameters.q4.judge(endless)
    assert outcome.kind == "wrong" and "comes to an end" in outcome.message
