"""New identifiers for old ones: the same for the same key, of no use to anyone without it."""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

KEY_BYTES = 32


@dataclass(frozen=True)
class Pseudonyms:
    """A consistent map from original identifiers to new ones (HMAC with SHA-256).

    Two pictures of one series stay in one series, and a patient's second examination, brought
    a year later, gets the first one's patient. Without the key no table of known identifiers
    leads back.

    Parameters
    ----------
    key : bytes
        32 bytes, kept by whoever de-identifies and never passed on with a case.
    """

    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.key) != KEY_BYTES:
            raise ValueError(f"a de-identification key has {KEY_BYTES} bytes; got {len(self.key)}")

    def uid(self, original: str) -> str:
        """A UID under the root 2.25 (DICOM PS3.5 B.2) from a UUID of version 8 (RFC 9562)."""
        number = int.from_bytes(self._digest("uid", original)[:16], "big")
        number = number & ~(0xF << 76) | 8 << 76  # version
        number = number & ~(0x3 << 62) | 2 << 62  # variant
        return f"2.25.{number}"

    def patient(self, original: str) -> str:
        """A patient's pseudonym, for PatientID and PatientName."""
        return f"u3edu-{self._digest('patient', original).hex()[:12]}"

    def _digest(self, kind: str, original: str) -> bytes:
        return hmac.new(
            self.key, f"{kind}\0{original}".encode("utf-8", "surrogatepass"), hashlib.sha256
        ).digest()


def pseudonyms_from(path: Path) -> Pseudonyms:
    """The pseudonyms of the key in a file; a new key is made where there is no such file.

    Parameters
    ----------
    path : Path
        A text file with 64 hexadecimal digits. A new one can be read by its owner alone.

    Raises
    ------
    ValueError
        If the file holds something else.
    OSError
        If it can be neither read nor made.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass  # somebody else made it in the meantime
        else:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(KEY_BYTES) + "\n")
    text = path.read_text(encoding="ascii", errors="replace").strip()
    try:
        return Pseudonyms(bytes.fromhex(text))
    except ValueError:
        raise ValueError(
            f"{path}: not a de-identification key (64 hexadecimal digits); "
            "name another with --key, or take the file away to have one made"
        ) from None
