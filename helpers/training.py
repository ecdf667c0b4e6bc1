"""progress(): one line that says how far training is."""

import html
import time

import ipywidgets
from IPython.display import display


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
        view = {"version_major": 2, "version_minor": 0, "model_id": line.model_id}
        display({"application/vnd.jupyter.widget-view+json": view, "text/plain": ""}, raw=True)

    def epoch_end(epoch, logs=None):
        nonlocal shown
        if time.monotonic() - shown < 0.1:
            return
        shown = time.monotonic()
        results = ", ".join(f"{name} {value:.3f}" for name, value in (logs or {}).items())
        line.value = html.escape(f"{label}: epoch {epoch + 1} of {callback.params['epochs']}, {results}")

    def end(logs=None):
        line.value = ""

    callback = keras.callbacks.LambdaCallback(on_train_begin=begin, on_epoch_end=epoch_end, on_train_end=end)
    return callback
