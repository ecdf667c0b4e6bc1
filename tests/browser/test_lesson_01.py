"""Lesson 01 as a learner meets it: unopened, run in JupyterLab, and as a page without a kernel.

every_lesson.py runs all of it, the trainings on real pictures included.
"""

import re
import subprocess
import sys

import pytest
from course_server import ROOT, leave_out
from lab_page import LabPage, different, eventually, outputs, unexpected

NOTEBOOK = "01_hidden_layers.ipynb"
LABS = {"Playground": "labs.playground(", "Parameter counter": "labs.parameter_counter("}
BROKEN = re.compile(r"Loading widget|Error displaying widget|[Mm]odel not found|Error creating widget")
WITHOUT = (
    "Do hidden layers do other jobs too?",
    "Does a hidden layer help with real pictures?",
    "What did the hidden layer learn?",
    "Is more always better?",
    "Table or pixels: when is a network worth it?",
    "Three errors to meet on purpose",
)
SECONDS_TO_RUN = 300


@pytest.fixture(scope="module")
def unrun(server, new_page):
    """The lesson as it is stored, opened and not run."""
    return LabPage(new_page(), server.address(NOTEBOOK))


@pytest.fixture(scope="module")
def lesson(server, unrun, new_page, shoot):
    """The lesson without those sections' cells, run to its end."""
    leave_out(server.folder / "notebooks" / NOTEBOOK, WITHOUT)
    opened = LabPage(new_page(), server.address(NOTEBOOK))
    opened.run_all(SECONDS_TO_RUN)
    shoot(opened.page, "after_run_all")
    return opened


def lab_cell(opened, title):
    """Return the locator of the cell that shows the lab."""
    index = next(i for i, cell in enumerate(opened.cells()) if LABS[title] in cell["source"])
    return opened.cell(index)


def file_name(title):
    return title.lower().replace(" ", "_")


@pytest.mark.parametrize("title", LABS)
def test_a_lab_that_has_not_run_shows_its_still_picture(unrun, shoot, title):
    cell = lab_cell(unrun, title)
    cell.scroll_into_view_if_needed()
    picture = cell.locator('.jp-OutputArea-output img[src^="data:image/png"]')
    picture.wait_for()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    shoot(picture, f"unrun_{file_name(title)}")


def test_an_unrun_lesson_shows_no_broken_widget(unrun):
    assert not BROKEN.search(unrun.page.locator(".jp-Notebook").text_content())
    assert unexpected(unrun.page.errors) == []


def test_run_all_cells_comes_to_its_end_without_error(lesson):
    cells = [cell for cell in lesson.cells() if cell["type"] == "code"]
    assert outputs(cells, "error") == []
    assert [out["text"] for out in outputs(cells, "stream") if out["name"] == "stderr"] == []
    assert all(cell["count"] for cell in cells if cell["source"].strip())
    assert not BROKEN.search(lesson.page.locator(".jp-Notebook").text_content())


def test_a_radio_button_is_a_bet_that_reveal_remembers(lesson, shoot):
    asked = lesson.page.locator(".jp-OutputArea-output", has=lesson.page.get_by_text(re.compile(r"^Predict \d")))
    asked.first.scroll_into_view_if_needed()
    number = re.search(r"Predict (\d+\.\d+)", asked.first.text_content()).group(1)
    choice = asked.first.locator(".widget-radio-box label").first
    choice.click()
    option = choice.inner_text().strip()
    index = next(i for i, cell in enumerate(lesson.cells()) if f'reveal("{number}"' in cell["source"])
    lesson.run_cell(index)
    revealed = lesson.cell(index).locator(".jp-OutputArea", has_text="You said")
    revealed.wait_for()
    assert "✓ You said so." in revealed.inner_text() or f"✗ You said: {option}." in revealed.inner_text()
    shoot(asked.first, "predict")
    shoot(lesson.cell(index), "reveal")


def test_the_playground_follows_the_units_slider(lesson, shoot):
    lab = lesson.lab("Playground")
    shoot(lab.widget, "playground_start")
    units, before = lab.slider("units in each"), lab.pixels()
    assert units.readout() == "4" and "4 hidden units" in lab.sentence()
    units.drag(1)
    assert eventually(lesson.page, lambda: "8 hidden units" in lab.sentence())
    assert eventually(lesson.page, lambda: different(before, lab.pixels()))
    assert units.readout() == "8"
    shoot(lab.widget, "playground_8_units")


def test_the_play_button_trains(lesson, shoot):
    lab = lesson.lab("Playground")
    epoch, before = lab.slider("epoch"), lab.pixels()
    start = int(epoch.readout())
    lab.press(".widget-play button:first-child")
    assert eventually(lesson.page, lambda: int(epoch.readout()) >= start + 20)
    shoot(lab.widget, "playground_playing")
    lab.press(".widget-play button:first-child")  # the same button pauses
    assert eventually(lesson.page, lambda: lab.sentence().startswith(f"epoch {epoch.readout()} "))
    assert eventually(lesson.page, lambda: different(before, lab.pixels()))
    shoot(lab.widget, "playground_paused")


def test_the_parameter_counter_follows_its_slider(lesson, shoot):
    lab = lesson.lab("Parameter counter")
    shoot(lab.widget, "parameter_counter_start")
    layers, before = lab.slider("hidden layers"), lab.pixels()
    layers.drag(1)
    assert eventually(lesson.page, lambda: "784 → 100 → 100 → 100 → 100 → 10 " in lab.sentence())
    assert eventually(lesson.page, lambda: different(before, lab.pixels()))
    assert layers.readout() == "4"
    shoot(lab.widget, "parameter_counter_4_layers")


def test_the_console_holds_no_unexpected_error(lesson):
    assert unexpected(lesson.page.errors) == []


def test_the_exported_page_shows_each_lab_without_kernel_or_network(new_page, shoot, tmp_path):
    command = ["-m", "nbconvert", "--to", "html", "--output-dir", tmp_path, ROOT / "notebooks" / NOTEBOOK]
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    page = new_page()
    page.goto((tmp_path / NOTEBOOK).with_suffix(".html").as_uri())
    for title, source in LABS.items():
        cell = page.locator(".jp-CodeCell", has_text=source)
        assert cell.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
        shoot(cell, f"html_{file_name(title)}")
    assert not BROKEN.search(page.locator("body").text_content())
