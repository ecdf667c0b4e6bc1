"""The labs of lesson 03: the activation explorer against Keras, the gradient flow against other ways to measure."""

import inspect
import random
import re

import numpy as np
import pytest
from driving import move, points, sentence
from hypothesis import given
from hypothesis import strategies as st

from helpers.datasets import digit_batch
from helpers.labs import activations
from helpers.labs.activations import ACTIVATIONS, DEPTH, activation_explorer, gradient_flow
from helpers.training import gradient_norms, layer_gradients

# Activation explorer


def in_keras(name, x, negative_slope, alpha):
    """Keras's own values and TensorFlow's derivatives of an activation function at `x`."""
    import keras
    import tensorflow as tf

    parameters = {"leaky_relu": dict(negative_slope=negative_slope), "elu": dict(alpha=alpha)}.get(name, {})
    x = tf.constant(x, "float64")
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = getattr(keras.activations, name)(x, **parameters)
    return value.numpy(), tape.gradient(value, x).numpy()


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("negative_slope, alpha", [(0.01, 1), (0, 0.1), (0.3, 2), (1, 1)])
def test_functions_are_keras_own_and_derivatives_a_tapes(name, negative_slope, alpha):
    x = np.concatenate([np.linspace(-6, 6, 121), [0, -1e-9, 1e-9, -50, 50]])
    value, derivative = activations._function(name, x, negative_slope, alpha)
    expected, slope = in_keras(name, x, negative_slope, alpha)
    np.testing.assert_allclose(value, expected, rtol=1e-7, atol=1e-12)  # TensorFlow keeps the slope as float32
    np.testing.assert_allclose(derivative, slope, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_functions_neither_overflow_nor_warn_far_out(name):
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        value, derivative = activations._function(name, np.array([-1e300, -1e4, 1e4, 1e300]), 0.01, 1.0)
    assert np.isfinite(value).all() and np.isfinite(derivative).all()
    assert (derivative >= 0).all()


@given(
    activation=st.sampled_from(ACTIVATIONS),
    x=st.integers(-60, 60).map(lambda tenths: tenths / 10),
    negative_slope=st.integers(0, 100).map(lambda hundredths: hundredths / 100),
    alpha=st.integers(1, 20).map(lambda tenths: tenths / 10),
)
def test_explorer_marks_value_derivative_and_tangent(**chosen):
    lab = move(activation_explorer(), **chosen)
    expected, slope = in_keras(chosen["activation"], chosen["x"], chosen["negative_slope"], chosen["alpha"])
    assert lab.state["value"] == pytest.approx(float(expected), abs=1e-6)
    assert lab.state["derivative"] == pytest.approx(float(slope), abs=1e-6)
    np.testing.assert_allclose(points(lab, "value at x"), [[chosen["x"], expected]], atol=1e-6)
    np.testing.assert_allclose(points(lab, "derivative at x"), [[chosen["x"], slope]], atol=1e-6)
    (left, low), (right, high) = points(lab, "tangent")
    assert left < chosen["x"] < right
    assert (high - low) / (right - left) == pytest.approx(float(slope), abs=1e-6)
    assert low + (chosen["x"] - left) * slope == pytest.approx(float(expected), abs=1e-6)
    assert f"value {float(expected):z.3g}, derivative {float(slope):.3g}" in sentence(lab)


@pytest.mark.parametrize("chosen", ACTIVATIONS)
def test_explorer_draws_the_chosen_curve_thick_and_those_with_a_parameter_anew(chosen):
    lab = move(activation_explorer(), activation=chosen, negative_slope=0.4, alpha=1.7)
    for number, part in enumerate(("value", "derivative")):
        thick = points(lab, f"{part} chosen")
        np.testing.assert_allclose(thick[:, 1], in_keras(chosen, thick[:, 0], 0.4, 1.7)[number], atol=1e-6)
        for name in ("leaky_relu", "elu"):
            thin = points(lab, f"{part} {name}")
            np.testing.assert_allclose(thin[:, 1], in_keras(name, thin[:, 0], 0.4, 1.7)[number], atol=1e-6)
        lines = {line.get_label(): line for line in lab.figure.figure.axes[number].lines}
        thin = lines["sigmoid"].get_data()
        np.testing.assert_allclose(thin[1], in_keras("sigmoid", thin[0], 0, 1)[number], atol=1e-6)
        assert lab.figure[f"{part} chosen"].get_linewidth() > 2 * lines["sigmoid"].get_linewidth()
        assert lab.figure[f"{part} chosen"].get_color() == lines[chosen].get_color()


@pytest.mark.parametrize(
    "condition, values",
    [
        ("saturated", dict(activation="sigmoid", x=4.4)),
        ("active", dict(activation="sigmoid", x=4.3)),
        ("saturated", dict(activation="sigmoid", x=-4.4)),
        ("saturated", dict(activation="tanh", x=-2.2)),
        ("active", dict(activation="tanh", x=-2.1)),
        ("active", dict(activation="relu", x=0.1)),
        ("blocked", dict(activation="relu", x=0)),
        ("blocked", dict(activation="relu", x=-6)),
        ("leaking", dict(activation="leaky_relu", x=-6)),
        ("blocked", dict(activation="leaky_relu", x=-6, negative_slope=0)),
        ("active", dict(activation="leaky_relu", x=-6, negative_slope=1)),
        ("active", dict(activation="leaky_relu", x=6)),
        ("saturated", dict(activation="elu", x=-3)),
        ("active", dict(activation="elu", x=-2.9)),
        ("saturated", dict(activation="elu", x=-6, alpha=2)),
        ("active", dict(activation="elu", x=6)),
    ],
)
def test_explorer_says_whether_the_unit_still_learns(condition, values):
    lab = move(activation_explorer(), **values)
    assert lab.state["condition"] == condition
    assert condition in lab.figure["at x"]._text
    assert condition in sentence(lab).lower()


def test_slopes_said_to_be_keras_defaults_are():
    import keras

    default = {
        "LeakyReLU": inspect.signature(keras.layers.LeakyReLU).parameters["negative_slope"].default,
        "leaky_relu": inspect.signature(keras.activations.leaky_relu).parameters["negative_slope"].default,
        "ELU": inspect.signature(keras.layers.ELU).parameters["alpha"].default,
        "elu": inspect.signature(keras.activations.elu).parameters["alpha"].default,
    }
    lab = move(activation_explorer(), activation="leaky_relu")
    words = lab.figure["keras"]._text
    assert f"if not given: {default['LeakyReLU']:g}" in words
    assert f'activation="leaky_relu" {default["leaky_relu"]:g}' in words
    assert default["ELU"] == default["elu"]
    assert f'activation="elu": {default["elu"]:g}' in move(lab, activation="elu").figure["keras"]._text


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_code_that_the_explorer_names_is_that_function(name):
    import keras

    lab = move(activation_explorer(), activation=name, negative_slope=0.07, alpha=0.6, x=-1.5)
    code = re.match(r"Keras: activation=([^;]*)", lab.figure["keras"]._text)[1]
    function = keras.activations.get(eval(code, {"keras": keras}))
    assert float(function(np.float32(-1.5))) == pytest.approx(lab.state["value"], rel=1e-5)


# Gradient flow


@pytest.fixture(scope="module")
def batch():
    pictures, labels = digit_batch()
    return pictures[:64], labels[:64]


def compiled(*layers, inputs=(784,)):
    """A Sequential model of these layers with a loss, its weights drawn from one seed."""
    import keras

    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input(inputs), *layers])
    model.compile(loss="sparse_categorical_crossentropy", optimizer="sgd")
    return model


def dense(*layers):
    import keras

    return compiled(*(keras.layers.Dense(*layer) for layer in layers))


def bars(lab, name="bars"):
    """Left edge, right edge and height of every bar drawn: (n, 3)."""
    corners = lab.figure[name].get_xy()[1:-1].reshape(-1, 4, 2)  # without the outline's beginning and end
    return np.stack([corners[:, :, 0].min(1), corners[:, :, 0].max(1), corners[:, :, 1].max(1)], axis=1)


def axis(lab):
    """Powers of ten at the foot and at the top of the bars' axis, read from its labels."""
    digits = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    texts = [lab.figure[f"power {number}"]._text for number in range(7)]
    powers = [0 if text == "1" else int(text.removeprefix("10").translate(digits)) for text in texts if text]
    assert powers == list(range(powers[0], powers[-1] + 1, powers[1] - powers[0]))
    return powers[0], powers[-1]


def assert_drawn_is_finite(lab):
    for name in ("bars", "histogram"):
        assert np.isfinite(bars(lab, name)).all()
    for name in ("theory", "no bar", "saturated", "dead"):
        assert np.isfinite(points(lab, name)).all()
    words = [part._text for part in lab.figure._artists.values() if hasattr(part, "_text")]
    assert not any("nan" in text or "inf" in text for text in words)


@pytest.mark.parametrize(
    "initialiser, kind, parameters",
    [
        ("glorot_uniform (default)", "GlorotUniform", {}),
        ("he_normal", "HeNormal", {}),
        ("random_normal 0.05", "RandomNormal", {}),  # Keras's own default is 0.05
        ("random_normal 1", "RandomNormal", dict(stddev=1.0)),
    ],
)
def test_settings_give_the_keras_model_of_that_name(initialiser, kind, parameters):
    import keras

    sizes = dict(enumerate([10, 16, 16, 16]))
    initialisers = {seed: getattr(keras.initializers, kind)(**parameters, seed=seed) for seed in sizes}
    model = compiled(
        *(keras.layers.Dense(16, "leaky_relu", kernel_initializer=initialisers[seed]) for seed in (1, 2, 3)),
        keras.layers.Dense(10, "softmax", kernel_initializer=initialisers[0]),
    )
    lab = move(gradient_flow(), depth=3, units=16, activation="leaky_relu", initialiser=initialiser)
    expected = list(gradient_norms(model, *digit_batch()).values())
    np.testing.assert_allclose(lab.state["gradient"], expected, rtol=1e-5)
    assert lab.state["units"] == [16, 16, 16] and lab.state["functions"] == ["leaky_relu"] * 3


def test_sigmoid_is_in_the_lab_as_the_lesson_tells_it():
    lab = move(gradient_flow(), activation="sigmoid", depth=1)
    assert lab.state["gradient"][0] == pytest.approx(lab.state["gradient"][-1] / 15, rel=0.05)
    first, *_, last = move(lab, depth=10).state["own_spans"]
    assert first == pytest.approx((0.14, 0.87), abs=0.005) and last == pytest.approx((0.24, 0.76), abs=0.005)


def test_sigmoid_starves_the_first_layer_and_relu_does_not():
    lab = gradient_flow()
    sigmoid = move(lab, activation="sigmoid").state["gradient"]
    relu = move(lab, activation="relu").state["gradient"]
    assert sigmoid[0] < 1e-5 * sigmoid[-1]
    assert relu[0] > 0.01 * relu[-1]


def test_gradients_are_drawn_as_bars_on_the_axis_of_powers_of_ten():
    lab = move(gradient_flow(), depth=7)
    for show, key in (("gradient", "gradient"), ("gradient ÷ weights", "relative")):
        drawn, (bottom, top) = bars(move(lab, show=show)), axis(lab)
        np.testing.assert_allclose(bottom + drawn[:, 2] * (top - bottom), np.log10(lab.state[key]), atol=1e-6)
        assert (drawn[:, 0] < (np.arange(8) + 0.5) / 8).all() and (drawn[:, 1] > (np.arange(8) + 0.5) / 8).all()
        assert (drawn[1:, 0] > drawn[:-1, 1]).all()
        assert lab.figure["title"]._text == f"{show} of each layer"


def test_theory_is_a_quarter_for_each_sigmoid_and_for_sigmoid_only():
    lab = move(gradient_flow(), depth=5, activation="sigmoid")
    bottom, top = axis(lab)
    expected = np.log10(lab.state["gradient"][-2] * 0.25 ** np.array([4, 3, 2, 1, 0]))
    np.testing.assert_allclose(bottom + points(lab, "theory")[:, 1] * (top - bottom), expected, atol=1e-6)
    assert "0.25" in lab.figure["key"]._text
    assert len(points(move(lab, show="gradient ÷ weights"), "theory")) == 0
    assert len(points(move(lab, show="gradient", activation="tanh"), "theory")) == 0
    assert lab.figure["key"]._text == ""


@given(st.lists(st.one_of(st.floats(min_value=0), st.just(np.nan)), min_size=1, max_size=6))
def test_axis_holds_every_size_and_has_seven_ticks_at_most(values):
    powers = activations._powers(np.array(values))
    assert 2 <= len(powers) <= 7 and powers[0] <= -10 and powers[-1] >= 0
    drawn = [value for value in values if 0 < value < np.inf]
    assert all(powers[0] + 0.2 < np.log10(value) <= powers[-1] for value in drawn)


def test_layer_that_gets_nothing_is_marked_and_told():
    lab = move(gradient_flow(), depth=DEPTH, units=1, activation="relu")
    assert (lab.state["gradient"] == 0).all()
    assert len(bars(lab)) == 0
    np.testing.assert_allclose(points(lab, "no bar")[:, 0], (np.arange(21) + 0.5) / 21)
    assert lab.figure["key"]._text == "✕ exactly 0"
    assert "exactly 0 in every layer: nothing in this network can learn" in sentence(lab)


def test_layers_cut_off_by_a_dead_one_are_counted(batch):
    model = dense((8, "relu"), (8, "relu"), (8, "sigmoid"), (10, "softmax"))
    kernel, bias = model.layers[1].get_weights()
    model.layers[1].set_weights([np.abs(kernel), bias - 1e6])
    lab = gradient_flow(model, *batch)
    assert (lab.state["gradient"] == 0).tolist() == [True, True, True, False]
    assert lab.state["dead"].tolist() == [0, 1, 0]
    assert len(bars(lab)) == 1 and len(points(lab, "no bar")) == 3
    assert "exactly 0 in 3 of 4 layers: these cannot learn" in sentence(lab)


@pytest.mark.parametrize("units", [1, 128])
@pytest.mark.parametrize("initialiser", activations._INITIALISERS)
@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_what_is_drawn_is_finite_at_the_ends_of_the_range(activation, initialiser, units):
    lab = gradient_flow()
    for depth in (DEPTH, 1):
        move(lab, units=units, initialiser=initialiser, activation=activation, depth=depth)
        for layer in (depth, 1):
            assert_drawn_is_finite(move(lab, layer=layer))


def test_layer_goes_as_far_as_the_network_is_deep():
    lab = move(gradient_flow(), depth=15, layer=15)
    assert lab.controls["layer"].max == lab.state["layer"] == 15
    move(lab, depth=4)
    assert lab.controls["layer"].max == lab.controls["layer"].value == lab.state["layer"] == 4
    assert lab.figure["large"]._text == "layer 4: hidden_4"
    assert "Layer 4 of 4" in sentence(lab)


def test_view_controls_measure_nothing_again():
    lab = move(gradient_flow(), depth=6)
    measured = activations._measure_settings.cache_info().misses
    first = lab.state
    move(lab, layer=6, show="gradient ÷ weights")
    assert activations._measure_settings.cache_info().misses == measured
    assert first.keys() == lab.state.keys()
    assert [key for key in first if first[key] is not lab.state[key]] == ["layer", "show"]


def test_lab_goes_on_after_clear_session():
    import keras

    lab = move(gradient_flow(), depth=2)
    before = move(lab, depth=3, units=4).state["gradient"]
    keras.backend.clear_session()
    activations._measure_settings.cache_clear()
    assert np.array_equal(move(lab, depth=2, units=16).state["gradient"].shape, (3,))
    assert np.array_equal(move(lab, depth=3, units=4).state["gradient"], before)


def test_lab_leaves_the_lessons_random_state_and_names_alone(batch):
    import keras

    def train(with_lab):
        keras.backend.clear_session()
        keras.utils.set_random_seed(3)
        if with_lab:
            activations._hidden_layers.cache_clear()
            activations._measure_settings.cache_clear()
            states = random.getstate(), np.random.get_state()[1].tolist()
            lab = move(gradient_flow(), depth=4, units=16, activation="tanh", layer=2)
            lab.still()
            assert states == (random.getstate(), np.random.get_state()[1].tolist())
        model = keras.Sequential([keras.Input((784,)), keras.layers.Dense(8, "relu"), keras.layers.Dropout(0.5),
                                  keras.layers.Dense(10, "softmax")])  # fmt: skip
        model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
        model.fit(*batch, epochs=2, verbose=0)
        return [model.name, *(layer.name for layer in model.layers)], model.get_weights()

    (names, weights), (names_after_lab, weights_after_lab) = train(False), train(True)
    assert names == names_after_lab
    assert all(map(np.array_equal, weights, weights_after_lab))


# Gradient flow: the learner's own model


def test_own_model_leaves_only_the_controls_of_the_view(batch):
    lab = gradient_flow(dense((12, "tanh"), (7, "sigmoid"), (10, "softmax")), *batch)
    assert list(lab.controls) == ["layer", "show"]
    assert lab.controls["layer"].max == 2
    assert lab.state["units"] == [12, 7] and lab.state["functions"] == ["tanh", "sigmoid"]
    assert lab.error is None and lab.still()


def test_own_model_is_measured_right(batch):
    model = dense((12, "tanh"), (7, "sigmoid"), (10, "softmax"))
    model.layers[0].set_weights([10 * model.layers[0].kernel.numpy(), model.layers[0].bias.numpy()])
    x, y = batch
    lab = gradient_flow(model, x, y)
    gradients = layer_gradients(model, x, y)
    kernels = [layer.kernel.numpy().astype(float) for layer in model.layers]
    size = [np.sqrt(np.mean(gradient.astype(float) ** 2)) for gradient in gradients.values()]
    np.testing.assert_allclose(lab.state["gradient"], size, rtol=1e-6)
    np.testing.assert_allclose(lab.state["relative"], size / np.sqrt([np.mean(k**2) for k in kernels]), rtol=1e-6)
    assert lab.state["names"] == list(gradients)

    first = np.tanh(x @ kernels[0])
    second = 1 / (1 + np.exp(-first @ kernels[1]))
    flat = [np.mean(1 - first**2 < 0.05), np.mean(second * (1 - second) < 0.05 * 0.25)]
    assert flat[0] > 0.2
    np.testing.assert_allclose(lab.state["saturated"], flat, atol=0.005)
    for layer, answers in enumerate((first, second)):
        np.testing.assert_allclose(lab.state["own_spans"][layer], (answers.min(), answers.max()), atol=1e-5)
        for key, span in (("histograms", (-1, 1)), ("own_histograms", lab.state["own_spans"][layer])):
            counts, _ = np.histogram(answers, len(lab.state[key][layer]), span)
            assert np.abs(lab.state[key][layer] - counts / answers.size).sum() < 0.02
    assert lab.state["span"] == (-1, 1)
    expected = f"outputs saturated {lab.state['saturated'][0]:.0%}, units dead 0 of 12"
    assert expected in sentence(lab) and len(points(lab, "saturated")) == 2
    drawn = bars(move(lab, layer=2), "histogram")
    np.testing.assert_allclose(drawn[:, 2] / drawn[:, 2].sum(), lab.state["own_histograms"][1], atol=1e-9)


def test_dead_units_are_those_silent_for_every_sample(batch):
    model = dense((10, "relu"), (6, "relu"), (10, "softmax"))
    kernel, bias = model.layers[0].get_weights()
    model.layers[0].set_weights([np.abs(kernel), np.where(np.arange(10) < 3, -1e6, bias)])
    lab = gradient_flow(model, *batch)
    first, _ = lab.state["dead"]
    assert first == pytest.approx(0.3)
    assert "units dead 3 of 10" in sentence(lab) and lab.figure["dead number"]._text == "3 of 10"
    assert points(lab, "dead")[0].tolist() == pytest.approx([0.5 / 3, 0.3])
    assert np.isnan(lab.state["saturated"]).all() and lab.figure["saturated number"]._text == "–"
    assert len(points(lab, "saturated")) == 0


def test_a_unit_that_answers_one_sample_is_not_dead(batch):
    x, y = batch
    model = dense((2, "relu"), (10, "softmax"))
    kernel = np.zeros((784, 2), "float32")
    brightest = x.sum(axis=1).argmax()
    kernel[:, 0] = 1
    model.layers[0].set_weights([kernel, np.float32([-np.sort(x.sum(axis=1))[-2:].mean(), 0])])
    assert ((x @ kernel)[:, 0] + model.layers[0].bias.numpy()[0] > 0).nonzero()[0].tolist() == [brightest]
    assert gradient_flow(model, x, y).state["dead"].tolist() == [0.5]


def skipping():
    """A functional model with activations, normalisation and dropout as layers of their own, and two skips."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(2)
    inputs = keras.Input((784,))
    first = layers.Dense(9, "elu", name="first")(inputs)
    second = layers.BatchNormalization()(layers.Dense(9, name="second")(first))
    second = layers.Dropout(0.3)(layers.ReLU()(layers.Add()([first, second])))
    third = keras.activations.tanh(second + layers.Dense(9, name="third")(second))
    fourth = layers.LeakyReLU(negative_slope=0.01)(layers.Dense(8, name="fourth")(third))
    fifth = layers.Dense(5, activation=layers.LeakyReLU(negative_slope=0.01), name="fifth")(fourth)
    sixth = layers.Dense(4, name="sixth")(fifth)
    model = keras.Model(inputs, layers.Dense(10, "softmax", name="last")(sixth))
    model.compile(loss="sparse_categorical_crossentropy", optimizer="sgd")
    return model


def test_activation_is_found_behind_normalisation_and_skips(batch):
    lab = gradient_flow(skipping(), *batch)
    assert lab.state["names"] == ["first", "second", "third", "fourth", "fifth", "sixth", "last"]
    assert lab.state["functions"] == ["elu", "relu", "tanh", "leaky_relu", "leaky_relu", "linear"]
    assert lab.state["units"] == [9, 9, 9, 8, 5, 4]
    lows = [low for low, _ in lab.state["own_spans"]]
    assert lows[1] == 0 and lows[0] < 0 and -1 <= lows[2] < 0  # after relu, elu and tanh, not before


def test_normalisation_works_as_in_training(batch):
    from keras import layers

    x, y = batch
    model = compiled(
        layers.Dense(6), layers.BatchNormalization(), layers.Activation("tanh"), layers.Dense(10, "softmax")
    )
    model.layers[0].set_weights([model.layers[0].kernel.numpy(), np.full(6, 50, "float32")])
    lab = gradient_flow(model, x, y)
    assert lab.state["own_spans"][0][0] < -0.5 < 0.5 < lab.state["own_spans"][0][1]
    assert lab.state["saturated"][0] < 0.5
    assert np.array_equal(model.layers[1].moving_mean.numpy(), np.zeros(6))


def test_own_model_is_left_as_it_was(batch):
    model = skipping()
    before = [variable.numpy().copy() for variable in model.variables]
    states = random.getstate(), np.random.get_state()[1].tolist()
    lab = gradient_flow(model, *batch)
    move(lab, layer=6, show="gradient ÷ weights").still()
    assert all(map(np.array_equal, before, [variable.numpy() for variable in model.variables]))
    assert states == (random.getstate(), np.random.get_state()[1].tolist())
    other = skipping()
    for one in (model, other):
        one.fit(*batch, epochs=1, shuffle=False, verbose=0)
    assert all(map(np.array_equal, model.get_weights(), other.get_weights()))


def test_pictures_convolution_and_whole_number_pixels_will_do(batch):
    from keras import layers

    x, y = batch
    model = compiled(
        layers.Rescaling(1 / 255), layers.Conv2D(3, 5, activation="relu"), layers.Flatten(),
        layers.Dense(10, "softmax"), inputs=(28, 28, 1),
    )  # fmt: skip
    kernel, bias = model.layers[1].get_weights()
    model.layers[1].set_weights([kernel, bias - [0, 0, 1e6]])
    lab = gradient_flow(model, (255 * x).astype("uint8").reshape(-1, 28, 28), y.tolist())
    assert lab.state["units"] == [3] and lab.controls["layer"].max == 1
    assert lab.state["dead"].tolist() == pytest.approx([1 / 3])


def test_model_that_grew_out_of_range_is_told_and_no_nan_is_drawn(batch):
    model = dense((5, "relu"), (5, "tanh"), (10, "softmax"))
    model.layers[1].set_weights([np.full((5, 5), np.nan), np.zeros(5)])
    lab = gradient_flow(model, *batch)
    assert "not a number" in sentence(lab) and lab.figure["key"]._text == "✕ no number"
    for layer in (1, 2):
        assert_drawn_is_finite(move(lab, layer=layer))
    assert len(points(lab, "no bar")) + len(bars(lab)) == 3


def test_weights_of_zero_have_no_relative_gradient(batch):
    import keras

    model = compiled(keras.layers.Dense(5, "tanh", kernel_initializer="zeros"), keras.layers.Dense(10, "softmax"))
    lab = move(gradient_flow(model, *batch), show="gradient ÷ weights")
    assert np.isnan(lab.state["relative"][0])
    assert_drawn_is_finite(lab)
    assert lab.figure["relative number"]._text == "–"


def test_many_layers_and_long_names_have_room(batch):
    import keras

    hidden = [keras.layers.Dense(3, "sigmoid", name=f"a_rather_long_name_of_layer_{n}") for n in range(1, 46)]
    lab = move(gradient_flow(compiled(*hidden, keras.layers.Dense(10, "softmax")), *batch), layer=45)
    labels = [lab.figure[f"layer {number}"] for number in range(7)]
    texts = [label._text for label in labels if label._text]
    assert texts[0] == "1" and texts[-1] == "out" and len(texts) == 7
    ends = [(label.x * 756 - label._pixels.shape[1] / 2, label.x * 756 + label._pixels.shape[1] / 2)
            for label in labels if label._text]  # fmt: skip
    assert all(right < left for (_, right), (left, _) in zip(ends, ends[1:], strict=False))
    assert lab.figure["large"]._text == "layer 45: a_rather_long_name_…"


def subclassed():
    import keras

    class Small(keras.Model):
        def __init__(self):
            super().__init__()
            self.hidden, self.last = keras.layers.Dense(4), keras.layers.Dense(10)

        def call(self, x):
            return self.last(self.hidden(x))

    model = Small()
    model.compile(loss="sparse_categorical_crossentropy")
    model(np.zeros((1, 784)))
    return model


def not_compiled():
    import keras

    return keras.Sequential([keras.Input((784,)), keras.layers.Dense(4), keras.layers.Dense(10)])


def not_built():
    import keras

    model = keras.Sequential([keras.layers.Dense(4), keras.layers.Dense(10, "softmax")])
    model.compile(loss="sparse_categorical_crossentropy")
    return model


def nested():
    import keras

    return compiled(not_compiled(), keras.layers.Dense(10, "softmax"))


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: "model", "model is of type str; allowed is a Keras model"),
        (lambda: None, "model is of type NoneType; allowed is a Keras model"),
        (not_compiled, r"model has no loss yet; give it one: model\.compile"),
        (not_built, "model has no weights yet; start it with keras.Input"),
        (lambda: dense((10, "softmax")), "model has 1 layers with a kernel; allowed are two or more"),
        (subclassed, "model is a subclass of keras.Model; allowed is a Sequential or a functional model"),
        (nested, "model has another model in it"),
    ],
)
def test_model_that_cannot_be_shown_is_refused(make, words, batch):
    with pytest.raises(ValueError, match=words):
        gradient_flow(make(), *batch)


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda x, y: (x, None), "y has dtype object"),
        (lambda x, y: (None, y), "x has dtype object"),
        (lambda x, y: (x, y[:-1]), "x has 64 samples and y has 63"),
        (lambda x, y: (x[:, 1:], y), r"x has shape \(64, 783\); the model takes \(None, 784\)"),
        (lambda x, y: (x.reshape(-1, 28, 28), y), r"x has shape \(64, 28, 28\)"),
        (lambda x, y: (x, y + 5), "values from 5 to 14"),
    ],
)
def test_batch_that_does_not_fit_is_refused(change, words, batch):
    with pytest.raises(ValueError, match=words):
        gradient_flow(dense((4, "relu"), (10, "softmax")), *change(*batch))
