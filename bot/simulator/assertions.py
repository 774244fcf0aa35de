"""Client assertions: how an application proves a certificate to Entra, checked as Entra does.

Form: learn.microsoft.com, "Microsoft identity platform application authentication certificate credentials":
a JWT signed with PS256, its header naming the certificate by the SHA-256 of its DER form (``x5t#S256``).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_CLAIMS: Final = frozenset({"aud", "iss", "sub", "jti", "exp"})
_LARGEST: Final = 16 * 1024


class AssertionRefusedError(Exception):
    """The assertion proves nothing; the text says why."""


@dataclass(frozen=True, slots=True)
class RegisteredCertificate:
    """The public half of a certificate, as uploaded to an app registration."""

    thumbprint: str
    """SHA-256, as in ``x5t#S256``: base64url without padding."""
    key: RSAPublicKey

    @classmethod
    def from_pem(cls, pem: str) -> RegisteredCertificate:
        """Raises ValueError for what is no certificate with an RSA key."""
        certificate = load_pem_x509_certificate(pem.encode())
        key = certificate.public_key()
        if not isinstance(key, RSAPublicKey):
            raise ValueError("only RSA certificates can sign client assertions")  # noqa: TRY004 # a value
        digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()
        return cls(base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), key)


def check_assertion(
    assertion: str, certificates: tuple[RegisteredCertificate, ...], *, client_id: str, audience: str
) -> None:
    """Raises AssertionRefusedError unless one of the certificates signed it, for this client and endpoint.

    ``exp`` must be there, and is not compared: MSAL takes it from the machine's own clock.
    """
    try:
        head, body, signature = assertion.split(".") if len(assertion) <= _LARGEST else ("", "", "")
        header, claims = _json(head), _json(body)
        signed = base64.urlsafe_b64decode(_padded(signature))
    except (ValueError, binascii.Error):
        raise AssertionRefusedError("The client assertion is malformed.") from None
    # MSAL leaves the padding on (MSAL for Python 1.39, ``oauth2cli/assertion.py``), and Entra takes it.
    named = str(header.get("x5t#S256", "")).rstrip("=")
    certificate = next((one for one in certificates if one.thumbprint == named), None)
    if certificate is None or header.get("alg") != "PS256":
        raise AssertionRefusedError(
            "The certificate with identifier used to sign the client assertion is not registered on "
            "application."
        )
    try:
        certificate.key.verify(
            signed,
            f"{head}.{body}".encode(),
            padding.PSS(padding.MGF1(SHA256()), SHA256.digest_size),
            SHA256(),
        )
    except InvalidSignature:
        raise AssertionRefusedError("Client assertion failed signature validation.") from None
    issuer = (str(claims.get("iss")).lower(), str(claims.get("sub")).lower())
    if not claims.keys() >= _CLAIMS or claims.get("aud") != audience or issuer != (client_id, client_id):
        raise AssertionRefusedError("Client assertion contains invalid claims.")


def _json(part: str) -> dict[str, Any]:
    value = json.loads(base64.urlsafe_b64decode(_padded(part)))
    if not isinstance(value, dict):
        raise ValueError("not an object")  # noqa: TRY004 # malformed, whatever it is
    return value


def _padded(part: str) -> str:
    return part + "=" * (-len(part) % 4)
