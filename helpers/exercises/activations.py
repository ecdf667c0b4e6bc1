"""Exercises of lesson 03."""

import math

import numpy as np

from helpers.datasets import digit_batch
from helpers.exercises.engine import Exercise, Wrong, array, function, keras_model, nearly_equal, number, shown


def _check_1(weight):
    weight = number(weight, "weight")
    for mistake, why in {
        0.25: "upside down: 0.25 is what the sigmoid leaves, and the weight has to make up for it",
        1: "with a weight of 1 only a quarter is left at each unit; less than a thousandth comes back",
        4**5: "that makes up for all five together; but each unit has a weight of its own, so each one counts",
        5 * 4: "factors along a chain multiply, they do not add",
        4**1.25: "that is for four weights and five units; here each of the five has one",
        2: "0.5 is the sigmoid's value at 0; what goes back is multiplied by its slope",
        -4: "the size is right, but five minus signs in a row make a minus: the slope comes back with its sign turned",
    }.items():
        if math.isclose(weight, mistake, rel_tol=0.001):
            raise Wrong(f"{weight:.4g}: {why}")
    back = math.prod([weight * 0.25] * 5)
    if not math.isclose(weight, 4, rel_tol=0.001):
        raise Wrong(f"with every weight {weight:.4g} the five units pass back {back:.3g} times the slope, not 1 times")
    return "Each weight makes up for the quarter of its own sigmoid. Away from the steepest place it takes more."


def _solution_1():
    weight = 1 / 0.25
    return weight


q1 = Exercise(
    "3.1",
    check=_check_1,
    hints=(
        "Going back through one unit, the slope is multiplied twice: by its weight and by how steep its sigmoid is.",
        "A sigmoid at its steepest has the slope 0.25. Which weight times 0.25 is 1? Then five of them are 1, too.",
    ),
    solution=_solution_1,
    wrong=[
        ("upside down", lambda: 0.25, "upside down"),
        ("weights that change nothing", lambda: 1, "only a quarter is left at each"),
        ("all five together", lambda: 4**5, "a weight of its own"),
        ("added", lambda: 20, "do not add"),
        ("four weights for five units", lambda: 1024**0.25, "each of the five has one"),
        ("the value instead of the slope", lambda: 2.0, "its slope"),
        ("sign turned", lambda: -4, "sign turned"),
        ("too small", lambda: 3, "pass back 0.237 times"),
        ("too large", lambda: 5, "pass back 3.05 times"),
        ("far too large", lambda: 1e300, "pass back inf times"),
    ],
)


# 3.2: sums as layers have them, for one sample, a batch, pictures. None is 0, where the slope jumps and any convention
# is right.

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
    for sums, leak in ((_SUMS, 0.01), (_SUMS, 0.3), (_SUMS.ravel(), 0.3), (_SUMS[:, None], 0.3)):
        given = array(_called_with_an_array(curve, sums, name, leak), f"what {name} returns", shape=sums.shape)
        expected = right(sums, leak)
        if nearly_equal(given, expected):
            continue
        for why, mistaken in mistakes.items():
            if nearly_equal(given, mistaken(sums, leak)):
                raise Wrong(f"{name}: {why}")
        place = np.unravel_index(np.abs(given - expected).argmax(), given.shape)
        call = f"{name}({sums[place]:g}, negative_slope={leak:g})"
        raise Wrong(f"{call} is {given[place]:.4g}, and {expected[place]:.4g} is right")


def _called_with_an_array(curve, sums, name, negative_slope):
    try:
        return function(curve, name)(sums, negative_slope)
    except Exception as error:
        if "truth value of an array" in str(error):
            raise Wrong(f"{name} puts one `if` to a whole array. np.where(x > 0, …, …) asks each number") from None
        raise


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

_LOSSES_OF_AMOUNTS = ("mean_squared_error", "mean_absolute_error", "huber", "huber_loss", "log_cosh")
_LOSSES_ABOVE_0 = {
    "mean_squared_logarithmic_error": "takes all below 0 for 0, so frost would cost nothing",
    "mean_absolute_percentage_error": "divides by the right answer, which may be 0 °C",
}


def _check_3(temperature, even, letter):
    _expect_temperature(*_output_layer(temperature, "temperature"))
    _expect_even(*_output_layer(even, "even"))
    _expect_letter(*_output_layer(letter, "letter"))
    return "The task chooses the output, and the form of its labels the loss; the hidden layers can stay as they are."


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


def _expect_temperature(units, activation, loss):
    if units != 1:
        raise Wrong(f"temperature: it is one number, so one unit, not {units:g}")
    if activation == "softmax":
        raise Wrong("temperature: softmax over a single unit is always 1")
    if activation in ("sigmoid", "tanh"):
        raise Wrong(f"temperature: {activation} ends at 1, and most days are warmer")
    if activation in ("relu", "relu6", "softplus", "exponential"):
        raise Wrong(f"temperature: {activation} never goes below 0, so it would never freeze")
    if activation != "linear":
        raise Wrong(f"temperature: {activation} bends the answer; a temperature needs no bending")
    if "crossentropy" in loss:
        raise Wrong("temperature: cross-entropy compares probabilities; a temperature is off by an amount")
    if loss in _LOSSES_ABOVE_0:
        raise Wrong(f"temperature: {loss} {_LOSSES_ABOVE_0[loss]}")
    if loss not in _LOSSES_OF_AMOUNTS:
        raise Wrong(f"temperature: {loss} does not measure by how much a temperature is off")


def _expect_even(units, activation, loss):
    if units not in (1, 2):
        raise Wrong(f"even: one probability answers yes or no, so one unit, not {units:g}")
    if units == 1 and activation == "softmax":
        raise Wrong("even: softmax over a single unit is always 1: every digit would be even")
    if units == 2 and activation == "sigmoid":
        raise Wrong("even: two sigmoids may both say yes. Take one, or a softmax over the two")
    if activation == "hard_sigmoid":
        raise Wrong("even: hard_sigmoid is flat outside of −3 to 3: sure and wrong, it has no slope to come back by")
    if activation != {1: "sigmoid", 2: "softmax"}[units]:
        raise Wrong(f"even: {activation} does not end at 0 and 1, and a probability lies between them")
    if "crossentropy" not in loss:
        raise Wrong(f"even: the output is a probability; cross-entropy compares probabilities, not {loss}")
    if ("binary" in loss) != (units == 1):
        raise Wrong(f"even: {loss} does not go with {units:g} unit{'s' * (units > 1)}; one unit is 'binary'")


def _expect_letter(units, activation, loss):
    if units == 1:
        raise Wrong("letter: with one unit C would lie between B and D, but shapes have no order: a unit for each")
    if units != 26:
        raise Wrong(f"letter: 26 letters, so 26 units, not {units:g}")
    if activation == "sigmoid":
        raise Wrong("letter: 26 sigmoids answer each on its own and may all say yes; only one letter is right")
    if activation != "softmax":
        raise Wrong(f"letter: {activation} gives no probabilities: 26 numbers above 0 that add up to 1")
    if "sparse" in loss:
        raise Wrong(f"letter: {loss} expects each label as one number, 0 to 25; here the labels are rows already")
    if loss == "kl_divergence":
        return  # from rows with a single 1 it is the same number as cross-entropy
    if "categorical" not in loss or "crossentropy" not in loss:
        raise Wrong(f"letter: {loss} is not made for one class of 26; a 'categorical' cross-entropy is")


def _solution_3():
    temperature = 1, "linear", "mse"
    even = 1, "sigmoid", "binary_crossentropy"
    letter = 26, "softmax", "categorical_crossentropy"
    return temperature, even, letter


def _outputs(**changes):
    """Return a function that gives the three answers, right but for `changes`."""
    temperature, even, letter = _solution_3()
    return lambda: tuple((dict(temperature=temperature, even=even, letter=letter) | changes).values())


q3 = Exercise(
    "3.3",
    check=_check_3,
    hints=(
        "Which numbers can the right answer be: any, one between 0 and 1, or several that add up to 1? "
        "And what does one label of each job look like?",
        "Any: 'linear'. Between 0 and 1: 'sigmoid'. Several that add up to 1: 'softmax', a unit for each. "
        "Mean squared error compares amounts, cross-entropy probabilities: 'binary' for one of them, 'categorical' for "
        "a row of them, with 'sparse_' in front if the label is one number instead of a row.",
    ),
    solution=_solution_3,
    wrong=[
        ("up to 1", _outputs(temperature=(1, "sigmoid", "mse")), "sigmoid ends at 1"),
        ("-1 to 1", _outputs(temperature=(1, "tanh", "mse")), "tanh ends at 1"),
        ("no frost", _outputs(temperature=(1, "relu", "mse")), "relu never goes below 0, so it would never freeze"),
        ("no frost, softly", _outputs(temperature=(1, "softplus", "mse")), "softplus never goes below 0"),
        ("no frost at all", _outputs(temperature=(1, "exponential", "mae")), "exponential never goes below 0"),
        ("temperature with softmax", _outputs(temperature=(1, "softmax", "mse")), "always 1"),
        ("temperature through ELU", _outputs(temperature=(1, "elu", "mse")), "elu bends"),
        ("temperature by hinges", _outputs(temperature=(1, "linear", "hinge")), "hinge does not measure"),
        ("in percent", _outputs(temperature=(1, "linear", "mape")), "may be 0 °C"),
        ("by logarithms", _outputs(temperature=(1, "linear", "msle")), "frost would cost nothing"),
        ("a week", _outputs(temperature=(7, "linear", "mse")), "one unit, not 7"),
        ("unknown activation", _outputs(temperature=(1, "lineal", "mse")), "activation must be one that"),
        ("temperature as a class", _outputs(temperature=(1, None, "binary_crossentropy")), "off by an amount"),
        ("accuracy is no loss", _outputs(temperature=(1, "linear", "accuracy")), "loss must be one that Keras knows"),
        ("softmax over one", _outputs(even=(1, "softmax", "binary_crossentropy")), "every digit would be even"),
        ("even on a line", _outputs(even=(1, "linear", "binary_crossentropy")), "linear does not end at 0 and 1"),
        ("two sigmoids", _outputs(even=(2, "sigmoid", "binary_crossentropy")), "both say yes"),
        ("which digit", _outputs(even=(10, "softmax", "sparse_categorical_crossentropy")), "one unit, not 10"),
        (
            "even by a hard sigmoid",
            _outputs(even=(1, "hard_sigmoid", "binary_crossentropy")),
            "no slope to come back by",
        ),
        ("even by squares", _outputs(even=(1, "sigmoid", "mse")), "not mean_squared_error"),
        ("even, another loss", _outputs(even=(1, "sigmoid", "categorical_crossentropy")), "does not go with 1 unit;"),
        ("two for even", _outputs(even=(2, "softmax", "binary_crossentropy")), "does not go with 2 units;"),
        ("letter as a number", _outputs(letter=(1, "linear", "mse")), "no order"),
        ("ten letters", _outputs(letter=(10, "softmax", "categorical_crossentropy")), "26 units, not 10"),
        ("26 sigmoids", _outputs(letter=(26, "sigmoid", "binary_crossentropy")), "all say yes"),
        ("26 lines", _outputs(letter=(26, "relu", "categorical_crossentropy")), "relu gives no probabilities"),
        ("labels as numbers", _outputs(letter=(26, "softmax", "sparse_categorical_crossentropy")), "rows already"),
        ("letter, yes or no", _outputs(letter=(26, "softmax", "binary_crossentropy")), "binary_crossentropy is not"),
        ("letter by squares", _outputs(letter=(26, "softmax", "mse")), "mean_squared_error is not made"),
        ("activations only", lambda: ("linear", "sigmoid", "softmax"), "units, activation and loss"),
        ("activation as a number", _outputs(even=(1, 1, "binary_crossentropy")), "by name, not 1"),
    ],
)


def _check_4(deep_model):
    import keras

    model = keras_model(deep_model, "deep_model")
    x, _ = digit_batch()
    if tuple(getattr(model, "input_shape", x.shape)[1:]) != (784,):  # a subclassed model does not tell
        raise Wrong(f"deep_model takes inputs of shape {model.input_shape[1:]}; a digit comes as (784,)")
    answers = np.asarray(model(x, training=False))
    if answers.shape != (256, 10) or not np.allclose(answers.sum(axis=1), 1, atol=1e-3) or answers.min() < 0:
        raise Wrong("for each picture deep_model must give 10 probabilities: end with 10 units and softmax")
    *hidden, _ = _activations(model)
    sums = np.linspace(-8, 8, 33, dtype="float32")
    for place, activation in enumerate(hidden, start=1):
        given = function(activation, f"the activation of hidden layer {place}")(keras.ops.convert_to_tensor(sums))
        if not np.allclose(given, 1 / (1 + np.exp(-sums)), atol=1e-5):
            name = getattr(activation, "__name__", type(activation).__name__)
            raise Wrong(f"hidden layer {place} has the activation {name}; here every one is Keras's 'sigmoid'")
    if len(hidden) < 10:
        raise Wrong(f"it has {len(hidden)} hidden layers; here it should be at least ten")
    if model.losses:
        raise Wrong("it has a penalty on its weights, whose gradient hides that of the loss: leave the regularizer out")
    first, *_, last, _ = _gradient_norms(model)
    if last == 0:
        raise Wrong("no gradient comes back to the last hidden layer, it is exactly 0: are the output's weights 0?")
    if not first >= last / 100:
        raise Wrong(
            f"the gradient fades on its way back: {last:.1e} in the last hidden layer, {first:.1e} in the first, "
            f"which is {first / last:.1e} of it. At least 0.01 should arrive"
        )
    return (
        f"{len(hidden)} sigmoid layers, and the first one's gradient is {first / last:.2g} times the last one's. "
        f"{'More than 1 is not better: try smaller weights too. ' if first > last else ''}"
        f"You may train it with Adam for an epoch, as in the lesson, and compare with the 10 % reached there."
    )


def _activations(model):
    """The activation of each Dense layer, its own or that of an Activation behind it, the output's last."""
    import keras

    if not isinstance(model, keras.Sequential) and not hasattr(model, "operations"):
        raise Wrong("build it by keras.Sequential or keras.Model(inputs, outputs): others do not tell their layers")
    activations = []
    for step in getattr(model, "operations", model.layers):
        if isinstance(step, keras.layers.Dense):
            activations.append(step.activation)
        elif isinstance(step, keras.layers.Activation) and activations[-1:] == [keras.activations.linear]:
            activations[-1] = step.activation
        elif not isinstance(step, keras.layers.InputLayer):
            raise Wrong(
                f"{type(step).__name__} is not among the layers allowed here: Dense layers only, each with one "
                f"activation, and no other repair. The first weights have to do it alone"
            )
    return activations


def _gradient_norms(model):
    """The sizes of the gradients of the model's cross-entropy on the digits, whatever it was compiled for."""
    import keras

    from helpers.training import gradient_norms

    judged = keras.Sequential([keras.Input((784,), name="digits"), model], name="judged")
    judged.compile(loss="sparse_categorical_crossentropy")
    return gradient_norms(judged, *digit_batch()).values()


def _solution_4():
    import keras

    deep_model = keras.Sequential([keras.Input(shape=(784,))])
    for _ in range(10):
        wide = keras.initializers.RandomNormal(stddev=0.8)
        deep_model.add(keras.layers.Dense(100, activation="sigmoid", kernel_initializer=wide))
    deep_model.add(keras.layers.Dense(10, activation="softmax"))
    return deep_model


def _deep(activations=("sigmoid",) * 10, stddev=0.8, inputs=784, output="softmax", normalised=False, penalty=0):
    """Return a function that makes a deep model, each time the same."""

    def make():
        import keras

        keras.utils.set_random_seed(0)
        deep_model = keras.Sequential([keras.Input((inputs,))])
        for activation in activations:
            first_weights = keras.initializers.RandomNormal(stddev=stddev)
            fine = keras.regularizers.L2(penalty) if penalty else None
            deep_model.add(
                keras.layers.Dense(100, activation, kernel_initializer=first_weights, kernel_regularizer=fine)
            )
            if normalised:
                deep_model.add(keras.layers.BatchNormalization())
        deep_model.add(keras.layers.Dense(10, output))
        return deep_model

    return make


def _deep_without_output_weights():
    deep_model = _deep()()
    deep_model.layers[-1].set_weights([np.zeros((100, 10)), np.zeros(10)])
    return deep_model


def _deep_with_skips():
    import keras

    keras.utils.set_random_seed(0)
    inputs = keras.Input((784,))
    values = keras.layers.Dense(100, "sigmoid")(inputs)
    for _ in range(9):
        values = keras.layers.Add()([values, keras.layers.Dense(100, "sigmoid")(values)])
    return keras.Model(inputs, keras.layers.Dense(10, "softmax")(values))


q4 = Exercise(
    "3.4",
    check=_check_4,
    hints=(
        "At each layer the sigmoid leaves at most a quarter of the slope. What else multiplies it there?",
        "The weights. Those that Keras draws (Glorot's) have a standard deviation of 0.1 in a layer of 100 units. "
        "Try seven to nine times that, in every layer.",
    ),
    solution=_solution_4,
    wrong=[
        ("Keras's own weights", _deep(stddev=0.1), "the gradient fades on its way back"),
        ("as wide as he_normal", _deep(stddev=0.14), "the gradient fades on its way back"),
        ("all weights 0", _deep(stddev=0), "the gradient fades on its way back"),
        ("output weights 0", _deep_without_output_weights, "exactly 0"),
        ("a penalty", _deep(stddev=0.1, penalty=0.01), "leave the regularizer out"),
        ("relu", _deep(["relu"] * 10, stddev=0.1), "hidden layer 1 has the activation relu"),
        ("one tanh", _deep(["sigmoid"] * 9 + ["tanh"]), "hidden layer 10 has the activation tanh"),
        ("one without", _deep(["sigmoid"] * 5 + [None] + ["sigmoid"] * 5), "hidden layer 6 has the activation linear"),
        ("batch normalisation", _deep(normalised=True), "BatchNormalization is not among"),
        ("skip connections", _deep_with_skips, "Add is not among"),
        ("too few layers", _deep(["sigmoid"] * 9), "9 hidden layers"),
        ("not a model", lambda: [64] * 10, "must be a Keras model"),
        ("pictures", _deep(inputs=28), "of shape (28,)"),
        ("no softmax", _deep(output="sigmoid"), "10 probabilities"),
    ],
)


# 3.5: networks with known deaths: for each hidden layer, how many units are dead and how many there are.

_DEATHS = ([(1, 4), (0, 5), (6, 8)], [(3, 3), (2, 6)], [(0, 2)])

_MISTAKEN_SHARES = {
    "that is the share of zeros; a unit is dead only if it is 0 for *every* row": np.mean,
    "that counts every unit that is 0 for *any* row; dead is 0 for all of them": lambda zero: zero.any(axis=0).mean(),
    "that is the share of rows for which all units are 0: look along the other axis": (
        lambda zero: zero.all(axis=1).mean()
    ),
    "that is the share of units that live": lambda zero: 1 - zero.all(axis=0).mean(),
    "that is how many units are dead; divide by the number of units": lambda zero: zero.all(axis=0).sum(),
    "that is in percent; a share lies between 0 and 1": lambda zero: 100 * zero.all(axis=0).mean(),
}


def _check_5(dead_shares):
    dead_shares = function(dead_shares, "dead_shares")
    for deaths in _DEATHS:
        model, x, zeros = _dying(deaths)
        given = array(dead_shares(model, x), "what dead_shares returns")
        _expect_one_for_each_layer(given, len(deaths))
        right = [dead / units for dead, units in deaths]
        if np.allclose(given, right, atol=1e-6):
            continue
        for why, mistaken in _MISTAKEN_SHARES.items():
            if np.allclose(given, [mistaken(zero) for zero in zeros], atol=1e-6):
                raise Wrong(f"{np.round(given, 3).tolist()}: {why}")
        place = np.abs(given - right).argmax()
        dead, units = deaths[place]
        raise Wrong(
            f"in hidden layer {place + 1} of {len(deaths)} the share of dead units is {right[place]:.3g} "
            f"({dead} of {units}), not {given[place]:.3g}"
        )
    return "It finds the dead at any depth, and tells them from those that only rest."


def _expect_one_for_each_layer(shares, layers):
    if shares.shape == (layers,):
        return
    told = f"for a model of {layers} hidden layers it returns"
    if shares.size == layers + 1:
        raise Wrong(f"{told} {layers + 1} shares: leave the output layer out, it has no relu that could die")
    if shares.size == 1:
        raise Wrong(f"{told} one share only: take the others too, each looks at what the layer before it answers")
    raise Wrong(f"{told} an array of shape {shares.shape}; a list of {layers} shares was asked for")


def _dying(deaths):
    """Return a model whose units die as told, rows of inputs, and for each hidden layer where its answers are 0."""
    import keras

    random = np.random.default_rng(140)  # here every mistake has shares of its own
    x = answers = random.uniform(0, 2, size=(6, 3)).astype("float32")
    model = keras.Sequential([keras.Input((3,), name="inputs")], name="dying")
    zeros = []
    for place, (dead, units) in enumerate(deaths, start=1):
        kernel, bias = random.normal(size=(answers.shape[1], units)), random.uniform(0, 1, size=units)
        kernel[:, :dead], bias[:dead] = -np.abs(kernel[:, :dead]), -1
        kernel[:, -1], bias[-1] = 0.001 * kernel[:, -1], 0.001 * bias[-1]  # hardly ever there, but alive
        model.add(keras.layers.Dense(units, activation="relu", name=f"hidden_{place}"))
        model.layers[-1].set_weights([kernel, bias])
        answers = np.asarray(model.layers[-1](answers))
        zeros.append(answers == 0)
    model.add(keras.layers.Dense(2, activation="softmax", name="output"))
    return model, x, zeros


def _solution_5():
    def dead_shares(model, x):
        shares = []
        for layer in model.layers[:-1]:
            x = np.array(layer(x))
            dead = (x == 0).all(axis=0)
            shares.append(dead.mean())
        return shares

    return dead_shares


def _shares(measure, layers=slice(-1)):
    """Return a function that gives a `dead_shares` which takes `measure` of each of the `layers`' answers."""

    def dead_shares(model, x):
        answers = []
        for layer in model.layers:
            x = np.array(layer(x))
            answers.append(x)
        return [measure(given) for given in answers[layers]]

    return lambda: dead_shares


def _dead(answers):
    return (answers == 0).all(axis=0).mean()


def _never_passed_on(model, x):
    return [_dead(np.array(layer(x))) for layer in model.layers[:-1]]


def _first_layer(model, x):
    return _dead(np.array(model.layers[0](x)))


q5 = Exercise(
    "3.5",
    check=_check_5,
    hints=(
        "The second layer does not look at x: it looks at what the first one answers. A unit is a column of a layer's "
        "answers; dead is a column of nothing but 0.",
        "Go through model.layers[:-1] and replace x: x = np.array(layer(x)). Then (x == 0).all(axis=0) has one True or "
        "False for each unit; the mean of those is the share.",
    ),
    solution=_solution_5,
    wrong=[
        ("first layer", lambda: _first_layer, "one share only"),
        ("first layer as a list", _shares(_dead, slice(1)), "one share only"),
        ("output counted", _shares(_dead, slice(None)), "leave the output layer out"),
        ("first layer left out", _shares(_dead, slice(1, -1)), "a list of 3 shares was asked for"),
        ("last layer first", _shares(_dead, slice(-2, None, -1)), "is 0.25 (1 of 4), not 0.75"),
        ("x for every layer", lambda: _never_passed_on, "Your code raised ValueError"),
        ("share of zeros", _shares(lambda x: (x == 0).mean()), "share of zeros"),
        ("any instead of all", _shares(lambda x: (x == 0).any(axis=0).mean()), "for *any* row"),
        ("the other axis", _shares(lambda x: (x == 0).all(axis=1).mean()), "the other axis"),
        ("the living", _shares(lambda x: (x > 0).any(axis=0).mean()), "units that live"),
        ("numbers of units", _shares(lambda x: (x == 0).all(axis=0).sum()), "divide by"),
        ("percent", _shares(lambda x: 100 * _dead(x)), "in percent"),
        ("nearly silent ones too", _shares(lambda x: (x.mean(axis=0) < 0.01).mean()), "is 0.25 (1 of 4), not 0.5"),
        ("never any", _shares(lambda x: 0), "is 0.75 (6 of 8), not 0"),
        ("one for each unit", _shares(lambda x: (x == 0).all(axis=0)), "must be an array of numbers"),
    ],
)
