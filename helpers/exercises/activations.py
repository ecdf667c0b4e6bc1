"""Exercises of lesson 03."""

import functools
import math

import numpy as np

from helpers.exercises.engine import Exercise, Wrong, array, function, keras_model, number, shown


def _check_1(factor):
    factor = number(factor, "factor")
    for mistake, why in {
        0.25: "that is what one layer passes back; there are five, one behind the other",
        5 * 0.25: "the layers' factors are multiplied, not added",
        0.5**5: "0.5 is sigmoid's value at 0; what goes back is multiplied by its slope",
        0.25**4: "that is four layers",
        0.25**6: "that is six layers",
        4**5: "upside down: each layer makes it smaller",
    }.items():
        if math.isclose(factor, mistake, rel_tol=0.01):
            raise Wrong(f"{factor:.4g}: {why}")
    if not math.isclose(factor, 0.25**5, rel_tol=0.01):
        raise Wrong(f"{factor:.4g} is not it. Each layer multiplies by its weight, 1, and by the slope of its sigmoid")
    return "Less than a thousandth is left after five layers, and that is the best case."


def _solution_1():
    factor = 0.25**5
    return factor


q1 = Exercise(
    "3.1",
    check=_check_1,
    hints=(
        "How steep is sigmoid where it is steepest, at 0?",
        "One layer passes back 0.25 at most. Five do it one after the other: multiply.",
    ),
    solution=_solution_1,
    wrong=[
        ("one layer", lambda: 0.25, "one layer"),
        ("added", lambda: 1.25, "not added"),
        ("the value instead of the slope", lambda: 0.5**5, "its slope"),
        ("four layers", lambda: 0.25**4, "four layers"),
        ("six layers", lambda: 0.25**6, "six layers"),
        ("upside down", lambda: 1024, "upside down"),
        ("nothing is lost", lambda: 1, "slope of its sigmoid"),
    ],
)


# 3.2: a batch of sums as a layer has them. None is 0, where the slope jumps and any convention is right.

_SUMS = np.array([[-3.0, -1.25, 0.5], [2.0, -0.01, 4.0]])


def _leaky_relu(x, negative_slope):
    return np.where(x > 0, x, negative_slope * x)


def _leaky_relu_slope(x, negative_slope):
    return np.where(x > 0, 1, negative_slope)


_MISTAKEN_VALUES = {
    "it is 0 on the left: that is ReLU, without the leak": lambda x, leak: np.maximum(x, 0),
    "left and right are swapped: the leak is for x below 0": lambda x, leak: np.where(x > 0, leak * x, x),
    "on the left it is negative_slope itself; multiply by x": lambda x, leak: np.where(x > 0, x, leak),
    "on the left it is positive; multiply by x, not by -x": lambda x, leak: np.where(x > 0, x, -leak * x),
    "it returns the slope; the value was asked for": _leaky_relu_slope,
}
_MISTAKEN_SLOPES = {
    "it is 0 on the left: that is ReLU, where nothing goes back": lambda x, leak: np.where(x > 0, 1, 0),
    "left and right are swapped: the slope is 1 where x is above 0": lambda x, leak: np.where(x > 0, leak, 1),
    "on the left it is negative, but the curve rises there too": lambda x, leak: np.where(x > 0, 1, -leak),
    "on the right it is x, but the curve y = x has the slope 1": lambda x, leak: np.where(x > 0, x, leak),
    "it returns the value; the slope was asked for": _leaky_relu,
}


def _check_2(leaky_relu, leaky_relu_slope):
    _expect_curve(leaky_relu, _leaky_relu, "leaky_relu", _MISTAKEN_VALUES)
    _expect_curve(leaky_relu_slope, _leaky_relu_slope, "leaky_relu_slope", _MISTAKEN_SLOPES)
    return "The leak leaves a slope, and so a way back, where ReLU has none."


def _expect_curve(curve, right, name, mistakes):
    for leak in (0.01, 0.3):
        given = array(_called_with_an_array(curve, name, leak), f"what {name} returns", shape=_SUMS.shape)
        expected = right(_SUMS, leak)
        if _equal(given, expected):
            continue
        for why, mistaken in mistakes.items():
            if _equal(given, mistaken(_SUMS, leak)):
                raise Wrong(f"{name}: {why}")
        place = np.unravel_index(np.abs(given - expected).argmax(), given.shape)
        call = f"{name}({_SUMS[place]:g}, negative_slope={leak:g})"
        raise Wrong(f"{call} is {given[place]:.4g}, and {expected[place]:.4g} is right")


def _called_with_an_array(curve, name, negative_slope):
    try:
        return function(curve, name)(_SUMS, negative_slope)
    except Exception as error:
        if "truth value of an array" in str(error):
            raise Wrong(f"{name} puts one `if` to a whole array. np.where(x > 0, …, …) asks each number") from None
        raise


def _equal(given, expected):
    return np.allclose(given, expected, rtol=1e-5, atol=1e-6)


def _solution_2():
    def leaky_relu(x, negative_slope):
        return np.where(x > 0, x, negative_slope * x)

    def leaky_relu_slope(x, negative_slope):
        return np.where(x > 0, 1.0, negative_slope)

    return leaky_relu, leaky_relu_slope


def _scalar_only(x, negative_slope):
    return x if x > 0 else negative_slope * x


q2 = Exercise(
    "3.2",
    check=_check_2,
    hints=(
        "Left of 0 the curve is negative_slope · x, right of 0 it is x. How steep are these two lines?",
        "np.where(x > 0, right, left) takes from right where x is above 0, and elsewhere from left.",
    ),
    solution=_solution_2,
    wrong=[
        *[(why, lambda f=f: (f, _leaky_relu_slope), f"leaky_relu: {why}") for why, f in _MISTAKEN_VALUES.items()],
        *[(why, lambda f=f: (_leaky_relu, f), f"leaky_relu_slope: {why}") for why, f in _MISTAKEN_SLOPES.items()],
        ("one number at a time", lambda: (_scalar_only, _leaky_relu_slope), "np.where"),
        ("a leak of its own", lambda: (lambda x, leak: _leaky_relu(x, 0.2), _leaky_relu_slope), "is -0.6, and -0.03"),
        ("flattened", lambda: (lambda x, leak: _leaky_relu(x.ravel(), leak), _leaky_relu_slope), "of shape (2, 3)"),
        ("only x", lambda: (lambda x: _leaky_relu(x, 0.01), _leaky_relu_slope), "must take 2 values"),
    ],
)


# 3.3: units, activation and loss of an output layer, each as Keras names it.

_LOSSES_OF_AMOUNTS = (
    "mean_squared_error", "mean_absolute_error", "mean_squared_logarithmic_error", "mean_absolute_percentage_error",
    "huber", "huber_loss", "log_cosh",
)  # fmt: skip


def _check_3(house_price, spam, digit):
    _expect_price(*_output_layer(house_price, "house_price"))
    _expect_spam(*_output_layer(spam, "spam"))
    _expect_digit(*_output_layer(digit, "digit"))
    return "The task chooses the output; the hidden layers can stay as they are."


def _output_layer(answer, name):
    """Return units, activation and loss, with the names that Keras gives what it knows by several: mse, MSE, …"""
    import keras

    if not isinstance(answer, (tuple, list)) or len(answer) != 3:
        raise Wrong(f"{name} must be units, activation and loss, like (3, 'tanh', 'mae'), not {shown(answer)}")
    units, activation, loss = answer
    activation = "linear" if activation is None else activation  # as in Dense(1)
    return (
        number(units, f"{name}: units"),
        _known(keras.activations.get, activation, f"{name}: activation"),
        _known(keras.losses.get, loss, f"{name}: loss"),
    )


def _known(get, text, name):
    try:
        found = get(str(text))
    except ValueError:
        raise Wrong(f"{name} must be one that Keras knows by name, not {shown(text)}") from None
    return getattr(found, "name", None) or found.__name__


def _expect_price(units, activation, loss):
    if units != 1:
        raise Wrong(f"house_price: a price is one number, so one unit, not {units:g}")
    if activation == "softmax":
        raise Wrong("house_price: softmax over a single unit is always 1")
    if activation in ("sigmoid", "tanh"):
        raise Wrong(f"house_price: {activation} ends at 1, a price does not")
    if activation not in ("linear", "relu", "softplus", "exponential"):  # a price is never negative
        raise Wrong(f"house_price: {activation} bends the answer; a price needs no bending")
    if "crossentropy" in loss:
        raise Wrong("house_price: cross-entropy compares probabilities; a price is off by an amount")
    if loss not in _LOSSES_OF_AMOUNTS:
        raise Wrong(f"house_price: {loss} does not measure by how much a price is off")


def _expect_spam(units, activation, loss):
    if units not in (1, 2):
        raise Wrong(f"spam: one probability answers yes or no, so one unit, not {units:g}")
    if units == 1 and activation == "softmax":
        raise Wrong("spam: softmax over a single unit is always 1: everything would be spam")
    if units == 2 and activation == "sigmoid":
        raise Wrong("spam: two sigmoids may both say yes. Take one, or a softmax over the two")
    if activation != {1: "sigmoid", 2: "softmax"}[units]:
        raise Wrong(f"spam: {activation} does not end at 0 and 1, and a probability lies between them")
    if "crossentropy" not in loss:
        raise Wrong(f"spam: the output is a probability; cross-entropy compares probabilities, not {loss}")
    if ("binary" in loss) != (units == 1):
        raise Wrong(f"spam: {loss} does not go with {units:g} unit{'s' * (units > 1)}; one unit is 'binary'")


def _expect_digit(units, activation, loss):
    if units == 1:
        raise Wrong("digit: with one unit a 3 would lie between a 2 and a 4, but shapes have no order: a unit for each")
    if units != 10:
        raise Wrong(f"digit: ten digits, so ten units, not {units:g}")
    if activation == "sigmoid":
        raise Wrong("digit: ten sigmoids answer each on its own and may all say yes; only one digit is right")
    if activation != "softmax":
        raise Wrong(f"digit: {activation} gives no probabilities: ten numbers above 0 that add up to 1")
    if "categorical" not in loss or "crossentropy" not in loss:
        raise Wrong(f"digit: {loss} is not made for one class of ten; a 'categorical' cross-entropy is")


def _solution_3():
    house_price = 1, "linear", "mse"
    spam = 1, "sigmoid", "binary_crossentropy"
    digit = 10, "softmax", "sparse_categorical_crossentropy"
    return house_price, spam, digit


def _outputs(**changes):
    """Return a function that gives the three answers, right but for `changes`."""
    price, spam, digit = _solution_3()
    return lambda: tuple((dict(house_price=price, spam=spam, digit=digit) | changes).values())


q3 = Exercise(
    "3.3",
    check=_check_3,
    hints=(
        "Which numbers can the right answer be: any, one between 0 and 1, or several that add up to 1?",
        "Any: 'linear'. Between 0 and 1: 'sigmoid'. Several that add up to 1: 'softmax', a unit for each. "
        "Cross-entropy compares probabilities, mean squared error amounts.",
    ),
    solution=_solution_3,
    wrong=[
        ("price up to 1", _outputs(house_price=(1, "sigmoid", "mse")), "sigmoid ends at 1"),
        ("price with softmax", _outputs(house_price=(1, "softmax", "mse")), "always 1"),
        ("price through ELU", _outputs(house_price=(1, "elu", "mse")), "elu bends"),
        ("price by hinges", _outputs(house_price=(1, "linear", "hinge")), "hinge does not measure"),
        ("ten prices", _outputs(house_price=(10, "linear", "mse")), "one unit, not 10"),
        ("price, unknown activation", _outputs(house_price=(1, "lineal", "mse")), "activation must be one that"),
        ("price as a class", _outputs(house_price=(1, "linear", "sparse_categorical_crossentropy")), "probabilities"),
        ("accuracy is no loss", _outputs(house_price=(1, "linear", "accuracy")), "loss must be one that Keras knows"),
        ("softmax over one", _outputs(spam=(1, "softmax", "binary_crossentropy")), "everything would be spam"),
        ("spam on a line", _outputs(spam=(1, "linear", "binary_crossentropy")), "linear does not end at 0 and 1"),
        ("two sigmoids", _outputs(spam=(2, "sigmoid", "binary_crossentropy")), "both say yes"),
        ("three for spam", _outputs(spam=(3, "softmax", "categorical_crossentropy")), "one unit, not 3"),
        ("spam by squares", _outputs(spam=(1, "sigmoid", "mse")), "not mean_squared_error"),
        ("spam, another loss", _outputs(spam=(1, "sigmoid", "categorical_crossentropy")), "does not go with 1 unit;"),
        ("two for spam", _outputs(spam=(2, "softmax", "binary_crossentropy")), "does not go with 2 units;"),
        ("digit as a number", _outputs(digit=(1, "linear", "mse")), "no order"),
        ("nine units", _outputs(digit=(9, "softmax", "categorical_crossentropy")), "ten units, not 9"),
        ("ten sigmoids", _outputs(digit=(10, "sigmoid", "binary_crossentropy")), "all say yes"),
        ("ten lines", _outputs(digit=(10, "relu", "categorical_crossentropy")), "relu gives no probabilities"),
        ("digit, yes or no", _outputs(digit=(10, "softmax", "binary_crossentropy")), "binary_crossentropy is not made"),
        ("digit by squares", _outputs(digit=(10, "softmax", "mse")), "mean_squared_error is not made"),
        ("activations only", lambda: ("linear", "sigmoid", "softmax"), "units, activation and loss"),
        ("activation as a number", _outputs(spam=(1, 1, "binary_crossentropy")), "by name, not 1"),
    ],
)


@functools.cache
def _digits():
    """A batch of 256 training digits: x (256, 784) float32 from 0 to 1, y (256,)."""
    from helpers.datasets import load_mnist

    (x, y), _ = load_mnist()
    return x[:256].reshape(256, 784).astype("float32") / 255, y[:256]


def _check_4(deep_model):
    model = keras_model(deep_model, "deep_model")
    x, _ = _digits()
    if tuple(getattr(model, "input_shape", x.shape)[1:]) != (784,):  # a subclassed model does not tell
        raise Wrong(f"deep_model takes inputs of shape {model.input_shape[1:]}; a digit comes as (784,)")
    answers = np.asarray(model(x, training=False))
    if answers.shape != (256, 10) or not np.allclose(answers.sum(axis=1), 1, atol=1e-3) or answers.min() < 0:
        raise Wrong("for each picture deep_model must give 10 probabilities: end with 10 units and softmax")
    *hidden, _ = _gradients(model).values()
    if len(hidden) < 10:
        raise Wrong(f"it has {len(hidden)} hidden layers; here it should be at least ten")
    bends = sum(map(_bends, _steps(model)))
    if bends < 10:
        raise Wrong(
            f"{bends} of its {len(hidden)} hidden layers have an activation function that bends; ten should. "
            f"Linear layers in a row are one linear layer"
        )
    first, last = (np.linalg.norm(gradient.astype(float)) for gradient in (hidden[0], hidden[-1]))
    if last == 0:
        raise Wrong("no gradient comes back to any hidden layer, it is exactly 0: are the weights, or all outputs, 0?")
    if not first >= last / 10:
        raise Wrong(
            f"the gradient fades on its way back: {last:.1e} in the last hidden layer, {first:.1e} in the first, "
            f"which is {first / last:.1e} of it. At least 0.1 should arrive"
        )
    return f"{len(hidden)} hidden layers, and the first one's gradient is {first / last:.2g} times the last one's."


def _gradients(model):
    """The gradients of the model's cross-entropy on the digits, layer by layer, whatever it was compiled for."""
    import keras

    from helpers.training import layer_gradients

    judged = keras.Sequential([keras.Input((784,), name="digits"), model], name="judged")
    judged.compile(loss="sparse_categorical_crossentropy")
    return layer_gradients(judged, *_digits())


def _steps(model):
    """Yield the layers and functions a model is made of, those of models within it included."""
    for step in getattr(model, "operations", model.layers):
        if hasattr(step, "layers"):
            yield from _steps(step)
        else:
            yield step


def _bends(step):
    """Whether a layer's activation, or a layer that is one, gives to -10 something else than midway from -30 to 10."""
    probe = np.array([[-30], [-10], [10]], dtype="float32")
    try:
        low, middle, high = np.asarray(getattr(step, "activation", step.call)(probe))
    except Exception:  # an input, an addition, a layer for other shapes: none is an activation function
        return False
    return not np.allclose(middle, (low + high) / 2, rtol=1e-3)


def _solution_4():
    import keras

    hidden = [keras.layers.Dense(64, activation="relu", kernel_initializer="he_normal") for _ in range(10)]
    deep_model = keras.Sequential([keras.Input(shape=(784,)), *hidden, keras.layers.Dense(10, activation="softmax")])
    return deep_model


def _deep(activation, depth=10, initializer="glorot_uniform", inputs=784, output="softmax"):
    """Return a function that makes a deep model, each time the same."""

    def make():
        import keras

        keras.utils.set_random_seed(0)
        initializers = [keras.initializers.get({"class_name": initializer, "config": {}}) for _ in range(depth)]
        hidden = [keras.layers.Dense(32, activation=activation, kernel_initializer=each) for each in initializers]
        return keras.Sequential([keras.Input((inputs,)), *hidden, keras.layers.Dense(10, activation=output)])

    return make


q4 = Exercise(
    "3.4",
    check=_check_4,
    hints=(
        "Sigmoid passes back a quarter at most, ten times over. Which activation passes back all of it?",
        "Ten layers keras.layers.Dense(64, activation='relu', kernel_initializer='he_normal'), made in a loop.",
    ),
    solution=_solution_4,
    wrong=[
        ("sigmoid", _deep("sigmoid"), "the gradient fades on its way back"),
        ("sigmoid, other weights", _deep("sigmoid", initializer="he_normal"), "the gradient fades on its way back"),
        ("too few layers", _deep("relu", depth=9), "9 hidden layers"),
        ("linear", _deep(None), "one linear layer"),
        ("all weights 0", _deep("relu", initializer="zeros"), "exactly 0"),
        ("not a model", lambda: [64] * 10, "must be a Keras model"),
        ("pictures", _deep("relu", inputs=28), "of shape (28,)"),
        ("no softmax", _deep("relu", output="sigmoid"), "10 probabilities"),
    ],
)


def _check_5(dead_share):
    dead_share = function(dead_share, "dead_share")
    for outputs in _layer_outputs():
        given = number(dead_share(outputs), "what dead_share returns")
        zero = outputs == 0
        dead, silent = zero.all(axis=0), zero.all(axis=1)
        right = dead.mean()
        if math.isclose(given, right, abs_tol=1e-6):
            continue
        for mistake, why in {
            zero.mean(): "that is the share of zeros; a unit is dead only if it is 0 for *every* sample",
            zero.any(axis=0).mean(): "that counts every unit that is 0 for *any* sample; dead is 0 for all of them",
            silent.mean(): "that is the share of samples for which all units are 0: look along the other axis",
            1 - right: "that is the share of units that live",
            dead.sum(): "that is how many units are dead; divide by the number of units",
            100 * right: "that is in percent; a share lies between 0 and 1",
        }.items():
            if math.isclose(given, mistake, abs_tol=1e-6):
                raise Wrong(f"{given:.3g}: {why}")
        raise Wrong(f"of {dead.size} units {dead.sum()} are dead, {right:.3g} of all, not {given:.3g}")
    return "It tells the dead from those that only rest."


def _layer_outputs():
    """Yield outputs of ReLU layers for 6 samples, with 2 dead units of 8, 0 of 5 and 3 of 3."""
    random = np.random.default_rng(3)
    outputs = np.maximum(random.normal(size=(6, 8)), 0)
    outputs[:, [1, 6]] = 0
    outputs[:, 4] = [0, 0, 0.001, 0, 0, 0]  # hardly ever there, but alive
    outputs[3] = 0
    yield outputs.astype("float32")
    yield np.eye(6, 5) + np.eye(6, 5, k=-1)
    yield np.zeros((6, 3))


def _solution_5():
    def dead_share(outputs):
        dead = (outputs == 0).all(axis=0)
        return dead.mean()

    return dead_share


q5 = Exercise(
    "3.5",
    check=_check_5,
    hints=(
        "A unit is a column. outputs == 0 is True where it is silent; dead is a column of nothing but True.",
        "(outputs == 0).all(axis=0) has one True or False for each unit. The mean of those is the share.",
    ),
    solution=_solution_5,
    wrong=[
        ("share of zeros", lambda: lambda outputs: (outputs == 0).mean(), "share of zeros"),
        ("any instead of all", lambda: lambda outputs: (outputs == 0).any(axis=0).mean(), "for *any* sample"),
        ("the other axis", lambda: lambda outputs: (outputs == 0).all(axis=1).mean(), "the other axis"),
        ("the living", lambda: lambda outputs: (outputs > 0).any(axis=0).mean(), "units that live"),
        ("a number of units", lambda: lambda outputs: (outputs == 0).all(axis=0).sum(), "divide by"),
        ("percent", lambda: lambda outputs: 100 * (outputs == 0).all(axis=0).mean(), "in percent"),
        ("nearly silent ones too", lambda: lambda outputs: (outputs.mean(axis=0) < 0.01).mean(), "2 are dead"),
        ("never any", lambda: lambda outputs: 0.0, "2 are dead, 0.25 of all, not 0"),
        ("one of each unit", lambda: lambda outputs: (outputs == 0).all(axis=0), "must be one finite number"),
    ],
)
