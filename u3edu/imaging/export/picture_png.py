"""A picture as an 8-bit grey PNG for slides and pages."""

from os import PathLike

from PIL import Image

from u3edu.imaging.export.banner import marked
from u3edu.imaging.slice import Slice, Window


def write_picture_png(
    picture: Slice,
    path: str | PathLike[str],
    *,
    window: Window | None = None,
    reader_test: bool = False,
) -> None:
    """Write a picture as it is shown on screen; the file holds pixels and no text.

    Parameters
    ----------
    picture : Slice
    path : path-like
        The file to write; one that is there is replaced.
    window : Window, optional
        Defaults to the first preset of the picture.
    reader_test : bool
        Leave the banner of synthetic pictures out, for a test of whether readers can tell.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    Image.fromarray(marked(picture, reader_test).display(window)).save(path, format="PNG")
