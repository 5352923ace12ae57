"""How people name an element: by its number or by its name."""

from collections.abc import Sequence

from u3edu.editing.errors import InvalidEdit
from u3edu.editing.label_map import Element


def element_index(element: int | str, elements: Sequence[Element]) -> int:
    """Number of the element that somebody asked for.

    Parameters
    ----------
    element : int or str
        Number 0 to K-1, or the element's name in any case.
    elements : sequence of Element
        The K elements of the model.

    Returns
    -------
    int

    Raises
    ------
    InvalidEdit
        If there is no such element, or the name belongs to more than one.
    """
    names = [each.name for each in elements]
    listing = ", ".join(f"{number} {name}" for number, name in enumerate(names))
    if isinstance(element, str):
        asked = element.strip().casefold()
        matches = [number for number, name in enumerate(names) if name.casefold() == asked]
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise InvalidEdit(
                f"elements {matches} are all called {element!r}: use the number, from {listing}"
            )
        raise InvalidEdit(f"no element is called {element!r}. Choose from {listing}")
    if not 0 <= element < len(names):
        raise InvalidEdit(f"there is no element {element}. Choose from {listing}")
    return int(element)
