"""The lab of lesson 00: two digits told apart by their ink alone."""

import itertools

import ipywidgets
import numpy as np
from matplotlib.lines import Line2D

from helpers.datasets import load_mnist
from helpers.labs.lab import Lab
from helpers.live import Label, LiveFigure, Raster
from helpers.palette import BLACK, CYCLE, as_ink

_EXAMPLES = 6  # mistakes shown of each digit
_EDGES = np.arange(0, 121, 2)


def ink():
    """Tell two digits apart by one number, the mean of a picture's 784 pixels, and one threshold.

    A picture with more ink than the threshold is read as the digit that has more ink on average, every other one as
    the other digit. Counted over all of MNIST's training pictures of the two, about 12,000.
    """
    pictures, amounts = _by_digit()
    controls = dict(
        digits=ipywidgets.Dropdown(options=PAIRS, value=(0, 1), description="digits"),
        threshold=ipywidgets.IntSlider(value=60, min=0, max=100, description="threshold"),
    )

    def compute(digits, threshold):
        light, dark = sorted(digits, key=lambda digit: amounts[digit].mean())
        wrong = {light: amounts[light] > threshold, dark: amounts[dark] <= threshold}
        mistakes = {digit: int(wrong[digit].sum()) for digit in digits}
        total = sum(len(amounts[digit]) for digit in digits)
        return dict(
            light=light,
            dark=dark,
            threshold=threshold,
            total=total,
            mistakes=mistakes,
            right=1 - sum(mistakes.values()) / total,
            shares={digit: np.histogram(amounts[digit], _EDGES)[0] / len(amounts[digit]) for digit in digits},
            examples={digit: pictures[digit][np.flatnonzero(wrong[digit])[:_EXAMPLES]] for digit in digits},
        )

    still = [dict(threshold=60), dict(threshold=29)]
    return Lab("Ink", _figure(), controls, compute, _draw, still)


#: What the drop-down offers: "0 and 1" → (0, 1), and so on for every two digits.
PAIRS = [(f"{first} and {second}", (first, second)) for first, second in itertools.combinations(range(10), 2)]


def _by_digit():
    """Return MNIST's training pictures of each digit, uint8 (n, 28, 28), and their ink, (n,) from 0 to 255."""
    (images, labels), _ = load_mnist()
    pictures = [images[labels == digit] for digit in range(10)]
    return pictures, [images.mean(axis=(1, 2)) for images in pictures]


def _figure():
    live = LiveFigure(10, 4)
    axes = live.figure.add_axes([0.075, 0.16, 0.42, 0.62])
    axes.set(xlim=(0, 110), ylim=(0, 0.22), xlabel="ink: mean of the 784 pixels", ylabel="share of the pictures")
    axes.set_yticks([0, 0.1, 0.2], ["0", "10 %", "20 %"])
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    for name, (color, style, _), legend, row in zip(("light", "dark"), CYCLE, (0.72, 0.66), (0.45, 0.10)):
        live[name] = axes.plot([], [], style, color=color, linewidth=2, drawstyle="steps-mid")[0]
        live.figure.add_artist(Line2D([0.325, 0.36], [legend + 0.012] * 2, linestyle=style, color=color))
        live[f"{name} name"] = Label(live.figure, 0.37, legend)
        live[f"{name} mistakes"] = Label(live.figure, 0.56, row + 0.2)
        pictures = live.figure.add_axes([0.56, row, 0.42, 0.175])
        pictures.set_axis_off()
        live[f"{name} examples"] = Raster(pictures)
    live["threshold"] = axes.plot([], [], color=BLACK, linewidth=2)[0]
    live["fires"] = Label(live.figure, 0.075, 0.82)
    live["right"] = Label(live.figure, 0.075, 0.905, size=18, bold=True)
    live.figure.text(0.56, 0.75, "some it got wrong", fontsize=11, weight="bold")
    return live


def _draw(live, state):
    light, dark, threshold = state["light"], state["dark"], state["threshold"]
    middles = (_EDGES[:-1] + _EDGES[1:]) / 2
    for name, digit, answer in (("light", light, dark), ("dark", dark, light)):
        live[name].set_data(middles, state["shares"][digit])
        live[f"{name} name"].set_text(f"pictures of a {digit}")
        live[f"{name} mistakes"].set_text(f"{state['mistakes'][digit]:,} of the {digit}s are read as {answer}")
        live[f"{name} examples"].set_data(_strip(state["examples"][digit]))
    live["threshold"].set_data([threshold, threshold], [0, 0.22])
    live["right"].set_text(f"{state['right']:.1%} right")
    live["fires"].set_text(f"ink above {threshold}: it says {dark}, otherwise {light}")
    return (
        f"With the threshold at {threshold}, more ink means {dark} and less means {light}: "
        f"{state['right']:.1%} of {state['total']:,} pictures are right; {state['mistakes'][light]:,} of the {light}s "
        f"and {state['mistakes'][dark]:,} of the {dark}s are not."
    )


def _strip(pictures):
    """Return up to six pictures (n, 28, 28) side by side, as ink on paper: uint8 (28, 168, 3)."""
    paper = np.zeros((_EXAMPLES, 28, 28), np.uint8)
    paper[: len(pictures)] = pictures
    return as_ink(np.hstack(paper))
