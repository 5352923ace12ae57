"""Names on the palette stay readable on every colour."""

import pytest

from u3edu.widgets.palette import ink_on


def contrast(one, other):
    def luminance(colour):
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    "colour", ["#000000", "#ffffff", "#d55e00", "#009e73", "#cc79a7", "#0072b2", "#777777"]
)
def test_ink_has_the_contrast_that_wcag_asks_of_text(colour):
    assert contrast(ink_on(colour), colour) >= 4.5
