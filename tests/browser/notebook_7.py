"""Two lessons in Jupyter Notebook 7, which shows one notebook and nothing around it.

Not part of the usual run: `pytest tests/browser/notebook_7.py -n0`.
"""

import pytest
from course_server import leave_out
from lab_page import LabPage, different, eventually, outputs, unexpected

# Lesson -> the sections whose cells are left out, and a lab, a slider in it, and where on its track to drag it.
LESSONS = {
    "00_start_here.ipynb": ((), "Ink", "threshold", 0.3),
    "02_gradient_descent.ipynb": (
        (
            "Must every step look at all 60,000 pictures?",
            "Can you write it for a whole network?",
            "What does the walk back save?",
            "Does it learn to read?",
        ),
        "Descent",
        "learning rate",
        0.1,
    ),
}


@pytest.fixture(scope="module", params=LESSONS)
def name(request):
    """A lesson's file name."""
    return request.param


@pytest.fixture(scope="module")
def lesson(name, server, new_page, shoot):
    """The lesson, run to its end."""
    leave_out(server.folder / "notebooks" / name, LESSONS[name][0])
    opened = LabPage(new_page(), server.address_in_notebook_7(name))
    opened.page.errors.clear()  # Notebook 7.6 stumbles once over its own settings, before any cell has run
    opened.run_all(seconds=200)
    shoot(opened.page, f"notebook_7_{name[:2]}")
    return opened


def test_the_lesson_comes_to_its_end_without_error(lesson):
    cells = [cell for cell in lesson.cells() if cell["type"] == "code"]
    assert outputs(cells, "error") == []
    assert [out["text"] for out in outputs(cells, "stream") if out["name"] == "stderr"] == []
    assert all(cell["count"] for cell in cells)


def test_a_slider_moves_the_picture(lesson, name):
    _, title, description, share = LESSONS[name]
    lab = lesson.lab(title)
    before, said = lab.pixels(), lab.sentence()
    lab.slider(description).drag(share)
    assert eventually(lesson.page, lambda: lab.sentence() != said)
    assert eventually(lesson.page, lambda: different(before, lab.pixels()))


def test_running_the_lesson_leaves_no_error_in_the_console(lesson):
    assert unexpected(lesson.page.errors) == []
