"""A label map as an indexed-colour PNG: the pixel values are the labels, the palette their colours."""

from os import PathLike

from PIL import Image

from u3edu.editing.label_map import LabelMap


def write_label_png(label_map: LabelMap, path: str | PathLike[str]) -> None:
    """Write a label map as a PNG that any viewer shows in the elements' colours.

    Parameters
    ----------
    label_map : LabelMap
        Labels 0 ... K-1 with the elements that give the colours.
    path : path-like
        The file to write; one that is there is replaced.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    picture = Image.fromarray(label_map.labels)
    # putpalette turns grey into indexed colour without touching the values.
    picture.putpalette([part for element in label_map.elements for part in element.rgb])
    picture.save(path, format="PNG")
