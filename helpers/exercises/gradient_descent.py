"""Exercises of lesson 02."""

import functools
import itertools
import math
from collections.abc import Iterable

import numpy as np

from helpers.exercises.engine import Exercise, Wrong, array, function, number, shown

# 2.1: the total is (3 tickets · 12 + 2 popcorn · 5) · 0.8. Each slope with its mistakes: what they give -> why.

_AFTER = "the discount comes after the sum, and it is on the way back too"
_SLOPES = {
    "ticket_slope": (2.4, {
        3: f"it counts the tickets, but {_AFTER}",
        0.8: "it takes the discount back, but one price stands for three tickets",
        9.6: "that is the slope for the number of tickets: what one more of them costs",
    }),
    "popcorn_slope": (1.6, {
        2: f"it counts the popcorn, but {_AFTER}",
        0.8: "it takes the discount back, but one price stands for two popcorn",
        4: "that is the slope for the number of popcorn: what one more of them costs",
    }),
    "discount_slope": (46, {
        1: "that is the slope of the total for itself, where the way back starts",
        36: "the popcorn gets the discount as well",
        10: "the tickets get the discount as well",
        17: "there are three tickets and two popcorn, not one of each",
    }),
}  # fmt: skip
_FORWARD = {
    "ticket_slope": (12, 36, 28.8, 36.8),
    "popcorn_slope": (5, 10, 8, 36.8),
    "discount_slope": (0.8, 36.8),
}


def _check_1(ticket_slope, popcorn_slope, discount_slope):
    for value, (name, (slope, mistakes)) in zip((ticket_slope, popcorn_slope, discount_slope), _SLOPES.items()):
        value = number(value, name)
        for mistake, why in mistakes.items():
            if math.isclose(value, mistake, rel_tol=1e-6):
                raise Wrong(f"{name} is {value:g}: {why}")
        if any(math.isclose(value, forward, rel_tol=1e-6) for forward in _FORWARD[name]):
            raise Wrong(f"{name} is {value:g}: that is a forward value, an amount. Asked is how fast the total grows")
        if not math.isclose(value, slope, rel_tol=1e-6):
            raise Wrong(f"{name} is {value:g}. Raise that one input by 1: how much does the total rise?")
    return "If the popcorn cost 1 more, you would pay 1.60 more."


def _solution_1():
    ticket_slope = 3 * 0.8
    popcorn_slope = 2 * 0.8
    discount_slope = 3 * 12 + 2 * 5
    return ticket_slope, popcorn_slope, discount_slope


q1 = Exercise(
    "2.1",
    check=_check_1,
    hints=(
        "Draw the graph: two multiplications, an addition, a multiplication. Start at the right with 1 and walk back.",
        "Back through an addition the slope stays. Back through a multiplication it is times the *other* input.",
    ),
    solution=_solution_1,
    wrong=[
        ("no discount for the tickets", lambda: (3, 1.6, 46), "ticket_slope is 3: it counts the tickets"),
        ("no discount for the popcorn", lambda: (2.4, 2, 46), "popcorn_slope is 2: it counts the popcorn"),
        ("number of tickets forgotten", lambda: (0.8, 1.6, 46), "three tickets"),
        ("number of popcorn forgotten", lambda: (2.4, 0.8, 46), "two popcorn"),
        ("forward values", lambda: (12, 5, 0.8), "ticket_slope is 12: that is a forward value"),
        ("the total", lambda: (2.4, 1.6, 36.8), "discount_slope is 36.8: that is a forward value"),
        ("slopes for the numbers", lambda: (9.6, 4, 46), "slope for the number of tickets"),
        ("discount on the tickets only", lambda: (2.4, 1.6, 36), "popcorn gets the discount as well"),
        ("something else", lambda: (2.4, 1.6, 45), "Raise that one input by 1"),
    ],
)


# 2.2: every curve is plain arithmetic, so that tapes can follow it too.

#: How it is written, the curve, the place, its slope there, the slope of its slope there.
_CURVES = [
    ("x ** 2", lambda x: x**2, 3.0, 6.0, 2.0),
    ("1 / x", lambda x: 1 / x, 0.8, -1 / 0.64, 2 / 0.512),
    ("2 ** x", lambda x: 2.0**x, 1.0, 2 * math.log(2), 2 * math.log(2) ** 2),
    ("x ** 3", lambda x: x**3, -2.0, 12.0, -12.0),
]


def _recording(f):
    """Return `f` as a function that notes where it is called, and the list it notes the places in."""
    places = []

    def recorded(place):
        places.append(place)
        return f(place)

    return recorded, places


def _check_2(slope_of_slope):
    slope_of_slope = function(slope_of_slope, "slope_of_slope")
    for text, f, x, slope, exact in _CURVES:
        recorded, places = _recording(f)
        given = number(slope_of_slope(recorded, x), f"what slope_of_slope returns for {text}")
        if abs(given - exact) > 1e-3:
            if math.isclose(given, slope, rel_tol=1e-3):
                raise Wrong(f"for {text} at {x:g} you have the slope, {given:.6g}. How fast does it change there?")
            why = _why_wrong(given / exact, x, places)
            raise Wrong(f"for {text} at {x:g} you have {given:.6g}, and {exact:.6g} is right. {why}")
    return "A slope is a function as well, so it has a slope of its own."


def _why_wrong(ratio, x, places):
    """What explains an answer that is `ratio` times the right one, after `f` was called at `places`."""
    try:
        distance = np.abs(np.array(places, dtype=float) - x).max(initial=0)
    except (TypeError, ValueError):  # complex numbers, tensors: another method than differences
        return "Differences need nothing but f at a few places"
    if not places:
        return "It never calls f"
    if distance == 0:
        return "It asks f at x itself only: with so small an h, x + h is x again"
    if any(math.isclose(ratio, factor, rel_tol=0.01) for factor in (0.25, 0.5, 2, 4)):
        return "Mind the distances: the slope at x + h and the slope at x - h are 2 * h apart"
    if math.isclose(ratio, -1, rel_tol=0.01):
        return "The sign is turned: take the slope further right minus the slope further left"
    if any(math.isclose(ratio, times * distance, rel_tol=0.01) for times in (0.5, 1, 2)):
        return "The difference of the two slopes still has to be divided by their distance"
    if distance < 1e-5:
        return f"With steps of {distance:.0e} nothing but round-off is left: it is divided by a small h twice"
    return f"With steps of {distance:.0e} h is too large, or it looks to one side only"


def _solution_2():
    def slope_of_slope(f, x):
        h = 1e-4

        def slope(place):
            return (f(place + h) - f(place - h)) / (2 * h)

        return (slope(x + h) - slope(x - h)) / (2 * h)

    return slope_of_slope


def _second_difference(h, distance=None):
    return lambda f, x: (f(x + h) - 2 * f(x) + f(x - h)) / (distance or h) ** 2


q2 = Exercise(
    "2.2",
    check=_check_2,
    hints=(
        "Two slopes, one at x + h and one at x - h: how far apart are they, and by how much do they differ?",
        "(slope(x + h) - slope(x - h)) / (2 * h), each slope a central difference. With h = 1e-8 round-off wins.",
    ),
    solution=_solution_2,
    wrong=[
        ("the slope", lambda: lambda f, x: (f(x + 1e-5) - f(x - 1e-5)) / 2e-5, "you have the slope, 6."),
        ("h too small", lambda: _second_difference(1e-8), "round-off"),
        ("h far too small", lambda: _second_difference(1e-17), "x + h is x again"),
        ("h too large", lambda: _second_difference(0.2), "too large"),
        ("one side", lambda: lambda f, x: (f(x + 2e-2) - 2 * f(x + 1e-2) + f(x)) / 1e-4, "one side only"),
        ("a quarter", lambda: _second_difference(1e-4, 2e-4), "2 * h apart"),
        ("four times", lambda: lambda f, x: (f(x + 2e-4) - 2 * f(x) + f(x - 2e-4)) / 1e-8, "2 * h apart"),
        ("the other way round", lambda: lambda f, x: -_second_difference(1e-4)(f, x), "sign"),
        ("divided once", lambda: lambda f, x: (f(x + 1e-4) - 2 * f(x) + f(x - 1e-4)) / 1e-4, "by their distance"),
        ("learned by heart", lambda: lambda f, x: 2.0, "never calls f"),
    ],
)


_START = np.array([-7.0, 2.0])


def _loss_3(x):
    return x[0] ** 2 / 20 + 2 * x[1] ** 2


def _check_3(learning_rate):
    learning_rate = number(learning_rate, "learning_rate")
    if learning_rate <= 0:
        raise Wrong(f"with {learning_rate:g} you never go downhill: the learning rate is a number above 0")
    x = _START.copy()
    for step in range(50):
        x -= learning_rate * np.array([x[0] / 10, 4 * x[1]])
        if step == 0 and abs(x[1]) >= 2:
            raise Wrong(
                f"too large: the first step takes x1 from 2 to {x[1]:.3g}, over the valley's floor "
                f"and no lower on the other side. Every further step does the same: it never arrives"
            )
    loss = _loss_3(x)
    if loss < 0.05:
        return f"After 50 steps the loss is {loss:.2g}, where it began at {_loss_3(_START):.2f}."
    if learning_rate < 0.4:
        raise Wrong(f"too small: after 50 steps the loss is {loss:.3g}, and x0, which began at -7, is still {x[0]:.2g}")
    raise Wrong(f"a little too large: after 50 steps the loss is {loss:.3g}, since x1 still jumps from side to side")


def _solution_3():
    learning_rate = 0.45
    return learning_rate


q3 = Exercise(
    "2.3",
    check=_check_3,
    hints=(
        "The gradient is (x0 / 10, 4 · x1). Work out one step for x1 = 2: which learning rates leap over 0 too far?",
        "From 0.5 on, x1 never gets smaller. Stay below, but not far: the flat direction x0 needs long steps.",
    ),
    solution=_solution_3,
    wrong=[
        ("the usual rate", lambda: 0.01, "too small"),
        ("nearly enough", lambda: 0.35, "too small"),
        ("the lab's valley", lambda: 0.9, "from 2 to -5.2"),
        ("diverges", lambda: 1.2, "from 2 to -7.6"),
        ("diverges beyond all numbers", lambda: 1e300, "too large"),
        ("jumps to and fro", lambda: 0.5, "from 2 to -2,"),
        ("still jumps", lambda: 0.495, "from side to side"),
        ("zero", lambda: 0, "never go downhill"),
        ("uphill", lambda: -0.5, "never go downhill"),
    ],
)


# 2.4

_NAMES = ("W1", "b1", "W2", "b2")


def _network(samples, inputs, hidden, outputs):
    """Return x, y, W1, b1, W2 and b2 of a random network and its data."""
    random = np.random.default_rng(samples)
    shapes = [(samples, inputs), (samples, outputs), (inputs, hidden), (hidden,), (hidden, outputs), (outputs,)]
    return [random.normal(size=shape) for shape in shapes]


def _gradients(x, y, W1, b1, W2, b2, slope=lambda hidden: 1 - hidden**2):
    hidden = np.tanh(x @ W1 + b1)
    to_output = 2 * (hidden @ W2 + b2 - y) / y.size
    to_hidden = to_output @ W2.T * slope(hidden)
    return [x.T @ to_hidden, to_hidden.sum(axis=0), hidden.T @ to_output, to_output.sum(axis=0)]


def _check_4(backward_tanh):
    backward_tanh = function(backward_tanh, "backward_tanh")
    for network in (_network(5, 2, 4, 3), _network(6, 3, 5, 1)):
        given = backward_tanh(*network)
        if not isinstance(given, (tuple, list)) or len(given) != 4:
            raise Wrong(f"backward_tanh must return the four gradients of W1, b1, W2, b2, not {shown(given)}")
        given = [array(gradient, f"the gradient of {name}") for gradient, name in zip(given, _NAMES)]
        _expect_shapes(given, network)
        _expect_values(given, network)
    return "All four gradients are right: you wrote backpropagation."


def _expect_shapes(given, network):
    shapes = [weights.shape for weights in network[2:]]
    found = [gradient.shape for gradient in given]
    if found == shapes[2:] + shapes[:2]:
        raise Wrong("these are the gradients of W2, b2, W1, b1; return them in the order W1, b1, W2, b2")
    samples = len(network[0])
    for name, shape, own in zip(_NAMES, found, shapes):
        if shape == own:
            continue
        why = "a gradient has the shape of what it is the gradient of"
        if len(own) == 2 and shape == own[::-1]:
            why = "it is transposed. Turn the layer's inputs instead, inputs.T @ …: then the shapes fit"
        elif shape == (samples, *own):
            why = "one row is left for each sample. Add the rows up: every sample moves the same bias"
        elif shape == (1, *own):
            why = "add up without keepdims=True, for a gradient of the same shape"
        raise Wrong(f"the gradient of {name} is of shape {shape}, {name} is of shape {own}: {why}")


def _expect_values(given, network):
    expected = _gradients(*network)
    factors = [_factor(*pair) for pair in zip(given, expected)]
    if factors == [1.0] * 4:
        return
    outputs, samples = network[1].shape[1], len(network[1])
    if factors[0] is not None and len(set(factors)) == 1:
        raise Wrong(f"all four gradients are {_why_factor(factors[0], samples, outputs)}")
    # In the order of the way back: a mistake at the output spoils what comes before it.
    for place in (2, 3, 0, 1):
        name, factor = _NAMES[place], factors[place]
        if factor == 1.0:
            continue
        if name.startswith("b") and factor == float(f"{1 / samples:.3g}"):
            raise Wrong(f"the gradient of {name} is averaged over the samples; add them up, y.size divides already")
        if factor is not None:
            raise Wrong(f"the gradient of {name} is {_why_factor(factor, samples, outputs)}")
        raise Wrong(f"the gradient of {name} is wrong: {_why_other(given[place], expected[place], network, place)}")


def _factor(given, expected):
    """By which factor `given` is `expected`, to three digits; None if by no single one."""
    factor = (given * expected).sum() / (expected**2).sum()
    return float(f"{factor:.3g}") if _close(given, factor * expected, expected) else None


def _close(given, expected, scale):
    return np.abs(given - expected).max() <= 1e-4 * np.abs(scale).max()


def _why_factor(factor, samples, outputs):
    start = "with this loss the way back starts with 2 * (output - y) / y.size"
    why = {
        -1.0: "turned round in sign: the loss grows with output - y, not with y - output",
        0.0: "0: nothing comes back",
        0.5: "half of what is right: the slope of a square is 2 times what was squared",
        samples: f"{samples} times too large: the loss is a mean over the {samples} samples",
        outputs: f"{outputs} times too large: the loss is a mean over the {outputs} outputs as well",
        samples * outputs: f"{samples * outputs} times too large: the loss is a mean over samples and outputs",
    }.get(factor, f"{factor:g} times what is right")
    return f"{why}. Remember, {start}"


def _why_other(given, expected, network, place):
    for slope, why in [
        (np.ones_like, "the slope of tanh is left out: on the way back, multiply by 1 - hidden ** 2"),
        (lambda hidden: hidden * (1 - hidden), "hidden * (1 - hidden) is the slope of sigmoid, not of tanh"),
        (lambda hidden: 1 - np.tanh(hidden) ** 2, "hidden is tanh already: its slope is 1 - hidden ** 2"),
    ]:
        mistaken = _gradients(*network, slope=slope)[place]
        if place < 2 and _factor(given, mistaken) is not None:
            return why
    worst = np.unravel_index(np.abs(given - expected).argmax(), given.shape)
    entry = ", ".join(map(str, worst))
    return f"[{entry}] is {given[worst]:.4g}, and numeric differences of the loss say {expected[worst]:.4g}"


def _solution_4():
    def backward_tanh(x, y, W1, b1, W2, b2):
        hidden = np.tanh(x @ W1 + b1)
        output = hidden @ W2 + b2
        to_output = 2 * (output - y) / y.size
        to_hidden = to_output @ W2.T * (1 - hidden**2)
        return x.T @ to_hidden, to_hidden.sum(axis=0), hidden.T @ to_output, to_output.sum(axis=0)

    return backward_tanh


def _mistaken(change=lambda *gradients: gradients, **how):
    """Return a function that makes a `backward_tanh` whose gradients were made with `how`, then changed."""
    return lambda: lambda *network: change(*_gradients(*network, **how))


def _times(factor):
    """Return a function that makes a `backward_tanh` whose gradients are all `factor(y)` times what is right."""
    return lambda: lambda x, y, *weights: [factor(y) * gradient for gradient in _gradients(x, y, *weights)]


def _rows_of_b2(x, y, W1, b1, W2, b2):
    return *_gradients(x, y, W1, b1, W2, b2)[:3], 2 * (np.tanh(x @ W1 + b1) @ W2 + b2 - y) / y.size


q4 = Exercise(
    "2.4",
    check=_check_4,
    hints=(
        "Forward: hidden = np.tanh(x @ W1 + b1), output = hidden @ W2 + b2. Back: start with the loss's slope for "
        "output, 2 * (output - y) / y.size. W2 and b2 then go as in the lesson.",
        "To the hidden layer: @ W2.T, then times the slope of tanh, 1 - hidden ** 2. From there W1 and b1 go like "
        "W2 and b2, with x in the place of hidden.",
    ),
    solution=_solution_4,
    wrong=[
        ("sum instead of mean", _times(lambda y: y.size), "15 times"),
        ("samples not divided by", _times(len), "5 samples"),
        ("outputs not divided by", _times(lambda y: y.shape[1]), "3 outputs"),
        ("2 forgotten", _times(lambda y: 0.5), "all four gradients are half"),
        ("downhill", _times(lambda y: -1), "all four gradients are turned round in sign"),
        ("another factor", _times(lambda y: 7), "7 times what is right"),
        ("nothing", _times(lambda y: 0), "nothing comes back"),
        ("far too little", _times(lambda y: 3e-4), "0.0003 times what is right"),
        ("no slope of tanh", _mistaken(slope=np.ones_like), "gradient of W1 is wrong: the slope of tanh is left out"),
        ("slope of sigmoid", _mistaken(slope=lambda hidden: hidden * (1 - hidden)), "the slope of sigmoid"),
        ("tanh twice", _mistaken(slope=lambda hidden: 1 - np.tanh(hidden) ** 2), "hidden is tanh already"),
        ("W1 transposed", _mistaken(lambda W1, b1, W2, b2: (W1.T, b1, W2, b2)), "gradient of W1 is of shape (4, 2)"),
        ("b2 not summed", lambda: _rows_of_b2, "one row is left for each sample"),
        ("b1 with keepdims", _mistaken(lambda W1, b1, W2, b2: (W1, b1[None], W2, b2)), "keepdims"),
        ("b2 averaged", _mistaken(lambda W1, b1, W2, b2: (W1, b1, W2, b2 / 5)), "b2 is averaged"),
        ("W2 with another sign", _mistaken(lambda W1, b1, W2, b2: (W1, b1, -W2, b2)), "gradient of W2 is turned round"),
        ("b1 of another shape", _mistaken(lambda W1, b1, W2, b2: (W1, b2, W2, b2)), "b1 is of shape (4,): a gradient"),
        ("wrong order", _mistaken(lambda W1, b1, W2, b2: (W2, b2, W1, b1)), "in the order W1, b1, W2, b2"),
        ("one entry off", _mistaken(lambda W1, b1, W2, b2: (W1, b1, W2 + np.eye(*W2.shape), b2)), "numeric diff"),
        ("three gradients", _mistaken(lambda W1, b1, W2, b2: (W1, b1, W2)), "four gradients"),
        ("W2 not transposed", lambda: lambda x, y, W1, b1, W2, b2: (y @ W2, b1, W2, b2), "ValueError: matmul"),
    ],
)


# 2.5


def _check_5(one_epoch):
    orders = []
    # Rows, and small pictures; batches that fit and do not, and one that is larger than all there is.
    for samples, size, shape in ((23, 5, (4,)), (20, 5, (2, 2)), (24, 30, (4,)), (32, 4, (4,)), (32, 4, (4,))):
        x, y = np.arange(4.0 * samples).reshape(samples, *shape), np.arange(samples)
        batches = function(one_epoch, "one_epoch")(x, y, size)
        if not isinstance(batches, Iterable):
            raise Wrong(f"one_epoch must return a list of pairs, or yield pairs, not {shown(batches)}")
        # A generator runs while it is read; `function` tells the learner if it raises then.
        batches = function(functools.partial(list, itertools.islice(batches, samples + 1)), "one_epoch")()
        pairs = [_pair(batch, place + 1, shape) for place, batch in enumerate(batches)]
        _expect_every_sample_once(pairs, x, y, size)
        _expect_sizes([len(labels) for _, labels in pairs], samples, size)
        orders.append(np.concatenate([labels for _, labels in pairs]))
    if np.array_equal(*orders[-2:]):
        raise Wrong("called twice, it gives the same order twice: draw a new one each time, and do not seed it")
    return "Every sample once, in a new order, each with its own label."


def _pair(batch, place, shape):
    if not isinstance(batch, (tuple, list)) or len(batch) != 2:
        raise Wrong(f"batch {place} must be a pair of a part of x and a part of y, not {shown(batch)}")
    x, y = (array(part, f"the {name} of batch {place}") for part, name in zip(batch, "xy"))
    if y.ndim != 1 or x.shape != (len(y), *shape):
        raise Wrong(f"batch {place} holds x of shape {x.shape} and y of shape {y.shape}; these do not go together")
    if len(y) == 0:
        raise Wrong(f"batch {place} is empty: it starts where the samples have ended")
    return x, y


def _expect_every_sample_once(pairs, x, y, size):
    if len(pairs) > len(y):
        raise Wrong("it does not end: one round gives every sample once")
    if not pairs:
        raise Wrong("it gives no batch at all")
    x_given, y_given = (np.concatenate(parts) for parts in zip(*pairs))
    if not np.isin(y_given, y).all() or not np.array_equal(x_given, x[y_given.astype(int)]):
        raise Wrong("a row of x comes with another row's label: choose one order, and use it for x and for y")
    missing = len(y) - len(np.unique(y_given))
    if missing and len(y_given) < len(y):
        raise Wrong(f"of {len(y)} samples {missing} are in no batch: the last one may be smaller than {size}")
    if missing:
        raise Wrong(f"{missing} samples are missing and others come twice: permute the samples, do not draw them")
    if len(y_given) > len(y):
        raise Wrong(f"it gives {len(y_given)} samples where there are {len(y)}: some come twice")
    if np.array_equal(y_given, y):
        raise Wrong("the samples come in the order in which they lie: shuffle them first")
    if np.mean(np.abs(np.diff(y_given)) == 1) > 0.5:  # by chance it is a tenth
        raise Wrong("most samples still stand beside the neighbour they had: shuffle the samples, all of them")


def _expect_sizes(sizes, samples, size):
    full, rest = divmod(samples, size)
    if sorted(sizes, reverse=True) != [size] * full + [rest] * (rest > 0):
        wanted = "all" if samples % size == 0 else "all but one"
        raise Wrong(f"{samples} samples in batches of {size} came in sizes {sizes}; {wanted} should be {size}")


def _solution_5():
    def one_epoch(x, y, size):
        order = np.random.permutation(len(x))
        batches = []
        for start in range(0, len(x), size):
            rows = order[start : start + size]
            batches.append((x[rows], y[rows]))
        return batches

    return one_epoch


def _batches_of(order_of_x, order_of_y=None, end=0, rest=0, size=5):
    """Return a function that makes a `one_epoch` with mistakes."""

    def one_epoch(x, y, _):
        random = np.random.default_rng(0)
        rows = order_of_x(random, len(x))
        labels = order_of_y(random, len(x)) if order_of_y else rows
        starts = range(0, len(x) + end - rest, size)
        return [(x[rows[start : start + size]], y[labels[start : start + size]]) for start in starts]

    return lambda: one_epoch


def _permuted(random, samples):
    return random.permutation(samples)


def _drawn(random, samples):
    return random.integers(samples, size=samples)


def _piece_by_piece(random, samples):
    return np.concatenate(np.array_split(np.arange(samples), 4)[::-1])


def _as_they_lie(random, samples):
    return np.arange(samples)


def _same_every_time(x, y, size):
    order = np.random.default_rng(0).permutation(len(x))
    return [(x[rows], y[rows]) for rows in np.split(order, range(size, len(x), size))]


def _endless(x, y, size):
    while True:
        yield x[:size], y[:size]


def _as_one_table(x, y, size):
    table = np.random.permutation(np.concatenate([x, y[:, None]], axis=1))
    return [(table[i : i + size, :-1], table[i : i + size, -1]) for i in range(0, len(table), size)]


q5 = Exercise(
    "2.5",
    check=_check_5,
    hints=(
        "np.random.permutation(len(x)) is a random order of all rows. Cut it in pieces of size.",
        "Start at 0, size, 2 * size, …: range(0, len(x), size). Index x and y with the same piece of the order.",
    ),
    solution=_solution_5,
    wrong=[
        ("not shuffled", _batches_of(_as_they_lie), "shuffle them first"),
        ("pieces shuffled, not samples", _batches_of(_piece_by_piece), "beside the neighbour they had"),
        ("backwards", _batches_of(lambda random, samples: np.arange(samples)[::-1]), "beside the neighbour they had"),
        ("always 5", _batches_of(_permuted), "24 samples in batches of 30 came in sizes"),
        ("x and y shuffled apart", _batches_of(_permuted, _permuted), "another row's label"),
        ("drawn with replacement", _batches_of(_drawn), "do not draw them"),
        ("the rest forgotten", _batches_of(_permuted, rest=4), "3 are in no batch"),
        ("an empty batch at the end", _batches_of(_permuted, end=1), "is empty"),
        ("size ignored", _batches_of(_permuted, size=8), "came in sizes [8, 8, 7]"),
        ("rows only", lambda: _as_one_table, "must have same number of dimensions"),
        ("only x", lambda: lambda x, y, size: [x[:size]], "must be a pair"),
        ("the same order every time", lambda: _same_every_time, "the same order twice"),
        ("labels of another length", lambda: lambda x, y, size: [(x[:size], y)], "do not go together"),
        ("endless", lambda: _endless, "does not end"),
        ("none", lambda: lambda x, y, size: [], "no batch at all"),
        ("twice", lambda: lambda x, y, size: [(x[::-1], y[::-1]), (x, y)], "come twice"),
    ],
)
