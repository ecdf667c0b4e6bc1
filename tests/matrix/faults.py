"""Every lesson where something is missing, and one beside itself.

Not part of the usual run, which it would make twice as long: `pytest tests/matrix/faults.py -n0`.
What one lesson shows in seconds is in tests/test_faults.py.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from elsewhere import NO_HOME, ROOT, compare, copy_course, require

NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
ADDRESS_SPACE = 8192  # MiB for each process: twice what a lesson's kernel was seen to reserve on two cores


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course at a path with spaces and Hangul."""
    return copy_course(tmp_path_factory.mktemp("elsewhere"))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_lesson_without_network_write_access_home_or_much_memory(name, course, tmp_path):
    require("net", "mount")
    # Lesson 00 says where bets are kept, and how to choose another place if there is no home. The others do not ask.
    bets = str(tmp_path) if name.startswith("00") else None
    done = compare(
        course / "notebooks" / name,
        read_only=course, network=False, address_space=ADDRESS_SPACE,
        HOME=NO_HOME, LC_ALL="C", LANG="C", HIDDEN_LAYERS_HOME=bets,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.outward == 0, "something wanted to reach another machine, and did not say so"


def test_the_lesson_with_servers_files_and_killed_processes_beside_itself(course, tmp_path):
    (name,) = (name for name in NOTEBOOKS if name.startswith("07"))
    with ThreadPoolExecutor() as both:
        runs = [both.submit(compare, course / "notebooks" / name, HIDDEN_LAYERS_HOME=str(tmp_path)) for _ in range(2)]
    for done in runs:
        assert done.result().returncode == 0, done.result().stdout + done.result().stderr
