"""The exercises of lesson 08: answers of another kind are right too."""

import functools

import cv2
import keras
import numpy as np
import pytest
from judging import is_right
from scipy import ndimage

from helpers import transforms
from helpers.datasets import load_mnist
from helpers.exercises import robustness as ex

# 8.1


def test_matrix_may_be_a_list_or_come_from_affine():
    assert is_right(ex.q1, transforms.affine(angle=20, right=3, down=3))
    assert is_right(ex.q1, cv2.getRotationMatrix2D((13.5, 13.5), 20, 1) + [[0, 0, 3], [0, 0, 3]])
    assert is_right(ex.q1, np.round(transforms.affine(20, 3, 3), 3).tolist())


# 8.2


def by_whole_pixels(picture):
    x, y = transforms.centre_of_mass(picture)
    return np.roll(picture, (round(13.5 - y), round(13.5 - x)), axis=(0, 1))


def by_scipy(picture):
    down, right = np.subtract(13.5, ndimage.center_of_mass(picture))
    return ndimage.shift(picture, (down, right), order=1)


def by_opencv(picture):
    moments = cv2.moments(picture)
    x, y = moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]
    return cv2.warpAffine(picture, np.array([[1, 0, 13.5 - x], [0, 1, 13.5 - y]]), (28, 28))


@pytest.mark.parametrize("centre", [by_whole_pixels, by_scipy, by_opencv])
def test_any_way_to_centre_is_right(centre):
    assert is_right(ex.q2, centre)


# 8.3


def by_a_loop(probabilities, labels):
    pairs = list(zip(probabilities.tolist(), labels.tolist()))
    return sum(max(row) - (row.index(max(row)) == label) for row, label in pairs) / len(pairs)


def test_overconfidence_may_be_a_loop():
    assert is_right(ex.q3, by_a_loop)


# 8.4


@functools.cache
def flat():
    return ex.q4.solved()[0]


@pytest.mark.parametrize("form", [(28, 28), (28, 28, 1)])
def test_network_may_take_pictures_of_any_form(form):
    flatten = keras.layers.Flatten()
    assert is_right(ex.q4, keras.Sequential([keras.Input(form), flatten, flat()]))


def test_network_may_give_scores_instead_of_probabilities():
    bare = keras.models.clone_model(flat())
    bare.set_weights(flat().get_weights())
    bare.layers[-1].activation = keras.activations.linear
    assert is_right(ex.q4, bare)


def test_praise_tells_what_was_measured():
    digits, labels = (values[::5] for values in load_mnist()[1])
    turned = transforms.rotate(digits, 30).reshape(-1, 784) / np.float32(255)
    accuracy = np.mean(flat().predict(turned, verbose=0).argmax(axis=1) == labels)
    assert f"{accuracy:.1%} at 30°" in ex.q4.judge(flat()).message
