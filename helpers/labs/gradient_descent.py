"""Labs of lesson 02: secant to tangent, descent, and the computational graph."""

import functools
import itertools
from collections.abc import Callable
from typing import NamedTuple

import ipywidgets
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from helpers.labs.lab import Lab
from helpers.live import Label, LiveFigure, Raster
from helpers.palette import BLACK, BLUE, CYCLE, GREEN, ORANGE, RED, for_text, two_sided

# Secant to tangent


class _Function(NamedTuple):
    value: Callable
    slope: Callable
    window: tuple  # the lowest and the highest value that the picture shows


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


_FUNCTIONS = {
    "x²": _Function(lambda x: x * x, lambda x: 2 * x, (-2.5, 7.5)),
    "sin x": _Function(np.sin, np.cos, (-2, 2)),
    "eˣ": _Function(np.exp, np.exp, (-5, 15)),
    "sigmoid(x)": _Function(_sigmoid, lambda x: _sigmoid(x) * (1 - _sigmoid(x)), (-0.5, 1.5)),
}
_H_NAMES = ["1", "0.3", "0.1", *(f"{digit}e-{power}" for power in range(2, 16) for digit in (3, 1))]
_H = np.array(_H_NAMES, float)
_SPAN = np.linspace(-3, 3, 121)
_ERROR_FLOOR = 1e-17
_DIFFERENCES = {"forward": CYCLE[0], "central": CYCLE[1]}


def secant_to_tangent():
    """Approximate a derivative by a difference: first h is too large, then too small for 16 digits.

    Forward difference (f(x + h) − f(x)) / h, central difference (f(x + h) − f(x − h)) / 2h, in float64 as
    NumPy computes them: every error in the picture is the real one.
    """
    controls = dict(
        function=ipywidgets.Dropdown(options=list(_FUNCTIONS), value="sin x", description="function f"),
        difference=ipywidgets.Dropdown(options=list(_DIFFERENCES), description="difference"),
        x=ipywidgets.FloatSlider(value=1.2, min=-1.6, max=1.6, step=0.1, description="x"),
        h=ipywidgets.SelectionSlider(options=list(zip(_H_NAMES, _H.tolist())), value=1.0, description="h"),
    )
    still = [dict(h=1.0), dict(h=0.1), dict(h=1e-8), dict(h=1e-15)]
    return Lab("Secant to tangent", _secant_figure(), controls, _compare_differences, _draw_secant, still)


def _compare_differences(function, difference, x, h):
    value, exact_slope, _ = _FUNCTIONS[function]
    exact = float(exact_slope(x))
    slopes = {name: _slope(value, name, x, _H) for name in _DIFFERENCES}
    errors = {name: np.abs(slope - exact) for name, slope in slopes.items()}
    chosen = int(np.flatnonzero(_H == h)[0])
    left = x - h if difference == "central" else x
    return dict(
        function=function,
        difference=difference,
        x=x,
        h=h,
        points=[(float(at), float(value(at))) for at in (left, x + h)],
        slope=float(slopes[difference][chosen]),
        exact=exact,
        error=float(errors[difference][chosen]),
        errors=errors,
        best=float(_H[errors[difference].argmin()]),
        tangent_at=(x, float(value(x))),
    )


def _slope(function, difference, x, h):
    if difference == "forward":
        return (function(x + h) - function(x)) / h
    return (function(x + h) - function(x - h)) / (2 * h)


def _secant_figure():
    live = LiveFigure(9, 4)
    _add_curve(live)
    _add_errors(live)
    key = [live[name] for name in ("curve", "tangent", "forward", "central")]
    live.figure.legend(handles=key, ncols=4, loc="center", bbox_to_anchor=(0.5, 0.88), frameon=False, fontsize=10)
    return live


def _add_curve(live):
    axes = live.figure.add_axes([0.075, 0.13, 0.40, 0.70])
    axes.set(xlim=(-3, 3), yticks=[], xlabel="x")
    axes.grid(alpha=0.3)
    for tick in range(5):  # the scale changes with the function: only its lines stay
        axes.plot([0, 1], [tick / 4] * 2, color="#dddddd", linewidth=0.7, transform=axes.transAxes, zorder=0)
        live[f"tick {tick}"] = Label(live.figure, 0.068, 0.13 + 0.70 * tick / 4 - 0.013, align="right", size=12)
    live["curve"] = axes.plot([], [], color=BLACK, linewidth=2, label="f")[0]
    live["tangent"] = axes.plot([], [], color=GREEN, linewidth=7, alpha=0.35, label="tangent")[0]
    live["secant"] = axes.plot([], [], linewidth=2, zorder=3)[0]
    live["points"] = axes.plot([], [], linestyle="", markersize=9, zorder=4)[0]
    live["function"] = Label(live.figure, 0.465, 0.15, align="right")
    live["slopes"] = Label(live.figure, 0.02, 0.94, size=14)


def _add_errors(live):
    axes = live.figure.add_axes([0.59, 0.13, 0.385, 0.70])
    axes.set(xscale="log", yscale="log", xlim=(2, 5e-16), ylim=(_ERROR_FLOOR / 5, 1e4), xlabel="h (smaller →)")
    axes.set_ylabel("error of the slope", labelpad=2)
    axes.set_xticks([1, 1e-5, 1e-10, 1e-15], ["1", "1e-5", "1e-10", "1e-15"])
    axes.set_yticks([_ERROR_FLOOR, 1e-15, 1e-10, 1e-5, 1], ["≤1e-17", "1e-15", "1e-10", "1e-5", "1"])
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.text(0.06, 0.97, "h too large", transform=axes.transAxes, fontsize=10, va="top")
    axes.text(0.94, 0.97, "h too small", transform=axes.transAxes, fontsize=10, va="top", ha="right")
    live["chosen h"] = axes.plot([], [], color=BLACK, linewidth=1)[0]
    for name, (color, style, marker) in _DIFFERENCES.items():
        line = dict(color=color, linewidth=1.8, markersize=3.5, label=f"{name} difference")
        live[name] = axes.plot([], [], style + marker, **line)[0]
    live["chosen"] = axes.plot([], [], linestyle="", markersize=10, markeredgecolor=BLACK, zorder=4)[0]
    live["error"] = Label(live.figure, 0.59, 0.94, size=14)


def _draw_secant(live, state):
    name, (color, style, marker) = state["function"], _DIFFERENCES[state["difference"]]
    value, _, window = _FUNCTIONS[name]
    live["curve"].axes.set_ylim(window)
    live["curve"].set_data(_SPAN, value(_SPAN))
    for tick, height in enumerate(np.linspace(*window, 5)):
        live[f"tick {tick}"].set_text(f"{height:g}".replace("-", "−"))
    _through(live["tangent"], state["tangent_at"], state["exact"])
    _through(live["secant"], np.mean(state["points"], axis=0), state["slope"])
    live["secant"].set(color=color, linestyle=style)
    live["points"].set(data=np.transpose(state["points"]), color=color, marker=marker)
    for method, errors in state["errors"].items():
        live[method].set_data(_H, np.maximum(errors, _ERROR_FLOOR))
    live["chosen h"].set_data([state["h"]] * 2, [_ERROR_FLOOR / 5, 100])  # below the words at the top
    live["chosen"].set(data=([state["h"]], [max(state["error"], _ERROR_FLOOR)]), markerfacecolor=color, marker=marker)
    slopes = f"{state['difference']} slope {state['slope']:.10f}   exact {state['exact']:.10f}"
    error = f"h = {_h_name(state['h'])}   error {_short(state['error'])}"
    for label, text in dict(function=f"f(x) = {name}", slopes=slopes, error=error).items():
        live[label].set_text(text)
    return f"{name} at x = {state['x']:g}: {slopes}   {error}. {_verdict(state)}"


def _h_name(h):
    return _H_NAMES[np.flatnonzero(_H == h)[0]]


def _through(line, point, slope):
    ends = np.array([-3.0, 3.0])
    line.set_data(ends, point[1] + slope * (ends - point[0]))


def _verdict(state):
    """Say why the error is what it is."""
    (_, left), (_, right) = state["points"]
    best = _h_name(state["best"])
    if left == right:
        return "f gives the same number at both points, so the difference is exactly 0."
    if state["error"] == 0:
        return "Not even the last digit is wrong."
    if state["h"] == state["best"]:
        return f"No other h gives the {state['difference']} difference a smaller error."
    if state["h"] > state["best"]:
        return f"h is larger than the best here, {best}: the curve bends between the points."
    return f"h is smaller than the best here, {best}: rounding eats the digits of the difference."


def _short(value):
    """Return a number to two digits as people write it: 0.047, 4.7e-5, 8.7e3."""
    return f"{value:.2g}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")


# Descent


class _Surface(NamedTuple):
    loss: Callable
    gradient: Callable
    lowest: tuple  # the place where the loss is 0


def _two_valleys(x0, x1):
    return (x0 + 4) ** 2 * ((x0 - 4) ** 2 + 2) / 64 + x1**2


def _two_valleys_gradient(x0, x1):
    return (x0 + 4) * ((x0 - 4) ** 2 + 2 + (x0 + 4) * (x0 - 4)) / 32, 2 * x1


_SURFACES = {
    "round bowl": _Surface(lambda x0, x1: x0**2 + x1**2, lambda x0, x1: (2 * x0, 2 * x1), (0, 0)),
    "long valley": _Surface(lambda x0, x1: x0**2 / 20 + x1**2, lambda x0, x1: (x0 / 10, 2 * x1), (0, 0)),
    "two valleys": _Surface(_two_valleys, _two_valleys_gradient, (-4, 0)),
}
_EDGE = np.array([8.4, 5.25])  # the picture shows −8.4 … 8.4 by −5.25 … 5.25
_STEPS = 60
_RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0, 1.1, 1.5, 3.0]
_LOSS_FLOOR, _LOSS_TOP = 1e-6, 1e4


def descent():
    """Walk down a surface along the gradient: learning rate, momentum and Adam, step by step.

    The steps are those of `keras.optimizers.SGD(learning_rate, momentum)` and `keras.optimizers.Adam(learning_rate)`.
    A path that gets ten times as far out as the picture's edge has diverged and ends there.
    """
    controls = dict(
        surface=ipywidgets.Dropdown(options=list(_SURFACES), description="surface"),
        optimizer=ipywidgets.Dropdown(options=["plain", "Adam"], description="optimizer"),
        x0=ipywidgets.FloatSlider(value=-7, min=-8, max=8, step=0.1, description="start x₀"),
        x1=ipywidgets.FloatSlider(value=2, min=-5, max=5, step=0.1, description="start x₁"),
        learning_rate=ipywidgets.SelectionSlider(options=_RATES, value=0.1, description="learning rate"),
        momentum=ipywidgets.FloatSlider(value=0, min=0, max=0.99, step=0.01, description="momentum"),
        step=ipywidgets.IntSlider(value=20, min=0, max=_STEPS, description="step"),
    )
    step = controls["step"]
    step.layout = ipywidgets.Layout(grid_column="1 / -1", width="98%")
    play = ipywidgets.Play(value=step.value, min=0, max=_STEPS, interval=120, description="play the steps")
    ipywidgets.link((play, "value"), (step, "value"))
    still = [
        dict(step=3),
        dict(surface="long valley", learning_rate=0.3),
        dict(surface="long valley", learning_rate=0.9),
        dict(surface="long valley", learning_rate=0.3, momentum=0.8),
        dict(surface="long valley", learning_rate=0.3, optimizer="Adam"),
        dict(surface="two valleys", x0=7, step=40),
        dict(learning_rate=1.1),
    ]
    return Lab("Descent", _descent_figure(), controls, _descend, _draw_descent, still, [play])


def _descend(surface, optimizer, x0, x1, learning_rate, momentum, step):
    loss, gradient, _ = _SURFACES[surface]
    move = _adam(learning_rate) if optimizer == "Adam" else _sgd(learning_rate, momentum)
    path = [np.array([x0, x1])]
    while len(path) <= step and not _is_far(path[-1]):
        path.append(path[-1] + move(np.array(gradient(*path[-1]))))
    return dict(
        surface=surface,
        optimizer=optimizer,
        learning_rate=learning_rate,
        momentum=momentum,
        path=np.array(path),
        losses=loss(*np.transpose(path)),
        gradient=np.array(gradient(*path[-1])),
        step=len(path) - 1,
        diverged=_is_far(path[-1]),
    )


def _sgd(rate, momentum):
    """Return a function from the gradient to the next move, as Keras's SGD makes it."""
    velocity = np.zeros(2)

    def move(gradient):
        nonlocal velocity
        velocity = momentum * velocity - rate * gradient
        return velocity

    return move


def _adam(rate):
    """Return a function from the gradient to the next move, as Keras's Adam makes it (Kingma & Ba, 2015, section 2)."""
    beta_1, beta_2, epsilon = 0.9, 0.999, 1e-7  # Keras's defaults
    mean, square, step = np.zeros(2), np.zeros(2), 0

    def move(gradient):
        nonlocal mean, square, step
        step += 1
        mean = beta_1 * mean + (1 - beta_1) * gradient
        square = beta_2 * square + (1 - beta_2) * gradient**2
        corrected_rate = rate * np.sqrt(1 - beta_2**step) / (1 - beta_1**step)
        return -corrected_rate * mean / (np.sqrt(square) + epsilon)

    return move


def _is_far(place):
    return bool((np.abs(place) > 10 * _EDGE).any())


@functools.cache
def _landscape(surface, width, height):
    """Return the picture of a surface, drawn once: contour lines, tint, and arrows against the gradient.

    uint8 (height, width, 3), the first row at the top.
    """
    loss, gradient, _ = _SURFACES[surface]
    figure = Figure(figsize=(width / 100, height / 100), dpi=100, layout="none")
    axes = figure.add_axes([0, 0, 1, 1])
    axes.set_axis_off()
    x0, x1 = (np.linspace(-edge, edge, 161) for edge in _EDGE)
    losses, levels = loss(*np.meshgrid(x0, x1)), [0, 0.25, 1, 3, *np.arange(2.5, 9, 0.75) ** 2]
    tints = two_sided(np.linspace(0.02, 0.6, len(levels))) / 255
    axes.contourf(x0, x1, losses, levels, colors=tints, extend="max")
    axes.contour(x0, x1, losses, levels, colors="#888888", linewidths=0.6)
    for place in itertools.product(range(-7, 8, 2), range(-4, 5, 2)):
        axes.plot(*_arrow(place, gradient(*place)).T, color="#555555", linewidth=0.8)
    axes.set(xlim=x0[[0, -1]], ylim=x1[[0, -1]])
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.array(canvas.buffer_rgba())[..., :3]


def _arrow(place, gradient):
    """Return an arrow against the gradient, a tenth as long, as a line (5, 2): the shaft, then two barbs."""
    place, shaft = np.array(place, float), -0.1 * np.array(gradient)
    head = shaft * min(0.3, 0.35 / max(np.linalg.norm(shaft), 1e-12))
    aside = 0.5 * head[::-1] * (1, -1)
    tip = place + shaft
    return np.stack([place, tip, tip - head + aside, tip, tip - head - aside])


def _descent_figure():
    live = LiveFigure(9, 4.1)
    _add_plane(live)
    _add_losses(live)
    live["numbers"] = Label(live.figure, 0.055, 0.94, size=14)
    live["outcome"] = Label(live.figure, 0.98, 0.94, align="right", size=14, bold=True)
    live["settings"] = Label(live.figure, 0.075, 0.78, size=14)
    live["settings"].set_zorder(5)
    key = [live[name] for name in ("start", "path", "present", "lowest", "arrow")]
    live.figure.legend(handles=key, ncols=5, loc="center", bbox_to_anchor=(0.5, 0.88), frameon=False, fontsize=10)
    return live


def _add_plane(live):
    axes = live.figure.add_axes([0.055, 0.12, 0.52, 0.714])
    axes.set(xlim=(-_EDGE[0], _EDGE[0]), ylim=(-_EDGE[1], _EDGE[1]), xlabel="x₀")
    axes.set(xticks=range(-8, 9, 4), yticks=[-4, 0, 4])
    axes.set_ylabel("x₁", labelpad=-4)
    edge = dict(linestyle="", markeredgecolor=BLACK)
    live["landscape"] = Raster(axes)
    live["lowest"] = axes.plot([], [], marker="*", color="white", markersize=13, label="lowest", **edge)[0]
    live["path"] = axes.plot([], [], "-o", color=BLACK, markersize=3.5, linewidth=1.2, zorder=3, label="steps")[0]
    live["start"] = axes.plot([], [], marker="s", color="white", markersize=7, zorder=3, label="start", **edge)[0]
    live["arrow"] = axes.plot([], [], color=RED, linewidth=2.5, zorder=4, label="minus the gradient (× 0.1)")[0]
    live["present"] = axes.plot([], [], marker="o", color=BLUE, markersize=9, zorder=5, label="now", **edge)[0]


def _add_losses(live):
    axes = live.figure.add_axes([0.67, 0.12, 0.31, 0.714])
    axes.set(xlim=(-2, _STEPS + 2), yscale="log", ylim=(_LOSS_FLOOR / 2, 2 * _LOSS_TOP), xlabel="step")
    axes.set_yticks([_LOSS_FLOOR, 1e-4, 0.01, 1, 100, _LOSS_TOP], ["≤1e-6", "1e-4", "0.01", "1", "100", "≥1e4"])
    axes.minorticks_off()
    axes.set_ylabel("loss", labelpad=0)
    axes.grid(alpha=0.3)
    live["loss"] = axes.plot([], [], "-o", color=BLACK, markersize=2.5, linewidth=1.2)[0]
    live["loss now"] = axes.plot([], [], "o", color=BLUE, markersize=9, markeredgecolor=BLACK)[0]


def _draw_descent(live, state):
    size = live["landscape"].axes.bbox.size.round().astype(int)
    live["landscape"].set_data(_landscape(state["surface"], *size))
    live["lowest"].set_data(*np.transpose([_SURFACES[state["surface"]].lowest]))
    path, losses, step = state["path"], state["losses"], state["step"]
    live["path"].set_data(*path.T)
    live["start"].set_data(*path[:1].T)
    live["present"].set_data(*path[-1:].T)
    live["arrow"].set_data(*_arrow(path[-1], state["gradient"]).T)
    shown = np.clip(losses, _LOSS_FLOOR, _LOSS_TOP)
    live["loss"].set_data(range(step + 1), shown)
    live["loss now"].set_data([step], shown[-1:])
    place = ", ".join(_short(coordinate) for coordinate in path[-1])
    numbers = f"step {step}   (x₀, x₁) = ({place})   loss {_short(losses[-1])}"
    headline, explanation = _outcome(state)
    live["numbers"].set_text(numbers)
    live["outcome"].set_text(headline)
    has_momentum = state["momentum"] and state["optimizer"] == "plain"
    optimizer = f"momentum {state['momentum']:g}" if has_momentum else state["optimizer"]
    live["settings"].set_text(f"{optimizer}, learning rate {state['learning_rate']:g}")
    ignored = " Adam does not use the momentum slider." if state["optimizer"] == "Adam" else ""
    return f"{numbers}: {headline}{explanation}.{ignored}"


def _outcome(state):
    """Say how the descent goes: a headline and what to add to it in the sentence."""
    path, losses, lowest = state["path"], state["losses"], _SURFACES[state["surface"]].lowest
    if state["diverged"]:
        return "diverged", f" at step {state['step']}: the steps overshoot more and more; the path ends here"
    if (np.abs(path[-1]) > _EDGE).any():
        return "outside the picture", ""
    if len(path) == 1:
        return "at the start", ""
    if np.linalg.norm(state["gradient"]) < 0.01 and np.linalg.norm(path[-1] - path[-2]) < 0.01:
        if np.linalg.norm(path[-1] - lowest) > 1:
            return "stuck", ": the gradient is almost 0, but the lowest place is elsewhere"
        return "arrived", ": the gradient is almost 0"
    if losses[-1] >= losses[0]:
        return "no lower than at the start", ""
    return "on its way", ""


# Graph


_WHAT_IF = {
    "the price rises by 1": dict(price=1),
    "the count rises by 1": dict(count=1),
    "the tax factor rises by 0.1": dict(tax=0.1),
    "all three rise at once": dict(price=1, count=1, tax=0.1),
}
# Each value of the graph flows along an edge from left to right: (x, y) of its corners.
_EDGES = {
    "price": [(2.0, 3.2), (4.1, 3.2), (4.85, 2.65)],
    "count": [(2.0, 1.8), (4.1, 1.8), (4.85, 2.35)],
    "apples": [(5.35, 2.5), (7.3, 2.5), (8.05, 1.65)],
    "tax": [(2.0, 0.4), (7.3, 0.4), (8.05, 1.25)],
    "total": [(8.55, 1.45), (9.9, 1.45)],
}


def graph():
    """Compute the price of apples forward through a graph, and its gradients backward.

    total = price × count × tax factor. The example of 220 is from K. Saito, Deep Learning from Scratch, chapter 5.
    """
    controls = dict(
        price=ipywidgets.IntSlider(value=100, min=10, max=300, step=5, description="price"),
        count=ipywidgets.IntSlider(value=2, min=1, max=10, description="count"),
        tax=ipywidgets.FloatSlider(value=1.1, min=1, max=1.5, step=0.01, description="tax factor"),
        what_if=ipywidgets.Dropdown(options=list(_WHAT_IF), description="what if"),
    )
    still = [dict(), dict(count=5, what_if="all three rise at once")]
    return Lab("Graph", _graph_figure(), controls, _backpropagate, _draw_graph, still)


def _backpropagate(price, count, tax, what_if):
    inputs = dict(price=price, count=count, tax=tax)
    values = _forward(**inputs)
    gradients = dict(total=1.0)
    gradients["apples"] = gradients["total"] * tax  # a multiplication sends back the other factor
    gradients["tax"] = gradients["total"] * values["apples"]
    gradients["price"] = gradients["apples"] * count
    gradients["count"] = gradients["apples"] * price
    changes = _WHAT_IF[what_if]
    changed = {name: value + changes.get(name, 0) for name, value in inputs.items()}
    return dict(
        values=values,
        gradients=gradients,
        what_if=what_if,
        changes=changes,
        predicted=values["total"] + sum(gradients[name] * change for name, change in changes.items()),
        changed=changed,
        recomputed=_forward(**changed)["total"],
    )


def _forward(price, count, tax):
    apples = price * count
    return dict(price=price, count=count, tax=tax, apples=apples, total=apples * tax)


def _graph_figure():
    live = LiveFigure(9, 4.5)
    drawing = live.figure.add_axes([0, 0.24, 1, 0.76])
    drawing.set(xlim=(0, 10.8), ylim=(-0.1, 3.7))
    drawing.set_axis_off()
    live["changed"] = drawing.add_collection(LineCollection([], colors=ORANGE, linewidths=18, alpha=0.3))
    for name, corners in _EDGES.items():
        corners = np.array(corners)
        _draw_arrow(drawing, corners + (0, 0.06), color=BLUE, linestyle="-")
        _draw_arrow(drawing, corners[::-1] - (0, 0.06), color=RED, linestyle="--")
        x, y = drawing.transData.transform(corners[:2].mean(axis=0)) / live.figure.bbox.size
        live[f"forward {name}"] = Label(live.figure, x, y + 0.042, align="center", size=16, color=BLUE)
        live[f"backward {name}"] = Label(live.figure, x, y - 0.076, align="center", size=16, bold=True, color=RED)
    for x, y in ((5.1, 2.5), (8.3, 1.45)):
        drawing.plot([x], [y], "o", color="white", markersize=27, markeredgecolor=BLACK, markeredgewidth=2)
        drawing.text(x, y - 0.02, "×", fontsize=20, ha="center", va="center")
    for name, text in (("price", "price of an apple"), ("count", "number of apples"), ("tax", "tax factor")):
        drawing.text(1.85, _EDGES[name][0][1], text, fontsize=11, ha="right", va="center")
    drawing.text(10.03, 1.45, "total", fontsize=11, va="center")
    drawing.text(8.1, 3.4, "→ forward: values", fontsize=11, color=BLUE)
    drawing.text(8.1, 3.08, "← backward: slopes", fontsize=11, color=RED, fontweight="bold")
    drawing.text(8.1, 2.76, "▬ the change, forward", fontsize=11, color=for_text(ORANGE))
    for row, name in enumerate(("question", "predicted", "recomputed")):
        live[name] = Label(live.figure, 0.03, 0.19 - 0.07 * row, size=14)
    return live


def _draw_arrow(axes, corners, color, linestyle):
    axes.plot(*corners.T, color=color, linewidth=1.5, linestyle=linestyle)
    style = dict(arrowstyle="-|>", color=color, linewidth=0, mutation_scale=15, shrinkA=0, shrinkB=0)
    axes.annotate("", corners[-1], corners[-2], arrowprops=style)


def _draw_graph(live, state):
    values, gradients, changes = state["values"], state["gradients"], state["changes"]
    for name in _EDGES:
        live[f"forward {name}"].set_text(f"{values[name]:g}")
        live[f"backward {name}"].set_text(f"{gradients[name]:g}")
    apples = [] if changes.keys() == {"tax"} else ["apples"]
    live["changed"].set_segments([_EDGES[name] for name in (*changes, *apples, "total")])
    lines = _what_if(state)
    for name, text in lines.items():
        live[name].set_text(text)
    forward = f"{values['price']:g} × {values['count']:g} × {values['tax']:g} = {values['total']:g}"
    backward = ", ".join(f"{gradients[name]:g} to the {name}" for name in ("price", "count", "tax"))
    return f"Forward: {forward}. Backward, from 1: {backward}. {' '.join(lines.values())}"


def _what_if(state):
    """Return the question, what the gradients predict, and what comes out when the graph is computed again."""
    changes, changed = state["changes"], state["changed"]
    terms = "".join(f" + {state['gradients'][name]:g} × {change:g}" for name, change in changes.items())
    product = f"{changed['price']:g} × {changed['count']:g} × {changed['tax']:g} = {state['recomputed']:g}"
    missed = state["recomputed"] - state["predicted"]
    one, several = "exactly right: only one factor changed", f"{missed:g} more: several factors changed at once"
    return dict(
        question=f"What if {state['what_if']}?",
        predicted=f"The slopes say {state['values']['total']:g}{terms} = {state['predicted']:g}.",
        recomputed=f"Computed again: {product}, {one if len(changes) == 1 else several}.",
    )
