"""Every lab of every lesson, driven over its whole range; then what each one teaches, measured."""

import io

import ipywidgets
import numpy as np
import pytest
from driving import all_labs, move, sentence
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from sklearn.neural_network import MLPClassifier

from helpers.datasets import TOY_SETS, toy_set
from helpers.labs import hidden_layers
from helpers.labs.hidden_layers import EPOCHS, parameter_counter, playground
from helpers.labs.lab import Lab

LABS = {f"{module}.{name}": make for module, labs in all_labs().items() for name, make in labs.items()}
SKLEARN = {"sigmoid": "logistic", "tanh": "tanh", "relu": "relu", "linear": "identity"}

each_lab = pytest.mark.parametrize("make", LABS.values(), ids=LABS)


def whole_range(control):
    """Values of a control: all options, or the ends and some between, each once, ending where it began."""
    if hasattr(control, "options"):
        values = [value[1] if isinstance(value, tuple) else value for value in control.options]
    elif isinstance(control, ipywidgets.Checkbox):
        values = [True, False]
    else:
        values = list(np.unique(np.linspace(control.min, control.max, 6).round(6)))
        if isinstance(control, ipywidgets.IntSlider):
            values = sorted({int(value) for value in values})
    return [*values, control.value]


# Every lab


@each_lab
def test_whole_range_of_every_control(make):
    lab = make()
    assert isinstance(lab, Lab)
    assert lab.error is None and lab.state
    for name, control in lab.controls.items():
        for value in whole_range(control):
            move(lab, **{name: value})
            assert control.value == pytest.approx(value) if isinstance(value, float) else control.value == value
            assert sentence(lab)


@each_lab
def test_every_corner_of_the_range(make):
    lab = make()
    ends = {name: whole_range(control)[:-1] for name, control in lab.controls.items()}
    for side in (0, -1, 0):
        move(lab, **{name: values[side] for name, values in ends.items()})
        assert lab.values() == {name: pytest.approx(values[side]) if isinstance(values[side], float) else values[side]
                                for name, values in ends.items()}  # fmt: skip


@each_lab
def test_every_control_changes_the_picture(make):
    lab = make()
    for name, control in lab.controls.items():
        began = control.value
        pictures = set()
        for value in whole_range(control):
            move(lab, **{name: value})
            if "epoch" in lab.controls and name != "epoch":
                move(lab, epoch=3)  # some settings show only once there was training
            pictures.add(bytes(lab.figure.widget.value))
        assert len(pictures) > 1, name
        move(lab, **{name: began})


@each_lab
def test_still_picture_is_worth_printing(make):
    lab = make()
    before = lab.figure.widget.value
    image = Image.open(io.BytesIO(lab.still()))
    width, height = lab.figure.frame().size
    assert image.width == width and image.height % height == 0
    frames = np.split(np.asarray(image.convert("RGB")), image.height // height)
    assert len({frame.tobytes() for frame in frames}) == len(frames)
    assert lab.figure.widget.value == before
    assert lab.error is None


@each_lab
def test_controls_are_named_for_the_reader(make):
    descriptions = [control.description for control in make().controls.values()]
    assert all(descriptions) and len(set(descriptions)) == len(descriptions)


# Playground


def same_state(one, other):
    assert one.keys() == other.keys()
    for key in one:
        if key == "units":
            assert len(one[key]) == len(other[key])
            assert all(np.array_equal(a, b) for a, b in zip(one[key], other[key], strict=True)), key
        else:
            assert np.array_equal(one[key], other[key]), key


@pytest.fixture
def lab():
    return playground()


@pytest.mark.parametrize("epoch", [0, 1, 7, EPOCHS])
def test_epoch_n_has_n_plus_one_losses(lab, epoch):
    move(lab, epoch=epoch)
    assert lab.state["epoch"] == epoch
    assert lab.state["losses"].shape == (epoch + 1,)
    assert np.isfinite(lab.state["losses"]).all()


def test_going_back_gives_the_identical_state(lab):
    states = {}
    for epoch in (0, 3, 50, 20):
        states[epoch] = move(lab, epoch=epoch).state
    for epoch in (20, 0, 50, 3):
        same_state(move(lab, epoch=epoch).state, states[epoch])


@settings(max_examples=5)
@given(
    data=st.sampled_from(TOY_SETS),
    activation=st.sampled_from(list(SKLEARN)),
    hidden_layers=st.integers(0, 4),
    units=st.integers(1, 8),
    epochs=st.lists(st.integers(0, 15), min_size=2, max_size=4),
)
def test_state_is_a_function_of_settings_and_epoch(epochs, **chosen):
    wandering, direct = playground(), playground()
    move(wandering, epoch=5, noise=0.5, learning_rate=0.3, units=3)  # a past that must leave no trace
    move(wandering, noise=0.1, learning_rate=0.03, **chosen)
    for epoch in epochs:
        move(wandering, epoch=epoch)
    move(direct, **chosen, epoch=epochs[-1])
    same_state(wandering.state, direct.state)


@pytest.mark.parametrize(
    "change",
    [dict(data="xor"), dict(noise=0.2), dict(hidden_layers=2), dict(units=5), dict(activation="relu"),
     dict(learning_rate=0.1)],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_a_new_setting_begins_at_epoch_0(lab, change):
    before = move(lab, epoch=9).state
    state = move(lab, **change).state
    assert lab.controls["epoch"].value == state["epoch"] == 0
    assert len(state["losses"]) == 1
    again = move(lab, epoch=9).state
    assert again["losses"][-1] != before["losses"][-1]


def test_parameters_by_hand_for_every_network(lab):
    for layers in range(5):
        for units in range(1, 9):
            state = move(lab, hidden_layers=layers, units=units).state
            hidden = 3 * units + (layers - 1) * (units * units + units) + units + 1
            assert state["parameters"] == (hidden if layers else 3)
            assert [surfaces.shape for surfaces in state["units"]] == [(units, 40, 40)] * layers
            assert f"{state['parameters']} parameters" in sentence(lab)


def test_state_is_what_sklearn_gives_after_as_many_epochs(lab):
    move(lab, data="moons", hidden_layers=2, units=3, activation="relu", learning_rate=0.01, epoch=4)
    points, labels = toy_set("moons", noise=0.1)
    assert np.array_equal(lab.state["points"], points) and np.array_equal(lab.state["labels"], labels)
    network = MLPClassifier((3, 3), activation="relu", batch_size=40, alpha=0, random_state=3, learning_rate_init=0.01)
    for _ in range(4):
        network.partial_fit(points, labels, classes=[0, 1])
    side = np.linspace(-1.3, 1.3, 40)
    for row, column in [(0, 0), (0, 39), (39, 0), (39, 39), (10, 25), (33, 4)]:
        point = [[side[column], side[::-1][row]]]  # the first row is the upper edge of the plane
        assert lab.state["probability"][row, column] == pytest.approx(network.predict_proba(point)[0, 1], abs=1e-9)
    chosen = network.predict_proba(points)[np.arange(200), labels]
    assert lab.state["losses"][-1] == pytest.approx(-np.log(chosen).mean(), abs=1e-9)
    assert lab.state["accuracy"] == pytest.approx(network.score(points, labels))


def test_training_starts_from_the_weights_of_epoch_0(lab):
    move(lab, learning_rate=0.001, units=8, hidden_layers=2)
    steps = [move(lab, epoch=epoch).state["probability"] for epoch in (0, 1, 2)]
    first, second = (np.abs(b - a).max() for a, b in zip(steps[:-1], steps[1:], strict=True))
    assert 0 < first < 0.02 and 0 < second < 0.02  # five Adam steps of 0.001, not a new draw


@pytest.mark.parametrize("activation", SKLEARN)
@pytest.mark.parametrize("layers", [(), (5,), (4, 3)])
def test_forward_pass_is_sklearns(activation, layers):
    points, labels = toy_set("spirals", seed=4)
    network = MLPClassifier(layers, activation=SKLEARN[activation], random_state=1, learning_rate_init=0.05)
    for _ in range(5):
        network.partial_fit(points, labels, classes=[0, 1])
    outputs = hidden_layers._layer_outputs(hidden_layers._weights(network), activation, points)
    assert [output.shape for output in outputs] == [(200, units) for units in (*layers, 1)]
    assert np.allclose(outputs[-1][:, 0], network.predict_proba(points)[:, 1], atol=1e-6)


@pytest.mark.parametrize("activation", SKLEARN)
def test_no_hidden_layer_cannot_solve_circles(lab, activation):
    move(lab, hidden_layers=0, activation=activation, epoch=EPOCHS)
    assert lab.state["accuracy"] < 0.75
    assert "no hidden units" in sentence(lab)


def test_four_tanh_units_solve_circles(lab):
    assert move(lab, epoch=EPOCHS).state["accuracy"] > 0.9
    assert lab.state["losses"][-1] < lab.state["losses"][0] / 2
    assert "4 hidden units" in sentence(lab)


def test_two_units_leave_the_ring_open_and_three_close_it(lab):
    """The lesson says so in its text."""
    accuracy = {units: move(lab, units=units, epoch=EPOCHS).state["accuracy"] for units in (2, 3)}
    assert accuracy[2] < 0.9 < accuracy[3]


def is_linear(probability):
    """Is the border straight, and every other line of equal probability too: is the logit a plane?"""
    side = np.linspace(-1.3, 1.3, 40)
    x, y = np.meshgrid(side, side[::-1])
    keep = (probability > 1e-4) & (probability < 1 - 1e-4)
    design = np.stack([x[keep], y[keep], np.ones(keep.sum())], axis=1)
    logit = np.log(probability[keep] / (1 - probability[keep]))
    rest = logit - design @ np.linalg.lstsq(design, logit, rcond=None)[0]
    return np.abs(rest).max() < 1e-6


@pytest.mark.parametrize("data", TOY_SETS)
@pytest.mark.parametrize("layers", [1, 4])
def test_linear_activation_stays_linear(lab, data, layers):
    move(lab, data=data, activation="linear", hidden_layers=layers, epoch=40)
    assert is_linear(lab.state["probability"])
    move(lab, activation="tanh", epoch=40)
    assert not is_linear(lab.state["probability"])


def test_picture_is_the_right_way_up(lab):
    move(lab, data="blobs", epoch=60)  # class 1, blue, is on the upper right
    assert lab.state["probability"][0, -1] > 0.9 and lab.state["probability"][-1, 0] < 0.1
    frame = np.asarray(lab.figure.frame()).astype(int)
    height, width, _ = frame.shape
    top, bottom = int((1 - 0.90) * height), int((1 - 0.10) * height)
    left, right = int(0.06 * width), int(0.43 * width)
    red, _, blue = frame[top, right]
    assert blue > red + 60
    red, _, blue = frame[bottom, left]
    assert red > blue + 60


def test_units_are_drawn_the_right_way_up_a_row_a_layer():
    surface = np.where(np.arange(40)[:, None] < 20, 1.0, -1.0) * np.ones((1, 40))
    mosaic = hidden_layers._mosaic([np.stack([surface, -surface]), surface[None]], "tanh")
    assert mosaic.shape == (80, 160, 3) and mosaic.dtype == np.uint8
    blue, orange = [0, 114, 178], [230, 159, 0]
    for row, column, upper, lower in [(0, 0, blue, orange), (0, 1, orange, blue), (1, 0, blue, orange)]:
        tile = mosaic[20 * row : 20 * row + 20, 20 * column : 20 * column + 20]
        assert (tile[3:8, 3:17] == upper).all() and (tile[12:17, 3:17] == lower).all()
    assert (mosaic[20:40, 20:] == 255).all() and (mosaic[40:] == 255).all()


@pytest.mark.parametrize(
    "activation, values, expected",
    [("sigmoid", 0.5, [255, 255, 255]), ("sigmoid", 1.0, [0, 114, 178]), ("sigmoid", 0.0, [230, 159, 0]),
     ("relu", 37.0, [0, 114, 178]), ("relu", 0.0, [255, 255, 255]), ("linear", -37.0, [230, 159, 0])],
)  # fmt: skip
def test_units_use_the_whole_scale_of_their_activation(activation, values, expected):
    mosaic = hidden_layers._mosaic([np.full((1, 40, 40), values)], activation)
    assert mosaic[10, 10].tolist() == expected


def buttons(lab):
    return {button.description: button for button in lab.widget.children[1].children}


def test_buttons_move_the_epoch(lab):
    parts = buttons(lab)
    for expected in (1, 2, 3):
        parts["one epoch"].click()
        assert lab.state["epoch"] == lab.controls["epoch"].value == expected
    parts["reset"].click()
    assert lab.state["epoch"] == lab.controls["epoch"].value == 0
    move(lab, epoch=EPOCHS)
    parts["one epoch"].click()
    assert lab.state["epoch"] == EPOCHS and lab.error is None


def test_play_and_epoch_move_each_other(lab):
    play = next(part for part in lab.widget.children[1].children if isinstance(part, ipywidgets.Play))
    assert (play.min, play.max) == (0, EPOCHS)
    play.value = 5
    assert lab.state["epoch"] == 5
    move(lab, epoch=7)
    assert play.value == 7
    move(lab, units=2)
    assert play.value == 0


def test_sentence_says_the_numbers(lab):
    state = move(lab, hidden_layers=2, epoch=12).state
    assert sentence(lab).startswith(
        f"epoch 12   loss {state['losses'][12]:.3f}   accuracy {state['accuracy']:.0%}   37 parameters; "
        "4 and 4 hidden units"
    )


# Parameter counter


@settings(max_examples=8)
@given(
    inputs=st.integers(1, 1000), hidden_layers=st.integers(0, 4), units=st.integers(1, 600), outputs=st.integers(1, 100)
)
def test_formula_is_what_keras_counts(**chosen):
    import keras

    hidden = [keras.layers.Dense(chosen["units"]) for _ in range(chosen["hidden_layers"])]
    model = keras.Sequential([keras.Input((chosen["inputs"],)), *hidden, keras.layers.Dense(chosen["outputs"])])
    lab = move(parameter_counter(), **chosen)
    counts = [layer.count_params() for layer in model.layers]
    assert lab.state["formula"] == lab.state["keras"] == counts
    assert sum(counts) == model.count_params()
    assert f"has {sum(counts):,} parameters; Keras counts {sum(counts):,}." in sentence(lab)


def test_counter_table_shows_each_layer_and_the_sum():
    lab = move(parameter_counter(), hidden_layers=2, units=300)
    names = ("name", "formula", "keras")
    table = [[lab.figure[f"{name} {row}"]._text for name in names] for row in range(6)]
    assert table == [
        ["hidden 1", "784 × 300 + 300 = 235,500", "235,500"],
        ["hidden 2", "300 × 300 + 300 = 90,300", "90,300"],
        ["output", "300 × 10 + 10 = 3,010", "3,010"],
        ["all parameters", "328,810", "328,810"],
        ["", "", ""],
        ["", "", ""],
    ]
    assert [lab.figure[f"size {layer}"]._text for layer in range(6)] == ["784", "300", "300", "10", "", ""]
    move(lab, hidden_layers=0)
    assert lab.figure["name 0"]._text == "output" and lab.figure["formula 2"]._text == ""


@pytest.mark.parametrize("size, circles, dots", [(1, 1, 0), (6, 6, 0), (7, 6, 3), (784, 6, 3)])
def test_counter_draws_at_most_six_units_a_layer(size, circles, dots):
    lab = move(parameter_counter(), hidden_layers=0, outputs=1, inputs=size)
    assert len(lab.figure["units"].get_xdata()) == circles + 1
    assert len(lab.figure["dots"].get_xdata()) == dots
    assert np.isfinite(lab.figure["weights"].get_xdata()).sum() == 2 * circles
    assert len(set(lab.figure["units"].get_ydata()[:circles])) == circles
