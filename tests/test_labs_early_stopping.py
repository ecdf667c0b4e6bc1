"""The lab of lesson 05: it does what Keras's EarlyStopping does in a real fit, and draws that."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.datasets import load_recorded
from helpers.labs import early_stopping as labs
from helpers.training import replay_stopping

arguments = st.fixed_dictionaries(dict(
    monitor=st.sampled_from(labs.MONITORS),
    mode=st.sampled_from(["auto", "min", "max"]),
    patience=st.integers(0, 4),
    min_delta=st.sampled_from([0, 0.01, 0.05]),
    start_from_epoch=st.integers(0, 4),
    restore_best_weights=st.booleans(),
))  # fmt: skip


@pytest.fixture(scope="module")
def fit():
    """Train a small classifier on noise, from given weights; return the history, each epoch's weights, the last."""
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(2, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.optimizer.learning_rate = 1.0

    def fit(seed, epochs, callbacks):
        random = np.random.default_rng(seed)
        x, y = random.normal(size=(40, 3)), random.integers(0, 2, 40)
        model.set_weights([random.normal(size=weight.shape) for weight in model.get_weights()])
        weights = []
        keep = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: weights.append(model.get_weights()))
        history = model.fit(x[:20], y[:20], validation_data=(x[20:], y[20:]), batch_size=20, epochs=epochs,
                            verbose=0, callbacks=[keep, *callbacks])  # fmt: skip
        return history.history, weights, model.get_weights()

    return fit


EPOCHS = 10


@pytest.fixture(scope="module")
def logs(fit):
    """What `fit` logs without early stopping: for each of four runs a list of dicts, one an epoch."""
    runs = [fit(seed, EPOCHS, [])[0] for seed in range(4)]
    return [[dict(zip(run, values)) for values in zip(*run.values())] for run in runs]


@settings(max_examples=8)
@given(seed=st.integers(0, 3), arguments=arguments)
def test_replay_is_what_a_real_fit_does(fit, logs, seed, arguments):
    import keras

    ran, kept = replay_stopping(logs[seed], **arguments)
    history, weights, final = fit(seed, EPOCHS, [keras.callbacks.EarlyStopping(**arguments)])
    assert len(history["loss"]) == ran
    assert all(np.array_equal(a, b) for a, b in zip(weights[kept - 1], final, strict=True))


def test_lab_shows_what_replay_says():
    lab = labs.stop()
    run = load_recorded("overfitting").query("seed == 0")
    logs = run[list(labs.MONITORS)].to_dict("records")
    for patience, monitor in ((0, "val_loss"), (10, "val_accuracy"), (20, "accuracy")):
        lab.controls["patience"].value, lab.controls["monitor"].value = patience, monitor
        ran, kept = replay_stopping(logs, monitor=monitor, patience=patience, restore_best_weights=True)
        assert (lab.state["ran"], lab.state["kept"], lab.state["saved"]) == (ran, kept, len(run) - ran)
        assert lab.state["test_accuracy"] == run["test_accuracy"].iloc[kept - 1]
        assert lab.figure["stopped loss"].get_xdata()[0] == ran and lab.figure["kept accuracy"].get_xdata()[0] == kept
        assert f"keeps {kept} " in lab.figure["title"]._text


def test_only_a_run_that_was_stopped_is_called_so():
    recorded = load_recorded("overfitting")
    lab = labs.stop(recorded)
    for name, value in dict(run=1, monitor="val_accuracy", patience=20).items():
        lab.controls[name].value = value
    assert not lab.state["stopped"] and lab.figure["title"]._text.split(": ")[1].startswith("ran all 60 ")
    by_the_last = labs.stop(recorded.query("seed == 0 and epoch < 11")).state  # patience 5 ends it in its last epoch
    assert by_the_last["stopped"] and by_the_last["saved"] == 0


@pytest.mark.parametrize("seeds", [[7], [7, 9], [2, 1, 0, 5]])
def test_a_table_of_ones_own_is_shown_with_the_runs_it_has(seeds):
    shipped = load_recorded("overfitting").query("seed == 0")
    lab = labs.stop(pd.concat([shipped.assign(seed=seed) for seed in seeds]))
    assert [value for _, value in lab.controls["run"].options] == sorted(seeds)
    assert lab._repr_mimebundle_()[0]["image/png"] and lab.error is None


def test_rows_may_come_in_any_order():
    shipped = load_recorded("overfitting")
    shuffled = labs.stop(shipped.sample(frac=1, random_state=0)).state
    in_order = labs.stop(shipped).state
    assert (shuffled["ran"], shuffled["kept"]) == (in_order["ran"], in_order["kept"])
    assert shuffled["logs"].equals(in_order["logs"])


def test_errors_name_the_argument():
    with pytest.raises(ValueError, match="recorded has .* lacks"):
        labs.stop(load_recorded("overfitting").drop(columns="test_accuracy"))
    with pytest.raises(ValueError, match="recorded has 0 rows"):
        labs.stop(load_recorded("overfitting").head(0))
    with pytest.raises(ValueError, match="logs is empty"):
        replay_stopping([], monitor="loss")
