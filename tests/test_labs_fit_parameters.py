"""The labs of lesson 06: the arithmetic against a spy in a real `fit`, the bag against counting by hand."""

import itertools
import math
import warnings

import numpy as np
import pytest
from driving import move, points, sentence, text
from hypothesis import given
from hypothesis import strategies as st

from helpers.authoring.recordings.fit_parameters import RATES, SEEDS, SIZES
from helpers.datasets import load_recorded
from helpers.labs.fit_parameters import CLASS_WEIGHTS, bag, fit_arithmetic

# Fit arithmetic


def spied(samples, epochs, validation_split, **arguments):
    """The sizes of the batches that a real `fit` passes through the loss: [(training, validation)] by epoch."""
    import keras

    seen, found = [], []

    def spy(y_true, y_pred):
        seen.append(y_true.numpy().ravel().astype(int).tolist())
        return keras.ops.mean(y_pred, axis=-1)

    def end(epoch, logs):
        held_back = math.floor(samples * (1 - validation_split))
        found.append(tuple([len(batch) for batch in seen if (batch[0] >= held_back) == validation]
                           for validation in (False, True)))  # fmt: skip
        seen.clear()

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(loss=spy, optimizer="sgd", run_eagerly=True)
    with warnings.catch_warnings(action="ignore"):  # that the data ran out, which the lab shows
        model.fit(np.zeros((samples, 1)), np.arange(samples), epochs=epochs, validation_split=validation_split,
                  callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=end)], verbose=0, **arguments)  # fmt: skip
    return found


SETTINGS = [
    dict(),
    dict(samples=23, batch_size=5, epochs=3),
    dict(samples=20, batch_size=4, validation_split=0.0),
    dict(samples=30, batch_size=128, validation_split=0.1),
    dict(steps_per_epoch=3),
    dict(samples=40, batch_size=8, epochs=5, steps_per_epoch=2),
    dict(samples=40, batch_size=8, steps_per_epoch=20),
    dict(samples=40, batch_size=8, validation_split=0.5, validation_freq=2, validation_batch_size=4),
    dict(samples=40, batch_size=8, validation_split=0.5, validation_batch_size=4, validation_steps=3),
    dict(samples=40, batch_size=8, validation_split=0.3, validation_freq=3, validation_steps=20),
    dict(samples=57, batch_size=9, epochs=8, steps_per_epoch=4, validation_split=0.3, validation_freq=4,
         validation_batch_size=2, validation_steps=1),
]  # fmt: skip


@pytest.mark.parametrize("setting", SETTINGS)
def test_arithmetic_is_what_a_real_fit_does(setting):
    lab = move(fit_arithmetic(), **setting)
    arguments = {name: None if value == "None" else value for name, value in lab.values().items()}
    real, state = spied(**arguments), lab.state
    assert state["epoch_batches"] == [training for training, _ in real]
    assert state["updates"] == sum(len(training) for training, _ in real)
    assert state["seen"] == sum(sum(training) for training, _ in real)
    assert state["validated"] == [epoch for epoch, (_, validation) in enumerate(real, 1) if validation]
    for _, validation in real:
        assert validation in ([], state["validation_batches"])
    assert f"{state['updates']} updates" in sentence(lab)
    assert f"{state['seen']} samples trained on in all" in sentence(lab)


@pytest.fixture(scope="module")
def arithmetic():
    return fit_arithmetic()


@given(
    samples=st.integers(10, 200), batch_size=st.integers(1, 128), epochs=st.integers(1, 8), split=st.sampled_from(
        [0.0, 0.1, 0.2, 0.3, 0.5])
)  # fmt: skip
def test_bars_end_where_the_samples_end(arithmetic, samples, batch_size, epochs, split):
    move(arithmetic, steps_per_epoch="None", validation_steps="None", validation_freq=1)
    state = move(arithmetic, samples=samples, batch_size=batch_size, epochs=epochs, validation_split=split).state
    assert state["training"] + state["held_back"] == samples
    assert state["updates"] == epochs * math.ceil(state["training"] / batch_size)
    assert points(arithmetic, "training")[1::3].tolist() == [[state["training"], n] for n in range(1, epochs + 1)]
    drawn = points(arithmetic, "validation")[1::3, 0].tolist()
    assert drawn == ([samples] * epochs if state["held_back"] else [])


def test_validation_is_drawn_behind_the_training_data_even_where_an_epoch_ends_early(arithmetic):
    move(arithmetic, samples=150, batch_size=16, epochs=4, validation_split=0.2, steps_per_epoch=3)
    move(arithmetic, validation_freq=1, validation_batch_size="None", validation_steps="None")
    drawn = points(arithmetic, "validation")
    assert drawn[0::3, 0].tolist() == [120] * 4 and drawn[1::3, 0].tolist() == [150] * 4


def test_arithmetic_says_when_epochs_differ(arithmetic):
    move(arithmetic, samples=150, batch_size=32, epochs=4, validation_split=0.2, steps_per_epoch=3)
    assert text(arithmetic, "line 0") == "8 updates: 3, 1, 3, 1 in the epochs."
    move(arithmetic, steps_per_epoch="None")
    assert text(arithmetic, "line 0") == "16 updates: 4 in each epoch."


def test_validation_that_never_comes_is_not_said_to_be_seen():
    arithmetic = move(fit_arithmetic(), epochs=2, validation_freq=4)
    assert "never looked at" in text(arithmetic, "line 3") and "seen" not in text(arithmetic, "line 3")


# The bag


@pytest.fixture(scope="module")
def lab():
    return bag()


@given(size=st.integers(1, 150), draw=st.integers(0, 30), name=st.sampled_from(list(CLASS_WEIGHTS)), mix=st.booleans())
def test_bag_is_counted_by_hand(lab, size, draw, name, mix):
    state = move(lab, batch_size=size, draw=draw, class_weight=name, shuffle=mix).state
    order = state["order"].tolist()
    assert sorted(order) == [0] * 100 + [1] * 50
    assert mix or order == [0] * 100 + [1] * 50
    batches = [order[start : start + size] for start in range(0, 150, size)]
    assert state["cats"].tolist() == [batch.count(1) for batch in batches]
    assert state["dogs"].tolist() == [batch.count(0) for batch in batches]
    of_dogs, of_cats = CLASS_WEIGHTS[name]
    shares = [of_cats * batch.count(1) / (of_cats * batch.count(1) + of_dogs * batch.count(0)) for batch in batches]
    np.testing.assert_allclose(state["share"], shares)
    np.testing.assert_allclose(points(lab, "share")[:, 1], shares)
    one_sided = sum(len(set(batch)) == 1 for batch in batches)
    assert f"{len(batches)} batches, {one_sided} of them with one kind only" in sentence(lab)


def test_class_weights_make_the_whole_bag_even(lab):
    shares = [move(lab, class_weight=name).state["whole_share"] for name in CLASS_WEIGHTS]
    assert shares == pytest.approx([1 / 3, 1 / 2, 1 / 2])


@pytest.mark.parametrize("size", [1, 2, 5, 15, 40, 50, 75, 100, 120])
def test_spread_is_the_one_of_drawing_without_putting_back(lab, size):
    state = move(lab, batch_size=size).state
    sizes = [min(size, 150 - start) for start in range(0, 150, size)]
    # hypergeometric: a batch of m has the variance 1/3 · 2/3 / m · (150 - m) / 149, and it counts m times
    expected = math.sqrt(sum(2 / 9 * (150 - m) / 149 for m in sizes) / 150)
    assert state["spread"] == pytest.approx(expected, rel=0.06)
    assert points(lab, "here").tolist() == [[size, state["spread"]]]
    assert state["in_order"] > 1.3 * state["spread"] or size == 1


def test_a_shuffle_is_another_with_every_draw(lab):
    move(lab, shuffle=True)
    orders = {tuple(move(lab, draw=draw).state["order"]) for draw in range(31)}
    assert len(orders) == 31


# The recording


def test_recording_has_every_run_once():
    table = load_recorded("batch_sizes")
    runs = set(table[["batch_size", "learning_rate", "seed"]].itertuples(index=False, name=None))
    assert runs == set(itertools.product(SIZES, RATES, SEEDS)) and len(table) == len(runs)
    assert (table.updates == 2 * 16384 // table.batch_size).all()
