"""Lab of lesson 08: draw a digit, and let the networks read it as drawn and as MNIST's digits were prepared."""

import ipywidgets
import numpy as np

from helpers import strokes, transforms
from helpers.labs import answers
from helpers.labs.lab import Lab
from helpers.live import Label, LiveFigure, Raster, frame_around
from helpers.palette import GREEN, as_ink

try:
    from helpers.labs.pad import Pad
except ModuleNotFoundError:  # without anywidget there is no pad; the shipped drawings remain
    Pad = None

YOURS, BOTH = "yours, from the pad", "both"
DRAWN, PREPARED = "as drawn", "as MNIST was"
_FINE = 280  # the pad's pixels a side from which a drawing is prepared: ten for each of MNIST's


def draw_a_digit(networks=None):
    """Draw on a pad, or choose a drawing; each network reads it as drawn and prepared as MNIST's digits were.

    networks: name → Keras model, as for `helpers.labs.robustness.break_it`; one to four. Without: two small ones.
    Without anywidget there is no pad, and the shipped drawings are all there is to choose from.
    Raises `ValueError` for other networks.
    """
    networks = answers.small_networks() if networks is None else networks
    answers.check(networks)
    readers = {name: answers.reader(model) for name, model in networks.items()}
    drawings = strokes.shipped()
    pad = Pad and Pad()
    telling = _telling(drawings, next(iter(readers.values())))
    options = [*drawings, YOURS] if pad else [*drawings]
    choice = ipywidgets.Dropdown(options=options, value=telling, description="drawing")
    show = ipywidgets.Dropdown(options=[BOTH, DRAWN, PREPARED], description="prepared")

    def compute(drawing, show):
        digit, lines = drawings[drawing] if drawing != YOURS else (None, pad.strokes)
        pictures = _versions(lines)
        return dict(
            drawing=drawing,
            label=digit,
            shown=[version for version in pictures if show in (BOTH, version)],
            pictures=pictures,
            probabilities={version: _asked(readers, picture) for version, picture in pictures.items()},
        )

    still = [dict(drawing=telling, show=BOTH)]
    clear = ipywidgets.Button(description="clear", tooltip="empty the pad")
    controls = dict(drawing=choice, show=show)
    lab = Lab("Draw a digit", _figure(list(networks)), controls, compute, _draw, still, [pad, clear] if pad else [])
    if pad:
        _connect(pad, clear, choice, lab)
    return lab


def _versions(lines):
    """Return the strokes `lines` as two pictures, uint8 (28, 28): as drawn, and as MNIST's digits were prepared."""
    return {DRAWN: strokes.draw(lines), PREPARED: transforms.prepare(strokes.draw(lines, side=_FINE))}


def _asked(readers, picture):
    return {name: read(picture / np.float32(255)) for name, read in readers.items()}


def _telling(drawings, read):
    """Return the name of the drawing that `read` misreads most surely as drawn, and reads right prepared.

    Where there is none, that of the first.
    """
    sure = dict.fromkeys(list(drawings)[:1], 0)
    for name, (digit, lines) in drawings.items():
        drawn, prepared = (read(picture / np.float32(255)) for picture in _versions(lines).values())
        if drawn.argmax() != digit == prepared.argmax():
            sure[name] = drawn.max()
    return max(sure, key=sure.get)


def _connect(pad, clear, choice, lab):
    """Let the lab follow the pad, and the button empty it."""

    def follow(_change):
        if choice.value == YOURS:
            lab.refresh()
        else:
            choice.value = YOURS

    def empty(_button):
        pad.strokes = []

    pad.observe(follow, names="strokes")
    clear.on_click(empty)
    lab.metadata = pad.display_metadata()


def _figure(names):
    live = LiveFigure(10, 5)
    width, size = 0.76 / len(names), 14 if len(names) < 4 else 12
    for version, bottom in {DRAWN: 0.5, PREPARED: 0.0}.items():
        picture = live.figure.add_axes([0.02, bottom + 0.03, 0.195, 0.39])
        picture.set(xticks=[], yticks=[], xlim=(-0.5, 27.5), ylim=(27.5, -0.5))
        live[version] = Raster(picture)
        live[f"{version} frame"] = frame_around(picture)
        live[f"{version} centre"] = picture.plot([], [], "P", markersize=9, color=GREEN, markeredgecolor="white")[0]
        live[f"{version} title"] = Label(live.figure, 0.02, bottom + 0.44, size=14, bold=True)
        for column, name in enumerate(names):
            left = 0.255 + column * width
            live[f"{version} {name} title"] = Label(live.figure, left, bottom + 0.44, size=12)
            live[f"{version} {name} answer"] = Label(live.figure, left, bottom + 0.39, size=size, bold=True)
            answers.add_bars(live, f"{version} {name}", [left + 0.035, bottom + 0.06, width - 0.065, 0.29])
    return live


def _draw(live, state):
    said = [f"Drawing: {state['drawing']}"]
    for version, picture in state["pictures"].items():
        visible = version in state["shown"]
        words = _draw_picture(live, version, picture if visible else np.zeros_like(picture), visible)
        for name, given in state["probabilities"][version].items():
            panel = f"{version} {name}"
            if visible:
                answer = _in_words(given, state["label"])
                answers.show_bars(live, panel, given, state["label"])
                words += f"; {name} {answer}"
            else:
                answer = ""
                answers.hide_bars(live, panel)
            live[f"{panel} answer"].set_text(answer)
            live[f"{panel} title"].set_text(name if visible else "")
        said += [words] if visible else []
    return ". ".join(said) + "."


def _draw_picture(live, version, picture, visible):
    """Show a picture with its centre of mass, and return both in words."""
    live[version].set_data(as_ink(picture))
    x, y = transforms.centre_of_mass(picture) if picture.any() else (np.nan, np.nan)
    live[f"{version} centre"].set_data([x], [y])
    live[f"{version} title"].set_text(version if visible else "")
    return f"{version}, " + (f"centre of mass ({x:.1f}, {y:.1f})" if picture.any() else "no ink")


def _in_words(given, label):
    """Return an answer: "✗ says 4, 87% sure", without a sign where nobody knows the right one."""
    sign = {None: "", int(given.argmax()): "✓ "}.get(label, "✗ ")
    return f"{sign}says {given.argmax()}, {given.max():.0%} sure"
