"""Every argument of Keras's `fit`, read from its signature, with what it decides and when to touch it."""

import inspect

#: Argument of `fit` → what it decides, when to touch it.
TEXTS = {
    "x": ("the inputs: an array, a tensor, a table, or a stream of batches", "always"),
    "y": ("the targets, one for each input", "always, unless x is a stream that brings them"),
    "batch_size": ("how many samples go into one update; None means 32", "to trade time against updates"),
    "epochs": ("how many epochs, if none lie behind you", "nearly always"),
    "verbose": ("what is printed: 0 nothing, 1 a bar, 2 a line an epoch", "2 for log files, 0 in scripts"),
    "callbacks": ("who is called at every turn of the training", "to stop early, save, watch"),
    "validation_split": ("which share, taken from the end, is held back", "for a quick look at mixed data"),
    "validation_data": ("data to be tested on after each epoch", "when you have split the data yourself"),
    "shuffle": ("whether the training samples are mixed anew each epoch", "False only if the order is the point"),
    "class_weight": ("how much the loss of each class counts", "for rare classes"),
    "sample_weight": ("how much the loss of each sample counts", "for samples you trust less or need more"),
    "initial_epoch": ("the number to begin counting at", "when you go on with an earlier training"),
    "steps_per_epoch": ("after how many batches an epoch ends; None means after all", "for endless streams"),
    "validation_steps": ("after how many batches validation ends; None means after all", "for endless streams"),
    "validation_batch_size": ("the size of batches in validation; None means batch_size", "for speed or memory"),
    "validation_freq": ("after which epochs to validate: every n-th, or a list", "if validation is slow"),
}


def markdown_table():
    """Return a Markdown table (str) with a row for each argument of `keras.Model.fit`, in Keras's order.

    Names and defaults are read from the installed Keras. Raises `ValueError` if it has an argument that `TEXTS`
    does not explain, or lacks one that it does.
    """
    defaults = fit_defaults()
    if set(defaults) != set(TEXTS):
        raise ValueError(
            f"the installed Keras differs from this course in fit's {sorted(set(defaults) ^ set(TEXTS))}; "
            f"allowed are {', '.join(TEXTS)}"
        )
    rows = ["| argument | decides | default | touch it |", "|---|---|---|---|"]
    for name, default in defaults.items():
        decides, touch = TEXTS[name]
        rows.append(f"| `{name}` | {decides} | `{default!r}` | {touch} |")
    return "\n".join(rows)


def fit_defaults():
    """Return the installed Keras's arguments of `fit`, in order: name → default."""
    import keras

    parameters = inspect.signature(keras.Model.fit).parameters
    return {name: parameter.default for name, parameter in parameters.items() if name != "self"}
