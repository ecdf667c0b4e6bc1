"""Exercises of lesson 08."""

import functools

import cv2
import numpy as np

from helpers import transforms
from helpers.datasets import load_mnist
from helpers.exercises.engine import Exercise, Wrong, array, function, keras_model, sample_shapes

# 8.1: 20° about the true centre, then 3 to the right and 3 down.


def _turn(x=13.5, y=13.5, degrees=20, right=3, down=3):
    """Return the matrix that turns about (x, y), with a shift added."""
    return cv2.getRotationMatrix2D((x, y), degrees, 1) + [[0, 0, right], [0, 0, down]]


def _first_moved_then_turned():
    turn = _turn(right=0, down=0)
    turn[:, 2] += turn[:, :2] @ [3, 3]
    return turn


_MISTAKEN_MATRICES = {
    "that is the published one: it turns about (20, 25)": _turn(20, 25),
    "that turns about (14, 14). Pixels are numbered 0 to 27; what is half way?": _turn(14, 14),
    "that turns about (13, 13). Pixels are numbered 0 to 27; what is half way?": _turn(13, 13),
    "that turns about the corner (0, 0)": _turn(0, 0),
    "it turns about the true centre, but the shift is missing: add 3 to the last column": _turn(right=0, down=0),
    "it moves to the right only; add 3 to both numbers of the last column": _turn(down=0),
    "it moves up and to the left: add 3, do not take it away": _turn(right=-3, down=-3),
    "it turns clockwise; counter-clockwise is +20 in OpenCV": _turn(degrees=-20),
    "20 were taken for radians: getRotationMatrix2D wants degrees": _turn(degrees=np.degrees(20)),
    "it moves first and turns then, so the shift is turned as well: turn first": _first_moved_then_turned(),
}


def _check_1(matrix_8_1):
    matrix = array(matrix_8_1, "matrix_8_1")
    if matrix.shape != (2, 3):
        raise Wrong(f"a matrix for warpAffine has 2 rows and 3 columns, yours is of shape {matrix.shape}")
    if np.allclose(matrix, _turn(), atol=0.01):
        return "Now the middle goes where the 3 pixels send it, and nowhere else."
    for why, mistaken in _MISTAKEN_MATRICES.items():
        if np.allclose(matrix, mistaken, atol=0.01):
            raise Wrong(why)
    goes = np.round(matrix @ [13.5, 13.5, 1], 1).tolist()
    raise Wrong(f"the middle (13.5, 13.5) should go to (16.5, 16.5) and the rest turn by 20°; yours sends it to {goes}")


def _solution_1():
    import cv2

    matrix_8_1 = cv2.getRotationMatrix2D((13.5, 13.5), 20, 1)
    matrix_8_1[:, 2] += 3
    return matrix_8_1


q1 = Exercise(
    "8.1",
    check=_check_1,
    hints=(
        "Take the lesson's two lines. Which point is half way between pixel 0 and pixel 27?",
        "The point is (13.5, 13.5). Which column of the matrix is added to x and y?",
    ),
    solution=_solution_1,
    wrong=[
        *[(why, lambda matrix=matrix: matrix, why) for why, matrix in _MISTAKEN_MATRICES.items()],
        ("scaled", lambda: 2 * _turn(), "yours sends it to"),
        ("square", lambda: np.eye(3), "2 rows and 3 columns"),
    ],
)


# 8.2


@functools.cache
def _displaced():
    """Return ten test digits, each moved by another shift, none so far that ink is lost."""
    digits = load_mnist()[1][0][:10]
    shifts = [(0, 0), (3, 0), (-3, 0), (0, 3), (0, -3), (2, -3), (-3, 2), (3, 3), (1, 0), (-2, -2)]
    return [transforms.shift(digit, right, down) for digit, (right, down) in zip(digits, shifts)]


def _check_2(centre):
    for picture in _displaced():
        given = np.asarray(function(centre, "centre")(picture))
        moved = array(given, "what centre returns", shape=(28, 28))
        if given.dtype != np.uint8:
            raise Wrong(f"the picture came as uint8 and goes as {given.dtype}; transforms.shift keeps the type")
        _expect_in_the_middle(picture, moved)
    return "Ten digits from ten places, all in the middle. Try the MLP on digits centred so."


_ELSEWHERE = 0.2  # of the ink, twice counted: ways of moving by parts of a pixel differ by less, a blur by more


def _expect_in_the_middle(picture, moved):
    if not moved.any():
        raise Wrong("all the ink is gone: the digit was pushed out of the frame")
    ink = picture.sum(dtype=float)
    if abs(moved.sum() - ink) > 0.03 * ink:
        raise Wrong(f"the digit has {moved.sum() / ink:.0%} of its ink: move it, and change nothing else")
    was, now = (_from_the_middle(image) for image in (picture, moved.astype(np.uint8)))
    if max(map(abs, now)) <= 0.55:
        by_moving = transforms.shift(picture, *np.subtract(now, was)).astype(float)
        if np.abs(moved - by_moving).sum() > _ELSEWHERE * ink:
            raise Wrong("it stands in the middle, but it is another picture: move the digit, and change nothing else")
        return
    if np.abs(np.subtract(now, was) + was[::-1]).max() < 0.6 < abs(was[0] - was[1]):
        raise Wrong("x and y are swapped: x counts to the right, y down")
    if np.hypot(*now) > np.hypot(*was) + 0.5:
        raise Wrong(
            f"the picture moved the wrong way: its centre of mass is now {np.hypot(*now):.1f} px from the middle, "
            f"it was {np.hypot(*was):.1f}. Shift by middle − centre, not by centre − middle"
        )
    if abs(now[0]) > 0.55 and abs(now[1]) > 0.55:
        where = "not in the middle yet"
    else:
        where = "centred up and down, not left and right" if abs(now[0]) > 0.55 else "centred left and right only"
    raise Wrong(f"a digit is {where}: its centre of mass is {now[0]:+.1f} px to the right, {now[1]:+.1f} px down")


def _from_the_middle(picture):
    x, y = transforms.centre_of_mass(picture)
    return x - 13.5, y - 13.5


def _solution_2():
    from helpers import transforms

    def centre(picture):
        x, y = transforms.centre_of_mass(picture)
        return transforms.shift(picture, right=13.5 - x, down=13.5 - y)

    return centre


def _shifted_by(choose):
    """Return a function that makes a `centre` that shifts by what `choose` makes of the distances to the middle."""

    def centre(picture):
        right, down = choose(*_from_the_middle(picture))
        return transforms.shift(picture, right, down)

    return lambda: centre


q2 = Exercise(
    "8.2",
    check=_check_2,
    hints=(
        "The middle of 28 pixels numbered from 0 is 13.5. How far is the centre of mass from it, and which way?",
        "Move it by the middle minus the centre of mass, once for x and once for y.",
    ),
    solution=_solution_2,
    wrong=[
        ("the wrong way", _shifted_by(lambda x, y: (x, y)), "moved the wrong way"),
        ("to the right only", _shifted_by(lambda x, y: (-x, 0)), "centred left and right only"),
        ("down only", _shifted_by(lambda x, y: (0, -y)), "not left and right"),
        ("nearly", _shifted_by(lambda x, y: (0.8 - x, -y)), "centred up and down, not left and right"),
        ("paler", lambda: lambda picture: (_solution_2()(picture) * 0.95).astype("uint8"), "of its ink"),
        ("x and y swapped", _shifted_by(lambda x, y: (-y, -x)), "x and y are swapped"),
        ("mirrored", lambda: lambda picture: _solution_2()(picture[:, ::-1]), "another picture"),
        ("turned", lambda: lambda picture: _solution_2()(np.rot90(picture)), "another picture"),
        ("blurred", lambda: lambda picture: transforms.blur(_solution_2()(picture), 1), "another picture"),
        ("as it was", _shifted_by(lambda x, y: (0, 0)), "not in the middle"),
        ("pushed out", _shifted_by(lambda x, y: (28, 0)), "pushed out of the frame"),
        ("as floats", lambda: lambda picture: _solution_2()(picture) / 255, "goes as float64"),
        ("cut off", _shifted_by(lambda x, y: (9, 0)), "of its ink"),
        ("flat", lambda: lambda picture: picture.reshape(784), "of shape (28, 28)"),
    ],
)


# 8.3


def _answers():
    """Yield probabilities (n, 10) and labels (n,): of a sure network that is wrong, of a shy one, of three pictures."""
    random = np.random.default_rng(8)
    for pictures, sharpness in ((200, 5), (150, 0.5), (3, 2)):
        scores = np.exp(sharpness * random.normal(size=(pictures, 10)))
        probabilities = scores / scores.sum(axis=1, keepdims=True)
        labels = np.where(random.random(pictures) < 0.6, probabilities.argmax(axis=1), random.integers(0, 10, pictures))
        yield probabilities, labels


def _parts(probabilities, labels):
    """Return confidence (n,), whether right (n,), and the probability of the right class (n,)."""
    right = probabilities.argmax(axis=1) == labels
    return probabilities.max(axis=1), right, probabilities[np.arange(len(labels)), labels]


_MISTAKEN_GAPS = {
    "the sign is turned round: confidence minus accuracy, so that a boaster is above 0":
        lambda sure, right, chosen: right.mean() - sure.mean(),
    "that is the mean confidence; the accuracy is still to be taken off": lambda sure, right, chosen: sure.mean(),
    "that is the accuracy; it is to be taken off the mean confidence": lambda sure, right, chosen: right.mean(),
    "confidence is the largest probability in each row, not that of the right class":
        lambda sure, right, chosen: chosen.mean() - right.mean(),
    "that is the largest confidence of all; asked is the mean": lambda sure, right, chosen: sure.max() - right.mean(),
    "that takes only the wrong answers; take all of them": lambda sure, right, chosen: sure[~right].mean(),
    "the mean over all ten columns is always 0.1: take the largest of each row first":
        lambda sure, right, chosen: 0.1 - right.mean(),
    "that is the mean distance for each picture; here both means are taken first, then the difference":
        lambda sure, right, chosen: np.abs(sure - right).mean(),
}  # fmt: skip


def _check_3(overconfidence):
    for probabilities, labels in _answers():
        given = array(function(overconfidence, "overconfidence")(probabilities, labels), "what overconfidence returns")
        if given.shape != ():
            raise Wrong(f"one number is asked for all pictures together, yours is of shape {given.shape}")
        sure, right, chosen = _parts(probabilities, labels)
        if np.isclose(given, sure.mean() - right.mean(), atol=1e-6):
            continue
        for why, mistaken in _MISTAKEN_GAPS.items():
            if np.isclose(given, mistaken(sure, right, chosen), atol=1e-6):
                raise Wrong(why)
        if np.isclose(given, 100 * (sure.mean() - right.mean()), atol=1e-4):
            raise Wrong("that is in percent; leave it as a number from -1 to 1")
        raise Wrong(f"mean confidence is {sure.mean():.3f}, accuracy {right.mean():.3f}; you make it {given:.3f}")
    return "Try it on the MLP: upright digits, then digits turned by 45°."


def _solution_3():
    def overconfidence(probabilities, labels):
        right = probabilities.argmax(axis=1) == labels
        return probabilities.max(axis=1).mean() - right.mean()

    return overconfidence


def _gap(mistaken):
    return lambda: lambda probabilities, labels: mistaken(*_parts(probabilities, labels))


q3 = Exercise(
    "8.3",
    check=_check_3,
    hints=(
        "Two numbers: the mean of the largest probability in each row, and the share of right answers.",
        "probabilities.max(axis=1).mean() is the first; the second compares argmax(axis=1) with labels.",
    ),
    solution=_solution_3,
    wrong=[
        *[(why, _gap(mistaken), why) for why, mistaken in _MISTAKEN_GAPS.items()],
        ("in percent", _gap(lambda sure, right, chosen: 100 * (sure.mean() - right.mean())), "in percent"),
        ("one for each picture", _gap(lambda sure, right, chosen: sure - right), "of shape (200,)"),
        ("added", _gap(lambda sure, right, chosen: sure.mean() + right.mean()), "you make it"),
    ],
)


# 8.4, open: judged by measuring the learner's network.

_ALLOWED, _ASKED, _ANGLES = 40_000, 0.9, (-30, 0, 30)
_FORMS = ((28, 28, 1), (28, 28), (784,))


@functools.cache
def _turned_digits():
    """Return 2,000 test digits at each angle, float32 from 0 to 1, and their labels."""
    digits, labels = (values[::5] for values in load_mnist()[1])
    turned = {angle: transforms.rotate(digits, angle).astype("float32") / 255 for angle in _ANGLES}
    return turned, labels


def _check_4(robust):
    model = keras_model(robust, "robust")
    form, answers = sample_shapes(model, "robust")
    if form not in _FORMS:
        raise Wrong(f"robust takes {form} for each picture; asked is one of (28, 28, 1), (28, 28), (784,)")
    if answers != (10,):
        raise Wrong(f"robust gives {answers} for each picture; asked are ten numbers, one for each digit")
    if model.count_params() > _ALLOWED:
        raise Wrong(
            f"robust has {model.count_params():,} parameters; allowed are {_ALLOWED:,}. Fewer or smaller layers"
        )
    scores = _scores(model, form)
    told = ", ".join(f"{score:.1%} at {angle}°" for angle, score in scores.items())
    if min(scores.values()) >= _ASKED:
        return f"{told}, with {model.count_params():,} parameters."
    if scores[0] < 0.2:
        if _scores(model, form, factor=255)[0] > 0.6:
            raise Wrong("robust reads pixels from 0 to 255; asked is from 0 to 1. Train it on x / 255")
        raise Wrong(f"robust reads {scores[0]:.1%} of the upright digits: that is guessing. Has it been trained?")
    if abs(scores[30] - scores[-30]) > 0.1:
        raise Wrong(f"{told}: one side only. Show it digits turned to the left and to the right")
    if scores[0] >= _ASKED:
        raise Wrong(f"{told}: it reads upright digits, not turned ones. Has it seen turned digits in training?")
    raise Wrong(f"{told}; asked are 90 % at each. Train for longer, or on more digits")


def _scores(model, form, factor=1):
    turned, labels = _turned_digits()
    answers = {a: model.predict_on_batch(factor * x.reshape(-1, *form)).argmax(axis=1) for a, x in turned.items()}
    return {angle: float(np.mean(given == labels)) for angle, given in answers.items()}


def _solution_4():
    import keras
    from keras import layers

    from helpers import transforms
    from helpers.datasets import load_mnist

    (x_train, y_train), _ = load_mnist()
    third = [transforms.rotate(x_train[i::3], angle) for i, angle in enumerate((-25, 0, 25))]
    x = np.concatenate(third).reshape(60000, 784) / np.float32(255)
    y = np.concatenate([y_train[i::3] for i in range(3)])
    keras.utils.set_random_seed(0)
    robust = keras.Sequential([
        keras.Input((784,)), layers.Dense(48, activation="relu"), layers.Dense(10, activation="softmax")])  # fmt: skip
    robust.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy")
    robust.fit(x, y, batch_size=500, epochs=6, verbose=0)
    return robust


def _untrained(form=(784,), units=50, answers=10):
    import keras
    from keras import layers

    keras.utils.set_random_seed(0)
    hidden = [layers.Flatten(), layers.Dense(units, activation="relu")]
    return keras.Sequential([keras.Input(form), *hidden, layers.Dense(answers, activation="softmax")])


@functools.cache
def _trained(angles, epochs=2, digits=20000, scale=255):
    """Return a network trained on the first digits turned by each of the angles in turn."""
    import keras

    (x_train, y_train), _ = load_mnist()
    x = np.concatenate([transforms.rotate(x_train[:digits], angle) for angle in angles])
    model = _untrained((28, 28), 48)
    model.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy")
    model.fit(x / np.float32(scale), np.tile(y_train[:digits], len(angles)), batch_size=200, epochs=epochs, verbose=0)
    return model


q4 = Exercise(
    "8.4",
    check=_check_4,
    hints=(
        "Show it turned digits: the lesson's augment layers in front, or transforms.rotate before training. "
        "784 → 48 → 10 has 38,170 parameters; a CNN of fewer or smaller layers will do, too.",
        "Turn a third of the training digits by −25°, a third by 25°, leave a third; train 784 → 48 → 10 for "
        "six epochs with Adam(0.003).",
    ),
    solution=functools.cache(_solution_4),  # it trains for seconds
    wrong=[
        ("too many parameters", lambda: _untrained(units=512), "parameters; allowed are 40,000"),
        ("never trained", _untrained, "Has it been trained"),
        ("other pictures", lambda: _untrained((32, 32)), "takes (32, 32)"),
        ("five answers", lambda: _untrained(answers=5), "ten numbers"),
        ("upright digits only", lambda: _trained((0,)), "not turned ones"),
        ("to the left only", lambda: _trained((0, 30)), "one side only"),
        ("raw pixels", lambda: _trained((0,), scale=1), "Train it on x / 255"),
        ("far too short", lambda: _trained((-30, 0, 30), 1, 500), "Train for longer"),
    ],
)
