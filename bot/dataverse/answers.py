"""What an HTTP answer of Dataverse other than 2xx means: a failure of ``bot.failures``.

Sources: MicrosoftDocs/powerapps-docs, ``developer/data-platform``, there
``webapi/compose-http-requests-handle-errors.md`` (statuses) and ``includes/data-service-error-codes.md``
(codes). The code says more than the status, and is empty at times. Of messages only the name of a privilege
is taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from bot.failures import (
    DataverseFailure,
    DataverseGarbled,
    DataverseMissing,
    DataverseRefused,
    DataverseRejected,
    DataverseSignInRefused,
    DataverseThrottled,
    DataverseUnreachable,
    SignInRefused,
    SourceFailure,
    SourceGarbled,
    SourceUnreachable,
)
from bot.odata.answers import RETRIED, Answer, complaint_of


class Why(StrEnum):
    """Why Dataverse refuses the bot's application."""

    PRIVILEGE = "privilege"
    FIELD = "field"
    """A column is secured."""
    NO_ROLES = "no_roles"
    NOT_A_MEMBER = "not_a_member"
    """No application user stands for the application."""
    DISABLED = "disabled"
    ADMIN_MODE = "admin_mode"
    ORGANIZATION_OFF = "organization_off"
    LICENSE = "license"
    TOKEN = "token"  # noqa: S105 # a word
    OTHER = ""


_REFUSALS: Final[Mapping[str, Why]] = {
    "0x80040220": Why.PRIVILEGE,  # PrivilegeDenied
    "0x80048306": Why.PRIVILEGE,  # unManagedIdsAccessDenied
    "0x80040231": Why.PRIVILEGE,  # PrincipalPrivilegeDenied
    "0x80048405": Why.PRIVILEGE,  # AccessDenied
    "0x80040256": Why.PRIVILEGE,  # CrmSecurityError
    "0x80040276": Why.PRIVILEGE,  # PrivilegeCreateIsDisabledForOrganization
    "0x8004f504": Why.FIELD,  # AttributePermissionReadIsMissing
    "0x80042f09": Why.NO_ROLES,  # UserNotAssignedRoles
    "0x80072560": Why.NOT_A_MEMBER,  # UserNotMemberOfOrg
    "0x80040225": Why.DISABLED,  # unManagedidsusernotenabled
    "0x8004a112": Why.DISABLED,  # SystemUserDisabled
    "0x8004a113": Why.ADMIN_MODE,  # UserDoesNotHaveAdminOnlyModePermissions
    "0x8004a104": Why.ORGANIZATION_OFF,  # OrganizationDisabled
    "0x80050304": Why.LICENSE,  # CrmApiLicensingError
    "0x8004a105": Why.TOKEN,  # TamperedAuthTicket
    "0x80041d50": Why.TOKEN,  # InvalidOAuthToken
    "0x80040204": Why.TOKEN,  # InvalidUserAuth
    "0x80040277": Why.TOKEN,  # UnauthorizedAccess
}
_THROTTLED: Final = frozenset({"0x80072321", "0x80072322", "0x80072326", "0x8004a001"})
"""Execution time, requests, concurrency (``api-limits.md``), the database's governor."""
_PASSING: Final = frozenset({"0x80044150", "0x80044151", "0x80044339", "0x80073000", "0x80040216"})
"""Generic SQL error, SQL timeout, CouldNotObtainLockOnResource, CrmSQLNetworkingError, UnExpected."""
_MISSING: Final[Mapping[str, str]] = {
    "0x80040217": "row",  # ObjectDoesNotExist
    "0x80060891": "row",  # RecordNotFoundByEntityKey
    "0x80060888": "function",  # Resource not found for the segment
    "0x80041102": "table",  # QueryBuilderNoEntity: the entity was not found in the MetadataCache
}
_PRIVILEGE: Final = re.compile(r"\bprv[A-Za-z0-9_]{1,128}\b")


def failure_of(answer: Answer) -> DataverseFailure:
    """The failure that an answer other than 2xx stands for."""
    complaint = complaint_of(answer)
    code = complaint.code.lower()
    facts: dict[str, str | int] = {"status": answer.status}
    if code:
        facts["code"] = code
    if answer.status == 429 or code in _THROTTLED:
        return DataverseThrottled("", **facts)
    if code in _REFUSALS or answer.status in {401, 403}:
        usual = Why.TOKEN if answer.status == 401 else Why.OTHER
        named = _PRIVILEGE.search(complaint.message)
        if named:
            facts["privilege"] = named[0]
            usual = Why.PRIVILEGE
        return DataverseRefused("", why=_REFUSALS.get(code, usual), **facts)
    if answer.status == 404 or code in _MISSING:
        return DataverseMissing("", what=_MISSING.get(code, "environment"), **facts)
    if answer.status in RETRIED or answer.status >= 500 or code in _PASSING:
        return DataverseUnreachable("", **facts)
    if answer.status >= 400:
        return DataverseRejected("", **facts)
    return DataverseGarbled("", **facts)


def as_dataverse(failure: SourceFailure) -> DataverseFailure:
    """What an exchange raises by itself, in Dataverse's name."""
    match failure:
        case SignInRefused():
            return DataverseSignInRefused(failure.detail, **failure.facts)
        case SourceUnreachable():
            return DataverseUnreachable(failure.detail, **failure.facts)
        case SourceGarbled():
            return DataverseGarbled(failure.detail, **failure.facts)
        case _:
            return DataverseFailure(failure.detail, **failure.facts)
