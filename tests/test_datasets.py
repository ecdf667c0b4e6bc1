"""The data: the very arrays that were published, damaged files told, no network; toy sets; recorded runs."""

import datetime
import re
import shutil
import socket

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import datasets, strokes
from helpers.authoring.build_data import ARRAYS, digest
from helpers.authoring.record import RECORDINGS
from helpers.datasets import RECORDED, TOY_SETS, DataFileError, load_recorded, toy_set

LOADERS = {"mnist.npz": datasets.load_mnist, "fashion_mnist.npz": datasets.load_fashion_mnist}
READERS = LOADERS | {"drawings.json": strokes.shipped}
COLUMNS = {
    "fashion_sgd": ["hidden_units", "learning_rate", "epoch", "accuracy", "loss", "val_accuracy", "val_loss"],
    "width_depth": ["seed", "depth", "width", "accuracy"],
    "depth_and_time": ["seed", "depth", "epoch", "own_accuracy", "accuracy"],
    "step_by_step": ["batch_size", "seed", "step", "accuracy"],
    "pixels": ["seed", "method", "accuracy", "seconds"],
    "activation_race": ["activation", "seed", "epoch", "accuracy", "loss", "val_accuracy", "val_loss"],
    "patient_adam": ["seed", "epoch", "accuracy"],
    "silent_units": ["activation", "seed", "silent", "back", "accuracy"],
    "deep_repairs": ["activation", "repair", "seed", "accuracy"],
    "scaling_what_if": ["scaling", "optimizer", "learning_rate", "seed", "step", "loss", "accuracy"],
    "finer_rates": ["scaling", "learning_rate", "seed", "accuracy"],
    "batch_sizes": ["batch_size", "learning_rate", "seed", "updates", "seconds", "accuracy", "megabytes"],
    "classic_early_stopping": ["epoch", "accuracy", "loss", "val_accuracy", "val_loss", "test_accuracy"],
    "interrupted_backups": ["method", "found", "moments"],
    "overfitting": ["seed", "epoch", "accuracy", "loss", "val_accuracy", "val_loss", "test_accuracy"],
    "permuted_pixels": ["network", "order", "seed", "accuracy"],
    "published_network": [
        "scale",
        "seed",
        "epoch",
        "accuracy",
        "loss",
        "val_accuracy",
        "val_loss",
        "test_loss",
        "test_accuracy",
        "p0",
        "p1",
        "p2",
        "p3",
        "p4",
        "p5",
        "p6",
        "p7",
        "p8",
        "p9",
    ],
    "remedies": ["remedy", "seed", "parameters", "train_accuracy", "test_loss", "test_accuracy"],
    "every_angle": [
        "network",
        "degrees",
        "seed",
        "epoch",
        "digit",
        "upright",
        "turned_90",
        "turned_180",
        "as_6",
        "as_9",
    ],
    "repairs": ["network", "seed", "parameters", "change", "accuracy"],
    "stopped_on_the_exam": ["seed", "best_epoch", "exam", "others"],
}
SHIPPED = sorted(path.stem for path in RECORDED.glob("*.csv"))

each_file = pytest.mark.parametrize("name", LOADERS)
each_recording = pytest.mark.parametrize("name", SHIPPED)
toy_sets = st.sampled_from(TOY_SETS)
even = st.integers(2, 150).map(lambda half: 2 * half)
seeds = st.integers(0, 2**32 - 1)


@pytest.fixture
def data(tmp_path, monkeypatch):
    """An empty data folder in the place of the real one."""
    monkeypatch.setattr(datasets, "DATA", tmp_path)
    return tmp_path


# The pictures


@each_file
def test_arrays_are_those_published(name, monkeypatch):
    def no_network(*args, **kwargs):
        raise AssertionError("a data set asked for the network")

    monkeypatch.setattr(socket, "socket", no_network)
    (x_train, y_train), (x_test, y_test) = LOADERS[name]()
    arrays = dict(x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    assert {key: array.shape for key, array in arrays.items()} == {
        "x_train": (60000, 28, 28), "y_train": (60000,), "x_test": (10000, 28, 28), "y_test": (10000,),
    }  # fmt: skip
    assert {array.dtype for array in arrays.values()} == {np.dtype("uint8")}
    assert set(y_train) == set(y_test) == set(range(10))
    assert {key: digest(array) for key, array in arrays.items()} == {
        key: expected for key, (_, expected) in ARRAYS[name].items()
    }


def test_pictures_need_no_pickle(monkeypatch):
    asked = []
    load = np.load
    monkeypatch.setattr(np, "load", lambda *args, **kwargs: asked.append(kwargs) or load(*args, **kwargs))
    datasets.load_mnist()
    assert [kwargs.get("allow_pickle", False) for kwargs in asked] == [False]


def assert_names_file_and_remedy(path, name):
    with pytest.raises(DataFileError) as caught:
        READERS[name]()
    assert str(path) in str(caught.value)
    assert "git checkout -- helpers/data" in str(caught.value)


@pytest.mark.parametrize("name", READERS)
def test_missing_file_is_named(name, data):
    assert_names_file_and_remedy(data / name, name)


@pytest.mark.parametrize(
    "name, damage",
    [
        ("fashion_mnist.npz", "one byte"),
        ("drawings.json", "one byte"),
        *(("mnist.npz", d) for d in ("truncated", "one byte", "empty", "one byte more")),
    ],
)
def test_damaged_file_is_named(name, damage, data):
    content = bytearray((RECORDED.parent / name).read_bytes())
    if damage == "truncated":
        content = content[: len(content) // 2]
    elif damage == "one byte":
        content[len(content) // 3] ^= 1
    elif damage == "empty":
        content = b""
    else:
        content += b"\0"
    (data / name).write_bytes(content)
    assert_names_file_and_remedy(data / name, name)


def test_the_other_set_is_not_taken_for_this_one(data):
    shutil.copy(RECORDED.parent / "mnist.npz", data / "fashion_mnist.npz")
    assert_names_file_and_remedy(data / "fashion_mnist.npz", "fashion_mnist.npz")


def test_unreadable_file_is_named(data):
    (data / "mnist.npz").mkdir()
    assert_names_file_and_remedy(data / "mnist.npz", "mnist.npz")


def test_digit_batch_is_the_first_training_digits():
    (pictures, labels), _ = datasets.load_mnist()
    x, y = datasets.digit_batch()
    assert x.dtype == np.float32 and x.shape == (256, 784)
    assert np.array_equal(x, pictures[:256].reshape(256, -1) / np.float32(255)) and np.array_equal(y, labels[:256])
    for array in (x, y):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0  # everybody gets the same two


def test_fashion_names_are_ten_and_mean_the_labels():
    assert len(set(datasets.FASHION_NAMES)) == 10
    (x, y), _ = datasets.load_fashion_mnist()
    mean = {name: x[y == label].mean(axis=0) for label, name in enumerate(datasets.FASHION_NAMES)}
    # A trouser leaves a gap between its legs, a sneaker leaves the upper half empty, a pullover has arms.
    assert mean["trouser"][20, 14] < mean["trouser"][20, 11]
    assert mean["sneaker"][:6].max() < 20 < mean["ankle boot"][:6].max()
    assert mean["T-shirt"][20, 3] < 20 < mean["pullover"][20, 3]


# Toy sets


@given(name=toy_sets, samples=even, noise=st.floats(0, 1), seed=seeds)
def test_toy_set_has_its_shape_and_equal_classes(name, samples, noise, seed):
    points, labels = toy_set(name, samples, noise, seed)
    assert points.shape == (samples, 2) and points.dtype == np.float32
    assert labels.shape == (samples,) and labels.dtype == int
    assert np.bincount(labels).tolist() == [samples // 2, samples // 2]
    assert np.isfinite(points).all()


@given(name=toy_sets, samples=even, noise=st.floats(0, 1), seed=seeds)
def test_toy_set_is_the_same_for_the_same_seed(name, samples, noise, seed):
    one, same, other = (toy_set(name, samples, noise, s) for s in (seed, seed, seed ^ 1))
    assert np.array_equal(one[0], same[0]) and np.array_equal(one[1], same[1])
    assert not np.array_equal(one[0], other[0])


@given(name=toy_sets, seed=seeds)
def test_toy_set_spans_about_minus_one_to_one(name, seed):
    points, _ = toy_set(name, 200, 0, seed)
    assert (np.abs(points).max(axis=0) <= 1.3).all()
    assert (np.ptp(points, axis=0) > 1).all()


@given(name=toy_sets, noise=st.floats(0.05, 1), seed=seeds)
def test_noise_is_the_standard_deviation_of_what_is_added(name, noise, seed):
    added = toy_set(name, 1000, noise, seed)[0] - toy_set(name, 1000, 0, seed)[0]
    assert np.std(added, axis=0) == pytest.approx([noise, noise], rel=0.15)


def test_xor_is_1_where_one_coordinate_is_positive():
    points, labels = toy_set("xor", 400, 0)
    assert np.array_equal(labels, (points[:, 0] > 0) != (points[:, 1] > 0))
    assert np.abs(points).min() >= 0.15 - 1e-6
    assert len({tuple(quarter) for quarter in np.sign(points)}) == 4


def test_spirals_are_two_arms_half_a_turn_apart():
    points, labels = toy_set("spirals", 400, 0)
    radius = np.hypot(*points.T)
    turn = np.arctan2(points[:, 1], points[:, 0]) - 3 * np.pi * radius - np.pi * labels
    assert np.allclose(np.cos(turn), 1, atol=1e-4)
    assert radius.min() < 0.25 and radius.max() > 0.95


def test_circles_are_two_rings_and_the_inner_one_is_1():
    points, labels = toy_set("circles", 200, 0)
    assert np.hypot(*points[labels == 0].T) == pytest.approx(1)
    assert np.hypot(*points[labels == 1].T) == pytest.approx(0.45)


@pytest.mark.parametrize(
    "arguments, argument, allowed",
    [
        (("moon",), "name", "moons"),
        (("moons", 5), "samples", "even"),
        (("moons", 2), "samples", "from 4"),
        (("moons", 0), "samples", "from 4"),
        (("moons", -10), "samples", "from 4"),
        (("moons", 10.0), "samples", "whole"),
        (("moons", 10, -0.01), "noise", "from 0 to 1"),
        (("moons", 10, 1.01), "noise", "from 0 to 1"),
        (("moons", 10, float("nan")), "noise", "from 0 to 1"),
    ],
)
def test_toy_set_names_the_wrong_argument(arguments, argument, allowed):
    with pytest.raises(ValueError, match=f"^{argument} is .*allowed.*{allowed}"):
        toy_set(*arguments)


def test_toy_set_takes_its_limits():
    assert len(toy_set("spirals", 4, 0)[0]) == len(toy_set("blobs", np.int64(4), 1)[0]) == 4


# Recorded runs


def test_every_recording_is_shipped_and_known():
    assert SHIPPED == sorted(RECORDINGS) == sorted(COLUMNS)


@each_recording
def test_recorded_run_is_whole(name):
    table = load_recorded(name)
    assert list(table.columns) == COLUMNS[name]
    assert len(table) and not table.isna().any(axis=None)
    assert all(table[column].between(0, 1).all() for column in table if "accuracy" in column)


@each_recording
def test_recorded_run_says_how_it_was_made(name):
    what, command, made = (RECORDED / f"{name}.csv").read_text(encoding="utf-8").splitlines()[:3]
    assert what == f"# {RECORDINGS[name].__doc__}"
    assert command == f"# Made by: python -m helpers.authoring record {name}"
    match = re.fullmatch(r"# On (\S+) with Python 3\.\d+\.\d+, TensorFlow 2\.\d+\.\d+, Keras 3\.\d+\.\d+, \S+", made)
    assert match and datetime.date.fromisoformat(match[1])


def test_unknown_recording_is_told_with_those_there_are():
    with pytest.raises(DataFileError) as caught:
        load_recorded("fashion")
    assert "'fashion'" in str(caught.value) and ", ".join(SHIPPED) in str(caught.value)
    assert "git checkout -- helpers/data" in str(caught.value)


@pytest.mark.parametrize("damage", ["cut short", "a line cut off", "one byte", "empty", "no text"])
def test_damaged_recording_is_named(damage, tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "RECORDED", tmp_path)
    path, content = tmp_path / "pixels.csv", bytearray((RECORDED / "pixels.csv").read_bytes())
    path.write_bytes(content)
    assert len(load_recorded("pixels"))
    if damage == "cut short":
        content = content[: len(content) // 2]
    elif damage == "a line cut off":
        content = content[: content.rstrip().rfind(b"\n") + 1]
    elif damage == "one byte":
        content[len(content) // 2] ^= 1
    else:
        content = {"empty": b"", "no text": b"\xff\xfe" * 99}[damage]
    path.write_bytes(content)
    with pytest.raises(DataFileError, match="pixels.csv is damaged.*git checkout -- helpers/data"):
        load_recorded("pixels")


def test_recording_that_cannot_be_read_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "RECORDED", tmp_path)
    (tmp_path / "pixels.csv").mkdir()
    with pytest.raises(DataFileError, match="pixels.csv cannot be read .*git checkout -- helpers/data"):
        load_recorded("pixels")


def test_recording_with_the_line_ends_of_windows_is_whole(tmp_path, monkeypatch):
    table = load_recorded("pixels")
    monkeypatch.setattr(datasets, "RECORDED", tmp_path)
    (tmp_path / "pixels.csv").write_bytes((RECORDED / "pixels.csv").read_bytes().replace(b"\n", b"\r\n"))
    assert load_recorded("pixels").equals(table)
