"""The lab Draw a digit: what it shows against an independent computation; the pad; and all of it without a pad."""

import functools
import json

import numpy as np
import pytest
from driving import move, sentence, text

from helpers import strokes, transforms
from helpers.labs import answers
from helpers.labs.drawing import BOTH, DRAWN, PREPARED, YOURS, draw_a_digit
from helpers.labs.pad import Pad

SEVEN = [[[0.1, 0.1], [0.4, 0.1], [0.25, 0.5]]]
networks = functools.cache(answers.small_networks)


@pytest.fixture(scope="module")
def made():
    return draw_a_digit()


@pytest.fixture
def lab(made):
    """The lab, its pad empty, at the first drawing."""
    pad(made).strokes = []
    return move(made, drawing=next(iter(strokes.shipped())), show=BOTH)


def pad(lab):
    return lab.widget.children[1].children[0]


def clear(lab):
    return lab.widget.children[1].children[1]


# What it computes


@pytest.mark.parametrize("name", strokes.shipped())
def test_both_pictures_are_read_as_keras_reads_them(lab, name):
    digit, lines = strokes.shipped()[name]
    state = move(lab, drawing=name).state
    assert state["label"] == digit and list(state["pictures"]) == [DRAWN, PREPARED]
    expected = {DRAWN: strokes.draw(lines), PREPARED: transforms.prepare(strokes.draw(lines, side=280))}
    for version, picture in state["pictures"].items():
        assert picture.shape == (28, 28) and picture.dtype == np.uint8
        assert np.array_equal(picture, expected[version])
        for network, model in networks().items():
            given = model.predict(picture.reshape(1, 784) / 255, verbose=0)[0]
            np.testing.assert_allclose(state["probabilities"][version][network], given, atol=1e-5)


def test_preparing_makes_wrong_answers_right():
    """The lesson says so; the small network reads most shipped drawings wrong as drawn, nearly all right prepared."""
    lab, right = draw_a_digit(), {DRAWN: 0, PREPARED: 0}
    for name in strokes.shipped():
        state = move(lab, drawing=name).state
        for version, given in state["probabilities"].items():
            right[version] += given["MLP"].argmax() == state["label"]
    assert right[DRAWN] <= 6 and right[PREPARED] >= 10


@pytest.mark.parametrize("first", ["MLP", "MLP, moved digits"])
def test_still_and_first_frame_show_what_only_preparing_makes_right_and_most_surely(first):
    lab = draw_a_digit({first: networks()[first]})
    shown, healed = lab.state["drawing"], {}
    for name in strokes.shipped():
        state = move(lab, drawing=name).state
        drawn, prepared = (given[first] for given in state["probabilities"].values())
        if drawn.argmax() != state["label"] == prepared.argmax():
            healed[name] = drawn.max()
    assert shown == max(healed, key=healed.get)
    assert lab._still == [dict(drawing=shown, show=BOTH)]


# What it shows


def test_sentence_and_titles_tell_both_answers_and_who_is_right(lab):
    state = move(lab, drawing="7, top left").state
    for version, given in state["probabilities"].items():
        for network, chances in given.items():
            sign = "✓" if chances.argmax() == 7 else "✗"
            words = f"{sign} says {chances.argmax()}, {chances.max():.0%} sure"
            assert text(lab, f"{version} {network} answer") == words and f"{network} {words}" in sentence(lab)
            heights = lab.figure[f"{version} {network} bars"].get_xy()[2:-1:4, 1]
            np.testing.assert_allclose(heights, chances, atol=1e-6)
            assert lab.figure[f"{version} {network} mark"].get_xdata() == [7]
        x, y = transforms.centre_of_mass(state["pictures"][version])
        assert f"{version}, centre of mass ({x:.1f}, {y:.1f})" in sentence(lab)
        assert lab.figure[f"{version} centre"].get_xydata()[0] == pytest.approx((x, y))


@pytest.mark.parametrize("shown, hidden", [(DRAWN, PREPARED), (PREPARED, DRAWN)])
def test_one_version_can_be_looked_at_alone(lab, shown, hidden):
    move(lab, show=shown)
    assert shown in sentence(lab) and hidden not in sentence(lab)
    assert text(lab, f"{shown} MLP answer") and not text(lab, f"{hidden} MLP answer")
    assert (lab.figure[hidden]._pixels == 255).all() and (lab.figure[shown]._pixels < 100).any()
    move(lab, show=BOTH)
    assert shown in sentence(lab) and hidden in sentence(lab)
    assert text(lab, f"{hidden} MLP answer") and (lab.figure[hidden]._pixels < 100).any()


# The pad


def test_strokes_on_the_pad_become_the_picture(lab):
    pad(lab).strokes = SEVEN
    assert lab.error is None and lab.controls["drawing"].value == YOURS
    assert np.array_equal(lab.state["pictures"][DRAWN], strokes.draw(SEVEN))
    assert lab.state["label"] is None and f"Drawing: {YOURS}" in sentence(lab)
    before = lab.figure.widget.value
    pad(lab).strokes = [[*SEVEN[0], [0.2, 0.6]]]  # the pen moves on
    assert lab.figure.widget.value != before
    assert text(lab, f"{DRAWN} MLP answer").startswith("says ")  # nobody knows which digit was meant


def test_a_shipped_drawing_leaves_yours_on_the_pad(lab):
    pad(lab).strokes = SEVEN
    move(lab, drawing="4, large")
    assert lab.state["label"] == 4 and pad(lab).strokes == SEVEN
    move(lab, drawing=YOURS)
    assert np.array_equal(lab.state["pictures"][DRAWN], strokes.draw(SEVEN))


def test_clear_empties_the_pad_and_an_empty_pad_is_read_too(lab):
    pad(lab).strokes = SEVEN
    clear(lab).click()
    assert pad(lab).strokes == [] and lab.error is None
    assert not any(picture.any() for picture in lab.state["pictures"].values())
    assert "no ink" in sentence(lab) and "says" in sentence(lab)


@pytest.mark.parametrize("sent", [["text"], [[[0.1]]], [[[0.1, None]]], [{"x": 1}], [None], [[[float("inf"), 0]]]])
def test_what_is_no_stroke_is_told_in_the_lab(lab, sent):
    pad(lab).strokes = sent
    assert isinstance(lab.error, ValueError) and "strokes[0] is no stroke" in sentence(lab)
    pad(lab).strokes = SEVEN
    assert lab.error is None


def test_pad_sends_json_only_and_has_no_address_in_its_words():
    state = Pad(strokes=SEVEN).get_state()
    assert json.loads(json.dumps(state))["strokes"] == SEVEN
    assert not any(isinstance(value, bytes | memoryview) for value in state.values())
    assert repr(Pad()) == repr(Pad()) == "Pad()"
    assert "pointerdown" in state["_esm"] and state["pen"] == strokes.PEN


def test_nothing_beside_the_pad_fails_under_colabs_manager_for_widgets_from_elsewhere(lab):
    def below(widget):
        return [widget, *(inner for child in getattr(widget, "children", ()) for inner in below(child))]

    assert not {"Accordion", "Tab"} & {type(widget).__name__ for widget in below(lab.widget)}


def test_what_the_pad_needs_of_the_display_is_with_the_lab(lab, monkeypatch):
    url = {"colab": {"custom_widget_manager": {"url": "https://example.org/manager.js"}}}
    monkeypatch.setattr(Pad, "_repr_mimebundle_", lambda self: ({}, {"application/vnd.jupyter.widget-view+json": url}))
    _, metadata = draw_a_digit()._repr_mimebundle_()
    assert metadata == {"application/vnd.jupyter.widget-view+json": url}


# Without anywidget

WITHOUT = """
import importlib, pkgutil, sys
sys.modules["anywidget"] = None  # an import of it raises ModuleNotFoundError
import helpers.labs
names = [found.name for found in pkgutil.iter_modules(helpers.labs.__path__) if found.name != "pad"]
for name in names:
    importlib.import_module(f"helpers.labs.{name}")
from helpers.labs.drawing import draw_a_digit
from helpers.networks import digit_reader
lab = draw_a_digit({"untrained": digit_reader("reader", 8, seed=0)})  # its own would have to be trained
for name in lab.controls["drawing"].options:
    lab.controls["drawing"].value = name
    print(lab.error, name, lab.state["pictures"]["as drawn"].any())
print(len(lab.widget.children[1].children), bool(lab._repr_mimebundle_()[0]["image/png"]), lab.metadata)
"""


def test_without_anywidget_the_shipped_drawings_give_the_same_lab(run_python):
    done = run_python(WITHOUT)
    assert done.stderr == ""
    *drawings, last = done.stdout.splitlines()
    assert drawings == [f"None {name} True" for name in strokes.shipped()]
    assert last == "0 True {}"


# What it refuses


@pytest.mark.parametrize("given", [{}, [1], {"text": "MLP"}])
def test_networks_that_are_none_are_refused(given):
    with pytest.raises(ValueError, match="^networks"):
        draw_a_digit(given)


def test_a_thing_that_is_no_network_is_named():
    with pytest.raises(ValueError, match=r"^networks\['five'\] is of type int; allowed is a Sequential or functional"):
        draw_a_digit({"five": 5})
