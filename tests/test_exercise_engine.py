"""The engine of the exercises, tested on exercises made for it."""

import contextlib
import functools
import io
import random
import subprocess
import sys
import types
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from rubbish import RUBBISH

import helpers.exercises
from helpers.exercises.engine import Exercise, Outcome, Wrong, array, function, keras_model, number, shown

ROOT = Path(__file__).parent.parent


def _check_fires(fires):
    fires = function(fires, "fires")
    for inputs, expected in [([0.0, 0.0], 0.0), ([1.0, 1.0], 1.0)]:
        answer = number(fires(np.array(inputs), np.array([1.0, 1.0]), -1.5), "what fires returns")
        if answer != expected:
            raise Wrong(f"for the inputs {inputs} it returns {answer}, because …")
    return "It fires when it should."


def _solution_fires():
    # Comments are shown too.
    def fires(inputs, weights, bias):
        return float(np.dot(inputs, weights) + bias > 0)

    return fires


def _check_neuron(weights, bias):
    weights = array(weights, "weights", shape=(2,))
    if not np.allclose([*weights, number(bias, "bias")], [0.125, 0.375, -1.5]):
        raise Wrong("the line is elsewhere")


def _solution_neuron():
    weights = np.array([0.125, 0.375])
    return weights, -1.5


FIRES = Exercise(
    "1.1",
    check=_check_fires,
    hints=("Sum first.", "Compare with 0."),
    solution=_solution_fires,
    wrong=[("always fires", lambda: lambda inputs, weights, bias: 1.0, "it returns 1.0")],
)
NEURON = Exercise(
    "3.12",
    check=_check_neuron,
    hints=("Draw the line.", "The bias is -1.5."),
    solution=_solution_neuron,
    wrong=[("mirrored", lambda: ([0.375, 0.125], -1.5), "elsewhere")],
)


def exercise_with(check, **changes):
    definition = dict(
        check=check,
        hints=("a", "b"),
        solution=_solution_fires,
        wrong=[("one", lambda: 1, "x")],
    )
    return Exercise(**{"number": "1.1", **definition, **changes})


def typed_in_a_notebook(source):
    """The function `source` defines, of which Python has no source file."""
    names = {"np": np}
    exec(compile(source, "<cell>", "exec"), names)
    return names["f"]


# The four outcomes


def test_right_answer_is_praised():
    assert FIRES.judge(*FIRES.solved()) == Outcome("right", "1.1 Right. It fires when it should.")


def test_right_answer_without_praise():
    assert str(NEURON.judge([0.125, 0.375], -1.5)) == "✓ 3.12 Right."


def test_wrong_answer_is_told_why():
    outcome = FIRES.judge(lambda inputs, weights, bias: 1.0)
    assert str(outcome) == "✗ 1.1 Not yet: for the inputs [0.0, 0.0] it returns 1.0, because …"


def test_untried_answer_is_told_where_help_is():
    assert str(NEURON.judge(..., -1.5)) == "○ 3.12 not tried yet. Try it above, or ask for ex.q12.hint()"


def test_raised_error_is_told_with_its_line():
    fires = typed_in_a_notebook("def f(inputs, weights, bias):\n    zero = 0\n    return 1 / zero\n")
    assert str(FIRES.judge(fires)) == (
        "! 1.1 Your code raised ZeroDivisionError: division by zero (line 3 of your function)"
    )


def test_check_prints_the_outcome_and_returns_nothing(capsys):
    assert NEURON.check([1.0, 2.0], -1.5) is None
    assert capsys.readouterr().out == "✗ 3.12 Not yet: the line is elsewhere\n"


def test_outcome_cannot_be_changed():
    with pytest.raises(AttributeError):
        FIRES.judge(...).kind = "right"


@pytest.mark.parametrize("values, count", [([[1.0, 2.0]], "1 value"), ([1.0, 2.0, 3.0], "3 values")])
def test_wrong_number_of_values_shows_the_call(values, count):
    message = NEURON.judge(*values).message
    assert message == f"3.12 Not yet: call ex.q12.check(weights, bias). You passed {count}"


# Not tried


UNTOUCHED = [
    "def f(x): ...",
    "def f(x): pass",
    "def f(x):\n    'What it should do.'",
    "def f(x):\n    'What it should do.'\n    ...",
    "def f(x):\n    'What it should do.'\n    # Your code here.\n    pass",
    "def f(x): return",
    "def f(x): return ...",
    "def f(x, *rest, y=3): return None",
    "f = lambda x: None",
    "f = lambda x: ...",
]
TOUCHED = [
    "def f(x): return 0",
    "def f(x): return False",
    "def f(x): return ''",
    "def f(x): return x",
    "def f(x): x",
    "def f(x): print(x)",
    "def f(x): raise NotImplementedError",
    "def f(x): yield",
    "async def f(x): ...",
    "def f(x):\n    x = 2",
    "def f(x):\n    if x: return ...",
    "f = lambda x: 1.0",
    "f = lambda x: x[...]",
]


@pytest.mark.parametrize("source", UNTOUCHED)
def test_function_that_does_nothing_is_not_tried(source):
    assert FIRES.judge(typed_in_a_notebook(source)).kind == "not tried"


@pytest.mark.parametrize("source", TOUCHED)
def test_function_that_does_something_is_tried(source):
    assert FIRES.judge(typed_in_a_notebook(source)).kind in ("wrong", "raised")


@pytest.mark.parametrize(
    "values",
    [(), (...,), ([1.0, ...], -1.5), ((..., 1.0), -1.5), ([np.ones(2), ...], -1.5), ([1.0, 1.0], ...)],
    ids=repr,
)
def test_placeholder_value_is_not_tried(values):
    assert NEURON.judge(*values).kind == "not tried"


class Untouched:
    def __init__(self, rate):
        self.rate = rate

    def on_begin(self): ...

    def on_end(self):
        """Say so."""


class Begun:
    def on_begin(self):
        self.seen = 0

    def on_end(self): ...


class WithoutMethods:
    pass


@pytest.mark.parametrize("value, tried", [(Untouched, False), (Begun, True), (WithoutMethods, True)])
def test_class_is_tried_when_one_of_its_methods_does_something(value, tried):
    check = exercise_with(lambda value: "fine")
    assert (check.judge(value).kind != "not tried") == tried


def test_untouched_function_is_not_called():
    def f(x):
        pass

    check = exercise_with(lambda f: pytest.fail("called"))
    assert check.judge(f).kind == "not tried"


# Who raised


@pytest.mark.parametrize(
    "source, line",
    [
        ("def f(inputs, weights, bias): raise KeyError", 1),
        ("\n\ndef f(inputs, weights, bias):\n    return inputs @ [1, 2, 3]", 2),
        ("def f(inputs, weights, bias):\n\n    return np.linalg.inv(np.zeros((2, 2)))", 3),
        ("def g(x):\n    return 1 / 0\n\ndef f(inputs, weights, bias):\n    return g(bias)", 2),
        ("def f(x, *y):\n    if len(y) > 4:\n        y[9]\n    return f(x, *y, 1)", 3),
        ("def f(x, *y):\n    return f(x, *y)", 2),
        ("f = lambda inputs, weights, bias: inputs['a']", 1),
        ("import sys\ndef f(inputs, weights, bias):\n    sys.exit()", 2),
    ],
)
def test_learners_error_is_placed_in_the_learners_function(source, line):
    outcome = FIRES.judge(typed_in_a_notebook(source))
    assert outcome.kind == "raised"
    assert outcome.message.endswith(f" (line {line} of your function)")


def test_learners_callable_that_is_no_function_raises_without_a_line():
    outcome = FIRES.judge(functools.partial(RUBBISH["function that raises"](), 1))
    assert str(outcome) == "! 1.1 Your code raised LookupError: lost"


def test_checks_own_error_is_not_blamed_on_the_learner():
    outcome = exercise_with(lambda weights: weights + 1).judge("text")
    assert outcome.kind == "wrong"
    assert "ex.q1.check(weights) cannot use 'text': TypeError" in outcome.message


def test_check_may_not_exit():
    class Exits:
        def __add__(self, other):
            sys.exit()

    assert exercise_with(lambda value: value + 1).judge(Exits()).kind == "wrong"


@pytest.mark.parametrize("why_not", [ValueError, SystemExit])
def test_error_that_cannot_be_printed_is_still_told(why_not):
    class Mute(Exception):
        def __str__(self):
            raise why_not

    def fires(inputs, weights, bias):
        raise Mute

    assert "Your code raised Mute() (line 2 of your function)" in FIRES.judge(fires).message


def test_error_without_words_is_told_by_its_name():
    fires = typed_in_a_notebook("def f(inputs, weights, bias): assert bias > 0")
    assert str(FIRES.judge(fires)) == "! 1.1 Your code raised AssertionError (line 1 of your function)"


def test_outcome_can_be_printed_whatever_text_a_check_quotes():
    def check(text):
        raise Wrong(f"it says {text}")

    assert str(exercise_with(check).judge("\ud800")) == r"✗ 1.1 Not yet: it says \ud800"


def test_keyboard_interrupt_goes_through():
    def fires(inputs, weights, bias):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        FIRES.judge(fires)


def test_function_of_other_parameters_is_told_so():
    message = FIRES.judge(lambda inputs, weights: 1.0).message
    assert message.endswith("fires must take 3 values, yours is fires(inputs, weights)")


def test_built_in_function_that_hides_its_parameters_can_be_judged():
    assert exercise_with(lambda f: _expect_equal(function(f, "f")(3, 4), 4)).judge(max).kind == "right"


def _expect_equal(given, expected):
    if given != expected:
        raise Wrong(f"{given} is not {expected}")


# Nothing is disturbed


def test_function_gets_its_own_copies():
    data = np.ones(2), [1.0, [2.0]], {"a": [1]}

    def scribble(array, numbers, names):
        array[:] = 7
        numbers[1].clear()
        names["a"].append(2)
        return array

    def check(f):
        function(f, "f")(*data)

    assert exercise_with(check).judge(scribble).kind == "right"
    assert np.array_equal(data[0], [1.0, 1.0])
    assert data[1:] == ([1.0, [2.0]], {"a": [1]})


def test_expected_array_is_a_copy():
    given = np.ones(2)
    array(given, "weights")[:] = 7
    assert np.array_equal(given, [1.0, 1.0])


def test_random_states_stay():
    def draw(inputs, weights, bias):
        np.random.seed(3)
        random.seed(4)
        raise ValueError

    before = np.random.get_state()[1].tolist(), random.getstate()
    assert FIRES.judge(draw).kind == "raised"
    assert (np.random.get_state()[1].tolist(), random.getstate()) == before


@pytest.mark.parametrize(
    "source",
    [
        "def f(inputs, weights, bias): return np.log(inputs - 1).sum()",
        "import warnings\ndef f(inputs, weights, bias): warnings.warn('old'); return 1.0",
        "async def f(inputs, weights, bias): return 1.0",
    ],
)
def test_warnings_stay_off_the_screen(source):
    fires = typed_in_a_notebook(source)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        kind = FIRES.judge(fires).kind
    assert (kind, seen) == ("wrong", [])


def test_numpy_settings_stay():
    def fires(inputs, weights, bias):
        np.seterr(all="raise")
        return 1.0

    before = np.geterr()
    FIRES.judge(fires)
    assert np.geterr() == before


def test_printing_goes_through(capsys):
    FIRES.judge(lambda inputs, weights, bias: print("inputs are", inputs) or 1.0)
    assert capsys.readouterr().out == "inputs are [0. 0.]\n"


# Hints and solution


def test_hints_come_one_by_one_for_each_exercise(capsys):
    first, second = exercise_with(print), exercise_with(print, number="1.2", hints=("c", "d"))
    for exercise in (first, first, second, first, first):
        exercise.hint()
    no_more = "1.1 There are no more hints. ex.q1.solution() shows one way to do it."
    assert capsys.readouterr().out.splitlines() == [
        "1.1 Hint 1 of 2: a",
        "1.1 Hint 2 of 2: b",
        "1.2 Hint 1 of 2: c",
        no_more,
        "1.1 Hint 1 of 2: a",
    ]


def test_solution_is_shown_in_the_shape_of_the_lesson(capsys):
    FIRES.solution()
    assert capsys.readouterr().out == (
        "# Comments are shown too.\n"
        "def fires(inputs, weights, bias):\n"
        "    return float(np.dot(inputs, weights) + bias > 0)\n"
        "\n"
        "ex.q1.check(fires)\n"
    )


@pytest.mark.parametrize("exercise", [FIRES, NEURON], ids=lambda exercise: exercise.number)
def test_solution_pasted_into_a_cell_is_right(exercise, capsys):
    exercise.solution()
    pasted = capsys.readouterr().out
    exec(pasted, {"np": np, "ex": types.SimpleNamespace(**{f"q{exercise.index}": exercise})})
    assert capsys.readouterr().out.startswith("✓")


def test_solution_of_one_line(capsys):
    def solution(): return 784 * 10  # fmt: skip # noqa: E704

    exercise_with(print, solution=solution).solution()
    assert capsys.readouterr().out == "ex.q1.check(784 * 10)\n"


def test_solution_of_several_values_in_parentheses(capsys):
    def solution():
        weights = [1.0, 1.0]
        return (weights, -1.5)

    exercise_with(print, solution=solution).solution()
    assert capsys.readouterr().out == "weights = [1.0, 1.0]\n\nex.q1.check(weights, -1.5)\n"


# Expectations


@pytest.mark.parametrize(
    "value",
    [2, 2.0, np.float32(2), np.int64(2), np.array(2.0), np.array(2, dtype=object), np.uint8(2)],
    ids=repr,
)
def test_number_takes_any_kind_of_number(value):
    result = number(value, "bias")
    assert result == 2.0
    assert type(result) is float


def test_number_takes_truth_values_and_big_integers():
    assert [number(value, "n") for value in (True, np.False_, 2**70)] == [1.0, 0.0, 2.0**70]


@pytest.mark.parametrize("value", ["1.5", b"1", [1.5], np.array([1.5]), 1j, np.complex64(1), None, np.nan, 10**400])
def test_number_refuses_anything_else(value):
    with pytest.raises(Wrong, match="bias must be one finite number, not "):
        number(value, "bias")


def test_array_takes_nested_lists():
    result = array([[1, 2], (True, 4.5)], "weights", shape=(2, 2))
    assert result.dtype == float
    assert result.tolist() == [[1.0, 2.0], [1.0, 4.5]]


@pytest.mark.parametrize(
    "value, reason",
    [
        (["1", "2"], r"must be an array of numbers, not \['1', '2'\]"),
        (np.array(["1", 2], dtype=object), "must be an array of numbers, not array.*"),
        (np.array([b"1"], dtype=object), "must be an array of numbers, not array.*"),
        ([[1, 2], [3]], r"must be an array of numbers, not \[\[1, 2\], \[3\]\]"),
        ([1, 2, 3], r"must be of shape \(2,\), not \[1, 2, 3\] of shape \(3,\)"),
        (None, r"must be of shape \(2,\), not None of shape \(\)"),
        ([1, np.inf], r"must hold finite numbers only, not \[1, inf\]"),
    ],
)
def test_array_refuses_anything_else(value, reason):
    with pytest.raises(Wrong, match=f"^weights {reason}$"):
        array(value, "weights", shape=(2,))


def test_function_refuses_what_cannot_be_called():
    with pytest.raises(Wrong, match="^fires must be a function, not 3$"):
        function(3, "fires")


def test_keras_values_are_taken_and_models_must_be_built():
    keras = pytest.importorskip("keras")
    built = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    unbuilt = keras.Sequential([keras.layers.Dense(1)])
    assert keras_model(built, "model") is built
    assert number(keras.ops.convert_to_tensor(2.5), "loss") == 2.5
    assert array(built.weights[0], "weights").shape == (2, 1)
    for value, reason in [
        (unbuilt, "has no weights yet"),
        (keras.Sequential, "must be a Keras model, not <class"),
        (built.layers[0], "must be a Keras model, not <Dense"),
        (None, "must be a Keras model, not None"),
    ]:
        with pytest.raises(Wrong, match=reason):
            keras_model(value, "model")


@pytest.mark.parametrize(
    "value, text",
    [
        (1.5, "1.5"),
        (10**6000, "<int object>"),
        (len, "<built-in function len>"),
        (object(), "<object object>"),
        (np.eye(2), "array([[1., 0.], [0., 1.]])"),
        (list(range(100)), "[0, 1, 2, 3, 4, 5, ...]"),
        ("a" * 10**6, f"'{'a' * 37}...{'a' * 38}'"),
        (b"a" * 10**6, f"b'{'a' * 97}…"),
        (np.array([object()] * 9), f"array([{'<object object>, ' * 9}"[:99] + "…"),
    ],
    ids=shown,
)
def test_shown_is_short_and_without_addresses(value, text):
    assert shown(value) == text


# Rubbish


@pytest.mark.parametrize("rubbish", RUBBISH)
def test_rubbish_is_named_and_never_right(rubbish):
    value = RUBBISH[rubbish]()
    for exercise, values in [(FIRES, [value]), (NEURON, [value, -1.5]), (NEURON, [[0.125, 0.375], value])]:
        outcome = exercise.judge(*values)
        assert outcome.kind in ("wrong", "raised")
        if not callable(value):
            assert outcome.kind == "wrong"
            assert shown(value).encode("utf-8", "backslashreplace").decode() in outcome.message


class Mute(Exception):
    """An error that will not say what it is."""

    def __str__(self):
        raise SystemExit


METHODS = """
    __getattribute__ __getattr__ __class__ __repr__ __str__ __format__ __hash__ __bool__ __eq__ __ne__ __lt__
    __gt__ __add__ __sub__ __mul__ __radd__ __abs__ __float__ __int__ __index__ __complex__ __len__ __iter__
    __next__ __getitem__ __contains__ __call__ __array__ __array_interface__ __array_struct__ __array_ufunc__
    __array_function__ __dlpack__ __buffer__ __signature__ __deepcopy__ __copy__ __reduce_ex__
""".split()
ERRORS = [
    ValueError("no"),
    Mute(),
    SystemExit(3),
    AttributeError("a\ud800b"),
    StopIteration(),
    MemoryError("x" * 9999),
]


def hostile(methods, error, base, as_property):
    def refuse(*arguments, **named):
        raise error

    body = {name: property(refuse) if as_property or name == "__class__" else refuse for name in methods}
    return type("Hostile", (base,), body)()


def itself(value):
    return value


def in_list(make, make_other):
    return [make(), make_other()]


def in_tuple(make, make_other):
    return make(), make_other()


def in_array(make, make_other):
    return np.fromiter([make(), make_other()], dtype=object)


def returned(make, make_other):
    return lambda *values: make()


def returned_for_three(make, make_other):
    return lambda inputs, weights, bias: make() if inputs[0] else make_other()


# What is drawn are functions that make the value: Hypothesis itself stumbles over values this hostile.
make_ordinary = st.builds(
    functools.partial,
    st.just(itself),
    st.one_of(
        st.sampled_from([None, ..., NotImplemented, True, {"key": 1.0}]),
        st.one_of(st.integers(), st.floats(), st.complex_numbers(), st.fractions()),
        st.one_of(st.text("1.e-\n\ud800∑"), st.binary(), st.datetimes()),
        st_numpy.arrays(st_numpy.scalar_dtypes(), st_numpy.array_shapes(min_dims=0, min_side=0, max_side=3)),
    ),
)
make_rubbish = st.sampled_from([make for name, make in RUBBISH.items() if "Keras" not in name])
make_hostile = st.builds(
    functools.partial,
    st.just(hostile),
    methods=st.sets(st.sampled_from(METHODS), max_size=8),
    error=st.sampled_from(ERRORS),
    base=st.sampled_from([object, list, tuple, str, float, dict, Exception]),
    as_property=st.booleans(),
)
containers = st.sampled_from([in_list, in_tuple, in_array, returned, returned_for_three])
make_anything = st.recursive(
    st.one_of(make_ordinary, make_rubbish, make_hostile),
    lambda makers: st.builds(functools.partial, containers, makers, makers),
    max_leaves=5,
)


@settings(deadline=None)
@given(make_anything, make_anything)
def test_whatever_is_passed_is_judged_in_one_line_and_never_right(make_first, make_second):
    first, second = make_first(), make_second()
    for exercise, values in [
        (FIRES, [first]),
        (NEURON, [first, second]),
        (NEURON, [first, -1.5]),
        (NEURON, [[0.125, 0.375], second]),
        (NEURON, [first]),
        (exercise_with(lambda value: _expect_equal(value + value() + len(value), value[0])), [first]),
    ]:
        screen = io.StringIO()
        with warnings.catch_warnings(record=True) as seen, contextlib.redirect_stdout(screen):
            warnings.simplefilter("always")
            assert exercise.check(*values) is None
        line = screen.getvalue().encode("utf-8").decode()
        assert line[0] in "✗○!"
        assert line.count("\n") == 1 and len(line) < 1000
        assert " at 0x" not in line
        assert [str(warning.message) for warning in seen] == []


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=4))
def test_array_gives_back_any_numbers(numbers):
    assert array(numbers, "numbers", shape=(len(numbers),)).tolist() == numbers


@given(st.one_of(st.integers(-(10**300), 10**300), st.floats(allow_nan=False, allow_infinity=False)))
def test_number_gives_back_any_number(value):
    assert number(value, "n") == float(value)


@given(make_hostile)
def test_hostile_object_can_be_shown(make):
    text = shown(make())
    assert type(text) is str
    assert len(text) <= 100


# Definitions


@pytest.mark.parametrize(
    "argument, value, shows",
    [
        ("number", 1.1, "1.1"),
        ("number", "1", "'1'"),
        ("number", "1.0", "'1.0'"),
        ("number", "1.1.1", "'1.1.1'"),
        ("check", "text", "'text'"),
        ("solution", None, "None"),
        ("hints", "ab", "'ab'"),
        ("hints", ("one",), r"\('one',\)"),
        ("hints", ("one", "two", "three"), "three"),
        ("hints", ("one", " "), "' '"),
        ("hints", ("one", 2), "2"),
        ("wrong", [], r"\[\]"),
        ("wrong", None, "None"),
        ("wrong", [("name", lambda: 1)], "name"),
        ("wrong", [("name", 1, "phrase")], "phrase"),
        ("wrong", [("name", lambda: 1, "")], "name"),
        ("wrong", [("", lambda: 1, "phrase")], "phrase"),
    ],
)
def test_bad_definition_is_refused_by_name(argument, value, shows):
    with pytest.raises(ValueError, match=f"^{argument} is .*{shows}.*; allowed "):
        exercise_with(**{"check": _check_fires, argument: value})


# The package


def test_all_finds_every_lessons_exercises_in_order(tmp_path, monkeypatch):
    for lesson, numbers in {"made_up_second": ["2.1"], "made_up_first": ["1.10", "1.9"]}.items():
        lines = ["from helpers.exercises.engine import Exercise"]
        lines += ["common = dict(check=print, hints=('a', 'b'), solution=print, wrong=[('w', print, 'p')])"]
        lines += [f"q{number[2:]} = Exercise({number!r}, **common)" for number in numbers]
        (tmp_path / f"{lesson}.py").write_text("\n".join(lines))
    monkeypatch.setattr(helpers.exercises, "__path__", [str(tmp_path)])
    assert [exercise.number for exercise in helpers.exercises.all()] == ["1.9", "1.10", "2.1"]


def test_exercises_do_not_import_tensorflow():
    code = "import sys, helpers.exercises as e; e.all(); print({'tensorflow', 'keras'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"
