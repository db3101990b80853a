"""A signature beside an evidence pack: it says who made the pack, for as long as the private key stays private.

Keys are Ed25519 keys in PEM files, as OpenSSL makes them; OpenSSL can also check a signature without assetmap::

    openssl genpkey -algorithm ed25519 -out key.pem
    openssl pkey -in key.pem -pubout -out public.pem
    openssl pkeyutl -verify -pubin -inkey public.pem -rawin -in evidence.zip -sigfile evidence.zip.sig
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from assetmap.errors import InputError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNATURE: Final = ".sig"
SIGNATURE_BYTES: Final = 64


def signature_path(path: str | Path) -> Path:
    """Return where the signature of a file is: beside it, with ``.sig`` after its name."""
    return Path(f"{path}{SIGNATURE}")


def signature_of(content: bytes, key: Ed25519PrivateKey) -> bytes:
    """Return the signature of a file's content: 64 bytes."""
    return key.sign(content)


def check_signature(path: str | Path, key: str | Path) -> None:
    """Check that a file was signed with the private key that belongs to a public key.

    Parameters
    ----------
    path
        The file; its signature is beside it, with ``.sig`` after its name.
    key
        A public key in a PEM file (``openssl pkey -in key.pem -pubout -out public.pem``).

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
    content = _bytes_of(path)
    if signature.stat().st_size != SIGNATURE_BYTES:
        raise InputError(f"'{signature}' is not a signature: it must have {SIGNATURE_BYTES} bytes.")
    try:
        public.verify(signature.read_bytes(), content)
    except InvalidSignature:
        raise InputError(
            f"The signature of '{path}' does not fit the key '{key}': the file was changed after it was signed, or it was "
            "signed with another key."
        ) from None


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
    return cast("Ed25519PublicKey", found)


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

    content = _bytes_of(path)
    try:
        return load(content, **options)
    except TypeError as error:
        raise InputError(f"'{path}' is protected by a password. Use a key file without one.") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InputError(
            f"'{path}' is not a {kind} key in a PEM file: {str(error).split('.')[0]}."
        ) from error


def _bytes_of(path: str | Path) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"'{path}' cannot be read: {error.strerror or error}.") from error
