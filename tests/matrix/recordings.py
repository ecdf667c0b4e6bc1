"""Recorded runs that take seconds even when short: made again, they give what was shipped.

Not part of the usual run, which does the same with quicker ones: `pytest tests/matrix/recordings.py -n0`.
"""

import os
from pathlib import Path

import numpy as np
import pytest

from helpers.authoring.recordings import early_stopping
from helpers.authoring.recordings.activations import deep_repairs, patient_adam, silent_units
from helpers.authoring.recordings.callbacks import OVERWRITE, RENAME, interrupted_backups
from helpers.authoring.recordings.fit_parameters import batch_sizes
from helpers.authoring.recordings.gradient_descent import step_by_step
from helpers.authoring.recordings.hidden_layers import depth_and_time, fashion_sgd
from helpers.authoring.recordings.preprocessing import finer_rates
from helpers.authoring.recordings.robustness import every_angle, permuted_pixels, published_network, repairs
from helpers.datasets import load_recorded

#: A recording, arguments that make it short, what names one of its rows, what was measured, how far it may differ.
SHORTENED = [
    (fashion_sgd, dict(runs=[(100, 0.5, 1)]), ["hidden_units", "learning_rate", "epoch"], "val_accuracy", 0.02),
    (depth_and_time, dict(depths=(1,), epochs=5, seeds=(0,)), ["seed", "depth", "epoch"], "own_accuracy", 0.03),
    (step_by_step, dict(runs=[(100, 0)], steps=(1, 10)), ["batch_size", "seed", "step"], "accuracy", 0.01),
    (patient_adam, dict(seeds=(0,), epochs=2), ["seed", "epoch"], "accuracy", 0.03),
    (silent_units, dict(activations=("relu",), seeds=(0,)), ["activation", "seed"], "silent", 5),
    (finer_rates, dict(scalings=("÷ 255",), rates=(0.5,), seeds=(0,)), ["scaling", "learning_rate", "seed"],
     "accuracy", 0.02),
    (every_angle, dict(networks=("MLP + augmentation",), degrees=(180,), seeds=(0,), epochs=(4,)),
     ["network", "degrees", "seed", "epoch", "digit"], "upright", 0.1),
    (published_network, dict(scales=(255,), seeds=(0,), epochs=1), ["scale", "seed", "epoch"], "val_loss", 0.02),
]  # fmt: skip


@pytest.mark.parametrize("recording, shorter, keys, measured, tolerance", SHORTENED)
def test_short_run_gives_the_rows_that_were_shipped(recording, shorter, keys, measured, tolerance):
    again, shipped = recording(**shorter), load_recorded(recording.__name__)
    assert list(again.columns) == list(shipped.columns)
    rows = again.merge(shipped, on=keys, suffixes=("", " shipped"))
    assert len(rows) == len(again) > 0
    assert rows[measured].to_numpy() == pytest.approx(rows[f"{measured} shipped"].to_numpy(), abs=tolerance)


def test_short_deep_repair_gives_what_was_shipped():
    again = deep_repairs(activations=("sigmoid",), repairs=("batch normalisation",), seeds=(0,))
    shipped = load_recorded("deep_repairs").query("repair == 'batch normalisation' and activation == 'sigmoid'")
    assert list(again.columns) == list(shipped.columns)
    assert again["accuracy"].item() == pytest.approx(shipped["accuracy"].iloc[0], abs=0.05)


def test_short_overfitting_gives_what_was_shipped():
    again, shipped = early_stopping.overfitting(seeds=(0,), epochs=2), load_recorded("overfitting").query("seed == 0")
    for name in ("loss", "val_loss", "accuracy", "test_accuracy"):
        np.testing.assert_allclose(again[name], shipped[name].head(2), atol=0.02)


def test_short_runs_about_stopping_are_plausible():
    """They are too short for a row of what was shipped."""
    exams = early_stopping.stopped_on_the_exam(seeds=(0,), epochs=3)
    assert 0 <= exams["best_epoch"][0] < 3 and abs(exams["exam"][0] - exams["others"][0]) < 0.15
    assert early_stopping.remedies(seeds=(0,), updates=20, names=["nothing"])["test_accuracy"][0] > 0.6
    assert len(early_stopping.classic_early_stopping(epochs=1, digits=1000)) == 1


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux tells here how large a process is")
@pytest.mark.parametrize("size, rate", [(128, 0.001), (512, 0.01)])
def test_short_batch_sizes_give_what_was_shipped(size, rate):
    again = batch_sizes(sizes=(size,), rates=(rate,), seeds=(0,))
    shipped = load_recorded("batch_sizes").query(f"batch_size == {size} and learning_rate == {rate} and seed == 0")
    assert list(again.columns) == list(shipped.columns)
    assert again["megabytes"].item() > 50
    assert again["accuracy"].item() == pytest.approx(shipped["accuracy"].item(), abs=0.015)


@pytest.mark.skipif(not hasattr(os, "WUNTRACED"), reason="here a process cannot be frozen")
def test_short_interrupted_backups_give_what_was_shipped():
    again = interrupted_backups(moments=20, methods=(OVERWRITE, RENAME))
    assert list(again.columns) == list(load_recorded("interrupted_backups").columns)
    counts = again.set_index(["method", "found"])["moments"]
    assert counts[RENAME].to_dict() == {"a backup": 20}
    assert counts[OVERWRITE].sum() == 20 and counts[OVERWRITE].get("a backup", 0) < 19


def test_short_permuted_run_gives_what_was_shipped():
    again = permuted_pixels(networks=("MLP",), orders=("permuted",), seeds=(1,))
    shipped = load_recorded("permuted_pixels").query("network == 'MLP' and order == 'permuted' and seed == 1")
    assert list(again.columns) == list(shipped.columns)
    assert again["accuracy"].item() == pytest.approx(shipped["accuracy"].item(), abs=0.02)


def test_short_repair_has_the_form_of_what_was_shipped():
    """One epoch of the four is only held against guessing."""
    again = repairs(networks=("CNN",), seeds=(0,), epochs=1, digits=500)
    shipped = load_recorded("repairs").query("network == 'CNN' and seed == 0")
    assert list(again.columns) == list(shipped.columns)
    assert again["change"].tolist() == shipped["change"].tolist()
    assert again["accuracy"].iloc[0] > 0.6
