"""The table of `fit`'s arguments: neither Keras nor the course may know one that the other does not."""

import inspect

import keras
import pytest

from helpers import fit_arguments
from helpers.fit_arguments import TEXTS, fit_defaults, markdown_table


def test_course_explains_exactly_the_arguments_that_keras_has():
    assert list(TEXTS) == list(inspect.signature(keras.Model.fit).parameters)[1:]


def test_table_has_keras_names_and_defaults_in_keras_order():
    rows = [row.strip("|").split("|") for row in markdown_table().splitlines()[2:]]
    assert [row[0].strip(" `") for row in rows] == list(fit_defaults())
    assert [row[2].strip(" `") for row in rows] == [repr(default) for default in fit_defaults().values()]
    assert all(len(row) == 4 and row[1].strip() and row[3].strip() for row in rows)


@pytest.mark.parametrize("change", [dict(workers=1), dict(epochs=inspect.Parameter.empty)])
def test_an_argument_added_or_dropped_is_named(monkeypatch, change):
    (name, default), *_ = change.items()
    changed = fit_defaults() | change
    if default is inspect.Parameter.empty:
        del changed[name]
    monkeypatch.setattr(fit_arguments, "fit_defaults", lambda: changed)
    with pytest.raises(ValueError, match=f"differs from this course in fit's .'{name}'.; allowed are x, y"):
        markdown_table()
