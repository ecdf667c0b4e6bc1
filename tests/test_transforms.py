"""Transforms and corruptions: what must hold for any picture, and where a known digit goes."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from helpers import transforms
from helpers.corruptions import CORRUPTIONS
from helpers.datasets import load_mnist

(_, _), (DIGITS, _) = load_mnist()
CHANGES = {
    "warp": lambda pictures: transforms.warp(pictures, cv2.getRotationMatrix2D((20, 25), 20, 1)),
    "rotate": lambda pictures: transforms.rotate(pictures, 33),
    "shift": lambda pictures: transforms.shift(pictures, right=2.5, down=-1),
    "scale": lambda pictures: transforms.scale(pictures, 1.3),
    "shear": lambda pictures: transforms.shear(pictures, 0.4),
    "noise": lambda pictures: transforms.noise(pictures, 0.2),
    "blur": lambda pictures: transforms.blur(pictures, 1),
    "thicken": lambda pictures: transforms.thicken(pictures, 1),
    "thin": lambda pictures: transforms.thicken(pictures, -1),
} | CORRUPTIONS  # fmt: skip
ONE_BY_ONE = {"warp", "rotate", "shift", "scale", "shear", "blur", "thicken", "thin", "motion blur", "brightness",
              "stripe", "canny edges"}  # the others draw random numbers for the whole batch  # fmt: skip

each_change = pytest.mark.parametrize("name", CHANGES)
sizes = st.tuples(st.integers(0, 3), st.integers(1, 30), st.integers(1, 30))
batches = sizes.flatmap(lambda size: st.one_of(
    arrays(np.uint8, size),
    arrays(np.float32, size, elements=st.floats(0, 1, width=32)),
    arrays(np.float64, size, elements=st.floats(0, 1)),
))  # fmt: skip
quick = settings(max_examples=25, deadline=None)


@each_change
@quick
@given(batch=batches)
def test_shape_dtype_range_and_input_are_kept(name, batch):
    before = batch.copy()
    for pictures in (batch, *batch[:1]):
        changed = CHANGES[name](pictures)
        assert (changed.shape, changed.dtype) == (pictures.shape, pictures.dtype)
        transforms.checked(changed)
        assert not np.shares_memory(changed, batch)
    assert np.array_equal(batch, before)


@each_change
def test_every_change_changes_something_and_the_same_call_gives_the_same(name):
    changed = CHANGES[name](DIGITS[:20])
    assert all(not np.array_equal(a, b) for a, b in zip(changed, DIGITS[:20], strict=True))
    assert np.array_equal(changed, CHANGES[name](DIGITS[:20]))


@pytest.mark.parametrize("name", sorted(ONE_BY_ONE))
def test_a_batch_equals_its_pictures_one_by_one(name):
    change = CHANGES[name]
    assert np.array_equal(change(DIGITS[:20]), [change(picture) for picture in DIGITS[:20]])


@each_change
def test_whole_numbers_and_fractions_agree(name):
    if name == "canny edges":
        return
    as_floats = CHANGES[name](DIGITS[:20].astype(np.float32) / 255)
    difference = np.abs(as_floats - CHANGES[name](DIGITS[:20]) / 255)
    assert np.quantile(difference, 0.99) < 0.02


@quick
@given(batch=batches)
def test_identity_is_exact(batch):
    for same in (
        transforms.warp(batch, [[1, 0, 0], [0, 1, 0]]), transforms.rotate(batch, 0), transforms.shift(batch),
        transforms.scale(batch, 1), transforms.shear(batch, 0), transforms.blur(batch, 0), transforms.thicken(batch, 0),
    ):  # fmt: skip
        assert np.array_equal(same, batch)


@quick
@given(angle=st.floats(-180, 180), index=st.integers(0, 9999))
def test_turning_back_gives_nearly_the_same_digit(angle, index):
    digit = DIGITS[index] / 255 * (np.hypot(*(np.indices((28, 28)) - 13.5)) < 13)  # what a turn cannot push out
    back = transforms.rotate(transforms.rotate(digit, angle), -angle)
    assert np.abs(back - digit).mean() < 0.06
    assert abs(back.sum() - digit.sum()) < 0.03 * digit.sum() + 1


@quick
@given(steps=st.lists(st.integers(-4, 4), min_size=4, max_size=4), index=st.integers(0, 9999))
def test_whole_shifts_compose(steps, index):
    right, down, more_right, more_down = steps
    frame = np.pad(DIGITS[index], 8)  # room, so that nothing leaves
    twice = transforms.shift(transforms.shift(frame, right, down), more_right, more_down)
    assert np.array_equal(twice, transforms.shift(frame, right + more_right, down + more_down))
    assert np.array_equal(twice, np.roll(frame, (down + more_down, right + more_right), axis=(0, 1)))


def test_directions():
    dot = np.zeros((28, 28), np.uint8)
    dot[13, 20] = 255  # right of the middle
    assert np.argwhere(transforms.shift(dot, right=3, down=1)).tolist() == [[14, 23]]
    x, y = transforms.centre_of_mass(transforms.rotate(dot, 90))
    assert y < 8 and 12 < x < 15, "a quarter counter-clockwise brings the right to the top"
    dot = np.zeros((28, 28), np.uint8)
    dot[5, 13] = 255  # above the middle
    x, y = transforms.centre_of_mass(transforms.shear(dot, 0.5))
    assert x == pytest.approx(13 + 8.5 / 2, abs=0.3) and y == pytest.approx(5, abs=0.1)


def test_affine_is_what_opencv_makes_of_angle_and_scale():
    ours = transforms.affine(angle=20, scale=1.2)
    assert np.allclose(ours, cv2.getRotationMatrix2D((13.5, 13.5), 20, 1.2))


def test_prepare_puts_a_digit_where_mnist_has_it():
    for digit in DIGITS[:50]:
        small = transforms.warp(digit, transforms.affine(scale=0.4, right=6, down=-5))
        prepared = transforms.prepare(small)
        rows, columns = (np.flatnonzero(prepared.any(axis=axis)) for axis in (1, 0))
        assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
        assert prepared.max() == 255
        assert transforms.centre_of_mass(prepared) == pytest.approx((14, 14), abs=0.51)
    assert not transforms.prepare(np.zeros((280, 280), np.uint8)).any()
    large = cv2.resize(DIGITS[0], (280, 280))
    overlap = np.corrcoef(transforms.prepare(large).ravel(), DIGITS[0].ravel())[0, 1]
    assert overlap > 0.95


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_prepare_takes_every_float_and_gives_what_bytes_give(dtype):
    as_bytes = transforms.prepare(DIGITS[0]) / 255
    prepared = transforms.prepare((DIGITS[0] / 255).astype(dtype))
    assert prepared.dtype == dtype and np.allclose(prepared, as_bytes, atol=0.01)


def test_prepare_finds_the_faintest_specks():
    drawing = np.zeros((280, 280), np.uint8)
    drawing[0, 0] = drawing[-1, -1] = 90
    assert transforms.prepare(drawing).max() == 255


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: transforms.rotate(DIGITS[0].ravel(), 3), r"pictures has shape \(784,\)"),
        (lambda: transforms.rotate(DIGITS[0].astype(int), 3), "pictures has dtype int64"),
        (lambda: transforms.rotate(DIGITS[0].astype(float), 3), "pictures go from 0 to 255"),
        (lambda: transforms.rotate(np.full((2, 2), np.nan), 3), "pictures go from nan"),
        (lambda: transforms.rotate(DIGITS[0], float("nan")), "angle is nan"),
        (lambda: transforms.shift(DIGITS[0], right=float("inf")), "right is inf"),
        (lambda: transforms.scale(DIGITS[0], 0), "scale is 0; allowed is a number above 0"),
        (lambda: transforms.rotate(DIGITS[0], "20"), "angle is '20'; allowed is a number"),
        (lambda: transforms.affine(angle=[10, 20]), r"angle is \[10, 20\]"),
        (lambda: transforms.affine(shape=28), r"shape is 28; allowed is \(height, width\)"),
        (lambda: transforms.blur(DIGITS[0], None), "sigma is None; allowed is a number"),
        (lambda: transforms.warp(DIGITS[0], [["a"] * 3] * 2), "matrix is .*allowed are 2 × 3 finite numbers"),
        (lambda: transforms.warp(DIGITS[0], np.eye(3)), "matrix is"),
        (lambda: transforms.noise(DIGITS[0], 2), "amount is 2; allowed is 0 to 1"),
        (lambda: transforms.blur(DIGITS[0], -1), "sigma is -1"),
        (lambda: transforms.thicken(DIGITS[0], np.inf), "steps is inf"),
        (lambda: transforms.thicken(DIGITS[0], np.nan), "steps is nan"),
        (lambda: transforms.thicken(DIGITS[0], 1.5), "steps is 1.5"),
        (lambda: transforms.centre_of_mass(np.zeros((28, 28))), "0 inked pixels"),
        (lambda: transforms.prepare(DIGITS[:2]), r"drawing has shape \(2, 28, 28\)"),
        (lambda: CORRUPTIONS["fog"](DIGITS[0].ravel()), r"pictures has shape \(784,\)"),
    ],
)
def test_errors_name_the_argument(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_there_are_a_dozen_corruptions_or_more_and_each_says_how_severe_it_is():
    assert len(CORRUPTIONS) >= 12
    assert all(change.__doc__ for change in CORRUPTIONS.values())


@pytest.mark.parametrize("sigma", np.arange(0.2, 10, 0.7))
def test_full_ink_stays_full_under_a_blur(sigma):
    for dtype in ("float32", "float64"):
        inked = transforms.blur(np.ones((1, 28, 28), dtype), sigma)
        assert inked.max() <= 1 and inked.min() > 0.99
