"""Still pictures for the lessons: they draw what they are given and compute nothing that is being taught."""

import itertools

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

from helpers.palette import BLACK, BLUE, CYCLE, ORANGE, RED, two_sided

plt.rcParams.update({
    "figure.dpi": 80,
    "figure.constrained_layout.use": True,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "font.size": 11,
    "legend.frameon": False,
})  # fmt: skip


def show_points(planes, labels, coordinates):
    """Show two-class points in one plane or several, side by side.

    planes: title → points (n, 2); labels: (n,), 0 (orange triangles) or 1 (blue circles); coordinates: for each plane
    what its two numbers are, as "input", which names the axes "input 1" and "input 2".
    Raises `ValueError` for no planes, points of another shape, other labels, and another number of names.
    """
    planes, labels = {title: np.asarray(points) for title, points in planes.items()}, _two_classes(labels)
    for title, points in planes.items():
        if points.shape != (len(labels), 2):
            raise ValueError(f"planes[{title!r}] has shape {points.shape}; allowed is ({len(labels)}, 2)")
    if isinstance(coordinates, str) or len(coordinates) != len(planes):
        raise ValueError(f"coordinates is {coordinates!r}; allowed is a list of {len(planes)} names, one a plane")
    for axis, (title, points), name in zip(_row(planes, height=3.4), planes.items(), coordinates):
        _scatter(axis, points, labels)
        axis.set(title=title, xlabel=f"{name} 1", ylabel=f"{name} 2")
    plt.show()


def show_surfaces(models, points, labels):
    """Show what each network answers over the plane, the border at 0.5, and the points.

    models: title → a function or Keras model from points (n, 2) to the probability of class 1, (n, 1);
    points: (n, 2); labels: (n,), 0 (orange triangles) or 1 (blue circles). Raises `ValueError` for other labels, and
    for points and answers of another shape.
    """
    points, labels = np.asarray(points), _two_classes(labels)
    if points.shape != (len(labels), 2):
        raise ValueError(f"points has shape {points.shape}; allowed is ({len(labels)}, 2)")
    side = np.linspace(-1.3, 1.3, 120, dtype="float32")
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    for axis, (title, model) in zip(_row(models, height=3.4), models.items()):
        probability = np.asarray(model(grid))
        if probability.shape != (len(grid), 1):
            raise ValueError(f"models[{title!r}] turns {grid.shape} into {probability.shape}; allowed is (n, 1)")
        probability = probability.reshape(120, 120)
        axis.imshow(two_sided(2 * probability - 1), origin="lower", extent=(-1.3, 1.3, -1.3, 1.3))
        axis.contour(side, side, probability, levels=[0.5], colors=BLACK, linewidths=2)
        _scatter(axis, points, labels)
        axis.set(title=title, xlabel="input 1", ylabel="input 2", xlim=(-1.3, 1.3), ylim=(-1.3, 1.3))
        axis.grid(False)
    plt.show()


def show_arrows(points, fields):
    """Show fields of arrows over the plane, side by side; within a field, lengths compare.

    points: (n, 2), where the arrows start; fields: title → arrows (n, 2).
    Raises `ValueError` for no fields and for arrows of another shape.
    """
    points = np.asarray(points)
    fields = {title: np.asarray(arrows) for title, arrows in fields.items()}
    for title, arrows in fields.items():
        if arrows.shape != points.shape:
            raise ValueError(f"fields[{title!r}] has shape {arrows.shape}; allowed is {points.shape}")
    for axis, (title, arrows) in zip(_row(fields, height=3.4), fields.items()):
        longest = np.linalg.norm(arrows, axis=1).max()
        size = np.ptp(points, axis=0).max()
        scale = 5 * longest / size
        axis.quiver(*points.T, *arrows.T, color=BLUE, angles="xy", scale_units="xy", scale=scale, width=0.008)
        axis.plot(*points.T, ".", color=BLACK, markersize=3)
        axis.set(title=title, xlabel="x₀", ylabel="x₁", aspect="equal")
        axis.margins(0.12)
    plt.show()


def show_curves(curves, x=None, xlabel="epoch", ylabel="loss", dots=None, xscale="linear", yscale="linear",
                xticks=None):  # fmt: skip
    """Draw named curves, told apart by colour and by line style.

    curves: name → values (n,); x: (n,), the same for all curves, by default 1, 2, …, n;
    dots: (x, y) of measured points drawn behind the curves; xscale, yscale: matplotlib's, "linear" or "log";
    xticks: (m,), the numbers at the axis, by default matplotlib's choice. The key of four curves or more, which
    could hide one of them, stands beside the axes. Raises `ValueError` for no curves.
    """
    if not curves:
        raise ValueError("curves is empty; allowed is a dict of one curve or more: name → values")
    beside = len(curves) > 3
    figure, axis = plt.subplots(figsize=(9 if beside else 7, 3.2))
    if dots is not None:
        axis.plot(np.ravel(dots[0]), np.ravel(dots[1]), ".", color="#888888", markersize=4, label="data")
    for (name, values), (color, style, _) in zip(curves.items(), itertools.cycle(CYCLE)):
        values = np.ravel(values)
        places = np.arange(1, len(values) + 1) if x is None else np.ravel(x)
        axis.plot(places, values, style, color=color, label=name)
    axis.set(xlabel=xlabel, ylabel=ylabel, xscale=xscale, yscale=yscale)
    if yscale == "log":
        axis.yaxis.set_major_formatter("{x:,g}")
    if xscale == "log":
        axis.xaxis.set_major_formatter("{x:,g}")
    elif places.dtype.kind in "iu":  # there is no half epoch
        axis.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    if xticks is not None:
        axis.set_xticks(xticks)
    axis.legend(**dict(loc="upper left", bbox_to_anchor=(1, 1)) if beside else {})
    plt.show()


def show_spread(groups, xlabel):
    """Show every single measurement of each named group as a mark, and the group's mean as a dash.

    groups: name → values (n,). Within a group the marks stand at different heights, so that none hides another.
    """
    figure, axis = plt.subplots(figsize=(7, 0.7 + 0.55 * len(groups)))
    for row, (values, (color, _, marker)) in enumerate(zip(groups.values(), itertools.cycle(CYCLE))):
        heights = row + np.random.default_rng(0).permutation(np.linspace(-0.2, 0.2, len(values)))
        size = 6 if len(values) < 20 else 3
        axis.plot(values, heights if len(values) > 1 else [row], marker, color=color, markersize=size, alpha=0.8)
        axis.plot([np.mean(values)] * 2, [row - 0.35, row + 0.35], color=BLACK)
    axis.set(yticks=range(len(groups)), yticklabels=list(groups), xlabel=xlabel, ylim=(len(groups) - 0.5, -0.5))
    plt.show()


def show_pairs(table, xlabel):
    """Show two measurements of each thing as two marks in one row, joined by a line: a row from which to read a change.

    table: a pandas DataFrame with two columns of numbers, named in the key; its index names the rows, top to bottom.
    Raises `ValueError` for another number of columns.
    """
    if table.shape[1] != 2:
        raise ValueError(f"table has {table.shape[1]} columns; allowed are two")
    figure, axis = plt.subplots(figsize=(8, 0.8 + 0.26 * len(table)))
    rows = np.arange(len(table))
    axis.hlines(rows, table.min(axis=1), table.max(axis=1), color="#999999")
    for name, (color, _, marker) in zip(table, CYCLE):
        axis.plot(table[name], rows, marker, color=color, markersize=8, label=name)
    axis.set(yticks=rows, yticklabels=table.index, xlabel=xlabel, ylim=(len(table) - 0.5, -0.5))
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
    plt.show()


def show_pictures(pictures, titles=None, columns=10, signed=False, largest=None):
    """Show pictures (n, height, width) in rows of `columns`, a title above each if given.

    As ink on paper, each from 0 to its own largest value; with `signed`, negative values are orange, zero is
    white and positive ones blue, each picture up to its own largest absolute value. With `largest`, a number
    above 0, all pictures share one scale, and that value is the darkest.
    Raises `ValueError` if `pictures` is empty or has another number of dimensions, `titles` another length, or
    `columns` or `largest` another value.
    """
    pictures = np.asarray(pictures, float)
    if pictures.ndim != 3 or len(pictures) == 0:
        raise ValueError(f"pictures has shape {pictures.shape}; allowed is (n, height, width), n from 1")
    if titles is not None and len(titles) != len(pictures):
        raise ValueError(f"titles has {len(titles)} entries for {len(pictures)} pictures")
    if columns < 1:
        raise ValueError(f"columns is {columns!r}; allowed is a whole number from 1")
    if largest is not None and not largest > 0:
        raise ValueError(f"largest is {largest!r}; allowed is a number above 0, or None")
    rows = -(-len(pictures) // columns)
    side = np.clip(9.5 / columns, 0.95, 1.6)  # inches: few pictures in a row are shown larger
    size = (side * columns, rows * (side + (0.25 if titles is not None else 0.03)))
    figure, axes = plt.subplots(rows, columns, figsize=size, squeeze=False)
    for axis in axes.flat[len(pictures) :]:
        axis.set_axis_off()
    for number, (axis, picture) in enumerate(zip(axes.flat, pictures)):
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set(visible=True, color="#cccccc", linewidth=0.5)  # the frame, to see what leaves it
        scaled = np.clip(picture / (largest or max(np.abs(picture).max(), 1e-12)), -1, 1)
        axis.imshow(two_sided(scaled) if signed else np.stack([1 - scaled] * 3, axis=-1))
        if titles is not None:
            axis.set_title(titles[number], fontsize=9 if side < 1.1 else 11)
    plt.show()


def show_rows(rows, titles, xlabel):
    """Show rows of numbers (n, length), 0 or above, as strips of ink, one under the other, each to its own largest.

    Raises `ValueError` unless there is a title for each row.
    """
    rows = np.asarray(rows, float)
    if rows.ndim != 2 or len(titles) != len(rows):
        raise ValueError(f"rows has shape {rows.shape} and titles {len(titles)} entries; allowed is (n, length) and n")
    figure, axes = plt.subplots(len(rows), 1, figsize=(9, 0.4 + 0.6 * len(rows)), squeeze=False, sharex=True)
    for axis, row, title in zip(axes.flat, rows, titles):
        axis.imshow(row[None], cmap="Greys", vmin=0, aspect="auto", interpolation="nearest")
        axis.set_yticks([0], [title])
        axis.grid(False)
    axes.flat[-1].set_xlabel(xlabel)
    plt.show()


def show_heatmap(table, xlabel, ylabel, label):
    """Show a pandas table as a heat map with its numbers written in; the best cell has a frame and a star."""
    values = table.to_numpy(float)
    figure, axis = plt.subplots(figsize=(1.2 * values.shape[1] + 1.5, 0.6 * values.shape[0] + 1.1))
    image = axis.imshow(values, cmap="cividis", aspect="auto")
    best = np.unravel_index(values.argmax(), values.shape)
    middle = (values.min() + values.max()) / 2
    for row, column in np.ndindex(values.shape):
        star = " ★" if (row, column) == best else ""
        color = "black" if values[row, column] > middle else "white"
        axis.text(column, row, f"{values[row, column]:.1%}{star}", ha="center", va="center", color=color)
    corner = best[1] - 0.5, best[0] - 0.5
    axis.add_patch(plt.Rectangle(corner, 1, 1, fill=False, color=RED, linewidth=3, clip_on=False))
    axis.set(xlabel=xlabel, ylabel=ylabel, xticks=range(values.shape[1]), yticks=range(values.shape[0]))
    for names, set_labels in ((table.columns, axis.set_xticklabels), (table.index, axis.set_yticklabels)):
        set_labels([name if isinstance(name, str) else f"{name:,}" for name in names])
    axis.grid(False)
    figure.colorbar(image, label=label)
    plt.show()


def show_order(names):
    """Show in which order things happened: a row for each name, the first at the top, and a mark for each time.

    names: what happened, one after the other, list of str.
    """
    rows = {name: row for row, name in enumerate(dict.fromkeys(names))}
    figure, axis = plt.subplots(figsize=(8.5, 0.6 + 0.26 * len(rows)))
    axis.plot(range(1, len(names) + 1), [rows[name] for name in names], "-", color="#bbbbbb", linewidth=1)
    axis.plot(range(1, len(names) + 1), [rows[name] for name in names], "o", color=BLUE, markersize=6)
    axis.set(yticks=range(len(rows)), yticklabels=list(rows), ylim=(len(rows) - 0.5, -0.5), xlabel="call number")
    plt.show()


def show_confusion(counts):
    """Show a confusion matrix with its counts; the darker a cell off the diagonal, the more mistakes.

    counts: (classes, classes) whole numbers, a row for each true class and a column for each answer.
    Raises `ValueError` for another shape.
    """
    counts = np.asarray(counts)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise ValueError(f"counts has shape {counts.shape}; allowed is (classes, classes)")
    mistakes = np.where(np.eye(len(counts), dtype=bool), 0, counts)
    figure, axis = plt.subplots(figsize=(0.6 * len(counts) + 1, 0.45 * len(counts) + 1))
    axis.imshow(mistakes, cmap="Oranges", aspect="auto", vmax=max(1, 1.3 * mistakes.max()))
    for row, column in np.ndindex(counts.shape):
        weight = "bold" if row == column else "normal"
        axis.text(column, row, f"{counts[row, column]:,}", ha="center", va="center", weight=weight)
    axis.set(xlabel="answer", ylabel="true class", xticks=range(len(counts)), yticks=range(len(counts)))
    axis.grid(False)
    plt.show()


def _row(named, height):
    """Return axes side by side, one for each entry of a dict; raise `ValueError` for an empty one."""
    if not named:
        raise ValueError("there is nothing to show; allowed is a dict of one or more: title → values")
    return plt.subplots(1, len(named), figsize=(height * 1.1 * len(named), height), squeeze=False)[1][0]


def _two_classes(labels):
    """Return labels as an array; raise `ValueError` for other labels than 0 and 1, which `_scatter` would leave out."""
    labels = np.asarray(labels)
    if not np.isin(labels, (0, 1)).all():
        raise ValueError(f"labels has the classes {np.unique(labels).tolist()}; allowed are 0 and 1")
    return labels


def _scatter(axis, points, labels):
    for label, color, marker in ((0, ORANGE, "^"), (1, BLUE, "o")):
        axis.plot(*points[labels == label].T, marker, color=color, markersize=5, markeredgecolor="white",
                  markeredgewidth=0.6, label=f"class {label}")  # fmt: skip


def show_shares(tables, xlabel, ylabel):
    """Show tables of shares side by side, each cell the darker the larger; rows are numbered from 0.

    tables: title → shares (rows, columns), 0 (white) to 1 (black).
    """
    figure, axes = plt.subplots(1, len(tables), figsize=(4.6 * len(tables), 2.9), squeeze=False)
    for axis, (title, shares) in zip(axes[0], tables.items()):
        shares = np.asarray(shares)
        axis.imshow(shares, cmap="gray_r", vmin=0, vmax=1, aspect="auto")
        axis.set(title=title, xlabel=xlabel, ylabel=ylabel, yticks=range(len(shares)))
        axis.grid(False)
    plt.show()
