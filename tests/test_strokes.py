"""Strokes turned into pixels: ink where the pen was, paper elsewhere, whatever a browser sends."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rubbish import RUBBISH

from helpers import strokes, transforms
from helpers.strokes import PEN, draw

shares = st.floats(0, 1)
stroke = st.lists(st.tuples(shares, shares), min_size=1, max_size=8)
anywhere = st.floats(-1e300, 1e300)


def far_from(lines, side):
    """Which pixels of a picture are farther from every stroke than the pen reaches: bool (side, side)."""
    down, right = (np.indices((side, side)) + 0.5) / side
    nearest = np.full((side, side), np.inf)
    for line in lines:
        points = np.array(line, float)
        for start, end in zip(points, [*points[1:], points[-1]], strict=True):
            along = end - start
            length = max(along @ along, 1e-12)
            share = np.clip(((right - start[0]) * along[0] + (down - start[1]) * along[1]) / length, 0, 1)
            distance = np.hypot(right - start[0] - share * along[0], down - start[1] - share * along[1])
            nearest = np.minimum(nearest, distance)
    return nearest > PEN / 2 + 1.2 / side


@given(st.lists(stroke, max_size=4))
def test_ink_is_where_the_strokes_are_and_nowhere_else(lines):
    picture = draw(lines)
    assert picture.shape == (28, 28) and picture.dtype == np.uint8
    for x, y in (point for line in lines for point in line):
        assert picture[min(27, int(28 * y)), min(27, int(28 * x))] > 100
    assert not picture[far_from(lines, 28)].any()


@given(stroke, stroke)
@example([(1, 1), (1, 0), (0, 1), (0, 0)], [(1, 1), (1, 0), (0, 1), (0, 0)])
def test_two_strokes_are_both_drawn_and_not_joined(first, second):
    together, apart = draw([first, second], side=280), np.maximum(draw([first], side=280), draw([second], side=280))
    for certain in (0, 255):  # between them, on the edges, two layers of ink are darker than one
        assert (together[apart == certain] == certain).all()


@pytest.mark.parametrize("lines", [[], [[]], [[], []], ()])
def test_no_strokes_leave_paper(lines):
    assert not draw(lines).any()


def test_a_point_is_a_round_dot_as_thick_as_the_pen():
    picture = draw([[(0.5, 0.5)]])
    assert picture.sum() / 255 == pytest.approx(np.pi / 4 * (28 * PEN) ** 2, rel=0.1)
    assert transforms.centre_of_mass(picture) == pytest.approx((13.5, 13.5), abs=0.05)
    assert np.abs(picture.astype(int) - picture.T).max() < 10


@pytest.mark.parametrize("pen", [0.03, 0.08, 0.2])
def test_a_line_is_as_thick_as_the_pen(pen):
    picture = draw([[(0.5, -0.5), (0.5, 1.5)]], pen=pen)
    assert (picture.sum(axis=1) / 255) == pytest.approx(28 * pen, abs=0.15)


def test_a_line_from_edge_to_edge_lies_as_far_from_both():
    picture = draw([[(0.25, 0.5), (0.75, 0.5)]])
    assert np.abs(picture.astype(int) - picture[::-1, ::-1]).max() < 10


@given(st.lists(stroke, min_size=1, max_size=3), st.sampled_from([1, 7, 28, 140, 280, 300]))
def test_a_finer_picture_is_the_same_drawing(lines, side):
    coarse, fine = draw(lines).mean(), draw(lines, side=side).mean()
    assert fine == pytest.approx(coarse, abs=2.5)


@given(st.lists(st.tuples(anywhere, anywhere), max_size=5))
def test_strokes_far_outside_are_cut_off(line):
    picture = draw([line])
    assert picture.shape == (28, 28)
    for side in (-1, 2):
        assert not draw([[(side * abs(x) - 1 if side < 0 else abs(x) + side, y) for x, y in line]]).any()


def test_what_lies_outside_does_not_bend_what_lies_inside():
    inside = draw([[(0.2, 0.2), (0.8, 0.2)]])
    leaving = draw([[(0.2, 0.2), (1.5, 0.2)]])
    assert np.array_equal(inside[:, :20], leaving[:, :20]) and leaving[5, 27] > 200


@pytest.mark.parametrize("far", [2.1, 10, 100])
def test_a_slanted_stroke_leaves_the_pad_in_the_direction_it_has(far):
    near, away = (draw([[(0.5, 0.5), (0.5 + x, 0.5 + x / 5)]]) for x in (1, far))
    assert np.abs(near.astype(int) - away).max() <= 1  # ends are rounded to sixteenths of a pixel


@pytest.mark.parametrize("kind", RUBBISH)
def test_rubbish_is_refused_with_the_arguments_name_or_is_nothing(kind):
    for lines in (RUBBISH[kind](), [RUBBISH[kind]()], [[RUBBISH[kind]()]]):
        try:
            picture = draw(lines)
        except ValueError as error:
            assert str(error).startswith("strokes") and "allowed is a list of strokes" in str(error)
        else:
            assert not picture.any() and kind in ("empty list", "empty array")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: draw(5), "^strokes is of type int; allowed is a list of strokes"),
        (lambda: draw([[(0, 0)], [(1, 2, 3)]]), r"^strokes\[1\] is no stroke; allowed"),
        (lambda: draw([[(0, float("nan"))]]), r"^strokes\[0\] is no stroke"),
        (lambda: draw([], side=0), "^side is 0; allowed is a whole number from 1 to 1000"),
        (lambda: draw([], side=2.5), "^side is 2.5"),
        (lambda: draw([], side=True), "^side is True"),
        (lambda: draw([], pen=0), "^pen is 0; allowed is a number above 0, at most 1"),
        (lambda: draw([], pen=float("nan")), "^pen is nan"),
        (lambda: draw([], pen="thick"), "^pen is 'thick'"),
    ],
)
def test_errors_name_the_argument(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# Prepared as MNIST's digits were


@given(st.lists(stroke, min_size=1, max_size=3))
def test_a_prepared_drawing_fits_the_box_and_lies_on_its_centre_of_mass(lines):
    """True of every drawing within the frame; one that leaves it for its centre's sake loses the ink outside."""
    prepared = transforms.prepare(draw(lines, side=280))
    if not prepared.any():
        return
    rows, columns = (np.flatnonzero(prepared.any(axis=axis)) for axis in (1, 0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 <= 20
    if not (prepared[[0, -1]].any() or prepared[:, [0, -1]].any()):
        assert transforms.centre_of_mass(prepared) == pytest.approx((14, 14), abs=0.51)


@pytest.mark.parametrize("name", strokes.shipped())
def test_to_prepare_a_prepared_drawing_again_changes_little(name):
    once = transforms.prepare(draw(strokes.shipped()[name][1], side=280))
    twice = transforms.prepare(once)
    assert np.corrcoef(once.ravel(), twice.ravel())[0, 1] > 0.99


@pytest.mark.parametrize("name", strokes.shipped())
def test_where_and_how_large_a_drawing_is_does_not_matter_once_it_is_prepared(name):
    _, lines = strokes.shipped()[name]
    moved = [[(0.1 + 0.8 * x, 0.15 + 0.8 * y) for x, y in line] for line in lines]
    here, there = (transforms.prepare(draw(each, side=280, pen=pen)) for each, pen in ((lines, 0.1), (moved, 0.08)))
    assert np.corrcoef(here.ravel(), there.ravel())[0, 1] > 0.9


# The shipped drawings


def test_shipped_drawings_are_ten_digits_drawn_within_the_pad():
    drawings = strokes.shipped()
    assert {digit for digit, _ in drawings.values()} == set(range(10)) and len(drawings) >= 10
    for name, (digit, lines) in drawings.items():
        assert name.startswith(f"{digit}, ")
        points = np.concatenate(strokes.checked(lines))
        assert 0 <= points.min() and points.max() <= 1 and 15 < len(points) < 200


def test_some_shipped_drawings_lie_as_mnist_has_them_and_some_do_not():
    away = [np.hypot(*np.subtract(transforms.centre_of_mass(draw(lines)), 14)) for _, lines in
            strokes.shipped().values()]  # fmt: skip
    assert min(away) < 1 and max(away) > 8 and sum(np.array(away) > 3) >= 4
