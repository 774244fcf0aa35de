"""The certificates by which this machine trusts others.

Reading them takes 20 ms and a megabyte each time: so once in a process, when the first request is made.
"""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """What every client of this process goes by; certifi's list, or that of ``SSL_CERT_FILE`` (httpx)."""
    return httpx.create_ssl_context()
