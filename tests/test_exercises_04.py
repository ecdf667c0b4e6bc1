"""The exercises of lesson 04: answers of another kind are right too, and the silent bugs are found one by one."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from judging import is_right
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from helpers.exercises import preprocessing as ex

# 4.1


def test_places_may_come_from_numpy_or_from_a_picture():
    assert is_right(ex.q1, np.ravel_multi_index((17, 5), (28, 28)), *np.unravel_index(400, (28, 28)))
    assert is_right(ex.q1, np.arange(784).reshape(28, 28)[17, 5], *divmod(400.0, 28))


@given(*[st.integers(-10, 800)] * 3)
def test_no_other_places_are_right(place, row, column):
    assert (ex.q1.judge(place, row, column).kind == "right") == ((place, row, column) == (481, 14, 8))


# 4.2


def by_keras(rows):
    pictures = keras.Sequential([keras.layers.Rescaling(255), keras.layers.Reshape((28, 28))])(rows)
    return keras.ops.cast(keras.ops.round(pictures), "uint8")


def by_tensorflow(rows):
    return tf.reshape(tf.image.convert_image_dtype(rows, tf.uint8, saturate=True), (-1, 28, 28))


def pixel_by_pixel(rows):
    return np.array([[[round(255 * float(x)) for x in line] for line in row.reshape(28, 28)] for row in rows], "uint8")


def with_a_half_added(rows):
    return (rows.astype("float64") * 255 + 0.5).astype("uint8").reshape(len(rows), 28, 28)


def in_place(rows):
    rows *= 255
    return np.rint(rows, out=rows).reshape(-1, 28, 28).astype(np.uint8)


@pytest.mark.parametrize("restore", [by_keras, by_tensorflow, pixel_by_pixel, with_a_half_added, in_place])
def test_any_way_to_restore_is_right(restore):
    assert is_right(ex.q2, restore)


def test_all_bytes_are_asked_for_in_many_pictures_and_in_one():
    seen = {}

    def restore(rows):
        seen[len(rows)] = in_place(rows.copy())
        return seen[len(rows)]

    assert is_right(ex.q2, restore)
    assert all(set(seen[number_of_pictures].flat) == set(range(256)) for number_of_pictures in (4, 1))


def test_cutting_off_would_pass_without_the_file_that_rounded():
    every_byte = np.arange(256, dtype="uint8")
    rows = every_byte.astype("float32") / 255
    assert np.array_equal((rows * 255).astype("uint8"), every_byte)
    assert not np.array_equal((rows.round(5) * 255).astype("uint8"), every_byte)


@given(st.integers(1, 1000))
def test_only_255_restores(largest):
    outcome = ex.q2.judge(lambda rows: np.round(rows * largest).astype(int).astype("uint8").reshape(-1, 28, 28))
    assert outcome.kind == ("right" if largest == 255 else "wrong")


@given(st.permutations(range(28)))
def test_rows_in_another_order_are_wrong(order):
    outcome = ex.q2.judge(lambda rows: in_place(rows)[:, order])
    assert outcome.kind == ("right" if order == sorted(order) else "wrong")


# 4.3


def one_by_one(labels):
    return [[0.91 if digit == label else 0.01 for digit in range(10)] for label in labels]


def added_up(labels):
    soft = np.zeros((len(labels), 10), dtype="float32")
    for row, label in zip(soft, labels):
        row[label] += 0.9
        row += 0.1 / 10
    return soft


@pytest.mark.parametrize(
    "soft_labels",
    [
        one_by_one,
        added_up,
        lambda labels: np.eye(10)[labels] * 0.9 + 0.01,
        lambda labels: np.where(labels[:, None] == np.arange(10), 0.91, 0.01).astype("float16"),
        lambda labels: keras.utils.to_categorical(labels, 10) * 0.9 + 0.1 / 10,
        lambda labels: tf.one_hot(labels, 10, on_value=0.91, off_value=0.01),
        lambda labels: tf.cast(tf.one_hot(labels, 10) * 0.9 + 0.01, "bfloat16"),
    ],
    ids=range(7),
)
def test_any_way_to_soft_labels_is_right(soft_labels):
    assert is_right(ex.q3, soft_labels)


def test_soft_labels_are_what_keras_means_by_label_smoothing():
    (soft_labels,) = ex.q3.solved()
    labels = np.arange(10)
    probabilities = np.random.default_rng(0).dirichlet(np.ones(10), size=10)
    smoothing = keras.losses.CategoricalCrossentropy(label_smoothing=0.1, reduction=None)
    plain = keras.losses.CategoricalCrossentropy(reduction=None)
    assert np.allclose(smoothing(np.eye(10)[labels], probabilities), plain(soft_labels(labels), probabilities))
    assert not np.allclose(smoothing(np.eye(10)[labels], probabilities), plain(np.eye(10)[labels], probabilities))


def test_to_categorical_left_alone_makes_too_few_columns():
    outcome = ex.q3.judge(lambda labels: keras.utils.to_categorical(labels) * 0.9 + 0.01)
    assert "always make ten" in outcome.message


# 4.4


def as_in_the_lesson(x, y, order_of_y=False, fit_on_train=False):
    order = np.random.default_rng(0).permutation(len(x))
    x = x[order]
    y = y[order] if order_of_y else y
    cut = int(0.8 * len(x))
    seen = x[:cut] if fit_on_train else x
    mean, spread = seen.mean(axis=0), seen.std(axis=0)
    x = (x - mean) / np.where(spread == 0, 1, spread)
    return x[:cut], x[cut:], y[:cut], y[cut:]


@pytest.mark.parametrize(
    "order_of_y, fit_on_train, phrase",
    [(False, False, "another picture's label"), (False, True, "another picture's label"), (True, False, "leaks in")],
)
def test_bug_that_is_left_is_named(order_of_y, fit_on_train, phrase):
    outcome = ex.q4.judge(lambda x, y: as_in_the_lesson(x, y, order_of_y, fit_on_train))
    assert outcome.kind == "wrong"
    assert phrase in outcome.message


def both_bugs_fixed(x, y):
    return as_in_the_lesson(x, y, order_of_y=True, fit_on_train=True)


def by_sklearn(x, y):
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2, random_state=1234, stratify=y)
    scaler = StandardScaler().fit(x_train)
    return scaler.transform(x_train), scaler.transform(x_test), y_train, y_test


def by_keras_layer(x, y):
    x_train, x_test, y_train, y_test = train_test_split(x, y, train_size=0.8)
    layer = keras.layers.Normalization()
    layer.adapt(x_train)
    return layer(x_train), layer(x_test), y_train, y_test


def as_pairs(x, y):
    pairs = list(zip(x, y))
    np.random.default_rng(7).shuffle(pairs)
    x, y = (np.array(part) for part in zip(*pairs))
    cut = round(0.8 * len(x))
    mean, spread = x[:cut].mean(axis=0), x[:cut].std(axis=0, ddof=1) + 1e-8
    return [(x[:cut] - mean) / spread, (x[cut:] - mean) / spread, y[:cut], y[cut:]]


@pytest.mark.parametrize("split_and_scale", [both_bugs_fixed, by_sklearn, by_keras_layer, as_pairs])
def test_any_way_to_split_and_scale_is_right(split_and_scale):
    assert is_right(ex.q4, split_and_scale)


@given(st.integers(0, 2**32 - 1))
def test_no_leak_is_lucky_and_no_honest_split_is_unlucky(seed):
    def split_and_scale(x, y, leak):
        train, test = train_test_split(np.arange(len(x)), test_size=0.2, random_state=seed)
        scaler = StandardScaler().fit(x if leak else x[train])
        return scaler.transform(x[train]), scaler.transform(x[test]), y[train], y[test]

    assert is_right(ex.q4, lambda x, y: split_and_scale(x, y, leak=False))
    assert "leaks in" in ex.q4.judge(lambda x, y: split_and_scale(x, y, leak=True)).message


def test_two_swapped_labels_are_found():
    def split_and_scale(x, y):
        *parts, y_test = both_bugs_fixed(x, y)
        here, there = 0, np.flatnonzero(y_test != y_test[0])[0]
        y_test[[here, there]] = y_test[[there, here]]
        return *parts, y_test

    assert "2 of 100 pictures carry another" in ex.q4.judge(split_and_scale).message


def test_tiny_test_part_is_said_to_be_too_small():
    def split_and_scale(x, y):
        return x[:-1], x[-1:], y[:-1], y[-1:]

    assert "99 of 100 pictures are for training" in ex.q4.judge(split_and_scale).message


# 4.5


def by_bincount(labels, answers):
    return np.bincount(10 * labels + answers, minlength=100).reshape(10, 10)


@pytest.mark.parametrize(
    "confusion",
    [
        by_bincount,
        lambda labels, answers: confusion_matrix(labels, answers, labels=range(10)),
        lambda labels, answers: tf.math.confusion_matrix(labels, answers, num_classes=10),
        lambda labels, answers: np.eye(10)[labels].T @ np.eye(10)[answers],
        lambda labels, answers: [[((labels == i) & (answers == j)).sum() for j in range(10)] for i in range(10)],
    ],
    ids=range(5),
)
def test_any_way_to_count_is_right(confusion):
    assert is_right(ex.q5, confusion)
    assert "swapped" in ex.q5.judge(lambda labels, answers: np.transpose(confusion(labels, answers))).message


def test_numpy_adds_once_for_a_pair_that_comes_twice():
    def confusion(labels, answers):
        counts = np.zeros((10, 10), dtype=int)
        counts[labels, answers] += 1
        return counts

    assert "adds once" in ex.q5.judge(confusion).message


def test_counts_that_miss_digits_are_wrong():
    assert "rows for digits that occur" in ex.q5.judge(confusion_matrix).message
