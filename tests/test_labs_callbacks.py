"""The live dashboard of lesson 07, and the callback that fills it: against Keras's own history and plain NumPy."""

import time

import keras
import numpy as np
import pytest
from driving import move, points, sentence, text

from helpers.labs.callbacks import live_dashboard
from helpers.training import Watched, watch


def filled(batches=100):
    """What was watched in a run of four epochs, made up."""
    watched = Watched()
    random = np.random.default_rng(0)
    watched.loss = list(random.random(batches) + 0.5)
    watched.accuracy = list(random.random(batches))
    watched.epochs = [batches // 4 * number for number in (1, 2, 3, 4)]
    watched.speeds = {"hidden": [(1, 0.01), (40, 0.002), (90, 0.0004)], "output": [(40, 0.1)]}
    return watched


# The dashboard


def test_nothing_watched_yet_is_said():
    lab = live_dashboard(Watched())
    assert lab.error is None
    assert sentence(lab) == "Nothing yet: the curves begin when fit does."
    assert len(points(lab, "loss")) == 0 and text(lab, "batches") == "0 batches, 0 epochs completed"


@pytest.mark.parametrize(
    "share, batches, epochs, said",
    [
        (0, 0, 0, "0 batches, 0 epochs completed"),
        (24, 24, 0, "24 batches, 0 epochs completed"),
        (25, 25, 1, "25 batches, 1 epoch completed"),
        (99, 99, 3, "99 batches, 3 epochs completed"),
        (100, 100, 4, "100 batches, 4 epochs completed"),
    ],
)
def test_looking_back_shows_what_was_known_then(share, batches, epochs, said):
    watched = filled()
    lab = move(live_dashboard(watched), share=share)
    assert (lab.state["batches"], lab.state["epochs"]) == (batches, epochs)
    assert lab.state["loss"] == watched.loss[:batches]
    assert lab.state["accuracy"] == watched.accuracy[:batches]
    assert all(batch <= batches for values in lab.state["speeds"].values() for batch, _ in values)
    assert text(lab, "batches") == said


def test_curves_are_drawn_over_the_time_so_far():
    watched = filled()
    lab = move(live_dashboard(watched), share=50)
    shares = np.divide(watched.loss[:50], max(watched.loss))
    np.testing.assert_allclose(points(lab, "raw loss"), np.column_stack([np.arange(1, 51) / 50, shares]))
    np.testing.assert_allclose(points(lab, "speed 0"), [[0.02, -2], [0.8, np.log10(0.002)]])
    np.testing.assert_allclose(points(lab, "speed 1"), [[0.8, -1]])
    assert text(lab, "layer 0").endswith("hidden") and text(lab, "layer 1").endswith("output")
    assert text(lab, "layer 2") == "" and len(points(lab, "speed 2")) == 0
    assert "hidden by 0.2% a batch, output by 10.0% a batch" in sentence(lab)


@pytest.mark.parametrize("size", [1e-3, 1, 4000])
def test_the_loss_fills_its_axis_whatever_its_size(size):
    watched = filled()
    watched.loss = [size * loss for loss in watched.loss]
    watched.loss[10] = np.nan
    lab = move(live_dashboard(watched), share=70)
    drawn = points(lab, "raw loss")[:, 1]
    assert drawn.shape == (70,) and np.isnan(drawn[10])
    assert 0 < np.nanmin(drawn) and 0.8 < np.nanmax(drawn) <= 1
    assert float(text(lab, "largest loss")) == pytest.approx(np.nanmax(watched.loss), rel=0.01)


def test_smoothing_is_the_corrected_moving_average():
    watched = filled()
    lab = move(live_dashboard(watched), smoothing=0.9)
    weights = 0.9 ** np.arange(100)[::-1]
    assert lab.state["smooth_loss"][-1] == pytest.approx(np.average(watched.loss, weights=weights))
    assert lab.state["smooth_loss"][0] == pytest.approx(watched.loss[0])
    assert np.std(lab.state["smooth_loss"]) < 0.5 * np.std(watched.loss)
    move(lab, smoothing=0)
    np.testing.assert_allclose(lab.state["smooth_loss"], watched.loss)


def test_without_arguments_it_shows_a_network_that_has_learned():
    lab = live_dashboard()
    assert lab.state["batches"] == 120 and lab.state["epochs"] == 3
    assert lab.state["loss"][-1] < 0.5 * lab.state["loss"][0]
    assert list(lab.state["speeds"]) == ["hidden", "output"]


@pytest.mark.parametrize("wrong", [3, "watched", [1.0]])
def test_what_cannot_be_shown_or_filled_is_named(wrong):
    with pytest.raises(ValueError, match=r"^watched is .*; allowed is a Watched\(\) or None"):
        live_dashboard(wrong)
    with pytest.raises(ValueError, match=r"^watched is .*; allowed is a Watched\(\)$"):
        watch(wrong, live_dashboard(Watched()))


# The callback


def network(*callbacks, epochs=3, metrics=("accuracy",)):
    """Train a small network, 50 batches an epoch; return its history and the weights before and after."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([
        keras.Input((20,)), keras.layers.Dense(16, activation="relu", name="hidden"), keras.layers.Dropout(0.1),
        keras.layers.Dense(3, activation="softmax", name="output"),
    ])  # fmt: skip
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=list(metrics))
    random = np.random.default_rng(0)
    x, y = random.random((500, 20)), random.integers(0, 3, 500)
    before = model.get_weights()
    history = model.fit(x, y, batch_size=10, epochs=epochs, verbose=0, callbacks=list(callbacks))
    return history.history, before, model.get_weights()


class Still:
    """A dashboard that draws nothing, and counts."""

    def __init__(self, seconds=0):
        self.frames, self.seconds, self.longest = 0, seconds, 0

    def refresh(self):
        self.frames += 1
        start = time.perf_counter()
        time.sleep(self.seconds)
        self.longest = max(self.longest, time.perf_counter() - start)


def test_what_is_watched_is_what_keras_reports():
    watched = Watched()
    history, _, _ = network(watch(watched, Still()))
    assert watched.epochs == [50, 100, 150] and len(watched.loss) == 150
    ends = np.array(watched.epochs) - 1
    np.testing.assert_allclose(np.array(watched.loss)[ends], history["loss"], rtol=1e-5)
    np.testing.assert_allclose(np.array(watched.accuracy)[ends], history["accuracy"], rtol=1e-5)


def test_accuracy_is_watched_under_any_of_its_names():
    watched = Watched()
    for metric in ("sparse_categorical_accuracy", "acc"):
        history, _, _ = network(watch(watched, Still()), epochs=1, metrics=[metric])
        assert watched.accuracy[-1] == pytest.approx(history[metric][0], rel=1e-5)


def test_being_among_the_best_five_is_no_accuracy():
    watched = Watched()
    network(watch(watched, Still()), epochs=1, metrics=["sparse_top_k_categorical_accuracy"])
    assert watched.accuracy and np.isnan(watched.accuracy).all()


@pytest.mark.filterwarnings("error")
def test_kernels_that_stay_zero_have_no_speed():
    watched, still = Watched(), Still()
    layers = [keras.layers.Dense(2, "relu", kernel_initializer="zeros") for _ in range(2)]  # no gradient passes
    model = keras.Sequential([keras.Input((2,)), *layers])
    model.compile(loss="mse", optimizer="sgd")
    model.fit(np.ones((200, 2)), np.ones((200, 2)), batch_size=1, verbose=0, callbacks=[watch(watched, still)])
    assert still.frames > 1 and len(watched.loss) == 200  # it was looked at
    assert watched.speeds == {}


def test_watching_does_not_change_the_training():
    _, _, watched = network(watch(Watched(), Still()))
    _, _, unwatched = network()
    assert all(np.array_equal(a, b) for a, b in zip(watched, unwatched))


class Kernels(keras.callbacks.Callback):
    """The kernels of `network` after each batch; the first entry is before all of them."""

    def on_train_begin(self, logs=None):
        self.seen = []
        self.on_train_batch_end(-1)

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append([self.model.layers[place].kernel.numpy().copy() for place in (0, 2)])


def test_a_layers_speed_is_its_relative_change_by_one_batch():
    watched, kernels = Watched(), Kernels()
    network(watch(watched, Still()), kernels)
    assert list(watched.speeds) == ["hidden", "output"]
    for place, speeds in enumerate(watched.speeds.values()):
        assert len(speeds) >= 2
        for batch, speed in speeds:
            old, new = kernels.seen[batch - 1][place], kernels.seen[batch][place]
            change = np.sqrt(((new - old) ** 2).sum()) / np.sqrt((old**2).sum())
            assert speed == pytest.approx(change, rel=1e-4)


def test_however_slow_the_drawing_it_keeps_to_its_share():
    watched, slow = Watched(), Still(seconds=0.02)
    network(watch(watched, slow), epochs=30)
    assert slow.frames >= 2
    # At most one frame too many, and the last one, which is drawn in any case.
    assert watched.seconds < 0.03 * watched.training_seconds + 2.5 * slow.longest + 0.05


def test_a_second_run_begins_anew():
    watched = Watched()
    callback = watch(watched, Still())
    network(callback)
    network(callback, epochs=1)
    assert watched.epochs == [50] and len(watched.loss) == 50


def test_a_model_without_accuracy_is_watched_too():
    watched = Watched()
    network(watch(watched, Still()), metrics=())
    assert np.isnan(watched.accuracy).all() and len(watched.loss) == len(watched.accuracy) == 150
    lab = live_dashboard(watched)
    assert lab.error is None and "accuracy" not in sentence(lab) and lab.figure["accuracy now"]._text == ""
    assert lab.figure["loss now"]._text.startswith("now ")


def test_the_dashboard_follows_a_network_without_weight_matrices_too():
    lab = Still()
    model = keras.Sequential([keras.Input((3,)), keras.layers.BatchNormalization()])
    model.compile(loss="mse")
    ones = np.ones((2000, 3))
    model.fit(ones, ones, batch_size=2, verbose=0, callbacks=[watch(Watched(), lab)])
    assert lab.frames > 1  # one more than that at the end


def test_the_dashboard_follows_while_fit_runs():
    watched = Watched()
    lab = live_dashboard(watched)
    seen = []
    spy = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(lab.state["batches"]))
    network(watch(watched, lab), spy, epochs=20)
    assert lab.error is None and lab.state["batches"] == 1000
    assert len(set(seen)) > 5 and seen == sorted(seen)
