"""The exercises of lessons 02 and 03: answers of another kind are right too, and the checks disturb nothing."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import example, given
from hypothesis import strategies as st

from helpers.exercises import activations, gradient_descent


def judged(exercise, *values):
    outcome = exercise.judge(*values)
    return outcome.kind, outcome.message


def is_right(exercise, *values):
    kind, message = judged(exercise, *values)
    assert kind == "right", message
    return True


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
@example(0.977)
@example(0.98)
def test_learning_rate_is_right_if_the_loss_after_50_steps_is_below_005(learning_rate):
    along = (1 - learning_rate / 10) ** 50, (1 - 2 * learning_rate) ** 50
    loss = (-7 * along[0]) ** 2 / 20 + (2 * along[1]) ** 2
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
    return tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=1).batch(size)


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


@pytest.mark.parametrize("factor, right", [(0.00097, True), (1 / 1024, True), (0.00095, False), (0.001, False)])
def test_factor_may_be_rounded_to_one_percent(factor, right):
    assert (activations.q1.judge(factor).kind == "right") == right


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
          "SparseCategoricalCrossentropy"]  # fmt: skip
OF_CLASSES = {"categorical_crossentropy", "SparseCategoricalCrossentropy"}
RIGHT = {
    "house_price": {*itertools.product([1], [None, "linear", "relu"], ["mse", "MeanAbsoluteError"])},
    "spam": {(1, "sigmoid", "binary_crossentropy"), *itertools.product([2], ["softmax"], OF_CLASSES)},
    "digit": {*itertools.product([10], ["softmax"], OF_CLASSES)},
}


@pytest.mark.parametrize("task", RIGHT)
def test_of_all_output_layers_the_fitting_ones_are_right(task):
    solution = dict(zip(RIGHT, activations.q3.solved()))
    layers = itertools.product([1, 2, 3, 10], ACTIVATIONS, LOSSES)
    kinds = {layer: activations.q3.judge(*(solution | {task: layer}).values()).kind for layer in layers}
    assert {layer for layer, kind in kinds.items() if kind == "right"} == RIGHT[task]
    assert set(kinds.values()) == {"right", "wrong"}


def test_output_layer_may_be_a_list_and_dots_in_it_are_not_tried():
    price, spam, digit = map(list, activations.q3.solved())
    assert is_right(activations.q3, price, spam, digit)
    assert activations.q3.judge(price, (1, ..., ...), digit).kind == "not tried"


# 3.4


def sequential(*hidden):
    return keras.Sequential([keras.Input((784,)), *hidden, keras.layers.Dense(10, activation="softmax")])


def dense(activation="relu", units=32):
    return keras.layers.Dense(units, activation=activation)


def plain(activation, depth=10):
    return sequential(*(dense(activation) for _ in range(depth)))


def tapering():
    return sequential(*(dense(units=units) for units in (512, 256, 128, 64, 32, 32, 16, 16, 16, 16, 16, 16)))


def activations_as_layers():
    kinds = [keras.layers.LeakyReLU, keras.layers.PReLU, keras.layers.ELU, lambda: keras.layers.Activation("tanh")]
    return sequential(*(layer for place in range(12) for layer in (dense(None), kinds[place % 4]())))


def normalised_sigmoid():
    hidden = []
    for _ in range(10):
        hidden += [dense(None), keras.layers.BatchNormalization(), keras.layers.Activation("sigmoid")]
        hidden += [keras.layers.Dropout(0.1)]
    return sequential(*hidden)


def with_skips():
    inputs = keras.Input((784,))
    signal = dense()(inputs)
    for _ in range(10):
        signal = keras.layers.Add()([signal, dense("sigmoid")(signal)])
    return keras.Model(inputs, dense("softmax", units=10)(signal))


def with_functions():
    signal = inputs = keras.Input((784,))
    for _ in range(10):
        signal = keras.ops.relu(dense(None)(signal))
    return keras.Model(inputs, keras.ops.softmax(dense(None, units=10)(signal)))


def nested():
    blocks = [
        keras.Sequential([keras.Input((inputs,)), *(dense("tanh") for _ in range(5))], name=name)
        for inputs, name in [(784, "near"), (32, "far")]
    ]
    return sequential(*blocks)


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = [dense("elu") for _ in range(10)]
        self.last = dense("softmax", units=10)

    def call(self, signal):
        for layer in self.hidden:
            signal = layer(signal)
        return self.last(signal)


def subclassed():
    model = Subclassed()
    model(np.zeros((1, 784)))
    return model


def compiled_for_another_loss():
    model = plain("selu")
    model.compile(loss="mse", optimizer="sgd")
    return model


DEEP = [tapering, activations_as_layers, normalised_sigmoid, with_skips, with_functions, nested, subclassed,
        compiled_for_another_loss]  # fmt: skip


@pytest.mark.parametrize("make", DEEP)
def test_any_deep_model_whose_first_layer_learns_is_right(make):
    for seed in range(2):
        keras.utils.set_random_seed(seed)
        assert is_right(activations.q4, make())


@pytest.mark.parametrize("activation", ["relu", "tanh", "elu", "selu", "gelu", "leaky_relu", "softsign"])
def test_twenty_layers_are_right_too(activation):
    keras.utils.set_random_seed(0)
    assert is_right(activations.q4, plain(activation, depth=20))


def half_sigmoid():
    return sequential(*(dense("sigmoid" if place % 2 else "relu") for place in range(10)))


def one_linear():
    return sequential(*(dense("relu") for _ in range(9)), dense(None))


def two_linear_layers_normalised():
    return sequential(*(dense() for _ in range(8)), dense(None), keras.layers.BatchNormalization(), dense(None))


@pytest.mark.parametrize(
    "make, phrase",
    [
        (half_sigmoid, "the gradient fades on its way back"),
        (one_linear, "9 of its 10 hidden layers have an activation"),
        (two_linear_layers_normalised, "8 of its 10 hidden layers have an activation"),
        (lambda: plain("relu", depth=0), "it has 0 hidden layers"),
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
    model = normalised_sigmoid()
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


@pytest.mark.parametrize(
    "dead_share",
    [
        lambda outputs: np.mean(outputs.max(axis=0) == 0),
        lambda outputs: sum(not column.any() for column in outputs.T) / outputs.shape[1],
        lambda outputs: 1 - np.count_nonzero(outputs.sum(axis=0)) / len(outputs[0]),
        lambda outputs: keras.ops.mean(keras.ops.cast(keras.ops.all(outputs <= 0, axis=0), "float32")),
    ],
    ids=range(4),
)
def test_any_way_to_count_the_dead_is_right(dead_share):
    assert is_right(activations.q5, dead_share)
