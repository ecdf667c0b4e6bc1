"""LiveFigure and its artists: a blitted frame is the frame a full drawing gives, and the widget shows it."""

import io

import numpy as np
import pytest
from driving import shown
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, JpegImagePlugin

from helpers.live import Label, LiveFigure, Raster, encode

WHITE = [255, 255, 255]
STATES = [
    dict(y=[1, 4, 2, 3], text="first", color=(200, 30, 30)),
    dict(y=[4, 1, 1, 4], text="a longer second text", color=(30, 200, 30)),
    dict(y=[2, 2, 4, 1], text="", color=(90, 90, 90)),
    dict(y=[3, 3, 1, 2], text="last", color=(30, 30, 200)),
]


def scene():
    """A figure with a curve in axes, a picture and a text that change."""
    live = LiveFigure(4, 2)
    axes = live.figure.add_axes([0.1, 0.2, 0.4, 0.6])
    axes.set(xlim=(-1, 4), ylim=(0, 5), title="fixed")
    axes.grid(True)
    live["curve"] = axes.plot([], [])[0]
    picture = live.figure.add_axes([0.6, 0.2, 0.3, 0.6])
    picture.set_axis_off()
    live["picture"] = Raster(picture)
    live["text"] = Label(live.figure, 0.1, 0.05)
    return live


def set_state(live, y, text, color):
    live["curve"].set_data(range(4), y)
    live["picture"].set_data(np.array([[color, WHITE], [WHITE, color]], np.uint8))
    live["text"].set_text(text)


def pixels(live):
    """The frame last drawn, as an array (rows, columns, 3)."""
    return np.asarray(live.frame())


def ink(live):
    """The columns and rows from the left and top that are not white: (left, right, top, bottom), inclusive."""
    rows, columns = np.nonzero((pixels(live) != 255).any(axis=2))
    return columns.min(), columns.max(), rows.min(), rows.max()


# LiveFigure


@settings(max_examples=8)
@given(st.lists(st.sampled_from(STATES), min_size=1, max_size=6))
def test_frame_depends_on_the_last_state_only(states):
    live, fresh = scene(), scene()
    for state in states:
        set_state(live, **state)
        live.redraw()
    set_state(fresh, **states[-1])
    fresh.redraw()
    assert np.array_equal(pixels(live), pixels(fresh))


@pytest.mark.parametrize("state", STATES)
def test_blitted_frame_is_the_full_drawing(state):
    live, full = scene(), scene()
    for other in STATES:
        set_state(live, **other)
        live.redraw()
    set_state(live, **state)
    live.redraw()
    set_state(full, **state)
    for name in ("curve", "picture", "text"):
        full[name].set_animated(False)
    full.canvas.draw()
    assert np.array_equal(pixels(live), pixels(full))
    assert len(np.unique(pixels(live).reshape(-1, 3), axis=0)) > 20  # not an empty canvas


def test_what_has_no_name_is_drawn_once():
    live = scene()
    set_state(live, **STATES[0])
    live.redraw()
    before = pixels(live)
    live.figure.axes[0].set_title("another title")
    live.redraw()
    assert np.array_equal(pixels(live), before)
    set_state(live, **STATES[1])
    live.redraw()
    assert not np.array_equal(pixels(live), before)
    assert np.array_equal(pixels(live)[:30], before[:30])  # the title's rows


def test_naming_an_artist_later_draws_the_background_again():
    live = scene()
    set_state(live, **STATES[0])
    live.redraw()
    before = pixels(live)
    marks = live.figure.axes[0].plot([2], [2.5], "s", markersize=20, color="#00ff00")[0]
    live.redraw()
    assert np.array_equal(pixels(live), before)
    live["marks"] = marks
    live.redraw()
    assert (pixels(live) == [0, 255, 0]).all(axis=2).sum() > 100
    marks.set_visible(False)
    live.redraw()
    assert np.array_equal(pixels(live), before)


@pytest.mark.parametrize("order", [("low", "high"), ("high", "low")])
def test_higher_z_order_is_on_top_whatever_was_named_first(order):
    live = LiveFigure(1, 1)
    axes = live.figure.add_axes([0, 0, 1, 1])
    axes.set_axis_off()
    for name in order:
        color, z = {"low": ("#ff0000", 3), "high": ("#0000ff", 4)}[name]
        live[name] = axes.plot([0.5], [0.5], "s", markersize=30, color=color, zorder=z)[0]
    live.redraw()
    assert pixels(live)[42, 42].tolist() == [0, 0, 255]


@pytest.mark.parametrize("width, height", [(2, 1), (9, 4.3), (5, 5)])
def test_widget_holds_a_jpeg_of_the_figures_size(width, height):
    live = LiveFigure(width, height)
    assert live.widget.value == b""
    live["text"] = Label(live.figure, 0.1, 0.5, color="#ff0000", size=20, bold=True)
    live["text"].set_text("■■■")
    live.redraw()
    assert live.widget.format == "url"
    image = shown(live)
    assert image.format == "JPEG"
    assert image.size == live.frame().size == (round(84 * width), int(84 * height))
    assert (live.widget.width, live.widget.height) == tuple(str(side) for side in image.size)
    assert JpegImagePlugin.get_sampling(image) == 0  # 4:4:4, colour at full resolution
    assert np.abs(np.asarray(image, int) - pixels(live)).mean() < 3


def test_frame_is_a_copy():
    live = scene()
    set_state(live, **STATES[0])
    live.redraw()
    first = live.frame()
    kept = np.array(first)
    set_state(live, **STATES[1])
    live.redraw()
    assert np.array_equal(np.asarray(first), kept)
    assert first.mode == "RGB"


# Raster


def raster(bounds, cells, **options):
    """A figure of 168 × 84 pixels with `cells` drawn in axes at `bounds`."""
    live = LiveFigure(2, 1)
    axes = live.figure.add_axes(bounds)
    axes.set_axis_off()
    live["raster"] = Raster(axes, **options)
    live["raster"].set_data(np.array(cells, np.uint8))
    live.redraw()
    return pixels(live)


RED, GREEN, BLUE, GREY = [255, 0, 0], [0, 255, 0], [0, 0, 255], [90, 90, 90]


def test_raster_has_its_first_row_at_the_top_and_fills_the_axes():
    frame = raster([0, 0, 1, 1], [[RED, GREEN], [BLUE, GREY]])
    assert (frame[:42, :84] == RED).all() and (frame[:42, 84:] == GREEN).all()
    assert (frame[42:, :84] == BLUE).all() and (frame[42:, 84:] == GREY).all()


def test_raster_stays_inside_its_axes():
    frame = raster([0.25, 0.5, 0.5, 0.25], [[RED, GREEN, BLUE]])
    inside = np.zeros(frame.shape[:2], bool)
    inside[21:42, 42:126] = True
    assert np.array_equal((frame != WHITE).any(axis=2), inside)
    assert frame[30, 43].tolist() == RED and frame[30, 84].tolist() == GREEN and frame[30, 124].tolist() == BLUE


def test_raster_blends_only_if_smooth():
    cells = [[[0, 0, 0], [200, 200, 200]]]
    assert set(np.unique(raster([0, 0, 1, 1], cells))) == {0, 200}
    row = raster([0, 0, 1, 1], cells, smooth=True)[40, :, 0].astype(int)
    assert (np.diff(row) >= 0).all() and row[0] == 0 and row[-1] == 200
    assert len(set(row)) > 50


def test_raster_is_empty_until_it_has_data():
    live = LiveFigure(1, 1)
    axes = live.figure.add_axes([0, 0, 1, 1])
    axes.set_axis_off()
    live["raster"] = Raster(axes)
    live.redraw()
    assert (pixels(live) == 255).all()


# Label


def label(text, x=0.5, y=0.5, **options):
    live = LiveFigure(4, 1)
    live["label"] = Label(live.figure, x, y, **options)
    live["label"].set_text(text)
    live.redraw()
    return live


@pytest.mark.parametrize("text", ["H", "12.5 %", "layer 3", "784 × 100 + 100"])
@pytest.mark.parametrize("align", ["left", "center", "right"])
def test_label_stands_where_its_alignment_says(text, align):
    left, right, _, _ = ink(label(text, align=align))
    middle = 0.5 * 4 * 84
    found = {"left": left, "center": (left + right) / 2, "right": right}[align]
    assert abs(found - middle) <= 4
    assert {"left": right > middle, "center": left < middle < right, "right": left < middle}[align]


@given(x=st.floats(0.1, 0.7), y=st.floats(0.2, 0.7))
def test_label_moves_with_its_place(x, y):
    left, _, _, bottom = ink(label("H", x, y))
    assert abs(left - x * 336) <= 3
    assert abs((84 - bottom - 1) - y * 84) <= 1.5  # the baseline


@pytest.mark.parametrize("size", [10, 13, 30])
def test_label_height_follows_its_size(size):
    _, _, top, bottom = ink(label("H", size=size))
    assert bottom - top + 1 == pytest.approx(0.73 * size, abs=1.5)  # DejaVu's capitals


def test_bold_has_more_ink():
    assert (255 - pixels(label("weights", bold=True)).astype(int)).sum() > 1.2 * (
        255 - pixels(label("weights")).astype(int)
    ).sum()


@pytest.mark.parametrize("color, rgb", [("#0072B2", [0, 114, 178]), ("black", [0, 0, 0])])
def test_label_has_its_colour_on_the_background(color, rgb):
    frame = pixels(label("■", size=40, color=color))
    assert (frame == rgb).all(axis=2).sum() > 200
    share = (255 - frame.astype(float)) / (255 - np.array(rgb))  # each pixel is a blend of paper and colour
    assert np.ptp(share, axis=2).max() < 0.02
    assert frame[0, 0].tolist() == WHITE


def test_label_text_changes_and_goes():
    live = label("one")
    assert np.array_equal(pixels(live), pixels(label("one")))
    live["label"].set_text("another")
    live.redraw()
    assert np.array_equal(pixels(live), pixels(label("another")))
    assert not np.array_equal(pixels(live), pixels(label("one")))
    live["label"].set_text("")
    live.redraw()
    assert (pixels(live) == 255).all()


def test_label_refuses_another_alignment():
    with pytest.raises(ValueError, match="align is 'middle'; allowed are left, center, right"):
        Label(LiveFigure(1, 1).figure, 0, 0, align="middle")


# encode


def test_another_format_is_refused():
    with pytest.raises(ValueError, match="format is 'gif'; allowed are"):
        encode(Image.new("RGB", (1, 1)), "gif")


def test_png_keeps_every_pixel_of_a_picture_with_few_colours():
    image = Image.fromarray(np.array([[RED, GREEN], [BLUE, WHITE]], np.uint8))
    read = Image.open(io.BytesIO(encode(image, "png")))
    assert read.format == "PNG"
    assert np.array_equal(np.asarray(read.convert("RGB")), np.asarray(image))


def test_png_is_small_and_close_for_a_picture_with_many_colours():
    ramp = np.linspace(0, 255, 300).astype(np.uint8)
    picture = np.stack([np.tile(ramp, (100, 1)), np.tile(ramp[::-1], (100, 1)), np.full((100, 300), 90)], 2)
    image = Image.fromarray(picture.astype(np.uint8))
    read = Image.open(io.BytesIO(encode(image, "png")))
    assert read.mode == "P" and read.size == (300, 100)
    assert np.abs(np.asarray(read.convert("RGB"), int) - picture).mean() < 4


def test_jpeg_is_close():
    live = scene()
    set_state(live, **STATES[0])
    live.redraw()
    image = live.frame()
    read = Image.open(io.BytesIO(encode(image, "jpeg")))
    assert read.format == "JPEG" and read.size == image.size
    assert np.abs(np.asarray(read, int) - np.asarray(image)).mean() < 3
