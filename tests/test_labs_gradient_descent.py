"""Labs of lesson 02: differences with their rounding, descents as Keras makes them, gradients on a graph."""

import itertools
import warnings

import ipywidgets
import numpy as np
import pytest
from driving import move, sentence, text
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.labs import gradient_descent
from helpers.labs.gradient_descent import descent, graph, secant_to_tangent
from helpers.palette import CYCLE

FUNCTIONS = {
    "x²": lambda x: x * x,
    "sin x": np.sin,
    "eˣ": np.exp,
    "sigmoid(x)": lambda x: 1 / (1 + np.exp(-x)),
}
H = [1.0] + [float(f"{digit}e-{power}") for power in range(1, 16) for digit in (3, 1)]
SURFACES = {
    "round bowl": lambda x0, x1: x0**2 + x1**2,
    "long valley": lambda x0, x1: x0**2 / 20 + x1**2,
    "two valleys": lambda x0, x1: (x0 + 4) ** 2 * ((x0 - 4) ** 2 + 2) / 64 + x1**2,
}
RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0, 1.1, 1.5, 3.0]


def lines(lab):
    """The data of every line that the lab draws: name → (2, n)."""
    artists = lab.figure._artists.items()
    return {name: np.array(artist.get_data(), float) for name, artist in artists if hasattr(artist, "get_data")}


# Secant to tangent


def test_slider_of_h_goes_down_to_1e_15_by_half_decades():
    options = secant_to_tangent().controls["h"].options
    assert [value for _, value in options] == H
    assert [name for name, _ in options][:7] == ["1", "0.3", "0.1", "3e-2", "1e-2", "3e-3", "1e-3"]
    assert options[-1] == ("1e-15", 1e-15)


@given(
    function=st.sampled_from(list(FUNCTIONS)),
    x=st.integers(-16, 16).map(lambda tenths: tenths / 10),
    h=st.sampled_from(H),
)
def test_slopes_are_the_differences_of_float64_and_their_errors_the_real_ones(function, x, h):
    f = FUNCTIONS[function]
    exact = np.imag(f(x + 1e-30j)) / 1e-30  # the complex step subtracts nothing, so it loses no digits
    slopes = {"forward": (f(x + h) - f(x)) / h, "central": (f(x + h) - f(x - h)) / (2 * h)}
    for difference, slope in slopes.items():
        state = gradient_descent._compare_differences(function, difference, x, h)
        # NumPy may round an array's last digit otherwise than a single number's
        assert state["slope"] == pytest.approx(slope, rel=1e-12, abs=3e-15 / h)
        assert state["exact"] == pytest.approx(exact, rel=1e-14, abs=1e-15)
        assert state["error"] == pytest.approx(abs(state["slope"] - exact), abs=1e-14)
        assert state["error"] == state["errors"][difference][H.index(h)]


def test_large_h_costs_forward_h_and_central_h_squared():
    errors = move(secant_to_tangent(), function="sin x", x=1.2).state["errors"]
    for place in range(2, 8):  # 0.1 … 3e-4; Taylor's next terms
        assert errors["forward"][place] == pytest.approx(H[place] / 2 * np.sin(1.2), rel=0.1)
        assert errors["central"][place] == pytest.approx(H[place] ** 2 / 6 * np.cos(1.2), rel=0.1)


@pytest.mark.parametrize("function", ["sin x", "eˣ"])
@pytest.mark.parametrize("x", [-1.3, 0.7, 1.2])
def test_forward_is_best_near_1e_8_and_central_near_1e_5(function, x):
    lab = move(secant_to_tangent(), function=function, x=x)
    assert 1e-9 < lab.state["best"] < 1e-7
    assert lab.state["best"] == H[lab.state["errors"]["forward"].argmin()]
    move(lab, difference="central")
    assert 5e-7 < lab.state["best"] < 5e-5
    for errors in lab.state["errors"].values():
        assert errors[-1] > 1e4 * errors.min()  # and rounding spoils the smallest h


def test_difference_of_exactly_0_is_said():
    lab = move(secant_to_tangent(), function="sin x", x=1.6, h=1e-15)
    (left, low), (right, high) = lab.state["points"]
    assert left < right and low == high and lab.state["slope"] == 0 != lab.state["exact"]
    assert "the same number at both points, so the difference is exactly 0" in sentence(lab)
    move(lab, h=1e-5)
    assert "exactly 0" not in sentence(lab)


def test_error_of_0_stands_on_the_floor_of_the_axis():
    lab = move(secant_to_tangent(), function="x²", x=1.0, h=1.0, difference="central")
    assert lab.state["error"] == 0
    assert lines(lab)["chosen"][:, 0].tolist() == [1.0, 1e-17]
    assert lines(lab)["central"][1].min() == 1e-17
    axes = lab.figure["central"].axes
    assert axes.get_ylim()[0] < 1e-17
    assert "≤1e-17" in [label.get_text() for label in axes.get_yticklabels()]
    assert "error 0." in sentence(lab) and "Not even the last digit is wrong" in sentence(lab)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_errors_lie_within_their_axes(function):
    lab = move(secant_to_tangent(), function=function)
    low, high = lab.figure["forward"].axes.get_ylim()
    for x in np.linspace(-1.6, 1.6, 17).round(1):
        move(lab, x=x)
        for name in ("forward", "central", "chosen"):
            assert ((lines(lab)[name][1] > low) & (lines(lab)[name][1] < high)).all()


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("difference", ["forward", "central"])
@pytest.mark.parametrize("x, h", [(-1.6, 1.0), (0.3, 0.1), (1.6, 1.0)])
def test_secant_goes_through_its_points_and_across_the_picture(function, difference, x, h):
    lab = move(secant_to_tangent(), function=function, difference=difference, x=x, h=h)
    f, drawn = FUNCTIONS[function], lines(lab)
    at = np.array([x if difference == "forward" else x - h, x + h])
    assert drawn["points"] == pytest.approx(np.stack([at, f(at)]))
    low, high = lab.figure["curve"].axes.get_ylim()
    assert ((drawn["points"][1] > low) & (drawn["points"][1] < high)).all()
    assert drawn["secant"][0].tolist() == list(lab.figure["secant"].axes.get_xlim())
    assert np.interp(at, *drawn["secant"]) == pytest.approx(f(at))
    assert drawn["curve"][1] == pytest.approx(f(drawn["curve"][0]))
    touch = np.interp([x, x + 1], *drawn["tangent"])
    assert touch == pytest.approx([f(x), f(x) + np.imag(f(x + 1e-30j)) / 1e-30])


def test_the_two_differences_differ_in_more_than_colour():
    lab = secant_to_tangent()
    looks = {}
    for difference, (color, style, marker) in zip(("forward", "central"), CYCLE):
        move(lab, difference=difference)
        curve, secant, points = (lab.figure[name] for name in (difference, "secant", "points"))
        assert (curve.get_color(), curve.get_linestyle(), curve.get_marker()) == (color, style, marker)
        assert (secant.get_color(), secant.get_linestyle()) == (color, style)
        assert (points.get_color(), points.get_marker()) == (color, marker)
        looks[difference] = (style, marker)
    assert len(set(looks.values())) == 2


def test_scale_of_the_curve_is_written_beside_it():
    lab = secant_to_tangent()
    for function in FUNCTIONS:
        move(lab, function=function)
        ticks = [float(text(lab, f"tick {tick}").replace("−", "-")) for tick in range(5)]
        assert ticks == pytest.approx(np.linspace(*lab.figure["curve"].axes.get_ylim(), 5))
        assert text(lab, "function") == f"f(x) = {function}"


def test_sentence_of_the_secant_says_the_slopes_the_error_and_why():
    lab = move(secant_to_tangent(), function="sin x", x=1.2, h=1e-3)
    assert sentence(lab).startswith(
        "sin x at x = 1.2: forward slope 0.3618916746   exact 0.3623577545   h = 1e-3   error 0.00047. "
    )
    assert "h is larger than the best here, 1e-8: the curve bends" in sentence(lab)
    move(lab, h=1e-12)
    assert "h is smaller than the best here, 1e-8: rounding" in sentence(lab)
    move(lab, h=1e-8)
    assert "No other h gives the forward difference a smaller error" in sentence(lab)


# Descent


@pytest.mark.parametrize("surface", SURFACES)
@given(x0=st.floats(-8, 8), x1=st.floats(-5, 5))
def test_loss_and_gradient_belong_to_the_surface(surface, x0, x1):
    f, state = SURFACES[surface], gradient_descent._descend(surface, "plain", x0, x1, 0.1, 0, 0)
    assert state["losses"].tolist() == [pytest.approx(f(x0, x1))]
    numeric = [(f(x0 + 1e-5, x1) - f(x0 - 1e-5, x1)) / 2e-5, (f(x0, x1 + 1e-5) - f(x0, x1 - 1e-5)) / 2e-5]
    assert state["gradient"] == pytest.approx(numeric, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("surface", SURFACES)
def test_lowest_place_is_the_lowest(surface):
    star = lines(move(descent(), surface=surface))["lowest"][:, 0]
    x0, x1 = np.meshgrid(np.linspace(-8, 8, 161), np.linspace(-5, 5, 101))
    losses = SURFACES[surface](x0, x1)
    place = np.unravel_index(losses.argmin(), losses.shape)
    assert star == pytest.approx([x0[place], x1[place]], abs=1e-9)
    assert SURFACES[surface](*star) == 0


def keras_path(make_optimizer, surface, start, steps):
    """The places that a Keras optimizer visits, with TensorFlow's gradients: (steps + 1, 2)."""
    import keras
    import tensorflow as tf

    place = keras.Variable(start, dtype="float64")
    optimizer = make_optimizer(keras.optimizers)
    path = [place.numpy()]
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = SURFACES[surface](place.value[0], place.value[1])
        optimizer.apply([tape.gradient(loss, place.value)], [place])
        path.append(place.numpy())
    return np.array(path)


starts = st.tuples(st.floats(-8, 8), st.floats(-5, 5))


@settings(max_examples=6)
@given(
    surface=st.sampled_from(["round bowl", "long valley"]),
    start=starts,
    rate=st.sampled_from(RATES[:-4]),
    momentum=st.sampled_from([0.0, 0.3, 0.9, 0.99]),
)
def test_plain_descent_is_keras_sgd(surface, start, rate, momentum):
    state = gradient_descent._descend(surface, "plain", *start, rate, momentum, 30)
    expected = keras_path(lambda optimizers: optimizers.SGD(rate, momentum=momentum), surface, start, 30)
    assert state["path"] == pytest.approx(expected, abs=1e-5)


@settings(max_examples=6)
@given(surface=st.sampled_from(["round bowl", "long valley"]), start=starts, rate=st.sampled_from(RATES))
def test_adam_is_keras_adam(surface, start, rate):
    state = gradient_descent._descend(surface, "Adam", *start, rate, 0.5, 30)
    # given as float, Keras rounds the betas to float32, even for a float64 variable
    betas = dict(beta_1=np.float64(0.9), beta_2=np.float64(0.999))
    expected = keras_path(lambda optimizers: optimizers.Adam(rate, **betas), surface, start, 30)
    assert state["path"] == pytest.approx(expected, abs=1e-5)


def test_momentum_rolls_over_the_hill_as_in_keras_and_plain_descent_is_stuck_before_it():
    lab = move(descent(), surface="two valleys", x0=7.0, learning_rate=0.03, step=60)
    assert lab.state["path"][-1] == pytest.approx([2 + 3**0.5, 0], abs=0.1)
    move(lab, learning_rate=0.1)
    assert text(lab, "outcome") == "stuck" and "the lowest place is elsewhere" in sentence(lab)
    move(lab, learning_rate=0.03, momentum=0.9)
    assert lab.state["path"][-1] == pytest.approx([-4, 0], abs=0.1)
    expected = keras_path(lambda optimizers: optimizers.SGD(0.03, momentum=0.9), "two valleys", (7.0, 2.0), 60)
    assert lab.state["path"] == pytest.approx(expected, abs=1e-5)


def test_bowl_by_hand():
    lab = move(descent(), step=9)
    assert lab.state["path"] == pytest.approx(np.outer(0.8 ** np.arange(10), [-7, 2]))  # 1 − 2 × 0.1 a step
    assert lab.state["losses"] == pytest.approx(53 * 0.64 ** np.arange(10))
    assert lab.state["step"] == 9 and not lab.state["diverged"]
    assert sentence(lab).startswith("step 9   (x₀, x₁) = (-0.94, 0.27)   loss 0.95: on its way.")


@pytest.mark.parametrize(
    "moves, told",
    [(dict(), "plain, learning rate 0.1"), (dict(momentum=0.8), "momentum 0.8, learning rate 0.1"),
     (dict(momentum=0.8, optimizer="Adam"), "Adam, learning rate 0.1")],
)  # fmt: skip
def test_the_picture_names_the_steps_that_are_made(moves, told):
    assert text(move(descent(), **moves), "settings") == told


def test_long_valley_is_crossed_from_side_to_side():
    path = move(descent(), surface="long valley", learning_rate=0.9).state["path"]
    assert (np.sign(path[:, 1]) == (-1.0) ** np.arange(21)).all()
    assert (np.diff(path[:, 0]) > 0).all()


@pytest.mark.parametrize(
    "rate, headline, words",
    [(0.001, "on its way", "loss 49: on its way."), (0.5, "arrived", "the gradient is almost 0"),
     (1.0, "no lower than at the start", "loss 53: no lower than at the start."),
     (1.1, "diverged", "diverged at step 14: the steps overshoot more and more; the path ends here.")],
)  # fmt: skip
def test_too_small_right_and_too_large_a_rate_are_said_in_words(rate, headline, words):
    lab = move(descent(), learning_rate=rate)
    assert text(lab, "outcome") == headline
    assert words in sentence(lab)
    assert lab.state["diverged"] == (headline == "diverged")


def test_start_and_outside_are_said_in_words():
    lab = move(descent(), step=0)
    assert text(lab, "outcome") == "at the start" and lab.state["path"].tolist() == [[-7, 2]]
    move(lab, learning_rate=1.1, step=5)
    assert text(lab, "outcome") == "outside the picture" and not lab.state["diverged"]
    move(lab, learning_rate=0.1, x0=0.0, x1=0.0)
    assert text(lab, "outcome") == "arrived"


def test_fast_passage_through_the_lowest_place_is_no_arrival():
    path = np.array([[-3.0, 0.0], [-0.001, 0.0]])
    state = dict(surface="round bowl", path=path, losses=np.array([9, 1e-6]), gradient=2 * path[-1], step=1)
    assert gradient_descent._outcome(state | {"diverged": False})[0] == "on its way"


def test_a_diverged_path_ends_ten_pictures_out():
    path = move(descent(), learning_rate=1.1, step=60).state["path"]
    far = (np.abs(path) > [84, 52.5]).any(axis=1)
    assert far.tolist() == [False] * 14 + [True]


def test_nothing_overflows_anywhere():
    choices = itertools.product(SURFACES, ["plain", "Adam"], [-8, 0.3, 8], [-5, 5], RATES, [0, 0.9, 0.99])
    with np.errstate(over="raise", divide="raise", invalid="raise"), warnings.catch_warnings(action="error"):
        for surface, optimizer, x0, x1, rate, momentum in choices:
            state = gradient_descent._descend(surface, optimizer, x0, x1, rate, momentum, 60)
            assert np.isfinite(state["path"]).all() and np.isfinite(state["losses"]).all()


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("rate", [0.001, 0.5, 1.1, 3.0])
def test_no_nan_or_infinity_is_drawn(surface, rate):
    lab = move(descent(), surface=surface, learning_rate=rate, step=60)
    assert all(np.isfinite(data).all() for data in lines(lab).values())
    low, high = lab.figure["loss"].axes.get_ylim()
    shown = lines(lab)["loss"]
    assert shown[0].tolist() == list(range(lab.state["step"] + 1))
    assert ((shown[1] > low) & (shown[1] < high)).all()
    assert lines(lab)["loss now"][:, 0].tolist() == shown[:, -1].tolist()
    inside = (lab.state["losses"] > 1e-6) & (lab.state["losses"] < 1e4)
    assert shown[1][inside].tolist() == lab.state["losses"][inside].tolist()


def test_losses_beyond_the_axis_stand_at_its_ends_which_say_so():
    lab = move(descent(), learning_rate=0.5)
    assert lab.state["losses"][-1] == 0 and lines(lab)["loss"][1][-1] == 1e-6
    move(lab, learning_rate=3.0, step=60)
    assert lab.state["losses"][-1] > 1e4 and lines(lab)["loss"][1][-1] == 1e4
    ticks = [label.get_text() for label in lab.figure["loss"].axes.get_yticklabels()]
    assert ticks[0] == "≤1e-6" and ticks[-1] == "≥1e4"


def test_adam_leaves_momentum_out_and_says_so():
    lab = move(descent(), optimizer="Adam", learning_rate=0.5)
    before = lab.state["path"]
    assert "Adam does not use the momentum slider." in sentence(lab)
    assert np.array_equal(move(lab, momentum=0.9).state["path"], before)
    move(lab, optimizer="plain")
    assert "Adam" not in sentence(lab) and not np.array_equal(lab.state["path"], before)


def test_arrow_points_down_the_slope_and_is_a_tenth_as_long_as_the_gradient():
    lab = move(descent(), surface="long valley", x0=-6.0, x1=3.0, step=0)
    place, tip, left, again, right = lines(lab)["arrow"].T
    assert place.tolist() == [-6, 3] and tip.tolist() == again.tolist()
    assert tip - place == pytest.approx([0.06, -0.6])  # the gradient is (x₀ / 10, 2 x₁)
    for barb in (left, right):
        assert np.dot(barb - tip, tip - place) < 0
    assert np.linalg.norm(left - tip) == pytest.approx(np.linalg.norm(right - tip))
    assert np.isfinite(lines(move(lab, x0=0.0, x1=0.0))["arrow"]).all()


def test_landscape_is_light_where_the_loss_is_low_and_the_right_way_round():
    picture = gradient_descent._landscape("two valleys", 336, 210).astype(int).sum(axis=-1)
    assert picture.shape == (210, 336)

    def light(x0, x1):  # the lightest pixel near the place: lines are darker
        row, column = round(105 - 20 * x1), round(168 + 20 * x0)
        return picture[row - 3 : row + 4, column - 3 : column + 4].max()

    assert light(-4, 0.2) > light(4, 0.2) > light(0, 4.5) > light(8.1, 4.9)
    lab = descent()
    first = lab.figure["landscape"]._pixels
    assert not np.array_equal(move(lab, surface="long valley").figure["landscape"]._pixels, first)


def test_path_is_drawn_from_the_start_to_now():
    lab = move(descent(), step=7)
    drawn = lines(lab)
    assert np.array_equal(drawn["path"], lab.state["path"].T)
    assert drawn["start"][:, 0].tolist() == [-7, 2]
    assert drawn["present"][:, 0].tolist() == lab.state["path"][7].tolist()
    assert np.array_equal(move(lab, step=30).state["path"][:8], lab.state["path"][:8])


def test_play_and_step_move_each_other():
    lab = descent()
    (play,) = lab.widget.children[1].children
    assert isinstance(play, ipywidgets.Play) and (play.min, play.max) == (0, 60)
    play.value = 5
    assert lab.state["step"] == 5
    move(lab, step=8)
    assert play.value == 8


# Graph


def test_apples():
    lab = graph()
    assert lab.state["values"] == pytest.approx(dict(price=100, count=2, apples=200, tax=1.1, total=220))
    assert lab.state["gradients"] == pytest.approx(dict(price=2.2, count=110, apples=1.1, tax=200, total=1))
    shown = {name: (text(lab, f"forward {name}"), text(lab, f"backward {name}")) for name in lab.state["values"]}
    assert shown == dict(
        price=("100", "2.2"), count=("2", "110"), apples=("200", "1.1"), tax=("1.1", "200"), total=("220", "1")
    )
    assert sentence(lab).startswith(
        "Forward: 100 × 2 × 1.1 = 220. Backward, from 1: 2.2 to the price, 110 to the count, 200 to the tax. "
    )


inputs = st.fixed_dictionaries(
    dict(price=st.integers(10, 300), count=st.integers(1, 10), tax=st.integers(100, 150).map(lambda c: c / 100))
)


@given(inputs=inputs)
def test_gradients_are_numeric_gradients(inputs):
    def total(price, count, tax, apples=None):
        return (price * count if apples is None else apples) * tax

    state = gradient_descent._backpropagate(**inputs, what_if="the price rises by 1")
    assert state["values"]["total"] == pytest.approx(total(**inputs))
    assert state["gradients"]["total"] == 1
    for name in ("price", "count", "tax", "apples"):
        at = inputs | dict(apples=inputs["price"] * inputs["count"]) if name == "apples" else inputs
        up, down = (total(**at | {name: at[name] + step}) for step in (1e-3, -1e-3))
        assert state["gradients"][name] == pytest.approx((up - down) / 2e-3, rel=1e-8)


@given(inputs=inputs)
@pytest.mark.parametrize(
    "what_if, changes",
    [("the price rises by 1", dict(price=1)), ("the count rises by 1", dict(count=1)),
     ("the tax factor rises by 0.1", dict(tax=0.1))],
)  # fmt: skip
def test_one_factor_more_is_predicted_exactly(what_if, changes, inputs):
    state = gradient_descent._backpropagate(**inputs, what_if=what_if)
    changed = {name: value + changes.get(name, 0) for name, value in inputs.items()}
    assert state["recomputed"] == pytest.approx(changed["price"] * changed["count"] * changed["tax"])
    assert state["predicted"] == pytest.approx(state["recomputed"], rel=1e-12)


@given(inputs=inputs)
def test_three_factors_at_once_are_more_than_predicted(inputs):
    state = gradient_descent._backpropagate(**inputs, what_if="all three rise at once")
    price, count, tax = inputs["price"], inputs["count"], inputs["tax"]
    missed = price * 1 * 0.1 + count * 1 * 0.1 + tax * 1 * 1 + 1 * 1 * 0.1  # products of changes
    assert state["recomputed"] == pytest.approx((price + 1) * (count + 1) * (tax + 0.1))
    assert state["recomputed"] - state["predicted"] == pytest.approx(missed)


@pytest.mark.parametrize(
    "what_if, predicted, recomputed",
    [("the price rises by 1", "220 + 2.2 × 1 = 222.2.",
      "101 × 2 × 1.1 = 222.2, exactly right: only one factor changed."),
     ("the count rises by 1", "220 + 110 × 1 = 330.", "100 × 3 × 1.1 = 330, exactly right: only one factor changed."),
     ("the tax factor rises by 0.1", "220 + 200 × 0.1 = 240.",
      "100 × 2 × 1.2 = 240, exactly right: only one factor changed."),
     ("all three rise at once", "220 + 2.2 × 1 + 110 × 1 + 200 × 0.1 = 352.2.",
      "101 × 3 × 1.2 = 363.6, 11.4 more: several factors changed at once.")],
)  # fmt: skip
def test_what_if_is_answered_in_the_picture_and_in_the_sentence(what_if, predicted, recomputed):
    lab = move(graph(), what_if=what_if)
    answer = [f"What if {what_if}?", f"The slopes say {predicted}", f"Computed again: {recomputed}"]
    assert [text(lab, name) for name in ("question", "predicted", "recomputed")] == answer
    assert sentence(lab).endswith(" ".join(answer))


def test_forward_stands_above_and_backward_below_in_bold():
    figure = graph().figure
    for name in ("price", "count", "apples", "tax", "total"):
        forward, backward = figure[f"forward {name}"], figure[f"backward {name}"]
        assert forward.x == backward.x and forward.y > backward.y + 0.1
        assert "Bold" not in forward._font.getname()[1] and "Bold" in backward._font.getname()[1]


@pytest.mark.parametrize(
    "what_if, edges",
    [("the price rises by 1", ["price", "apples", "total"]), ("the count rises by 1", ["count", "apples", "total"]),
     ("the tax factor rises by 0.1", ["tax", "total"]),
     ("all three rise at once", ["price", "count", "apples", "tax", "total"])],
)  # fmt: skip
def test_what_changes_is_marked(what_if, edges):
    marked = move(graph(), what_if=what_if).figure["changed"].get_segments()
    expected = [gradient_descent._EDGES[name] for name in edges]
    assert sorted(map(np.ndarray.tolist, marked)) == sorted(np.array(corners).tolist() for corners in expected)
