"""Pictures are padded to a network's grid by repeating their edge."""

import numpy as np

from u3edu.engine.padding import pad_to_stride


def test_the_last_row_and_column_are_repeated_up_to_a_multiple() -> None:
    padded = pad_to_stride(np.arange(6, dtype=np.float32).reshape(2, 3), 4)
    assert padded.tolist() == [[0, 1, 2, 2], [3, 4, 5, 5], [3, 4, 5, 5], [3, 4, 5, 5]]


def test_a_read_only_picture_that_fits_becomes_an_array_of_its_own() -> None:
    picture = np.zeros((4, 8), dtype=np.float32)
    picture.flags.writeable = False
    padded = pad_to_stride(picture, 4)
    assert padded.shape == (4, 8)
    assert padded.flags.writeable, "PyTorch warns when it shares a read-only array"
