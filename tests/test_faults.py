"""A lesson goes on where something is missing, a second time, and after an interrupt.

The lesson is a short one, of lesson 00's cells and a small training; tests/matrix/faults.py has all whole lessons.
Told elsewhere: two lessons at once (the usual run itself, which has two workers), damaged data files
(test_datasets.py), a spoilt store of bets and two writers (test_predictions.py), a process killed while it saves
(test_kill_and_resume.py), TensorBoard's port taken (test_tensorboard_server.py).
"""

import os
import re
import sys
import threading

import pytest
from elsewhere import NO_HOME, cannot, compare, copy_course, require, run, write_notebook
from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbformat.v4 import new_code_cell, new_output

from helpers.authoring.refresh import read
from helpers.authoring.template import ROOT

ADDRESS_SPACE = 4096  # MiB for each process: TensorFlow alone reserves 3 GiB, of which it uses less than one
SECONDS = 60

LEFT_OUT = r"missing|button\(\)|in range|- 100 \* best"  # a look at the machine, a button, and what takes seconds
NEW = {
    """\
reveal("0.1", "about 95")
""": [new_output("display_data", {"text/plain": "Answer 0.1: about 95"})],
    """\
import keras, pathlib, tempfile
from helpers.training import progress
x, y = images[:2000].reshape(-1, 784) / 255, labels[:2000]
keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((784,)), keras.layers.Dense(10, activation="softmax")])
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
history = model.fit(x, y, epochs=4, verbose=0, callbacks=[progress()])
claim("it has learned", history.history["accuracy"][-1] > 0.7)
""": [
        new_output("display_data", {"text/plain": ""}),  # progress, while it lasts
        new_output("stream", text="✓ it has learned\n"),
    ],
    """\
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "model.keras"
    model.save(path)
    again = keras.saving.load_model(path)
claim("saved and loaded it is the same", (again(x[:9]).numpy() == model(x[:9]).numpy()).all())
""": [new_output("stream", text="✓ saved and loaded it is the same\n")],
}


def short_lesson():
    """The cells of lesson 00 that set up, load, bet, show a lab and check an exercise; a training; a model saved."""
    lesson = read(ROOT / "notebooks" / "00_start_here.ipynb").cells
    setup, *cells = [cell for cell in lesson if cell.cell_type == "code" and not re.search(LEFT_OUT, cell.source)]
    return [
        setup,
        new_code_cell("from helpers.claims import claim"),
        *cells,
        *(new_code_cell(source, outputs=outputs, execution_count=1) for source, outputs in NEW.items()),
    ]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course at a path with spaces and Hangul, with the short lesson in it."""
    copy = copy_course(tmp_path_factory.mktemp("elsewhere"))
    write_notebook(copy / "notebooks" / "short.ipynb", short_lesson())
    return copy


def assert_complied(done):
    assert done.returncode == 0, done.stdout + done.stderr


# Where something is missing

PROBE = """
import os, pathlib, socket
for attempt in (
    lambda: socket.create_connection(("192.0.2.1", 80)),
    lambda: pathlib.Path("helpers/new.py").touch(),
    lambda: pathlib.Path.home().mkdir(parents=True),
    lambda: bytearray(5 * 2**30),
):
    try:
        attempt()
    except Exception as error:
        print(type(error).__name__)
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname())
"""


def bare(course):
    """Where a lesson has to do without nearly everything."""
    require("net", "mount")
    return dict(read_only=course, network=False, address_space=ADDRESS_SPACE, HOME=NO_HOME, LC_ALL="C", LANG="C")


@pytest.mark.parametrize(
    "script, reason", [("exit 0", None), ("exit 1", "unshare failed"), ("echo no >&2; exit 1", "no")]
)
def test_namespaces_that_cannot_be_had_are_no_reason_to_pass(tmp_path, monkeypatch, script, reason):
    (tmp_path / "unshare").write_text(f"#!/bin/sh\n{script}\n")
    (tmp_path / "unshare").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(sys, "platform", "linux")
    cannot.cache_clear()
    try:
        assert cannot("net") == reason
        for required, outcome in (("", pytest.skip.Exception), ("1", pytest.fail.Exception)):
            monkeypatch.setenv("REQUIRE_NAMESPACES", required)
            if reason is None:
                require("net")
            else:
                with pytest.raises(outcome, match=reason):
                    require("net")
    finally:
        cannot.cache_clear()


def test_what_is_said_to_be_missing_is_missing(course):
    done = run(sys.executable, "-c", PROBE, folder=course, **bare(course))
    assert done.stderr == "" and done.stdout.split() == ["OSError", "OSError", "NotADirectoryError", "MemoryError"]
    assert done.outward == 1


def test_a_lesson_without_network_write_access_home_much_memory_or_any_language(course):
    done = compare(course / "notebooks" / "short.ipynb", **bare(course), HIDDEN_LAYERS_HOME=None)
    assert_complied(done)
    assert done.outward == 0, "something wanted to reach another machine"


# A second time, and after an interrupt


class Kernel:
    """A running kernel, and what it answers."""

    def __init__(self, manager):
        self.manager = manager
        self.client = manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=SECONDS)

    def run(self, source, on_output=lambda: None):
        """Run a cell; return (name of its error or None, what it showed as text)."""
        shown = []

        def hook(message):
            content = message["content"]
            if message["msg_type"] in ("stream", "display_data", "execute_result"):
                shown.append(content.get("text") or content["data"].get("text/plain"))
                on_output()

        reply = self.client.execute_interactive(source, timeout=SECONDS, output_hook=hook, store_history=False)
        return reply["content"].get("ename"), "".join(filter(None, shown))


@pytest.fixture(scope="module")
def kernel(course, tmp_path_factory):
    """A kernel in the folder of the notebooks, without a course on its path and without a store of bets."""
    manager = KernelManager(kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "MPLBACKEND")}
    environment["HIDDEN_LAYERS_HOME"] = str(tmp_path_factory.mktemp("home"))
    manager.start_kernel(cwd=str(course / "notebooks"), env=environment)
    started = Kernel(manager)
    try:
        yield started
    finally:
        started.client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def first(kernel):
    """What each cell of the short lesson answered when it was run for the first time."""
    return [kernel.run(cell.source) for cell in short_lesson()]


def test_a_second_run_in_the_same_kernel_says_the_same(kernel, first):
    assert {error for error, _ in first} == {None} and first[-1][1] == "✓ saved and loaded it is the same\n"
    assert [kernel.run(cell.source) for cell in short_lesson()] == first


def test_any_cell_can_be_run_again(kernel, first):
    for cell, answer in zip(short_lesson(), first, strict=True):
        assert [kernel.run(cell.source) for _ in range(2)] == [answer, answer]


def test_training_interrupted_goes_on(kernel, first):
    ended = threading.Event()

    def interrupt():
        for seconds in (0.5, 10, 10):  # again, as a learner would: of a hundred interrupts TensorFlow swallows one
            if not ended.wait(seconds):
                kernel.manager.interrupt_kernel()

    # progress shows its line when training begins
    error, _ = kernel.run(
        "model.fit(x, y, epochs=100_000, verbose=0, callbacks=[progress()])", threading.Thread(target=interrupt).start
    )
    ended.set()
    assert error == "KeyboardInterrupt"
    go_on = "epochs = len(model.fit(x, y, epochs=2, verbose=0, callbacks=[progress()]).epoch)\nprint(epochs)"
    assert kernel.run(go_on) == (None, "2\n")
    assert [kernel.run(cell.source) for cell in short_lesson()[-2:]] == first[-2:]
