"""The engine under the exercises: judge an answer, give a hint, show a solution.

A lesson module writes for each exercise a check, which gets the learner's values and raises `Wrong` with the
mistake it found, and a solution, whose source learners are shown and whose answer the tests judge:

    def _check_1(weights):
        weights = array(weights, "weights", shape=(2,))
        if not np.allclose(weights, 1):
            raise Wrong(f"both inputs count alike, your weights are {weights}")
        return "Any two equal weights do."

    def _solution_1():
        weights = np.array([1.0, 1.0])
        return weights

    q1 = Exercise(
        "1.1",
        check=_check_1,
        hints=("Swap the inputs: the answer must stay.", "The two weights are equal."),
        solution=_solution_1,
        wrong=[("one input counts twice", lambda: [1.0, 2.0], "count alike")],
    )
"""

import ast
import contextlib
import copy
import dis
import inspect
import itertools
import random
import re
import reprlib
import textwrap
import traceback
import types
import warnings
from dataclasses import dataclass

import numpy as np

_SIGNS = {"right": "✓", "wrong": "✗", "not tried": "○", "raised": "!"}


class Wrong(Exception):
    """A check's verdict that the answer is wrong; its text tells the learner why."""


class _Raised(Exception):
    """The learner's function raised; the text says what, and in which line."""


@dataclass(frozen=True)
class Outcome:
    """An answer judged: `kind` is "right", "wrong", "not tried" or "raised", `message` says why."""

    kind: str
    message: str

    def __str__(self):
        return f"{_SIGNS[self.kind]} {self.message}"


class Exercise:
    """One exercise of a lesson, which names it after its place: `q2 = Exercise("1.2", …)`."""

    def __init__(self, number, *, check, hints, solution, wrong):
        """Define exercise `number`, such as "1.2": the second of lesson 1.

        `check` takes the learner's values by position; its parameters are named as in the lesson. It returns
        a sentence of praise (str) or None if they are right, and raises `Wrong` if they are not.
        `hints` are two texts, the second saying more.
        `solution` is a `def` without parameters. Its last line, such as `return weights, bias`, gives the
        values for `check`; learners are shown the lines before it.
        `wrong` lists common wrong answers for the tests: (name, function without parameters that returns
        the value or a tuple of values, text that the message must contain).

        Raises `ValueError` if one of them is anything else.
        """
        match = re.fullmatch(r"(\d+)\.([1-9]\d*)", number) if isinstance(number, str) else None
        if not match:
            raise ValueError(f"number is {shown(number)}; allowed is lesson and place, like '1.2'")
        for name, value in {"check": check, "solution": solution}.items():
            if not callable(value):
                raise ValueError(f"{name} is {shown(value)}; allowed is a function")
        if not _is_list_of(hints, _is_text) or len(hints) != 2:
            raise ValueError(f"hints is {shown(hints)}; allowed are exactly two texts")
        if not _is_list_of(wrong, _is_wrong_answer) or not wrong:
            raise ValueError(f"wrong is {shown(wrong)}; allowed are one or more (name, function, text)")
        self.number = number
        self.lesson, self.index = map(int, match.groups())
        self.wrong = list(wrong)
        self._name = f"ex.q{self.index}"
        self._check = check
        self._solution = solution
        self._hints = itertools.cycle([
            f"{number} Hint 1 of 2: {hints[0]}",
            f"{number} Hint 2 of 2: {hints[1]}",
            f"{number} There are no more hints. {self._name}.solution() shows one way to do it.",
        ])  # fmt: skip

    def check(self, *values):
        """Print whether `values` solve the exercise and, if not, what is wrong with them."""
        print(self.judge(*values))

    def hint(self):
        """Print the first hint, the next time the second, then where the solution is, and so round again."""
        print(next(self._hints))

    def solution(self):
        """Print code that solves the exercise, in the shape of the lesson's cell."""
        print(self._solution_code())

    def judge(self, *values):
        """Return the `Outcome` of `values`. Never raises, whatever they are.

        The random states of NumPy and of Python's `random` stay as they were.
        """
        with _undisturbed():
            try:
                return self._judged(values)
            except Wrong as wrong:
                return self._outcome("wrong", f"Not yet: {wrong}")
            except _Raised as raised:
                return self._outcome("raised", f"Your code raised {raised}")
            except (Exception, SystemExit) as error:
                refused = f"{self._usage()} cannot use {', '.join(map(shown, values))}"
                return self._outcome("wrong", f"Not yet: {refused}: {_shown_error(error)}")

    def solved(self):
        """Return the solution's answer: a tuple of the values for `judge`."""
        return as_values(self._solution())

    def _judged(self, values):
        if not values or any(map(_untouched, values)):
            return self._outcome("not tried", f"not tried yet. Try it above, or ask for {self._name}.hint()")
        try:
            inspect.signature(self._check).bind(*values)
        except TypeError:
            raise Wrong(f"call {self._usage()}. You passed {_count(values)}") from None
        praise = self._check(*values)
        return self._outcome("right", f"Right. {praise}" if praise else "Right.")

    def _outcome(self, kind, text):
        printable = text.encode("utf-8", "backslashreplace").decode()
        return Outcome(kind, f"{self.number} {printable}")

    def _usage(self):
        return f"{self._name}.check{inspect.signature(self._check)}"

    def _solution_code(self):
        source = textwrap.dedent(inspect.getsource(self._solution))
        definition = ast.parse(source).body[0]
        last = definition.body[-1]
        parts = last.value.elts if isinstance(last.value, ast.Tuple) else [last.value]
        values = ", ".join(ast.get_source_segment(source, part) for part in parts)
        body = textwrap.dedent("\n".join(source.splitlines()[definition.lineno : last.lineno - 1]))
        return f"{body.rstrip()}\n\n{self._name}.check({values})".lstrip()


def as_values(answer):
    """Return what a solution or a wrong answer's function gave as the tuple of values for `judge`."""
    return answer if isinstance(answer, tuple) else (answer,)


# What a check expects. Each takes the learner's value and the name the lesson gives it.


def number(value, name):
    """Return `value` as a float: a finite real number, NumPy scalar, or array or tensor of no dimensions.

    Raises `Wrong` for anything else.
    """
    floats = _floats(value)
    if floats is None or floats.shape != () or not np.isfinite(floats):
        raise Wrong(f"{name} must be one finite number, not {shown(value)}")
    return float(floats)


def array(value, name, shape=None):
    """Return `value`, an array, a tensor or nested lists of finite real numbers, as a new array of floats.

    Raises `Wrong` for anything else, and if `shape`, a tuple, is given and is not the array's.
    """
    floats = _floats(value)
    if floats is None:
        raise Wrong(f"{name} must be an array of numbers, not {shown(value)}")
    if shape is not None and floats.shape != shape:
        raise Wrong(f"{name} must be of shape {shape}, not {shown(value)} of shape {floats.shape}")
    if not np.isfinite(floats).all():
        raise Wrong(f"{name} must hold finite numbers only, not {shown(value)}")
    return floats


def function(value, name):
    """Return `value` as a function for the check to call, each time with its own copies of arrays and lists.

    What `value` raises in such a call becomes the outcome "raised".
    Raises `Wrong` if `value` cannot be called or, when called, does not take that many arguments.
    """
    if not callable(value):
        raise Wrong(f"{name} must be a function, not {shown(value)}")

    def call(*arguments):
        _expect_to_take(value, name, arguments)
        copies = [_own_copy(argument) for argument in arguments]
        try:
            return value(*copies)
        except (Exception, SystemExit) as error:
            raise _Raised(f"{_shown_error(error)}{_place(value, error)}") from error

    return call


def nearly_equal(given, expected):
    """Whether numbers or arrays agree in five digits, or near 0 to a millionth: rounding is no mistake."""
    return np.allclose(given, expected, rtol=1e-5, atol=1e-6)


def keras_model(value, name):
    """Return `value`, a Keras model that has its weights. Raises `Wrong` for anything else."""
    import keras

    if not isinstance(value, keras.Model):
        raise Wrong(f"{name} must be a Keras model, not {shown(value)}")
    if not value.built:
        raise Wrong(f"{name} has no weights yet: start it with keras.Input(shape=…)")
    return value


def sample_shapes(model, name):
    """Return the shapes of one input and one answer of a Keras model. Raises `Wrong` for a class that does not tell."""
    if not hasattr(model, "input_shape"):
        raise Wrong(f"{name} is of a class of your own, which does not tell its shapes: "
                    "make it with Sequential([…]) or keras.Model(inputs, outputs)")  # fmt: skip
    return tuple(model.input_shape[1:]), tuple(model.output_shape[1:])


def shown(value):
    """Return `value` as it prints, in one short line and without memory addresses. Never raises."""
    try:
        return _one_line(_short.repr(value), 100)
    except (Exception, SystemExit):
        return _one_line(object.__repr__(value), 100)


_short = reprlib.Repr()
_short.maxstring = 80
_short.maxother = 10_000  # cut by _one_line instead, which takes the addresses out first


def _shown_error(error):
    try:
        return _one_line(f"{type(error).__name__}: {error}".removesuffix(": "), 300)
    except (Exception, SystemExit):
        return shown(error)


def _one_line(text, limit):
    words = re.sub(r" at 0x[0-9a-fA-F]+", "", text).split()
    line = " ".join(words)
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def _place(function, error):
    """Where in the learner's function the error passed through, or "" if that cannot be told."""
    code = getattr(function, "__code__", None)
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code is code]
    return f" (line {lines[-1] - code.co_firstlineno + 1} of your function)" if lines else ""


def _own_copy(argument):
    return copy.deepcopy(argument) if isinstance(argument, (np.ndarray, list, dict)) else argument


def _expect_to_take(function, name, arguments):
    try:
        signature = inspect.signature(function)
    except ValueError:  # some functions written in C do not tell
        return
    try:
        signature.bind(*arguments)
    except TypeError:
        yours = _one_line(f"{name}{signature}", 100)
        raise Wrong(f"{name} must take {_count(arguments)}, yours is {yours}") from None


def _count(values):
    return "1 value" if len(values) == 1 else f"{len(values)} values"


def _floats(value):
    """A new array of floats, or None if `value` does not hold real numbers."""
    try:
        given = np.asarray(value)
        # V is TensorFlow's bfloat16, O big integers. Left out: text would be parsed, complex numbers cut.
        text = given.dtype.kind == "O" and any(isinstance(element, (str, bytes)) for element in given.flat)
        return given.astype(float) if given.dtype.kind in "biufVO" and not text else None
    except (Exception, SystemExit):
        return None


def _untouched(value):
    """Whether `value` is still a placeholder: `...`, a list with one, a function or a class that does nothing.

    A class does nothing if none of its methods does; `__init__`, which the lesson may have given, does not count.
    """
    if isinstance(value, (tuple, list)):
        return any(element is ... for element in value)
    if isinstance(value, type):
        methods = [part for name, part in vars(value).items() if name != "__init__"]
        methods = [part for part in methods if isinstance(part, types.FunctionType)]
        return bool(methods) and all(_does_nothing(method.__code__) for method in methods)
    if isinstance(value, types.FunctionType):
        return _does_nothing(value.__code__)
    return value is ...


def _does_nothing(code):
    # Read from the bytecode, since a notebook's source may be gone. What it returns is None or `...`.
    for instruction in dis.get_instructions(code):
        if instruction.opcode in dis.hasconst:
            if instruction.argval is not None and instruction.argval is not ...:
                return False
        elif instruction.opname not in ("RESUME", "NOP", "RETURN_VALUE"):
            return False
    return True


@contextlib.contextmanager
def _undisturbed():
    """Hide warnings; put back the random states of NumPy and of Python, from which Keras draws its seeds."""
    numpy_state, python_state = np.random.get_state(legacy=False), random.getstate()
    try:
        with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
            yield
    finally:
        np.random.set_state(numpy_state)
        random.setstate(python_state)


def _is_list_of(values, is_one):
    return isinstance(values, (list, tuple)) and all(map(is_one, values))


def _is_text(value):
    return isinstance(value, str) and bool(value.strip())


def _is_wrong_answer(value):
    match value:
        case (str(name), values, str(phrase)):
            return callable(values) and _is_text(name) and _is_text(phrase)
    return False
