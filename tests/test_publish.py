"""publish: one command gives every notebook the address from which Colab fetches the course."""

import shutil
import subprocess
import sys
import types

import pytest

from helpers.authoring.__main__ import main
from helpers.authoring.publish import NoRepository, publish, repository_of_remote
from helpers.authoring.refresh import read
from helpers.authoring.template import REPOSITORY, ROOT, UNPUBLISHED, colab_link, setup_cell

NAME = "01_hidden_layers.ipynb"


@pytest.fixture
def course(tmp_path):
    """A copy of what publish changes, with one notebook."""
    for file in ("helpers/authoring/template.py", f"notebooks/{NAME}"):
        target = tmp_path / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / file, target)
    return tmp_path


def sources(course):
    return [cell.source for cell in read(course / "notebooks" / NAME).cells]


def test_badge_setup_cell_and_template_get_the_address_and_nothing_else_changes(course):
    before = sources(course)
    changed = publish("ada/course.2", course)
    assert {course / "notebooks" / NAME, course / "helpers" / "authoring" / "template.py"} <= set(changed)
    after = sources(course)
    assert [old for old, new in zip(before, after, strict=True) if old != new] == [before[0], setup_cell(REPOSITORY)]
    assert colab_link(NAME, "ada/course.2") in after[0]
    assert setup_cell("ada/course.2") in after
    assert 'REPOSITORY = "ada/course.2"' in (course / "helpers" / "authoring" / "template.py").read_text()
    if REPOSITORY != UNPUBLISHED:
        assert REPOSITORY not in "".join(after)


def test_publishing_again_changes_nothing_and_back_restores_every_byte(course):
    files = [path for path in course.rglob("*") if path.is_file()]
    before = {path: path.read_bytes() for path in files}
    publish("ada/course", course)
    assert publish("ada/course", course) == []
    publish(REPOSITORY, course)
    assert {path: path.read_bytes() for path in files} == before


def test_what_was_interrupted_can_be_done_again_under_another_name(course, monkeypatch):
    def broken(*arguments, **keywords):
        raise OSError("no space left")

    with monkeypatch.context() as patch, pytest.raises(OSError):
        patch.setattr("helpers.authoring.publish.replace", broken)
        publish("ada/course", course)
    assert colab_link(NAME, "ada/course") in sources(course)[0]
    publish("bob/course", course)
    assert colab_link(NAME, "bob/course") in sources(course)[0]
    assert "ada/course" not in "".join(sources(course))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ada",
        "ada/",
        "/x",
        "a b/c",
        "ada/x/y",
        "https://github.com/ada/x",
        "-a/b",
        "a-/b",
        "a/;rm",
        "ada/.",
        "ada/..",
        "ada/x.git",
    ],
)
def test_what_is_no_repository_is_refused_before_anything_is_written(course, name):
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    with pytest.raises(NoRepository, match="allowed is a GitHub repository's name"):
        publish(name, course)
    assert {path: path.read_bytes() for path in course.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/ada/my.course.git",
        "git@github.com:ada/my.course.git",
        "https://github.com/ada/my.course/",
        "https://www.github.com/ada/my.course",
        "ssh://git@ssh.github.com:443/ada/my.course.git",
    ],
)
def test_the_default_is_the_remote(tmp_path, address):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    with pytest.raises(NoRepository, match="no remote 'origin'"):
        repository_of_remote(tmp_path)
    subprocess.run(["git", "-C", str(tmp_path), "remote", "add", "origin", address], check=True)
    assert repository_of_remote(tmp_path) == "ada/my.course"


def test_of_two_addresses_it_is_the_one_that_is_pushed_to(tmp_path):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    remote = ["git", "-C", str(tmp_path), "remote"]
    subprocess.run([*remote, "add", "origin", "https://github.com/school/course"], check=True)
    subprocess.run([*remote, "set-url", "--push", "origin", "https://github.com/ada/course"], check=True)
    assert repository_of_remote(tmp_path) == "ada/course"


@pytest.mark.parametrize(
    "address",
    ["https://example.org/a/b", "https://gist.github.com/a/b", "https://mygithub.com/a/b", "git@notgithub.com:a/b.git"],
)
def test_a_remote_elsewhere_is_named_in_the_error(tmp_path, address):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "remote", "add", "origin", address], check=True)
    with pytest.raises(NoRepository, match=f"{address}, not on GitHub"):
        repository_of_remote(tmp_path)


def test_a_password_in_the_address_is_not_told(tmp_path):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    address = "https://ada:secret@example.org/a/b"
    subprocess.run(["git", "-C", str(tmp_path), "remote", "add", "origin", address], check=True)
    with pytest.raises(NoRepository, match="https://example.org/a/b, not on GitHub"):
        repository_of_remote(tmp_path)


def test_the_command_answers_a_bad_name_in_one_line(capsys):
    assert main(["publish", "no name"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def run_setup_on_colab(repository, folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", list(sys.path))
    fetched = []
    monkeypatch.setattr(subprocess, "run", lambda command, **options: fetched.append(command))
    exec(compile(setup_cell(repository), "setup", "exec"), {})
    return fetched


def test_on_colab_an_unpublished_course_says_so_in_one_sentence_and_fetches_nothing(tmp_path, monkeypatch):
    with pytest.raises(SystemExit, match="not published yet"):
        run_setup_on_colab(UNPUBLISHED, tmp_path, monkeypatch)


def test_on_colab_a_published_course_is_fetched_from_its_address_once(tmp_path, monkeypatch):
    (fetched,) = run_setup_on_colab("ada/course", tmp_path, monkeypatch)
    assert "https://github.com/ada/course" in fetched
    (tmp_path / "hidden-layers").mkdir()
    assert run_setup_on_colab("ada/course", tmp_path, monkeypatch) == []
