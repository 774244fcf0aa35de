"""Slack's request signature, version 0 (docs.slack.dev, authentication/verifying-requests-from-slack)."""

from __future__ import annotations

import hashlib
import hmac


def signature_headers(body: bytes, secret: str, timestamp: int) -> dict[str, str]:
    """The two headers that prove where ``body`` comes from; ``timestamp`` in seconds since 1970."""
    base = b"v0:%d:%b" % (timestamp, body)
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(timestamp), "X-Slack-Signature": f"v0={digest}"}
