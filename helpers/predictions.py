"""predict() and reveal(): the learner bets before the cell runs, and is told afterwards how it went.

A choice is kept in a folder of the learner's own, `.hidden_layers` at home or wherever the environment
variable HIDDEN_LAYERS_HOME points, one small file a question; if that cannot be written, in memory.
"""

import html
import json
import os
import re
from pathlib import Path

import ipywidgets

from helpers import files
from helpers.widget_view import show

_asked = {}
_chosen = {}


def predict(number, question, options):
    """Ask `question` with its `options` (two or more different strings) and keep what the learner chooses.

    `number` is "lesson.question", such as "1.3". The lesson goes on with or without a choice.
    Raises `ValueError` if the number is of another form or there are fewer than two different options.
    """
    if not isinstance(number, str) or not re.fullmatch(r"\d+\.\d+", number):
        raise ValueError(f"number is {number!r}; allowed is lesson.question, such as '1.3'")
    strings = isinstance(options, (list, tuple)) and all(isinstance(option, str) for option in options)
    if not strings or len(set(options)) != len(options) or len(options) < 2:
        raise ValueError(f"options is {options!r}; allowed is a list of two or more different strings")
    _asked[number] = list(options)
    choice = _recall(number)
    radio = ipywidgets.RadioButtons(
        options=options, value=choice if choice in options else None, layout={"width": "max-content"}
    )
    radio.observe(lambda change: _remember(number, change["new"]), names="value")
    heading = ipywidgets.HTML(f"<b>Predict {number}.</b> {html.escape(question)}")
    words = "\n".join([f"Predict {number}. {question}", *(f"  ○ {option}" for option in options)])
    show(ipywidgets.VBox([heading, radio]), words)


def reveal(number, answer):
    """Show how the learner's choice for question `number` compares with `answer`, one of its options.

    Raises `ValueError` if the question was not asked in this session, or the answer is none of its options.
    """
    if number not in _asked:
        raise ValueError(f"number is {number!r}; run the cell with predict({number!r}, …) first")
    if answer not in _asked[number]:
        raise ValueError(f"answer is {answer!r}; allowed is one of {_asked[number]}")
    choice = _recall(number)
    if choice == answer:
        verdict = "✓ You said so."
    elif choice in _asked[number]:
        verdict = f"✗ You said: {choice}."
    else:
        verdict = "You made no bet this time."
    text = f"Answer {number}: {answer}"
    show(ipywidgets.HTML(f"<b>{html.escape(text)}</b> &nbsp; {html.escape(verdict)}"), text)


def folder():
    """Return the folder in which choices are kept: a Path, which need not exist. Raises RuntimeError without a home."""
    return Path(os.environ.get("HIDDEN_LAYERS_HOME") or Path.home() / ".hidden_layers") / "predictions"


def _remember(number, choice):
    try:
        folder().mkdir(parents=True, exist_ok=True)
        files.replace(folder() / f"{number}.json", json.dumps(choice).encode())
        _chosen.pop(number, None)
    except (OSError, RuntimeError):
        _chosen[number] = choice  # no folder to write in, or no home at all: it lives as long as the kernel


def _recall(number):
    if number in _chosen:
        return _chosen[number]
    try:
        return json.loads((folder() / f"{number}.json").read_text(encoding="utf-8"))
    except (OSError, RuntimeError, ValueError):
        return None
