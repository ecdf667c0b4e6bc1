"""Lesson 00, the door: whoever opens it sees that everything works."""

import pytest
from lab_page import LabPage, different, eventually, outputs, unexpected


@pytest.fixture(scope="module")
def door(server, new_page, shoot):
    """The lesson, run to its end."""
    opened = LabPage(new_page(), server.address("00_start_here.ipynb"))
    opened.run_all(seconds=200)
    shoot(opened.page, "door")
    return opened


def test_everything_is_found_and_nothing_fails(door):
    cells = [cell for cell in door.cells() if cell["type"] == "code"]
    printed = "".join(out["text"] for out in outputs(cells, "stream") if out["name"] == "stdout")
    assert "✓ tensorflow" in printed and "✗" not in printed
    assert outputs(cells, "error") == []
    assert [out["text"] for out in outputs(cells, "stream") if out["name"] == "stderr"] == []


def test_the_button_is_heard(door):
    button = door.page.get_by_role("button", name="Press me")
    button.scroll_into_view_if_needed()
    assert door.page.get_by_text("Widgets work.", exact=False).count() == 0
    button.click()
    door.page.get_by_text("The kernel heard you. Widgets work.", exact=False).wait_for()


def test_the_threshold_is_dragged_and_the_picture_follows(door, shoot):
    lab = door.lab("Ink")
    before = lab.pixels()
    assert "56.9% of 12,665 pictures are right" in lab.sentence()
    lab.slider("threshold").drag(0.3)
    assert eventually(door.page, lambda: "56.9%" not in lab.sentence())
    assert eventually(door.page, lambda: different(before, lab.pixels()))
    lab.dropdown("digits").select_option("4 and 9")
    assert eventually(door.page, lambda: "more ink means 9 and less means 4" in lab.sentence())
    shoot(lab.widget, "ink_4_and_9")


def test_the_console_holds_no_error(door):
    assert unexpected(door.page.errors) == []
