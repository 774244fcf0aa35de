"""What an HTTP answer of Business Central other than 2xx means: a failure of ``bot.failures``.

Codes and statuses, from Microsoft's docs: ``dev-itpro/webservices/dynamics-error-codes.md``,
``dev-itpro/includes/include-http-status-error-codes.md``.
"""

from __future__ import annotations

import re

from bot.failures import (
    ActionNotPermitted,
    SourceFailure,
    SourceGarbled,
    SourceMissing,
    SourceRefused,
    SourceRejected,
    SourceThrottled,
    SourceUnreachable,
)
from bot.odata.answers import RETRIED, Answer, complaint_of

_NO_PERMISSION = re.compile(r"permissions prevented the action\.? \((TableData \d{1,10} [^)]{0,100})\)")


def failure_of(answer: Answer) -> SourceFailure:
    """The failure that an answer other than 2xx stands for.

    The caller adds to a 404 what is missing, for it knows the place.
    """
    complaint = complaint_of(answer)
    facts: dict[str, str | int] = {"status": answer.status}
    if complaint.code:
        facts["code"] = complaint.code
    if answer.status == 429:
        return SourceThrottled("", **facts)
    if answer.status in RETRIED or answer.status >= 500:
        return SourceUnreachable("", **facts)
    if answer.status == 404:
        return SourceMissing("", **facts)
    # A missing permission can come as 400, 401 or 403, so its text counts as well as the status.
    prevented = _NO_PERMISSION.search(complaint.message)
    if prevented:
        facts["permission"] = prevented[1]
    if answer.status in {401, 403} or prevented or complaint.code.startswith(("Auth", "Application_Auth")):
        return SourceRefused("", **facts)
    if answer.status >= 400:
        return SourceRejected("", **facts)
    return SourceGarbled("", **facts)


def without_permission(failure: SourceRefused, action: str, permission_set: str) -> SourceFailure:
    """What a refused action lacks: that permission set; where the application itself is not let in, the
    refusal as it is, for then no permission set would help."""
    if str(failure.facts.get("code", "")).startswith("Authentication"):
        return failure
    permission = {"permission": failure.facts["permission"]} if "permission" in failure.facts else {}
    return ActionNotPermitted("", action=action, permission_set=permission_set, **permission)
