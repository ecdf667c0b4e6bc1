"""Lesson 08's pad in JupyterLab: drawn on by mouse and by finger, at desk and at phone width; the kernel answers.

In a small notebook that opens the lab as the lesson does: the lesson itself trains for a minute before it.
"""

import json
import re

import nbformat
import pytest
from course_server import ROOT
from drawing import Drawing
from lab_page import LabPage, different, eventually, outputs, unexpected

from helpers.authoring.refresh import read

NOTEBOOK = "a_pad.ipynb"
LESSON = "08_mlp_robustness_failure.ipynb"
TITLE = "Draw a digit"
SECONDS_TO_RUN = 120
TOLD = """
import json
state = lab.state
print(json.dumps([state["drawing"], str(state["pictures"]["as drawn"].dtype), state["pictures"]["as drawn"].tolist()]))
"""
SEVEN = [(0.1, 0.12), (0.3, 0.1), (0.45, 0.1), (0.4, 0.2), (0.3, 0.35), (0.22, 0.52)]
WIDTHS = {"desk": 1400, "phone": 390}


@pytest.fixture(scope="module", params=WIDTHS)
def opened(request, server, new_page):
    """The notebook, run; at the width of a desk's screen and of a phone's."""
    cells = read(ROOT / "notebooks" / LESSON).cells
    setup = next(cell.source for cell in cells if "setup" in cell.metadata.get("tags", []))
    lesson = "\n".join(cell.source for cell in cells)
    imported = re.search(r"^from helpers.labs.drawing import draw_a_digit$", lesson, re.MULTILINE)
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in
               (setup, f"{imported[0]}\nlab = draw_a_digit()\nlab", TOLD)],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )  # fmt: skip
    nbformat.write(notebook, server.folder / "notebooks" / NOTEBOOK)
    page = new_page()
    page.set_viewport_size({"width": WIDTHS[request.param], "height": 1300})
    opened = LabPage(page, server.address(NOTEBOOK))
    opened.width = request.param
    if opened.width == "phone":  # there the list of files leaves the notebook no room
        page.locator('.jp-SideBar.jp-mod-left [data-id="filebrowser"]').click()
        page.locator("#jp-left-stack").wait_for(state="hidden")
    opened.run_all(SECONDS_TO_RUN)
    return opened


@pytest.fixture
def lab(opened):
    """The lab, its pad empty."""
    opened.page.mouse.up()
    lab = opened.lab(TITLE)
    lab.pad = Drawing(opened.page, lab.widget.locator("canvas.drawing-pad"))
    lab.press("button:has-text('clear')")
    assert eventually(opened.page, lambda: lab.pad.inked() == 0)
    return lab


def told(opened):
    """Ask the kernel what it has: the drawing's name, and its picture's dtype and pixels."""
    opened.run_cell(2)
    opened.page.wait_for_timeout(300)
    assert outputs(opened.cells(), "error") == []
    return json.loads(outputs(opened.cells()[2:], "stream")[-1]["text"])


def test_the_lab_shows_itself_and_the_pad(opened, lab, shoot):
    assert outputs(opened.cells(), "error") == []
    assert [out["text"] for out in outputs(opened.cells(), "stream") if out["name"] == "stderr"] == []
    assert lab.pad.canvas.get_attribute("aria-label").startswith("Pad to draw a digit on")
    shoot(lab.widget, f"08_pad_empty_{opened.width}")


@pytest.mark.parametrize("draw", [Drawing.by_mouse, Drawing.by_finger], ids=["mouse", "finger"])
def test_strokes_reach_the_kernel_as_a_picture_and_the_answer_follows(opened, lab, shoot, draw):
    before = lab.pixels()
    draw(lab.pad, *SEVEN)
    assert eventually(opened.page, lambda: different(before, lab.pixels()))
    assert eventually(opened.page, lambda: "centre of mass" in lab.sentence()), lab.sentence()
    assert "yours" in lab.sentence() and "This setting failed" not in lab.sentence()
    shoot(lab.widget, f"08_pad_{draw.__name__}_{opened.width}")
    drawing, dtype, picture = told(opened)
    assert drawing.startswith("yours") and dtype == "uint8"
    assert len(picture) == 28 and {len(row) for row in picture} == {28}
    for x, y in SEVEN:
        assert picture[int(28 * y)][int(28 * x)] > 100
    assert sum(map(sum, picture[16:])) == 0 and sum(row[20] for row in picture) == 0


def test_the_picture_moves_while_the_pen_is_down(opened, lab):
    seen = lab.pixels()
    lab.pad.page.mouse.move(*lab.pad.at(*SEVEN[0]))
    lab.pad.page.mouse.down()
    for place in SEVEN[2::3]:
        lab.pad.page.mouse.move(*lab.pad.at(*place), steps=3)
        assert eventually(opened.page, lambda seen=seen: different(seen, lab.pixels()))
        seen = lab.pixels()


def test_clear_empties_pad_and_picture(opened, lab):
    lab.pad.by_mouse(*SEVEN)
    assert eventually(opened.page, lambda: "centre of mass" in lab.sentence())
    lab.press("button:has-text('clear')")
    assert eventually(opened.page, lambda: "no ink" in lab.sentence())
    assert lab.pad.inked() == 0


def test_a_finger_on_the_pad_does_not_scroll_the_notebook(opened, lab):
    lab.pad.canvas.scroll_into_view_if_needed()
    before = lab.pad.canvas.bounding_box()
    lab.pad.by_finger((0.5, 0.9), (0.5, 0.6), (0.5, 0.3), (0.5, 0.05))
    assert lab.pad.canvas.bounding_box() == before


def test_pad_and_controls_fit_the_page(opened, lab):
    box = lab.pad.canvas.bounding_box()
    assert box["width"] == pytest.approx(box["height"], abs=1) and box["width"] > 150
    for part in (box, lab.image.bounding_box(), lab.dropdown("drawing").bounding_box()):
        assert part["x"] >= 0 and part["x"] + part["width"] <= WIDTHS[opened.width]


def test_a_shipped_drawing_is_read_wrong_as_drawn_and_right_prepared(opened, lab, shoot):
    lab.dropdown("drawing").select_option("7, top left")
    assert eventually(opened.page, lambda: "7, top left" in lab.sentence())
    drawn, prepared = lab.sentence().split("as MNIST was")
    assert "MLP ✗" in drawn and "MLP ✓ says 7" in prepared
    shoot(lab.widget, f"08_pad_shipped_{opened.width}")


def test_the_console_holds_no_error(opened, lab):
    assert unexpected(opened.page.errors) == []
