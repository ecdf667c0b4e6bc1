"""Exercises of lesson 01."""

import functools

import numpy as np

from helpers.exercises.engine import Exercise, Wrong, array, function, keras_model, number, sample_shapes, shown

_PAIRS = [(0, 0), (0, 1), (1, 0), (1, 1)]


def _check_1(weights, bias):
    weights = array(weights, "weights", shape=(2,))
    bias = number(bias, "bias")
    # Rounded, because in floats -0.7 - 0.1 + 0.8 is a hair above 0.
    sums = {pair: round(float(np.dot(pair, weights) + bias), 12) for pair in _PAIRS}
    fires = [pair for pair, total in sums.items() if total > 0]
    if fires == [(0, 1), (1, 0), (1, 1)]:
        raise Wrong(f"that is OR: silent for (0, 0), where the sum is {sums[0, 0]:g}. Which pair should be silent?")
    if fires == [(1, 1)]:
        raise Wrong(
            f"that is AND: it fires for (1, 1) only, where the sum is {sums[1, 1]:g}. "
            f"What must an input that is 1 do to the sum?"
        )
    for pair, total in sums.items():
        if total == 0 and not all(pair):
            raise Wrong(f"it stays silent for {pair}: the sum is exactly 0, and only a sum above 0 fires")
        if total < 0 and not all(pair):
            raise Wrong(f"it stays silent for {pair}: the sum is {total:g}, and it has to be above 0")
        if total > 0 and all(pair):
            raise Wrong(f"it fires for {pair}, where it should stay silent: the sum there is {total:g}")
    return "It stays silent for (1, 1) only: such a neuron is called NAND, for 'not and'."


def _solution_1():
    weights = [-1.0, -1.0]
    bias = 1.5
    return weights, bias


q1 = Exercise(
    "1.1",
    check=_check_1,
    hints=(
        "For (0, 0) the weights do not matter: the sum is the bias. Which bias lets it fire there?",
        "Each input that is 1 has to pull the sum down: one alone not as far as 0, both together at least that far.",
    ),
    solution=_solution_1,
    wrong=[
        ("OR", lambda: ([1.0, 1.0], -0.5), "that is OR: silent for (0, 0), where the sum is -0.5"),
        ("AND", lambda: ([1.0, 1.0], -1.5), "that is AND: it fires for (1, 1) only, where the sum is 0.5"),
        ("always fires", lambda: ([-0.5, -0.5], 1.5), "should stay silent: the sum there is 0.5"),
        ("never fires", lambda: ([-1.0, -1.0], -0.5), "silent for (0, 0): the sum is -0.5"),
        ("NOR", lambda: ([-1.0, -1.0], 0.5), "silent for (0, 1): the sum is -0.5"),
        ("one weight too strong", lambda: ([-2.0, -0.5], 1.5), "silent for (1, 0): the sum is -0.5"),
        ("exactly 0 for one input", lambda: ([-1.0, -1.0], 1.0), "silent for (0, 1): the sum is exactly 0"),
        ("all 0", lambda: ([0.0, 0.0], 0.0), "silent for (0, 0): the sum is exactly 0"),
        ("three weights", lambda: ([-1.0, -1.0, -1.0], 1.5), "weights"),
    ],
)


def _parameters(sizes):
    return sum(before * after + after for before, after in zip(sizes, sizes[1:]))


def _check_2(parameters):
    parameters = number(parameters, "parameters")
    sizes = [784, 512, 512, 10]
    without_biases = sum(before * after for before, after in zip(sizes, sizes[1:]))
    if parameters == without_biases:
        raise Wrong("these are the weights; each unit has a bias as well")
    if parameters == _parameters([784, 512, 10]):
        raise Wrong("that is the network with one hidden layer; the second has 512 inputs and 512 units")
    if parameters == _parameters(sizes) + 784:
        raise Wrong("the inputs are not units: they have no biases")
    if parameters != _parameters(sizes):
        raise Wrong(f"{shown(parameters)} is not the number. Write it layer by layer: inputs · units + units")
    return "669,706, and 401,920 of them sit in front of the first hidden layer."


def _solution_2():
    parameters = (784 * 512 + 512) + (512 * 512 + 512) + (512 * 10 + 10)
    return parameters


q2 = Exercise(
    "1.2",
    check=_check_2,
    hints=(
        "There are three layers that learn. Each has inputs · units weights and as many biases as units.",
        "The second hidden layer gets 512 numbers and has 512 units: 512 · 512 + 512.",
    ),
    solution=_solution_2,
    wrong=[
        ("no biases", lambda: 784 * 512 + 512 * 512 + 512 * 10, "bias"),
        ("one hidden layer", lambda: 784 * 512 + 512 + 512 * 10 + 10, "one hidden layer"),
        ("biases on the inputs", lambda: _parameters([784, 512, 512, 10]) + 784, "not units"),
        ("the sum of the units", lambda: 784 + 512 + 512 + 10, "layer by layer"),
    ],
)


def _check_3(count):
    count = function(count, "count")
    for sizes in ([784, 100, 10], [2, 1], [4, 32, 32, 3], [3, 7, 5, 2, 1]):
        answer = number(count(list(sizes)), f"what count({sizes}) returns")
        if answer == sum(before * after for before, after in zip(sizes, sizes[1:])):
            raise Wrong(f"count({sizes}) leaves out the biases: one for each unit")
        if answer == _parameters(sizes) + sizes[0]:
            raise Wrong(f"count({sizes}) gives the inputs biases; only units have one")
        if answer != _parameters(sizes):
            raise Wrong(f"count({sizes}) is {shown(answer)}; by hand it is {_parameters(sizes):,}")
    return "It counts networks of any depth."


def _solution_3():
    def count(sizes):
        total = 0
        for inputs, units in zip(sizes, sizes[1:]):
            total += inputs * units + units
        return total

    return count


q3 = Exercise(
    "1.3",
    check=_check_3,
    hints=(
        "Go through the neighbours in the list: (784, 100), then (100, 10).",
        "zip(sizes, sizes[1:]) gives the pairs. Add inputs * units + units for each.",
    ),
    solution=_solution_3,
    wrong=[
        ("no biases", lambda: lambda sizes: sum(a * b for a, b in zip(sizes, sizes[1:])), "biases"),
        ("biases on the inputs", lambda: lambda sizes: _parameters(sizes) + sizes[0], "only units"),
        ("always the example", lambda: lambda sizes: 79510, "by hand it is"),
        ("only the first two layers", lambda: lambda sizes: _parameters(sizes[:3]), "by hand it is"),
    ],
)


_OTHER_ANSWERS = {
    (0, 1, 1, 0): "that is XOR: it fires for inputs that differ",
    (0, 0, 0, 1): "that is AND: it fires only when both are 1, but two zeros are equal, too",
    (1, 0, 0, 0): "that is NOR: it fires only when both are 0, but two ones are equal, too",
    (0, 1, 1, 1): "that is OR: it fires when at least one input is 1, whether they are equal or not",
    (1, 1, 1, 0): "that is the neuron of exercise 1.1: it is silent only when both are 1",
    (1, 1, 1, 1): "it fires for every pair. What could hold the output back when the inputs differ?",
    (0, 0, 0, 0): "it never fires. Which hidden unit should lift the output above 0 for (0, 0), which one for (1, 1)?",
}


def _check_4(same):
    same = function(same, "same")
    answers = []
    for pair in _PAIRS:
        answer = number(same(np.array(pair)), f"what same({list(pair)}) returns")
        if answer not in (0, 1):
            raise Wrong(f"same({list(pair)}) is {answer:g}; it should be 0 or 1, or False or True")
        answers.append(int(answer))
    if tuple(answers) in _OTHER_ANSWERS:
        raise Wrong(_OTHER_ANSWERS[tuple(answers)])
    for (one, other), answer in zip(_PAIRS, answers, strict=True):
        if answer != (one == other):
            raise Wrong(f"same({[one, other]}) is {answer}; it should be {1 - answer}")
    return "If they come from two hidden units and one output, you did what no single line can do."


def _solution_4():
    def same(inputs):
        both = 1 * inputs[0] + 1 * inputs[1] - 1.5 > 0
        neither = -1 * inputs[0] - 1 * inputs[1] + 0.5 > 0
        return 1 * both + 1 * neither - 0.5 > 0

    return same


def _answering(answers):
    """Return a function that makes a `same` with these four answers."""
    return lambda: lambda inputs: answers[2 * inputs[0] + inputs[1]]


q4 = Exercise(
    "1.4",
    check=_check_4,
    hints=(
        "Two inputs can be equal in two ways. Let each hidden unit watch for one of them.",
        "'both' is in the lesson. 'neither' needs negative weights, as in exercise 1.1, and a small positive bias. "
        "The output fires if one of the two does.",
    ),
    solution=_solution_4,
    wrong=[
        *[(why, _answering(answers), why) for answers, why in _OTHER_ANSWERS.items()],
        ("the first input", lambda: lambda inputs: inputs[0], "same([0, 0]) is 0; it should be 1"),
        ("not the first input", lambda: lambda inputs: 1 - inputs[0], "same([0, 1]) is 1; it should be 0"),
        ("not thresholded", lambda: lambda inputs: inputs[0] + inputs[1] - 0.5, "should be 0 or 1"),
    ],
)


def _check_5(moons_model):
    model = keras_model(moons_model, "moons_model")
    point, answer = sample_shapes(model, "moons_model")
    if point != (2,) or answer not in {(1,), (2,)}:
        raise Wrong(
            f"the moons have 2 inputs and 2 classes; your model turns {point} into {answer}, "
            "allowed are (2,) into (1,) with sigmoid or (2,) with softmax"
        )
    parameters = model.count_params()
    if parameters > 60:
        raise Wrong(f"it has {parameters} parameters; 60 are allowed. A layer of n units on 2 inputs costs 3 · n")
    from helpers.datasets import toy_set

    points, labels = toy_set("moons", samples=1000, seed=1234)
    answers = np.asarray(model(points, training=False))
    answers = answers[:, 0] > 0.5 if answers.shape[1] == 1 else answers.argmax(axis=1)
    accuracy = np.mean(answers == labels)
    if accuracy < 0.5:
        raise Wrong(f"only {accuracy:.0%} of new moons are right, worse than guessing: are the labels swapped?")
    if accuracy < 0.7:
        raise Wrong(f"{accuracy:.1%} of 1,000 new moons are right, hardly more than guessing: was it trained?")
    if accuracy < 0.92:
        raise Wrong(
            f"{accuracy:.1%} of 1,000 new moons are right. That is what a straight line gets: "
            f"has it a hidden layer with an activation function, and was it trained?"
        )
    if accuracy < 0.97:
        raise Wrong(f"{accuracy:.1%} of 1,000 new moons are right: it bends, but not enough. Train longer or faster")
    return f"{accuracy:.1%} of 1,000 new moons with {parameters} parameters."


def _solution_5():
    import keras

    from helpers.datasets import toy_set

    points, labels = toy_set("moons", samples=400)
    keras.utils.set_random_seed(0)
    moons_model = keras.Sequential([
        keras.Input(shape=(2,)),
        keras.layers.Dense(14, activation="tanh"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])  # fmt: skip
    moons_model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.05))
    moons_model.fit(points, labels, batch_size=20, epochs=30, verbose=0)
    return moons_model


def _network(*layers):
    import keras

    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.Input(shape=(2,)), *(keras.layers.Dense(*layer) for layer in layers)])


def _untrained():
    return _network((14, "tanh"), (1, "sigmoid"))


def _briefly_trained():
    from helpers.datasets import toy_set

    model = _untrained()
    model.compile(loss="binary_crossentropy", optimizer="adam")
    model.optimizer.learning_rate = 0.05
    model.fit(*toy_set("moons", samples=400), batch_size=20, epochs=7, verbose=0)
    return model


def _line(sign):
    """Return a function that makes a network without hidden layer; with `sign` 1 it parts the moons as a line can."""

    def make():
        model = _network((1, "sigmoid"))
        model.set_weights([sign * np.array([[0.5], [-1.3]]), np.zeros(1)])
        return model

    return make


def _with_units(units):
    return lambda: _network((units, "tanh"), (1, "sigmoid"))


def _three_outputs():
    return _network((8, "tanh"), (3, "softmax"))


q5 = Exercise(
    "1.5",
    check=_check_5,
    hints=(
        "Two inputs, one hidden layer with an activation function, one output with a sigmoid. 4 · n + 1 is its count.",
        "14 tanh units cost 57 parameters. Adam with a learning rate of 0.05 and 30 epochs of batches of 20 get there.",
    ),
    solution=functools.cache(_solution_5),  # it trains for seconds
    wrong=[
        ("untrained", _untrained, "new moons"),
        ("always the same", _line(0), "hardly more than guessing"),
        ("a straight line", _line(1), "what a straight line gets"),
        ("labels swapped", _line(-1), "are the labels swapped"),
        ("too briefly trained", _briefly_trained, "it bends, but not enough"),
        ("too large", _with_units(100), "60 are allowed"),
        ("one parameter too many", _with_units(15), "it has 61 parameters"),
        ("three outputs", _three_outputs, "2 classes"),
        ("a function, not a model", lambda: lambda points: points[:, :1], "moons_model"),
    ],
)
