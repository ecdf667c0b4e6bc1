"""Exercises of lesson 07."""

import functools
import re

import numpy as np

from helpers.exercises.engine import Exercise, Wrong, array, function, number, shown
from helpers.networks import one_weight

# 7.1: a name for every epoch's file.


def _check_1(name):
    if not isinstance(name, str):
        raise Wrong(f"name must be a text, not {shown(name)}")
    if not name.endswith(".keras"):
        raise Wrong(f"{shown(name)} must end in .keras, as a file with the whole network does")
    try:
        made = [name.format(epoch=epoch, val_accuracy=value) for epoch, value in ((3, 0.91234), (12, 0.9), (3, 0.95))]
    except KeyError as error:
        raise Wrong(f"{shown(name)} has {error} in braces; asked are epoch and val_accuracy") from None
    except (IndexError, ValueError) as error:
        raise Wrong(
            f"Keras cannot fill in {shown(name)}: {type(error).__name__} {error}; asked are epoch and val_accuracy"
        ) from None
    if made[0] == made[1] or "3" not in made[0]:
        raise Wrong(f"epoch 3 and epoch 12 give {made[0]} and {made[1]}: where is the epoch's number?")
    if "003" not in made[0]:
        raise Wrong(f"epoch 3 gives {made[0]}; it must read 003, or epoch 12 is sorted before epoch 3")
    if made[0] == made[2]:
        raise Wrong(f"an accuracy of 0.912 and one of 0.95 both give {made[0]}: where is val_accuracy?")
    if "0.91" not in made[0] or "0.912" in made[0]:
        raise Wrong(f"an accuracy of 0.91234 gives {made[0]}; two decimals are asked for")
    asked = [re.sub(r"(?<!\d)003(?!\d)", epoch, re.sub(r"(?<!\d)0\.91(?!\d)", accuracy, made[0]))
             for epoch, accuracy in (("003", "0.91"), ("012", "0.90"), ("003", "0.95"))]  # fmt: skip
    if made != asked:
        raise Wrong(f"epoch 3 with 0.91234 and epoch 12 with 0.9 give {made[0]} and {made[1]}; "
                    "wanted are 003-0.91.keras and 012-0.90.keras")  # fmt: skip
    return f"Epoch 3 with 0.91234 is saved as {made[0]}."


def _solution_1():
    name = "{epoch:03d}-{val_accuracy:.2f}.keras"
    return name


q1 = Exercise(
    "7.1",
    check=_check_1,
    hints=(
        "In a format string {epoch:02d} means: the epoch, two digits, zeros in front.",
        "Three digits are 03d; a fraction with two decimals is .2f. And the name ends in .keras.",
    ),
    solution=_solution_1,
    wrong=[
        ("no ending", lambda: "{epoch:03d}-{val_accuracy:.2f}", "must end in .keras"),
        ("two digits", lambda: "{epoch:02d}-{val_accuracy:.2f}.keras", "must read 003"),
        ("no epoch", lambda: "{val_accuracy:.2f}.keras", "where is the epoch"),
        ("no accuracy", lambda: "{epoch:03d}.keras", "where is val_accuracy"),
        ("three decimals", lambda: "{epoch:03d}-{val_accuracy:.3f}.keras", "two decimals"),
        ("unknown name", lambda: "{epochs:03d}.keras", "in braces"),
        ("four digits", lambda: "{epoch:04d}-{val_accuracy:.2f}.keras", "wanted are 003-0.91.keras"),
        ("zeros by hand", lambda: "00{epoch}-{val_accuracy:.2f}.keras", "wanted are 003-0.91.keras"),
        ("significant digits", lambda: "{epoch:03d}-{val_accuracy:.2g}.keras", "wanted are 003-0.91.keras"),
        ("weights only", lambda: "{epoch:03d}-{val_accuracy:.2f}.weights.h5", "must end in .keras"),
        ("filled in already", lambda: "003-0.91.keras", "where is the epoch"),
    ],
)

# 7.2: going on after six epochs, for four more.


def _check_2(initial_epoch, epochs):
    initial_epoch, epochs = number(initial_epoch, "initial_epoch"), number(epochs, "epochs")
    if epochs <= initial_epoch:
        raise Wrong(f"fit counts from epoch {initial_epoch:g} up to {epochs:g}: it would not train at all. "
                    "epochs says where to end, not how many more")  # fmt: skip
    if initial_epoch == 7:
        raise Wrong("epochs count from 0: after six of them the next one is number 6")
    if (initial_epoch, epochs) != (6, 10):
        raise Wrong(f"fit would run epochs {initial_epoch:g} to {epochs - 1:g}, {epochs - initial_epoch:g} in all; "
                    "wanted are four, after the six that are done")  # fmt: skip
    return "Epochs 6, 7, 8 and 9: four more, and the log files go on counting where they stopped."


def _solution_2():
    initial_epoch = 6
    epochs = 10
    return initial_epoch, epochs


q2 = Exercise(
    "7.2",
    check=_check_2,
    hints=(
        "fit runs the epochs that range(initial_epoch, epochs) gives.",
        "Six are done, numbers 0 to 5. Which number is next, and how many will be done in the end?",
    ),
    solution=_solution_2,
    wrong=[
        ("epochs as how many more", lambda: (6, 4), "would not train at all"),
        ("counted from one", lambda: (7, 10), "epochs count from 0"),
        ("from the start", lambda: (0, 10), "10 in all"),
        ("one too many", lambda: (6, 11), "5 in all"),
    ],
)

# Run a learner's callback: one weight, which every epoch moves from 0 a part of the way to 1.


def _fit(callback, name, after=(), validation=0.6, rate=0.1, batches=1, epochs=8):
    """Return the one weight of a network after training with `callback`, then the callbacks `after` it."""
    import keras

    model = one_weight()
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(rate))
    ones = np.ones((4 * batches, 1))

    train = functools.partial(
        model.fit, ones, ones, batch_size=4, epochs=epochs, validation_data=(ones[:4], validation * ones[:4]),
        verbose=0, callbacks=[callback, *after],
    )  # fmt: skip
    function(train, name)()
    return float(model.get_weights()[0][0, 0])


def _callback(make, name, *arguments):
    import keras

    if not isinstance(make, type):
        raise Wrong(f"{name} must be a class, not {shown(make)}; hand it over without brackets")
    if not issubclass(make, keras.callbacks.Callback):
        raise Wrong(f"{name} must be derived from keras.callbacks.Callback: class {name}(keras.callbacks.Callback)")
    return function(make, name)(*arguments)


# 7.3: keep the best weights.


class _Recorder:
    """The weight and the validation loss after each epoch."""

    def __init__(self):
        import keras

        self.weights, self.losses = [], []
        self.callback = keras.callbacks.LambdaCallback(on_epoch_end=self._keep)

    def _keep(self, epoch, logs):
        self.weights.append(float(self.callback.model.get_weights()[0][0, 0]))
        self.losses.append(logs["val_loss"])


@functools.cache
def _weights_undisturbed(rate):
    """The weight after each epoch of a training in which nobody interferes; validation has no part in it."""
    recorder = _Recorder()
    _fit(recorder.callback, "recorder", rate=rate)
    return recorder.weights


def _check_3(KeepBest):
    # At the higher rate the weight leaps to and fro, and so does the loss: falling is not yet being the best.
    for validation, rate in ((0.6, 0.1), (0.0, 0.1), (0.9, 0.1), (0.6, 0.9), (50.0, 0.1)):
        recorder = _Recorder()
        keep_best = _callback(KeepBest, "KeepBest")
        final = _fit(keep_best, "KeepBest", after=[recorder.callback], validation=validation, rate=rate)
        weights, losses = recorder.weights, recorder.losses
        if len(weights) < len(_weights_undisturbed(rate)):
            raise Wrong(f"your callback stops the training after {len(weights)} epochs; it should only keep the best")
        if not np.allclose(weights, _weights_undisturbed(rate), atol=1e-6):
            raise Wrong("the training itself went another way than without your callback: "
                        "put the weights back when training ends, and not before")  # fmt: skip
        best = int(np.argmin(losses))
        if np.isclose(final, weights[best], atol=1e-6):
            continue
        was = int(np.argmin(np.abs(np.array(weights) - final)))
        if not np.isclose(final, weights[was], atol=1e-6):
            raise Wrong(
                f"the final weight is {final:.3f}, which no epoch had; those of the epochs were {np.round(weights, 3)}"
            )
        why = {len(weights) - 1: " That is the last: are they put back at the end of training, and by validation loss?",
               int(np.argmax(losses)): " That is the worst: lower is better."}.get(was, "")  # fmt: skip
        if 0 < was and losses[was] < losses[was - 1]:
            why = " Better than the epoch before is not better than all before."
        raise Wrong(f"the weights in the end are those of epoch {was}; val_loss was best in epoch {best} "
                    f"({losses[best]:.3f} against {losses[was]:.3f}).{why}")  # fmt: skip
    return "Whatever epoch was best, its weights are back. That is restore_best_weights."


def _solution_3():
    import keras

    class KeepBest(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.best = float("inf")

        def on_epoch_end(self, epoch, logs=None):
            if logs["val_loss"] < self.best:
                self.best = logs["val_loss"]
                self.weights = self.model.get_weights()

        def on_train_end(self, logs=None):
            self.model.set_weights(self.weights)

    return KeepBest


def _keeps(better, put_back="in the end", monitor="val_loss"):
    import keras

    class KeepBest(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.best = None

        def on_epoch_end(self, epoch, logs=None):
            if self.best is None or better(logs[monitor], self.best):
                self.best, self.weights = logs[monitor], self.model.get_weights()
            elif put_back == "at once":
                self.model.set_weights(self.weights)

        def on_train_end(self, logs=None):
            if put_back == "in the end":
                self.model.set_weights(self.weights)

    return KeepBest


def _better_than_the_last():
    import keras

    class KeepBest(keras.callbacks.Callback):
        last = float("inf")

        def on_epoch_end(self, epoch, logs=None):
            if logs["val_loss"] < self.last:
                self.weights = self.model.get_weights()
            self.last = logs["val_loss"]

        def on_train_end(self, logs=None):
            self.model.set_weights(self.weights)

    return KeepBest


def _stopping():
    import keras

    class KeepBest(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 2

    return KeepBest


def _spelt_wrong():
    import keras

    class KeepBest(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.best = min(logs["validation_loss"], 1)

    return KeepBest


q3 = Exercise(
    "7.3",
    check=_check_3,
    hints=(
        "Three moments: at the beginning nothing is best yet; after an epoch compare; at the end put back.",
        "self.model.get_weights() gives a copy of all weights, self.model.set_weights(kept) puts them back. "
        "Start with self.best = float('inf').",
    ),
    solution=_solution_3,
    wrong=[
        ("never put back", lambda: _keeps(lambda new, best: new < best, put_back=None), "That is the last"),
        ("the worst", lambda: _keeps(lambda new, best: new > best), "That is the worst"),
        ("training loss", lambda: _keeps(lambda new, best: new < best, monitor="loss"), "by validation loss"),
        ("always the first", lambda: _keeps(lambda new, best: False), "those of epoch 0"),
        ("put back at once", lambda: _keeps(lambda new, best: new < best, put_back="at once"), "when training ends"),
        ("better than the last", _better_than_the_last, "Better than the epoch before is not"),
        ("best is 1 to begin with", lambda: _keeps(lambda new, best: new < min(best, 1)), "val_loss was best in epoch"),
        ("stops", _stopping, "stops the training after 3 epochs"),
        ("misspelt key", _spelt_wrong, "raised KeyError: 'validation_loss'"),
        ("an instance", lambda: _solution_3()(), "without brackets"),
        (
            "not a callback",
            lambda: type("KeepBest", (), {"on_epoch_end": lambda self, epoch, logs: epoch}),
            "must be derived from",
        ),
    ],
)

# 7.4: warm up the learning rate. The bug to avoid: `batch` starts at 0 again in every epoch.


def _check_4(Warmup):
    for rate, steps in ((0.1, 6), (0.03, 5)):
        _expect_warm_up(Warmup, rate, steps)
    return "Batch by batch up, then level, and no epoch disturbs it."


def _expect_warm_up(Warmup, rate, steps):
    import keras

    used = []
    recorder = keras.callbacks.LambdaCallback(
        on_train_batch_begin=lambda batch, logs: used.append(float(recorder.model.optimizer.learning_rate))
    )
    _fit(_callback(Warmup, "Warmup", rate, steps), "Warmup", after=[recorder], batches=4, epochs=3)
    array(used, "the learning rates", shape=(12,))
    right = rate * np.minimum(1, np.arange(1, 13) / steps)
    if np.allclose(used, right, rtol=1e-4):
        return
    rates = ", ".join(f"{rate:.3f}" for rate in used)
    said = f"With Warmup({rate}, {steps}) and four batches an epoch the rates were {rates}."
    if np.allclose(used, used[:4] * 3) and not np.allclose(used, used[0]):
        raise Wrong(f"{said} They begin anew with every epoch: batch counts from 0 in each. Count for yourself")
    if np.allclose(used, rate * np.minimum(1, np.arange(12) / steps), rtol=1e-4):
        raise Wrong(
            f"{said} The first batch learns nothing at a rate of 0: batch number 1 should have 1/{steps} of the rate"
        )
    if max(used) > rate * 1.0001:
        raise Wrong(f"{said} They must never be above {rate}")
    raise Wrong(f"{said} Wanted are {', '.join(f'{r:.3f}' for r in right)}")


def _solution_4():
    import keras

    class Warmup(keras.callbacks.Callback):
        def __init__(self, rate, steps):
            super().__init__()
            self.rate, self.steps = rate, steps

        def on_train_begin(self, logs=None):
            self.done = 0

        def on_train_batch_begin(self, batch, logs=None):
            self.done += 1
            self.model.optimizer.learning_rate = self.rate * min(1, self.done / self.steps)

    return Warmup


def _warms(rate_of, moment="begin"):
    import keras

    class Warmup(keras.callbacks.Callback):
        def __init__(self, rate, steps):
            super().__init__()
            self.rate, self.steps, self.done = rate, steps, 0

        def _step(self, batch, logs=None):
            self.done += 1
            self.model.optimizer.learning_rate = rate_of(self, batch)

    setattr(Warmup, f"on_train_batch_{moment}", Warmup._step)
    return Warmup


q4 = Exercise(
    "7.4",
    check=_check_4,
    hints=(
        "Look at the names that save_freq=15 wrote: after 01-30 comes 02-05. Where does batch begin in epoch 2?",
        "Keep a number of your own: self.done = 0 in on_train_begin, one more for each batch. "
        "min keeps the rate from rising further.",
    ),
    solution=_solution_4,
    wrong=[
        (
            "after the batch, not before",
            lambda: _warms(lambda s, batch: s.rate * min(1, s.done / s.steps), moment="end"),
            "the rates were 0.100, 0.017",
        ),
        ("batch starts anew", lambda: _warms(lambda s, batch: s.rate * min(1, (batch + 1) / s.steps)), "begin anew"),
        ("from zero", lambda: _warms(lambda s, batch: s.rate * min(1, (s.done - 1) / s.steps)), "at a rate of 0"),
        ("another rate", lambda: _warms(lambda s, batch: 0.1 * min(1, s.done / s.steps)), "Warmup(0.03, 5)"),
        ("other steps", lambda: _warms(lambda s, batch: s.rate * min(1, s.done / 6)), "Warmup(0.03, 5)"),
        ("never level", lambda: _warms(lambda s, batch: s.rate * s.done / s.steps), "never be above"),
        ("no warm-up", lambda: _warms(lambda s, batch: s.rate), "Wanted are"),
        ("cannot", lambda: _warms(lambda s, batch: s.rates), "AttributeError"),
    ],
)
