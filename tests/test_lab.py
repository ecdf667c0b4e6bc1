"""Lab: controls drive the state, errors are told in words, and the still picture leaves no trace."""

import io

import ipywidgets
import numpy as np
import pytest
from driving import shown
from PIL import Image

from helpers.labs.lab import Lab
from helpers.live import LiveFigure


def compute(number, factor):
    if number == 13:
        raise ValueError("13 is <too> unlucky")
    return dict(product=number * factor)


def draw(live, state):
    live["bar"].set_data([0, state["product"]], [0.5, 0.5])
    return f"The bar is {state['product']} long & blue."


def tiny(**changes):
    """A lab of one bar, as long as the product of a slider and a menu."""
    live = LiveFigure(2, 1)
    axes = live.figure.add_axes([0, 0, 1, 1])
    axes.set(xlim=(0, 100), ylim=(0, 1))
    axes.set_axis_off()
    live["bar"] = axes.plot([], [], linewidth=10, color="#0000ff")[0]
    controls = dict(
        number=ipywidgets.IntSlider(value=2, min=0, max=20),
        factor=ipywidgets.Dropdown(options=[1, 5], value=1),
    )
    parts = dict(
        title="Bars & <more>",
        figure=live,
        controls=controls,
        compute=compute,
        draw=draw,
        still=[dict(number=5), dict(number=20, factor=5)],
    )
    return Lab(**(parts | changes))


def sentence(lab):
    return lab.widget.children[-1].value


def blue_columns(frame):
    return (np.asarray(frame)[42] == [0, 0, 255]).all(axis=1).sum()


def test_first_frame_is_there_before_any_move():
    lab = tiny()
    assert (lab.state, lab.error) == ({"product": 2}, None)
    assert sentence(lab) == "The bar is 2 long &amp; blue."
    assert shown(lab.figure).size == (168, 84)


def test_controls_drive_state_picture_and_sentence():
    lab = tiny()
    lengths = []
    for number, factor in [(4, 1), (4, 5), (20, 5)]:
        lab.controls["number"].value, lab.controls["factor"].value = number, factor
        assert lab.values() == dict(number=number, factor=factor)
        assert lab.state == {"product": number * factor}
        assert sentence(lab) == f"The bar is {number * factor} long &amp; blue."
        lengths.append(blue_columns(lab.figure.frame()))
    assert lengths == sorted(set(lengths))


def test_error_is_told_in_words_and_cleared_by_the_next_good_move():
    lab = tiny()
    lab.controls["number"].value = 13
    assert isinstance(lab.error, ValueError) and str(lab.error) == "13 is <too> unlucky"
    assert "This setting failed" in sentence(lab)
    assert "ValueError: 13 is &lt;too&gt; unlucky" in sentence(lab)
    lab.controls["number"].value = 14
    assert lab.error is None
    assert sentence(lab) == "The bar is 14 long &amp; blue."
    assert lab.state == {"product": 14}


def test_error_in_drawing_is_told_too():
    def fails(live, state):
        raise TypeError("no ink")

    lab = tiny(draw=fails)
    assert isinstance(lab.error, TypeError)
    assert "TypeError: no ink" in sentence(lab)


def test_a_move_is_drawn_once_also_when_its_observers_reset_another_control():
    drawn = []

    def draw_and_count(live, state):
        drawn.append(state["product"])
        return draw(live, state)

    number, factor = ipywidgets.IntSlider(value=2), ipywidgets.IntSlider(value=3)
    factor.observe(lambda _: number.set_trait("value", 1), names="value")
    lab = tiny(draw=draw_and_count, controls=dict(number=number, factor=factor))
    number.value = 4
    factor.value = 5
    assert drawn == [6, 12, 5]
    lab.refresh()
    assert drawn == [6, 12, 5, 5]


def test_layout_has_everything():
    button = ipywidgets.Button(description="again")
    lab = tiny(buttons=[button])
    title, buttons, controls, picture, words = lab.widget.children
    assert title.value == "<b>Lab: Bars &amp; &lt;more&gt;</b>"
    assert buttons.children == (button,)
    assert controls.children == tuple(lab.controls.values())
    assert picture is lab.figure.widget
    assert words.value == "The bar is 2 long &amp; blue."


def frames(png, count):
    """The frames of a still picture, top to bottom."""
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG" and image.size == (168, 84 * count)
    return np.split(np.asarray(image.convert("RGB")), count)


def test_still_is_its_frames_one_under_the_other():
    lab = tiny()
    first, second = frames(lab.still(), 2)
    assert (blue_columns(first), blue_columns(second)) == pytest.approx((5 * 1.68, 168), abs=6)


def test_still_takes_the_controls_it_does_not_name_as_they_are():
    lab = tiny()
    lab.controls["factor"].value = 5
    first, _ = frames(lab.still(), 2)
    assert blue_columns(first) == pytest.approx(25 * 1.68, abs=6)


@pytest.mark.parametrize("number", [7, 13])
def test_still_leaves_the_lab_as_it_was(number):
    lab = tiny()
    lab.controls["number"].value = number
    before = (lab.values(), lab.state, repr(lab.error), sentence(lab))
    picture = np.asarray(lab.figure.frame())
    lab.still()
    assert (lab.values(), lab.state, repr(lab.error), sentence(lab)) == before
    if number == 7:
        assert np.array_equal(np.asarray(lab.figure.frame()), picture)


def test_display_has_the_widget_the_still_picture_and_fixed_words():
    lab = tiny()
    bundle, metadata = lab._repr_mimebundle_()
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == lab.widget.model_id
    assert bundle["image/png"] == lab.still()
    assert bundle["text/plain"] == "Lab: Bars & <more>"
    assert len(bundle) == 3 and metadata == {}


def test_display_of_a_setting_that_fails_says_why_and_needs_no_picture():
    lab = tiny(still=[dict(factor=5)])
    lab.controls["number"].value = 13
    bundle, _ = lab._repr_mimebundle_()
    assert set(bundle) == {"application/vnd.jupyter.widget-view+json", "text/plain"}
    assert "13 is &lt;too&gt; unlucky" in sentence(lab)
    lab.controls["number"].value = 14
    bundle, _ = lab._repr_mimebundle_()
    assert bundle["image/png"] == lab.still()


def test_a_real_shell_displays_the_bundle(shown):
    from IPython.display import display

    lab = tiny()
    display(lab)
    assert shown.widgets == [lab.widget]
    assert shown.bundles[0]["text/plain"] == "Lab: Bars & <more>"
    assert "image/png" in shown.bundles[0]


@pytest.mark.parametrize("still", [[], [dict(number=1), dict(numbers=2)]])
def test_bad_still_is_refused(still):
    with pytest.raises(ValueError, match="^still is .*allowed is a list of dicts with the keys number, factor"):
        tiny(still=still)
