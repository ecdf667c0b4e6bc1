"""The colours: orange through white to blue whatever is given, ink on paper, dark enough for text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from helpers import palette
from helpers.palette import BLUE, CYCLE, ORANGE, as_ink, contrast_on_white, for_text, two_sided

anything = st.floats(allow_nan=True, allow_infinity=True)


def rgb(color):
    return [int(color[place : place + 2], 16) for place in (1, 3, 5)]


def test_ends_are_the_palettes_and_the_middle_is_white():
    assert two_sided(np.array([-1, 0, 1])).tolist() == [rgb(ORANGE), [255, 255, 255], rgb(BLUE)]


@given(arrays(float, array_shapes(max_dims=3, max_side=5), elements=anything))
def test_shape_and_type(values):
    colors = two_sided(values)
    assert colors.shape == (*values.shape, 3) and colors.dtype == np.uint8


@given(st.floats(1, allow_infinity=True))
def test_others_are_clipped(value):
    assert two_sided(value).tolist() == rgb(BLUE)
    assert two_sided(-value).tolist() == rgb(ORANGE)


@pytest.mark.parametrize("color", [color for color, _, _ in CYCLE])
def test_a_colour_for_text_is_the_same_colour_and_dark_enough(color):
    text = for_text(color)
    assert contrast_on_white(text) >= 4.5
    assert (text == color) == (contrast_on_white(color) >= 4.5)
    assert np.argsort(rgb(text)).tolist() == np.argsort(rgb(color)).tolist()


def test_contrast_is_wcags():
    assert [contrast_on_white(color) for color in ("#ffffff", "#000000", "#767676")] == pytest.approx(
        [1, 21, 4.54], abs=0.01
    )


def test_nan_is_white():
    assert two_sided(np.nan).tolist() == [255, 255, 255]


@given(one=st.floats(-1, 1), other=st.floats(-1, 1))
def test_the_further_from_zero_the_stronger(one, other):
    near, far = sorted([one, other], key=abs)
    if near * far >= 0:
        assert (two_sided(far) <= two_sided(near)).all()


@given(st.floats(0.1, 1))
def test_the_sign_decides_blue_or_orange(value):
    red, _, blue = two_sided(value).astype(int)
    assert blue > red
    red, _, blue = two_sided(-value).astype(int)
    assert red > blue


def test_curves_differ_in_more_than_colour():
    assert len({(style, color) for color, style, _ in CYCLE}) == len(CYCLE)
    assert len({marker for _, _, marker in CYCLE}) == len(CYCLE)
    assert {color for color, _, _ in CYCLE} <= {value for value in vars(palette).values() if isinstance(value, str)}


@pytest.mark.parametrize("place", range(len(CYCLE) - 1))
def test_neighbours_differ_in_line_style(place):
    assert CYCLE[place][1] != CYCLE[place + 1][1]


def test_ink_is_black_on_white_paper():
    assert as_ink(np.array([[0, 255, 55]], np.uint8)).tolist() == [[[255] * 3, [0] * 3, [200] * 3]]
