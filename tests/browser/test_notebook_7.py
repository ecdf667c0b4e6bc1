"""Lesson 00 in Jupyter Notebook 7, which shows one notebook and nothing around it."""

import pytest
from lab_page import LabPage, different, eventually, outputs, unexpected


@pytest.fixture(scope="module")
def lesson(server, new_page, shoot):
    """The lesson, run to its end."""
    opened = LabPage(new_page(), server.address_in_notebook_7("00_start_here.ipynb"))
    opened.page.errors.clear()  # Notebook 7.6 stumbles once over its own settings, before any cell has run
    opened.run_all(seconds=200)
    shoot(opened.page, "notebook_7")
    return opened


def test_the_lesson_comes_to_its_end_without_error(lesson):
    cells = [cell for cell in lesson.cells() if cell["type"] == "code"]
    assert outputs(cells, "error") == []
    assert [out["text"] for out in outputs(cells, "stream") if out["name"] == "stderr"] == []
    assert all(cell["count"] for cell in cells)


def test_a_slider_moves_the_picture(lesson):
    lab = lesson.lab("Ink")
    before, said = lab.pixels(), lab.sentence()
    lab.slider("threshold").drag(0.3)
    assert eventually(lesson.page, lambda: lab.sentence() != said)
    assert eventually(lesson.page, lambda: different(before, lab.pixels()))


def test_running_the_lesson_leaves_no_error_in_the_console(lesson):
    assert unexpected(lesson.page.errors) == []
