"""The lab of lesson 05: when would EarlyStopping have stopped?"""

import ipywidgets
import numpy as np

from helpers.datasets import load_recorded
from helpers.labs.lab import Lab
from helpers.live import Label, LiveFigure
from helpers.palette import BLACK, BLUE, GREEN, ORANGE, RED
from helpers.training import replay_stopping

MONITORS = ("val_loss", "val_accuracy", "loss", "accuracy")


def stop(recorded=None):
    """Slide EarlyStopping's arguments over recorded runs: where it stops, which epoch's weights it leaves, their score.

    recorded: a table with the columns seed, epoch, loss, accuracy, val_loss, val_accuracy, test_accuracy, a row for
    each epoch of each run; by default the recorded run "overfitting". Raises `ValueError` for a table without them.
    """
    recorded = load_recorded("overfitting") if recorded is None else recorded
    missing = {"seed", "epoch", *MONITORS, "test_accuracy"} - set(recorded)
    if missing or not len(recorded):
        raise ValueError(f"recorded has {len(recorded)} rows and lacks {sorted(missing)}; allowed is a row an epoch")
    in_order = recorded.sort_values("epoch").groupby("seed")
    runs = {int(seed): run.reset_index(drop=True) for seed, run in in_order}
    longest = max(len(run) for run in runs.values())
    figure = LiveFigure(9, 3.4)
    left, right = (figure.figure.add_axes([edge, 0.15, 0.4, 0.68]) for edge in (0.07, 0.57))
    top = recorded[["loss", "val_loss"]].to_numpy().max()
    left.set(xlim=(0.5, longest + 0.5), ylim=(0, 1.05 * top), xlabel="epoch", ylabel="loss")
    low = recorded[["accuracy", "val_accuracy", "test_accuracy"]].to_numpy().min()
    right.set(xlim=(0.5, longest + 0.5), ylim=(low - 0.02, 1.01), xlabel="epoch", ylabel="accuracy")
    for axis, names in ((left, ("loss", "val_loss")), (right, ("accuracy", "val_accuracy", "test_accuracy"))):
        axis.grid(alpha=0.3)
        for name, color, style in zip(names, (BLUE, ORANGE, GREEN), ("-", "--", ":")):
            figure[name] = axis.plot([], [], style, color=color, linewidth=2, label=name)[0]
        axis.legend(frameon=False, fontsize=9, loc="center right")
        figure[f"stopped {names[0]}"] = axis.axvline(0, color=RED, linewidth=2)
        figure[f"kept {names[0]}"] = axis.plot([], [], "v", color=BLACK, markersize=9, clip_on=False)[0]
    figure["title"] = Label(figure.figure, 0.5, 0.92, "center", bold=True)

    def compute(run, monitor, mode, patience, min_delta, start_from_epoch, restore_best_weights):
        logs = runs[run]
        told = logs[list(MONITORS)].to_dict("records")
        arguments = dict(
            monitor=monitor, mode=mode, patience=patience, min_delta=min_delta,
            start_from_epoch=start_from_epoch, restore_best_weights=restore_best_weights,
        )  # fmt: skip
        ran, kept = replay_stopping(told, **arguments)
        longer, _ = replay_stopping([*told, told[-1]], **arguments)  # the last epoch, too, may be where it stopped
        score = float(logs["test_accuracy"][kept - 1])
        return dict(
            setting=f"seed {run}, {monitor}, patience {patience}", logs=logs, ran=ran, kept=kept,
            stopped=longer == ran, saved=len(logs) - ran, test_accuracy=score,
            best_test_accuracy=float(logs["test_accuracy"].max()),
        )  # fmt: skip

    controls = dict(
        run=ipywidgets.Dropdown(options=[(f"seed {seed}", seed) for seed in runs], description="run"),
        monitor=ipywidgets.Dropdown(options=MONITORS, description="monitor"),
        mode=ipywidgets.Dropdown(options=("auto", "min", "max"), description="mode"),
        patience=ipywidgets.IntSlider(5, 0, 20, description="patience"),
        min_delta=ipywidgets.FloatSlider(0, min=0, max=0.05, step=0.002, readout_format=".3f", description="min_delta"),
        start_from_epoch=ipywidgets.IntSlider(0, 0, 30, description="start_from_epoch"),
        restore_best_weights=ipywidgets.Checkbox(True, description="restore_best_weights"),
    )
    first, *others = runs
    second, third = (others + 2 * [first])[:2]
    stills = [{}, dict(run=second, monitor="accuracy"), dict(run=third, monitor="val_accuracy", patience=0)]
    lab = Lab("Stop!", figure, controls, compute, _draw, still=stills)
    controls["start_from_epoch"].style.description_width = "125px"  # Keras's name, whole
    return lab


def _draw(figure, state):
    logs, ran, kept = state["logs"], state["ran"], state["kept"]
    epochs = np.arange(1, len(logs) + 1)
    for name in (*MONITORS, "test_accuracy"):
        figure[name].set_data(epochs, logs[name])
    for name, marked in (("loss", "val_loss"), ("accuracy", "test_accuracy")):
        figure[f"stopped {name}"].set_xdata([ran, ran])
        figure[f"kept {name}"].set_data([kept], [logs[marked][kept - 1]])
    figure["title"].set_text(
        f"{state['setting']}: {'stopped after' if state['stopped'] else 'ran all'} {ran} (line), keeps {kept} (▼), "
        f"test accuracy {state['test_accuracy']:.1%}"
    )
    end = f"All {ran} epochs ran"
    if state["stopped"]:
        end = f"Stopped after epoch {ran}, {state['saved']} epochs saved"
    return (
        f"{end}; the weights are those of epoch {kept}, with a test accuracy of {state['test_accuracy']:.1%}. "
        f"The best epoch of this run, which only a look at the test could tell, has {state['best_test_accuracy']:.1%}."
    )
