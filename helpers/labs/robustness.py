"""Lab of lesson 08: change a digit by hand until the networks misread it."""

import html

import ipywidgets
import numpy as np

from helpers import transforms
from helpers.datasets import load_mnist
from helpers.labs import answers, digits
from helpers.labs.lab import Lab
from helpers.live import Label, LiveFigure, Raster, frame_around
from helpers.palette import as_ink

#: Name of a control → its value at which the digit is as it was.
UNCHANGED = dict(angle=0.0, right=0, down=0, scale=1.0, shear=0.0, noise=0.0, blur=0.0, thickness=0)
_TELLING = dict(angle=35.0), dict(right=4)  # the changes of the still picture


def break_it(networks=None, pictures=None, labels=None):
    """Turn, move, scale, slant and spoil a digit while the networks' answers follow; the smallest change is kept.

    networks: name → Keras model from pictures (n, 784), (n, 28, 28) or (n, 28, 28, 1), 0 to 1, to ten probabilities;
    one to four. Without: two small networks, trained in a second or two, the second on turned and moved digits.
    pictures: uint8 (n, 28, 28), 0 (paper) to 255 (ink), none blank; labels: whole numbers (n,), 0 to 9. Without
    both: MNIST's test digits.
    A change is measured as ink moved: the sum of all pixels' changes, halved, as a share of the digit's ink.
    Raises `ValueError` for other networks, pictures or labels.
    """
    if pictures is None and labels is None:
        pictures, labels = load_mnist()[1]
    digits.check(pictures, labels)
    if not pictures.any(axis=(1, 2)).all():  # a change is measured as a share of the ink
        raise ValueError("pictures has one without ink; allowed are pictures with ink")
    networks = answers.small_networks() if networks is None else networks
    answers.check(networks)
    readers = {name: answers.reader(model) for name, model in networks.items()}
    controls = _controls(len(pictures))
    reset = ipywidgets.Button(description="undo changes", tooltip="the digit as it was")
    best = ipywidgets.HTML()
    records = {}

    def compute(digit, **change):
        original = pictures[digit].astype("float32") / 255
        picture = _changed(original, **change)
        return dict(
            digit=digit,
            label=int(labels[digit]),
            picture=picture,
            change=_in_words(change) or "unchanged",
            ink_moved=float(np.abs(picture - original).sum() / 2 / original.sum()),
            probabilities={name: read(picture) for name, read in readers.items()},
        )

    turned, moved = (_telling(pictures, labels, next(iter(readers.values())), **c) for c in _TELLING)
    still = [dict(digit=turned), dict(digit=turned) | _TELLING[0], dict(digit=moved, angle=0.0) | _TELLING[1]]
    figure = _figure(list(networks))
    lab = Lab("Break it", figure, controls, compute, _draw, still, [reset, best])

    def remember(_change):
        """Keep the smallest change that fools each network on a digit that it reads right when unchanged."""
        if lab.error is not None:
            return
        for name in _fooled(lab.state):
            moved = lab.state["ink_moved"]
            unchanged = pictures[lab.state["digit"]].astype("float32") / 255
            if moved < records.get(name, (np.inf,))[0] and readers[name](unchanged).argmax() == lab.state["label"]:
                records[name] = moved, lab.state["digit"], _in_words(lab.values())
        best.value = "<br>".join(
            f"record, {html.escape(name)}: {moved:.1%} of the ink moved (picture {digit}: {words})"
            for name, (moved, digit, words) in records.items()
        )

    def follow(wanted):
        for control in controls.values():
            (control.observe if wanted else control.unobserve)(remember, names="value")

    def undo(_button):
        follow(False)  # what lies between the learner's change and none is nobody's record
        for name, value in UNCHANGED.items():
            controls[name].value = value
        follow(True)

    follow(True)
    reset.on_click(undo)
    return lab


def _changed(picture, angle, right, down, scale, shear, noise, blur, thickness):
    """Return one picture (28, 28), float 0 to 1, first made thicker or thinner, then moved, blurred and made noisy."""
    picture = transforms.thicken(picture, thickness)
    picture = transforms.warp(picture, transforms.affine(angle, right, down, scale, shear))
    return transforms.noise(transforms.blur(picture, blur), noise)


def _controls(pictures):
    def slider(low, high, step, text):
        return ipywidgets.FloatSlider(value=1 if text == "scale" else 0, min=low, max=high, step=step, description=text)

    def counter(low, high, text):
        return ipywidgets.IntSlider(value=0, min=low, max=high, description=text)

    return dict(
        digit=counter(0, pictures - 1, "picture"),
        angle=slider(-180, 180, 1, "angle °"),
        right=counter(-10, 10, "right px"),
        down=counter(-10, 10, "down px"),
        scale=slider(0.5, 1.5, 0.05, "scale"),
        shear=slider(-1, 1, 0.05, "shear"),
        noise=slider(0, 1, 0.05, "noise"),
        blur=slider(0, 3, 0.1, "blur px"),
        thickness=counter(-2, 2, "thickness"),
    )


def _telling(pictures, labels, read, **change):
    """Return the first digit of fifty that `read` gets right, and wrong after the change; 0 if there is none."""
    for digit, (picture, label) in enumerate(zip(pictures[:50].astype("float32") / 255, labels)):
        after = _changed(picture, **UNCHANGED | change)
        if read(picture).argmax() == label != read(after).argmax():
            return digit
    return 0


def _fooled(state):
    """Return the names of the networks that misread the picture."""
    return [name for name, given in state["probabilities"].items() if given.argmax() != state["label"]]


def _in_words(values):
    """Return the changes there are: "angle 20, right 3"."""
    return ", ".join(f"{name} {values[name]:g}" for name, none in UNCHANGED.items() if values[name] != none)


def _figure(names):
    live = LiveFigure(10, 4.6)
    picture = live.figure.add_axes([0.02, 0.08, 0.37, 0.80])
    picture.set(xticks=[], yticks=[])
    live["picture"] = Raster(picture)
    live["frame"] = frame_around(picture)
    live["title"] = Label(live.figure, 0.02, 0.92, size=16, bold=True)
    live["change"] = Label(live.figure, 0.02, 0.015, size=13)
    room = 0.94 / len(names)
    for row, name in enumerate(names):
        bottom = 0.06 + room * (len(names) - 1 - row)
        live[f"{name} title"] = Label(live.figure, 0.47, bottom + room - 0.07, size=14, bold=True)
        answers.add_bars(live, name, [0.47, bottom + 0.035, 0.51, room - 0.125])
    return live


def _draw(live, state):
    live["picture"].set_data(as_ink(np.rint(255 * state["picture"]).astype(np.uint8)))
    title = f"picture {state['digit']}: a {state['label']};  ink moved: {state['ink_moved']:.1%}"
    live["title"].set_text(title)
    live["change"].set_text(state["change"])
    said, fooled = [], _fooled(state)
    for name, given in state["probabilities"].items():
        answer = int(given.argmax())
        words = f"{name} {'✗' if name in fooled else '✓'} says {answer}, {given[answer]:.0%} sure"
        live[f"{name} title"].set_text(words)
        answers.show_bars(live, name, given, state["label"])
        said.append(words)
    return f"{title} ({state['change']}). {'; '.join(said)}."
