"""Processes killed for real, again and again, as lesson 07 does once: their backups go on.

Not part of the usual run: `pytest tests/matrix/killed.py -n0` takes half a minute.
"""

import time

import keras
import numpy as np

from helpers.authoring.recordings.callbacks import RENAME, train
from helpers.authoring.refresh import read
from helpers.authoring.template import ROOT

NOTEBOOK = read(ROOT / "notebooks" / "07_callbacks_and_tensorboard.ipynb")


def test_killed_at_random_moments_what_was_written_beside_is_readable_and_up_to_date(tmp_path):
    random, saved = np.random.default_rng(), 0
    for kill in range(2):
        process = train(tmp_path, RENAME)
        try:
            words = process.stdout.readline().split()
            assert words[:2] == ["began", "at"], f"kill {kill} left a file that cannot be read"
            began = int(words[-1])
            assert saved <= began <= saved + 1  # it may have been killed between the save and the word of it
            assert process.stdout.readline() == "saved\n"
            time.sleep(random.random() / 2)
        finally:
            process.kill()
        saved = began + 1 + process.communicate()[0].count("saved\n")


def test_killed_twice_the_lessons_script_ends_at_the_same_weights(tmp_path):
    lesson = dict(folder=tmp_path)
    exec("import os, subprocess, sys, time\nimport numpy as np", lesson)
    for begins in ("script = ", "def run("):
        exec(next(cell.source for cell in NOTEBOOK.cells if cell.source.startswith(begins)), lesson)
    run = lesson["run"]
    assert run("undisturbed", "undisturbed.keras") == (list(range(6)), 0)
    reached = 0
    for _ in range(2):
        epochs, code = run("disturbed", "disturbed.keras", kill=True)
        assert code != 0 and epochs == list(range(reached, reached + len(epochs)))
        reached += len(epochs)
    assert run("disturbed", "disturbed.keras") == (list(range(reached, 6)), 0)
    one, other = (keras.saving.load_model(tmp_path / f"{name}.keras") for name in ("undisturbed", "disturbed"))
    assert all(np.array_equal(a, b) for a, b in zip(one.get_weights(), other.get_weights()))
    assert int(one.optimizer.iterations) == int(other.optimizer.iterations) == 6 * 250
