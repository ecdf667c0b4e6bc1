"""predict() and reveal(): a bet is kept, found again, compared, and never stands in the lesson's way."""

import json

import pytest

from helpers import files, predictions
from helpers.predictions import predict, reveal

OPTIONS = ["fewer <than> 10", "about 100", "more"]


@pytest.fixture(autouse=True)
def new_kernel():
    """Forget what the kernel knew; calling it in a test is a restart."""

    def restart():
        predictions._asked.clear()
        predictions._chosen.clear()

    restart()
    yield restart
    restart()


@pytest.fixture
def store(home):
    return home / "predictions"


def ask(shown, number="1.3", options=OPTIONS):
    """Ask and return the buttons."""
    predict(number, "How many <weights>?", options)
    return shown.widgets[-1].children[1]


def verdict(shown, answer="about 100", number="1.3"):
    reveal(number, answer)
    return shown.widgets[-1].value


def test_question_is_asked_with_nothing_chosen(shown):
    radio = ask(shown)
    assert list(radio.options) == OPTIONS and radio.value is None
    assert shown.widgets[0].children[0].value == "<b>Predict 1.3.</b> How many &lt;weights&gt;?"
    assert shown.bundles[0]["text/plain"] == (
        "Predict 1.3. How many <weights>?\n  ○ fewer <than> 10\n  ○ about 100\n  ○ more"
    )


def test_right_and_wrong_bets_are_told_apart(shown):
    radio = ask(shown)
    radio.value = "about 100"
    assert "<b>Answer 1.3: about 100</b>" in verdict(shown) and "✓ You said so." in verdict(shown)
    radio.value = "fewer <than> 10"
    assert "✗ You said: fewer &lt;than&gt; 10." in verdict(shown)
    assert "✓" not in verdict(shown)


def test_stored_words_do_not_tell_the_bet(shown):
    ask(shown).value = "more"
    reveal("1.3", "about 100")
    assert shown.bundles[-1]["text/plain"] == "Answer 1.3: about 100"


def test_no_bet_is_no_reproach(shown):
    ask(shown)
    assert "You made no bet this time." in verdict(shown)
    assert "✗" not in verdict(shown)


def test_choice_is_stored_and_found_after_a_restart(shown, store, new_kernel):
    ask(shown).value = "more"
    assert [path.name for path in store.iterdir()] == ["1.3.json"]
    assert json.loads((store / "1.3.json").read_text(encoding="utf-8")) == "more"
    new_kernel()
    assert ask(shown).value == "more"
    assert "✗ You said: more." in verdict(shown)


def test_the_last_choice_counts(shown, new_kernel):
    radio = ask(shown)
    radio.value = "more"
    radio.value = "about 100"
    new_kernel()
    assert ask(shown).value == "about 100"


def test_each_question_has_its_own_choice(shown):
    ask(shown, "1.3").value = "more"
    assert ask(shown, "1.4").value is None
    ask(shown, "2.3").value = "about 100"
    assert ask(shown, "1.3").value == "more"


def test_running_the_cell_again_keeps_the_choice(shown):
    ask(shown).value = "more"
    assert ask(shown).value == "more"


@pytest.mark.parametrize(
    "content", [b"", b"{", b'"more', b"\xff\xfe", b"[1]", b'{"a": 1}', b"null", b'"gone"', b"[" * 9999]
)
def test_a_spoilt_store_is_no_bet_and_can_be_written_again(shown, store, new_kernel, content):
    ask(shown).value = "more"
    new_kernel()
    (store / "1.3.json").write_bytes(content)
    radio = ask(shown)
    assert radio.value is None
    assert "You made no bet this time." in verdict(shown)
    radio.value = "about 100"
    new_kernel()
    assert ask(shown).value == "about 100"


def test_without_a_place_to_write_the_choice_lives_as_long_as_the_kernel(shown, tmp_path, monkeypatch, new_kernel):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("HIDDEN_LAYERS_HOME", str(tmp_path / "file" / "below"))
    ask(shown).value = "more"
    assert ask(shown).value == "more"
    assert "✗ You said: more." in verdict(shown)
    new_kernel()
    assert ask(shown).value is None


def test_without_the_variable_the_store_is_at_home(shown, tmp_path, monkeypatch):
    monkeypatch.delenv("HIDDEN_LAYERS_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    ask(shown).value = "more"
    assert (tmp_path / ".hidden_layers" / "predictions" / "1.3.json").exists()


def test_a_new_choice_counts_where_an_old_one_cannot_be_replaced(shown, monkeypatch):
    radio = ask(shown)
    radio.value = "more"

    def read_only(*args, **kwargs):
        raise PermissionError("read-only")

    monkeypatch.setattr(files.tempfile, "NamedTemporaryFile", read_only)
    radio.value = "about 100"
    assert "✓ You said so." in verdict(shown)


def test_where_the_disk_is_full_nothing_is_left_beside_the_old_choice(shown, monkeypatch):
    radio = ask(shown)
    radio.value = "more"

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "replace", full)
    radio.value = "about 100"
    assert "✓ You said so." in verdict(shown)
    assert [path.name for path in predictions.folder().iterdir()] == ["1.3.json"]
    assert json.loads((predictions.folder() / "1.3.json").read_text()) == "more"


def test_a_choice_among_other_options_is_no_bet(shown, new_kernel):
    ask(shown).value = "more"
    new_kernel()
    assert ask(shown, options=["yes", "no"]).value is None
    assert "You made no bet this time." in verdict(shown, "no")


def test_reveal_before_predict_is_told():
    with pytest.raises(ValueError, match=r"^number is '1.3'; run the cell with predict\('1.3', …\) first"):
        reveal("1.3", "more")


def test_reveal_of_another_answer_is_told(shown):
    ask(shown)
    with pytest.raises(ValueError, match="^answer is 'few'; allowed is one of .*about 100"):
        reveal("1.3", "few")


@pytest.mark.parametrize("number", ["1", "1.", "a.b", "../1.3", "1.3/x", "1.3.4", "", None, "1.3\n"])
def test_bad_number_is_refused(number):
    with pytest.raises(ValueError, match="^number is .*allowed is lesson.question"):
        predict(number, "?", OPTIONS)


@pytest.mark.parametrize("options", [[], ["one"], ["one", "one"], "yes", [1, 2], [["one"], ["two"]]])
def test_bad_options_are_refused(options):
    with pytest.raises(ValueError, match="^options is .*allowed is a list of two or more different strings"):
        predict("1.1", "?", options)


def test_two_processes_at_once_never_leave_half_a_choice(home, store):
    import os
    import subprocess
    import sys
    from pathlib import Path

    script = "import sys; from helpers.predictions import _remember\n"
    script += "for _ in range(150): _remember('1.3', sys.argv[1] * 200_000)"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    writers = [subprocess.Popen([sys.executable, "-c", script, letter], env=environment) for letter in "ab"]
    while any(writer.poll() is None for writer in writers):
        if (store / "1.3.json").exists():
            assert json.loads((store / "1.3.json").read_text()) in ("a" * 200_000, "b" * 200_000)
    assert [writer.returncode for writer in writers] == [0, 0]
    assert [path.name for path in store.iterdir()] == ["1.3.json"]
    assert json.loads((store / "1.3.json").read_text()) in ("a" * 200_000, "b" * 200_000)
