"""A lecture from each notebook, in a file that needs neither Jupyter nor a network.

The marks in the cells (slide_marks) say where a slide begins. What is longer than a slide is divided, or shown smaller,
by templates/slides/flow.js when the file is opened: only a browser knows how high a text is.
"""

import re
from pathlib import Path

from nbconvert import SlidesExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from helpers.authoring.refresh import read
from helpers.authoring.site import TEMPLATES, for_reading, header
from helpers.authoring.slide_marks import mark
from helpers.authoring.template import ROOT
from helpers.files import replace

_SECTION = re.compile(r"^(?=##+ )", re.MULTILINE)


def export_slides(folder: Path) -> list[Path]:
    """Write a lecture for each lesson to `folder`, which is made if it is missing, and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    where = [str(TEMPLATES)]
    exporter = SlidesExporter(template_name="slides", extra_template_basedirs=where, extra_template_paths=where)
    written = []
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        nb = read(path)
        title = header(nb)["title"]
        for_reading(nb)
        nb.cells = [part for cell in nb.cells for part in _sections(cell)]
        html, _ = exporter.from_notebook_node(nb, {"course": {"title": title}})
        written.append(folder / f"{path.stem}.html")
        replace(written[-1], html.encode(), mode=0o644)
    return written


def _sections(cell: NotebookNode) -> list[NotebookNode]:
    """The cell, cut before each of its headings: where one text cell ends a question and begins the next."""
    texts = [text for text in _SECTION.split(cell.source) if text.strip()]
    if cell.cell_type != "markdown" or len(texts) < 2:
        return [cell]
    parts = NotebookNode(cells=[new_markdown_cell(text) for text in texts])
    mark(parts)
    parts.cells[0].metadata = cell.metadata
    return parts.cells
