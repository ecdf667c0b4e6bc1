"""Exercises of lesson 04."""

import numpy as np

from helpers.exercises.engine import Exercise, Wrong, array, function, nearly_equal, number, shown

# 4.1: the pixel at row 17 and column 5, and place 400. Each with its mistakes: what they give -> why.

_PLACES = {
    "place": (481, {
        482: "that counts places from 1; the first one is 0",
        452: "that counts rows and columns from 1; the first ones are 0",
        453: "that counts rows from 1: 17 whole rows lie above row 17",
        157: "row and column are swapped: the rows above have 28 pixels each, so it is the row that counts 28 times",
        464: "a row is 28 pixels long; 27 is only the number of its last column",
        476: "that is where row 17 begins; column 5 is further on",
    }),
    "row": (14, {
        15: "that counts rows from 1; the first one is 0",
        8: "row and column are swapped: the row is how many whole rows come before, the column is what is left over",
    }),
    "column": (8, {
        9: "that counts columns from 1; the first one is 0",
        7: "that counts places from 1; the first one is 0",
        14: "that is the row: the column is what is left over",
        22: "a row is 28 pixels long; 27 is only the number of its last column",
    }),
}  # fmt: skip


def _check_1(place, row, column):
    for value, (name, (right, mistakes)) in zip((place, row, column), _PLACES.items()):
        value = number(value, name)
        if value in mistakes:
            raise Wrong(f"{name} is {value:g}: {mistakes[value]}")
        if value % 1:
            raise Wrong(f"{name} is {value:g}, but pixels are counted whole: // drops what is behind the point")
        if value != right:
            raise Wrong(f"{name} is {value:g}. Rows lie one behind the other, 28 pixels each: 28 * row + column")
    return "28 · 17 + 5 is 481, and 400 is 28 · 14 + 8."


def _solution_1():
    place = 28 * 17 + 5
    row = 400 // 28
    column = 400 % 28
    return place, row, column


def _places(**changes):
    """Return a function that gives the three numbers, right but for `changes`."""
    return lambda: tuple((dict(place=481, row=14, column=8) | changes).values())


q1 = Exercise(
    "4.1",
    check=_check_1,
    hints=(
        "Row 0 fills the places 0 to 27. At which place does row 1 begin? And row 17?",
        "place = 28 * row + column. Back: // 28 gives the whole rows, % 28 what is left over.",
    ),
    solution=_solution_1,
    wrong=[
        *[
            (f"{name} {value}", _places(**{name: value}), f"{name} is {value}: {why}")
            for name, (_, mistakes) in _PLACES.items()
            for value, why in mistakes.items()
        ],
        ("not a whole row", _places(row=400 / 28), "counted whole"),
        ("row and column added", _places(place=22), "28 * row + column"),
    ],
)


# 4.2


def _pictures():
    """Yield pictures as bytes, and as the rows that a file with five digits gives back.

    Each picture holds all bytes up to its brightest. Without the file, `rows * 255` would be exact for all 256, and
    cutting off as good as rounding.
    """
    random = np.random.default_rng(4)
    for brightest_pixels in ([255, 255, 255, 255], [60, 80, 100], [255]):
        pixels = np.stack([random.permutation(np.arange(784) % (brightest + 1)) for brightest in brightest_pixels])
        yield pixels.astype("uint8").reshape(-1, 28, 28), (pixels / 255).round(5).astype("float32")


def _by_columns(pixels):
    return pixels.reshape(-1, 28, 28).transpose(0, 2, 1).reshape(-1, 784)


_MISTAKEN_BYTES = {
    "nothing is rounded, but bytes are whole numbers": lambda rows: rows * 255,
    "many bytes are one too small: what is behind the point is cut off. 0.00392 * 255 is 0.9996, which byte was that?":
        lambda rows: np.floor(rows * 255),
    "many bytes are one too large: you always round up. 0.01569 * 255 is 4.001, which byte was that?":
        lambda rows: np.ceil(rows * 255),
    "white becomes 0: it is 256 here, which does not fit into a byte. The largest byte is 255":
        lambda rows: np.floor(rows * 256) % 256,
    "bright pixels are one too large, and white becomes 0: the largest byte is 255, not 256":
        lambda rows: np.round(rows * 256) % 256,
    "what was above 127 is negative: int8 overflows, it ends at 127":
        lambda rows: (np.round(rows * 255) + 128) % 256 - 128,
    "you make the brightest pixel you were given 255, so a dark picture turns bright":
        lambda rows: np.round(255 * rows / rows.max()),
    "you make the brightest pixel of each picture 255, so a dark one turns bright":
        lambda rows: np.round(255 * rows / rows.max(axis=1, keepdims=True)),
    "black and white are swapped": lambda rows: 255 - np.round(rows * 255),
    "rows and columns are swapped: the first 28 numbers are the top row of the picture":
        lambda rows: _by_columns(np.round(rows * 255)),
    "the pictures are mixed up: each must come from one row. Which dimension of the new shape counts the pictures?":
        lambda rows: np.round(rows * 255).reshape(784, -1).T,
}  # fmt: skip


def _check_2(restore):
    for images, rows in _pictures():
        restored = function(restore, "restore")(rows)
        given = array(restored, "what restore returns")
        _expect_pictures(given.shape, len(images))
        _expect_bytes(given, images, rows)
    dtype = np.asarray(restored).dtype
    if dtype != "uint8":
        raise Wrong(f"the values are right, but of type {dtype}; asked are bytes, uint8")
    return "All 256 bytes come back, whichever way the file rounded them."


def _expect_pictures(shape, pictures):
    if shape == (pictures, 28, 28):
        return
    why = {
        (pictures, 784): "each row has to become a picture again",
        (28, 28, pictures): "it is transposed; the first dimension counts the pictures",
        (pictures * 28, 28): "all pictures are below each other in one; keep them apart",
        (pictures, 28, 28, 1): "there is a dimension too many",
        (28, 28): "keep the dimension that counts the pictures, even if there is only one",
    }.get(shape, "one picture of 28 rows and 28 columns for each row")
    if shape == (28, 28) and pictures > 1:
        why = "that is one picture only"
    raise Wrong(f"rows of shape {(pictures, 784)} must become {(pictures, 28, 28)}, not {shape}: {why}")


def _expect_bytes(given, images, rows):
    if np.array_equal(given, images):
        return
    if given.max() <= 1:
        raise Wrong(f"the largest value is {given.max():g}, but bytes go up to 255. What did the lesson do by / 255?")
    if np.isin(given, (0, 255)).all():
        raise Wrong("only 0 and 255 are left: the fractions were gone before they were multiplied")
    for why, mistaken in _MISTAKEN_BYTES.items():
        if nearly_equal(given.reshape(-1, 784), mistaken(rows)):
            raise Wrong(why)
    picture, row, column = _worst(given, images)
    raise Wrong(
        f"in picture {picture}, row {row}, column {column}, {rows[picture, 28 * row + column]:.5f} became "
        f"{given[picture, row, column]:.4g}, and {images[picture, row, column]} is right"
    )


def _worst(given, right):
    """Return the place of the entry that is furthest off."""
    return map(int, np.unravel_index(np.abs(given - right).argmax(), given.shape))


def _solution_2():
    def restore(rows):
        return np.round(rows * 255).astype("uint8").reshape(-1, 28, 28)

    return restore


def _restore_by(mistaken):
    """Return a function that makes a `restore` with a mistake of values only."""
    return lambda: lambda rows: mistaken(rows).reshape(-1, 28, 28)


def _reshaped(*shape, **named):
    """Return a function that makes a `restore` whose bytes are right, but in another shape or order."""
    return lambda: lambda rows: np.round(rows * 255).astype("uint8").reshape(*shape, **named)


q2 = Exercise(
    "4.2",
    check=_check_2,
    hints=(
        "Undo the steps of the lesson: the range, the type, the shape. What does astype('uint8') make of 99.999?",
        "rows * 255 is the range. np.round takes the nearest whole number, and only then .astype('uint8') is harmless.",
    ),
    solution=_solution_2,
    wrong=[
        *[(why, _restore_by(mistaken), why) for why, mistaken in _MISTAKEN_BYTES.items()],
        ("truncated", _restore_by(lambda rows: (rows * 255).astype("uint8")), "what is behind the point is cut off"),
        ("truncated in float64", _restore_by(lambda rows: (rows * 255.0).astype(float).astype("uint8")), "is cut off"),
        ("cast first", _restore_by(lambda rows: rows.astype("uint8") * 255), "only 0 and 255 are left"),
        ("rounded first", _restore_by(lambda rows: rows.round() * 255), "only 0 and 255 are left"),
        ("not * 255", _restore_by(lambda rows: rows.astype("uint8")), "the largest value is 1"),
        ("not * 255, rounded", _restore_by(lambda rows: rows.round().astype("uint8")), "the largest value is 1"),
        ("only reshaped", _restore_by(lambda rows: rows), "the largest value is 1"),
        ("divided again", _restore_by(lambda rows: rows / 255), "the largest value is 0.00392"),
        ("float32", _restore_by(lambda rows: np.round(rows * 255)), "are right, but of type float32"),
        ("int64", _restore_by(lambda rows: np.round(rows * 255).astype("int64")), "are right, but of type int64"),
        ("still rows", _reshaped(-1, 784), "become (4, 28, 28), not (4, 784): each row has to become a picture"),
        ("pictures last", _reshaped(28, 28, -1), "not (28, 28, 4): it is transposed"),
        ("one high picture", _reshaped(-1, 28), "below each other"),
        ("with a channel", _reshaped(-1, 28, 28, 1), "a dimension too many"),
        ("in Fortran order", _reshaped(-1, 28, 28, order="F"), "rows and columns are swapped"),
        ("for one picture only", _reshaped(28, 28), "ValueError"),
        ("the first only", lambda: lambda rows: np.round(rows[0] * 255).reshape(28, 28), "that is one picture only"),
        ("squeezed", lambda: lambda rows: _solution_2()(rows).squeeze(), "even if there is only one"),
        ("clipped", _restore_by(lambda rows: np.round(rows * 255).clip(0, 200)), "became 200, and 255 is right"),
    ],
)


# 4.3


def _labels():
    """Yield labels as MNIST has them: all ten digits, a few without a 9, a single one."""
    for digits in ([5, 0, 4, 1, 9, 2, 1, 3, 8, 6, 7, 9, 4], [3, 0, 8, 3], [7]):
        yield np.array(digits, dtype="uint8")


def _check_3(soft_labels):
    for labels in _labels():
        encoded = function(soft_labels, "soft_labels")(labels)
        given = array(encoded, "what soft_labels returns")
        _expect_ten_columns(given.shape, labels)
        dtype = np.asarray(encoded).dtype
        if not given.any() and dtype.kind in "biu":
            raise Wrong(f"every entry is 0: in {dtype}, neither 0.91 nor 0.01 has a place. Which type has one?")
        _expect_soft(given, labels)
    return "Every row adds up to 1, and no digit is ruled out."


def _expect_ten_columns(shape, labels):
    labels_given, present = len(labels), len(np.unique(labels))
    if shape == (labels_given, 10):
        return
    why = {
        (10, labels_given): "it is transposed; one row for each label is asked",
        (labels_given,): "each label becomes a row of ten numbers",
        (10,): "keep the row for each label, even if there is only one",
        (labels_given, present): "a column for each digit that occurs here. There are ten digits, whichever occur",
        (labels_given, labels.max()): "the columns end before the largest label; the digits are 0 to 9",
        (labels_given, labels.max() + 1): "the columns end with the largest label that occurs; always make ten",
    }.get(shape, "one row for each label, one column for each digit")
    raise Wrong(f"the labels {labels.tolist()} must become an array of shape {(labels_given, 10)}, not {shape}: {why}")


def _soft(one_hot):
    return np.where(one_hot, 0.91, 0.01)


def _expect_soft(given, labels):
    one_hot = np.eye(10)[labels]
    right = _soft(one_hot)
    if _almost(given, right):
        return
    if _almost(given[:, 1:], right[:, :-1]):
        raise Wrong("every 0.91 is one column too far right: columns count from 0, digit 0 belongs in column 0")
    if _almost(given[:, :-1], right[:, 1:]):
        raise Wrong("every 0.91 is one column too far left: columns count from 0, digit 1 belongs in column 1")
    if _almost(given, _soft(1 - one_hot)):
        raise Wrong("it is turned round: 0.91 belongs at the label, 0.01 everywhere else")
    if nearly_equal(given[one_hot == 0], 0):
        raise Wrong("the nine others got 0, as in a one-hot vector. Nothing is to be ruled out: they get 0.01 each")
    sums = given.sum(axis=1)
    row = int(np.abs(sums - 1).argmax())
    if not _almost(sums[row], 1, off=0.005):
        raise Wrong(f"the row of the label {labels[row]}, {_rounded(given[row])}, adds up to {sums[row]:.3g}, not to 1")
    row, _ = _worst(given, right)
    raise Wrong(f"the label {labels[row]} became {_rounded(given[row])}, and {_rounded(right[row])} is right")


def _almost(given, expected, off=0.0005):
    # So far off is 0.91 in float16, and 0.1 / 9 is further from 0.01.
    return np.allclose(given, expected, rtol=0, atol=off)


def _rounded(row):
    return [float(f"{value:.3g}") for value in row]


def _solution_3():
    def soft_labels(labels):
        soft = np.full((len(labels), 10), 0.01)
        soft[np.arange(len(labels)), labels] = 0.91
        return soft

    return soft_labels


def _rows_of(matrix):
    """Return a function that makes a `soft_labels` that takes the rows of `matrix`."""
    return lambda: lambda labels: matrix[labels]


def _set_in(make, at_label=0.91):
    """Return a function that makes a `soft_labels` that sets the entries at the labels in what `make(shape)` gives."""

    def soft_labels(labels):
        soft = make((len(labels), 10))
        soft[np.arange(len(labels)), labels] = at_label
        return soft

    return lambda: soft_labels


q3 = Exercise(
    "4.3",
    check=_check_3,
    hints=(
        "The lesson made one-hot vectors by hand. What has to stand in the array before the labels' places are set?",
        "Begin with an array full of 0.01, and set one entry in each row: np.arange(len(labels)) and labels say where.",
    ),
    solution=_solution_3,
    wrong=[
        ("to the largest label", lambda: lambda labels: _soft(np.eye(labels.max() + 1)[labels]), "always make ten"),
        ("one column too few", lambda: lambda labels: _soft(np.eye(10)[labels, : labels.max()]), "before the largest"),
        ("of those present", lambda: lambda labels: _soft(labels[:, None] == np.unique(labels)), "whichever occur"),
        ("one too far right", _rows_of(_soft(np.eye(10, k=1))), "too far right"),
        ("one too far left", _rows_of(_soft(np.roll(np.eye(10), -1, axis=1))), "too far left"),
        ("transposed", lambda: lambda labels: _soft(np.eye(10)[labels]).T, "it is transposed"),
        ("turned round", _rows_of(_soft(1 - np.eye(10))), "turned round"),
        ("the labels as they are", lambda: lambda labels: labels, "becomes a row of ten"),
        ("squeezed", lambda: lambda labels: _soft(np.eye(10)[labels]).squeeze(), "only one"),
        ("eleven columns", _rows_of(_soft(np.eye(11))), "not (13, 11): one row for each label"),
        ("up to the label", _rows_of(_soft(np.tri(10))), "adds up to 9.1, not to 1"),
        ("one-hot", _rows_of(np.eye(10)), "the nine others got 0, as in a one-hot vector"),
        ("one-hot whole numbers", _rows_of(np.eye(10, dtype=int)), "the nine others got 0"),
        ("True and False", lambda: lambda labels: labels[:, None] == np.arange(10), "the nine others got 0"),
        ("0.91 and 0", _set_in(np.zeros), "the nine others got 0"),
        ("whole numbers", _set_in(lambda shape: np.zeros(shape, int)), "every entry is 0: in int64"),
        ("bytes", lambda: lambda labels: _soft(np.eye(10)[labels]).astype("uint8"), "every entry is 0: in uint8"),
        ("0.9 and 0.01", _rows_of(0.89 * np.eye(10) + 0.01), "adds up to 0.99, not to 1"),
        ("1 and 0.01", _rows_of(0.99 * np.eye(10) + 0.01), "adds up to 1.09, not to 1"),
        ("0.01 added", _rows_of(np.eye(10) + 0.01), "adds up to 1.1, not to 1"),
        ("0.1 each", _rows_of(0.9 * np.eye(10) + 0.1), "adds up to 1.9, not to 1"),
        ("0.1 shared by nine", _set_in(lambda shape: np.full(shape, 0.1 / 9), 0.9), "the label 5 became [0.0111,"),
    ],
)


# 4.4


def _samples(number_of_samples):
    """Return x with as many rows of 784 random pixels, the first three of them always 0, and labels y."""
    random = np.random.default_rng(number_of_samples)
    x = random.uniform(0, 255, size=(number_of_samples, 784)).astype("float32")
    x[:, :3] = 0
    return x, random.permutation(number_of_samples) % 10


def _standardised(part, fitted_on):
    mean, spread = fitted_on.mean(axis=0), fitted_on.std(axis=0)
    return (part - mean) / np.where(spread == 0, 1, spread)


def _check_4(split_and_scale):
    for number_of_samples in (100, 103):
        x, y = _samples(number_of_samples)
        x_train, x_test, y_train, y_test = _four_parts(function(split_and_scale, "split_and_scale")(x, y))
        _expect_sizes(len(y_train), len(y_test), number_of_samples)
        train, test = (_rows_in(part, x, name) for part, name in ((x_train, "x_train"), (x_test, "x_test")))
        _expect_pairs(y[[*train, *test]], [*y_train, *y_test])
        _expect_every_row_once(train, test)
        if max(test) - min(test) + 1 == len(test):
            raise Wrong("the test part is one piece of the pictures, in the order in which they came: "
                        "shuffle them before you split")  # fmt: skip
        _expect_scaled_train(x_train, x[train], x)
        _expect_scaled_test(x_test, x[test], x[train])
    return "Every picture kept its label, and the test part had no say in how it was scaled."


def _in_order(x, y):
    cut = len(x) * 4 // 5
    return *(_standardised(part, x[:cut]) for part in (x[:cut], x[cut:])), y[:cut], y[cut:]


def _cut_before_shuffled(x, y):
    order = np.random.default_rng(0).permutation(len(x) * 4 // 5)
    order = np.append(order, np.arange(len(order), len(x)))
    return _in_order(x[order], y[order])


def _four_parts(parts):
    if not isinstance(parts, (tuple, list)) or len(parts) != 4:
        raise Wrong(f"split_and_scale must return x_train, x_test, y_train, y_test, not {shown(parts)}")
    for part in parts:
        part = np.asarray(part)
        if part.dtype.kind == "f" and np.isnan(part).any():
            raise Wrong("there is nan in it: a pixel that never changes has the spread 0. Divide by 1 there, not by 0")
    names = ("x_train", "x_test", "y_train", "y_test")
    parts = [array(part, name) for part, name in zip(parts, names)]
    dimensions = [part.ndim for part in parts]
    if dimensions == [2, 1, 2, 1]:
        raise Wrong("return both parts of x first, then both of y: x_train, x_test, y_train, y_test")
    if dimensions != [2, 2, 1, 1]:
        raise Wrong(f"x_train, x_test, y_train, y_test must have 2, 2, 1 and 1 dimensions, not {dimensions}")
    for x, y, name in ((0, 2, "train"), (1, 3, "test")):
        if len(parts[y]) == 0:
            raise Wrong(f"y_{name} is empty; of five pictures four are for training and one for the test")
        if parts[x].shape != (len(parts[y]), 784):
            raise Wrong(f"x_{name} of shape {parts[x].shape} and y_{name} of shape {parts[y].shape} do not go together")
    return parts


def _expect_sizes(train, test, number_of_samples):
    if train + test < number_of_samples:
        raise Wrong(f"of {number_of_samples} pictures {train} are in one part and {test} in the other: some are lost")
    sizes = f"{train} of {number_of_samples} pictures are for training"
    if abs(test - 0.8 * number_of_samples) < 1:
        raise Wrong(f"{sizes}: the parts are swapped, the larger one is for training")
    if abs(train - 0.8 * number_of_samples) >= 1:
        raise Wrong(f"{sizes}; asked are 80 %")


def _rows_in(part, x, name):
    """Return which rows of `x` the rows of `part` are, however its pixels were shifted and scaled.

    Standardised, a part differs little from the same rows of a standardised `x`, and any two rows differ a lot.
    """
    alike = _standardised(part, part) @ _standardised(x, x).T / x.shape[1]
    if alike.max(axis=1).min() < 0.5:
        raise Wrong(f"{name} holds rows that are no rows of x, shifted and scaled pixel by pixel")
    return alike.argmax(axis=1)


def _expect_pairs(expected, labels):
    strange = np.count_nonzero(expected != labels)
    if strange:
        raise Wrong(f"{strange} of {len(labels)} pictures carry another picture's label")


def _expect_every_row_once(train, test):
    both = len(np.intersect1d(train, test))
    if both:
        raise Wrong(f"{both} pictures are in the training part and in the test part as well")
    if len({*train, *test}) < len(train) + len(test):
        raise Wrong("some pictures come twice: permute them, do not draw them")


def _expect_scaled_train(given, train, x):
    if _close(given, _standardised(train, train)):
        return
    if _close(given, _standardised(train, x)):
        raise Wrong("mean and spread come from all pictures, the test part leaks in. Split first, then measure x_train")
    changing = train.std(axis=0) > 0
    if _close(given[:, changing], _standardised(train, train)[:, changing]):
        raise Wrong("a pixel that never changes in x_train, as those in the corners, must become 0")
    mean, spread = given.mean(axis=0), given.std(axis=0)
    pixel = int((changing * (np.abs(mean) + np.abs(spread - 1))).argmax())
    raise Wrong(
        f"pixel {pixel} has mean {mean[pixel]:.3g} and spread {spread[pixel]:.3g} over x_train; mean 0 and spread 1 "
        f"are asked, for each pixel of its own"
    )


def _expect_scaled_test(given, test, train):
    right = _standardised(test, train)
    if _close(given, right):
        return
    if _close(given, _standardised(test, test)):
        raise Wrong("x_test is scaled by its own mean and spread. Use the training part's, as for any new picture")
    if _close(given, test):
        raise Wrong("x_test is not scaled. The network will read it in the same units as x_train")
    row, pixel = _worst(given, right)
    raise Wrong(
        f"pixel {pixel} of x_test[{row}] is {given[row, pixel]:.3g}; scaled like the training part, "
        f"it is {right[row, pixel]:.3g}"
    )


def _close(given, expected):
    # Wide enough for a spread that divides by n - 1, far narrower than what a leak changes.
    return np.abs(given - expected).max() < 0.03


def _solution_4():
    def split_and_scale(x, y):
        order = np.random.default_rng(0).permutation(len(x))
        x, y = x[order], y[order]
        cut = int(0.8 * len(x))
        mean, spread = x[:cut].mean(axis=0), x[:cut].std(axis=0)
        x = (x - mean) / np.where(spread == 0, 1, spread)
        return x[:cut], x[cut:], y[:cut], y[cut:]

    return split_and_scale


def _as_in_the_lesson(x, y):
    """The lesson's cell with its two silent bugs."""
    order = np.random.default_rng(0).permutation(len(x))
    x = x[order]
    mean, spread = x.mean(axis=0), x.std(axis=0)
    x = (x - mean) / np.where(spread == 0, 1, spread)
    cut = int(0.8 * len(x))
    return x[:cut], x[cut:], y[:cut], y[cut:]


def _split(scale=lambda x, train: (_standardised(x[train], x[train]), _standardised(x[~train], x[train])), share=0.8):
    """Return a function that makes a `split_and_scale`; `scale` gets x and which of its rows are for training."""

    def split_and_scale(x, y):
        train = np.random.default_rng(0).permutation(len(x)) < int(share * len(x))
        return *scale(x, train), y[train], y[~train]

    return lambda: split_and_scale


def _scaled(scale):
    return _split(lambda x, train: (scale(x)[train], scale(x)[~train]))


def _changed(change):
    """Return a function that makes a `split_and_scale` whose four right arrays are changed at the end."""
    return lambda: lambda x, y: change(*_split()()(x, y))


def _divided_by_zero(x, train):
    return [(part - x[train].mean(axis=0)) / x[train].std(axis=0) for part in (x[train], x[~train])]


def _drawn(x, y):
    rows = np.random.default_rng(0).integers(80, size=80)
    return _standardised(x[rows], x[rows]), _standardised(x[80:], x[rows]), y[rows], y[80:]


q4 = Exercise(
    "4.4",
    check=_check_4,
    hints=(
        "There are two bugs, and none of them raises. Which label does the first picture have after the shuffling? "
        "And which pictures do mean and spread come from?",
        "x, y = x[order], y[order] keeps the pairs together. Then cut, and take mean and spread of x[:cut] only.",
    ),
    solution=_solution_4,
    wrong=[
        ("as in the lesson", lambda: _as_in_the_lesson, "pictures carry another picture's label"),
        ("not shuffled", lambda: _in_order, "shuffle them before you split"),
        ("cut, then shuffled", lambda: _cut_before_shuffled, "shuffle them before you split"),
        ("turned round", lambda: lambda x, y: _in_order(x[::-1], y[::-1]), "shuffle them before you split"),
        ("leak", _scaled(lambda x: _standardised(x, x)), "the test part leaks in"),
        ("not scaled", _scaled(lambda x: x), "over x_train; mean 0 and spread 1 are asked"),
        ("mean only", _scaled(lambda x: x - x.mean(axis=0)), "over x_train; mean 0 and spread 1 are asked"),
        ("one mean for all pixels", _scaled(lambda x: (x - x.mean()) / x.std()), "for each pixel of its own"),
        ("test by its own", _split(lambda x, train: [_standardised(x[rows], x[rows]) for rows in (train, ~train)]),
         "x_test is scaled by its own"),
        ("test not scaled", _split(lambda x, train: (_standardised(x[train], x[train]), x[~train])),
         "x_test is not scaled"),
        ("test by another spread", _changed(lambda x, x_test, *y: (x, 1.1 * x_test, *y)), "of x_test["),
        ("corners not 0", _changed(lambda x, *others: (x + (np.arange(784) < 3), *others)), "must become 0"),
        ("divided by 0", _split(_divided_by_zero), "there is nan in it"),
        ("70 %", _split(share=0.7), "70 of 100 pictures are for training; asked are 80 %"),
        ("20 %", _split(share=0.2), "the parts are swapped"),
        ("test within train", _changed(lambda x, _, y, __: (x, x[:20], y, y[:20])), "in the test part as well"),
        ("drawn", lambda: _drawn, "do not draw them"),
        ("the last one lost", _changed(lambda x, x_test, y, y_test: (x, x_test[:-1], y, y_test[:-1])), "some are lost"),
        ("x, y, x, y", _changed(lambda x, x_test, y, y_test: (x, y, x_test, y_test)), "both parts of x first"),
        ("labels of the other part", _changed(lambda x, x_test, y, y_test: (x, x_test, y_test, y)), "go together"),
        ("labels as a column", _changed(lambda x, x_test, y, y_test: (x, x_test, y[:, None], y_test)), "dimensions"),
        ("pixels mixed", _changed(lambda x, x_test, *y: (x[:, ::-1], x_test, *y)), "no rows of x"),
        ("x only", _changed(lambda *parts: parts[:2]), "must return x_train, x_test, y_train, y_test"),
    ],
)  # fmt: skip


# 4.5


def _answered():
    """Yield labels and answers: many, every digit in both; a few without a 9; more of one pair than a byte counts."""
    random = np.random.default_rng(5)
    labels = (np.arange(200) % 10).astype("uint8")
    yield labels, np.where(random.random(200) < 0.6, labels, random.integers(10, size=200))
    yield np.array([3, 0, 8, 3, 3], "uint8"), np.array([3, 0, 3, 8, 3])
    yield np.full(300, 1, "uint8"), np.full(300, 1)


def _confusion(labels, answers):
    counts = np.zeros((10, 10))
    np.add.at(counts, (labels, answers), 1)
    return counts


_MISTAKEN_COUNTS = {
    "rows and columns are swapped: a row for each label, a column for each answer": lambda counts: counts.T,
    "these are shares of all pictures; asked are counts": lambda counts: counts / counts.sum(),
    "these are shares of each row; asked are counts": lambda counts: counts / counts.sum(axis=1, keepdims=True),
    "these are shares of each column; asked are counts": lambda counts: counts / counts.sum(axis=0),
    "it never counts further than 1. counts[labels, answers] += 1 adds once, however often a pair comes: "
    "go through the pairs, or use np.add.at": lambda counts: np.minimum(counts, 1),
    "only the right answers are counted; the wrong ones belong beside the diagonal":
        lambda counts: np.diag(np.diag(counts)),
    "only the wrong answers are counted; the right ones belong on the diagonal":
        lambda counts: counts - np.diag(np.diag(counts)),
}  # fmt: skip


def _check_5(confusion):
    for labels, answers in _answered():
        given = array(function(confusion, "confusion")(labels, answers), "what confusion returns")
        _expect_ten_by_ten(given, labels, answers)
        _expect_counts(given, _confusion(labels, answers))
    return "The diagonal holds what was right, everything beside it names a mistake."


def _expect_ten_by_ten(given, labels, answers):
    if given.shape == (10, 10):
        return
    why = "a row for each label, a column for each answer"
    if given.shape == () and given in (np.mean(labels == answers), np.sum(labels == answers)):
        why = "that only says how many are right. Which digit was taken for which?"
    elif given.shape in {(size, size) for size in (len(np.unique(labels)), labels.max() + 1)}:
        why = "it has only rows for digits that occur. There are ten digits, whichever occur"
    raise Wrong(f"confusion must return an array of shape (10, 10), not {given.shape}: {why}")


def _expect_counts(given, right):
    if nearly_equal(given, right):
        return
    for why, mistaken in _MISTAKEN_COUNTS.items():
        if any(nearly_equal(given, factor * mistaken(right)) for factor in (1, 100)):
            raise Wrong(why)
    label, answer = _worst(given, right)
    raise Wrong(
        f"row {label}, column {answer} is {given[label, answer]:g}, and {right[label, answer]:g} is right: "
        f"so often was a {label} answered with {answer}"
    )


def _solution_5():
    def confusion(labels, answers):
        counts = np.zeros((10, 10), dtype=int)
        for label, answer in zip(labels, answers):
            counts[label, answer] += 1
        return counts

    return confusion


def _counts_by(mistaken):
    """Return a function that makes a `confusion` with a mistake in its counts."""
    return lambda: lambda labels, answers: mistaken(_confusion(labels, answers))


def _to_the_largest(labels, answers):
    size = max(labels.max(), answers.max()) + 1
    return _confusion(labels, answers)[:size, :size]


def _of_those_present(labels, answers):
    digits = np.unique(labels)
    return _confusion(labels, answers)[np.ix_(digits, digits)]


q5 = Exercise(
    "4.5",
    check=_check_5,
    hints=(
        "Begin with np.zeros((10, 10)). Each picture adds 1 in one place: which row, which column?",
        "for label, answer in zip(labels, answers): counts[label, answer] += 1",
    ),
    solution=_solution_5,
    wrong=[
        *[(why, _counts_by(mistaken), why) for why, mistaken in _MISTAKEN_COUNTS.items()],
        ("percent", _counts_by(lambda counts: 100 * counts / counts.sum(axis=1, keepdims=True)), "shares of each row"),
        ("accuracy", lambda: lambda labels, answers: np.mean(labels == answers), "how many are right"),
        ("number of right ones", lambda: lambda labels, answers: (labels == answers).sum(), "how many are right"),
        ("to the largest digit", lambda: _to_the_largest, "not (9, 9): it has only rows for digits that occur"),
        ("of those present", lambda: _of_those_present, "not (3, 3): it has only rows for digits that occur"),
        ("pairs", lambda: lambda labels, answers: np.stack([labels, answers]), "a row for each label, a column for"),
        ("in bytes", _counts_by(lambda counts: counts % 256), "is 44, and 300 is right"),
        ("one too many", _counts_by(lambda counts: counts + np.eye(10)[3]), "so often was a 0 answered with 3"),
    ],
)
