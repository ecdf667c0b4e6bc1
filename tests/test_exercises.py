"""The exercises of every lesson: solutions are right, mistakes are told apart, rubbish does no harm."""

import contextlib
import functools
import importlib
import io
import itertools
import pkgutil
import types

import numpy as np
import pytest
from rubbish import RUBBISH

import helpers.exercises
from helpers.exercises.engine import Exercise, as_values

EXERCISES = helpers.exercises.all()

each_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.number)
each_wrong_answer = pytest.mark.parametrize(
    "exercise, make, phrase",
    [
        pytest.param(exercise, make, phrase, id=f"{exercise.number} {name}")
        for exercise in EXERCISES
        for name, make, phrase in exercise.wrong
    ],
)


def printed(exercise):
    """The solution as a learner sees it."""
    with contextlib.redirect_stdout(io.StringIO()) as output:
        exercise.solution()
    return output.getvalue()


# Told by the printed solution, not by its values: they may be a trained network, and every worker collects the tests.
WITH_A_FUNCTION = [exercise for exercise in EXERCISES if "\ndef " in f"\n{printed(exercise)}"]
each_exercise_with_a_function = pytest.mark.parametrize(
    "exercise", WITH_A_FUNCTION, ids=lambda exercise: exercise.number
)


@functools.cache
def types_of(exercise):
    """The types of the values that the exercise takes; asked once, because a solution may train a network."""
    return [type(value) for value in exercise.solved()]


def count_of(exercise):
    """How many values the exercise takes."""
    return len(types_of(exercise))


def functions_of(exercise):
    """At which places the exercise takes a function."""
    return [place for place, kind in enumerate(types_of(exercise)) if kind is types.FunctionType]


def with_value(exercise, place, value):
    """The solution's values with `value` in one place."""
    values = [None] if count_of(exercise) == 1 else list(exercise.solved())
    values[place] = value
    return values


@each_exercise
def test_solution_is_right_and_as_printed_and_pasted_again(exercise, capsys):
    assert exercise.judge(*exercise.solved()).kind == "right"
    exec(printed(exercise), {"np": np, "ex": types.SimpleNamespace(**{f"q{exercise.index}": exercise})})
    assert capsys.readouterr().out.startswith(f"✓ {exercise.number} Right.")


@each_wrong_answer
def test_wrong_answer_is_diagnosed(exercise, make, phrase):
    outcome = exercise.judge(*as_values(make()))
    assert outcome.kind in ("wrong", "raised")
    assert phrase in outcome.message


@each_exercise
def test_wrong_answer_is_diagnosed_every_time(exercise):
    _, make, _ = exercise.wrong[0]
    outcomes = [exercise.judge(*as_values(make())) for _ in range(2)]
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize("rubbish", RUBBISH)
@each_exercise
def test_rubbish_is_never_right(exercise, rubbish):
    make = RUBBISH[rubbish]
    count = count_of(exercise)
    answers = [[make()], [make() for _ in range(count)]]
    answers += [with_value(exercise, place, make()) for place in range(count)]
    for values in answers:
        outcome = exercise.judge(*values)
        assert outcome.kind in ("wrong", "raised")
        assert "\n" not in str(outcome)


@each_exercise
def test_one_value_too_many_is_wrong(exercise):
    assert exercise.judge(*exercise.solved(), 1.0).kind == "wrong"


@each_exercise
def test_placeholder_is_not_tried(exercise):
    for place in range(count_of(exercise)):
        assert exercise.judge(*with_value(exercise, place, ...)).kind == "not tried"


@each_exercise_with_a_function
def test_function_that_raises_is_said_to_raise(exercise):
    outcomes = [
        exercise.judge(*with_value(exercise, place, RUBBISH["function that raises"]()))
        for place in functions_of(exercise)
    ]
    for outcome in outcomes:
        assert outcome.kind == "raised"
        assert "LookupError: lost (line 2 of your function)" in outcome.message


def scribbling(function):
    """A function that gives what `function` gives, and spoils the arrays and lists that it was given."""

    @functools.wraps(function)
    def scribble(*arguments):
        result = function(*arguments)
        for argument in arguments:
            if isinstance(argument, np.ndarray):
                argument[...] = 0
            elif isinstance(argument, list):
                argument.clear()
        return result

    return scribble


@each_exercise_with_a_function
def test_function_may_scribble_on_what_it_gets(exercise):
    kinds = []
    for place in functions_of(exercise):
        values = with_value(exercise, place, scribbling(exercise.solved()[place]))
        kinds += [exercise.judge(*values).kind for _ in range(2)]
    assert set(kinds) == {"right"}


def test_no_function_is_forgotten():
    assert [exercise for exercise in EXERCISES if functions_of(exercise)] == WITH_A_FUNCTION


def test_lessons_number_their_exercises_without_gaps_and_have_three():
    lessons = {
        lesson: [exercise.index for exercise in exercises]
        for lesson, exercises in itertools.groupby(EXERCISES, key=lambda exercise: exercise.lesson)
    }
    assert lessons.pop(0) == [1]  # the door shows what an exercise is
    assert lessons == {lesson: list(range(1, max(3, len(found)) + 1)) for lesson, found in lessons.items()}


def test_lessons_name_their_exercises_after_their_numbers():
    package = helpers.exercises
    modules = [f"{package.__name__}.{found.name}" for found in pkgutil.iter_modules(package.__path__)]
    named = [
        (name, value.index)
        for module in modules
        for name, value in vars(importlib.import_module(module)).items()
        if isinstance(value, Exercise)
    ]
    assert [name for name, _ in named] == [f"q{index}" for _, index in named]
