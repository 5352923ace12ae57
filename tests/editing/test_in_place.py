"""An edit in place: the original outside to the last bit, no seam, and the neighbourhood's grain."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from u3edu.editing.in_place import SEAM, in_place
from u3edu.imaging.array import slice_from_array
from u3edu.imaging.slice import Slice

SIDE = 160
LEVELS = np.array([-0.8, -0.2, 0.1, 0.6])


def smooth_noise(rng, sigma=0.7, spread=0.05):
    noise = ndimage.gaussian_filter(rng.standard_normal((SIDE, SIDE)), sigma)
    return noise / noise.std() * spread


def drawn(labels, like):
    """What a model that knows four levels draws: no bias, no grain."""
    return like.with_pixels(ndimage.gaussian_filter(LEVELS[labels], 1.0), synthetic=True)


def fine(values, where):
    """Strength of what is finer than two pixels."""
    return (values - ndimage.gaussian_filter(values, 2.0))[where].std()


@pytest.fixture(params=range(4))
def edit(request):
    """Organs under a bias field with correlated grain, and an edit of one: all that `in_place` takes."""
    rng = np.random.default_rng(request.param)
    row, column = np.mgrid[:SIDE, :SIDE]
    base = np.full((SIDE, SIDE), 1)
    for _ in range(6):
        centre, radii = rng.uniform(10, SIDE - 10, 2), rng.uniform(8, 35, 2)
        base[((row - centre[0]) / radii[0]) ** 2 + ((column - centre[1]) / radii[1]) ** 2 < 1] = rng.integers(
            4
        )
    after = base.copy()
    centre = rng.uniform(50, SIDE - 50, 2)
    here = base[int(centre[0]), int(centre[1])]
    after[np.hypot(row - centre[0], column - centre[1]) < rng.uniform(9, 16)] = (
        here + rng.integers(1, 4)
    ) % 4
    bias = 0.2 + 0.05 * np.sin(row / 60 + request.param) * np.cos(column / 45)
    blank = slice_from_array(np.arange(SIDE * SIDE).reshape(SIDE, SIDE), modality="MR")
    pixels = ndimage.gaussian_filter(LEVELS[base], 1.0) + bias + smooth_noise(rng)
    original = blank.with_pixels(np.clip(pixels, -1, 1))
    return original, drawn(base, blank), drawn(after, blank), base != after, after.astype(np.uint8), bias


def test_beyond_the_seam_every_pixel_is_the_original_bit_for_bit(edit):
    original, before, after, edited, labels, _ = edit
    joined = in_place(original, before, after, edited, labels)
    far = ndimage.distance_transform_edt(~edited) >= SEAM
    assert far.sum() > 10_000
    np.testing.assert_array_equal(joined.pixels[far].view(np.uint32), original.pixels[far].view(np.uint32))
    assert (joined.pixels[edited] != original.pixels[edited]).mean() > 0.95
    assert joined.acquisition == replace(original.acquisition, synthetic=True, in_place=True)


def test_seam_has_no_more_edges_than_the_original_had_there(edit):
    original, before, after, edited, labels, _ = edit
    joined = in_place(original, before, after, edited, labels)
    steep = [ndimage.gaussian_gradient_magnitude(each.pixels, 1.0) for each in (original, joined)]
    threshold = np.quantile(steep[0], 0.8)
    seam = (np.abs(ndimage.distance_transform_edt(~edited) - SEAM) <= 2) & ~edited
    edges = [(each > threshold)[seam] for each in steep]
    chance = 2 * np.sqrt(edges[0].mean() / seam.sum())
    assert edges[1].mean() <= edges[0].mean() + chance


def test_pasting_without_a_join_would_be_found_by_the_same_detector(edit):
    original, _, after, edited, _, _ = edit
    pasted = original.pixels.copy()
    within = ndimage.distance_transform_edt(~edited) < SEAM
    pasted[within] = after.pixels[within]
    steep = [ndimage.gaussian_gradient_magnitude(each, 1.0) for each in (original.pixels, pasted)]
    threshold = np.quantile(steep[0], 0.8)
    seam = np.abs(ndimage.distance_transform_edt(~edited) - SEAM) <= 2
    assert (steep[1] > threshold)[seam].mean() > (steep[0] > threshold)[seam].mean() + 0.1


def test_inside_brightness_is_the_synthetic_one_moved_by_the_bias_around_it(edit):
    original, before, after, edited, labels, bias = edit
    joined = in_place(original, before, after, edited, labels)
    inside = ndimage.binary_erosion(edited, iterations=3)
    error = joined.pixels[inside] - after.pixels[inside] - bias[inside]
    assert abs(error.mean()) < 0.05, "without the move it would be off by 0.2"


def test_grain_inside_is_as_strong_and_as_coarse_as_outside(edit):
    original, before, after, edited, labels, _ = edit
    inside = ndimage.binary_erosion(edited, iterations=3)
    # One small area tells little of its own grain: four draws.
    grains = [
        in_place(original, before, after, edited, labels, seed=seed).pixels - after.pixels
        for seed in range(4)
    ]
    outside = ndimage.binary_erosion(ndimage.distance_transform_edt(~edited) > SEAM, iterations=1)
    noise = original.pixels - before.pixels

    def neighbours(values, where):
        high = values - ndimage.gaussian_filter(values, 2.0)
        return np.corrcoef(high[where], np.roll(high, 1, axis=1)[where])[0, 1]

    strength = np.mean([fine(grain, inside) for grain in grains])
    coarseness = np.mean([neighbours(grain, inside) for grain in grains])
    assert strength == pytest.approx(fine(noise, outside), rel=0.3)
    assert coarseness == pytest.approx(neighbours(noise, outside), abs=0.25)  # white: 0


def test_picture_with_grain_of_its_own_is_not_given_it_twice(edit):
    """The models draw grain, nearly as strong as the scanner's."""
    original, before, after, edited, labels, _ = edit
    own = smooth_noise(np.random.default_rng(9), spread=0.045)
    grainy = [each.with_pixels(each.pixels + own) for each in (before, after)]
    joined = in_place(original, *grainy, edited, labels).pixels - after.pixels
    inside = ndimage.binary_erosion(edited, iterations=3)
    outside = ndimage.distance_transform_edt(~edited) > SEAM
    noise = original.pixels - before.pixels
    assert fine(joined, inside) == pytest.approx(fine(noise, outside), rel=0.25)


def test_grain_is_as_strong_halfway_across_the_join_as_on_both_sides(edit):
    original, clean, _, edited, labels, _ = edit
    # Nothing changes but the grain, so that no lesion's border lies in the join.
    before = clean.with_pixels(clean.pixels + smooth_noise(np.random.default_rng(9), spread=0.04))
    joined = [in_place(original, before, before, edited, labels, seed=seed).pixels for seed in range(4)]
    distance = ndimage.distance_transform_edt(~edited)
    halfway = (distance > 0.5) & (distance < 2.5)
    across, inside = (
        np.mean([fine(each - clean.pixels, where) for each in joined]) for where in (halfway, edited)
    )
    there = fine(original.pixels - clean.pixels, halfway)
    assert across == pytest.approx((inside + there) / 2, rel=0.12)


def test_same_pixel_gets_the_same_grain_and_another_seed_another(edit):
    original, before, after, edited, labels, _ = edit
    first, again, other = (
        in_place(original, before, after, edited, labels, seed=seed).pixels for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other)[edited].mean() > 0.9


def test_nothing_edited_is_the_original_itself_and_sizes_are_checked(edit):
    original, before, after, edited, labels, _ = edit
    assert in_place(original, before, after, np.zeros_like(edited), labels) is original
    with pytest.raises(ValueError, match="differ in size"):
        in_place(original, before, after, edited[:10], labels)


def test_edit_of_the_whole_picture_and_flat_pictures_are_no_trouble():
    flat = slice_from_array(np.full((40, 40), 100.0), modality="MR")
    flat = Slice(np.full((40, 40), 0.2), flat.acquisition)
    for edited in (np.ones((40, 40), bool), np.eye(40, dtype=bool)):
        joined = in_place(
            flat, flat, flat.with_pixels(flat.pixels + 0.3), edited, np.zeros((40, 40), np.uint8)
        )
        assert np.isfinite(joined.pixels).all()
        np.testing.assert_allclose(joined.pixels[edited], 0.5, atol=1e-5)
