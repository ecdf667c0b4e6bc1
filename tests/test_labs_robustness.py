"""The lab of lesson 08 against OpenCV and Keras's own predict; the recorded runs, and what the lesson says of them."""

import functools

import cv2
import keras
import numpy as np
import pytest
from driving import move, sentence, text
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.authoring.recordings.robustness import NETWORKS
from helpers.corruptions import CORRUPTIONS
from helpers.datasets import load_mnist, load_recorded
from helpers.labs.robustness import UNCHANGED, break_it

SHAPES = [(784,), (28, 28), (28, 28, 1)]
mnist = functools.cache(load_mnist)


def network(shape=(784,), seed=0, outputs=10, activation="softmax"):
    """Return an untrained network, whose answers are as good as any to compare."""
    keras.utils.set_random_seed(seed)
    parts = [keras.layers.Flatten(), keras.layers.Dense(outputs, activation=activation)]
    return keras.Sequential([keras.Input(shape), *parts])


@pytest.fixture(scope="module")
def lab():
    return break_it()


@pytest.fixture
def fresh(lab):
    return move(lab, digit=0, **UNCHANGED)


def records(lab):
    """The line beside the button."""
    return lab.widget.children[1].children[1].value


# What it computes


@pytest.mark.parametrize("shape", SHAPES)
def test_answers_are_those_of_predict(shape):
    model = network(shape)
    lab = move(break_it({"any": model}), digit=7, angle=33.0, right=2, noise=0.2)
    picture = lab.state["picture"]
    expected = model.predict(picture.reshape(1, *shape), verbose=0)[0]
    np.testing.assert_allclose(lab.state["probabilities"]["any"], expected, atol=1e-6)


def test_digit_and_label_are_those_of_the_test_set(fresh):
    _, (pictures, labels) = mnist()
    for digit in (0, 5, 9999):
        state = move(fresh, digit=digit).state
        assert state["label"] == labels[digit] and state["ink_moved"] == 0
        np.testing.assert_allclose(state["picture"], pictures[digit] / 255, atol=1e-6)


@settings(max_examples=20)
@given(angle=st.integers(-180, 180), right=st.integers(-10, 10), down=st.integers(-10, 10), scale=st.integers(10, 30))
def test_moves_are_opencvs_about_the_true_centre(lab, angle, right, down, scale):
    move(lab, **UNCHANGED)
    state = move(lab, digit=3, angle=angle, right=right, down=down, scale=scale / 20).state
    matrix = cv2.getRotationMatrix2D((13.5, 13.5), angle, scale / 20)
    matrix[:, 2] += right, down
    original = mnist()[1][0][3].astype("float32") / 255
    expected = cv2.warpAffine(original, matrix, (28, 28))
    np.testing.assert_allclose(state["picture"], expected, atol=0.02)
    assert state["ink_moved"] == pytest.approx(np.abs(expected - original).sum() / 2 / original.sum(), abs=0.01)


def test_shear_leans_to_the_right_and_thickness_adds_ink(fresh):
    upright = fresh.state["picture"]
    leaning = move(fresh, shear=0.5).state["picture"]
    columns = np.arange(28)
    top = [(picture[8] * columns).sum() / picture[8].sum() for picture in (upright, leaning)]
    assert top[1] - top[0] == pytest.approx(0.5 * 5.5, abs=0.7)
    move(fresh, shear=0)
    ink = [move(fresh, thickness=steps).state["picture"].sum() for steps in (-2, -1, 0, 1, 2)]
    assert np.all(np.diff(ink) > 0)


def test_blur_keeps_the_ink_and_lowers_the_peak(fresh):
    upright = fresh.state["picture"]
    blurred = move(fresh, blur=2.0).state["picture"]
    assert blurred.max() < 0.7 and blurred.sum() == pytest.approx(upright.sum(), rel=0.05)


# What it keeps and shows


def test_undo_brings_the_digit_back(fresh):
    before = fresh.state["picture"]
    move(fresh, angle=70.0, noise=0.5, thickness=1, scale=0.7)
    fresh.widget.children[1].children[0].click()
    assert fresh.values() == {"digit": 0} | UNCHANGED
    assert np.array_equal(fresh.state["picture"], before)


def test_record_is_the_smallest_change_that_fools():
    model = trained()
    lab = break_it({"mine": model})
    fooled = []
    for angle in range(90, -91, -3):
        state = move(lab, digit=0, angle=float(angle)).state
        if state["probabilities"]["mine"].argmax() != state["label"]:
            fooled.append((state["ink_moved"], angle))
    moved, angle = min(fooled)
    assert records(lab) == f"record, mine: {moved:.1%} of the ink moved (picture 0: angle {angle})"
    before = records(lab)
    lab.still()
    assert records(lab) == before  # printing is no record


def test_undoing_is_no_record():
    """On the way back from two changes lies a picture with one of them, which fools, and which nobody has chosen."""
    networks = {"mine": trained()}
    thin = break_it(networks)
    for digit in range(100):
        label = move(thin, digit=digit, thickness=0).state["label"]
        unchanged = thin.state["probabilities"]["mine"].argmax()
        if unchanged == label != move(thin, thickness=-1).state["probabilities"]["mine"].argmax():
            break
    else:
        pytest.fail("a thinner pen fools the network on none of the digits")
    lab = move(break_it(networks), digit=digit, right=8, thickness=-1)
    before = records(lab)
    lab.widget.children[1].children[0].click()
    assert lab.values() == {"digit": digit} | UNCHANGED
    assert records(lab) == before != ""


def test_a_digit_misread_unchanged_sets_no_record():
    model = network()  # untrained: says nearly always the same
    lab = break_it({"guess": model})
    _, (pictures, labels) = mnist()
    said = model.predict(pictures[:50].reshape(50, 784) / 255, verbose=0).argmax(axis=1)
    move(lab, digit=int(np.flatnonzero(said != labels[:50])[0]))
    for angle in range(-180, 181, 30):
        move(lab, angle=float(angle))
    assert records(lab) == ""


@functools.cache
def trained():
    (x, y), _ = mnist()
    keras.utils.set_random_seed(0)
    model = network()
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x[:5000].reshape(-1, 784) / 255, y[:5000], epochs=3, verbose=0)
    return model


def test_sentence_and_signs_tell_who_is_right(fresh):
    state = move(fresh, angle=150.0).state
    for name, chances in state["probabilities"].items():
        sign = "✓" if chances.argmax() == state["label"] else "✗"
        words = f"{name} {sign} says {chances.argmax()}, {chances.max():.0%} sure"
        assert text(fresh, f"{name} title") == words and words in sentence(fresh)
        heights = fresh.figure[f"{name} bars"].get_xy()[2:-1:4, 1]
        np.testing.assert_allclose(heights, chances, atol=1e-6)


def test_default_networks_show_the_lesson(lab):
    """The one trained on moved digits reads many that break the other, of a hundred."""
    right = np.zeros(2)
    for digit in range(100):
        state = move(lab, **UNCHANGED | dict(digit=digit, angle=40.0)).state
        right += [given.argmax() == state["label"] for given in state["probabilities"].values()]
    assert right[0] + 10 < right[1]


# What it refuses

PICTURES, LABELS = np.full((3, 28, 28), 9, np.uint8), np.array([1, 2, 3])


@pytest.mark.parametrize(
    "arguments, message",
    [
        (dict(pictures=PICTURES), "^labels is of type NoneType"),
        (dict(pictures=list(PICTURES), labels=LABELS), "^pictures is of type list"),
        (dict(pictures=PICTURES[0], labels=LABELS), r"^pictures has .*shape \(28, 28\)"),
        (dict(pictures=PICTURES, labels=LABELS[:2]), r"^labels has .*shape \(2,\)"),
        (dict(pictures=PICTURES / 255, labels=LABELS), "^pictures has dtype float64"),
        (dict(pictures=PICTURES, labels=LABELS / 1), "^labels has dtype float64"),
        (dict(pictures=PICTURES, labels=LABELS + 10), "^labels has .*allowed are the digits 0 to 9"),
        (dict(pictures=PICTURES, labels=LABELS.astype(int) - 10), "^labels has .*allowed are the digits 0 to 9"),
        (dict(pictures=0 * PICTURES, labels=LABELS), "^pictures has one without ink"),
        (dict(networks=dict.fromkeys("abcde", network)), "^networks is a dict of 5; allowed is a dict of 1 to 4"),
        (dict(networks={}), "^networks is a dict of 0"),
        (dict(networks=[network]), "^networks is of type list"),
        (dict(networks=network()), "^networks is of type Sequential"),
        (dict(networks={"odd": network((32, 32))}), r"^networks\['odd'\] takes \(32, 32\) and gives \(10,\); allowed"),
        (dict(networks={"new": keras.Sequential([keras.layers.Dense(10)])}), r"^networks\['new'\] has no weights yet"),
        (dict(networks={"few": network(outputs=5)}), r"^networks\['few'\]"),
        (dict(networks={"text": "MLP"}), r"^networks\['text'\]"),
        (dict(networks={1: network()}), "^networks has the key 1; allowed is a name"),
        (dict(networks={"my\nnet": network()}), r"^networks has the key 'my\\nnet'"),
        (dict(networks={"bare": network(activation=None)}), r"^networks\['bare'\] gives answers from -.* probab"),
        (dict(networks={"ten": network(activation="sigmoid")}), r"^networks\['ten'\] gives .* whose sum is"),
    ],
)
def test_what_cannot_be_used_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        break_it(**arguments)


# The recorded runs


def test_published_recording_has_every_epoch_once():
    table = load_recorded("published_network")
    runs = table[["scale", "seed", "epoch"]].itertuples(index=False, name=None)
    assert sorted(runs) == [(scale, seed, epoch) for scale in (1, 255) for seed in (0, 1, 2) for epoch in range(1, 31)]
    np.testing.assert_allclose(table[[f"p{digit}" for digit in range(10)]].sum(axis=1), 1, atol=1e-3)


def test_six_published_networks_give_several_wrong_answers():
    """The lesson says so: none a 2, not even the same one, the raw ones all sure."""
    last = load_recorded("published_network").query("epoch == 30")
    told = last[[f"p{digit}" for digit in range(10)]].to_numpy()
    assert 2 not in told.argmax(axis=1) and len(set(told.argmax(axis=1))) >= 3 and 9 in told.argmax(axis=1)
    assert told[(last.scale == 1).to_numpy()].max(axis=1).min() > 0.95


def test_permuted_recording_has_every_network_once():
    runs = load_recorded("permuted_pixels")[["network", "order", "seed"]].itertuples(index=False, name=None)
    every = [(name, order, seed) for name in ("CNN", "MLP") for order in ("permuted", "real") for seed in (0, 1, 2)]
    assert sorted(runs) == every


def test_repairs_recording_has_every_change_once():
    table = load_recorded("repairs")
    assert not table.duplicated(["network", "seed", "change"]).any()
    assert len(table) == 4 * 3 * table["change"].nunique() and set(CORRUPTIONS) < set(table["change"])
    assert table.groupby("network")["parameters"].first().to_dict() == dict(zip(NETWORKS, [669706] * 2 + [56970] * 2))
