"""The album gives pictures back bit for bit, within its size, and never a wrong one."""

import numpy as np

from tests.widgets.fake_engine import acquisition
from u3edu.imaging.slice import Slice
from u3edu.widgets.album import PictureAlbum


def pictures(count, seed=0):
    """Pictures that differ from the one before in one small box."""
    rng = np.random.default_rng(seed)
    pixels = rng.uniform(-1, 1, (32, 32)).astype(np.float32)
    made = []
    for _ in range(count):
        pixels = pixels.copy()
        row, column = rng.integers(0, 24, 2)
        pixels[row : row + 6, column : column + 6] = rng.uniform(-1, 1, (6, 6))
        made.append(Slice(pixels, acquisition()))
    return made


def key(number):
    return str(number).encode()


def test_every_picture_is_reached_from_every_other_over_branches_bit_for_bit():
    made = pictures(8)
    album = PictureAlbum()
    parents = [None, 0, 1, 2, 1, 4, 0, 6]  # a tree: edits undone and others made instead
    for number, parent in enumerate(parents):
        if parent is not None:
            album.keep(key(number), made[number], key(parent), made[parent])
    for start in range(8):
        for end in range(8):
            turned = album.turn_to(key(end), key(start), made[start])
            np.testing.assert_array_equal(turned.pixels, made[end].pixels)


def test_unknown_picture_is_none():
    made = pictures(2)
    album = PictureAlbum()
    assert album.turn_to(key(1), key(0), made[0]) is None
    album.keep(key(1), made[1], key(0), made[0])
    assert album.turn_to(key(9), key(1), made[1]) is None
    assert album.turn_to(key(1), key(9), made[0]) is None


def test_full_album_lets_the_oldest_go_and_what_it_still_gives_is_right():
    made = pictures(40)
    album = PictureAlbum(largest=36 * 4 * 10)
    for number in range(1, 40):
        album.keep(key(number), made[number], key(number - 1), made[number - 1])
    known = 0
    for number in range(40):
        turned = album.turn_to(key(number), key(39), made[39])
        if turned is not None:
            known += 1
            np.testing.assert_array_equal(turned.pixels, made[number].pixels)
    assert 5 <= known < 20
    assert album.turn_to(key(38), key(39), made[39]) is not None


def test_picture_drawn_anew_never_mixes_with_what_was_drawn_from_the_old_one():
    first, second, third = pictures(3)
    anew = pictures(3, seed=7)[1]
    album = PictureAlbum()
    album.keep(key(1), second, key(0), first)
    album.keep(key(2), third, key(1), second)
    album.keep(key(1), anew, key(9), first)
    turned = album.turn_to(key(2), key(1), anew)
    assert turned is None or np.array_equal(turned.pixels, third.pixels)
