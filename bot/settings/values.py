"""What single values must look like, wherever they stand. Each check raises ValueError in plain words."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_ENVIRONMENT = re.compile(r"[A-Za-z0-9 _.-]{1,100}")


def guid(value: str) -> str:
    """A GUID in lower case, without braces."""
    bare = value.strip().strip("{}")
    if not _GUID.fullmatch(bare):
        raise ValueError("must be a GUID such as 1b1f7d3c-5a0e-4c8e-9a51-0d6f0a3f9a10")
    return bare.lower()


def tenant(value: str) -> str:
    """Tenant id or one of its verified domains (Microsoft identity platform accepts both)."""
    bare = value.strip()
    if not re.fullmatch(r"[A-Za-z0-9.-]{1,253}", bare):
        raise ValueError("must be the tenant's id (a GUID) or its domain")
    return bare.lower()


def address(value: str) -> str:
    """A bare https address without a slash at its end; http on the loopback only."""
    bare = value.strip().rstrip("/")
    if not bare.isprintable() or " " in bare:
        raise ValueError("must be an address, without blanks")
    try:
        parts = urlsplit(bare)
        _ = parts.port
    except ValueError:
        raise ValueError("must be an address with a server and, where needed, a number as its port") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an address that begins with https://")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must be a bare address, without user, query or fragment")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ValueError(
            "must begin with https:// (plain http:// only on this machine's own loopback address)"
        )
    return bare


def environment_name(value: str) -> str:
    """Name of a Business Central environment."""
    bare = value.strip()
    if not _ENVIRONMENT.fullmatch(bare):
        raise ValueError("must be an environment's name: letters, digits, blanks, dots, dashes, up to 100")
    return bare


def secret(value: str) -> str:
    """A token, a key or a client secret: one line, which goes into a header or a form."""
    bare = value.strip()
    if not bare or not bare.isprintable():
        raise ValueError("must be one line of text")
    return bare


def connection_name(value: str) -> str:
    """What people type behind ``connection:``; of blanks, those at the ends and doubled ones go."""
    bare = " ".join(value.split())
    if not 1 <= len(bare) <= 60 or not bare.isprintable() or '"' in bare:
        raise ValueError("must be 1 to 60 characters on one line, without double quotes")
    return bare
