"""Labs of lesson 01: the playground and the parameter counter."""

import functools
import warnings

import contourpy
import ipywidgets
import numpy as np
from matplotlib.collections import LineCollection

from helpers.datasets import TOY_SETS, toy_set
from helpers.labs.lab import Lab
from helpers.live import Label, LiveFigure, Raster
from helpers.palette import BLACK, BLUE, ORANGE, two_sided

EPOCHS = 200
_ACTIVATIONS = {"sigmoid": "logistic", "tanh": "tanh", "relu": "relu", "linear": "identity"}
_FUNCTIONS = {
    "sigmoid": lambda z: 0.5 * (1 + np.tanh(0.5 * z)),
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "linear": lambda z: z,
}
_SIDE = np.linspace(-1.3, 1.3, 40)
_EDGE = 1.26  # where a point is drawn that lies further out
_GRID = np.stack(np.meshgrid(_SIDE, _SIDE[::-1]), axis=-1).reshape(-1, 2)


def playground():
    """Train a small network on points in the plane, epoch by epoch, and watch every unit.

    Training is scikit-learn's `MLPClassifier.partial_fit`, some 6 ms an epoch on two cores: a new shape of
    network starts at once, where Keras first builds the model (20 ms for one hidden layer) and traces it.
    """
    controls = dict(
        data=ipywidgets.Dropdown(options=TOY_SETS, value="circles", description="data set"),
        noise=ipywidgets.FloatSlider(value=0.1, min=0, max=0.5, step=0.05, description="noise"),
        hidden_layers=ipywidgets.IntSlider(value=1, min=0, max=4, description="hidden layers"),
        units=ipywidgets.IntSlider(value=4, min=1, max=8, description="units in each"),
        activation=ipywidgets.Dropdown(options=list(_ACTIVATIONS), value="tanh", description="activation"),
        learning_rate=ipywidgets.SelectionSlider(
            options=[0.001, 0.003, 0.01, 0.03, 0.1, 0.3], value=0.03, description="learning rate"
        ),
        epoch=ipywidgets.IntSlider(value=0, min=0, max=EPOCHS, description="epoch"),
    )
    epoch = controls["epoch"]
    epoch.layout = ipywidgets.Layout(grid_column="1 / -1", width="98%")  # 201 values want a whole row
    play = ipywidgets.Play(value=0, min=0, max=EPOCHS, interval=80, description="play the training")
    step = ipywidgets.Button(description="one epoch", tooltip="train for one epoch more")
    reset = ipywidgets.Button(description="reset", tooltip="back to the untrained network")
    ipywidgets.link((play, "value"), (epoch, "value"))
    step.on_click(lambda _: epoch.set_trait("value", min(epoch.value + 1, EPOCHS)))
    reset.on_click(lambda _: epoch.set_trait("value", 0))
    for name, control in controls.items():
        if name != "epoch":
            control.observe(lambda _: epoch.set_trait("value", 0), names="value")

    run = None

    def compute(epoch, **settings):
        nonlocal run
        if run is None or run.settings != settings:
            run = _Run(settings)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a rate that is too high overflows: the loss curve shows it
            weights = run.weights_after(epoch)
        surfaces = _layer_outputs(weights, settings["activation"], _GRID)
        probability = surfaces[-1].reshape(len(_SIDE), len(_SIDE))
        answers = _layer_outputs(weights, settings["activation"], run.points)[-1][:, 0] > 0.5
        return dict(
            points=run.points,
            labels=run.labels,
            probability=probability,
            units=[layer.T.reshape(-1, len(_SIDE), len(_SIDE)) for layer in surfaces[:-1]],
            activation=settings["activation"],
            epoch=epoch,
            losses=np.array(run.losses[: epoch + 1]),
            accuracy=float(np.mean(answers == run.labels)),
            parameters=sum(w.size + b.size for w, b in weights),
        )

    still = [dict(epoch=0), dict(epoch=10), dict(epoch=60)]
    return Lab("Playground", _playground_figure(), controls, compute, _draw_playground, still, [play, step, reset])


class _Run:
    """One training run that goes on when a later epoch is asked for and remembers the earlier ones."""

    def __init__(self, settings):
        from sklearn.neural_network import MLPClassifier

        self.settings = settings
        self.points, self.labels = toy_set(settings["data"], noise=settings["noise"])
        shape = dict(
            hidden_layer_sizes=(settings["units"],) * settings["hidden_layers"],
            activation=_ACTIVATIONS[settings["activation"]],
            alpha=0,
            random_state=3,
        )
        self._network = MLPClassifier(**shape, batch_size=40, learning_rate_init=settings["learning_rate"])
        # The same seed draws the same first weights, and one step at a rate of almost nothing leaves them as drawn.
        untrained = MLPClassifier(**shape, batch_size=2, learning_rate_init=1e-12)
        untrained.partial_fit(self.points[:2], self.labels[:2], classes=[0, 1])
        self._weights = [_weights(untrained)]
        self.losses = [self._loss()]

    def weights_after(self, epoch):
        """Return the layers' (weights, biases) after `epoch` epochs, training further if need be."""
        while len(self._weights) <= epoch:
            self._network.partial_fit(self.points, self.labels, classes=[0, 1])
            self._weights.append(_weights(self._network))
            self.losses.append(self._loss())
        return self._weights[epoch]

    def _loss(self):
        """Mean cross-entropy on the training points with the latest weights."""
        probability = _layer_outputs(self._weights[-1], self.settings["activation"], self.points)[-1][:, 0]
        of_the_label = np.where(self.labels == 1, probability, 1 - probability)
        return float(-np.log(np.clip(of_the_label, 1e-7, 1)).mean())


def _weights(network):
    return [(w.copy(), b.copy()) for w, b in zip(network.coefs_, network.intercepts_)]


def _layer_outputs(weights, activation, points):
    """Return what every layer answers for `points`: a list of arrays (points, units), the output last."""
    outputs = []
    for number, (w, b) in enumerate(weights, start=1):
        function = _FUNCTIONS["sigmoid" if number == len(weights) else activation]
        points = function(points @ w + b)
        outputs.append(points)
    return outputs


def _playground_figure():
    live = LiveFigure(9, 4.3)
    plane = live.figure.add_axes([0.05, 0.09, 0.39, 0.82])
    plane.set(xlim=(-1.3, 1.3), ylim=(-1.3, 1.3), xticks=[-1, 1], yticks=[-1, 1])
    plane.set_xlabel("input 1", labelpad=-8)
    plane.set_ylabel("input 2", labelpad=-12)
    live["surface"] = Raster(plane, smooth=True)
    live["boundary"] = plane.add_collection(LineCollection([], colors=BLACK, linewidths=2))
    style = dict(linestyle="", markeredgecolor=BLACK, markeredgewidth=0.6, zorder=3)
    live["class 0"] = plane.plot([], [], marker="^", markersize=6, color=ORANGE, **style)[0]
    live["class 1"] = plane.plot([], [], marker="o", markersize=5, color=BLUE, **style)[0]
    live["title"] = Label(live.figure, 0.05, 0.94)
    live["parameters"] = Label(live.figure, 0.98, 0.40, align="right")

    units = live.figure.add_axes([0.53, 0.46, 0.45, 0.45])
    units.set(xlim=(0, 8), ylim=(4, 0))
    units.set_axis_off()
    units.set_title("what each hidden unit answers over the plane", fontsize=10, loc="left")
    for layer in range(4):
        live[f"layer {layer}"] = Label(live.figure, 0.525, 0.84 - 0.1125 * layer, align="right", size=13)
    live["units"] = Raster(units)

    curve = live.figure.add_axes([0.53, 0.12, 0.45, 0.25])
    curve.set(xlim=(0, EPOCHS), ylim=(0, 1), xlabel="epoch", ylabel="loss")
    curve.xaxis.set_label_coords(0.5, -0.22)
    curve.grid(alpha=0.3)
    live["loss"] = curve.plot([], [], color=BLUE)[0]
    live["now"] = curve.plot([], [], marker="o", color=BLACK, linestyle="")[0]
    return live


def _draw_playground(live, state):
    live["surface"].set_data(two_sided(2 * state["probability"] - 1))
    contour = contourpy.contour_generator(_SIDE, _SIDE[::-1], state["probability"])
    border = contour.lines(0.5)
    live["boundary"].set_segments(border)
    for label in (0, 1):
        points = np.clip(state["points"], -_EDGE, _EDGE)  # noise may have carried some out of the picture
        live[f"class {label}"].set_data(*points[state["labels"] == label].T)
    live["units"].set_data(_mosaic(state["units"], state["activation"]))
    for layer in range(4):
        live[f"layer {layer}"].set_text(f"layer {layer + 1}" if layer < len(state["units"]) else "")
    last = len(state["losses"]) - 1
    live["loss"].set_data(range(last + 1), np.minimum(state["losses"], 1))
    live["now"].set_data([last], [min(state["losses"][-1], 1)])
    numbers = f"epoch {state['epoch']}   loss {state['losses'][-1]:.3f}   accuracy {state['accuracy']:.0%}"
    live["title"].set_text(numbers)
    live["parameters"].set_text(f"{state['parameters']} parameters")
    hidden = " and ".join(str(len(layer)) for layer in state["units"]) or "no"
    line = "is where the network changes its mind" if border else "lies outside the picture"
    return f"{numbers}   {state['parameters']} parameters; {hidden} hidden units; the black line {line}."


def _mosaic(units, activation):
    """Return one picture of all hidden units, a row a layer: uint8 (4 rows, 8 columns of tiles, 3)."""
    tile, step = 18, 20
    picture = np.full((4 * step, 8 * step, 3), 255, np.uint8)
    for row, layer in enumerate(units):
        for column, surface in enumerate(layer):
            values = surface[2:-2:2, 2:-2:2]
            if activation == "sigmoid":
                values = 2 * values - 1
            elif activation != "tanh":  # relu and linear have no upper end: scale each by its own largest
                values = values / max(np.abs(values).max(), 1e-9)
            top, left = row * step + 1, column * step + 1
            picture[top - 1 : top + tile + 1, left - 1 : left + tile + 1] = 160
            picture[top : top + tile, left : left + tile] = two_sided(values)
    return picture


def parameter_counter():
    """Count the weights and biases of a dense network: by the formula, and by Keras's `count_params()`."""
    controls = dict(
        inputs=ipywidgets.IntSlider(value=784, min=1, max=1000, description="inputs"),
        hidden_layers=ipywidgets.IntSlider(value=1, min=0, max=4, description="hidden layers"),
        units=ipywidgets.IntSlider(value=100, min=1, max=600, description="units in each"),
        outputs=ipywidgets.IntSlider(value=10, min=1, max=100, description="outputs"),
    )

    def compute(inputs, hidden_layers, units, outputs):
        sizes = [inputs, *[units] * hidden_layers, outputs]
        formula = [before * after + after for before, after in zip(sizes, sizes[1:])]
        return dict(sizes=sizes, formula=formula, keras=[_keras_count(*pair) for pair in zip(sizes, sizes[1:])])

    still = [dict(hidden_layers=0), dict(hidden_layers=1), dict(hidden_layers=3)]
    return Lab("Parameter counter", _counter_figure(), controls, compute, _draw_counter, still)


@functools.lru_cache(maxsize=4096)
def _keras_count(before, units):
    """Return Keras's own count for `Dense(units)` after `before` inputs; zeros, because nobody trains it."""
    import keras

    layer = keras.layers.Dense(units, kernel_initializer="zeros", name="counted")
    layer.build((None, before))
    return layer.count_params()


def _counter_figure():
    live = LiveFigure(9, 3.4)
    drawing = live.figure.add_axes([0.01, 0.02, 0.44, 0.96])
    drawing.set(xlim=(-0.5, 5.5), ylim=(-1.35, 1.15))
    drawing.set_axis_off()
    live["weights"] = drawing.plot([], [], color="#999999", linewidth=0.5)[0]
    live["units"] = drawing.plot([], [], "o", markersize=9, color=BLUE, markeredgecolor="white", zorder=3)[0]
    live["dots"] = drawing.plot([], [], "o", markersize=2.5, color=BLACK, zorder=3)[0]
    for layer in range(6):
        live[f"size {layer}"] = Label(live.figure, 0, 0.04, align="center")
        live[f"name {layer}"] = Label(live.figure, 0.48, 0.80 - 0.115 * layer, size=13)
        live[f"formula {layer}"] = Label(live.figure, 0.83, 0.80 - 0.115 * layer, align="right", size=13)
        live[f"keras {layer}"] = Label(live.figure, 0.98, 0.80 - 0.115 * layer, align="right", size=13)
    head = dict(fontsize=10.5, fontweight="bold")
    live.figure.text(0.48, 0.92, "layer", **head)
    live.figure.text(0.83, 0.92, "inputs × units + biases", ha="right", **head)
    live.figure.text(0.98, 0.92, "Keras counts", ha="right", **head)
    return live


def _draw_counter(live, state):
    sizes, formula, keras_counts = state["sizes"], state["formula"], state["keras"]
    columns = [_column(size, x, 5.2 / (len(sizes) - 1)) for x, size in enumerate(sizes)]
    gap = (np.nan, np.nan)  # lifts the pen between two weights: one line is drawn faster than many
    lines = [p for left, right in zip(columns, columns[1:]) for a in left[0] for b in right[0] for p in (a, b, gap)]
    live["weights"].set_data(*np.transpose(lines))
    live["units"].set_data(*np.concatenate([units for units, _ in columns]).T)
    live["dots"].set_data(*np.concatenate([dots for _, dots in columns]).T)
    rows = [
        (_layer_name(layer, len(formula)), f"{before:,} × {after:,} + {after:,} = {count:,}", f"{counted:,}")
        for layer, (before, after, count, counted) in enumerate(zip(sizes, sizes[1:], formula, keras_counts))
    ]
    rows.append(("all parameters", f"{sum(formula):,}", f"{sum(keras_counts):,}"))
    for layer in range(6):
        live[f"size {layer}"].set_text(f"{sizes[layer]:,}" if layer < len(sizes) else "")
        if layer < len(sizes):  # below its column of units: data x → fraction of the figure
            live[f"size {layer}"].x = 0.01 + 0.44 * (columns[layer][0][0, 0] + 0.5) / 6
        for part, text in zip(("name", "formula", "keras"), rows[layer] if layer < len(rows) else ("", "", "")):
            live[f"{part} {layer}"].set_text(text)
    network = " → ".join(f"{size:,}" for size in sizes)
    return f"The network {network} has {sum(formula):,} parameters; Keras counts {sum(keras_counts):,}."


def _column(size, number, gap):
    """Return where to draw a layer's units (at most six) and, if some are left out, three dots: (n, 2) each."""
    shown = min(size, 6)
    x = np.full(shown, number * gap)
    if size <= 6:
        height = 0.2 * (size - 1)
        return np.stack([x, np.linspace(height, -height, size)], axis=1), np.empty((0, 2))
    y = np.concatenate([np.linspace(1, 0.3, 3), np.linspace(-0.3, -1, 3)])
    return np.stack([x, y], axis=1), np.array([[number * gap, y] for y in (0.1, 0, -0.1)])


def _layer_name(layer, layers):
    return "output" if layer == layers - 1 else f"hidden {layer + 1}"
