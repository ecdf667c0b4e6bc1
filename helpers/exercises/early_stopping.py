"""Exercises of lesson 05."""

import numpy as np

from helpers.exercises.engine import Exercise, Wrong, array, function, number, shown
from helpers.networks import one_weight
from helpers.training import replay_stopping

# 5.1: patience counted by hand.

_LOSSES = (0.9, 0.6, 0.5, 0.52, 0.49, 0.5, 0.53, 0.51, 0.48)


def _check_1(stops_after, keeps):
    stops_after, keeps = number(stops_after, "stops_after"), number(keeps, "keeps")
    if stops_after == 9:
        raise Wrong("it never gets to epoch 9: epochs 6, 7 and 8 are three in a row without improvement")
    if stops_after == 6:
        raise Wrong("stops_after: with patience 3 it takes three epochs without improvement, not one")
    if stops_after == 7:
        raise Wrong("stops_after counts epochs from 1, and epoch 7 is the second without improvement since epoch 5")
    if stops_after != 8:
        raise Wrong(f"stops_after is {stops_after:g}: find the best epoch so far, then count three that are not better")
    if keeps == 8:
        raise Wrong("keeps: epoch 8 is the last one; restore_best_weights puts the best one back")
    if keeps == 9:
        raise Wrong("keeps: epoch 9 would have been the best of all, but training has stopped before it")
    if keeps != 5:
        raise Wrong(f"keeps is {keeps:g}: which epoch up to 8 has the lowest loss? Count from 1")
    return "And epoch 9 would have been better still. Patience is a bet."


def _solution_1():
    stops_after = 8
    keeps = 5
    return stops_after, keeps


q1 = Exercise(
    "5.1",
    check=_check_1,
    hints=(
        "Go along the list and keep the best so far.",
        "A new best sets the count of waiting epochs back to 0.",
    ),
    solution=_solution_1,
    wrong=[
        ("ran to the end", lambda: (9, 9), "never gets to epoch 9"),
        ("no patience", lambda: (6, 5), "not one"),
        ("counted from zero", lambda: (7, 4), "counts epochs from 1"),
        ("the first dip", lambda: (4, 3), "find the best epoch so far"),
        ("the last weights", lambda: (8, 8), "puts the best one back"),
        ("the future", lambda: (8, 9), "stopped before it"),
        ("an earlier best", lambda: (8, 3), "lowest loss"),
    ],
)

# 5.2: early stopping in plain Python.


_CASES = (
    (_LOSSES, 3), (_LOSSES, 4), ((3.0, 2.0, 1.0), 2), ((1.0, 1.0, 1.0, 1.0, 0.5), 2),
    ((1.0, 2.0, 0.9, 2.0, 0.8, 3.0, 3.0), 2),
    ((0.5, 0.9, 0.8, 0.7, 0.6), 3), ((300.0, 200.0, 250.0, 100.0), 1),
)  # fmt: skip


def _as_keras(losses, patience):
    """Return after how many epochs Keras's EarlyStopping ends a training with these losses, and the best of them."""
    logs = [{"val_loss": loss} for loss in losses]
    return replay_stopping(logs, monitor="val_loss", patience=patience, restore_best_weights=True)


def _check_2(stop):
    stop, what = function(stop, "stop"), "what stop returns: epochs run and best epoch,"
    answers = [array(stop(list(losses), patience), what, shape=(2,)) for losses, patience in _CASES]
    for more, told in ((1, "longer"), (-1, "less")):
        moved = [_as_keras(losses, patience + more) for losses, patience in _CASES]
        if all(np.array_equal(*pair) for pair, (_, patience) in zip(zip(answers, moved), _CASES) if patience > 1):
            raise Wrong(f"you wait one epoch {told} than patience says: for {list(_LOSSES)} and patience 3 "
                        f"training ends after epoch {_as_keras(_LOSSES, 3)[0]}")  # fmt: skip
    for (losses, patience), answer in zip(_CASES, answers):
        ran, best = _as_keras(losses, patience)
        if tuple(answer) == (ran, best):
            continue
        case = f"for the losses {list(losses)} and patience {patience} you answer {answer[0]:g} and {answer[1]:g}"
        if tuple(answer + 1) == (ran, best):
            raise Wrong(f"{case}: epochs are counted from 1 here")
        if answer[0] == ran:
            raise Wrong(f"{case}: the best epoch up to {ran} is {best}")
        if list(losses) == [1.0, 1.0, 1.0, 1.0, 0.5]:
            raise Wrong(f"{case}: an equal loss is no improvement, so it stops after epoch {ran}")
        if answer[0] > ran:
            raise Wrong(f"{case}: it should have stopped after epoch {ran}. Is the comparison with the best so far, "
                        "or only with the epoch before?")  # fmt: skip
        raise Wrong(f"{case}: it should have gone on to epoch {ran}. Does an improvement set the count back to 0?")
    return "As Keras does it, in a few lines."


def _solution_2():
    def stop(losses, patience):
        best, wait = 0, 0
        for epoch in range(1, len(losses)):
            wait = wait + 1
            if losses[epoch] < losses[best]:
                best, wait = epoch, 0
            if wait >= patience:
                return epoch + 1, best + 1
        return len(losses), best + 1

    return stop


def _stops(improves=lambda losses, epoch, best: losses[epoch] < losses[best], reset=True, first=1):
    def stop(losses, patience):
        best, wait = 0, 0
        for epoch in range(1, len(losses)):
            wait += 1
            if improves(losses, epoch, best):
                best, wait = epoch, 0 if reset else wait - 1
            if wait >= patience:
                return epoch + first, best + first
        return len(losses) - 1 + first, best + first

    return stop


q2 = Exercise(
    "5.2",
    check=_check_2,
    hints=(
        "Keep two things: the number of the best epoch so far, and how many epochs have passed since.",
        "For every epoch: wait grows by one; if its loss is below the best, it becomes the best and wait is 0; "
        "if wait reaches patience, return.",
    ),
    solution=_solution_2,
    wrong=[
        ("counted from zero", lambda: _stops(first=0), "counted from 1"),
        (
            "equal is better",
            lambda: _stops(lambda losses, epoch, best: losses[epoch] <= losses[best]),
            "no improvement",
        ),
        ("no reset", lambda: _stops(reset=False), "set the count back"),
        ("too late", lambda: lambda losses, patience: _stops()(losses, patience + 1), "one epoch longer than patience"),
        ("too early", lambda: lambda losses, patience: _stops()(losses, patience - 1), "one epoch less than patience"),
        ("from 10 down", lambda: _stops(lambda losses, epoch, best: losses[epoch] < min(losses[best], 10)), "answer"),
        (
            "the epoch before",
            lambda: _stops(lambda losses, epoch, best: losses[epoch] < losses[epoch - 1]),
            "only with the epoch before",
        ),
        (
            "best of all",
            lambda: lambda losses, patience: (_stops()(losses, patience)[0], int(np.argmin(losses)) + 1),
            "the best epoch up to",
        ),
        ("one number", lambda: lambda losses, patience: 3, "epochs run and best epoch"),
        ("raises", lambda: lambda losses, patience: losses[99], "IndexError"),
    ],
)

# 5.3: the silent bug. The check trains with the learner's callback on data whose validation loss turns.


def _check_3(make_stopping):
    import keras

    stopping = function(make_stopping, "make_stopping")()
    if not isinstance(stopping, keras.callbacks.EarlyStopping):
        raise Wrong(f"make_stopping must return an EarlyStopping, not {shown(stopping)}")
    logs = "loss", "val_loss"
    if stopping.monitor not in logs:  # some modes stop `fit` with an error then, others never
        raise Wrong(f"there is no {stopping.monitor!r} in the logs, which have {', '.join(logs)}")
    x, y = np.ones((4, 1)), np.ones((4, 1))
    model = one_weight()
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(0.075))
    # The one weight goes from 0 to 1; the validation digits want 0.6, so their loss turns on the way.
    history = model.fit(x, y, validation_data=(x, 0.6 * y), epochs=20, batch_size=4, verbose=0, callbacks=[stopping])
    losses = history.history["val_loss"]
    ran, weight = len(losses), float(model.get_weights()[0][0, 0])
    if ran == 20:
        if stopping.monitor == "val_loss":
            raise Wrong(f"it never stopped: val_loss was best in epoch {np.argmin(losses) + 1} of 20, "
                        f"and a patience of {stopping.patience} waits longer than that leaves")  # fmt: skip
        raise Wrong(f"it never stopped: {stopping.monitor} gets better to the end. Is it measured on new data?")
    best = int(np.argmin(losses))
    if best == ran - 1 or ran < 5:
        raise Wrong(
            f"it stopped after {ran} epochs, while val_loss was still falling: is a loss better when it is higher?"
        )
    if ran - 1 - best != 4:
        raise Wrong(f"it stopped {ran - 1 - best} epochs after the best; wanted is a patience of 4")
    if not np.isclose(weight, 1 - 0.85 ** (best + 1), atol=1e-4):
        raise Wrong(
            f"it stopped where it should, but the weights are those of epoch {ran}, the best was epoch {best + 1}"
        )
    return f"Stopped after epoch {ran}, with the weights of epoch {best + 1}."


def _solution_3():
    import keras

    def make_stopping():
        return keras.callbacks.EarlyStopping(monitor="val_loss", mode="min", patience=4, restore_best_weights=True)

    return make_stopping


def _makes(**changes):
    def make_stopping():
        import keras

        right = dict(monitor="val_loss", mode="min", patience=4, restore_best_weights=True)
        return keras.callbacks.EarlyStopping(**(right | changes))

    return make_stopping


q3 = Exercise(
    "5.3",
    check=_check_3,
    hints=(
        "Four bugs: three arguments are wrong, one is missing.",
        "Which name does history have for it, which way is better for a loss, and what is kept by default?",
    ),
    solution=_solution_3,
    wrong=[
        ("misspelt", lambda: _makes(monitor="validation_loss"), "no 'validation_loss' in the logs"),
        ("misspelt, the mode left to Keras", lambda: _makes(monitor="validation_loss", mode="auto"), "in the logs"),
        ("the training loss", lambda: _makes(monitor="loss"), "measured on new data"),
        ("wrong mode", lambda: _makes(mode="max"), "still falling"),
        ("patience", lambda: _makes(patience=1), "a patience of 4"),
        ("last weights", lambda: _makes(restore_best_weights=False), "the best was epoch"),
        ("no callback", lambda: lambda: "val_loss", "must return an EarlyStopping"),
    ],
)
