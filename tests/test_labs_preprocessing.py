"""The labs of lesson 04: pixels and their places against NumPy, scaling against formulas and Keras's own `fit`."""

import functools

import numpy as np
import pandas as pd
import pytest
from driving import move, points, sentence, text
from hypothesis import given
from hypothesis import strategies as st

from helpers.authoring.recordings.preprocessing import scaling_what_if
from helpers.datasets import load_mnist, load_recorded
from helpers.labs import preprocessing
from helpers.labs.preprocessing import OPTIMIZERS, RATES, SCALINGS, pixel_inspector, scaling

NONE, DIVIDED, MINMAX, STANDARDISED = SCALINGS
mnist = functools.cache(load_mnist)
SIDES = {"above": (-1, 0), "left": (0, -1), "right": (0, 1), "below": (1, 0)}


# Pixel inspector


@pytest.fixture(scope="module")
def inspector():
    return pixel_inspector()


@given(picture=st.integers(0, 199), row=st.integers(0, 27), column=st.integers(0, 27))
def test_inspector_finds_pixel_and_neighbours_in_the_flat_vector(inspector, picture, row, column):
    _, (images, labels) = mnist()
    state = move(inspector, picture=picture, row=row, column=column).state
    places = np.arange(784).reshape(28, 28)
    flat = images[picture].reshape(784)
    assert (state["picture"], state["row"], state["column"]) == (picture, row, column)
    assert state["place"] == places[row, column]
    assert state["value"] == images[picture, row, column] == flat[state["place"]]
    assert state["label"] == labels[picture]
    around = np.pad(places, 1, constant_values=-1)  # -1: outside the picture
    for name, (down, right) in SIDES.items():
        place = around[row + 1 + down, column + 1 + right]
        assert state["neighbours"][name] == (None if place == -1 else place)
    assert text(inspector, "forth") == f"row {row}, column {column}  →  place {row} · 28 + {column} = {state['place']}"
    assert text(inspector, "back") == f"place {state['place']} = 28 · {row} + {column}  →  row {row}, column {column}"


@given(row=st.integers(0, 27), column=st.integers(0, 27))
def test_inspector_draws_the_marks_where_the_pixels_are(inspector, row, column):
    state = move(inspector, picture=3, row=row, column=column).state
    pixels = state["pixels"]
    assert points(inspector, "pixel")[:-1].mean(axis=0).tolist() == [column, row]
    for name, (down, right) in SIDES.items():
        there = state["neighbours"][name] is not None
        assert points(inspector, f"{name} pixel").tolist() == ([[column + right, row + down]] if there else [])
        assert points(inspector, f"{name} in part").tolist() == ([[28 * down + right, 0.5]] if there else [])
        assert text(inspector, f"{name} value") == (f"{pixels[row + down, column + right]}" if there else "")
        assert text(inspector, f"{name} label") == (f"{state['neighbours'][name]}" if there else "")
    assert (inspector.figure["digit"]._pixels == 255 - pixels[..., None]).all()
    assert (inspector.figure["whole"]._pixels[0, :, 0] == 255 - pixels.ravel()).all()
    part = inspector.figure["part"]._pixels[0, :, 0]
    around = np.pad(255 - pixels.ravel(), 30, constant_values=178)
    assert (part == around[state["place"] : state["place"] + 61]).all()
    starts = points(inspector, "row starts")[::3, 0] + 0.5 + state["place"]
    assert starts.tolist() == [place for place in range(0, 784, 28) if abs(place - state["place"]) <= 30]


@pytest.mark.parametrize(
    "row, column, missing, note",
    [
        (0, 5, {"above": "none: row 0 is the top"}, ""),
        (27, 5, {"below": "none: row 27 is the bottom"}, ""),
        (7, 27, {"right": "none: column 27 is the right edge"},
         "Place 224 is beside it in the vector, yet it is row 8"),
        (7, 0, {"left": "none: column 0 is the left edge"}, "Place 195 is beside it in the vector, yet it is row 6"),
        (0, 0, {"above": "none: row 0 is the top", "left": "none: column 0 is the left edge"}, ""),
        (27, 27, {"below": "none: row 27 is the bottom", "right": "none: column 27 is the right edge"}, ""),
    ],
)  # fmt: skip
def test_inspector_says_which_neighbours_there_are_not(inspector, row, column, missing, note):
    move(inspector, row=row, column=column)
    assert {name for name, place in inspector.state["neighbours"].items() if place is None} == set(missing)
    for name, words in missing.items():
        assert text(inspector, f"{name} place") == words
        assert f"{name} none" in sentence(inspector)
    assert text(inspector, "note") == (f"{note}, column {27 - column}." if note else "")
    assert text(inspector, "note") in sentence(inspector)


def test_inspector_tells_value_and_steps(inspector):
    move(inspector, picture=0, row=14, column=17)
    assert text(inspector, "title") == "picture 0, label 7"
    assert text(inspector, "value") == "value 249 of 255;  249 / 255 = 0.976"
    steps = [text(inspector, f"{name} place") for name in SIDES]
    assert steps == ["409 − 28 = 381", "409 − 1 = 408", "409 + 1 = 410", "409 + 28 = 437"]


def test_inspector_takes_ones_own_pictures():
    images = np.zeros((2, 28, 28), np.uint8)
    images[1, 3, 4] = 200
    state = move(pixel_inspector(images, np.array([5, 6])), picture=1, row=3, column=4).state
    assert (state["value"], state["label"], state["place"]) == (200, 6, 88)


PICTURES, LABELS = np.zeros((3, 28, 28), np.uint8), np.array([1, 2, 3])


@pytest.mark.parametrize(
    "pictures, labels, message",
    [
        (PICTURES / 255, LABELS, "^pictures has dtype float64, shape .*allowed is uint8.*before they were scaled"),
        (PICTURES.reshape(3, 784), LABELS, r"^pictures has dtype uint8, shape \(3, 784\).*reshape\(-1, 28, 28\)"),
        (PICTURES[0], LABELS, r"^pictures has dtype uint8, shape \(28, 28\).*single picture as pictures\[:1\]"),
        (PICTURES[:0], LABELS[:0], r"^pictures has dtype uint8, shape \(0, 28, 28\).*n from 1"),
        (PICTURES[..., None], LABELS, r"^pictures has .*shape \(3, 28, 28, 1\)"),
        (PICTURES[:, :27], LABELS, r"^pictures has .*shape \(3, 27, 28\)"),
        (PICTURES.tolist(), LABELS, "^pictures is of type list"),
        (PICTURES, None, "^labels is of type NoneType"),
        (None, LABELS, "^pictures is of type NoneType"),
        (PICTURES, LABELS[:2], r"^labels has .*shape \(2,\); allowed are whole numbers \(3,\)"),
        (PICTURES, LABELS / 1, "^labels has dtype float64"),
        (PICTURES, np.eye(10, dtype=int)[LABELS], r"^labels has .*shape \(3, 10\).*argmax"),
    ],
)  # fmt: skip
def test_inspector_names_the_argument_it_cannot_take(pictures, labels, message):
    with pytest.raises(ValueError, match=message):
        pixel_inspector(pictures, labels)


# What if you don't scale?


@pytest.fixture(scope="module")
def lab():
    return scaling()


def by_hand(name, rows, train):
    """A scaling by its formula: a pixel that is constant in training is only shifted."""
    if name in (NONE, DIVIDED):
        return rows / (255 if name == DIVIDED else 1)
    shift, size = (train.min(0), np.ptp(train, 0)) if name == MINMAX else (train.mean(0), train.std(0))
    return (rows - shift) / np.where(size == 0, 1, size)


@pytest.mark.parametrize("name", SCALINGS)
def test_scalings_are_their_formulas_fitted_on_the_training_rows(name):
    random = np.random.default_rng(0)
    train, test = (random.integers(0, 256, (50, 4)).astype("float32") for _ in range(2))
    train[:, 2] = 7  # constant
    expected = by_hand(name, test.astype(float), train.astype(float))
    np.testing.assert_allclose(SCALINGS[name](train)(test), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", SCALINGS)
def test_what_enters_is_measured_on_mnist(lab, name):
    state = move(lab, scaling=name).state
    (x_train, _), (x_test, _) = mnist()
    train, test = x_train[:10000].reshape(10000, 784).astype(float), x_test.reshape(10000, 784).astype(float)
    rows = by_hand(name, train, train)
    assert state["minimum"] == pytest.approx(rows.min(), rel=1e-4)
    assert state["maximum"] == pytest.approx(rows.max(), rel=1e-4)
    assert state["mean"] == pytest.approx(rows.mean(), rel=1e-4, abs=1e-6)
    assert state["test_maximum"] == pytest.approx(by_hand(name, test, train).max(), rel=1e-3)
    assert state["counts"].shape == (60,) and state["counts"].sum() == 7_840_000
    heights = lab.figure["counts"].get_xy()[1:121, 1]
    assert (heights.reshape(60, 2) == np.maximum(state["counts"], 0.5)[:, None]).all()
    assert lab.figure["ruler"].get_xdata() == [state["minimum"], state["maximum"]]


def test_numbers_that_enter_are_written_as_people_write_them(lab):
    move(lab, scaling=STANDARDISED)
    assert text(lab, "ends") == "minimum −1.3   maximum 100   mean 0"
    assert text(lab, "test") == "maximum in the 10,000 test digits: 2,733"
    move(lab, scaling=MINMAX)
    assert text(lab, "ends") == "minimum 0   maximum 1   mean 0.131"
    assert text(lab, "test") == "maximum in the 10,000 test digits: 255"


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("name", SCALINGS)
def test_curves_are_the_recorded_runs(lab, name, optimizer):
    for rate in RATES:
        state = move(lab, scaling=name, optimizer=optimizer, learning_rate=rate).state
        for seed in range(3):
            run = recorded(name, optimizer, rate, seed)
            assert run["step"].tolist() == list(range(10, 101, 10))
            assert state["losses"][seed].tolist() == run["loss"].tolist()
            assert {state["accuracies"][seed]} == set(run["accuracy"])
            drawn = points(lab, f"loss {seed}")
            shown = np.isfinite(drawn[:, 1])
            assert drawn[shown].tolist() == run.query("loss <= 1000")[["step", "loss"]].to_numpy().tolist()
            marks = points(lab, f"accuracy {seed}")
            assert marks[list(SCALINGS).index(name), 0] == pytest.approx(100 * run["accuracy"].iloc[0])
        assert f"{100 * state['accuracies'].max():.1f} % right" in sentence(lab)
        assert set(points(lab, "chosen row")[:, 1]) == {list(SCALINGS).index(name)}


def recorded(name, optimizer, rate, seed):
    table = load_recorded("scaling_what_if")
    same = dict(scaling=name, optimizer=optimizer, learning_rate=rate, seed=seed)
    return table[(table[list(same)] == list(same.values())).all(axis=1)]


def accuracies(lab, name, optimizer, rate):
    return move(lab, scaling=name, optimizer=optimizer, learning_rate=rate).state["accuracies"]


def test_unscaled_sgd_guesses_where_scaled_sgd_learns(lab):
    for rate in (0.1, 1.0):
        assert (accuracies(lab, NONE, "SGD", rate) < 0.2).all()
        assert (accuracies(lab, DIVIDED, "SGD", rate) > 0.8).all()


def test_unscaled_sgd_needs_a_rate_that_is_far_too_small_for_scaled(lab):
    best = {name: max(RATES, key=lambda rate: accuracies(lab, name, "SGD", rate).mean()) for name in SCALINGS}
    assert best[NONE] == 0.0001 and min(best[DIVIDED], best[MINMAX], best[STANDARDISED]) >= 0.1
    assert (accuracies(lab, NONE, "SGD", 0.0001) < 0.75).all() and (accuracies(lab, DIVIDED, "SGD", 0.0001) < 0.2).all()


def test_adam_forgives_unscaled_pixels_and_still_loses_by_points(lab):
    unscaled, scaled = (accuracies(lab, name, "Adam", 0.001) for name in (NONE, DIVIDED))
    assert (unscaled > 0.8).all() and unscaled.max() < scaled.min() - 0.03


def test_division_and_minmax_hardly_differ(lab):
    for rate in (0.01, 0.1):
        assert np.abs(accuracies(lab, DIVIDED, "SGD", rate) - accuracies(lab, MINMAX, "SGD", rate)).max() < 0.01


def test_a_loss_beyond_the_picture_is_said_in_words(lab):
    move(lab, scaling=NONE, optimizer="SGD", learning_rate=1.0)
    assert text(lab, "words") == "↑ loss up to 61 billion; 10.1 % right"
    assert points(lab, "beyond")[:, 0].tolist() == [10]
    move(lab, learning_rate=0.1)
    assert text(lab, "words").startswith("↑ loss up to 1.1 million; ")
    move(lab, learning_rate=0.01)
    assert text(lab, "words").startswith("↑ loss up to 3,100; ")
    move(lab, learning_rate=0.001)
    assert "↑" not in text(lab, "words") and len(points(lab, "beyond")) == 0


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_a_loss_that_overflows_is_said_and_not_drawn(monkeypatch, broken):
    table = load_recorded("scaling_what_if")
    table.loc[(table["seed"] == 1) & (table["step"] >= 50), "loss"] = broken
    monkeypatch.setattr(preprocessing, "load_recorded", lambda name: table)
    lab = move(scaling(), scaling=DIVIDED)
    assert lab.error is None
    assert "the loss overflowed" in sentence(lab) and "nan" not in sentence(lab) and "inf" not in sentence(lab)
    assert np.isfinite(points(lab, "loss 1")[:, 1]).tolist() == [True] * 4 + [False] * 6
    assert np.isfinite(points(lab, "loss 0")).all()
    assert points(lab, "beyond")[:, 0].tolist() == [50, 60, 70, 80, 90, 100]


# The recording


def test_recording_has_every_run_once():
    table = load_recorded("scaling_what_if")
    runs = table[["scaling", "optimizer", "learning_rate", "seed"]].drop_duplicates()
    expected = pd.MultiIndex.from_product([SCALINGS, OPTIMIZERS, RATES, range(3)])
    assert set(runs.itertuples(index=False, name=None)) == set(expected)
    assert len(table) == 1200


@pytest.mark.parametrize(
    "name, optimizer, rate, seed",
    [(DIVIDED, "SGD", 0.1, 0), (STANDARDISED, "Adam", 0.001, 2), (NONE, "Adam", 0.001, 1)],
)
def test_short_run_gives_what_was_shipped(name, optimizer, rate, seed):
    again = scaling_what_if((name,), (optimizer,), (rate,), (seed,))
    shipped = recorded(name, optimizer, rate, seed)
    assert list(again.columns) == list(shipped.columns)
    np.testing.assert_allclose(again["loss"], shipped["loss"], rtol=0.1 if name == NONE else 0.02)
    np.testing.assert_allclose(again["accuracy"], shipped["accuracy"], atol=0.02)


def test_recorded_run_is_keras_own_fit():
    import keras

    (x_train, y_train), (x_test, y_test) = mnist()
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(100, activation="relu"), keras.layers.Dense(10, activation="softmax")]
    model = keras.Sequential([keras.Input((784,)), *layers])
    model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"])
    rows = x_train[:10000].reshape(10000, 784) / 255
    history = model.fit(rows, y_train[:10000], batch_size=100, shuffle=False, verbose=0).history
    again = scaling_what_if((DIVIDED,), ("SGD",), (0.1,), (0,))
    assert again["loss"].mean() == pytest.approx(history["loss"][0], rel=0.01)
    accuracy = model.evaluate(x_test.reshape(10000, 784) / 255, y_test, batch_size=1000, verbose=0)[1]
    np.testing.assert_allclose(again["accuracy"], accuracy, atol=0.01)
