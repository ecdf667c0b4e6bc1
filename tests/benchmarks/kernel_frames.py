"""How long the kernel needs for one frame of each lab: from the slider's value to the encoded picture."""

import io
import math

import as_interact
import matplotlib
import matplotlib.pyplot as plt
from measure import milliseconds, row

from helpers.authoring.recordings.robustness import lesson_network
from helpers.labs import (
    activations,
    callbacks,
    drawing,
    early_stopping,
    fit_parameters,
    gradient_descent,
    preprocessing,
    robustness,
    start_here,
)
from helpers.labs import hidden_layers as labs


def rows():
    """Return the rows of the table."""
    matplotlib.use("agg")
    return [*_playground(), *_parameter_counter(), *_later_lessons(), *_as_interact()]


def _playground():
    lab = labs.playground()
    yield row("playground, epoch slider, new epochs", _moving(lab, "epoch", range(1, labs.EPOCHS)))
    yield row("playground, epoch slider, trained epochs", _moving(lab, "epoch", range(labs.EPOCHS - 2, 0, -1)))
    lab.controls["epoch"].value = 0
    yield row("playground, units slider", _moving(lab, "units", [5, 6, 7, 8, 7, 6, 5, 4, 3, 2, 1, 2, 3, 4] * 4))


def _parameter_counter():
    lab = labs.parameter_counter()
    yield row("parameter counter, units slider, new values", _moving(lab, "units", range(101, 301)))
    yield row("parameter counter, inputs slider, new values", _moving(lab, "inputs", range(500, 700)))


def _later_lessons():
    yield row("ink, threshold slider", _moving(start_here.ink(), "threshold", range(1, 59)))
    lab = gradient_descent.secant_to_tangent()
    yield row("secant to tangent, h slider", _moving(lab, "h", [10.0**-power for power in range(1, 16)] * 4))
    lab = gradient_descent.descent()
    yield row("descent, step slider", _moving(lab, "step", [*range(21, 61), *range(59, 0, -1)]))
    lab = gradient_descent.graph()
    yield row("graph, price slider", _moving(lab, "price", range(20, 80)))
    lab = activations.activation_explorer()
    yield row("activation explorer, x slider", _moving(lab, "x", [step / 10 for step in range(-60, 60, 2)]))
    lab = activations.gradient_flow()
    yield row("gradient flow, layer slider", _moving(lab, "layer", [2, 3, 4, 5, 6, 7, 8, 9, 8, 7, 6, 5, 4, 3] * 4))
    yield row("gradient flow, depth slider, new depths", _moving(lab, "depth", [20, 1, 11, 2, 12, 3, 13, 4, 14, 5]))
    yield row("pixel inspector, column slider", _moving(preprocessing.pixel_inspector(), "column", [*range(28)] * 2))
    lab = preprocessing.scaling()
    yield row("scaling, learning rate slider", _moving(lab, "learning_rate", preprocessing.RATES * 8))
    lab = early_stopping.stop()
    yield row("stop!, patience slider", _moving(lab, "patience", [*range(6, 21), *range(19, 0, -1)] * 2))
    lab = fit_parameters.fit_arithmetic()
    yield row("fit arithmetic, batch_size slider", _moving(lab, "batch_size", range(17, 129)))
    yield row("the bag, draw slider", _moving(fit_parameters.bag(), "draw", [*range(1, 31)] * 2))
    yield row("live dashboard, look back slider", _moving(callbacks.live_dashboard(), "share", range(99, 39, -1)))
    networks = {name: lesson_network(name, seed=0) for name in ("MLP", "MLP + augmentation", "CNN + augmentation")}
    yield row("break it, angle slider, three networks", _moving(robustness.break_it(networks), "angle", range(1, 121)))
    lab = drawing.draw_a_digit({name: networks[name] for name in ("MLP", "CNN + augmentation")})
    yield row("draw a digit, pen on the pad, two networks", _drawing(lab))


def _drawing(lab):
    pad = lab.widget.children[1].children[0]
    around = [[0.5 + 0.3 * math.cos(step / 9), 0.5 + 0.4 * math.sin(step / 9)] for step in range(120)]
    return milliseconds(lambda length: pad.set_trait("strokes", [around[:length]]), range(1, 121))


def _as_interact():
    def shown(draw):
        def frame(value):
            figure = draw(value)
            figure.savefig(io.BytesIO(), format="png")
            plt.close(figure)

        frame(1)  # imports, fonts, and Keras's compiling of predict are not counted
        return lambda values: milliseconds(frame, values)

    yield row("playground as interact: new figure + model.predict", shown(as_interact.playground)(range(1, 61)))
    count = shown(lambda units: as_interact.parameter_counter(units=units))
    yield row("parameter counter as interact: new figure + new model", count(range(101, 161)))


def _moving(lab, name, values):
    times = milliseconds(lambda value: lab.controls[name].set_trait("value", value), values)
    if lab.error is not None:
        raise lab.error
    return times
