"""Every lesson where something is missing, twice in one kernel, and with every cell run twice.

Not part of the usual run, which it would make five times as long: `pytest tests/matrix/faults.py -n0`.
What one lesson shows in seconds is in tests/test_faults.py.
"""

from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
from elsewhere import NO_HOME, ROOT, cannot, compare, copy_course, write_notebook

NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
ADDRESS_SPACE = 8192  # MiB for each process; the most that a lesson was seen to need is in the README

each_notebook = pytest.mark.parametrize("name", NOTEBOOKS)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course at a path with spaces and Hangul."""
    return copy_course(tmp_path_factory.mktemp("elsewhere"))


def code(course, name):
    """The code cells of a lesson."""
    return [cell for cell in nbformat.read(course / "notebooks" / name, as_version=4).cells if cell.cell_type == "code"]


@each_notebook
def test_a_lesson_without_network_write_access_home_or_much_memory(name, course, tmp_path):
    if reason := cannot("net", "mount"):
        pytest.skip(reason)
    # Lesson 00 says where bets are kept, and how to choose another place if there is no home. The others do not ask.
    bets = str(tmp_path) if name.startswith("00") else None
    done = compare(
        course / "notebooks" / name,
        read_only=course, network=False, address_space=ADDRESS_SPACE,
        HOME=NO_HOME, LC_ALL="C", LANG="C", HIDDEN_LAYERS_HOME=bets,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.outward == 0, "something wanted to reach another machine, and did not say so"


@each_notebook
def test_a_lesson_twice_in_one_kernel_gives_the_same_twice(name, course):
    cells = code(course, name)
    path = write_notebook(course / "notebooks" / f"twice_{name}", cells + cells)
    done = compare(path)
    assert done.returncode == 0, done.stdout + done.stderr


@each_notebook
def test_a_lesson_with_every_cell_run_twice_says_the_same(name, course):
    cells = code(course, name)
    path = write_notebook(course / "notebooks" / f"cell_by_cell_{name}", [cell for cell in cells for _ in range(2)])
    done = compare(path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_lesson_with_servers_files_and_killed_processes_beside_itself(course, tmp_path):
    (name,) = (name for name in NOTEBOOKS if name.startswith("07"))
    with ThreadPoolExecutor() as both:
        runs = [both.submit(compare, course / "notebooks" / name, HIDDEN_LAYERS_HOME=str(tmp_path)) for _ in range(2)]
    for done in runs:
        assert done.result().returncode == 0, done.result().stdout + done.result().stderr
