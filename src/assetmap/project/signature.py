"""A signature beside an evidence pack: it says who made the pack, for as long as the private key stays private.

Keys are Ed25519 keys in PEM files, as OpenSSL makes them; OpenSSL can also check a signature without assetmap::

    openssl genpkey -algorithm ed25519 -out key.pem
    openssl pkey -in key.pem -pubout -out public.pem
    openssl pkeyutl -verify -pubin -inkey public.pem -rawin -in evidence.zip -sigfile evidence.zip.sig
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from assetmap.errors import InputError
from assetmap.read.evidence import MOST_PACKED

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNATURE: Final = ".sig"
SIGNATURE_BYTES: Final = 64
MOST_KEY: Final = 100_000
PRIME: Final = 2**255 - 19
WEAK_POINTS: Final = (
    *(0, 1, PRIME - 1),
    0x05_FC_53_6D_88_02_38_B1_39_33_C6_D3_05_AC_DF_D5_F0_98_EF_F2_89_F4_C3_45_B0_27_B2_C2_8F_95_E8_26,
    0x7A_03_AC_92_77_FD_C7_4E_C6_CC_39_2C_FA_53_20_2A_0F_67_10_0D_76_0B_3C_BA_4F_D8_4D_3D_70_6A_17_C7,
)
"""The y of the eight points of small order on the curve."""


def signature_path(path: str | Path) -> Path:
    """Return where the signature of a file is: beside it, with ``.sig`` after its name."""
    return Path(f"{path}{SIGNATURE}")


def signature_of(content: bytes, key: Ed25519PrivateKey) -> bytes:
    """Return the signature of a file's content: 64 bytes."""
    return key.sign(content)


def check_signature(path: str | Path, key: str | Path) -> str:
    """Check that a file was signed with the private key that belongs to a public key.

    Parameters
    ----------
    path
        The file; its signature is beside it, with ``.sig`` after its name.
    key
        A public key in a PEM file (``openssl pkey -in key.pem -pubout -out public.pem``).

    Returns
    -------
    str
        SHA-256 of what was signed: the same file must be the one that is used.

    Raises
    ------
    InputError
        If there is no signature, it does not fit, or the key cannot be used.
    """
    public = read_public_key(key)
    from cryptography.exceptions import InvalidSignature

    signature = signature_path(path)
    if not signature.is_file():
        raise InputError(f"'{path}' is not signed: there is no file '{signature}'.")
    if signature.stat().st_size != SIGNATURE_BYTES:
        raise InputError(f"'{signature}' is not a signature: it must have {SIGNATURE_BYTES} bytes.")
    content = _bytes_of(path, MOST_PACKED)
    try:
        public.verify(_bytes_of(signature, SIGNATURE_BYTES), content)
    except InvalidSignature:
        raise InputError(
            f"The signature of '{path}' does not fit the key '{key}': the file was changed after it was signed, or it was "
            "signed with another key."
        ) from None
    return hashlib.sha256(content).hexdigest()


def read_private_key(path: str | Path) -> Ed25519PrivateKey:
    """Read an Ed25519 private key from a PEM file without a password.

    Raises
    ------
    InputError
        If the key cannot be used, or the package cryptography is not installed.
    """
    load, types = _cryptography()
    found = _load_key(path, load.load_pem_private_key, "private", password=None)
    if not isinstance(found, types.Ed25519PrivateKey):
        raise InputError(
            f"'{path}' is not an Ed25519 key. Make one: openssl genpkey -algorithm ed25519 -out key.pem"
        )
    return cast("Ed25519PrivateKey", found)


def read_public_key(path: str | Path) -> Ed25519PublicKey:
    """Read an Ed25519 public key from a PEM file; errors as in `check_signature`."""
    load, types = _cryptography()
    found = _load_key(path, load.load_pem_public_key, "public")
    if not isinstance(found, types.Ed25519PublicKey):
        raise InputError(
            f"'{path}' is not an Ed25519 key. Make one from the private key: openssl pkey -in key.pem -pubout -out public.pem"
        )
    if _fits_anything(found.public_bytes_raw()):
        raise InputError(
            f"'{path}' is a key that fits the signature of anything, so it says nothing about who made the pack."
        )
    return cast("Ed25519PublicKey", found)


def _fits_anything(key: bytes) -> bool:
    """Say whether a public key is one of the few points that the same signature fits whatever was signed (RFC 8032, 8.9)."""
    across = int.from_bytes(key, "little") & ((1 << 255) - 1)
    return across % PRIME in WEAK_POINTS


def _cryptography() -> tuple[Any, Any]:
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ModuleNotFoundError as error:
        raise InputError(
            "Signatures need a package: install it with: pip install 'assetmap[sign]'"
        ) from error
    return serialization, ed25519


def _load_key(path: str | Path, load: Any, kind: str, **options: Any) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm

    content = _bytes_of(path, MOST_KEY)
    try:
        return load(content, **options)
    except TypeError as error:
        raise InputError(f"'{path}' is protected by a password. Use a key file without one.") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InputError(
            f"'{path}' is not a {kind} key in a PEM file: {str(error).split('.')[0]}."
        ) from error


def _bytes_of(path: str | Path, most: int) -> bytes:
    """Return what a file holds, if it is a file (a pipe could be waited for without end) and not larger than it can be."""
    path = Path(path)
    try:
        size = path.stat().st_size
        if not path.is_file() or size > most:
            raise InputError(f"'{path}' cannot be used: it must be a file of at most {most:,} bytes.")
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise InputError(f"'{path}' cannot be read: {error.strerror or error}.") from error
