"""The sixteen kinds of damage: what each docstring promises, measured on pictures on which it can be measured."""

import numpy as np
import pytest

from helpers import transforms
from helpers.corruptions import CORRUPTIONS
from helpers.datasets import load_mnist

BLANK, GREY, FULL = (np.full((50, 28, 28), ink) for ink in (0.0, 0.5, 1.0))
DOT, SQUARE, LINE = (np.zeros((50, 28, 28)) for _ in range(3))
DOT[:, 14, 14] = 1
SQUARE[:, 8:20, 8:20] = 1
LINE[:, 7:21, 13:15] = 1  # upright, about the middle
WITHOUT_CHANCE = {"motion blur", "brightness", "stripe", "canny edges"}


def spread(picture):
    """Return how the ink lies: its covariance matrix, columns first."""
    rows, columns = np.indices(picture.shape)
    return np.cov(columns.ravel(), rows.ravel(), aweights=picture.ravel())


def moved_by(picture):
    return np.array(transforms.centre_of_mass(picture)) - 13.5


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_another_seed_gives_another_picture_where_chance_has_a_part(name):
    digits = load_mnist()[1][0][:5]
    alike = np.array_equal(CORRUPTIONS[name](digits, seed=1), CORRUPTIONS[name](digits, seed=2))
    assert alike == (name in WITHOUT_CHANCE)


def test_another_seed_gives_other_noise():
    assert not np.array_equal(transforms.noise(GREY, 0.3, seed=1), transforms.noise(GREY, 0.3, seed=2))


def test_gaussian_noise_is_three_tenths_of_the_range():
    changes = CORRUPTIONS["gaussian noise"](GREY) - 0.5
    assert abs(changes.mean()) < 0.01
    assert np.quantile(np.abs(changes), 0.683) == pytest.approx(0.3, abs=0.01)  # as many lie within one deviation


def test_shot_noise_counts_five_photons_for_full_ink():
    grains = 5 * CORRUPTIONS["shot noise"](np.full_like(GREY, 0.2))
    assert np.allclose(grains, grains.round(), atol=1e-5)
    assert np.mean(grains < 0.5) == pytest.approx(np.exp(-1), abs=0.01)  # none where one is expected


def test_impulse_noise_sets_one_pixel_of_ten():
    noisy = CORRUPTIONS["impulse noise"](GREY)
    assert [np.mean(noisy == value) for value in (0, 1, 0.5)] == pytest.approx([0.05, 0.05, 0.9], abs=0.01)


def test_glass_blur_takes_neighbours():
    blurred = CORRUPTIONS["glass blur"](DOT)
    _, rows, columns = np.nonzero(blurred > 0.01)
    assert 1 < max(np.abs(rows - 14).max(), np.abs(columns - 14).max()) <= 4
    assert blurred.max() < 0.9


def test_motion_blur_smears_over_seven_pixels_of_the_diagonal():
    expected = np.zeros((28, 28))
    expected[np.arange(11, 18), np.arange(11, 18)] = 1 / 7
    np.testing.assert_allclose(CORRUPTIONS["motion blur"](DOT)[0], expected, atol=1e-6)


def test_brightness_adds_half_of_full_ink():
    assert np.all(CORRUPTIONS["brightness"](BLANK) == 0.5) and np.all(CORRUPTIONS["brightness"](FULL) == 1)


def test_fog_is_from_none_to_six_tenths():
    clouds = CORRUPTIONS["fog"](BLANK)
    assert clouds.min(axis=(1, 2)) == pytest.approx(0, abs=1e-6)
    assert clouds.max(axis=(1, 2)) == pytest.approx(0.6, abs=1e-6)
    assert np.abs(np.diff(clouds, axis=2)).max() < 0.2  # no single pixel stands out


def test_spatter_covers_about_a_tenth():
    drops = CORRUPTIONS["spatter"](BLANK)
    assert set(np.unique(drops).round(3)) == {0, 0.9}
    assert np.mean(drops > 0) == pytest.approx(0.1, abs=0.03)


def test_stripe_inverts_a_fifth_of_the_height():
    striped = CORRUPTIONS["stripe"](BLANK)
    assert np.all(striped[:, 11:16] == 1) and striped.sum() == 50 * 5 * 28
    assert np.all(CORRUPTIONS["stripe"](FULL)[:, 11:16] == 0)


def test_dotted_line_has_a_dot_in_every_second_column():
    inked = CORRUPTIONS["dotted line"](BLANK).sum(axis=1)
    assert np.all(inked[:, ::2] == 1) and np.all(inked[:, 1::2] == 0)


def test_zigzag_is_a_line_without_a_gap_that_goes_up_and_down():
    zigzag = CORRUPTIONS["zigzag"](BLANK)
    assert np.all(zigzag.sum(axis=1)[:, :27] >= 1)
    tops = zigzag.argmax(axis=1)[:, ::2]
    turns = np.diff(np.sign(np.diff(tops, axis=1)), axis=1)
    assert np.mean(turns != 0) > 0.9


def test_canny_edges_keep_the_outline_only():
    edges = CORRUPTIONS["canny edges"](SQUARE)[0]
    assert edges[10:18, 10:18].sum() == 0 and edges.sum() > 40


def test_scaled_makes_half_to_seven_tenths():
    shares = np.sqrt(CORRUPTIONS["scaled"](SQUARE).sum(axis=(1, 2)) / SQUARE[0].sum())
    assert 0.48 < shares.min() < 0.55 and 0.65 < shares.max() < 0.72


def test_translated_moves_as_far_down_as_aside():
    right, down = np.array([moved_by(picture) for picture in CORRUPTIONS["translated"](SQUARE)]).T
    np.testing.assert_allclose(np.abs(right), down, atol=0.05)
    assert 1.95 < down.min() < 2.4 and 3.6 < down.max() < 4.05 and right.min() < 0 < right.max()


def test_rotated_turns_by_fifteen_to_thirty_degrees_to_either_side():
    spreads = map(spread, CORRUPTIONS["rotated"](LINE))
    angles = [np.degrees(np.arctan2(2 * both, along - across) / 2) for (across, both), (_, along) in spreads]
    sizes = np.abs(angles)
    assert 14 < sizes.min() < 18 and 27 < sizes.max() < 31 and min(angles) < 0 < max(angles)


def test_sheared_slants_by_three_to_six_tenths_of_a_pixel_a_row():
    slants = [both / along for _, (both, along) in map(spread, CORRUPTIONS["sheared"](LINE))]
    sizes = np.abs(slants)
    assert 0.28 < sizes.min() < 0.35 and 0.54 < sizes.max() < 0.62 and min(slants) < 0 < max(slants)
