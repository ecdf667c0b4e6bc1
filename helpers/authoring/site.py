"""The course as a small static site, to be read without Jupyter and without a network.

A page holds no script and asks no other machine for anything; the labs stand still, as the pictures stored with them.
"""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markdown_it import MarkdownIt
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from helpers.authoring.lint import syntax_trees
from helpers.authoring.refresh import read
from helpers.authoring.template import HEADER, REPOSITORY, ROOT, UNPUBLISHED
from helpers.files import replace

TEMPLATES = Path(__file__).parent / "templates"
LINK = re.compile(r"(?<=\]\()(\d\d_\w+)\.ipynb(?=[)#])")
#: What each function of helpers.figures draws: the first words of its picture's alternative.
FIGURES = {
    "show_points": "Two kinds of points in the plane",
    "show_surfaces": "What each network answers over the plane, and the points it learned from",
    "show_arrows": "Arrows over the plane",
    "show_curves": "Curves",
    "show_spread": "Every single measurement as a mark, group by group",
    "show_pictures": "Pictures in rows",
    "show_rows": "Rows of numbers as strips of ink",
    "show_heatmap": "A table as a heat map, the best cell framed",
    "show_order": "Which call follows which, a row for each name",
    "show_confusion": "A confusion matrix: true digits against answers",
    "show_pairs": "Two measurements of each thing, side by side",
    "show_shares": "Tables of shares, the darker the larger",
}
HEADING = re.compile(r"^#+ (.+)", re.MULTILINE)


def export(folder: Path) -> list[Path]:
    """Write the site to `folder`, which is made if it is missing, and return its pages, the index first."""
    folder.mkdir(parents=True, exist_ok=True)
    notebooks = {path.stem: read(path) for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}
    style = (TEMPLATES / "site" / "style.css").read_text(encoding="utf-8")
    lessons = [header(nb) | {"page": f"{stem}.html"} for stem, nb in notebooks.items()]
    pages = {"index.html": _index(lessons, (ROOT / "README.md").read_text(encoding="utf-8"))}
    for lesson, nb in zip(lessons, notebooks.values()):
        pages[lesson["page"]] = _page(nb, lesson["title"])
    for name, text in ({"style.css": style} | pages).items():
        replace(folder / name, text.encode(), mode=0o644)
    return [folder / name for name in pages]


class NoHeader(ValueError):
    """A lesson's first cell does not say what it has to."""


def header(nb: NotebookNode) -> dict[str, str]:
    """What a lesson's first cell says: title, promise, minutes, needs, and the Colab badge with its address.

    Raises NoHeader when it does not say all of them.
    """
    first = nb.cells[0].source if nb.cells else ""
    if not (said := HEADER.match(first)):
        raise NoHeader(
            f"the first cell begins with {first[:60]!r}; allowed is a title, the Colab badge, a promise, "
            "**Time:** about … minutes, **You need:** …, each a paragraph, as in lesson 01"
        )
    return said.groupdict()


def for_reading(nb: NotebookNode) -> NotebookNode:
    """Change `nb`, in place, into what is exported: links lead to pages, pictures have an alternative."""
    first = header(nb)
    link = "" if REPOSITORY == UNPUBLISHED else f"[Open in Colab]({first['colab']})"
    nb.cells[0].source = nb.cells[0].source.replace(first["badge"], link)
    section, labs = first["title"], None
    trees = dict(syntax_trees(nb))  # a cell that shows a SyntaxError on purpose draws nothing
    for index, cell in enumerate(nb.cells):
        if cell.cell_type == "markdown":
            section = (HEADING.findall(cell.source) or [section])[-1].replace("`", "")
            cell.source = LINK.sub(r"\1.html", cell.source)
        elif index in trees:
            code = trees[index]
            labs = next(_labs_imported(code), labs)
            for output in cell.outputs:
                if "image/png" in output.get("data", {}):
                    title = output.data["text/plain"]
                    kind = title if title.startswith("Lab: ") else "Figure"
                    output.metadata["alt"] = f"{kind}, in “{section}”. {_what_is_drawn(code, labs)}".strip()
    return nb


def _labs_imported(code: ast.Module) -> Iterator[str]:
    """The full name of the module of labs that a cell imports, if it does."""
    for node in ast.walk(code):
        match node:
            case ast.ImportFrom("helpers.labs", [ast.alias(name)]):
                yield f"helpers.labs.{name}"


def _what_is_drawn(code: ast.Module, labs: str | None) -> str:
    """What the cell's call of a lab or of a figure draws: the lab's docstring, or the figure's kind and names."""
    for node in ast.walk(code):
        match node:
            case ast.Call(ast.Attribute(ast.Name("labs"), lab)):
                return inspect.getdoc(getattr(importlib.import_module(labs), lab)).split("\n")[0]
            case ast.Call(ast.Attribute(ast.Name("figures"), figure)):
                names = list(dict.fromkeys(_names(node)))
                return f"{FIGURES[figure]}{': ' if names else ''}{'; '.join(names)}."
    return ""


def _names(call: ast.Call) -> Iterator[str]:
    """The texts that a call gives to its figure: keys of what is drawn, titles, labels of axes."""
    values = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg not in ("xscale", "yscale"))]
    for value in values:
        inside = getattr(value, "keys", None) or getattr(value, "elts", None) or [value]
        yield from (n.value for n in inside if isinstance(n, ast.Constant) and isinstance(n.value, str) and n.value)


def _page(nb: NotebookNode, title: str) -> str:
    exporter = HTMLExporter(template_name="site", extra_template_basedirs=[str(TEMPLATES)])
    return exporter.from_notebook_node(for_reading(nb), {"course": {"title": title}})[0]


def _index(lessons: list[dict[str, str]], readme: str) -> str:
    """The index: the README's first paragraph, and a table of the lessons from their own headers."""
    templates = Environment(loader=FileSystemLoader(TEMPLATES / "site"), autoescape=True)
    templates.filters["markdown"] = MarkdownIt().renderInline
    return templates.get_template("course.html.j2").render(promise=readme.split("\n\n")[1], lessons=lessons)
