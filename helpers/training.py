"""Training watched: progress() and watch() follow it, layer_gradients() says what reaches
each layer, replay_stopping() when EarlyStopping would have stopped."""

import contextlib
import functools
import html
import time

import ipywidgets
import numpy as np

from helpers.widget_view import show


def progress(label="training"):
    """Return a Keras callback that shows one line, updated in place at most ten times a second.

    Use it as `model.fit(…, verbose=0, callbacks=[progress()])`. The line names the `label`, the epoch and the
    epoch's results, and disappears when training ends: what the lesson says next is about the result.
    Stored notebooks keep nothing of it.
    """
    import keras

    line = ipywidgets.HTML()
    shown = 0.0

    def begin(logs=None):
        nonlocal shown
        shown = 0.0
        show(line, "")

    def epoch_end(epoch, logs=None):
        nonlocal shown
        if time.monotonic() - shown < 0.1:
            return
        shown = time.monotonic()
        numbers = {name: value for name, value in (logs or {}).items() if np.ndim(value) == 0}  # F1Score gives a row
        results = ", ".join(f"{name} {value:.3f}" for name, value in numbers.items())
        line.value = html.escape(f"{label}: epoch {epoch + 1} of {callback.params['epochs']}, {results}")

    def end(logs=None):
        line.value = ""

    callback = keras.callbacks.LambdaCallback(on_train_begin=begin, on_epoch_end=epoch_end, on_train_end=end)
    return callback


def layer_gradients(model, x, y):
    """Return the gradient of a batch's loss with respect to each layer's kernel: layer name → NumPy array.

    model: a compiled Keras model that has its weights.
    x, y: one batch as `model.fit` takes it: arrays (samples, …) of numbers, equally many.

    Each array has the kernel's shape and dtype. Told is every layer with an attribute `kernel` (Dense,
    Conv2D, …; not LSTM, whose cell has it), from the input side on, frozen ones too; a layer of a model within the
    model is named "model/layer".
    The gradient is the one that `fit` would follow on this batch: Dropout and BatchNormalization work as in
    training, and the loss includes penalties on weights. Afterwards the model, moving averages and random seeds
    included, is as it was. By `tf.GradientTape`, https://www.tensorflow.org/guide/autodiff
    Raises `ValueError` for a model without weights or without a loss, and for a batch that does not fit it.
    """
    import tensorflow as tf

    x, y = _batch_for(model, x, y)
    kernels = dict(_kernels(model))
    with _unchanged(model), tf.GradientTape() as tape:
        tape.watch([kernel.value for kernel in kernels.values()])  # a frozen layer's would be left out
        try:
            output = model(x, training=True)
        except (ValueError, tf.errors.InvalidArgumentError) as error:
            told = f"x has shape {x.shape} and values from {x.min()} to {x.max()}"
            raise ValueError(f"{told}; the model cannot take them") from error
        if not tf.is_tensor(output):
            raise ValueError(f"model answers with a {type(output).__name__}; allowed is a model with one output")
        try:
            loss = model.compute_loss(x, y, output)
        except (ValueError, tf.errors.InvalidArgumentError) as error:
            raise ValueError(
                f"y has shape {y.shape} and values from {y.min()} to {y.max()}; "
                f"the model's loss cannot compare them with its output of shape {tuple(output.shape)}"
            ) from error
    values = [kernel.value for kernel in kernels.values()]
    gradients = tape.gradient(loss, values, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return {name: gradient.numpy() for name, gradient in zip(kernels, gradients)}


def gradient_norms(model, x, y):
    """Return the size of each layer's gradient, a float: the root of the mean square of `layer_gradients`.

    The mean, not the sum of the L2 norm: a layer does not count as larger for having more weights.
    """
    return {name: root_mean_square(gradient) for name, gradient in layer_gradients(model, x, y).items()}


def root_mean_square(values):
    """Return the size of a typical one of `values`, an array of any shape: a float ≥ 0."""
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))  # 1e-25 squared is 0 as float32


def _batch_for(model, x, y):
    """Return `x` and `y` as arrays. Raises `ValueError` unless `model` can compute its loss on them."""
    import keras

    if not isinstance(model, keras.Model):
        raise ValueError(f"model is of type {type(model).__name__}; allowed is a Keras model")
    if not model.built:
        raise ValueError("model has no weights yet; start it with keras.Input(shape=…)")
    if not model.compiled or model.loss is None:
        raise ValueError("model has no loss yet; give it one: model.compile(loss=…, optimizer=…)")
    x, y = np.asarray(x), np.asarray(y)
    for name, values in {"x": x, "y": y}.items():
        if values.dtype.kind not in "biuf" or values.size == 0 or values.ndim == 0:
            raise ValueError(f"{name} has dtype {values.dtype}, shape {values.shape}; allowed is an array of numbers")
    if len(x) != len(y):
        raise ValueError(f"x has {len(x)} samples and y has {len(y)}; allowed are equally many")
    expected = getattr(model, "input_shape", None)  # a subclassed model does not tell
    if isinstance(expected, tuple) and None not in expected[1:] and _sizes(x.shape) != _sizes(expected):
        raise ValueError(f"x has shape {x.shape}; the model takes {expected}, None being the number of samples")
    return x, y


def _sizes(shape):
    """The sides of one sample; Keras adds and drops sides of 1 itself."""
    return [side for side in shape[1:] if side != 1]


def _kernels(model, prefix=""):
    """Yield name and kernel of every layer that has one, those of models within `model` included."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from _kernels(layer, f"{prefix}{layer.name}/")
        elif hasattr(layer, "kernel"):
            yield prefix + layer.name, layer.kernel


@contextlib.contextmanager
def _unchanged(model):
    """Put back what a forward pass in training changes: moving averages, random seeds."""
    before = [(variable, variable.numpy().copy()) for variable in model.variables if not variable.trainable]
    try:
        yield
    finally:
        for variable, value in before:
            variable.assign(value)


SHARE_FOR_WATCHING = 0.03  # of the training's time


class Watched:
    """What `fit` said after each batch, and how far some of the batches moved each layer's weights.

    Attributes:
        loss, accuracy: lists of float, one a batch (with `steps_per_execution`, one an execution: Keras tells no
            more): the mean since the epoch began, as Keras reports it; the accuracy of a model that measures none is
            NaN.
        epochs: list of int, the number of entries in `loss` at the end of each epoch.
        speeds: layer name → list of (entries in `loss`, change of the layer's kernel by the last of them): the L2 norm
            of the change, divided by that of the kernel before it. Changes of many batches together would not do: they
            cancel in part.
        seconds: float, spent on watching and drawing; training_seconds: float, all of fit's.
    """

    def __init__(self):
        self.clear()

    def clear(self):
        """Forget everything: training begins."""
        self.loss, self.accuracy, self.epochs, self.speeds = [], [], [], {}
        self.seconds = self.training_seconds = 0.0


def watch(watched, lab):
    """Return a Keras callback that fills `watched` and lets `lab`, which draws it, follow while `fit` runs.

    It writes down two numbers a batch (with `steps_per_execution`, two an execution). It measures the weights and
    draws only while watching has taken less than 3 % of the time since training began; it draws once more at the end.
    Raises `ValueError` unless `watched` is a `Watched`.
    """
    import keras

    if not isinstance(watched, Watched):
        raise ValueError(f"watched is {watched!r}; allowed is a Watched()")

    class Watch(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            watched.clear()
            self.start = time.perf_counter()
            self.before = None  # the kernels before the batch that is to be measured

        def on_train_batch_end(self, batch, logs=None):
            began = time.perf_counter()
            watched.loss.append(float(logs["loss"]))
            accuracies = (value for name, value in logs.items() if _is_accuracy(name))
            watched.accuracy.append(float(next(accuracies, np.nan)))
            if self.before is not None:  # empty for a network without weight matrices
                self.measure()
                lab.refresh()
                self.before = None
            elif watched.seconds < SHARE_FOR_WATCHING * (began - self.start):
                self.before = self.kernels()
            watched.seconds += time.perf_counter() - began

        def on_epoch_end(self, epoch, logs=None):
            watched.epochs.append(len(watched.loss))

        def on_train_end(self, logs=None):
            began = time.perf_counter()
            lab.refresh()
            watched.seconds += time.perf_counter() - began
            watched.training_seconds = time.perf_counter() - self.start

        def measure(self):
            for name, kernel in self.kernels().items():
                size = np.linalg.norm(self.before[name])
                if size:  # of a kernel of zeros no change is a share
                    change = np.linalg.norm(kernel - self.before[name]) / size
                    watched.speeds.setdefault(name, []).append((len(watched.loss), float(change)))

        def kernels(self):
            return {name: kernel.numpy().copy() for name, kernel in _kernels(self.model)}

    return Watch()


def _is_accuracy(name):
    """Whether Keras calls an accuracy so: "acc", "accuracy", "binary_accuracy", but no "top_k_categorical_accuracy"."""
    return name == "acc" or name.endswith("accuracy") and "top_k" not in name


def replay_stopping(logs, **arguments):
    """Return (epochs run, epoch kept), both counted from 1: what Keras's EarlyStopping does when told these logs.

    logs: a list of dicts, one an epoch, as `fit` gives them to callbacks; arguments: those of
    `keras.callbacks.EarlyStopping`. The epoch kept is the one whose weights the model has in the end.
    Raises `ValueError` for no logs, and what `EarlyStopping` raises for wrong arguments.
    """
    import keras

    if not logs:
        raise ValueError("logs is empty; allowed is one dict or more, one an epoch")
    model = _StandIn()
    stopping = keras.callbacks.EarlyStopping(**arguments)
    stopping.set_model(model)
    stopping.on_train_begin()
    for epoch, told in enumerate(logs):
        model.epoch = epoch + 1
        stopping.on_epoch_end(epoch, told)
        if model.stop_training:
            break
    ran = model.epoch
    stopping.on_train_end()
    return ran, model.epoch


class _StandIn:
    """A model as far as EarlyStopping looks at one; its weights are the number of its epoch."""

    stop_training = False
    epoch = 0

    @property
    def metrics(self):
        return _metrics_of_a_classifier()

    def get_weights(self):
        return self.epoch

    def set_weights(self, weights):
        self.epoch = weights


@functools.cache
def _metrics_of_a_classifier():
    """The metrics of a compiled and fitted model, by which mode "auto" knows that accuracy is to grow."""
    import keras

    # Named and not drawn at random, so that the learner's next network has its usual names and weights.
    output = keras.layers.Dense(2, activation="softmax", kernel_initializer="zeros", name="output")
    model = keras.Sequential([keras.Input((1,), name="input"), output], name="classifier")
    model.compile(loss="sparse_categorical_crossentropy", optimizer="sgd", metrics=["accuracy"])
    model.fit(np.zeros((2, 1)), np.zeros(2), verbose=0)
    return model.metrics
