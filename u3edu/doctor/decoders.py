"""Which compressed DICOM can be decoded here."""

from collections.abc import Iterator

from u3edu.doctor.finding import Finding, mind, ok


def check_decoders() -> Iterator[Finding]:
    """A decoder for each transfer syntax that hospitals send."""
    from pydicom.pixels import get_decoder
    from pydicom.uid import (
        HTJ2K,
        JPEG2000,
        HTJ2KLossless,
        JPEG2000Lossless,
        JPEGBaseline8Bit,
        JPEGLossless,
        JPEGLosslessSV1,
        JPEGLSLossless,
        JPEGLSNearLossless,
        RLELossless,
    )

    from u3edu.imaging.syntax import DECODERS, DECODERS_HINT, LAST_DECODER

    ours = {*DECODERS, LAST_DECODER.plugin}
    syntaxes = (
        RLELossless,
        *(JPEGBaseline8Bit, JPEGLossless, JPEGLosslessSV1),
        *(JPEGLSLossless, JPEGLSNearLossless),
        *(JPEG2000Lossless, JPEG2000, HTJ2KLossless, HTJ2K),
    )
    lost = [syntax.name for syntax in syntaxes if not ours & set(get_decoder(syntax).available_plugins)]
    if lost:
        yield mind("decoders", f"none for {'; '.join(lost)}", f"run: {DECODERS_HINT}")
    else:
        yield ok("decoders", f"one for each of {len(syntaxes)} kinds of compressed DICOM")
