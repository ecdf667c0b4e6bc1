"""Exercises of lesson 06."""

import functools
import itertools

import numpy as np

from helpers.exercises.engine import Exercise, Wrong, array, function, number, shown

# 6.1: 40,000 samples are left to train on; 625 batches of 64 fit exactly.

_COUNTS = {
    "updates": (6250, {
        7820: "that trains on all 50,000 samples; validation_split holds a fifth of them back",
        625: "that is one epoch; asked are all ten",
        782: "that is one epoch, and on all 50,000 samples",
        7812.5: "that trains on all 50,000 samples; validation_split holds a fifth of them back",
        1570: "that counts the fifth that is held back; the other four fifths are trained on",
        400000: "those are samples; 64 of them make one update",
    }),
    "last_batch": (64, {
        0: "nothing is left over, so the last batch is a full one",
        16: "that is what 50,000 samples leave over; only 40,000 are trained on",
        1: "the batch, not how many of them: how many samples are in it?",
    }),
}  # fmt: skip


def _check_1(updates, last_batch):
    for value, (name, (right, mistakes)) in zip((updates, last_batch), _COUNTS.items()):
        value = number(value, name)
        if value in mistakes:
            raise Wrong(f"{name} is {value:g}: {mistakes[value]}")
        if value != right:
            raise Wrong(f"{name} is {value:g}. First take the fifth away, then count batches of 64 in one epoch")
    return "40,000 / 64 is 625 without a remainder, ten times over."


def _solution_1():
    training = int(50000 * 0.8)
    updates = 10 * -(-training // 64)
    last_batch = training - 64 * (training // 64 - 1)
    return updates, last_batch


def _counts(**changes):
    """Return a function that gives the two numbers, right but for `changes`."""
    return lambda: tuple((dict(updates=6250, last_batch=64) | changes).values())


q1 = Exercise(
    "6.1",
    check=_check_1,
    hints=(
        "The validation part comes off first. How many samples are left, and how many batches of 64 do they make?",
        "40,000 / 64 = 625 without a remainder. So what does the last batch look like?",
    ),
    solution=_solution_1,
    wrong=[
        *[
            (f"{name} {value}", _counts(**{name: value}), f"{name} is {value:g}: {why}")
            for name, (_, mistakes) in _COUNTS.items()
            for value, why in mistakes.items()
        ],
        ("one too many", _counts(updates=6251), "First take the fifth away"),
    ],
)


# 6.2

_PARTS = np.array([300, 60, 40])


def _check_2(class_weight):
    if not isinstance(class_weight, dict):
        raise Wrong(f"class_weight must be a dictionary from class to weight, like {{0: 1.0, …}}, "
                    f"not {shown(class_weight)}")  # fmt: skip
    if set(class_weight) != {0, 1, 2}:
        raise Wrong(f"class_weight must have the keys 0, 1 and 2, not {shown(list(class_weight))}")
    weights = array([number(class_weight[kind], f"the weight of class {kind}") for kind in range(3)], "class_weight")
    if (weights <= 0).any():
        raise Wrong("a weight of 0 or less makes a class count nothing or backwards; every weight must be above 0")
    say = _PARTS * weights
    if np.allclose(weights / weights.sum(), _PARTS / _PARTS.sum(), rtol=1e-3):
        raise Wrong("the frequent class gets the large weight; it must be the other way round, 1 / number of parts")
    if not np.allclose(say, say[0], rtol=1e-2):
        raise Wrong(f"parts × weight is {say[0]:g}, {say[1]:g} and {say[2]:g}; these must be equal")
    if not np.isclose(say.sum(), 400, rtol=1e-2):
        raise Wrong(f"all classes have the same say, but the weights of all parts together are {say.sum():g}, not 400: "
                    f"the loss would be {say.sum() / 400:.3g} times as large")  # fmt: skip
    return 'Each class counts 400 / 3, which is what scikit-learn calls "balanced".'


def _solution_2():
    parts = {0: 300, 1: 60, 2: 40}
    class_weight = {kind: 400 / (3 * count) for kind, count in parts.items()}
    return class_weight


q2 = Exercise(
    "6.2",
    check=_check_2,
    hints=(
        "300 · w₀ = 60 · w₁ = 40 · w₂, and the three products together are 400. How much is each of them?",
        "Each product is 400 / 3, so a weight is 400 / (3 · number of parts).",
    ),
    solution=_solution_2,
    wrong=[
        ("a list", lambda: [0.44, 2.22, 3.33], "must be a dictionary"),
        ("named", lambda: {"sound": 1, "scratched": 5, "broken": 7.5}, "keys 0, 1 and 2"),
        ("the frequent one more", lambda: {0: 0.75, 1: 0.15, 2: 0.1}, "the other way round"),
        ("all alike", lambda: {0: 1, 1: 1, 2: 1}, "these must be equal"),
        ("nearly the same say", lambda: {0: 0.444, 1: 2.222, 2: 3.4}, "these must be equal"),
        ("a little larger loss", lambda: {0: 0.455, 1: 2.275, 2: 3.4125}, "the loss would be 1.02 times as large"),
        ("same say, larger loss", lambda: {0: 1, 1: 5, 2: 7.5}, "the loss would be 2.25 times as large"),
        ("same say, smaller loss", lambda: {0: 1 / 300, 1: 1 / 60, 2: 1 / 40}, "together are 3, not 400"),
        ("no weight", lambda: {0: 0, 1: 1, 2: 1}, "above 0"),
    ],
)


# 6.3


def _sorted_data():
    """Return x (200, 3), whose first column names the row, and y, the sorted labels of five classes."""
    x = np.random.default_rng(6).random((200, 3)).astype("float32")
    x[:, 0] = np.arange(200)
    return x, np.repeat(np.arange(5), 40)


def _pair(returned):
    if not isinstance(returned, (tuple, list)) or len(returned) != 2:
        raise Wrong(f"it must return x and y, not {shown(returned)}")
    return array(returned[0], "x"), array(returned[1], "y")


def _check_3(shuffle_together):
    x, y = _sorted_data()
    shuffled_x, shuffled_y = _pair(function(shuffle_together, "shuffle_together")(x, y))
    if shuffled_x.shape != x.shape or shuffled_y.shape != y.shape:
        raise Wrong(f"x and y come back with the shapes {shuffled_x.shape} and {shuffled_y.shape}; "
                    f"they were {x.shape} and {y.shape}. fit makes the cut, you only shuffle")  # fmt: skip
    rows = shuffled_x[:, 0]
    if len(set(rows)) < len(rows) or not set(rows) <= set(x[:, 0]):
        raise Wrong("some samples come twice and others are missing: permute them, do not draw them")
    row = rows.astype(int)
    if not np.array_equal(shuffled_x, x[row]):
        raise Wrong("the columns of x were mixed, too; whole rows must stay together")
    if np.array_equal(rows, x[:, 0]):
        raise Wrong("nothing is shuffled in x" + (", only in y" if not np.array_equal(shuffled_y, y) else ""))
    if np.mean(shuffled_y == y[row]) < 1:
        raise Wrong("samples carry the labels of others. Choose one order, and use it for x and for y")
    last = np.bincount(shuffled_y[160:].astype(int), minlength=5)
    if last.min() == 0:
        raise Wrong(f"in the last fifth, the labels 0 to 4 occur {last.tolist()} times; they should all be there")
    return "Now the last fifth is a fair sample of all classes."


def _solution_3():
    def shuffle_together(x, y):
        order = np.random.default_rng(0).permutation(len(x))
        return x[order], y[order]

    return shuffle_together


def _orders(make_x, make_y):
    """Return a function that makes a `shuffle_together` that takes rows of x and of y by these two functions."""
    return lambda: lambda x, y: (x[make_x(len(x))], y[make_y(len(y))])


def _permutation(seed):
    return lambda samples: np.random.default_rng(seed).permutation(samples)


q3 = Exercise(
    "6.3",
    check=_check_3,
    hints=(
        "You need one random order of the numbers 0 to len(x) − 1.",
        "order = np.random.default_rng(0).permutation(len(x)), then x[order] and y[order].",
    ),
    solution=_solution_3,
    wrong=[
        ("two orders", _orders(_permutation(0), _permutation(1)), "the labels of others"),
        ("only y", _orders(np.arange, _permutation(0)), "nothing is shuffled in x, only in y"),
        ("only x", _orders(_permutation(0), np.arange), "the labels of others"),
        ("nothing", _orders(np.arange, np.arange), "nothing is shuffled in x"),
        ("turned round", _orders(lambda n: np.arange(n)[::-1], lambda n: np.arange(n)[::-1]), "should all be there"),
        ("pushed round", _orders(*[lambda n: np.roll(np.arange(n), 20)] * 2), "occur [0, 0, 0, 20, 20] times"),
        ("drawn", _orders(lambda n: np.random.default_rng(0).integers(n, size=n), np.arange), "do not draw them"),
        ("cut as well", lambda: lambda x, y: (x[:160], y[:160]), "fit makes the cut"),
        ("x only", lambda: lambda x, y: x[::-1].tolist(), "must return x and y"),
        ("columns", lambda: lambda x, y: (np.stack([x[::-1, 0], x[:, 1], x[:, 2]], axis=1), y[::-1]), "columns of x"),
    ],
)


# 6.4


def _check_4(endless):
    for samples, size in ((50, 8), (48, 8)):
        stream = function(endless, "endless")(samples, size)
        if not hasattr(stream, "__next__"):
            raise Wrong(f"endless must be a generator, with yield; it returned {shown(stream)}")
        first, second, third = (_time_through(stream, samples, size) for _ in range(3))
        if first == list(range(samples)):
            raise Wrong("the samples come in their old order. Draw a new order, inside of while True")
        if first in (second, third):
            raise Wrong(f"the {'second' if first == second else 'third'} time through has the same order as the first. "
                        "Draw a new order inside of while True, and do not seed it there")  # fmt: skip
        if np.mean(np.abs(np.diff(first)) == 1) > 0.5:  # by chance it is one in 25
            raise Wrong("most samples still stand beside the neighbour they had: shuffle the samples, all of them")
    return "With x[rows], y[rows] and steps_per_epoch, fit can live on it for ever."


_ENDED = object()


def _time_through(stream, samples, size):
    """Return the numbers of all samples, batch after batch. Raises `Wrong` for a mistake in them."""
    rows = []
    for start in range(0, samples, size):
        wanted = min(size, samples - start)
        batch = function(functools.partial(next, stream, _ENDED), "endless")()
        if batch is _ENDED:
            raise Wrong("the stream comes to an end. Put everything into while True")
        given = array(batch, "a batch of numbers")
        if given.shape != (wanted,):
            short = " The short batch at the end belongs to it" if wanted < size else ""
            raise Wrong(f"batch {start // size + 1} is of shape {given.shape}; of {samples} samples in batches of "
                        f"{size}, ({wanted},) is right.{short}")  # fmt: skip
        rows += given.tolist()
    if sorted(rows) == list(range(1, samples + 1)):
        raise Wrong(f"the numbers run from 1 to {samples}; the first sample has the number 0")
    if sorted(rows) != list(range(samples)):
        raise Wrong(f"in one time through only {len(set(rows))} different numbers came: permute once, then cut")
    return rows


def _solution_4():
    def endless(samples, size):
        while True:
            order = np.random.permutation(samples)
            for start in range(0, samples, size):
                yield order[start : start + size]

    return endless


def _stream(order, times=itertools.count, last=50):
    """Return a function that makes an `endless` with a mistake: in its order, its end or its last batch."""

    def endless(samples, size):
        for time in times():
            for start in range(0, last, size):
                yield order(time, samples)[start : start + size]

    return lambda: endless


def _anew(time, samples):
    return np.random.default_rng(time).permutation(samples)


def _empty_at_the_end(samples, size):
    while True:
        order = np.random.permutation(samples)
        for batch in range(samples // size + 1):
            yield order[batch * size : (batch + 1) * size]


def _single(samples, size):
    while True:
        yield 0


def _missing(samples, size):
    yield order[:size]  # noqa: F821 - the mistake


q4 = Exercise(
    "6.4",
    check=_check_4,
    hints=(
        "while True: draw an order of all numbers; then go through it in pieces of size, and yield each piece.",
        "order = np.random.permutation(samples), and for start in range(0, samples, size): order[start : start + size]",
    ),
    solution=_solution_4,
    wrong=[
        ("ends", _stream(_anew, times=lambda: range(1)), "comes to an end"),
        ("in order", _stream(lambda time, samples: np.arange(samples)), "in their old order"),
        ("one order", _stream(lambda time, samples: _anew(0, samples)), "the same order as the first"),
        ("two times through", _stream(_anew, times=lambda: range(2)), "comes to an end"),
        ("to and fro", _stream(lambda time, samples: _anew(0, samples)[:: (-1) ** time]), "the third time through has"),
        ("pushed on", _stream(lambda time, samples: np.roll(np.arange(samples), 7 * time + 5)), "beside the neighbour"),
        ("short batch dropped", _stream(_anew, last=48), "The short batch at the end belongs to it"),
        ("drawn", _stream(lambda time, samples: np.random.default_rng(time).integers(samples, size=samples)),
         "permute once, then cut"),
        ("from 1", _stream(lambda time, samples: 1 + _anew(time, samples)), "the first sample has the number 0"),
        ("an empty batch at the end", lambda: _empty_at_the_end, "batch 1 is of shape (0,); of 48 samples"),
        ("one number", lambda: _single, "batch 1 is of shape ()"),
        ("a name missing", lambda: _missing, "raised NameError"),
        ("no generator", lambda: lambda samples, size: [np.arange(size)], "with yield"),
    ],
)  # fmt: skip
