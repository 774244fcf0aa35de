"""What single values must look like, wherever they stand. Each check raises ValueError in plain words."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlsplit

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_AUDIENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9:/._-]{0,252}")
_SERVICE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,239}")
_SERVER_TENANT = re.compile(r"[A-Za-z0-9_.-]{1,100}")
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


def audience(value: str) -> str:
    """For whom a token is: an Application ID URI or a client id, without ``/.default``."""
    bare = value.strip().removesuffix("/.default").rstrip("/")
    if not _AUDIENCE.fullmatch(bare):
        raise ValueError("must be an Application ID URI such as api://contoso-bc, or a client id")
    return bare


def server_tenant(value: str) -> str:
    """Id of a tenant of a multitenant server on-premises (``?tenant=``)."""
    bare = value.strip()
    if not _SERVER_TENANT.fullmatch(bare):
        raise ValueError("must be a tenant's id: letters, digits, dots, dashes, up to 100")
    return bare


def service_name(value: str) -> str:
    """Name of a published web service."""
    bare = value.strip()
    if not _SERVICE_NAME.fullmatch(bare):
        raise ValueError("must be the service name: letters, digits and underscores, beginning with a letter")
    return bare


def day(value: str) -> date:
    """A day as ``2027-03-31``."""
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        raise ValueError("must be a day such as 2027-03-31") from None


_WEB_API = re.compile(r"/api/data(/v[0-9.]+)?", re.IGNORECASE)
_API_HOST = re.compile(r"(?<=//)([^./]+)\.api\.(?=crm)", re.IGNORECASE)


def dataverse_address(value: str) -> str:
    """A Dataverse environment's own address, in lower case, also from its Web API endpoint.

    Power Apps shows that one under Settings, Developer resources: ``https://org.api.crm4.dynamics.com/api/
    data/v9.2``. Tokens and links need the environment's.
    """
    bare = _WEB_API.sub("", address(value), count=1)
    if urlsplit(bare).path:
        raise ValueError("must be the environment's address alone, as in https://yourorg.crm4.dynamics.com")
    return _API_HOST.sub(r"\1.", bare).lower()


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
