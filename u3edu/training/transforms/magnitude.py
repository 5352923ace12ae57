"""Magnitudes by name: none, weak, moderate and strong, as the paper compares them."""

from collections.abc import Mapping
from typing import Any

MAGNITUDE_NAMES = ("none", "weak", "moderate", "strong")

# For each transformation, what its magnitudes of these names are in numbers.
NamedMagnitudes = Mapping[str, Mapping[str, Mapping[str, float]]]


def magnitudes_in_numbers(setting: Any, named: NamedMagnitudes) -> Any:
    """A setting of magnitudes with its names replaced by numbers.

    Parameters
    ----------
    setting : str, dict or anything else
        One name for all transformations, ``"moderate"``; or settings by transformation, of which
        each is a name or a number, ``{"flip": 0.5, "affine": "weak"}``. Numbers go before names.
        What is neither is left as it is.
    named : mapping

    Raises
    ------
    ValueError
        If a name is none of the four.
    """
    if isinstance(setting, str):
        setting = dict.fromkeys(named, setting)
    if not isinstance(setting, dict):
        return setting
    by_name = {key: name for key, name in setting.items() if key in named and isinstance(name, str)}
    for transformation, name in by_name.items():
        if name not in MAGNITUDE_NAMES:
            raise ValueError(
                f"{transformation}: {name!r} is no magnitude; take one of {', '.join(MAGNITUDE_NAMES)}"
            )
    numbers: dict[str, Any] = {}
    for transformation, name in by_name.items():
        numbers |= named[transformation][name]
    return numbers | {key: value for key, value in setting.items() if key not in by_name}
