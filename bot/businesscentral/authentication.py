"""Signing in to Business Central.

Online: client credentials (Microsoft's
``dev-itpro/administration/automation-apis-using-s2s-authentication.md``). On-premises: basic authentication.
"""

from __future__ import annotations

import httpx

from bot.odata.authentication import Authentication, BasicAuthentication, client_credentials
from bot.settings import BasicSignIn, EntraSignIn
from bot.settings.connections import AUDIENCE

SCOPE = f"{AUDIENCE}/.default"
"""Online, and where nobody told another audience."""


def authentication_from(
    sign_in: EntraSignIn | BasicSignIn, *, transport: httpx.BaseTransport | None = None
) -> Authentication:
    """The way of signing in that the settings describe; ``transport`` replaces the network to Entra."""
    if isinstance(sign_in, BasicSignIn):
        return BasicAuthentication(sign_in.username, sign_in.key)
    return client_credentials(sign_in, f"{sign_in.audience}/.default", transport=transport)
