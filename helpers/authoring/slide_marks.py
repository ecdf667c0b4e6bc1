"""Which cell begins a slide, when a notebook is shown as a lecture.

The mark is stored in the cell, where `jupyter nbconvert --to slides` and JupyterLab look for it.
"""

import re

from nbformat import NotebookNode

_EXERCISE = re.compile(r"\bex\.q\d+\.")


def slide_types(nb: NotebookNode) -> list[str]:
    """What each cell of `nb` is in a lecture.

    "slide" begins a section, "subslide" is the next slide below, "-" stays on the slide. "skip" is left out: the
    setup with the text before it, and the cells in which learners answer an exercise, with check, hint and solution.
    """
    types = []
    for cell, following in zip(nb.cells, [*nb.cells[1:], NotebookNode(metadata={})]):
        if _is_setup(cell) or (_is_setup(following) and types):
            types.append("skip")
        elif cell.cell_type == "code":
            types.append("skip" if _EXERCISE.search(cell.source) else "-")
        else:
            types.append("slide" if re.match(r"##? ", cell.source) else "subslide")
    return types


def mark(nb: NotebookNode) -> None:
    """Write into each cell of `nb` what it is in a lecture; a cell without a mark stays on the slide."""
    for cell, slide_type in zip(nb.cells, slide_types(nb)):
        cell.metadata.pop("slideshow", None)
        if slide_type != "-":
            cell.metadata["slideshow"] = {"slide_type": slide_type}


def _is_setup(cell: NotebookNode) -> bool:
    return "setup" in cell.metadata.get("tags", [])
