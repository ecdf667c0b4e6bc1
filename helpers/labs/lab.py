"""Lab: controls → a pure function → a drawing, and everything in between."""

import html

import ipywidgets
import numpy as np
from PIL import Image

from helpers.live import encode
from helpers.widget_view import view


class Lab:
    """An interactive experiment: move a control and the figure follows.

    Attributes:
        controls: name → ipywidget; setting a control's `value` in Python has the effect of moving it.
        figure: the `LiveFigure`.
        state: what `compute` returned for the controls' present values, as plain data; after an error, for the last
            values that could be shown.
        error: the exception that the last change raised, or None.
        metadata: of the output that shows the lab, a dict; a widget from outside ipywidgets may need some.
    """

    def __init__(self, title, figure, controls, compute, draw, still, buttons=()):
        """Wire the parts together and draw the first frame.

        title: the lab's name, shown above it.
        compute: called with every control's value by name; returns the state, a dict. It draws nothing.
        draw: called with the figure and the state; changes the figure's artists and returns one sentence
            that says what the picture shows, for those who cannot see it.
        still: list of dicts of control values; the frames they give, one under the other, are the picture
            where no kernel runs (GitHub, a printed page).
        buttons: other widgets, shown above the controls, side by side where there is room; they move the
            controls, or call `refresh` when they change what `compute` looks at.
        Raises `ValueError` if `still` is empty or names a control that does not exist.
        """
        unknown = {name for values in still for name in values} - set(controls)
        if unknown or not still:
            raise ValueError(f"still is {still!r}; allowed is a list of dicts with the keys {', '.join(controls)}")
        self.title, self.figure, self.controls = title, figure, controls
        self.state, self.error, self.metadata, self._shown = {}, None, {}, None
        self._compute, self._draw, self._still = compute, draw, still
        self._sentence = ipywidgets.HTML()
        for control in controls.values():
            control.style.description_width = "110px"
            control.observe(self._changed, names="value")
        self.widget = ipywidgets.VBox([
            ipywidgets.HTML(f"<b>Lab: {html.escape(title)}</b>"),
            ipywidgets.HBox(list(buttons), layout=ipywidgets.Layout(flex_flow="row wrap")),
            ipywidgets.GridBox(list(controls.values()), layout=_COLUMNS),
            figure.widget,
            self._sentence,
        ])  # fmt: skip
        self._changed()

    def values(self):
        """Return the controls' present values by name."""
        return {name: control.value for name, control in self.controls.items()}

    def refresh(self):
        """Draw again with the controls as they are: what `compute` looks at has changed."""
        self._shown = None
        self._changed()

    def _changed(self, _change=None):
        values = self.values()
        if values == self._shown:
            return  # another control's observer has reset one, and with that drawn this frame already
        try:
            self.state = self._show(values)
            self.error = None
        except Exception as error:  # JupyterLab would swallow it: the learner is told here instead
            self.error = error
            words = html.escape(f"{type(error).__name__}: {error}")
            self._sentence.value = f"<b>⚠ This setting failed.</b> {words}. Move a control to go on."

    def _show(self, values):
        self._shown = None
        state = self._compute(**values)
        sentence = self._draw(self.figure, state)
        self.figure.redraw()
        self._sentence.value = html.escape(sentence)
        self._shown = values
        return state

    def still(self):
        """Return the still picture as the bytes of a PNG file."""
        frames = []
        try:
            for values in self._still:
                self._show(self.values() | values)
                frames.append(np.asarray(self.figure.frame()))
        finally:
            self.refresh()
        return encode(Image.fromarray(np.concatenate(frames)), "png")

    def _repr_mimebundle_(self, include=None, exclude=None):
        """Show the live widget where a kernel runs, and the still picture everywhere else.

        While the present setting fails there is no picture: the widget says why.
        """
        data = view(self.widget) | {"text/plain": f"Lab: {self.title}"}
        if self.error is None:
            data["image/png"] = self.still()
        return data, self.metadata


_COLUMNS = ipywidgets.Layout(grid_template_columns="repeat(auto-fill, minmax(320px, 1fr))", max_width="1000px")
