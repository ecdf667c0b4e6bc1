"""Recorded runs that take many seconds even when short: made again, they give what was shipped.

Not part of the usual run, which does the same with quicker ones: `pytest tests/matrix/recordings.py -n0`.
"""

import os

import pytest

from helpers.authoring.recordings.activations import deep_repairs
from helpers.authoring.recordings.callbacks import OVERWRITE, RENAME, interrupted_backups
from helpers.authoring.recordings.fit_parameters import batch_sizes
from helpers.authoring.recordings.robustness import permuted_pixels, repairs
from helpers.datasets import load_recorded


def test_short_deep_repair_gives_what_was_shipped():
    again = deep_repairs(activations=("sigmoid",), repairs=("batch normalisation",), seeds=(0,))
    shipped = load_recorded("deep_repairs").query("repair == 'batch normalisation' and activation == 'sigmoid'")
    assert list(again.columns) == list(shipped.columns)
    assert again["accuracy"].item() == pytest.approx(shipped["accuracy"].iloc[0], abs=0.05)


def test_short_batch_sizes_give_what_was_shipped():
    again = batch_sizes(sizes=(128,), rates=(0.001,), seeds=(0,))
    shipped = load_recorded("batch_sizes").query("batch_size == 128 and learning_rate == 0.001 and seed == 0")
    assert again["accuracy"].item() == pytest.approx(shipped["accuracy"].item(), abs=0.015)
    assert again["loss_noise"].item() == pytest.approx(shipped["loss_noise"].item(), rel=0.25)


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
