"""What a decoder is told of the size of pixels."""

import pytest
import torch
from pydantic import ValidationError

from u3edu.model.config import U3NetConfig
from u3edu.model.decoder import Decoder
from u3edu.model.spacing import SpacingInput, spacing_code

LEARNED = (0.6, 0.9)
CONFIG = U3NetConfig(decoder_widths=(6, 8), embedding_size=4, spacings=LEARNED)


def test_codes_run_from_the_smallest_to_the_largest_by_the_logarithm() -> None:
    assert spacing_code(0.6, LEARNED) == pytest.approx(-1)
    assert spacing_code((0.6 * 0.9) ** 0.5, LEARNED) == pytest.approx(0)
    assert spacing_code(0.9, LEARNED) == pytest.approx(1)


def test_spacings_never_learned_are_drawn_as_the_nearest_and_unknown_ones_as_the_middle() -> None:
    assert spacing_code(0.2, LEARNED) == -1
    assert spacing_code(3.0, LEARNED) == 1
    assert spacing_code(None, LEARNED) == 0
    assert spacing_code(0.7, None) == 0


def test_features_are_scaled_and_shifted_by_code_and_channel() -> None:
    layer = SpacingInput(2)
    layer.factor.data, layer.offset.data = torch.tensor([0.5, 0.0]), torch.tensor([0.0, 3.0])
    changed = layer(torch.ones(2, 2, 1, 1), torch.tensor([1.0, -1.0]))
    assert changed.flatten(1).tolist() == [[1.5, 4.0], [0.5, -2.0]]


def test_a_decoder_that_has_learned_nothing_of_spacings_draws_all_alike() -> None:
    decoder = Decoder(CONFIG).eval()
    quantized = torch.randn(1, 4, 16, 16)
    alike = decoder(quantized)
    torch.testing.assert_close(decoder(quantized, spacing_codes=torch.tensor([1.0])), alike)
    for parameter in decoder.unet.spacing.parameters():
        torch.nn.init.normal_(parameter)
    assert not torch.allclose(decoder(quantized, spacing_codes=torch.tensor([1.0])), alike)


@pytest.mark.parametrize("spacings", [(0.9, 0.6), (0.0, 0.9), (0.7, 0.7)])
def test_spacings_are_the_smallest_and_the_largest(spacings: tuple[float, float]) -> None:
    with pytest.raises(ValidationError, match="smallest and the largest"):
        U3NetConfig(spacings=spacings)
