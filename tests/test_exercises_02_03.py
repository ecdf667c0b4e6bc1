"""The exercises of lessons 02 and 03: answers of another kind are right too, and the checks disturb nothing."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import example, given
from hypothesis import strategies as st
from judging import is_right

from helpers.datasets import load_mnist
from helpers.exercises import activations, gradient_descent
from helpers.training import gradient_norms


def judged(exercise, *values):
    outcome = exercise.judge(*values)
    return outcome.kind, outcome.message


# 2.1


def test_slopes_may_be_any_kind_of_number_and_a_little_rounded():
    assert is_right(gradient_descent.q1, np.float32(2.4), tf.constant(1.6), 46)


def test_slopes_are_those_of_a_tape():
    ticket, popcorn, discount = prices = [tf.Variable(value, dtype="float64") for value in (12, 5, 0.8)]
    with tf.GradientTape() as tape:
        total = (3 * ticket + 2 * popcorn) * discount
    assert is_right(gradient_descent.q1, *tape.gradient(total, prices))


# 2.2


def central(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / (2 * h)


def twice_central(f, x, h=1e-5):
    return central(lambda place: central(f, place, h), x, h)


def second_difference(f, x, h=1e-4):
    return (f(x + h) - 2 * f(x) + f(x - h)) / h**2


def by_tapes(f, x):
    x = tf.Variable(x, dtype="float64")
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            value = f(x)
        slope = inner.gradient(value, x)
    return outer.gradient(slope, x)


def fine_and_to_one_side(f, x):
    return (f(x + 2e-5) - 2 * f(x + 1e-5) + f(x)) / 1e-10


@pytest.mark.parametrize("way", [twice_central, second_difference, by_tapes, fine_and_to_one_side])
def test_any_way_to_the_slope_of_the_slope_is_right(way):
    assert is_right(gradient_descent.q2, way)


@given(st.floats(-5, -3).map(lambda exponent: 10**exponent))
def test_the_slope_of_the_slope_is_right_with_any_sensible_step(h):
    assert is_right(gradient_descent.q2, lambda f, x: twice_central(f, x, h))


def test_wrong_slope_of_another_method_is_judged_by_its_value():
    message = gradient_descent.q2.judge(lambda f, x: 5 * by_tapes(f, x)).message
    assert "you have 10, and 2 is right" in message


# 2.3


@given(st.floats(-1, 3))
@example(0.382)
@example(0.383)
@example(0.488)
@example(0.49)
def test_learning_rate_is_right_if_the_loss_after_50_steps_is_below_005(learning_rate):
    along = (1 - learning_rate / 10) ** 50, (1 - 4 * learning_rate) ** 50
    loss = (-7 * along[0]) ** 2 / 20 + 2 * (2 * along[1]) ** 2
    assert (gradient_descent.q3.judge(learning_rate).kind == "right") == (loss < 0.05)


# 2.4


def mean_squared_error(x, y, W1, b1, W2, b2):
    return np.mean((np.tanh(x @ W1 + b1) @ W2 + b2 - y) ** 2)


def numeric(x, y, *weights):
    gradients = []
    for place, values in enumerate(weights):
        gradient = np.zeros(values.shape)
        for index in np.ndindex(values.shape):
            losses = []
            for step in (1e-5, -1e-5):
                moved = [weight.copy() for weight in weights]
                moved[place][index] += step
                losses.append(mean_squared_error(x, y, *moved))
            gradient[index] = (losses[0] - losses[1]) / 2e-5
        gradients.append(gradient)
    return gradients


def taped(dtype):
    def backward_tanh(x, y, *weights):
        weights = [tf.Variable(values, dtype=dtype) for values in weights]
        W1, b1, W2, b2 = weights
        with tf.GradientTape() as tape:
            output = tf.tanh(tf.cast(x, dtype) @ W1 + b1) @ W2 + b2
            loss = tf.reduce_mean(keras.losses.mean_squared_error(tf.cast(y, dtype), output))
        return tape.gradient(loss, weights)

    return backward_tanh


def sample_by_sample(x, y, W1, b1, W2, b2):
    dW1, db1, dW2, db2 = (np.zeros_like(weights) for weights in (W1, b1, W2, b2))
    for inputs, target in zip(x, y):
        hidden = np.tanh(inputs @ W1 + b1)
        error = 2 * (hidden @ W2 + b2 - target) / (len(x) * len(target))
        before = (W2 @ error) / np.cosh(inputs @ W1 + b1) ** 2
        dW1, db1 = dW1 + np.outer(inputs, before), db1 + before
        dW2, db2 = dW2 + np.outer(hidden, error), db2 + error
    return dW1, db1, dW2, db2


def by_keras(x, y, *weights):
    model = keras.Sequential([
        keras.Input((x.shape[1],)),
        keras.layers.Dense(weights[0].shape[1], activation="tanh"),
        keras.layers.Dense(y.shape[1]),
    ])  # fmt: skip
    model.set_weights(weights)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(keras.losses.mean_squared_error(y, model(x)))
    return tape.gradient(loss, [variable.value for variable in model.trainable_variables])


@pytest.mark.parametrize(
    "backward_tanh", [numeric, taped("float64"), taped("float32"), sample_by_sample, by_keras], ids=range(5)
)
def test_any_way_to_the_gradients_is_right(backward_tanh):
    assert is_right(gradient_descent.q4, backward_tanh)
    assert is_right(gradient_descent.q4, lambda *given: [np.asarray(part).tolist() for part in backward_tanh(*given)])


def test_gradients_right_for_one_size_only_are_wrong():
    *_, solution = gradient_descent.q4.solved()
    message = gradient_descent.q4.judge(lambda x, y, *w: [part * y.size / 15 for part in solution(x, y, *w)]).message
    assert "all four gradients are 0.4 times what is right" in message


@pytest.mark.parametrize("place, name", [(0, "W1"), (1, "b1"), (2, "W2"), (3, "b2")])
def test_the_one_wrong_gradient_is_named(place, name):
    *_, solution = gradient_descent.q4.solved()

    def backward_tanh(*network):
        gradients = list(solution(*network))
        gradients[place] = gradients[place] + 0.01 * np.arange(gradients[place].size).reshape(gradients[place].shape)
        return gradients

    assert f"the gradient of {name} is wrong: [" in gradient_descent.q4.judge(backward_tanh).message


# 2.5


def as_generator(x, y, size):
    order = np.random.default_rng().permutation(len(x))
    while len(order):
        yield x[order[:size]], y[order[:size]]
        order = order[size:]


def as_zip(x, y, size):
    order = np.argsort(np.random.random(len(x)))
    cuts = range(size, len(x), size)
    return zip(np.split(x[order], cuts), np.split(y[order], cuts))


def by_tensorflow(x, y, size):
    return tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x)).batch(size)


def lists_smallest_first(x, y, size):
    order = np.random.permutation(len(x))
    ends = [*range(len(x), 0, -size), 0][::-1]
    return [[x[order[start:end]].tolist(), y[order[start:end]].tolist()] for start, end in zip(ends, ends[1:])]


@pytest.mark.parametrize("one_epoch", [as_generator, as_zip, by_tensorflow, lists_smallest_first])
def test_any_kind_of_batches_is_right(one_epoch):
    assert is_right(gradient_descent.q5, one_epoch)


def test_batches_of_nearly_equal_sizes_are_wrong():
    def evenly(x, y, size):
        order = np.array_split(np.random.permutation(len(x)), len(x) // size)
        return [(x[rows], y[rows]) for rows in order]

    assert "came in sizes [6, 6, 6, 5]" in gradient_descent.q5.judge(evenly).message


def test_generator_that_raises_is_said_to_raise():
    def raising(x, y, size):
        yield x[:size], y[:size]
        yield x[len(x)]

    kind, message = judged(gradient_descent.q5, raising)
    assert kind == "raised"
    assert "IndexError" in message


# 3.1


@pytest.mark.parametrize("weight", [4, 4.0, "4", np.int8(4), tf.constant(4.0), 1 / 0.25, 4.001, 3.999, 3.98, 4.02, -4])
def test_only_weight_four_is_right(weight):
    is_four = not isinstance(weight, str) and abs(float(weight) - 4) < 0.004
    assert (activations.q1.judge(weight).kind == "right") == is_four


# 3.2


def of_two_parts(x, negative_slope):
    return np.maximum(x, 0) + negative_slope * np.minimum(x, 0)


def in_place(x, negative_slope=0.2):
    x[x < 0] *= negative_slope
    return x


def one_by_one(x, negative_slope):
    return np.vectorize(lambda value: value if value > 0 else negative_slope * value)(x)


def by_masks(x, negative_slope):
    return (x > 0) + negative_slope * (x <= 0)


def slope_in_float32(x, negative_slope):
    return np.where(x > 0, 1, negative_slope).astype("float32")


def slope_by_tape(x, negative_slope):
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        values = keras.activations.leaky_relu(x, negative_slope)
    return tape.gradient(values, x)


def slope_by_differences(x, negative_slope):
    return (of_two_parts(x + 1e-6, negative_slope) - of_two_parts(x - 1e-6, negative_slope)) / 2e-6


@pytest.mark.parametrize("value", [of_two_parts, in_place, one_by_one, keras.activations.leaky_relu])
@pytest.mark.parametrize("slope", [by_masks, slope_in_float32, slope_by_tape, slope_by_differences])
def test_any_way_to_leaky_relu_is_right(value, slope):
    assert is_right(activations.q2, value, slope)


# 3.3

ACTIVATIONS = [None, "linear", "relu", "tanh", "sigmoid", "softmax"]
LOSSES = ["mse", "MeanAbsoluteError", "hinge", "binary_crossentropy", "categorical_crossentropy",
          "SparseCategoricalCrossentropy", "kl_divergence"]  # fmt: skip
OF_CLASSES = {"categorical_crossentropy", "SparseCategoricalCrossentropy"}
LABELLED_BY_ROWS = {"categorical_crossentropy", "kl_divergence"}
RIGHT = {
    "temperature": {*itertools.product([1], [None, "linear"], ["mse", "MeanAbsoluteError"])},
    "even": {(1, "sigmoid", "binary_crossentropy"), *itertools.product([2], ["softmax"], OF_CLASSES)},
    "letter": {*itertools.product([26], ["softmax"], LABELLED_BY_ROWS)},
}


@pytest.mark.parametrize("task", RIGHT)
def test_of_all_output_layers_the_fitting_ones_are_right(task):
    solution = dict(zip(RIGHT, activations.q3.solved()))
    layers = itertools.product([1, 2, 3, 10, 26], ACTIVATIONS, LOSSES)
    kinds = {layer: activations.q3.judge(*(solution | {task: layer}).values()).kind for layer in layers}
    assert {layer for layer, kind in kinds.items() if kind == "right"} == RIGHT[task]
    assert set(kinds.values()) == {"right", "wrong"}


def test_output_layer_may_be_a_list_and_dots_in_it_are_not_tried():
    temperature, even, letter = map(list, activations.q3.solved())
    assert is_right(activations.q3, temperature, even, letter)
    assert activations.q3.judge(temperature, (1, ..., ...), letter).kind == "not tried"


@pytest.mark.parametrize("activation", ["relu", "relu6", "softplus", "exponential", "sigmoid"])
def test_no_output_that_stays_above_0_tells_frost(activation):
    assert keras.activations.get(activation)(tf.linspace(-50.0, 50.0, 101)).numpy().min() >= 0
    _, *others = activations.q3.solved()
    assert activations.q3.judge((1, activation, "mse"), *others).kind == "wrong"


# 3.4


def wide(stddev=0.8):
    return keras.initializers.RandomNormal(stddev=stddev)


def dense(activation="sigmoid", first_weights=None, units=100):
    return keras.layers.Dense(units, activation=activation, kernel_initializer=first_weights or wide())


def sequential(*hidden):
    return keras.Sequential([keras.Input((784,)), *hidden, keras.layers.Dense(10, activation="softmax")])


def as_the_lesson_builds(stddev=0.8, depth=10):
    inputs = values = keras.Input((784,))
    for _ in range(depth):
        values = keras.layers.Activation("sigmoid")(dense(None, wide(stddev))(values))
    return keras.Model(inputs, keras.layers.Dense(10, activation="softmax")(values))


def first_layer_as_keras_draws_it():
    return sequential(dense(first_weights="glorot_uniform"), *(dense(first_weights=wide(0.6)) for _ in range(9)))


def sigmoid_by_other_names():
    return sequential(*(dense(function) for function in [keras.ops.sigmoid, tf.nn.sigmoid] * 5))


def uniform():
    spread = [keras.initializers.VarianceScaling(49, "fan_avg", "uniform") for _ in range(10)]
    return sequential(*(dense(first_weights=each) for each in spread))


def orthogonal():
    return sequential(*(dense(first_weights=keras.initializers.Orthogonal(7.0)) for _ in range(10)))


def one_initialiser_for_all():
    shared = wide()
    return sequential(*(dense(first_weights=shared) for _ in range(10)))


def set_by_hand():
    model = sequential(*(dense(first_weights="glorot_uniform") for _ in range(10)))
    for layer in model.layers[:-1]:
        kernel, bias = layer.get_weights()
        layer.set_weights([9 * kernel, bias])
    return model


def balanced_chain():
    balance = keras.initializers.Constant(-2)
    chain = [keras.layers.Dense(1, "sigmoid", kernel_initializer=keras.initializers.Constant(4),
                                bias_initializer=balance) for _ in range(9)]  # fmt: skip
    return sequential(keras.layers.Dense(1, "sigmoid"), *chain)


def twelve_with_a_function_of_keras():
    return sequential(*(dense(keras.activations.sigmoid, wide(0.9)) for _ in range(12)))


def softmax_behind():
    hidden = [dense() for _ in range(10)]
    output = [keras.layers.Dense(10), keras.layers.Activation("softmax")]
    return keras.Sequential([keras.Input((784,)), *hidden, *output])


def compiled_for_another_loss():
    model = sequential(*(dense() for _ in range(10)))
    model.compile(loss="mse", optimizer="sgd")
    return model


DEEP = [sigmoid_by_other_names, as_the_lesson_builds, first_layer_as_keras_draws_it, uniform,
        orthogonal, one_initialiser_for_all, set_by_hand,
        balanced_chain, twelve_with_a_function_of_keras, softmax_behind, compiled_for_another_loss]  # fmt: skip


@pytest.mark.parametrize("make", DEEP)
def test_any_deep_sigmoid_model_whose_first_layer_learns_is_right(make):
    for seed in range(2):
        keras.utils.set_random_seed(seed)
        assert is_right(activations.q4, make())


def test_solution_passes_from_any_start():
    for seed in range(10):
        keras.utils.set_random_seed(seed)
        assert is_right(activations.q4, *activations.q4.solved())


def test_praise_names_the_ratio_that_the_lesson_measures_and_warns_of_more_than_1():
    keras.utils.set_random_seed(0)
    model = as_the_lesson_builds(stddev=2)
    model.compile(loss="sparse_categorical_crossentropy")
    (digits, labels), _ = load_mnist()
    first, *_, last, _ = gradient_norms(model, digits[:256].reshape(256, 784) / 255, labels[:256]).values()
    message = activations.q4.judge(model).message
    assert first > last
    assert f"gradient is {first / last:.2g} times the last one's. More than 1 is not better" in message
    assert "More than 1" not in activations.q4.judge(as_the_lesson_builds()).message


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = [dense() for _ in range(10)]
        self.last = dense("softmax", units=10)

    def call(self, signal):
        for layer in self.hidden:
            signal = layer(signal)
        return self.last(signal)


def subclassed():
    model = Subclassed()
    model(np.zeros((1, 784)))
    return model


def with_functions():
    signal = inputs = keras.Input((784,))
    for _ in range(10):
        signal = keras.ops.relu(dense(None)(signal))
    return keras.Model(inputs, keras.layers.Dense(10, "softmax")(signal))


def added_by_plus():
    inputs = keras.Input((784,))
    signal = dense()(inputs)
    for _ in range(10):
        signal = signal + dense()(signal)
    return keras.Model(inputs, keras.layers.Dense(10, "softmax")(signal))


def of_its_own_making():
    return sequential(*(dense(lambda x: 4 / (1 + keras.ops.exp(-x))) for _ in range(10)))


@pytest.mark.parametrize(
    "make, phrase",
    [
        (lambda: as_the_lesson_builds(stddev=0.3), "the gradient fades on its way back"),
        (lambda: as_the_lesson_builds(depth=9), "it has 9 hidden layers"),
        (lambda: sequential(), "it has 0 hidden layers"),
        (lambda: sequential(dense(), keras.layers.Activation("sigmoid")), "Activation is not among"),
        (lambda: sequential(dense(), keras.layers.Dropout(0.1)), "Dropout is not among"),
        (lambda: sequential(dense(), keras.layers.LayerNormalization()), "LayerNormalization is not among"),
        (lambda: sequential(*(dense("hard_sigmoid") for _ in range(10))), "has the activation hard_sigmoid"),
        (lambda: sequential(dense(keras.layers.ReLU())), "has the activation ReLU"),
        (of_its_own_making, "has the activation <lambda>"),
        (with_functions, "is not among"),
        (added_by_plus, "Add is not among"),
        (subclassed, "build it by keras.Sequential"),
        (lambda: keras.Sequential([keras.Input((784,)), keras.layers.Softmax()]), "10 probabilities"),
    ],
)
def test_deep_model_that_only_looks_right_is_wrong(make, phrase):
    keras.utils.set_random_seed(0)
    kind, message = judged(activations.q4, make())
    assert kind == "wrong"
    assert phrase in message


def test_judging_a_model_leaves_it_and_what_is_random_as_they_were():
    keras.utils.set_random_seed(0)
    model = as_the_lesson_builds()
    model.compile(loss="mse", optimizer="sgd")
    before = [variable.numpy().copy() for variable in model.variables]
    names = keras.layers.Dense(1).name, keras.Sequential().name
    keras.utils.set_random_seed(1)
    expected = keras.random.uniform((3,)).numpy()

    keras.utils.set_random_seed(1)
    assert is_right(activations.q4, model)
    assert np.array_equal(keras.random.uniform((3,)), expected)
    assert all(np.array_equal(value, variable) for value, variable in zip(before, model.variables))
    assert model.loss == "mse"
    numbers = [int(name.rpartition("_")[2]) for name in (*names, keras.layers.Dense(1).name, keras.Sequential().name)]
    assert numbers[2:] == [number + 1 for number in numbers[:2]]


# 3.5


def through_submodels(model, x):
    depths = range(1, len(model.layers))
    return [np.mean(keras.Sequential(model.layers[:depth])(x).numpy().max(axis=0) == 0) for depth in depths]


def through_outputs(model, x):
    hidden = keras.Model(model.inputs, [layer.output for layer in model.layers[:-1]])
    return tuple(sum(not column.any() for column in np.array(each).T) / each.shape[1] for each in as_list(hidden(x)))


def as_list(answers):
    return answers if isinstance(answers, list) else [answers]


def by_hand(model, x):
    shares = []
    for weights, bias in [layer.get_weights() for layer in model.layers]:
        x = np.maximum(x @ weights + bias, 0)
        shares.append(1 - np.count_nonzero(x.sum(axis=0)) / len(x[0]))
    return np.array(shares[:-1])


def in_keras(model, x):
    *hidden, _ = model.layers
    shares = []
    for layer in hidden:
        x = layer(x)
        shares.append(keras.ops.mean(keras.ops.cast(keras.ops.all(x <= 0, axis=0), "float32")))
    return shares


def taking_the_model_apart(model, x):
    shares = []
    while len(model.layers) > 1:
        model.pop()
        shares.insert(0, float(np.mean(np.max(model(x), axis=0) <= 0)))
    return shares


@pytest.mark.parametrize("dead_shares", [through_submodels, through_outputs, by_hand, in_keras, taking_the_model_apart])
def test_any_way_to_count_the_dead_is_right(dead_shares):
    assert is_right(activations.q5, dead_shares)


def test_counting_the_dead_leaves_the_names_of_keras_as_they_were():
    names = keras.layers.Dense(1).name, keras.Sequential().name
    assert is_right(activations.q5, in_keras)
    numbers = [int(name.rpartition("_")[2]) for name in (*names, keras.layers.Dense(1).name, keras.Sequential().name)]
    assert numbers[2:] == [number + 1 for number in numbers[:2]]


def test_forgetting_the_biases_is_noticed():
    def without_biases(model, x):
        shares = []
        for layer in model.layers[:-1]:
            x = np.maximum(x @ layer.kernel.numpy(), 0)
            shares.append((x == 0).all(axis=0).mean())
        return shares

    assert activations.q5.judge(without_biases).kind == "wrong"
