"""The lab of lesson 07: a dashboard that follows `fit` while it runs."""

import ipywidgets
import numpy as np
import pandas as pd

from helpers import networks
from helpers.datasets import load_mnist
from helpers.labs.lab import Lab
from helpers.live import Label, LiveFigure
from helpers.palette import BLACK, CYCLE, for_text
from helpers.training import Watched, watch


def live_dashboard(watched=None):
    """Loss, accuracy and the speed of every layer's weights, drawn while `fit` runs; afterwards, look back.

    watched: a `Watched`, by default that of one small network, trained here in a second. Give an empty
    `Watched()` and pass `watch(watched, lab)` to `fit` to see your own; of its layers the first four are drawn.
    Raises `ValueError` for another `watched`.
    """
    example = watched is None
    watched = Watched() if example else watched
    if not isinstance(watched, Watched):
        raise ValueError(f"watched is {watched!r}; allowed is a Watched() or None")
    figure = LiveFigure(9, 3)
    axes = [figure.figure.add_axes([left, 0.16, 0.25, 0.66]) for left in (0.065, 0.395, 0.725)]
    for axis, title in zip(axes, ("loss", "accuracy", "weights' change per batch")):
        axis.set_title(title, fontsize=11)
        axis.set(xlim=(0, 1), xticks=[0, 1], xticklabels=["start", "now"])
        axis.grid(alpha=0.3)
    for axis in axes[:2]:
        axis.set_ylim(0, 1.02)  # or a line at 1 is cut in half
    axes[0].set(yticks=[0, 0.5, 1], yticklabels=["0", "", ""])  # 1 is the run's largest loss, whatever it is
    figure["largest loss"] = Label(figure.figure, 0.058, 0.79, "right")
    axes[2].set(ylim=(-5, 0), yticks=range(-5, 1), yticklabels=[f"{100 * 10.0**n:g} %" for n in range(-5, 1)])
    axes[2].tick_params(axis="y", labelsize=9)  # or the lowest touches the axis beside
    for name, axis in (("loss", axes[0]), ("accuracy", axes[1])):
        color, style, _ = CYCLE[0]
        figure[f"raw {name}"] = axis.plot([], [], color="#bbbbbb", linewidth=1)[0]
        figure[name] = axis.plot([], [], style, color=color, linewidth=2)[0]
        figure[f"{name} now"] = Label(
            figure.figure, axis.get_position().x1 - 0.005, 0.72 if name == "loss" else 0.22, "right"
        )
    for row, (color, style, _) in enumerate(CYCLE[:4]):
        figure[f"speed {row}"] = axes[2].plot([], [], style, color=color, linewidth=2)[0]
        figure[f"layer {row}"] = Label(figure.figure, 0.735, 0.75 - 0.055 * row, size=12, color=for_text(color))
    figure["batches"] = Label(figure.figure, 0.5, 0.02, "center", color=BLACK)

    def compute(share, smoothing):
        batches = round(share / 100 * len(watched.loss))
        speeds = {
            name: [(batch, speed) for batch, speed in values if batch <= batches]
            for name, values in watched.speeds.items()
        }
        return dict(
            batches=batches,
            epochs=sum(end <= batches for end in watched.epochs),
            largest_loss=max((loss for loss in watched.loss if 0 < loss < np.inf), default=1.0),
            loss=watched.loss[:batches],
            accuracy=watched.accuracy[:batches],
            smooth_loss=_smoothed(watched.loss[:batches], smoothing),
            smooth_accuracy=_smoothed(watched.accuracy[:batches], smoothing),
            speeds=speeds,
        )

    controls = dict(
        share=ipywidgets.IntSlider(100, 0, 100, description="look back to %"),
        smoothing=ipywidgets.FloatSlider(0, min=0, max=0.99, step=0.01, description="smoothing"),
    )
    lab = Lab("Live dashboard", figure, controls, compute, _draw, still=[{}])
    if example:
        _train(watch(watched, lab))
    return lab


def _smoothed(values, weight):
    """Return `values` (n,) as TensorBoard's slider smooths them: float (n,).

    An exponential moving average: each point is `weight` (0 to below 1) of the average so far and the rest of the
    new value, corrected for the average's start at 0 (https://arxiv.org/abs/1412.6980, section 3).
    NaNs are passed over.
    """
    return pd.Series(values, dtype=float).ewm(alpha=1 - weight).mean().to_numpy()


def _draw(figure, state):
    count = max(state["batches"], 1)
    along = np.arange(1, state["batches"] + 1) / count
    figure["largest loss"].set_text(f"{state['largest_loss']:.3g}")
    for name, top in (("loss", state["largest_loss"]), ("accuracy", 1)):
        figure[f"raw {name}"].set_data(along, np.divide(state[name], top))
        figure[name].set_data(along, state[f"smooth_{name}"] / top)
        told = state["batches"] and not np.isnan(state[name][-1])
        figure[f"{name} now"].set_text(f"now {state[f'smooth_{name}'][-1]:.3f}" if told else "")
    layers = list(state["speeds"].items())[:4]
    for row in range(4):
        name, values = layers[row] if row < len(layers) else ("", [])
        batches, speeds = np.array(values).reshape(-1, 2).T
        figure[f"speed {row}"].set_data(batches / count, np.log10(np.maximum(speeds, 1e-9)))
        figure[f"layer {row}"].set_text(f"{_STROKES[row]} {name}" if name else "")
    epochs = "1 epoch" if state["epochs"] == 1 else f"{state['epochs']} epochs"
    figure["batches"].set_text(f"{state['batches']:,} batches, {epochs} completed")
    if not state["batches"]:
        return "Nothing yet: the curves begin when fit does."
    speeds = [f"{name} by {values[-1][1]:.1%} a batch" for name, values in layers if values]
    accuracy = "" if np.isnan(state["accuracy"][-1]) else f" and the accuracy {state['accuracy'][-1]:.1%}"
    return (
        f"After {state['batches']:,} batches the loss is {state['loss'][-1]:.3f}{accuracy}; "
        f"the weights move: {', '.join(speeds) or 'not measured yet'}."
    )


_STROKES = ("——", "– –", "–·–", "····")


def _train(callback):
    """Train a small network to read 2,000 digits, three epochs, with this callback."""
    (x, y), _ = load_mnist()
    x, y = x[:2000].reshape(-1, 784) / np.float32(255), y[:2000]
    model = networks.digit_reader("watched", 32, seed=7)
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    model.fit(x, y, batch_size=50, epochs=3, shuffle=False, verbose=0, callbacks=[callback])
