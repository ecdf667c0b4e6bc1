"""Labs of lesson 03: the activation explorer and the gradient flow."""

import functools
import math

import ipywidgets
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patches import Polygon

from helpers import networks
from helpers.datasets import digit_batch
from helpers.labs.lab import Lab
from helpers.live import Label, LiveFigure, Raster, bar_outline
from helpers.palette import BLACK, BLUE, CYCLE, ORANGE, RED, two_sided
from helpers.training import gradient_norms, root_mean_square

ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "elu")
#: An output is saturated where less than this share of its function's steepest slope is left.
SATURATED = 0.05
#: The most hidden layers that `gradient_flow` builds.
DEPTH = 20
_ADJUSTABLE = ("leaky_relu", "elu")
_X = np.linspace(-6, 6, 241)


def activation_explorer():
    """Slide x along an activation function and read its value, its tangent and its derivative.

    `negative_slope` is the slope of leaky_relu for x ≤ 0, `alpha` the depth of elu. Where a function has a kink,
    at x = 0, the derivative is the one of its left side, as in TensorFlow.
    """
    controls = dict(
        activation=ipywidgets.Dropdown(options=ACTIVATIONS, value="sigmoid", description="activation"),
        x=ipywidgets.FloatSlider(value=1, min=-6, max=6, step=0.1, readout_format=".1f", description="x"),
        negative_slope=ipywidgets.FloatSlider(value=0.01, min=0, max=1, step=0.01, description="negative_slope"),
        alpha=ipywidgets.FloatSlider(value=1, min=0.1, max=2, step=0.1, readout_format=".1f", description="alpha"),
    )

    def compute(activation, x, negative_slope, alpha):
        value, derivative = _function(activation, x, negative_slope, alpha)
        return dict(
            activation=activation,
            x=x,
            value=float(value),
            derivative=float(derivative),
            condition=_condition(activation, float(derivative), alpha),
            curves={name: _function(name, _X, negative_slope, alpha) for name in ACTIVATIONS},
            words=_words(activation, negative_slope, alpha),
        )

    still = [dict(activation="sigmoid", x=4.5), dict(activation="relu", x=-2), dict(activation="leaky_relu", x=-2)]
    return Lab("Activation explorer", _explorer_figure(), controls, compute, _draw_explorer, still)


def _function(name, x, negative_slope, alpha):
    """Return an activation function's values and its derivatives at `x`, two arrays of x's shape."""
    if name == "sigmoid":
        value = 0.5 * (1 + np.tanh(0.5 * x))  # the same as 1 / (1 + e⁻ˣ), and cannot overflow
        return value, value * (1 - value)
    if name == "tanh":
        value = np.tanh(x)
        return value, 1 - value**2
    positive, falling = np.greater(x, 0), np.exp(np.minimum(x, 0))
    if name == "elu":
        return np.where(positive, x, alpha * (falling - 1)), np.where(positive, 1, alpha * falling)
    slope = 0 if name == "relu" else negative_slope
    return np.where(positive, x, slope * x), np.where(positive, 1, slope)


def _condition(name, derivative, alpha):
    """Say in one word how a unit that sits at this derivative learns."""
    if derivative == 0:
        return "blocked"
    if name == "leaky_relu":
        return "leaking" if derivative < 1 else "active"
    steepest = {"sigmoid": 0.25, "elu": max(1, alpha)}.get(name, 1)
    return "saturated" if derivative < SATURATED * steepest else "active"


def _words(name, negative_slope, alpha):
    """Return formula, derivative, range and Keras code of an activation function."""
    return {
        "sigmoid": ("1 / (1 + e⁻ˣ)", "sigmoid · (1 − sigmoid)", "0 to 1", 'activation="sigmoid"'),
        "tanh": ("(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)", "1 − tanh²", "−1 to 1", 'activation="tanh"'),
        "relu": ("x for x > 0, else 0", "1 for x > 0, else 0", "0 and up", 'activation="relu"'),
        "leaky_relu": (
            f"x for x > 0, else {negative_slope:g} · x",
            f"1 for x > 0, else {negative_slope:g}",
            "all numbers" if negative_slope else "0 and up",
            f'activation=keras.layers.LeakyReLU({negative_slope:g}); if not given: 0.3, in activation="leaky_relu" 0.2',
        ),
        "elu": (
            f"x for x > 0, else {alpha:g} · (eˣ − 1)",
            f"1 for x > 0, else {alpha:g} · eˣ",
            f"above −{alpha:g}",
            f'activation=keras.layers.ELU({alpha:g}); if not given, and in activation="elu": 1',
        ),
    }[name]


def _explorer_figure():
    live = LiveFigure(9, 4.6)
    axes = {
        "value": live.figure.add_axes([0.07, 0.37, 0.41, 0.53]),
        "derivative": live.figure.add_axes([0.57, 0.37, 0.41, 0.53]),
    }
    axes["value"].set(ylim=(-2.2, 6.2), yticks=range(-2, 7, 2))
    axes["derivative"].set(ylim=(-0.1, 2.1), yticks=[0, 0.25, 1, 2], yticklabels=["0", "0.25", "1", "2"])
    for number, (part, axis) in enumerate(axes.items()):
        axis.set(xlim=(-6, 6), xticks=range(-6, 7, 2), xlabel="x, the sum that arrives at the unit", ylabel=part)
        axis.grid(alpha=0.3)
        for name, (color, style, _) in zip(ACTIVATIONS, CYCLE):
            curve = _function(name, _X, 0, 1)[number]
            line = axis.plot(_X, curve, style, color=color, linewidth=1.2, label=name)[0]
            if name in _ADJUSTABLE:
                live[f"{part} {name}"] = line
        live[f"{part} chosen"] = axis.plot([], [], linewidth=4, zorder=3)[0]
        live[f"{part} at x"] = axis.plot([], [], "o", color=BLACK, markersize=9, zorder=5)[0]
        live[f"{part} title"] = Label(live.figure, axis.get_position().x0, 0.93, size=14, bold=True)
    live["tangent"] = axes["value"].plot([], [], color=BLACK, linewidth=1.8, zorder=4, label="tangent at x")[0]
    live["height"] = axes["derivative"].plot([], [], color=BLACK, linewidth=1.8, zorder=4)[0]
    live.figure.legend(*axes["value"].get_legend_handles_labels(), loc="upper center", bbox_to_anchor=(0.5, 0.265),
                       ncols=6, frameon=False, fontsize=10, handlelength=3)  # fmt: skip
    live["at x"] = Label(live.figure, 0.07, 0.145, size=15, bold=True)
    live["range"] = Label(live.figure, 0.07, 0.085)
    live["keras"] = Label(live.figure, 0.07, 0.025)
    return live


def _draw_explorer(live, state):
    chosen, x, value, derivative = (state[key] for key in ("activation", "x", "value", "derivative"))
    color = CYCLE[ACTIVATIONS.index(chosen)][0]
    for number, part in enumerate(("value", "derivative")):
        for name in _ADJUSTABLE:
            live[f"{part} {name}"].set_data(_X, state["curves"][name][number])
        live[f"{part} chosen"].set(data=(_X, state["curves"][chosen][number]), color=color)
        live[f"{part} at x"].set_data([x], [state[part]])
    ends = np.array([-2, 2]) / math.hypot(1, derivative)
    live["tangent"].set_data(x + ends, value + derivative * ends)
    live["height"].set_data([x, x], [0, derivative])
    formula, slope, limits, keras_code = state["words"]
    live["value title"].set_text(f"{chosen}(x) = {formula}")
    live["derivative title"].set_text(f"derivative: {slope}")
    numbers = f"x = {x:z.1f}: value {value:z.3g}, derivative {derivative:.3g}"  # z: never -0
    live["at x"].set_text(f"{numbers}   {state['condition']}")
    live["range"].set_text(f"range: {limits}")
    live["keras"].set_text(f"Keras: {keras_code}")
    return f"{chosen} at {numbers}. {_CONDITIONS[state['condition']]}"


_CONDITIONS = {
    "active": "Active: the gradient passes, multiplied by this derivative.",
    "leaking": "Leaking: x is not above 0, yet a part of the gradient passes, the derivative.",
    "saturated": "Saturated: less than 5% of the steepest slope is left, so hardly any gradient passes.",
    "blocked": "Blocked: no gradient passes; a unit that sits here for every sample is dead.",
}


# Gradient flow

_INITIALISERS = {
    "glorot_uniform (default)": ("GlorotUniform", {}),
    "he_normal": ("HeNormal", {}),
    "random_normal 0.05": ("RandomNormal", dict(stddev=0.05)),
    "random_normal 1": ("RandomNormal", dict(stddev=1.0)),
}
_FUNCTION_NAMES = {
    name.replace("_", ""): name
    for name in (*ACTIVATIONS, "prelu", "selu", "gelu", "silu", "softplus", "softsign", "hard_sigmoid", "softmax")
}
_BOUNDS = {"sigmoid": (0, 1), "tanh": (-1, 1)}
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_ROWS = {
    "gradient": "gradient (root mean square)",
    "relative": "gradient ÷ weights",
    "saturated": "outputs saturated",
    "dead": "units dead",
}


def gradient_flow(model=None, x=None, y=None):
    """Measure how large the gradient is that reaches each layer, and what the layers answer.

    Without arguments: untrained Keras models of MNIST digits, 784 inputs → `depth` hidden layers → 10 softmax
    outputs, on the first 256 training digits divided by 255. The same settings give the same weights. For sigmoid
    a line shows what is left of the last hidden layer's gradient if each sigmoid on the way back lets a quarter pass,
    the most it can.

    model: your own compiled Keras model, Sequential or functional, with at least one hidden layer; every layer with
        a kernel is shown. It is measured now, once, and left as it is.
    x, y: a batch for it as `model.fit` takes it, arrays (samples, …); some hundred samples are enough.

    A layer's gradient is the root mean square of `layer_gradients`, and its answers are those of its activation
    function, also where that is a layer of its own; both as in training. An output of sigmoid or tanh is saturated
    where less than 5% of the steepest slope is left; a unit is dead if it answers 0 to every sample of the batch.
    Raises `ValueError` for a model that has no hidden layer, no weights or no loss, and for x, y that do not fit it.
    """
    show = ipywidgets.Dropdown(options=["gradient", "gradient ÷ weights"], description="show")
    if model is None and x is None and y is None:
        controls = dict(
            depth=ipywidgets.IntSlider(value=10, min=1, max=DEPTH, description="hidden layers"),
            units=ipywidgets.SelectionSlider(options=[1, 4, 16, 64, 128], value=64, description="units in each"),
            activation=ipywidgets.Dropdown(options=ACTIVATIONS, value="sigmoid", description="activation"),
            initialiser=ipywidgets.Dropdown(options=list(_INITIALISERS), description="initialiser"),
            layer=ipywidgets.IntSlider(value=1, min=1, max=10, description="layer in detail"),
            show=show,
        )
        depth, layer = controls["depth"], controls["layer"]
        depth.observe(lambda change: layer.set_trait("max", change["new"]), names="value")
        measure = _measure_settings
        still = [dict(activation="sigmoid"), dict(activation="relu")]
    else:
        measured = _measure(model, x, y)
        layer = ipywidgets.IntSlider(value=1, min=1, max=len(measured["units"]), description="layer in detail")
        controls = dict(layer=layer, show=show)
        measure = functools.partial(dict, measured)
        still = [{}]

    def compute(layer, show, **settings):
        return measure(**settings) | dict(layer=layer, show=show)

    return Lab("Gradient flow", _flow_figure(), controls, compute, _draw_flow, still)


@functools.lru_cache(maxsize=300)
def _measure_settings(depth, units, activation, initialiser):
    """Build the Keras model of these settings and measure it."""
    import keras

    tensors = _hidden_layers(units, activation, initialiser)
    output = _dense(10, "softmax", initialiser, seed=0, name="output")(tensors[depth])
    model = keras.Model(tensors[0], output, name="gradient_flow")
    model.compile(loss="sparse_categorical_crossentropy", optimizer="sgd")
    return _measure(model, *digit_batch())


@functools.lru_cache(maxsize=8)
def _hidden_layers(units, activation, initialiser):
    """Return the Keras tensors after 0, 1, … hidden layers."""
    import keras

    # All at once: a new depth then makes only a new output layer, and shows in half the time.
    tensors = [keras.Input((784,), name="digit")]
    for number in range(1, DEPTH + 1):
        layer = _dense(units, activation, initialiser, seed=number, name=f"hidden_{number}")
        tensors.append(layer(tensors[-1]))
    return tensors


def _dense(units, activation, initialiser, seed, name):
    kind, parameters = _INITIALISERS[initialiser]
    return networks.dense(units, activation, seed, name, kind, **parameters)


def _measure(model, x, y):
    """Return what the lab shows of a model, as plain data; arrays go from the input side to the output."""
    norms = gradient_norms(model, x, y)
    layers = _layers_with_kernel(model)
    activations = _activations(model, layers[:-1])
    functions = [_function_name(activation) or "linear" for activation in activations]
    answers = _answers(model, activations, np.asarray(x))
    gradients = np.array([norms[layer.name] for layer in layers])
    weights = np.array([root_mean_square(layer.kernel.numpy()) for layer in layers])
    ends = [_ends(values) for values in answers]
    span = _apart(*_ends(np.array([*ends, *(_BOUNDS.get(function, (0, 0)) for function in functions)])))
    own_spans = [_apart(*pair) for pair in ends]
    quarters = 0.25 ** np.arange(len(layers) - 1)[::-1]
    return dict(
        names=[layer.name for layer in layers],
        functions=functions,
        units=[values.shape[-1] for values in answers],
        gradient=gradients,
        relative=np.divide(gradients, weights, out=np.full(len(layers), np.nan), where=weights > 0),
        theory=gradients[-2] * quarters if set(functions) == {"sigmoid"} else np.empty(0),
        saturated=np.array([_saturated(values, function) for values, function in zip(answers, functions)]),
        dead=np.array([1 - np.mean(values.reshape(-1, values.shape[-1]).any(axis=0)) for values in answers]),
        span=span,
        histograms=np.array([_histogram(values, span, 24) for values in answers]),
        own_spans=own_spans,
        own_histograms=np.array([_histogram(values, span, 41) for values, span in zip(answers, own_spans)]),
    )


def _layers_with_kernel(model):
    """Return the layers whose gradients are shown. Raises `ValueError` if the lab cannot look into the model."""
    if getattr(model, "inputs", None) is None:
        raise ValueError("model is a subclass of keras.Model; allowed is a Sequential or a functional model")
    for layer in model.layers:
        if hasattr(layer, "layers"):
            raise ValueError(f"model has another model in it, {layer.name!r}; allowed are single layers")
    layers = [layer for layer in model.layers if hasattr(layer, "kernel")]
    if len(layers) < 2:
        raise ValueError(f"model has {len(layers)} layers with a kernel; allowed are two or more, one is hidden")
    return layers


def _activations(model, layers):
    """Return where each layer's activation is applied: in the layer itself or in one that its output goes to.

    The search goes past layers without a kernel, such as BatchNormalization and Add, and ends at the next with one.
    """
    import keras

    takers = {}
    for operation in getattr(model, "operations", model.layers):
        for tensor in keras.tree.flatten(operation.input):
            takers.setdefault(id(tensor), []).append(operation)
    found = []
    for layer in layers:
        reached = [layer]
        for operation in reached:  # grows meanwhile
            if _function_name(operation):
                break
            reached += [taker for taker in takers.get(id(operation.output), []) if not hasattr(taker, "kernel")]
        found.append(operation if _function_name(operation) else layer)
    return found


def _function_name(operation):
    """Return Keras's name of the activation function that a layer or an operation applies; None for none."""
    function = getattr(operation, "activation", operation)
    name = getattr(function, "__name__", type(function).__name__)
    known = _FUNCTION_NAMES.get(name.lower().replace("_", ""))
    return known or (name if function is not operation and name != "linear" else None)


def _answers(model, activations, x):
    """Return the outputs of each layer's activation for the batch, as in training: arrays (samples, …, units)."""
    import keras

    inside = keras.Model(model.inputs[0], [activation.output for activation in activations], name="inside")
    outputs, _ = inside.stateless_call(inside.trainable_variables, inside.non_trainable_variables, x, training=True)
    return [output.numpy() for output in keras.tree.flatten(outputs)]


def _ends(values):
    """Return the smallest and the largest of the finite values as floats; 0 and 0 if there are none."""
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)


def _apart(lowest, highest):
    """Return the two values, further apart if they are all but equal: the ends of a histogram."""
    largest = max(-lowest, highest)
    if highest - lowest > 1e-6 * largest:
        return lowest, highest
    margin = 0.1 * largest or 0.5
    return lowest - margin, highest + margin


def _histogram(values, span, bins):
    """Return the share of `values` in each of `bins` equal steps of `span`: (bins,), which sum to 1."""
    counts, _ = np.histogram(values[np.isfinite(values)].astype(float), bins, span)
    return counts / values.size


def _saturated(values, function):
    """Return the share of outputs where sigmoid or tanh is nearly flat; not a number for other functions."""
    slopes = {"sigmoid": lambda: 4 * values * (1 - values), "tanh": lambda: 1 - values**2}
    return np.mean(slopes[function]() < SATURATED) if function in slopes else np.nan


def _flow_figure():
    live = LiveFigure(9, 5.2)
    strips = {
        "gradient": live.figure.add_axes([0.085, 0.50, 0.515, 0.43]),
        "answers": live.figure.add_axes([0.085, 0.27, 0.515, 0.16]),
        "share": live.figure.add_axes([0.085, 0.11, 0.515, 0.10]),
    }
    for name, axis in strips.items():
        axis.set(xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[])
        live[f"{name} frame"] = axis.plot([], [], color=BLACK, linewidth=2.5, zorder=6, clip_on=False)[0]
    bars = strips["gradient"]
    live.figure.text(0.012, 0.715, "root mean square", rotation="vertical", va="center", fontsize=10)
    live["grid"] = bars.add_collection(LineCollection([], colors="#cccccc", linewidths=0.8))
    live["bars"] = bars.add_patch(Polygon([(0, 0)], color=BLUE, linewidth=0, zorder=2))
    live["theory"] = bars.plot([], [], "--", marker="D", markersize=5, color=ORANGE, markeredgecolor=BLACK,
                               markeredgewidth=0.6, zorder=4)[0]  # fmt: skip
    live["no bar"] = bars.plot([], [], "x", markersize=8, markeredgewidth=2.5, color=RED, zorder=4)[0]
    for tick in range(7):
        live[f"power {tick}"] = Label(live.figure, 0.08, 0, align="right", size=12)
        live[f"layer {tick}"] = Label(live.figure, 0, 0.065, align="center", size=12)
    live["title"] = Label(live.figure, 0.085, 0.955, bold=True)
    live["key"] = Label(live.figure, 0.60, 0.955, align="right", size=12)
    live["answers"] = Raster(strips["answers"])
    live["highest"] = Label(live.figure, 0.08, 0.41, align="right", size=12)
    live["lowest"] = Label(live.figure, 0.08, 0.27, align="right", size=12)
    for name, style, color in (("saturated", "o-", BLUE), ("dead", "^--", RED)):
        live[name] = strips["share"].plot([], [], style, color=color, markersize=5, clip_on=False, zorder=5)[0]
    head = dict(fontsize=10, va="bottom")
    live.figure.text(0.085, 0.437, "what each layer answers: from low to high, darker = more often", **head)
    live.figure.text(0.085, 0.217, "●  outputs saturated", color=BLUE, **head)
    live.figure.text(0.30, 0.217, "▲  units dead", color=RED, **head)
    live.figure.text(0.08, 0.188, "100%", ha="right", fontsize=10)
    live.figure.text(0.08, 0.11, "0%", ha="right", fontsize=10)
    live.figure.text(0.3425, 0.012, "layer: input side on the left, output on the right", ha="center", fontsize=10)
    large = live.figure.add_axes([0.665, 0.50, 0.32, 0.37])
    large.set(xlim=(0, 1), ylim=(0, 1.05), xticks=[], yticks=[])
    large.set_xlabel("output of a unit for a sample", labelpad=17)
    live["histogram"] = large.add_patch(Polygon([(0, 0)], color=BLUE, linewidth=0))
    live["own lowest"] = Label(live.figure, 0.665, 0.465, size=12)
    live["own highest"] = Label(live.figure, 0.985, 0.465, align="right", size=12)
    live["most"] = Label(live.figure, 0.985, 0.885, align="right", size=12)
    live["large"] = Label(live.figure, 0.665, 0.955, bold=True)
    live["kind"] = Label(live.figure, 0.665, 0.915, size=12)
    for row, name in enumerate(("gradient", "relative", "saturated", "dead")):
        live.figure.text(0.665, 0.335 - 0.06 * row, _ROWS[name], fontsize=10)
        live[f"{name} number"] = Label(live.figure, 0.985, 0.335 - 0.06 * row, align="right")
    return live


def _draw_flow(live, state):
    shown = state["gradient" if state["show"] == "gradient" else "relative"]
    layer, edges = state["layer"] - 1, np.linspace(0, 1, len(shown) + 1)
    middles = (edges[:-1] + edges[1:]) / 2
    _draw_bars(live, state, shown, edges, middles)
    hidden = len(state["units"])
    live["answers"].set_data(_columns(state["histograms"]))
    live["lowest"].set_text(f"{state['span'][0]:.2g}")
    live["highest"].set_text(f"{state['span'][1]:.2g}")
    for name in ("saturated", "dead"):
        counted = np.isfinite(state[name])
        live[name].set_data(middles[:hidden][counted], state[name][counted])
    for strip in ("gradient", "answers", "share"):
        live[f"{strip} frame"].set_data(edges[[layer, layer + 1, layer + 1, layer, layer]], [0, 0, 1, 1, 0])
    ticks = {f"{number + 1}": middles[number] for number in range(0, hidden - hidden // 16, math.ceil(hidden / 6))}
    for label, (text, x) in _filled(live, "layer", ticks | {"out": middles[-1]}):
        label.x = 0.085 + 0.515 * x
        label.set_text(text)
    _draw_large(live, state, layer)
    return _flow_sentence(state, layer)


def _draw_bars(live, state, shown, edges, middles):
    """Draw the gradients' sizes on an axis of powers of ten that is long enough for all of them."""
    powers = _powers(shown)
    heights = (_log10(shown) - powers[0]) / (powers[-1] - powers[0])
    there, gap = np.isfinite(heights), 0.12 / len(shown)
    live["bars"].set_xy(bar_outline(edges[:-1][there] + gap, edges[1:][there] - gap, heights[there]))
    live["no bar"].set_data(middles[~there], np.full(np.sum(~there), 0.05))
    theory = state["theory"] if state["show"] == "gradient" else np.empty(0)
    points = (_log10(theory) - powers[0]) / (powers[-1] - powers[0])
    known = np.isfinite(points)
    live["theory"].set_data(middles[: len(points)][known], points[known])
    fractions = np.linspace(0, 1, len(powers))
    live["grid"].set_segments([[(0, y), (1, y)] for y in fractions])
    ticks = {"10" + f"{power}".translate(_RAISED) if power else "1": y for power, y in zip(powers, fractions)}
    for label, (text, y) in _filled(live, "power", ticks):
        label.y = 0.49 + 0.43 * y
        label.set_text(text)
    live["title"].set_text(f"{state['show']} of each layer")
    key = ["◆ 0.25 per sigmoid"] if known.any() else []
    key += ["✕ exactly 0"] if (shown == 0).any() else []
    key += ["✕ no number"] if not np.isfinite(shown).all() else []
    live["key"].set_text("   ".join(key))


def _filled(live, name, ticks):
    """Pair the seven labels of an axis with its ticks (text → place), and those left over with no text."""
    return zip((live[f"{name} {number}"] for number in range(7)), [*ticks.items(), *[("", 0)] * 7])


def _log10(values):
    """Return the logarithms, not a number where there is none."""
    return np.log10(values, out=np.full(len(values), np.nan), where=np.isfinite(values) & (values > 0))


def _powers(values):
    """Return the axis's powers of ten, seven at most and in equal steps: −10 to 0, and more if `values` need it."""
    logarithms = _log10(values)
    lowest = np.nanmin([-10, *logarithms - 0.3])  # so that the smallest bar has a height
    highest = np.nanmax([0, *logarithms])
    for step in (2, 5, 10, 20, 50, 100, 200):
        first, last = step * math.floor(lowest / step), step * math.ceil(highest / step)
        if last - first <= 6 * step:
            return range(first, last + 1, step)


def _columns(histograms):
    """Return the histograms, a row a layer, as a picture: a column a layer, high answers at the top."""
    shades = np.sqrt(histograms / max(histograms.max(), 1e-9))  # the root shows the rare ones too
    picture = two_sided(shades.T[::-1])
    output = np.full((len(picture), 1, 3), 235, np.uint8)  # grey: not a hidden layer
    return np.concatenate([picture, output], axis=1)


def _draw_large(live, state, layer):
    """Draw the histogram of one layer and write its numbers."""
    histogram, span, units = state["own_histograms"][layer], state["own_spans"][layer], state["units"][layer]
    edges = np.linspace(0, 1, len(histogram) + 1)
    live["histogram"].set_xy(bar_outline(edges[:-1], edges[1:], histogram / max(histogram.max(), 1e-9)))
    live["own lowest"].set_text(f"{span[0]:.2g}")
    live["own highest"].set_text(f"{span[1]:.2g}")
    live["most"].set_text(f"highest bar: {histogram.max():.0%}")
    name = state["names"][layer]
    live["large"].set_text(f"layer {layer + 1}: {name if len(name) < 20 else name[:19] + '…'}")
    live["kind"].set_text(f"{units} {'unit' if units == 1 else 'units'}, {state['functions'][layer]}")
    saturated = state["saturated"][layer]
    for row in ("gradient", "relative"):
        size = state[row][layer]
        live[f"{row} number"].set_text("–" if not np.isfinite(size) else f"{size:.1e}" if size else "0")
    live["saturated number"].set_text(f"{saturated:.0%}" if np.isfinite(saturated) else "–")
    live["dead number"].set_text(f"{state['dead'][layer] * units:.0f} of {units}")


def _flow_sentence(state, layer):
    """Say what the bars show from the output to the input side, and what the layer in detail does."""
    gradient, hidden = state["gradient"], len(state["units"])
    first, last = gradient[0], gradient[-1]
    if not np.isfinite(gradient).all():
        flow = "The gradient is not a number in some layers: the weights or the answers have grown out of range."
    elif (gradient == 0).all():
        flow = "The gradient is exactly 0 in every layer: nothing in this network can learn."
    elif (gradient == 0).any():
        flow = f"The gradient is exactly 0 in {np.sum(gradient == 0)} of {hidden + 1} layers: these cannot learn."
    else:
        change = f"{_rounded(last / first)} times smaller" if first < last else f"{_rounded(first / last)} times larger"
        flow = f"The gradient of layer 1 is {change} than the output's: {first:.1e} to {last:.1e}."
    saturated, dead, units = state["saturated"][layer], state["dead"][layer], state["units"][layer]
    words = f"outputs saturated {saturated:.0%}, " if np.isfinite(saturated) else ""
    return f"{flow} Layer {layer + 1} of {hidden}: {words}units dead {dead * units:.0f} of {units}."


def _rounded(ratio):
    """Return a number from 1 up in words: two digits that count."""
    return f"{ratio:.2g}" if ratio < 100 or ratio >= 1e9 else f"{float(f'{ratio:.2g}'):,.0f}"
