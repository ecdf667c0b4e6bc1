"""Three students at a real JupyterHub follow the teacher's link and run lesson 01 at once.

Not part of the usual run; CONTRIBUTING.md says what it needs: `pytest tests/matrix/hub.py -n0 -s`.
"""

import configparser
import copy
import re
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from classroom import LINK, ROOT, NoHub, classroom, readme, requirements
from memory import Memory
from repository import commit, copy_checkout
from student import Student

from helpers.authoring.refresh import normalise, read

NAMES = ["ada", "emmy", "grace"]
GIGABYTES_A_STUDENT = 2.5  # what README tells a teacher to plan


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A git repository with what lies in this checkout, committed or not."""
    folder = tmp_path_factory.mktemp("published")
    copy_checkout(folder)
    commit(folder, "Published")
    return folder


def link(room):
    """README's link, to this hub."""
    return LINK.search(readme())[0].replace("https://HUB", room.url)


@pytest.fixture(scope="module")
def room(published, tmp_path_factory):
    """A running `Classroom`."""
    try:
        requirements()
    except NoHub as error:
        pytest.skip(str(error))
    with classroom(tmp_path_factory.mktemp("hub"), published) as room:
        yield room


@pytest.fixture(scope="module")
def students(room):
    """Three students, signed in, each of whom has followed the teacher's link: a list of `(student, path)`."""
    students = [Student(room, name) for name in NAMES]
    assert all(student.sign_in(room.password) for student in students)
    with ThreadPoolExecutor(len(students)) as pool:
        paths = list(pool.map(lambda student: student.follow(link(room)), students))
    return list(zip(students, paths))


@pytest.fixture(scope="module", params=[1, 3], ids=["alone", "at_once"])
def run(request, room, students):
    """Lesson 01 run by one student, and by three at once."""
    return Run(room, students[: request.param])


class Run:
    """Some students run their notebooks to the end, all at once; what came out, how long it took, what it took."""

    def __init__(self, room, students):
        self.students = [student for student, _ in students]
        self.stored = [read(room.homes / student.name / path) for student, path in students]
        started = time.monotonic()
        with Memory(room) as memory, ThreadPoolExecutor(len(students)) as pool:
            self.notebooks = list(pool.map(self._run_one, self.students, [path for _, path in students], self.stored))
        self.seconds, self.peaks = time.monotonic() - started, memory.peaks

    @staticmethod
    def _run_one(student, path, stored):
        nb = copy.deepcopy(stored)
        cells = code_cells(nb)
        for cell, outputs in zip(cells, student.run(path, [cell.source for cell in cells])):
            cell.outputs = outputs
        return nb


def code_cells(nb):
    """The code cells of a notebook."""
    return [cell for cell in nb.cells if cell.cell_type == "code"]


def exact(nb):
    """The text that each code cell put out and that does not differ by nature: neither a picture nor what follows ≈."""
    config = configparser.ConfigParser()
    config.read(ROOT / "tests" / "nbval_sanitize.cfg", encoding="utf-8")
    measured = re.compile(config["measured"]["regex"])
    cells = [cell for cell in code_cells(normalise(nb)) if "nbval-ignore-output" not in cell.metadata.get("tags", [])]
    return [[(kind, measured.sub("≈", text)) for kind, text in texts(cell)] for cell in cells]


def texts(cell):
    """Yield each text that a code cell put out, with its kind."""
    for out in cell.outputs:
        if out.output_type == "stream":
            yield out.name, out.text
        for kind, text in sorted(out.get("data", {}).items()):  # a file sorts them, a kernel does not
            if kind.startswith("text/"):
                yield kind, text


def test_only_who_knows_the_password_gets_in(room):
    assert not Student(room, "mallory").sign_in("guess")


def test_each_student_comes_to_the_end_without_an_error(run):
    for student, nb in zip(run.students, run.notebooks):
        outputs = [out for cell in code_cells(nb) for out in cell.outputs]
        assert [out for out in outputs if out.output_type == "error" or out.get("name") == "stderr"] == [], student.name


def test_each_student_sees_what_is_stored(run):
    for student, stored, nb in zip(run.students, run.stored, run.notebooks):
        assert exact(nb) == exact(stored), student.name


def test_memory_and_seconds(run):
    largest = max(run.peaks[student.name] for student in run.students)
    print(
        f"\n{len(run.students)} at once: {run.seconds:.0f} s, at most {largest / 1e9:.2f} GB a student, "
        f"{run.peaks['everybody'] / 1e9:.2f} GB in all"
    )
    assert largest < GIGABYTES_A_STUDENT * 1e9


def test_nothing_listens_beyond_this_machine(room, students):
    listening = {
        connection.laddr.ip
        for process in room.processes()
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}


def test_the_link_brings_what_is_new_and_keeps_what_a_student_changed(published, students):
    student, path = students[-1]
    mine = student.room.homes / student.name / path
    changed = mine.read_text(encoding="utf-8") + "\n"
    mine.write_text(changed, encoding="utf-8")
    (published / "news.txt").write_text("new", encoding="utf-8")
    commit(published, "News")
    student.follow(link(student.room))
    assert mine.read_text(encoding="utf-8") == changed
    assert (mine.parents[1] / "news.txt").read_text(encoding="utf-8") == "new"
