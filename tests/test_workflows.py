"""The workflows of GitHub Actions: what GitHub accepts, the tests of .ci/run, and a fork that publishes itself."""

import re
import shutil
import subprocess
import sys

import pytest
import yaml

from helpers.authoring.template import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PUBLISH, TESTS = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in WORKFLOWS)


def commands(workflow, job):
    """What the job's steps run, in order."""
    return [step["run"] for step in workflow["jobs"][job]["steps"] if "run" in step]


def test_github_accepts_them():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    checked = subprocess.run([*command, *map(str, WORKFLOWS)], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def test_every_python_of_the_readme_runs_what_ci_runs():
    promised = re.search(r"Python ([\d., or]+), on", (ROOT / "README.md").read_text(encoding="utf-8"))[1]
    assert TESTS["jobs"]["newest"]["strategy"]["matrix"]["python"] == re.findall(r"3\.\d+", promised)
    assert commands(TESTS, "newest")[-1] == ".ci/run"


def test_colabs_versions_are_run_as_contributors_are_told_with_colabs_python():
    *_, python, _, _, run = TESTS["jobs"]["colab"]["steps"]
    colab = (ROOT / "tests" / "matrix" / "colab.txt").read_text(encoding="utf-8")
    assert f"Python {python['with']['python-version']}," in colab
    assert run["env"] == {"COLAB_PYTHON": "python"}
    command = run["run"].removesuffix(" -s")
    assert f"`{command}`" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_what_the_usual_run_leaves_out_is_run_every_week():
    left_out = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").rglob("*.py")
        if not path.name.startswith("test_") and "\ndef test_" in path.read_text(encoding="utf-8")
    }
    jobs = TESTS["jobs"]
    weekly = " ".join([*jobs["thorough"]["strategy"]["matrix"]["tests"], *commands(TESTS, "colab")]).split()
    assert left_out and left_out <= set(weekly)
    assert commands(TESTS, "thorough")[-1] == "pytest ${{ matrix.tests }} -n0"
    assert jobs["thorough"]["if"] == "github.event_name == 'schedule'" and TESTS[True]["schedule"]


def test_known_holes_are_looked_for_every_week_as_contributors_are_told():
    assert TESTS["jobs"]["holes"]["if"] == "github.event_name == 'schedule'"
    command = commands(TESTS, "holes")[-1]
    assert command.endswith(" -r requirements.txt") and "--strict" in command  # without it what is unknown passes
    assert f"`{command}`" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.fixture
def fork(tmp_path):
    """A clone of a repository on a server, with what publish changes."""
    for command in (["init", "--quiet", "--bare", "server"], ["clone", "--quiet", "server", "fork"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True, capture_output=True)
    folder = tmp_path / "fork"
    shutil.copytree(ROOT / "helpers", folder / "helpers", ignore=shutil.ignore_patterns("data", "__pycache__"))
    (folder / "notebooks").mkdir()
    for name in ("README.md", "notebooks/00_start_here.ipynb", ".gitignore"):
        shutil.copy(ROOT / name, folder / name)
    author = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    for command in (["add", "--all"], [*author, "commit", "--quiet", "-m", "The course"], ["push", "--quiet"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


def publish(fork, monkeypatch):
    """Run what the workflow runs once Python is there, and return the messages of the server's commits."""
    monkeypatch.setenv("GITHUB_REPOSITORY", "ada/course")
    monkeypatch.setenv("PATH", f"{sys.exec_prefix}/bin", prepend=":")
    for script in commands(PUBLISH, "publish")[2:]:
        subprocess.run(["bash", "-e", "-c", script], cwd=fork, check=True, capture_output=True)
    log = ["git", "-C", str(fork.parent / "server"), "log", "--format=%s"]
    return subprocess.run(log, capture_output=True, text=True, check=True).stdout.splitlines()


def test_a_fork_publishes_itself_once(fork, monkeypatch):
    once = ["Published at github.com/ada/course", "The course"]
    assert publish(fork, monkeypatch) == once
    assert "github.com/ada/course" in (fork / "notebooks" / "00_start_here.ipynb").read_text(encoding="utf-8")
    assert publish(fork, monkeypatch) == once
