"""Every lesson with every cell run twice, then all of it once more in the same kernel, as learners do who try again.

Not part of the usual run, which it would make three times as long: `pytest tests/matrix/run_again.py -n0`.
What one lesson shows in seconds is in tests/test_faults.py.
"""

import nbformat
import pytest
from elsewhere import ROOT, compare, copy_course, write_notebook

NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course."""
    return copy_course(tmp_path_factory.mktemp("elsewhere"))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_what_is_run_again_says_the_same(name, course):
    lesson = nbformat.read(course / "notebooks" / name, as_version=4)
    cells = [cell for cell in lesson.cells if cell.cell_type == "code"]
    twice_each = [cell for cell in cells for _ in range(2)]
    done = compare(write_notebook(course / "notebooks" / f"again_{name}", twice_each + cells))
    assert done.returncode == 0, done.stdout + done.stderr
