"""Self-signed certificates for tests, made with ``cryptography``."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key and its certificate."""

    key: rsa.RSAPrivateKey
    issued: x509.Certificate

    @property
    def private_key(self) -> str:
        """PEM, not encrypted."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    def locked_key(self, passphrase: str) -> str:
        """PEM, encrypted."""
        lock = BestAvailableEncryption(passphrase.encode())
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock).decode()

    @property
    def certificate(self) -> str:
        """PEM."""
        return self.issued.public_bytes(Encoding.PEM).decode()

    def pfx(self, passphrase: str | None) -> bytes:
        """Both, as PKCS #12."""
        lock = NoEncryption() if passphrase is None else BestAvailableEncryption(passphrase.encode())
        return pkcs12.serialize_key_and_certificates(b"bot", self.key, self.issued, None, lock)

    @property
    def thumbprint(self) -> str:
        """SHA-256 as in ``x5t#S256``."""
        return _encoded(hashlib.sha256(self.issued.public_bytes(Encoding.DER)).digest())

    def for_msal(self) -> dict[str, str]:
        """As ``client_credential``."""
        return {"private_key": self.private_key, "public_certificate": self.certificate}

    def sign(self, header: Mapping[str, object], claims: Mapping[str, object]) -> str:
        """A JWT with PS256."""
        signed = f"{_encoded(json.dumps(header).encode())}.{_encoded(json.dumps(claims).encode())}"
        salted = padding.PSS(padding.MGF1(SHA256()), SHA256.digest_size)
        return f"{signed}.{_encoded(self.key.sign(signed.encode(), salted, SHA256()))}"


def self_signed(name: str) -> KeyPair:
    """A fresh pair."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    issued = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=365))
        .sign(key, SHA256())
    )
    return KeyPair(key, issued)


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
