"""What the labs on digits share: networks that are asked in a blink, and their answers drawn as ten bars."""

import functools

import numpy as np
from matplotlib.patches import Polygon

from helpers import transforms
from helpers.datasets import load_mnist
from helpers.live import bar_outline
from helpers.networks import digit_reader
from helpers.palette import BLACK, BLUE, GREEN, RED

MOST = 4  # as many networks have room
_SHAPES = ((784,), (28, 28), (28, 28, 1))


def check(networks):
    """Raise `ValueError` unless `networks` is a dict of one to four Keras models from pictures to ten probabilities."""
    if not isinstance(networks, dict) or not 1 <= len(networks) <= MOST:
        given = f"a dict of {len(networks)}" if isinstance(networks, dict) else f"of type {type(networks).__name__}"
        raise ValueError(f"networks is {given}; allowed is a dict of 1 to {MOST}: name → network")
    for name, model in networks.items():
        if not isinstance(name, str) or not name.isprintable() or not name.strip():
            raise ValueError(f"networks has the key {name!r}; allowed is a name of one line")
        if not isinstance(getattr(model, "input_shape", None), tuple) and getattr(model, "built", True):
            told = f"networks[{name!r}] is of type {type(model).__name__}"
            raise ValueError(f"{told}; allowed is a Sequential or functional Keras model")
        if not getattr(model, "built", True):
            raise ValueError(f"networks[{name!r}] has no weights yet; allowed is a network that was trained")
        takes, gives = (getattr(model, f"{end}_shape", (None,))[1:] for end in ("input", "output"))
        if takes not in _SHAPES or gives != (10,):
            told = f"networks[{name!r}] takes {takes} and gives {gives}"
            raise ValueError(f"{told}; allowed is one of {_SHAPES}, to (10,), the probabilities")
        answers = np.asarray(model(np.full((1, *takes), 0.5, np.float32), training=False))[0]
        if not (answers.min() >= 0 and np.isclose(answers.sum(), 1, atol=1e-3)):  # NaN is refused, too
            told = f"networks[{name!r}] gives answers from {answers.min():.3g} to {answers.max():.3g}"
            raise ValueError(f"{told}, whose sum is {answers.sum():.3g}; allowed are probabilities, as softmax gives")


def reader(model):
    """Return a function from one picture (28, 28) to ten probabilities, compiled: far quicker than `model(x)`."""
    import tensorflow as tf

    shape = (1, *model.input_shape[1:])
    run = tf.function(lambda x: model(x, training=False), input_signature=[tf.TensorSpec(shape, tf.float32)])
    run = run.get_concrete_function()
    return lambda picture: run(tf.constant(picture.reshape(shape)))[0].numpy()


@functools.cache
def small_networks():
    """Return two networks of 64 hidden units, trained on MNIST's first 10,000 digits: upright ones, changed ones."""
    import keras

    (x_train, y_train), _ = load_mnist()
    upright, y = x_train[:10000], y_train[:10000]
    random = np.random.default_rng(0)
    moves = [transforms.affine(random.uniform(-45, 45), *random.integers(-3, 4, 2)) for _ in upright]
    moved = np.stack([transforms.warp(picture, move) for picture, move in zip(upright, moves)])
    trained = {}
    for name, pictures in {"MLP": upright, "MLP, moved digits": moved}.items():
        model = trained[name] = digit_reader("small_network", 64, seed=0)
        model.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy", steps_per_execution=10)
        x = pictures.reshape(-1, 784) / np.float32(255)
        model.fit(x, y, batch_size=100, epochs=4, shuffle=False, verbose=0)
    return trained


def add_bars(live, name, place):
    """Add axes at `place` (left, bottom, width, height) to a `LiveFigure`, for ten bars and a mark over the right one.

    Adds the artists "`name` bars" and "`name` mark".
    """
    axes = live.figure.add_axes(place)
    axes.set(xlim=(-0.6, 9.6), ylim=(0, 1.25), xticks=range(10), yticks=[0, 1], yticklabels=["0", "100 %"])
    axes.tick_params(labelsize=9, pad=2)
    axes.spines[["top", "right"]].set_visible(False)
    live[f"{name} bars"] = axes.add_patch(Polygon([(0, 0)], color=BLUE, linewidth=0))
    sign = dict(markersize=8, color=GREEN, markeredgecolor=BLACK, clip_on=False)
    live[f"{name} mark"] = axes.plot([], [], "v", **sign)[0]


def show_bars(live, name, probabilities, label=None):
    """Show ten probabilities in the bars called `name`, and, with a label, a mark over it; red if they miss it."""
    middles = np.arange(len(probabilities))
    live[f"{name} bars"].set_xy(bar_outline(middles - 0.35, middles + 0.35, probabilities))
    live[f"{name} bars"].set_color(BLUE if label in (None, probabilities.argmax()) else RED)
    marked = [] if label is None else [label]
    live[f"{name} mark"].set_data(marked, probabilities[marked] + 0.1)


def hide_bars(live, name):
    """Take the bars called `name` away until they are shown again."""
    live[f"{name} bars"].set_xy([(0, 0)])
    live[f"{name} mark"].set_data([], [])
