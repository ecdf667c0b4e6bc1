"""Mouse to new pixels in JupyterLab: from a mouse move on a slider to the frame that shows the picture answering it.

A picture counts from the animation frame after it has loaded: Chromium shows nothing between two frames.
The floors (floor.py) are sliders whose value goes to the kernel and back to a canvas or to an Image widget: nothing is
computed.
"""

import shutil
import tempfile
from pathlib import Path

import nbformat
from chromium import chromium
from course_server import serve
from lab_page import LabPage, Slider, exactly
from measure import Row, row
from nbformat.v4 import new_code_cell, new_notebook

NOTEBOOK = "latency.ipynb"
WARM_UP, MOVES = 5, 40
SECONDS_TO_RUN = 120

# Variant -> its cell, its slider, and the shares of the slider's track between which the mouse goes to and fro.
VARIANTS = {
    "floor: anywidget canvas, nothing computed": ("import floor\nfloor.floor()", "value", (0.1, 0.9)),
    "floor of the core Image widget, frames ready made": ("floor.image_floor()", "value", (0.1, 0.9)),
    "playground, trained epochs": (
        "from helpers.labs import hidden_layers as labs\nlab = labs.playground()\n"
        "lab.controls['epoch'].value = labs.EPOCHS\nlab",
        "epoch",
        (0.1, 0.9),
    ),
    "playground, units slider": ("labs.playground()", "units in each", (0, 1)),
    "playground as interact: new figure + model.predict": (
        "%matplotlib inline\nimport as_interact, matplotlib.pyplot as plt\nfrom ipywidgets import IntSlider, interact\n"
        "def draw(epoch):\n    as_interact.playground(epoch)\n    plt.show()\n"
        "interact(draw, epoch=IntSlider(100, 1, 200));",
        "epoch",
        (0.1, 0.9),
    ),
}

# Notes when the mouse moves, and the frame that shows a picture loaded in `area` ("load" does not bubble: captured).
WATCH = """area => {
    const seen = window.seen = {moved: null, shown: null, at: 0};
    window.addEventListener("mousemove", () => { seen.moved ??= performance.now(); }, true);
    area.addEventListener("load", () => {
        seen.at = performance.now();
        if (seen.moved !== null) requestAnimationFrame(() => { seen.shown ??= performance.now(); });
    }, true);
}"""
QUIET = "() => performance.now() - window.seen.at > 200"


def rows():
    """Return the rows of the table, the ratios last."""
    times = _measure()
    for name, values in times.items():
        yield row(f"browser, {name}", values)
    floor, image, epochs, units, interact = (row("", values).median for values in times.values())
    yield Row("ratio: playground, trained epochs / floor", epochs / floor, None, "")
    yield Row("ratio: playground, trained epochs / floor of the Image widget", epochs / image, None, "")
    yield Row("ratio: playground, units slider / floor", units / floor, None, "")
    yield Row("ratio: interact / playground, trained epochs", interact / epochs, None, "")


def _measure():
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as server, chromium() as browser:
        _write_notebook(server.folder)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        opened = LabPage(page, server.address(NOTEBOOK))
        opened.run_all(SECONDS_TO_RUN)
        return {name: _moves(opened, index, *VARIANTS[name][1:]) for index, name in enumerate(VARIANTS)}


def _write_notebook(course):
    here = Path(__file__).parent
    for module in ("floor.py", "as_interact.py"):
        shutil.copy(here / module, course / "notebooks")
    cells = [new_code_cell(source) for source, *_ in VARIANTS.values()]
    cells[0].source = f"import sys\nsys.path.insert(0, {str(course)!r})\n{cells[0].source}"
    kernel = {"name": "python3", "display_name": "Python 3"}  # without it JupyterLab asks which one
    notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, course / "notebooks" / NOTEBOOK)


def _moves(opened, index, description, shares):
    """Drag the slider of a cell to and fro and return the milliseconds that each new value took."""
    page, area = opened.page, opened.cell(index).locator(".jp-OutputArea").first
    slider = Slider(page, area.locator(".widget-slider", has=exactly(page, description)))
    area.evaluate(WATCH)
    slider.grab()
    times = []
    for move in range(WARM_UP + MOVES):
        x, y = slider.position(shares[0] + (shares[1] - shares[0]) * _to_and_fro(move))
        page.wait_for_function(QUIET)  # the answer to the last move is complete
        page.evaluate("seen.moved = seen.shown = null")
        page.mouse.move(x, y)
        page.wait_for_function("seen.shown !== null")
        times.append(page.evaluate("seen.shown - seen.moved"))
    page.mouse.up()
    return times[WARM_UP:]


def _to_and_fro(move):
    """Return a place between 0 and 1, different from the last one by a seventh."""
    return abs((move + 3) % 14 - 7) / 7
