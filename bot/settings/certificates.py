"""Certificates for signing in, from PEM files or a PFX (PKCS #12) file.

They are read and tried here, once, so that a wrong passphrase or a foreign key is named together with
everything else that is wrong, and not by Entra at the first pull. An expired certificate is left to Entra:
it must stop one connection, not the bot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.settings.connections import Certificate

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_PASSPHRASE = "cannot be opened: the passphrase does not fit, or it is no such file"  # noqa: S105 # words


def certificate_from_pem(private_key: bytes, certificate: bytes, passphrase: SecretStr | None) -> Certificate:
    """A private key and its certificate; both may come from one file.

    Raises ValueError where either cannot be read, or where they do not belong together.
    """
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(private_key, _bytes(passphrase))
    except TypeError:
        if passphrase is None:
            raise ValueError("needs a passphrase: passphrase_env or passphrase_file") from None
        raise ValueError("has no passphrase, but one is given") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("is no private key in PEM form, or the passphrase does not fit") from None
    try:
        found = x509.load_pem_x509_certificate(certificate)
    except ValueError:
        raise ValueError("goes with no certificate in PEM form (BEGIN CERTIFICATE)") from None
    return _checked(key, found)


def certificate_from_pfx(content: bytes, passphrase: SecretStr | None) -> Certificate:
    """Key and certificate of a PFX file. Raises ValueError where it does not hold both, or stays closed."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates

    try:
        key, found, _ = load_key_and_certificates(content, _bytes(passphrase))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError(_PASSPHRASE) from None
    if key is None or found is None:
        raise ValueError("must hold both the private key and its certificate")
    return _checked(key, found)


def _checked(key: object, certificate: x509.Certificate) -> Certificate:
    """Entra signs assertions in with RSA only (PS256; MSAL for Python 1.39, ``application.py``)."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    if not isinstance(key, RSAPrivateKey):
        raise ValueError("must be an RSA key: Entra takes no other")  # noqa: TRY004 # of a setting
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    if key.public_key().public_bytes(*form) != certificate.public_key().public_bytes(*form):
        raise ValueError("does not belong to the certificate")
    return Certificate(SecretStr(_pem(key)), certificate.public_bytes(Encoding.PEM).decode("ascii"))


def _pem(key: RSAPrivateKey) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")


def _bytes(passphrase: SecretStr | None) -> bytes | None:
    return None if passphrase is None else passphrase.get_secret_value().encode()
