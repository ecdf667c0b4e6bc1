"""Labs of lesson 06: how many steps `fit` makes, and what is in each batch."""

import functools
import math

import ipywidgets
import numpy as np

from helpers.labs.lab import Lab
from helpers.live import Label, LiveFigure
from helpers.palette import BLACK, BLUE, GREEN, ORANGE, RED, for_text

# Fit arithmetic

_MOST_EPOCHS = 8
_NONE = "None"
_SPLITS = (0.0, 0.1, 0.2, 0.3, 0.5)


def fit_arithmetic():
    """Count what `fit` will do before it does it: updates, pictures seen, the last short batch, validation.

    The counting is Keras's own, with its surprises: `validation_split` comes off before anything else, and
    `steps_per_epoch` goes on where the epoch before stopped, until the data run out.
    """
    slider = ipywidgets.IntSlider
    chosen = ipywidgets.SelectionSlider
    small = [_NONE, *range(1, 21)]
    controls = dict(
        samples=slider(value=150, min=10, max=200, description="samples"),
        batch_size=slider(value=16, min=1, max=128, description="batch_size"),
        epochs=slider(value=4, min=1, max=_MOST_EPOCHS, description="epochs"),
        steps_per_epoch=chosen(options=small, value=_NONE, description="steps_per_epoch"),
        validation_split=chosen(options=_SPLITS, value=0.2, description="validation_split"),
        validation_freq=slider(value=1, min=1, max=4, description="validation_freq"),
        validation_batch_size=chosen(options=[_NONE, 1, 2, 4, 8, 16, 32, 64], value=_NONE,
                                     description="validation_batch_size"),
        validation_steps=chosen(options=small, value=_NONE, description="validation_steps"),
    )  # fmt: skip
    still = [dict(), dict(steps_per_epoch=3), dict(validation_freq=2, validation_batch_size=8, validation_steps=2)]

    def compute(**arguments):
        return _count(**{name: None if value == _NONE else value for name, value in arguments.items()})

    lab = Lab("Fit arithmetic", _arithmetic_figure(), controls, compute, _draw_arithmetic, still)
    for control in controls.values():
        control.style.description_width = "150px"  # the names are Keras's and long
    return lab


def _count(samples, batch_size, epochs, steps_per_epoch, validation_split, validation_freq, validation_batch_size,
           validation_steps):  # fmt: skip
    """Return what `fit` will do with these arguments, as Keras counts."""
    training = math.floor(samples * (1 - validation_split))  # Keras's own formula
    held_back = samples - training
    batches = _batches(training, batch_size)
    validation_batches = _batches(held_back, validation_batch_size or batch_size)[:validation_steps]
    epoch_batches = _epochs(batches, epochs, steps_per_epoch)
    validated = [epoch for epoch in range(1, epochs + 1) if epoch % validation_freq == 0] if held_back else []
    return dict(
        samples=samples,
        training=training,
        held_back=held_back,
        batch_size=batch_size,
        epoch_batches=epoch_batches,
        updates=sum(map(len, epoch_batches)),
        seen=sum(map(sum, epoch_batches)),
        last_batch=batches[-1],
        validation_batches=validation_batches,
        validation_seen=sum(validation_batches),
        validated=validated,
    )


def _batches(samples, size):
    return [min(size, samples - start) for start in range(0, samples, size)]


def _epochs(batches, epochs, steps):
    """Return the sizes of the batches of each epoch; `steps` may end an epoch early, the next goes on from there."""
    found, place = [], 0
    for _ in range(epochs):
        found.append(batches[place : place + (steps or len(batches))])
        place += len(found[-1])
        if place == len(batches):
            place = 0
    return found


def _arithmetic_figure():
    live = LiveFigure(10, 4.9)
    axes = live.figure.add_axes([0.08, 0.13, 0.88, 0.52])
    axes.set(xlim=(0, 200), ylim=(_MOST_EPOCHS + 0.6, 0.4), yticks=range(1, _MOST_EPOCHS + 1))
    axes.set(xlabel="place in the data; the last part is held back for validation", ylabel="epoch")
    axes.grid(axis="x", alpha=0.3)
    bar = dict(linewidth=16, solid_capstyle="butt", zorder=2)
    live["training"] = axes.plot([], [], color=BLUE, **bar)[0]
    live["validation"] = axes.plot([], [], color=ORANGE, **bar)[0]
    live["borders"] = axes.plot([], [], color="white", linewidth=1.5, zorder=3)[0]
    live["end"] = axes.plot([], [], "--", color=BLACK, linewidth=1.5, zorder=1)[0]
    _key(live.figure, 0.08, 0.675, BLUE, "training, one block a batch = one update")
    _key(live.figure, 0.46, 0.675, ORANGE, "validation, no update")
    live.figure.text(0.70, 0.675, "- - the end of the training data", color=BLACK, fontsize=10)
    for number in range(4):
        live[f"line {number}"] = Label(live.figure, 0.08, 0.925 - 0.06 * number, size=15, bold=number == 0)
    return live


def _key(figure, left, bottom, color, text):
    """Write what the bars of a colour mean, beside a square of just that colour."""
    figure.text(left, bottom, "■", color=color, fontsize=10)
    figure.text(left + 0.02, bottom, text, color=BLACK, fontsize=10)


def _draw_arithmetic(live, state):
    training, validation, borders = [], [], []
    begin, end = 0, state["training"]
    for epoch, sizes in enumerate(state["epoch_batches"], start=1):
        seen = begin + sum(sizes)
        training += [(begin, epoch), (seen, epoch), (np.nan, np.nan)]
        borders += _borders(begin + np.cumsum(sizes), epoch)
        if epoch in state["validated"]:
            validation += [(end, epoch), (end + state["validation_seen"], epoch), (np.nan, np.nan)]
            borders += _borders(end + np.cumsum([0, *state["validation_batches"]]), epoch)
        begin = seen % end  # with steps_per_epoch the next epoch goes on from here
    for name, corners in dict(training=training, validation=validation, borders=borders).items():
        live[name].set_data(*np.reshape(corners, (-1, 2)).T)
    live["end"].set_data([end] * 2, [0.4, _MOST_EPOCHS + 0.6])
    lines = _arithmetic_lines(state)
    for number, line in enumerate(lines):
        live[f"line {number}"].set_text(line)
    return " ".join(lines)


def _borders(places, epoch):
    """Return white lines between the blocks of an epoch's bar; with more than a hundred they would hide it."""
    if len(places) > 100:
        return []
    return [corner for x in places for corner in ((x, epoch - 0.36), (x, epoch + 0.36), (np.nan, np.nan))]


def _arithmetic_lines(state):
    counts = [len(sizes) for sizes in state["epoch_batches"]]
    each = f"{counts[0]}" if len(set(counts)) == 1 else ", ".join(map(str, counts))
    short = "a full one" if state["last_batch"] == state["batch_size"] else "a short one"
    if state["last_batch"] < state["batch_size"] and state["training"] < state["batch_size"]:
        short = "the only one"
    when = f"{state['validation_seen']} of them seen, after epoch {', '.join(map(str, state['validated']))}"
    if not state["validated"]:
        when = "never looked at: there are fewer epochs than validation_freq"
    return (
        f"{state['updates']:,} updates: {each} in {'each' if len(set(counts)) == 1 else 'the'} epoch"
        f"{'' if len(set(counts)) == 1 else 's'}.",
        f"{state['samples']} samples: {state['training']} to train on, {state['held_back']} to validate.",
        f"{state['seen']:,} samples trained on in all; the data's last batch has {state['last_batch']}, {short}.",
        f"Validation: {state['held_back']} held back, {when}." if state["held_back"] else "No validation.",
    )


# The bag

_DOGS, _CATS = 100, 50
_ANIMALS = np.repeat([0, 1], [_DOGS, _CATS])
#: Name of a setting of class_weight → weight of dogs (class 0), of cats (class 1).
CLASS_WEIGHTS = {"None": (1.0, 1.0), "{0: 0.5, 1: 1.0}": (0.5, 1.0), "{0: 0.75, 1: 1.5}": (0.75, 1.5)}


def bag():
    """Draw batches of n from a bag of 100 dogs and 50 cats, shuffled or in order, with class weights or without.

    Shown are the animals in the order in which they come, the share of cats in the loss of each batch, and how
    far these shares spread for each n: their standard deviation in 400 shuffles, each batch counting by its size.
    """
    controls = dict(
        batch_size=ipywidgets.IntSlider(value=15, min=1, max=150, description="n per batch"),
        shuffle=ipywidgets.Checkbox(value=True, description="shuffle"),
        draw=ipywidgets.IntSlider(value=0, min=0, max=30, description="draw number"),
        class_weight=ipywidgets.Dropdown(options=list(CLASS_WEIGHTS), description="class_weight"),
    )

    def compute(batch_size, shuffle, draw, class_weight):
        order = np.random.default_rng(draw).permutation(_ANIMALS) if shuffle else _ANIMALS
        batches = np.split(order, range(batch_size, len(order), batch_size))
        cats = np.array([batch.sum() for batch in batches])
        dogs = np.array([len(batch) for batch in batches]) - cats
        of_dogs, of_cats = CLASS_WEIGHTS[class_weight]
        return dict(
            batch_size=batch_size,
            shuffle=shuffle,
            order=order,
            dogs=dogs,
            cats=cats,
            weights=(of_dogs, of_cats),
            share=of_cats * cats / (of_dogs * dogs + of_cats * cats),
            whole_share=of_cats * _CATS / (of_dogs * _DOGS + of_cats * _CATS),
            spread=_spreads()[batch_size],
            in_order=_spread(_ANIMALS[None], batch_size),
        )

    still = [dict(), dict(shuffle=False), dict(class_weight="{0: 0.5, 1: 1.0}", batch_size=50)]
    return Lab("The bag", _bag_figure(), controls, compute, _draw_bag, still)


@functools.cache
def _spreads():
    """Return for each batch size 0 to 150 the standard deviation of the batches' share of cats; 0: nan."""
    random = np.random.default_rng(0)
    shuffles = random.permuted(np.tile(_ANIMALS, (400, 1)), axis=1)
    return np.array([np.nan, *(_spread(shuffles, size) for size in range(1, len(_ANIMALS) + 1))])


def _spread(orders, size):
    """Return the standard deviation of the share of cats in the batches of `orders` (shuffles, 150).

    Each batch counts by its size: the last one is shorter where `size` does not divide 150.
    """
    starts = np.arange(0, orders.shape[1], size)
    sizes = np.diff([*starts, orders.shape[1]])
    shares = np.add.reduceat(orders, starts, axis=1) / sizes
    return np.sqrt(((shares - orders.mean()) ** 2 @ sizes).mean() / orders.shape[1])


def _bag_figure():
    live = LiveFigure(10, 5.0)
    strip = live.figure.add_axes([0.08, 0.70, 0.88, 0.10])
    strip.set(xlim=(0, 150), ylim=(0, 1), yticks=[], xticks=range(0, 151, 25))
    for name, color in dict(dogs=BLUE, cats=ORANGE).items():
        live[name] = strip.plot([], [], color=color, linewidth=4.4, solid_capstyle="butt")[0]
    live["borders"] = strip.plot([], [], color=BLACK, linewidth=1.5, clip_on=False)[0]
    _key(live.figure, 0.08, 0.605, BLUE, "dog")
    _key(live.figure, 0.15, 0.605, ORANGE, "cat")
    live.figure.text(0.22, 0.605, "| a batch ends", fontsize=10)
    axes = live.figure.add_axes([0.08, 0.12, 0.44, 0.43])
    axes.set(xlim=(0, 150), ylim=(-0.04, 1.04), xlabel="place of the batch in the epoch")
    axes.set_ylabel("cats' share in the loss")
    axes.grid(alpha=0.3)
    live["share"] = axes.plot([], [], "-o", color=ORANGE, markersize=5, markeredgecolor=BLACK, linewidth=1.2)[0]
    live.figure.text(0.36, 0.563, "- - in the whole bag", color=for_text(GREEN), fontsize=10)
    live["whole"] = axes.plot([], [], "--", color=GREEN, linewidth=2)[0]
    spread = live.figure.add_axes([0.62, 0.12, 0.34, 0.43])
    spread.set(xlim=(0.9, 200), ylim=(0, 0.62), xscale="log", xlabel="n per batch")
    spread.set_xticks([1, 3, 10, 30, 100], ["1", "3", "10", "30", "100"])
    spread.set_ylabel("spread of the cats' share", fontsize=9)
    spread.grid(alpha=0.3)
    spread.plot(range(1, 151), _spreads()[1:], color=BLUE, linewidth=2)
    live.figure.text(0.955, 0.515, "— shuffled", color=BLUE, fontsize=10, ha="right")
    live.figure.text(0.955, 0.475, "◆ in order", color=RED, fontsize=10, ha="right")
    live["here"] = spread.plot([], [], "o", color=BLUE, markersize=9, markeredgecolor=BLACK, zorder=4)[0]
    live["in order"] = spread.plot([], [], "D", color=RED, markersize=8, markeredgecolor=BLACK, zorder=4)[0]
    for number in range(2):
        live[f"line {number}"] = Label(live.figure, 0.08, 0.925 - 0.065 * number, size=15, bold=number == 0)
    return live


def _draw_bag(live, state):
    size, order = state["batch_size"], state["order"]
    for name, kind in dict(dogs=0, cats=1).items():
        places = np.flatnonzero(order == kind) + 0.5
        live[name].set_data(np.repeat(places, 3), np.tile([0, 1, np.nan], places.size))
    ends = np.arange(size, 151, size)
    live["borders"].set_data(np.repeat(ends, 3), np.tile([-0.15, 1.15, np.nan], ends.size) if size > 1 else
                             np.full(3 * ends.size, np.nan))  # fmt: skip
    counts = state["dogs"] + state["cats"]
    live["share"].set_data(np.cumsum(counts) - counts / 2, state["share"])
    live["whole"].set_data([0, 150], [state["whole_share"]] * 2)
    live["here"].set_data([size], [state["spread"]])
    live["in order"].set_data([size], [state["in_order"]])
    lines = _bag_lines(state)
    for number, line in enumerate(lines):
        live[f"line {number}"].set_text(line)
    return " ".join(lines)


def _bag_lines(state):
    one_sided = int(np.sum((state["dogs"] == 0) | (state["cats"] == 0)))
    dogs, cats = (f"{count} × {weight:g} = {count * weight:g}"
                  for count, weight in zip((_DOGS, _CATS), state["weights"]))  # fmt: skip
    return (
        f"{len(state['cats'])} batches, {one_sided} of them with one kind only; "
        f"cats' share from {state['share'].min():.0%} to {state['share'].max():.0%}.",
        f"In the whole epoch dogs count {dogs}, cats {cats}: cats' share {state['whole_share']:.0%}.",
    )
