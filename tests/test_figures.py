"""The still pictures: they draw without a warning, show what they were given, and refuse what they cannot."""

import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from helpers import figures
from helpers.datasets import toy_set
from helpers.figures import (
    show_arrows,
    show_confusion,
    show_curves,
    show_heatmap,
    show_order,
    show_pairs,
    show_pictures,
    show_points,
    show_rows,
    show_shares,
    show_spread,
    show_surfaces,
)
from helpers.palette import BLUE, ORANGE, RED

POINTS, LABELS = toy_set("blobs", 20, seed=1)


@pytest.fixture(autouse=True)
def closed():
    plt.close("all")
    yield
    plt.close("all")


@pytest.fixture
def drawn(monkeypatch):
    """Draw, with warnings as errors, and return the axes of the one figure that was shown."""

    def draw(function, *args, **options):
        shows = []
        monkeypatch.setattr(plt, "show", lambda: shows.append(plt.gcf()))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert function(*args, **options) is None
            assert len(shows) == 1 and plt.get_fignums() == [shows[0].number]
            shows[0].canvas.draw()
        return shows[0].axes

    return draw


def curves(axis):
    """The lines of an axes, by label."""
    return {line.get_label(): line for line in axis.lines}


def assert_classes(axis, points=POINTS):
    for label, color, marker in [(0, ORANGE, "^"), (1, BLUE, "o")]:
        line = curves(axis)[f"class {label}"]
        assert np.array_equal(line.get_xydata(), points[LABELS == label])
        assert (line.get_color(), line.get_marker()) == (color, marker)


def test_points_in_every_plane(drawn):
    axes = drawn(show_points, {"plain": POINTS, "folded": np.abs(POINTS)}, LABELS, ["input", "unit"])
    assert [axis.get_title() for axis in axes] == ["plain", "folded"]
    assert [axis.get_xlabel() for axis in axes] == ["input 1", "unit 1"]
    assert [axis.get_ylabel() for axis in axes] == ["input 2", "unit 2"]
    for axis, points in zip(axes, (POINTS, np.abs(POINTS)), strict=True):
        assert_classes(axis, points)
        assert len(axis.lines) == 2
        assert axis.get_ylim()[0] < points[:, 1].min() and axis.get_ylim()[1] > points[:, 1].max()


@pytest.mark.parametrize("points", [POINTS[:, :1], POINTS[:-1], POINTS.T])
def test_points_of_another_shape_are_refused(points):
    with pytest.raises(ValueError, match=r"^planes\['plane'\] has shape .*allowed is \(20, 2\)"):
        show_points({"plane": POINTS, "other": POINTS} | {"plane": points}, LABELS, ["input", "input"])
    assert plt.get_fignums() == []  # no empty axes stand above the error


@pytest.mark.parametrize("coordinates", ["input", [], ["input", "unit"]])
def test_each_plane_needs_its_name(coordinates):
    with pytest.raises(ValueError, match="^coordinates is .*allowed is a list of 1 names"):
        show_points({"plane": POINTS}, LABELS, coordinates)


@pytest.mark.parametrize("labels", [LABELS + 1, 2 * LABELS - 1])
def test_labels_that_would_not_be_drawn_are_refused(labels):
    for show, arguments in (
        (show_points, ({"plane": POINTS}, labels, ["input"])),
        (show_surfaces, ({}, POINTS, labels)),
    ):
        with pytest.raises(ValueError, match="^labels has the classes .*allowed are 0 and 1"):
            show(*arguments)
    assert plt.get_fignums() == []


def test_nothing_to_show_is_told():
    for show, arguments in (
        (show_points, ({}, LABELS, [])),
        (show_arrows, (POINTS, {})),
        (show_surfaces, ({}, POINTS, LABELS)),
    ):
        with pytest.raises(ValueError, match="^there is nothing to show"):
            show(*arguments)


def test_surfaces_show_the_answer_the_border_and_the_points(drawn):
    models = {"right": lambda p: (p[:, :1] > 0.3).astype(float), "up": lambda p: (p[:, 1:] + 1.3) / 2.6}
    axes = drawn(show_surfaces, models, POINTS, LABELS)
    assert [axis.get_title() for axis in axes] == ["right", "up"]
    for axis in axes:
        assert_classes(axis)
        assert (axis.get_xlabel(), axis.get_ylabel()) == ("input 1", "input 2")
        assert (axis.get_xlim(), axis.get_ylim()) == ((-1.3, 1.3), (-1.3, 1.3))
    right, up = (axis.images[0].get_array() for axis in axes)
    assert right[0, 0].tolist() == right[-1, 0].tolist() == [230, 159, 0]
    assert right[0, -1].tolist() == right[-1, -1].tolist() == [0, 114, 178]
    assert up[0, 0].tolist() == [230, 159, 0] and up[-1, -1].tolist() == [0, 114, 178]
    assert axes[1].images[0].origin == "lower"
    border = np.concatenate([path.vertices for path in axes[1].collections[0].get_paths()])
    assert np.allclose(border[:, 1], 0, atol=1e-3)


def test_surfaces_take_a_keras_model(drawn):
    import keras

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="sigmoid")])
    model.set_weights([np.array([[5.0], [0.0]]), np.zeros(1)])
    (axis,) = drawn(show_surfaces, {"net": model}, POINTS, LABELS)
    assert axis.images[0].get_array()[60, 0, 0] > axis.images[0].get_array()[60, -1, 0]


def test_curves_are_named_and_begin_at_1(drawn):
    (axis,) = drawn(show_curves, {"train": [3, 2, 1], "validation": [3, 2.5, 2.4]}, ylabel="loss (nats)")
    lines = curves(axis)
    assert lines["train"].get_xydata().tolist() == [[1, 3], [2, 2], [3, 1]]
    assert lines["validation"].get_ydata().tolist() == [3, 2.5, 2.4]
    assert lines["train"].get_color() != lines["validation"].get_color()
    assert lines["train"].get_linestyle() != lines["validation"].get_linestyle()
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("epoch", "loss (nats)")
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["train", "validation"]


def test_curves_over_given_x_with_dots_behind(drawn):
    x = np.linspace(-1, 1, 5)[:, None]
    (axis,) = drawn(show_curves, {"model": x**2}, x=x, xlabel="x", dots=(x[:2], x[2:4]))
    assert np.array_equal(curves(axis)["model"].get_xydata(), np.hstack([x, x**2]))
    assert np.array_equal(curves(axis)["data"].get_xydata(), np.hstack([x[:2], x[2:4]]))
    assert axis.lines[0].get_label() == "data"


@pytest.mark.parametrize("count", [6, 7])
def test_no_curve_is_left_out(drawn, count):
    named = {f"run {number}": [1, number] for number in range(count)}
    (axis,) = drawn(show_curves, named)
    assert list(curves(axis)) == list(named)


def test_spread_shows_every_measurement_and_the_mean(drawn):
    groups = {"relu": [0.8, 0.9, 0.85], "sigmoid": [0.5, 0.7]}
    (axis,) = drawn(show_spread, groups, "accuracy")
    dots, means = axis.lines[::2], axis.lines[1::2]
    assert [line.get_xdata().tolist() for line in dots] == [[0.8, 0.9, 0.85], [0.5, 0.7]]
    assert all(np.abs(line.get_ydata() - row).max() <= 0.2 for row, line in enumerate(dots))
    assert [line.get_xdata()[0] for line in means] == pytest.approx([0.85, 0.6])
    assert [text.get_text() for text in axis.get_yticklabels()] == ["relu", "sigmoid"]
    assert axis.get_xlabel() == "accuracy"
    assert axis.yaxis_inverted()  # the first group on top


def test_equal_measurements_do_not_hide_each_other(drawn):
    (axis,) = drawn(show_spread, {"relu": [0.8] * 3, "once": [0.8]}, "accuracy")
    assert len(set(axis.lines[0].get_ydata())) == 3
    assert axis.lines[2].get_ydata() == [1]


def test_arrows_start_at_their_points_and_compare_in_length(drawn):
    points = np.array([[0.0, 0.0], [4.0, 0.0]])
    (axis,) = drawn(show_arrows, points, {"down": np.array([[0.0, -2.0], [1.0, 0.0]])})
    (arrows,) = axis.collections
    assert arrows.XY.tolist() == points.tolist()
    assert (arrows.U.tolist(), arrows.V.tolist()) == ([0, 1], [-2, 0])
    assert 2 / arrows.scale == pytest.approx(4 / 5)  # the longest is a fifth of the plane
    assert axis.get_title() == "down"


def test_arrows_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"fields\['down'\] has shape \(3, 2\); allowed is \(2, 2\)"):
        show_arrows(np.zeros((2, 2)), {"down": np.zeros((3, 2))})


@pytest.mark.parametrize("x", [None, range(5)])
def test_epochs_and_steps_are_marked_as_whole_numbers(drawn, x):
    (axis,) = drawn(show_curves, {"loss": [5, 4, 3, 2, 1]}, x=x)
    assert all(tick == round(tick) for tick in axis.get_xticks())


def test_other_axes_may_be_marked_between_whole_numbers(drawn):
    (axis,) = drawn(show_curves, {"model": [1, 2, 3]}, x=[0.0, 0.5, 1.0])
    assert any(tick != round(tick) for tick in axis.get_xticks())


def test_curves_on_a_logarithmic_axis(drawn):
    (axis,) = drawn(show_curves, {"loss": [100.0, 1.0]}, yscale="log")
    assert (axis.get_xscale(), axis.get_yscale()) == ("linear", "log")


def test_a_log_scale_across_is_labelled_in_plain_numbers(drawn):
    (axis,) = drawn(show_curves, {"accuracy": [0.9, 0.8]}, x=[1, 8192], xscale="log")
    axis.figure.canvas.draw()
    assert axis.get_xscale() == "log"
    assert {"1", "10", "100", "1,000"} <= {text.get_text() for text in axis.get_xticklabels()}


def test_no_curves_are_refused():
    with pytest.raises(ValueError, match="^curves is empty; allowed is a dict of one curve or more"):
        show_curves({})


def test_numbers_at_the_axis_can_be_chosen(drawn):
    (axis,) = drawn(show_curves, {"accuracy": [0.1, 0.9, 0.1]}, x=[-180, 0, 180], xticks=range(-180, 181, 45))
    assert axis.get_xticks().tolist() == list(range(-180, 181, 45))


@pytest.mark.parametrize("count, beside", [(3, False), (4, True)])
def test_key_of_many_curves_hides_none(drawn, count, beside):
    (axis,) = drawn(show_curves, {f"curve {number}": [0, number, 0] for number in range(count)})
    axis.figure.canvas.draw()
    key, axes = axis.get_legend().get_window_extent(), axis.get_window_extent()
    assert (key.x0 >= axes.x1) == beside


def test_no_group_is_left_out(drawn):
    (axis,) = drawn(show_spread, {f"group {number}": [number] for number in range(8)}, "accuracy")
    assert len(axis.lines) == 16


def test_pictures_are_ink_on_paper(drawn):
    pictures = np.zeros((3, 4, 5))
    pictures[:, 0, 1], pictures[2, 3, 4] = 8, 4
    axes = drawn(show_pictures, pictures, titles=["a", "b", "c"], columns=2)
    assert len(axes) == 4 and [axis.get_title() for axis in axes] == ["a", "b", "c", ""]
    third = axes[2].images[0].get_array()
    assert third.shape == (4, 5, 3)
    assert (third[0, 1].tolist(), third[3, 4].tolist(), third[1, 1].tolist()) == ([0] * 3, [0.5] * 3, [1] * 3)
    assert not axes[3].images and not axes[3].axison
    assert all(axis.spines["top"].get_visible() and not axis.get_xticks().size for axis in axes[:3])


def test_signed_pictures_are_orange_and_blue(drawn):
    (axis,) = drawn(show_pictures, np.array([[[-4.0, 0.0, 2.0, 4.0]]]), columns=1, signed=True)
    assert axis.images[0].get_array()[0, [0, 1, 3]].tolist() == [[230, 159, 0], [255] * 3, [0, 114, 178]]


def test_pictures_can_share_one_scale(drawn):
    axes = drawn(show_pictures, np.array([[[2.0]], [[8.0]]]), columns=2, largest=4)
    assert [axis.images[0].get_array()[0, 0, 0] for axis in axes] == [0.5, 0]


def test_confusion_writes_every_count_and_shades_only_mistakes(drawn):
    (axis,) = drawn(show_confusion, np.array([[1200, 3], [0, 7]]))
    assert [text.get_text() for text in axis.texts] == ["1,200", "3", "0", "7"]
    assert [text.get_weight() for text in axis.texts] == ["bold", "normal", "normal", "bold"]
    assert axis.images[0].get_array().tolist() == [[0, 3], [0, 0]]
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("answer", "true class")


def test_confusion_refuses_what_is_not_square():
    with pytest.raises(ValueError, match=r"counts has shape \(2, 3\)"):
        show_confusion(np.zeros((2, 3)))


def test_blank_pictures_are_paper(drawn):
    (axis,) = drawn(show_pictures, np.zeros((1, 2, 2), np.uint8), columns=1)
    assert (axis.images[0].get_array() == 1).all()


@pytest.mark.parametrize("shape", [(28, 28), (2, 28, 28, 1), (784,), (0, 28, 28)])
def test_pictures_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match="^pictures has shape .*allowed is "):
        show_pictures(np.zeros(shape))


@pytest.mark.parametrize("arguments, words", [(dict(columns=0), "columns is 0"), (dict(largest=0), "largest is 0")])
def test_no_columns_and_no_scale_are_refused(arguments, words):
    with pytest.raises(ValueError, match=f"^{words}; allowed is"):
        show_pictures(np.zeros((3, 2, 2)), **arguments)


@pytest.mark.parametrize(
    "answers, points, words",
    [(1, 5, r"^points has shape \(5, 2\); allowed is \(20, 2\)"), (2, 20, r"^models\['two'\] turns .* into .*, 2\)")],
)
def test_surfaces_of_another_shape_are_refused(answers, points, words):
    with pytest.raises(ValueError, match=words):
        show_surfaces({"two": lambda plane: np.zeros((len(plane), answers))}, np.zeros((points, 2)), np.arange(20) % 2)


def test_a_heatmap_may_have_names_for_numbers(drawn):
    axis, *_ = drawn(show_heatmap, pd.DataFrame([[0.1, 0.2]], index=["one"], columns=["a", "b"]), "x", "y", "share")
    assert [label.get_text() for label in axis.get_xticklabels()] == ["a", "b"]


def test_titles_of_another_number_are_refused():
    with pytest.raises(ValueError, match="^titles has 2 entries for 3 pictures"):
        show_pictures(np.zeros((3, 2, 2)), titles=["a", "b"])


def test_heatmap_marks_the_best_cell_only(drawn):
    table = pd.DataFrame([[0.1, 0.25, 0.3], [0.2, 0.9, 0.4]], index=[1, 2], columns=[4, 16, 1024])
    axis, bar = drawn(show_heatmap, table, "units", "layers", "test accuracy")
    texts = {text.get_position(): text.get_text() for text in axis.texts}
    assert texts == {
        (0, 0): "10.0%", (1, 0): "25.0%", (2, 0): "30.0%", (0, 1): "20.0%", (1, 1): "90.0% ★", (2, 1): "40.0%",
    }  # fmt: skip
    (frame,) = axis.patches
    assert (frame.get_xy(), frame.get_width(), frame.get_height()) == ((0.5, 0.5), 1, 1)
    assert to_hex(frame.get_edgecolor()).upper() == RED and not frame.get_fill()
    assert [text.get_text() for text in axis.get_xticklabels()] == ["4", "16", "1,024"]
    assert [text.get_text() for text in axis.get_yticklabels()] == ["1", "2"]
    assert (axis.get_xlabel(), axis.get_ylabel(), bar.get_ylabel()) == ("units", "layers", "test accuracy")
    assert [text.get_color() for text in axis.texts] == ["white"] * 4 + ["black", "white"]


def test_shares_are_darker_the_larger_in_every_table(drawn):
    tables = {"one": np.array([[0, 0.5, 1]]), "two": np.array([[1.0], [0.25]])}
    for axis, (title, shares) in zip(drawn(show_shares, tables, "updates", "answer"), tables.items(), strict=True):
        (image,) = axis.images
        assert np.array_equal(image.get_array(), shares) and image.get_clim() == (0, 1)
        assert image.to_rgba(image.get_array())[..., 0] == pytest.approx(1 - shares, abs=0.1)
        assert (axis.get_title(), axis.get_xlabel(), axis.get_ylabel()) == (title, "updates", "answer")
        assert axis.get_yticks().tolist() == list(range(len(shares)))


def test_pairs_have_a_row_each_and_a_line_between(drawn):
    table = pd.DataFrame({"before": [0.2, 0.9], "after": [0.5, 0.1]}, index=["fog", "noise"])
    (axis,) = drawn(show_pairs, table, "error")
    assert [label.get_text() for label in axis.get_yticklabels()] == ["fog", "noise"]
    before, after = curves(axis)["before"], curves(axis)["after"]
    assert before.get_xydata().tolist() == [[0.2, 0], [0.9, 1]] and after.get_xydata().tolist() == [[0.5, 0], [0.1, 1]]
    assert before.get_marker() != after.get_marker() and before.get_color() != after.get_color()
    lines = [segment.tolist() for segment in axis.collections[0].get_segments()]
    assert lines == [[[0.2, 0], [0.5, 0]], [[0.1, 1], [0.9, 1]]]
    assert axis.get_ylim()[0] > axis.get_ylim()[1]  # the first row is at the top


def test_pairs_of_three_are_refused():
    with pytest.raises(ValueError, match="^table has 3 columns; allowed are two"):
        show_pairs(pd.DataFrame(np.zeros((2, 3))), "error")


def test_every_figure_is_tested():
    shows = {name for name in vars(figures) if name.startswith("show_")}
    with open(__file__, encoding="utf-8") as file:
        calls = file.read()
    assert all(f"drawn({name}" in calls for name in shows)


def test_order_has_a_row_for_each_name_in_the_order_of_appearance(drawn):
    (axis,) = drawn(show_order, ["begin", "step", "step", "end", "step"])
    assert [label.get_text() for label in axis.get_yticklabels()] == ["begin", "step", "end"]
    assert axis.get_ylim()[0] > axis.get_ylim()[1]  # the first at the top
    for line in axis.lines:
        assert line.get_xydata().tolist() == [[1, 0], [2, 1], [3, 1], [4, 2], [5, 1]]


def test_rows_are_strips_with_their_numbers_and_names(drawn):
    rows = np.array([[0, 1, 2.0], [3, 0, 0]])
    axes = drawn(show_rows, rows, ["digit", "moved"], "place")
    assert [axis.images[0].get_array().ravel().tolist() for axis in axes] == rows.tolist()
    assert [axis.get_yticklabels()[0].get_text() for axis in axes] == ["digit", "moved"]
    assert axes[-1].get_xlabel() == "place"
    with pytest.raises(ValueError, match=r"rows has shape \(3,\)"):
        show_rows(rows[0], ["digit"], "place")
