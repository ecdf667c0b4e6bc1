"""Every lesson run to its end in real JupyterLab, and every control of every lab moved by mouse.

Not part of the usual run, which it would make three times as long: `pytest tests/browser/every_lesson.py -n0`.
"""

import re
from functools import partial

import pytest
from course_server import ROOT
from lab_page import LabPage, eventually, outputs, unexpected

NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
SECONDS_TO_RUN = 400
CLIPPED = """lab => [...lab.querySelectorAll(".widget-label")]
    .filter(label => label.scrollWidth > label.clientWidth).map(label => label.textContent)"""
FAILED = "This setting failed"
WIDGET_PROBLEM = re.compile(r"Loading widget|Error displaying widget|[Mm]odel not found|Error creating widget")


@pytest.fixture(scope="module", params=NOTEBOOKS)
def lesson(request, server, new_page):
    """A lesson, run to its end."""
    opened = LabPage(new_page(), server.address(request.param))
    opened.run_all(SECONDS_TO_RUN)
    return opened


def test_a_lesson_comes_to_its_end_without_a_word_it_does_not_explain(lesson):
    cells = [cell for cell in lesson.cells() if cell["type"] == "code"]
    expected = [cell for cell in cells if "raises-exception" in cell["tags"]]
    assert outputs([cell for cell in cells if cell not in expected], "error") == []
    assert [out["text"] for out in outputs(cells, "stream") if out["name"] == "stderr"] == []
    assert all(cell["count"] for cell in cells if cell["source"].strip())
    assert unexpected(lesson.page.errors) == []


def test_every_control_of_every_lab_moves_the_picture(lesson, shoot):
    assert lesson.lab_titles()
    assert move_everything(lesson, shoot) == set()
    assert not WIDGET_PROBLEM.search(lesson.page.locator(".jp-Notebook").text_content())
    assert unexpected(lesson.page.errors) == []


def move_everything(opened, shoot):
    """Move every control of every lab on the page; return those that moved no picture, as "lab: control"."""
    still = set()
    for title in opened.lab_titles():
        lab = opened.lab(title)
        assert lab.widget.evaluate(CLIPPED) == [], title
        trains = "epoch" in lab.descriptions(".widget-slider")
        for description, positions in moves(lab):
            if trains and description != "epoch":
                lab.slider("epoch").drag(0.5)  # before the first epoch a learning rate is not to be seen
            opened.page.wait_for_timeout(300)  # what the control before has changed is drawn
            before, changed = lab.frame(), False
            for move in positions:
                move()
                changed = changed or eventually(opened.page, partial(has_changed, lab, before), seconds=10)
                assert FAILED not in lab.sentence(), f"{title}: {description}"
            if not changed:
                still.add(f"{title}: {description}")
        opened.page.wait_for_timeout(1000)  # the last frame may be on its way
        shoot(lab.widget, f"{title}_moved".lower().replace(" ", "_").replace("?", ""))
    return still


def has_changed(lab, before):
    """Whether the lab's picture is no longer the frame `before`."""
    return lab.frame() != before


def moves(lab):
    """Yield each control of a lab: its description, and functions that move it by mouse or choose an option.

    Drop-downs and boxes come first and end where they began: among extreme settings many a choice makes no difference.
    """
    for description in lab.descriptions(".widget-dropdown"):
        select = lab.dropdown(description)
        began = select.evaluate("select => select.selectedOptions[0].text")
        options = [*select.locator("option").all_inner_texts(), began]
        yield description, [lambda option=option, select=select: select.select_option(option) for option in options]
    for description in lab.descriptions(".widget-checkbox"):
        box = lab.checkbox(description)
        yield description, [box.click, box.click]
    for description in lab.descriptions(".widget-slider"):
        slider = lab.slider(description)
        yield description, [lambda share=share, slider=slider: slider.drag(share) for share in (0.97, 0.05, 0.5)]
