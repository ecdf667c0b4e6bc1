"""progress(): one displayed line, changed during a real training, gone at its end."""

import types

import numpy as np
import pytest

import helpers.training
from helpers.training import progress


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
