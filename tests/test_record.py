"""Recorded runs: made again they give what was shipped, and a file is replaced only by a whole one."""

import pandas as pd
import pytest

from helpers import datasets, files
from helpers.authoring import record as recording
from helpers.authoring.__main__ import main
from helpers.authoring.record import RECORDINGS, UnknownRecording, record
from helpers.authoring.recordings.activations import REPAIRS, activation_race, deep_network
from helpers.authoring.recordings.hidden_layers import width_depth
from helpers.datasets import load_recorded


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    """An empty folder in the place of helpers/data/recorded, and a recording `quick` that takes no time."""
    folder = tmp_path / "recorded"
    monkeypatch.setattr(recording, "RECORDED", folder)
    monkeypatch.setattr(datasets, "RECORDED", folder)

    def quick():
        """A run that takes no time, for the tests."""
        return pd.DataFrame(dict(epoch=[1, 2], loss=[0.5, 1 / 3]))

    monkeypatch.setitem(RECORDINGS, "quick", quick)
    return folder


def test_short_run_gives_what_was_shipped():
    again = width_depth(widths=(4,), depths=(1,), seeds=(0,))
    shipped = load_recorded("width_depth").query("width == 4 and depth == 1 and seed == 0")
    assert list(again.columns) == list(shipped.columns)
    assert again[["seed", "depth", "width"]].values.tolist() == [[0, 1, 4]]
    assert again["accuracy"].item() == pytest.approx(shipped["accuracy"].item(), abs=0.03)


def test_shipped_width_depth_has_every_network_once():
    table = load_recorded("width_depth")
    cells = set(table[["seed", "depth", "width"]].itertuples(index=False, name=None))
    assert cells == {(s, d, w) for s in (0, 1, 2) for d in (1, 2, 4, 8) for w in (4, 16, 64, 256, 1024)}
    assert len(table) == 60


def test_unknown_name_is_told_with_those_there_are():
    with pytest.raises(UnknownRecording, match="^name is 'slow'; allowed are .*width_depth"):
        record("slow")


def test_a_mistyped_last_name_is_told_before_the_first_has_run(recorded, capsys):
    assert main(["record", "quick", "slow"]) == 2
    assert capsys.readouterr().err.startswith("name is 'slow'; allowed are")
    assert not (recorded / "quick.csv").exists()


def test_record_writes_what_load_recorded_reads(recorded):
    path = record("quick")
    assert path == recorded / "quick.csv"
    what, command, made, columns, first, second, seal = path.read_text(encoding="utf-8").splitlines()
    assert what == "# A run that takes no time, for the tests."
    assert command == "# Made by: python -m helpers.authoring record quick"
    assert "Python 3." in made and "TensorFlow 2." in made and "Keras 3." in made
    assert (columns, first, second) == ("epoch,loss", "1,0.5000", "2,0.3333")
    assert seal.startswith("# SHA-256 of the lines above: ")
    table = load_recorded("quick")
    assert table.to_dict("list") == {"epoch": [1, 2], "loss": [0.5, 0.3333]}
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_failed_run_leaves_the_old_file(recorded, monkeypatch):
    record("quick")
    old = (recorded / "quick.csv").read_bytes()

    def broken():
        """A run that fails."""
        raise RuntimeError("out of memory")

    monkeypatch.setitem(RECORDINGS, "quick", broken)
    with pytest.raises(RuntimeError, match="out of memory"):
        record("quick")
    assert (recorded / "quick.csv").read_bytes() == old
    assert [path.name for path in recorded.iterdir()] == ["quick.csv"]


def test_the_old_file_is_whole_until_the_new_one_is(recorded, monkeypatch):
    record("quick")
    seen = []
    replace = files.os.replace

    def watched(source, target):
        seen.append((len(load_recorded("quick")), len(pd.read_csv(source, comment="#"))))
        replace(source, target)

    monkeypatch.setattr(files.os, "replace", watched)
    monkeypatch.setitem(RECORDINGS, "quick", lambda: pd.DataFrame(dict(epoch=[1, 2, 3])))
    record("quick")
    assert seen == [(2, 3)]
    assert len(load_recorded("quick")) == 3
    assert [path.name for path in recorded.iterdir()] == ["quick.csv"]


def test_short_race_gives_what_was_shipped():
    again = activation_race(activations=("tanh",), seeds=(0,), epochs=1)
    shipped = load_recorded("activation_race").query("activation == 'tanh' and seed == 0 and epoch == 1")
    assert list(again.columns) == list(shipped.columns)
    assert again["val_accuracy"].item() == pytest.approx(shipped["val_accuracy"].item(), abs=0.03)


@pytest.mark.parametrize(
    "repair, layers",
    [("none", set()), ("batch normalisation", {"BatchNormalization"}), ("skip connections", {"Add"})],
)
def test_deep_network_has_ten_hidden_layers_and_what_repairs_it(repair, layers):
    kinds = [type(layer).__name__ for layer in deep_network("relu", 0, **REPAIRS[repair]).layers]
    assert kinds.count("Dense") == 11
    assert set(kinds) - {"InputLayer", "Dense", "Activation"} == layers
