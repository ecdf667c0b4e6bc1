"""TensorFlow's start-up is silent, its failures are not."""

import os

import pytest

from helpers.quiet import standard_error_off


@pytest.fixture
def fake_tensorflow(tmp_path):
    """Put a package `tensorflow` with this source where `run_python` finds it first."""

    def write(source):
        (tmp_path / "tensorflow").mkdir()
        (tmp_path / "tensorflow" / "__init__.py").write_text("import os\nos.write(2, b'no GPU found')\n" + source)

    return write


def test_real_tensorflow_starts_without_a_word(run_python):
    done = run_python("import helpers, tensorflow; print(tensorflow.constant([1, 2]).shape)")
    assert (done.returncode, done.stdout, done.stderr) == (0, "(2,)\n", "")


def test_without_helpers_the_fake_is_heard(run_python, fake_tensorflow):
    fake_tensorflow("")
    assert run_python("import tensorflow").stderr == "no GPU found"


def test_only_the_import_is_silent(run_python, fake_tensorflow):
    fake_tensorflow("answer = 42")
    script = "import os, helpers, tensorflow; print(tensorflow.answer, tensorflow.__spec__.name); os.write(2, b'seen')"
    done = run_python(script)
    assert (done.returncode, done.stdout, done.stderr) == (0, "42 tensorflow\n", "seen")


def test_a_look_whether_tensorflow_is_there_does_not_end_the_silence(run_python, fake_tensorflow):
    fake_tensorflow("")
    script = "import helpers, importlib.util as u; assert u.find_spec('tensorflow'); import tensorflow; print('done')"
    done = run_python(script)
    assert (done.stdout, done.stderr) == ("done\n", "")


def test_a_broken_tensorflow_still_raises(run_python, fake_tensorflow):
    fake_tensorflow("raise ImportError('libcuda is missing')")
    done = run_python("import helpers\nimport tensorflow")
    assert done.returncode == 1
    assert "no GPU found" not in done.stderr
    assert done.stderr.endswith("ImportError: libcuda is missing\n")


def test_a_missing_tensorflow_still_raises(run_python):
    script = "import sys, helpers\nsys.path[:] = [p for p in sys.path if 'site-packages' not in p]\nimport tensorflow"
    done = run_python(script)
    assert done.returncode == 1
    assert done.stderr.endswith("ModuleNotFoundError: No module named 'tensorflow'\n")


def test_import_without_a_standard_error(run_python, tmp_path):
    (tmp_path / "tensorflow.py").write_text("answer = 42")
    done = run_python("import os; os.close(2); import helpers, tensorflow; print(tensorflow.answer)")
    assert (done.returncode, done.stdout) == (0, "42\n")


def test_settings_are_made_before_tensorflow_reads_them(run_python):
    script = "import os, helpers; print(os.environ['TF_CPP_MIN_LOG_LEVEL'], os.environ['TF_ENABLE_ONEDNN_OPTS'])"
    assert run_python("import os; os.environ.pop('TF_CPP_MIN_LOG_LEVEL', 0); "
                      "os.environ.pop('TF_ENABLE_ONEDNN_OPTS', 0); " + script).stdout == "3 0\n"  # fmt: skip
    assert run_python("import os; os.environ['TF_CPP_MIN_LOG_LEVEL'] = '0'; "
                      "os.environ['TF_ENABLE_ONEDNN_OPTS'] = '1'; " + script).stdout == "0 1\n"  # fmt: skip


@pytest.mark.parametrize("error", [None, RuntimeError])
def test_standard_error_is_off_and_comes_back(capfd, error):
    open_before = len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0
    try:
        with standard_error_off():
            os.write(2, b"hidden")
            if error:
                raise error
    except RuntimeError:
        pass
    os.write(2, b"seen")
    assert capfd.readouterr().err == "seen"
    if open_before:
        assert len(os.listdir("/proc/self/fd")) == open_before


def test_numpy_multiplies_on_one_thread(run_python):
    script = (
        "import helpers, numpy, threadpoolctl\n"
        "print([pool['num_threads'] for pool in threadpoolctl.threadpool_info() if pool['user_api'] == 'blas'])"
    )
    assert run_python(script).stdout in ("[1]\n", "[]\n")  # none where NumPy uses macOS's own library


def test_matplotlib_without_a_home_starts_without_a_word(run_python, monkeypatch):
    for name in ("MPLCONFIGDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", os.devnull + "/home")
    done = run_python("import helpers, logging, matplotlib.pyplot; logging.getLogger('matplotlib').warning('heard')")
    assert (done.returncode, done.stderr) == (0, "heard\n")
