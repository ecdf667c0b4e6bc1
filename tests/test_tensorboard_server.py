"""TensorBoard's server, started as the lesson starts it: it knows the runs, tells what was logged, and is stopped."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time

import keras
import numpy as np
import pytest

from helpers import tensorboard_server
from helpers.authoring.refresh import read
from helpers.authoring.template import ROOT
from helpers.tensorboard_server import ask, prepare, running, stop

RUNS = ("adam", "rmsprop", "sgd")


@pytest.fixture(scope="module")
def logs(tmp_path_factory):
    """A folder with the logs of three short runs, and each run's history."""
    folder, histories = tmp_path_factory.mktemp("logs"), {}
    random = np.random.default_rng(0)
    x, y = random.random((40, 3)), random.random((40, 1))
    for name in RUNS:
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
        model.compile(loss="mse", optimizer=name)
        board = keras.callbacks.TensorBoard(folder / name)
        history = model.fit(x, y, epochs=3, validation_data=(x, y), verbose=0, callbacks=[board])
        histories[name] = history.history
    return folder, histories


CELLS = [cell.source for cell in read(ROOT / "notebooks" / "07_callbacks_and_tensorboard.ipynb").cells]
MAGIC = next(source for source in CELLS if source.startswith("%tensorboard "))


def start(folder):
    """Start the server by the lesson's magic."""
    from IPython import get_ipython

    prepare(folder)
    get_ipython().run_line_magic("reload_ext", "tensorboard")
    get_ipython().run_line_magic("tensorboard", MAGIC.removeprefix("%tensorboard ").format(runs=folder))


@pytest.fixture(scope="module")
def usual_port_taken():
    """Somebody listens where TensorBoard does by default."""
    with contextlib.ExitStack() as taken:
        with contextlib.suppress(OSError):  # somebody else does already
            taken.enter_context(socket.create_server(("localhost", 6006)))
        yield


@pytest.fixture(scope="module")
def still_served(logs):
    """The folder and its histories; what shows it is stopped after the last test."""
    yield logs
    stop(logs[0])


@pytest.fixture
def served(still_served, usual_port_taken, shown):
    """The folder, its histories, with a server: the one of the test before if that runs, for it takes seconds."""
    folder, histories = still_served
    if not running(folder):
        start(folder)
    return folder, histories


def test_the_server_tells_what_was_logged(served):
    folder, histories = served
    assert set(ask(folder, "data/runs")) == {f"{name}/{part}" for name in RUNS for part in ("train", "validation")}
    for name in RUNS:
        for part, key in (("train", "loss"), ("validation", "val_loss")):
            points = ask(folder, f"data/plugin/scalars/scalars?tag=epoch_loss&run={name}/{part}")
            assert [step for _, step, _ in points] == [0, 1, 2]
            np.testing.assert_allclose([value for *_, value in points], histories[name][key], rtol=1e-5)


@pytest.mark.skipif(not os.path.exists("/proc/net/tcp"), reason="Linux tells it there")
def test_the_server_listens_on_this_machine_only(served):
    folder, _ = served
    port = int(running(folder)[-1].split(":")[-1].strip("/"))
    with open("/proc/net/tcp") as table:
        listening = [line.split()[1] for line in table.readlines()[1:] if line.split()[3] == "0A"]
    assert [place for place in listening if place.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]


def test_another_server_on_the_usual_port_is_no_hindrance(served):
    folder, _ = served
    assert running(folder)[-1] != "http://localhost:6006/"
    assert len(ask(folder, "data/runs")) == 2 * len(RUNS)


def test_a_proxy_is_not_asked_for_this_machine(served, monkeypatch):
    folder, _ = served
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # nobody answers there
    assert ask(folder, "data/runs")


def test_another_users_file_is_not_believed(served, monkeypatch):
    folder, _ = served
    monkeypatch.setattr(os, "getuid", lambda: -1)
    with pytest.raises(RuntimeError):
        ask(folder, "data/runs")
    assert stop(folder) == 0


def test_a_server_that_ends_while_the_list_is_read_is_no_hindrance(tmp_path, monkeypatch):
    listdir, asked = os.listdir, []

    def list_one_that_ends(place):
        asked.append(place)
        return (["pid-0.info"] if len(asked) == 1 else []) + listdir(place)

    with monkeypatch.context() as patched:
        patched.setattr(os, "listdir", list_one_that_ends)
        assert running(tmp_path) == []
    assert len(asked) == 2


def test_a_run_that_the_server_cannot_read_is_named(served, monkeypatch):
    folder, _ = served
    unreadable = folder / "broken" / "events"
    unreadable.parent.mkdir()
    unreadable.touch()
    monkeypatch.setattr(tensorboard_server, "SECONDS_TO_READ", 0.3)
    try:
        with pytest.raises(RuntimeError, match="has not read all of .*broken"):
            ask(folder, "data/runs")
    finally:
        unreadable.unlink()
        unreadable.parent.rmdir()


def test_stopped_it_is_gone_and_stopping_again_is_harmless(served):
    folder, _ = served
    assert stop(folder) == 1
    assert running(folder) == [] and stop(folder) == 0
    with pytest.raises(RuntimeError, match="no TensorBoard server shows"):
        ask(folder, "data/runs")


def test_a_server_that_was_killed_is_cleared_away(served):
    folder, _ = served
    (server,) = tensorboard_server._servers(folder)
    os.kill(server.pid, signal.SIGKILL)
    os.waitpid(server.pid, 0)
    assert running(folder) != []  # its file is left
    with pytest.raises(RuntimeError, match="does not answer"):
        ask(folder, "data/runs")
    stop(folder)
    assert running(folder) == []


def test_a_process_that_got_the_number_of_a_killed_server_is_left_alone(served):
    folder, _ = served
    (server,) = tensorboard_server._servers(folder)
    info, other = tensorboard_server._info(server), subprocess.Popen([sys.executable, "-c", "input()"], stdin=-1)
    os.kill(server.pid, signal.SIGKILL)
    os.waitpid(server.pid, 0)
    left = info.with_name(f"pid-{other.pid}.info")
    left.write_text(info.read_text().replace(f'"pid": {server.pid}', f'"pid": {other.pid}'))
    info.unlink()
    assert stop(folder) == 1 and running(folder) == [] and not left.exists()
    assert other.poll() is None
    other.communicate(b"\n")


SCRIPT = """
import sys
from IPython.core.interactiveshell import InteractiveShell
from helpers import tensorboard_server
shell = InteractiveShell.instance()
tensorboard_server.prepare(sys.argv[1])
shell.run_line_magic("reload_ext", "tensorboard")
shell.run_line_magic("tensorboard", f"--logdir {sys.argv[1]} --port 0 --host localhost")
print(len(tensorboard_server.running(sys.argv[1])))
"""


def test_the_server_ends_with_the_process_that_asked_for_it(logs, tmp_path):
    folder, _ = logs
    stop(folder)  # or it would take the server that is there
    environment = os.environ | {"PYTHONPATH": str(ROOT), "IPYTHONDIR": str(tmp_path)}
    command = [sys.executable, "-c", SCRIPT, str(folder)]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert result.stdout.splitlines()[-1:] == ["1"], result.stderr
    deadline = time.monotonic() + 10
    while running(folder) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert running(folder) == []


def test_without_tensorboard_one_is_told_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(tensorboard_server.shutil, "which", lambda name, path=None: None)
    with pytest.raises(FileNotFoundError, match="pip install -r requirements.txt"):
        prepare(tmp_path)
