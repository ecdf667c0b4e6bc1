"""Where the matrix finds Colab's Python, and when it makes Colab's environment anew."""

import sys

import colab_environment
import pytest

VERSION = "9.9"


@pytest.fixture(autouse=True)
def machine(tmp_path, monkeypatch):
    """A machine that has no Python of Colab's version, which is VERSION."""
    monkeypatch.setattr(colab_environment, "VERSION", VERSION)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.delenv("COLAB_PYTHON", raising=False)
    return tmp_path


def install(path, answer=f"echo {VERSION}"):
    """Put an interpreter at a path that gives an answer to every question."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{answer}\n")
    path.chmod(0o755)
    return str(path)


def test_without_colabs_python_the_reason_names_the_variable():
    with pytest.raises(colab_environment.NoPython, match=f"runs Python {VERSION}.*COLAB_PYTHON"):
        colab_environment.interpreter()


def test_pyenvs_is_found_where_the_one_on_the_path_only_says_how_to_choose(machine):
    install(machine / f"python{VERSION}", "echo 'pyenv: choose a version' >&2; exit 127")
    theirs = install(machine / "pyenv" / "versions" / f"{VERSION}.1" / "bin" / "python")
    assert colab_environment.interpreter() == theirs
    install(machine / f"python{VERSION}")
    assert colab_environment.interpreter() == f"python{VERSION}"


def test_a_named_one_comes_first_and_must_be_of_colabs_version(machine, monkeypatch):
    install(machine / f"python{VERSION}")
    named = install(machine / "named")
    monkeypatch.setenv("COLAB_PYTHON", named)
    assert colab_environment.interpreter() == named
    for other in (sys.executable, str(machine / "nowhere")):
        monkeypatch.setenv("COLAB_PYTHON", other)
        with pytest.raises(ValueError, match=f"it must be a Python {VERSION}"):
            colab_environment.interpreter()


def test_the_environment_is_made_again_only_when_the_versions_changed(machine, monkeypatch):
    monkeypatch.setattr(colab_environment, "VERSION", "{}.{}".format(*sys.version_info))
    monkeypatch.setattr(colab_environment, "FOLDER", machine / "environment")
    monkeypatch.setattr(colab_environment, "COLAB", machine / "colab.txt")
    (machine / "colab.txt").write_text("# new\n")
    (machine / "environment").mkdir()
    (machine / "environment" / "made_from.txt").write_text("# old\n")
    mark = machine / "environment" / "mark"
    mark.touch()
    assert colab_environment.environment() == mark.parent
    assert not mark.exists()
    assert any(line.startswith("pip==") for line in colab_environment.installed())
    mark.touch()
    colab_environment.environment()
    assert mark.exists()
