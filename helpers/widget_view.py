"""A widget where a kernel runs, and words wherever none does: on GitHub, in print, in an exported page."""

from IPython.display import display

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def show(widget, words):
    """Display an ipywidgets `widget`, and `words` (str) in its place where no kernel runs."""
    display(view(widget) | {"text/plain": words}, raw=True)


def view(widget):
    """Return the part of a display bundle, a dict, that stands for `widget` itself."""
    return {WIDGET_VIEW: {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}}
