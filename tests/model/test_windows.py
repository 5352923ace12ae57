"""Pictures through windows."""

import torch

from u3edu.model.windows import through_windows


def test_centre_is_grey_and_what_lies_beyond_is_cut_off() -> None:
    images = torch.tensor([-1.0, 0.1, 0.2, 0.3, 1.0]).view(1, 1, 1, 5)
    seen = through_windows(images, [(0.2, 0.2), (0.0, 2.0)])
    assert seen.shape == (1, 2, 1, 5)
    assert torch.allclose(seen[0, 0, 0], torch.tensor([-1.0, -1.0, 0.0, 1.0, 1.0]), atol=1e-6)
    assert torch.equal(seen[0, 1, 0], images[0, 0, 0])


def test_without_windows_there_is_no_channel() -> None:
    assert through_windows(torch.zeros(2, 1, 4, 4), ()).shape == (2, 0, 4, 4)
