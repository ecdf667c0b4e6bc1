"""progress(): one displayed line, changed during a real training, gone at its end; and every layer's gradient."""

import random
import types

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import helpers.training
from helpers.training import gradient_norms, layer_gradients, progress, root_mean_square


@pytest.fixture
def model():
    import keras

    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(loss="mse", optimizer="sgd", metrics=["mae"])
    return model


@pytest.fixture
def clock(monkeypatch):
    """The times that progress() reads, in order; a list to fill."""
    times = []
    monkeypatch.setattr(helpers.training, "time", types.SimpleNamespace(monotonic=lambda: times.pop(0)))
    return times


def fit(model, epochs, *callbacks):
    points = np.linspace(0, 1, 8, dtype="float32").reshape(4, 2)
    return model.fit(points, points[:, :1], epochs=epochs, verbose=0, callbacks=list(callbacks)).history


def watch(shown, lines):
    """A callback that keeps the lines the displayed widget shows, from the moment it is displayed."""
    import keras

    def begin(logs=None):
        shown.widgets[-1].observe(lambda change: lines.append(change["new"]), names="value")

    return keras.callbacks.LambdaCallback(on_train_begin=begin)


def test_line_appears_once_is_updated_and_is_empty_at_the_end(shown, model, capfd, clock):
    clock.extend(range(100, 120))  # every epoch takes its time
    lines = []
    history = fit(model, 3, progress("a <net>"), watch(shown, lines))
    assert len(shown.bundles) == 1
    assert shown.bundles[0]["text/plain"] == ""
    epochs, results = zip(*(line.split(", ", 1) for line in lines[:-1]), strict=True)
    assert epochs == tuple(f"a &lt;net&gt;: epoch {epoch} of 3" for epoch in (1, 2, 3))
    expected = zip(history["loss"], history["mae"], strict=True)
    assert [set(line.split(", ")) for line in results] == [{f"loss {a:.3f}", f"mae {b:.3f}"} for a, b in expected]
    assert len(set(results)) == 3
    assert lines[-1] == shown.widgets[0].value == ""
    assert capfd.readouterr() == ("", "")


def test_line_is_updated_at_most_ten_times_a_second(shown, model, clock):
    clock.extend([100.0, 100.0, 100.05, 100.11, 100.11, 100.2, 100.22, 100.22])
    lines = []
    fit(model, 5, progress(), watch(shown, lines))
    assert [line.split(",")[0] for line in lines] == [
        "training: epoch 1 of 5", "training: epoch 3 of 5", "training: epoch 5 of 5", "",
    ]  # fmt: skip


def test_callback_serves_a_second_training(shown, model):
    callback, lines = progress(), []
    fit(model, 1, callback)
    fit(model, 1, callback, watch(shown, lines))
    assert len(shown.bundles) == 2
    assert lines[0].startswith("training: epoch 1 of 1") and lines[-1] == ""


def test_a_metric_that_is_no_single_number_is_left_out(shown):
    import keras

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation="softmax")])
    model.compile(loss="categorical_crossentropy", metrics=[keras.metrics.F1Score()])
    lines, callback = [], progress()
    model.fit(np.eye(2), np.eye(3)[:2], verbose=0, callbacks=[callback, watch(shown, lines)])
    assert "loss" in lines[0] and "f1_score" not in lines[0]


# Gradients

FUNCTIONS = {
    "linear": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "elu": lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True),
}

networks = st.fixed_dictionaries(
    dict(
        sizes=st.lists(st.integers(1, 4), min_size=1, max_size=4).map(lambda sizes: [*sizes, 2]),
        activation=st.sampled_from(["sigmoid", "tanh", "relu", "elu"]),
        loss=st.sampled_from(["mse", "sparse_categorical_crossentropy"]),
        samples=st.integers(1, 5),
        seed=st.integers(0, 99),
    )
)


def dense_network(sizes, activation, loss, samples, seed):
    """A float64 model with random weights, a batch for it, and the names of the layers' functions."""
    import keras

    draw = np.random.default_rng(seed)
    functions = [activation] * (len(sizes) - 2) + ["linear" if loss == "mse" else "softmax"]
    layers = [keras.layers.Dense(*layer, dtype="float64") for layer in zip(sizes[1:], functions, strict=True)]
    model = keras.Sequential([keras.Input(sizes[:1], dtype="float64"), *layers])
    model.set_weights([draw.normal(size=weights.shape) for weights in model.get_weights()])
    kind = keras.losses.MeanSquaredError if loss == "mse" else keras.losses.SparseCategoricalCrossentropy
    model.compile(loss=kind(dtype="float64"), optimizer="sgd")
    x = draw.normal(size=(samples, sizes[0]))
    y = draw.normal(size=(samples, sizes[-1])) if loss == "mse" else draw.integers(sizes[-1], size=samples)
    return model, x, y, functions


def loss_by_hand(weights, functions, loss, x, y):
    for kernel, bias, function in zip(weights[::2], weights[1::2], functions, strict=True):
        x = FUNCTIONS[function](x @ kernel + bias)
    return np.mean((x - y) ** 2) if loss == "mse" else -np.log(x[np.arange(len(y)), y]).mean()


def numeric_gradient(function, values, h=1e-6):
    """Central differences of function() with respect to `values`, which it reads."""
    gradient = np.empty_like(values)
    for place in np.ndindex(values.shape):
        kept = values[place]
        values[place] = kept + h
        above = function()
        values[place] = kept - h
        gradient[place] = (above - function()) / (2 * h)
        values[place] = kept
    return gradient


@given(networks)
def test_gradients_are_the_central_differences_of_the_loss(network):
    model, x, y, functions = dense_network(**network)
    weights = model.get_weights()
    gradients = layer_gradients(model, x, y)
    assert list(gradients) == [layer.name for layer in model.layers]
    for gradient, kernel in zip(gradients.values(), weights[::2], strict=True):
        expected = numeric_gradient(lambda: loss_by_hand(weights, functions, network["loss"], x, y), kernel)
        assert gradient.dtype == np.float64 and gradient.shape == kernel.shape
        np.testing.assert_allclose(gradient, expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max() + 1e-9)


@given(networks)
def test_gradients_are_those_of_a_tape_over_plain_tensorflow(network):
    import tensorflow as tf

    model, x, y, functions = dense_network(**network)
    weights = [tf.Variable(values) for values in model.get_weights()]
    with tf.GradientTape() as tape:
        answer = tf.constant(x)
        for kernel, bias, function in zip(weights[::2], weights[1::2], functions, strict=True):
            total = tf.linalg.matmul(answer, kernel) + bias
            answer = total if function in ("linear", "softmax") else getattr(tf.nn, function)(total)
        if network["loss"] == "mse":
            loss = tf.reduce_mean((answer - y) ** 2)
        else:
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, answer))
    expected = tape.gradient(loss, weights[::2])
    for gradient, by_hand in zip(layer_gradients(model, x, y).values(), expected, strict=True):
        np.testing.assert_allclose(gradient, by_hand, rtol=1e-9, atol=1e-12)


def everything(seed=0):
    """A compiled model with convolution, a model within the model, dropout, normalisation, a penalty and a batch."""
    import keras

    keras.utils.set_random_seed(seed)
    layers = keras.Input((36,)), keras.layers.Dense(6, "tanh", name="dense"), keras.layers.BatchNormalization()
    inner = keras.Sequential(layers, name="inner")
    model = keras.Sequential([
        keras.Input((8, 8, 1)),
        keras.layers.Conv2D(1, 3, name="conv"),
        keras.layers.Flatten(),
        inner,
        keras.layers.Dropout(0.5),
        keras.layers.Dense(5, "relu", kernel_regularizer=keras.regularizers.L2(0.1), name="dense"),
        keras.layers.Dense(3, "softmax", name="output"),
    ])  # fmt: skip
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.SGD(1.0), metrics=["accuracy"])
    draw = np.random.default_rng(seed)
    return model, draw.normal(size=(16, 8, 8, 1)).astype("float32"), draw.integers(3, size=16)


def same_values(before, model):
    return all(map(np.array_equal, before, [variable.numpy() for variable in model.variables]))


def test_gradients_are_the_steps_that_fit_takes():
    model, x, y = everything()
    kernels = {
        "conv": model.get_layer("conv").kernel,
        "inner/dense": model.get_layer("inner").get_layer("dense").kernel,
        "dense": model.get_layer("dense").kernel,
        "output": model.get_layer("output").kernel,
    }
    before = {name: kernel.numpy() for name, kernel in kernels.items()}
    gradients = layer_gradients(model, x, y)
    assert list(gradients) == list(kernels)
    model.fit(x, y, batch_size=len(x), shuffle=False, verbose=0)
    for name, kernel in kernels.items():
        step = before[name] - kernel.numpy()
        assert np.abs(step).max() > 1e-3
        np.testing.assert_allclose(gradients[name], step, atol=1e-6)


def test_model_and_random_state_are_left_as_they_were():
    import keras

    (measured, x, y), (other, _, _) = everything(), everything()
    layer_gradients(other, x, y)  # the first call of all may set up things
    other = everything()[0]
    before = [variable.numpy().copy() for variable in measured.variables]
    states = random.getstate(), np.random.get_state()[1].tolist()
    first, second = layer_gradients(measured, x, y), layer_gradients(measured, x, y)
    assert all(np.array_equal(first[name], second[name]) for name in first)
    assert states == (random.getstate(), np.random.get_state()[1].tolist())
    assert same_values(before, measured)
    for model in (measured, other):
        keras.utils.set_random_seed(5)
        model.fit(x, y, epochs=2, batch_size=4, verbose=0)
    assert all(map(np.array_equal, measured.get_weights(), other.get_weights()))


def test_model_is_left_as_it_was_when_the_labels_do_not_fit():
    model, x, y = everything()
    before = [variable.numpy().copy() for variable in model.variables]
    with pytest.raises(ValueError, match="y has shape"):
        layer_gradients(model, x, y + 1)
    assert same_values(before, model)


def test_frozen_layer_has_its_gradient_too():
    model, x, y = everything()
    expected = layer_gradients(model, x, y)["conv"]
    model.get_layer("conv").trainable = False
    assert np.array_equal(layer_gradients(model, x, y)["conv"], expected) and expected.any()


def test_layer_cut_off_from_the_loss_has_gradient_zero():
    import keras

    inputs = keras.Input((2,))
    cut = keras.ops.stop_gradient(keras.layers.Dense(3, name="early")(inputs))
    model = keras.Model(inputs, keras.layers.Dense(1, name="late")(cut))
    model.compile(loss="mse")
    gradients = layer_gradients(model, np.ones((4, 2)), np.ones(4))
    assert np.array_equal(gradients["early"], np.zeros((2, 3))) and gradients["late"].any()


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float64", "bool"])
def test_any_number_dtype_will_do(model, dtype):
    x, y = np.array([[0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1])
    expected = layer_gradients(model, x.astype("float32"), y.astype("float32"))
    given = layer_gradients(model, x.astype(dtype), y.astype(dtype).tolist())
    assert given.keys() == expected.keys()
    for name in expected:
        np.testing.assert_allclose(given[name], expected[name], rtol=1e-6)


def bad_models():
    import keras

    dense = keras.layers.Dense(1)
    yield "no model", "dense", "model is of type str; allowed is a Keras model"
    yield "no weights", keras.Sequential([dense]), "no weights yet"
    yield "not compiled", keras.Sequential([keras.Input((2,)), dense]), "model.compile"
    without_loss = keras.Sequential([keras.Input((2,)), dense])
    without_loss.compile(optimizer="sgd")
    yield "no loss", without_loss, "model.compile"


@pytest.mark.parametrize("number", range(4))
def test_model_that_has_no_gradient_is_refused(number):
    _, model, words = list(bad_models())[number]
    with pytest.raises(ValueError, match=words):
        layer_gradients(model, np.ones((4, 2)), np.ones(4))


@pytest.mark.parametrize(
    "x, y, words",
    [
        (np.ones((4, 2)), np.ones(3), "x has 4 samples and y has 3"),
        (np.ones((0, 2)), np.ones(0), r"x has .* shape \(0, 2\)"),
        (np.ones((4, 3)), np.ones(4), r"x has shape \(4, 3\); the model takes \(None, 2\)"),
        (np.ones((4, 2, 2)), np.ones(4), r"x has shape \(4, 2, 2\)"),
        (np.ones(2), np.ones(2), r"x has shape \(2,\)"),
        ("text", np.ones(4), "x has dtype <U4"),
        (np.ones((4, 2)), None, "y has dtype object"),
        (np.ones((4, 2)), ["a"] * 4, "y has dtype <U1"),
        (np.ones((4, 2)), np.ones((4, 3, 3)), r"y has shape \(4, 3, 3\)"),
    ],
)
def test_batch_that_does_not_fit_is_refused(model, x, y, words):
    with pytest.raises(ValueError, match=words):
        layer_gradients(model, x, y)


def test_several_outputs_and_numbers_the_model_cannot_take_are_refused():
    import keras

    inputs = keras.Input((1,))
    words = keras.Sequential([inputs, keras.layers.Embedding(5, 3), keras.layers.Flatten(), keras.layers.Dense(1)])
    words.compile(loss="mse")
    with pytest.raises(ValueError, match=r"x has shape \(4, 1\) and values from 99 to 99; the model cannot take them"):
        layer_gradients(words, np.full((4, 1), 99), np.ones(4))
    two = keras.Model(inputs, [keras.layers.Dense(1)(inputs), keras.layers.Dense(1)(inputs)])
    two.compile(loss="mse")
    with pytest.raises(ValueError, match="model answers with a list; allowed is a model with one output"):
        layer_gradients(two, np.ones((4, 1)), np.ones(4))


def test_labels_outside_the_classes_are_refused():
    model, x, y = everything()
    with pytest.raises(ValueError, match=r"values from 0 to 3; .* output of shape \(16, 3\)"):
        layer_gradients(model, x, np.arange(16) % 4)


def test_norm_is_the_root_of_the_mean_square():
    model, x, y = everything()
    gradients = layer_gradients(model, x, y)
    expected = {name: pytest.approx(np.sqrt((g**2).mean()), rel=1e-5) for name, g in gradients.items()}
    assert gradient_norms(model, x, y) == expected


def test_norm_of_repeated_weights_is_the_same_and_tiny_ones_do_not_vanish():
    values = np.float32([[3e-30, -4e-30], [0, 0]])
    assert root_mean_square(values) == pytest.approx(2.5e-30)
    assert root_mean_square(np.tile(values, (3, 5))) == pytest.approx(2.5e-30)
    assert root_mean_square(np.zeros((2, 3), "float32")) == 0
