"""Every lab as it comes without arguments, in real JupyterLab: each of its controls is moved by mouse.

Not part of the usual run: `pytest tests/browser/every_lab.py -n0` takes some minutes. `every_lesson.py` does the same
on the networks that the lessons train, which takes much longer.
"""

import pytest
from driving import all_labs
from every_lesson import WIDGET_PROBLEM, move_everything
from lab_page import LabPage, outputs, unexpected
from nbformat.v4 import new_code_cell, new_notebook

from helpers.authoring.refresh import KERNELSPEC, write
from helpers.authoring.template import REPOSITORY, setup_cell

LABS = all_labs()
SECONDS_TO_RUN = 120


@pytest.fixture(scope="module", params=LABS)
def page(request, server, new_page):
    """A notebook with nothing but the labs of a module, run to its end."""
    sources = [setup_cell(REPOSITORY), f"from helpers.labs import {request.param} as labs"]
    sources += [f"labs.{name}()" for name in LABS[request.param]]
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources], metadata={"kernelspec": KERNELSPEC})
    name = f"labs_of_{request.param}.ipynb"
    write(notebook, server.folder / "notebooks" / name)
    opened = LabPage(new_page(), server.address(name))
    opened.run_all(SECONDS_TO_RUN)
    assert outputs(opened.cells(), "error") == []
    assert len(opened.lab_titles()) == len(LABS[request.param])
    return opened


def test_every_control_moves_the_picture(page, shoot):
    assert move_everything(page, shoot) - {"Live dashboard: look back to %"} == set()  # nothing was trained to look at
    assert not WIDGET_PROBLEM.search(page.page.locator(".jp-Notebook").text_content())
    assert unexpected(page.page.errors) == []
