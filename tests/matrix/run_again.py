"""Every lesson twice in one kernel, and with every cell run twice: what learners do who go back and try again.

Not part of the usual run, which it would make five times as long: `pytest tests/matrix/run_again.py -n0`.
What one lesson shows in seconds is in tests/test_faults.py.
"""

import nbformat
import pytest
from elsewhere import ROOT, compare, copy_course, write_notebook

NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))

each_notebook = pytest.mark.parametrize("name", NOTEBOOKS)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course."""
    return copy_course(tmp_path_factory.mktemp("elsewhere"))


def code(course, name):
    """The code cells of a lesson."""
    return [cell for cell in nbformat.read(course / "notebooks" / name, as_version=4).cells if cell.cell_type == "code"]


def says_the_same(path, cells):
    """Run these cells as one notebook, written to this path; every output must be the stored one."""
    done = compare(write_notebook(path, cells))
    assert done.returncode == 0, done.stdout + done.stderr


@each_notebook
def test_a_lesson_twice_in_one_kernel(name, course):
    cells = code(course, name)
    says_the_same(course / "notebooks" / f"twice_{name}", cells + cells)


@each_notebook
def test_a_lesson_with_every_cell_run_twice(name, course):
    cells = code(course, name)
    says_the_same(course / "notebooks" / f"cell_by_cell_{name}", [cell for cell in cells for _ in range(2)])
