"""The exemplars that come with the package's models."""

from pathlib import Path

from u3edu.editing.exemplar import Exemplar
from u3edu.editing.exemplar_file import read_exemplar_file
from u3edu.editing.label_map import Element
from u3edu.model.weights_file import shipped_models, weights_path


def exemplar_path(model: str) -> Path:
    """Where the exemplars of a shipped model lie: beside its weights.

    Raises
    ------
    UnusableWeights
        If there is no such model.
    """
    return weights_path(model).with_suffix(".exemplars.json")


def shipped_exemplars(model: str, elements: tuple[Element, ...]) -> tuple[Exemplar, ...]:
    """The exemplars that come with a model.

    Parameters
    ----------
    model : str
        Its name, for example ``"pelvic-mri"``.
    elements : tuple of Element
        Of the engine that is to draw them. A model that was trained anew may have a shipped
        model's name and other elements: labels would mean something else there.

    Returns
    -------
    tuple of Exemplar
        None for a model that is not shipped, or has other elements.
    """
    if model not in shipped_models() or not exemplar_path(model).exists():
        return ()
    file = read_exemplar_file(exemplar_path(model))
    return file.exemplars if file.elements == tuple(element.name for element in elements) else ()
