"""Labs of lesson 04: the pixel inspector and what scaling changes."""

import functools

import ipywidgets
import numpy as np
from matplotlib.patches import Polygon

from helpers.datasets import load_mnist, load_recorded
from helpers.labs import digits
from helpers.labs.lab import Lab
from helpers.live import Label, LiveFigure, Raster, frame_around
from helpers.palette import BLACK, BLUE, CYCLE, GREEN, ORANGE, RED, SKY, as_ink, for_text

# Pixel inspector

_SIDE = 28
_REACH = 30  # this many places before and after the pixel are drawn large

#: Name of a neighbour → rows down, columns to the right, its marker, the same as a letter, its colour.
_NEIGHBOURS = {
    "above": (-1, 0, "^", "▲", SKY),
    "left": (0, -1, "<", "◀", ORANGE),
    "right": (0, 1, ">", "▶", ORANGE),
    "below": (1, 0, "v", "▼", SKY),
}
_EDGES = {"above": "row 0 is the top", "left": "column 0 is the left edge",
          "right": "column 27 is the right edge", "below": "row 27 is the bottom"}  # fmt: skip


def pixel_inspector(pictures=None, labels=None):
    """Move over a picture and see where each pixel and its neighbours stand in the flat vector of 784 numbers.

    pictures: uint8 (n, 28, 28), 0 (paper) to 255 (ink), n from 1. labels: whole numbers (n,), what they show.
    Without both: the first 200 digits of MNIST's test set.
    Raises `ValueError` for pictures of another dtype or shape, and for labels that are not one for each picture.
    """
    if pictures is None and labels is None:
        pictures, labels = (values[:200] for values in load_mnist()[1])
    digits.check(pictures, labels)
    controls = dict(
        picture=ipywidgets.IntSlider(value=0, min=0, max=len(pictures) - 1, description="picture"),
        row=ipywidgets.IntSlider(value=14, min=0, max=_SIDE - 1, description="row"),
        column=ipywidgets.IntSlider(value=17, min=0, max=_SIDE - 1, description="column"),
    )

    def compute(picture, row, column):
        pixels = pictures[picture]
        return dict(
            picture=picture,
            label=int(labels[picture]),
            pixels=pixels,
            row=row,
            column=column,
            place=_SIDE * row + column,
            value=int(pixels[row, column]),
            neighbours={name: _place(row + down, column + right) for name, (down, right, *_) in _NEIGHBOURS.items()},
        )

    still = [dict(row=14, column=17), dict(row=7, column=27)]
    return Lab("Pixel inspector", _inspector_figure(), controls, compute, _draw_inspector, still)


def _place(row, column):
    """Return a pixel's place in the flat vector; None outside the picture."""
    inside = 0 <= row < _SIDE and 0 <= column < _SIDE
    return _SIDE * row + column if inside else None


def _inspector_figure():
    live = LiveFigure(10, 5.2)  # 840 pixels wide: each of the 784 numbers is one of them
    _add_digit(live)
    _add_strips(live)
    head = dict(fontsize=10, va="bottom")
    for x, text in ((0.40, "neighbour"), (0.52, "its place"), (0.73, "its value")):
        live.figure.text(x, 0.575, text, **head)
    for number, (name, (_, _, _, sign, _)) in enumerate(_NEIGHBOURS.items()):
        y = 0.515 - 0.053 * number
        live.figure.text(0.40, y, f"{sign}  {name}", fontsize=11)
        live[f"{name} place"] = Label(live.figure, 0.52, y, size=14)
        live[f"{name} value"] = Label(live.figure, 0.73, y, size=14)
    for name, y in dict(value=0.84, forth=0.765, back=0.69).items():
        live[name] = Label(live.figure, 0.40, y, size=16)
    live["note"] = Label(live.figure, 0.40, 0.295)
    live["title"] = Label(live.figure, 0.40, 0.92, size=16, bold=True)
    return live


def _add_digit(live):
    axes = live.figure.add_axes([0.065, 0.375, 0.30, 0.577])
    axes.set(xlim=(-0.5, 27.5), ylim=(27.5, -0.5), xlabel="column", ylabel="row")
    axes.set(xticks=[0, 7, 14, 21, 27], yticks=[0, 7, 14, 21, 27])
    live["digit"] = Raster(axes)
    for name, (_, _, marker, _, color) in _NEIGHBOURS.items():
        live[f"{name} pixel"] = axes.plot([], [], marker, **_sign(color), clip_on=False)[0]
    live["pixel"] = axes.plot([], [], color=RED, linewidth=2.5, zorder=5, clip_on=False)[0]
    live["digit frame"] = frame_around(axes)


def _sign(color):
    return dict(color=color, markersize=7, markeredgecolor=BLACK, markeredgewidth=0.8, zorder=4)


def _add_strips(live):
    """Add the flat vector, one pixel a number, and under it the part around the pixel, drawn larger."""
    left, wide = 28 / 840, 784 / 840
    live.figure.text(left, 0.252, "the flat vector, place 0 to 783, row after row:", fontsize=10, va="bottom")
    whole = live.figure.add_axes([left, 0.205, wide, 0.04])
    between = live.figure.add_axes([left, 0.145, wide, 0.06])
    part = live.figure.add_axes([left, 0.09, wide, 0.055])
    for axis in (whole, part):
        axis.set(xticks=[], yticks=[])
    live["whole"], live["part"] = Raster(whole), Raster(part)
    live["whole frame"], live["part frame"] = frame_around(whole), frame_around(part)
    between.set_axis_off()
    between.set(xlim=(0, 784), ylim=(0, 1))
    live["lens"] = between.plot([], [], color="#777777", linewidth=1)[0]
    whole.set(xlim=(0, 784), ylim=(0, 1))
    live["window"] = whole.plot([], [], color=RED, linewidth=2, zorder=5, clip_on=False)[0]
    part.set(xlim=(-_REACH - 0.5, _REACH + 0.5), ylim=(0, 1))
    live["row starts"] = part.plot([], [], "--", color=GREEN, linewidth=2, zorder=3)[0]
    for name, (down, right, marker, _, color) in _NEIGHBOURS.items():
        live[f"{name} in part"] = part.plot([], [], marker, **_sign(color))[0]
        live[f"{name} label"] = Label(live.figure, _along(_SIDE * down + 3.2 * right), 0.048, "center")
    cell = [-0.5, 0.5, 0.5, -0.5, -0.5], [0, 0, 1, 1, 0]
    live["cell"] = part.plot(*cell, color=RED, linewidth=2.5, zorder=5, clip_on=False)[0]
    live["here"] = Label(live.figure, 0.5, 0.048, "center", bold=True)
    live.figure.text(0.5, 0.008, "- - a new row of the picture starts", color=for_text(GREEN), fontsize=10, ha="center")


def _along(places):
    """Return how far across the figure a place stands that is so many places after the pixel."""
    return 0.5 + places * 784 / 840 / (2 * _REACH + 1)


def _draw_inspector(live, state):
    row, column, place, neighbours = (state[key] for key in ("row", "column", "place", "neighbours"))
    flat = state["pixels"].ravel()
    live["digit"].set_data(as_ink(state["pixels"]))
    square = column + np.array([-0.5, 0.5, 0.5, -0.5, -0.5]), row + np.array([-0.5, -0.5, 0.5, 0.5, -0.5])
    live["pixel"].set_data(*square)
    _draw_strips(live, flat, place)
    for name, (down, right, *_) in _NEIGHBOURS.items():
        there = neighbours[name] is not None
        live[f"{name} pixel"].set_data([column + right] if there else [], [row + down] if there else [])
        live[f"{name} in part"].set_data([_SIDE * down + right] if there else [], [0.5] if there else [])
        live[f"{name} label"].set_text(f"{neighbours[name]}" if there else "")
        step = _SIDE * down + right
        text = f"{place} {'+' if step > 0 else '−'} {abs(step)} = {neighbours[name]}"
        live[f"{name} place"].set_text(text if there else f"none: {_EDGES[name]}")
        live[f"{name} value"].set_text(f"{flat[neighbours[name]]}" if there else "")
    live["title"].set_text(f"picture {state['picture']}, label {state['label']}")
    live["value"].set_text(f"value {state['value']} of 255;  {state['value']} / 255 = {state['value'] / 255:.3f}")
    live["forth"].set_text(f"row {row}, column {column}  →  place {row} · 28 + {column} = {place}")
    live["back"].set_text(f"place {place} = 28 · {row} + {column}  →  row {row}, column {column}")
    live["here"].set_text(f"{place}")
    live["note"].set_text(_stranger(state))
    return _inspector_sentence(state)


def _draw_strips(live, flat, place):
    live["whole"].set_data(as_ink(flat[None]))
    window = np.arange(place - _REACH, place + _REACH + 1)
    inside = (window >= 0) & (window < flat.size)
    cells = np.full((1, window.size, 3), [178, 178, 178], np.uint8)  # grey: before the first or after the last place
    cells[0, inside] = as_ink(flat[window[inside]])
    live["part"].set_data(cells)
    first, last = max(place - _REACH, 0), min(place + _REACH + 1, flat.size)
    live["window"].set_data([first, last, last, first, first], [0, 0, 1, 1, 0])
    ends = (np.array([first, last]) - place + _REACH) * flat.size / window.size
    live["lens"].set_data([first, ends[0], np.nan, last, ends[1]], [1, 0, np.nan, 1, 0])
    starts = window[inside & (window % _SIDE == 0)] - place - 0.5
    live["row starts"].set_data(np.repeat(starts, 3), np.tile([0, 1, np.nan], starts.size))


def _inspector_sentence(state):
    places = [f"{name} {'none' if place is None else place}" for name, place in state["neighbours"].items()]
    return (
        f"Row {state['row']}, column {state['column']} has the value {state['value']} and becomes place "
        f"{state['place']}; its neighbours' places: {', '.join(places)}. {_stranger(state)}"
    ).rstrip()


def _stranger(state):
    """At the left or right edge, tell the pixel that is next in the vector and far away in the picture."""
    for side, step in (("left", -1), ("right", 1)):
        place = state["place"] + step
        if state["neighbours"][side] is None and 0 <= place < _SIDE**2:
            row, column = divmod(place, _SIDE)
            return f"Place {place} is beside it in the vector, yet it is row {row}, column {column}."
    return ""


# What if you don't scale?


def _sklearn(name):
    from sklearn import preprocessing  # takes seconds: not when the lab is imported

    return getattr(preprocessing, name)()


#: Name of a scaling → its fit: it takes the training rows, (n, 784) float32 from 0 to 255, and returns the function
#: that scales rows of training or test pictures.
SCALINGS = {
    "none (0 to 255)": lambda train: lambda rows: rows,
    "÷ 255": lambda train: lambda rows: rows / 255,
    "MinMax per pixel": lambda train: _sklearn("MinMaxScaler").fit(train).transform,
    "standardise per pixel": lambda train: _sklearn("StandardScaler").fit(train).transform,
}
OPTIMIZERS = ("SGD", "Adam")
RATES = (0.0001, 0.001, 0.01, 0.1, 1.0)
_TOP = 1000  # the highest loss that has a place in the picture


def scaling():
    """Feed the same digits to the same network in four scalings: what enters it, and how its first epoch goes.

    The network has 784 inputs, 100 ReLU units and 10 softmax outputs; it takes 100 steps of 100 digits, MNIST's
    first 10,000, with three seeds. The runs are recorded (`load_recorded("scaling_what_if")`), the numbers that
    enter the network are measured when the lab is made.
    The two scalings per pixel are scikit-learn's `MinMaxScaler` and `StandardScaler`, fitted on the 10,000 digits.
    Both turn a pixel that is constant there into 0 and do not divide it: a test digit's ink there stays up to 255.
    """
    entering, runs = _entering(), _runs()
    controls = dict(
        scaling=ipywidgets.Dropdown(options=list(SCALINGS), description="scaling"),
        optimizer=ipywidgets.Dropdown(options=OPTIMIZERS, description="optimizer"),
        learning_rate=ipywidgets.SelectionSlider(options=RATES, value=0.1, description="learning rate"),
    )

    def compute(scaling, optimizer, learning_rate):
        losses, accuracies = runs[scaling, optimizer, learning_rate]
        return dict(
            scaling=scaling,
            optimizer=optimizer,
            learning_rate=learning_rate,
            **entering[scaling],
            losses=losses,
            accuracies=accuracies,
            every_accuracy={name: runs[name, optimizer, learning_rate][1] for name in SCALINGS},
        )

    still = [dict(), dict(scaling="÷ 255"), dict(optimizer="Adam", learning_rate=0.001)]
    return Lab("What if you don't scale?", _scaling_figure(), controls, compute, _draw_scaling, still)


@functools.cache
def _entering():
    """Return for each scaling what enters the network: its range, and counts (60,) in equal steps from end to end."""
    (x_train, _), (x_test, _) = load_mnist()
    train, test = (x.reshape(-1, _SIDE**2).astype("float32") for x in (x_train[:10000], x_test))
    found = {}
    for name, fit in SCALINGS.items():
        scale = fit(train)
        rows = scale(train)
        found[name] = dict(
            counts=np.histogram(rows, 60)[0],
            minimum=float(rows.min()),
            maximum=float(rows.max()),
            mean=float(rows.mean(dtype=np.float64)),
            test_maximum=float(scale(test).max()),
        )
    return found


def _runs():
    """Return the recorded runs by setting: (losses (3 seeds, 10), accuracies (3,))."""
    table = load_recorded("scaling_what_if")
    settings = table.groupby(["scaling", "optimizer", "learning_rate"])
    return {name: (run["loss"].to_numpy().reshape(3, 10), run["accuracy"].to_numpy()[::10]) for name, run in settings}


def _scaling_figure():
    live = LiveFigure(10, 5.2)
    _add_entering(live)
    _add_losses(live)
    _add_accuracies(live)
    return live


def _add_entering(live):
    axes = live.figure.add_axes([0.08, 0.46, 0.37, 0.41])
    axes.set(xlim=(0, 1), ylim=(0.5, 2e7), yscale="log", xticks=[0, 0.25, 0.5, 0.75, 1], xticklabels=[])
    axes.set_yticks([1, 1e3, 1e6], ["1", "10³", "10⁶"])
    axes.minorticks_off()
    axes.set_ylabel("how many")
    axes.grid(alpha=0.3)
    live["counts"] = axes.add_patch(Polygon([(0, 1)], color=BLUE, linewidth=0))
    for tick in range(5):
        live[f"tick {tick}"] = Label(live.figure, 0.08 + 0.37 * tick / 4, 0.412, align="center", size=12)
    live["title"] = Label(live.figure, 0.08, 0.935, size=15, bold=True)
    live["ends"] = Label(live.figure, 0.08, 0.335, size=14)
    live["test"] = Label(live.figure, 0.08, 0.283, size=14)
    ruler = live.figure.add_axes([0.08, 0.12, 0.37, 0.07])
    ruler.set(xlim=(-12, 262), ylim=(0, 1), yticks=[], xticks=range(0, 251, 50))
    ruler.set_title("the same numbers on one ruler for all scalings", fontsize=10, loc="left", pad=5)
    ruler.set_xlabel("number that enters the network", labelpad=2)
    live["ruler"] = ruler.plot([], [], color=BLUE, linewidth=7, solid_capstyle="butt",
                               marker="|", markersize=18, markeredgewidth=2.5)[0]  # fmt: skip


def _add_losses(live):
    axes = live.figure.add_axes([0.56, 0.46, 0.365, 0.41])
    axes.set(xlim=(5, 102), ylim=(0.2, 1400), yscale="log", xlabel="step of the first epoch")
    axes.set_ylabel("training loss", labelpad=0)
    axes.set_yticks([1, 10, 100, _TOP], ["1", "10", "100", "1,000"])
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.axhline(np.log(10), color=BLACK, linewidth=1, linestyle=":")
    live.figure.text(0.93, 0.579, "guessing\n2.3", fontsize=10, va="center")
    for seed, (color, style, marker) in enumerate(CYCLE[:3]):
        line = dict(color=color, linewidth=1.3, markersize=4, label=f"seed {seed}")
        live[f"loss {seed}"] = axes.plot([], [], style + marker, **line)[0]
    live["beyond"] = axes.plot([], [], linestyle="", marker="$↑$", markersize=11, color=RED, clip_on=False)[0]
    key = [live[f"loss {seed}"] for seed in range(3)]
    live.figure.legend(handles=key, ncols=3, loc="center right", bbox_to_anchor=(0.99, 0.895), frameon=False,
                       fontsize=10, handlelength=2.5, columnspacing=1.2)  # fmt: skip
    live["run"] = Label(live.figure, 0.56, 0.935, size=15, bold=True)
    live["words"] = Label(live.figure, 0.56, 0.335, size=14)


def _add_accuracies(live):
    axes = live.figure.add_axes([0.74, 0.12, 0.24, 0.19])
    axes.set(xlim=(0, 100), ylim=(3.6, -0.6), yticks=range(4), yticklabels=list(SCALINGS))
    axes.set_xticks([10, 50, 90], ["10", "50", "90 %"])
    axes.set_xlabel("test accuracy (10: guessing)", labelpad=2)
    axes.grid(alpha=0.3)
    live["chosen row"] = axes.plot([], [], color=SKY, alpha=0.45, linewidth=14, solid_capstyle="butt", zorder=1)[0]
    for seed, (color, _, marker) in enumerate(CYCLE[:3]):
        live[f"accuracy {seed}"] = axes.plot([], [], marker, color=color, markersize=6, markeredgecolor=BLACK,
                                             markeredgewidth=0.6)[0]  # fmt: skip


def _draw_scaling(live, state):
    lowest, highest = state["minimum"], state["maximum"]
    live["counts"].set_xy(_outline(state["counts"], 0.5))
    live["ruler"].set_data([lowest, highest], [0.5, 0.5])
    for tick, value in enumerate(np.linspace(lowest, highest, 5)):
        live[f"tick {tick}"].set_text(_number(value))
    live["title"].set_text(f"what enters: {state['scaling']}")
    ends = f"minimum {_number(lowest)}   maximum {_number(highest)}   mean {_number(state['mean'])}"
    live["ends"].set_text(ends)
    live["test"].set_text(f"maximum in the 10,000 test digits: {_number(state['test_maximum'])}")
    live["run"].set_text(f"{state['optimizer']}, learning rate {state['learning_rate']:g}")
    steps, losses = np.arange(10, 101, 10), state["losses"]
    for seed in range(3):
        live[f"loss {seed}"].set_data(steps, np.where(losses[seed] <= _TOP, losses[seed], np.nan))  # a gap in the line
        live[f"accuracy {seed}"].set_data([100 * every[seed] for every in state["every_accuracy"].values()], range(4))
    beyond = steps[~(losses <= _TOP).all(axis=0)]
    live["beyond"].set_data(beyond, np.full(beyond.size, 900))
    row = list(SCALINGS).index(state["scaling"])
    live["chosen row"].set_data([0, 100], [row, row])
    words = _how_it_went(losses, state["accuracies"])
    live["words"].set_text(words)
    return f"{state['scaling']}: {ends}. {state['optimizer']}, learning rate {state['learning_rate']:g}: {words}."


def _outline(counts, floor):
    """Return the corners of a histogram's outline over 0 to 1, (2 n + 2, 2), that stands on `floor`."""
    edges = np.repeat(np.linspace(0, 1, counts.size + 1), 2)
    heights = np.repeat(np.maximum(counts, floor), 2)
    return np.column_stack([edges, np.concatenate([[floor], heights, [floor]])])


def _how_it_went(losses, accuracies):
    """Say in words how far out the loss went and how good the three networks are."""
    highest = np.max(losses[np.isfinite(losses)], initial=0)
    lowest, best = f"{100 * accuracies.min():.1f}", f"{100 * accuracies.max():.1f}"
    percent = f"{best} % right" if lowest == best else f"{lowest} to {best} % right"
    if not np.isfinite(losses).all():
        return f"↑ the loss overflowed; {percent}"
    if highest > _TOP:
        return f"↑ loss up to {_powers_of_ten(highest)}; {percent}"
    return percent


def _powers_of_ten(value):
    """Return a number in words from a thousand up: 1.1 million, 61 billion."""
    for size, word in ((1e9, "billion"), (1e6, "million")):
        if value >= size:
            return f"{_number(float(f'{value / size:.2g}'))} {word}"
    return f"{float(f'{value:.2g}'):,.0f}"


def _number(value):
    """Return a number to three digits as people write it: −1.3, 0.131, 2,733."""
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{round(value, 3):.3g}"
    return text.replace("-", "−") if text != "-0" else "0"
