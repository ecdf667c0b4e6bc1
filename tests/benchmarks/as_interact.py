"""The labs' pictures as a notebook without this course would make them: `interact`, pyplot, `model.predict`.

Each function here is what one would hand to `interact`: it makes a new figure with the content of the lab's.
"""

import functools

import matplotlib.pyplot as plt
import numpy as np

from helpers.datasets import toy_set
from helpers.palette import BLUE, ORANGE

SIDE = np.linspace(-1.3, 1.3, 40)
GRID = np.stack(np.meshgrid(SIDE, SIDE), axis=-1).reshape(-1, 2)
EPOCHS = 200


@functools.cache
def trained(units):
    """Return points, labels, a Keras model that answers with its hidden and its output layer, weights and losses.

    The training is over before anything is timed.
    """
    import keras

    points, labels = toy_set("circles", noise=0.1)
    keras.utils.set_random_seed(3)
    inputs = keras.Input((2,))
    hidden = keras.layers.Dense(units, activation="tanh")(inputs)
    output = keras.layers.Dense(1, activation="sigmoid")(hidden)
    model = keras.Model(inputs, output)
    model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.03), metrics=["accuracy"])
    weights = []
    keep = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: weights.append(model.get_weights()))
    history = model.fit(points, labels, batch_size=40, epochs=EPOCHS, verbose=0, callbacks=[keep]).history
    return points, labels, keras.Model(inputs, [hidden, output]), weights, history


def playground(epoch, units=4):
    """Draw the playground's picture after `epoch` epochs, one hidden layer of `units` units."""
    points, labels, model, weights, history = trained(units)
    model.set_weights(weights[epoch - 1])
    hidden, output = model.predict(GRID, verbose=0)
    figure = plt.figure(figsize=(9, 4.3), dpi=84)
    plane = figure.add_axes([0.05, 0.09, 0.39, 0.82])
    surface = output.reshape(len(SIDE), -1)
    plane.imshow(surface, extent=(-1.3, 1.3) * 2, origin="lower", cmap="RdBu", vmin=0, vmax=1, interpolation="bilinear")
    plane.contour(SIDE, SIDE, surface, levels=[0.5], colors="black", linewidths=2)
    plane.scatter(*points[labels == 0].T, marker="^", color=ORANGE, edgecolors="white", s=36)
    plane.scatter(*points[labels == 1].T, marker="o", color=BLUE, edgecolors="white", s=25)
    plane.set(xlabel="input 1", ylabel="input 2", xticks=[-1, 1], yticks=[-1, 1])
    loss, accuracy = history["loss"][epoch - 1], history["accuracy"][epoch - 1]
    plane.set_title(f"epoch {epoch}   loss {loss:.3f}   accuracy {accuracy:.0%}   {model.count_params()} parameters")
    tiles = figure.add_axes([0.53, 0.46, 0.45, 0.45])
    mosaic = np.full((4 * 20, 8 * 20), np.nan)
    for unit, answers in enumerate(hidden.T):
        mosaic[:18, 20 * unit : 20 * unit + 18] = answers.reshape(len(SIDE), -1)[2:-2:2, 2:-2:2]
    tiles.imshow(mosaic, cmap="RdBu", vmin=-1, vmax=1)
    tiles.set_axis_off()
    tiles.set_title("what each hidden unit answers over the plane", fontsize=10)
    curve = figure.add_axes([0.53, 0.12, 0.45, 0.25])
    curve.plot(history["loss"][:epoch])
    curve.plot([epoch - 1], [loss], "o", color="black")
    curve.set(xlim=(0, EPOCHS), ylim=(0, 1), xlabel="epoch", ylabel="loss")
    curve.grid(alpha=0.3)
    return figure


def parameter_counter(inputs=784, units=100):
    """Draw the parameter counter's picture for one hidden layer and 10 outputs."""
    import keras

    model = keras.Sequential([keras.Input((inputs,)), keras.layers.Dense(units), keras.layers.Dense(10)])
    sizes = [inputs, units, 10]
    figure, axes = plt.subplots(figsize=(9, 3.4), dpi=84)
    columns = [[(number, height) for height in np.linspace(-1, 1, min(size, 6))] for number, size in enumerate(sizes)]
    for left, right in zip(columns, columns[1:], strict=False):
        for a in left:
            for b in right:
                axes.plot(*np.transpose([a, b]), color="#999999", linewidth=0.5)
    for column, size in zip(columns, sizes, strict=True):
        axes.plot(*np.transpose(column), "o", markersize=9, color=BLUE, markeredgecolor="white")
        axes.text(column[0][0], -1.3, f"{size:,}", ha="center")
    for line, (before, after, layer) in enumerate(zip(sizes, sizes[1:], model.layers, strict=False)):
        count = f"{before:,} × {after:,} + {after:,} = {before * after + after:,}"
        axes.text(3, 0.6 - 0.3 * line, f"{layer.name}   {count}   {layer.count_params():,}")
    axes.text(3, 0, f"all parameters   {model.count_params():,}")
    axes.set(xlim=(-0.5, 6))
    axes.set_axis_off()
    return figure
