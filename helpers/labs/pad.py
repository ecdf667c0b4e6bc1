"""A pad to draw on by mouse, pen or finger: the one widget of the course that ipywidgets does not have.

Importing this module needs anywidget, https://anywidget.dev; the lab that uses it does without where there is none.
On Colab anywidget switches to another widget manager, which cannot show Accordion or Tab: keep them away from it.
"""

from pathlib import Path

import anywidget
import traitlets

from helpers.strokes import PEN


class Pad(anywidget.AnyWidget):
    """A square pad. Its strokes follow the pen while it draws; set to [] in Python, they clear it."""

    _esm = Path(__file__).with_name("pad.js")
    strokes = traitlets.List(help="strokes as in `helpers.strokes`, as the browser sent them").tag(sync=True)
    pen = traitlets.Float(PEN, help="width of the pen, as a share of the pad's side").tag(sync=True)

    def __repr__(self):
        return "Pad()"  # anywidget's own holds an address, another one in each run

    def display_metadata(self):
        """Return the metadata that an output showing this pad must carry: on Colab, which widget manager to use."""
        return self._repr_mimebundle_()[1]
