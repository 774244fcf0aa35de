"""Where links lead: pages and records of one connection, and Microsoft's own pages. Nowhere else.

Business Central's addresses follow ``dev-itpro/developer/devenv-web-client-urls.md``:
``<web client>/?company=...&page=...&filter='<field name>' IS '<value>'``. Dataverse's are those that
Business Central itself builds (codeunit CRM Integration Management, microsoft/BCApps):
``main.aspx?pagetype=entityrecord&etn=...&id=...``. Text from outside becomes part of a query,
percent-encoded, never of a host or a path.
"""

from __future__ import annotations

import re
from copy import copy
from typing import Final
from urllib.parse import quote, urlsplit

from bot.businesscentral.record_ids import RecordId, parse_record_id
from bot.cards.limits import URL
from bot.dataclass import dataclass
from bot.diagnosis.model import ADMIN_CENTER_PLACES, LinkKind, Params, StepLink
from bot.operations.views import ConnectionView

ERRORS_PAGE: Final = 5339
"""Integration Synchronization Errors."""

_ADMIN_CENTER: Final = "https://admin.powerplatform.microsoft.com"
_ADMIN_CENTERS: Final = {
    ".crm9.dynamics.com": "https://gcc.admin.powerplatform.microsoft.us",
    ".microsoftdynamics.us": "https://high.admin.powerplatform.microsoft.us",
    ".appsplatform.us": "https://admin.appsplatform.us",
    ".dynamics.cn": "https://admin.powerplatform.partner.microsoftonline.cn",
}
"""Of sovereign clouds, by the end of a Dataverse environment's host (MicrosoftDocs/power-platform,
``admin/powerapps-us-government.md``)."""
_GUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DOCS_HOSTS: Final = frozenset({"learn.microsoft.com", "go.microsoft.com"})
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_LOGICAL_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,99}")
_IN_AN_ADDRESS: Final = re.compile(r"[A-Za-z0-9._~:/?#@!$&'()*+,;=%\[\]-]+")
"""Characters that RFC 3986 allows; none of them ends a link in mrkdwn (``>``, ``|``, blank)."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address that this module made or checked: the only kind that becomes a link."""

    url: str


def slack_message(url: str) -> Address | None:
    """A message's own address (``chat.getPermalink``); None for one that leads elsewhere than to Slack."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host = parts.hostname or ""
    ours = parts.scheme == "https" and host.endswith((".slack.com", ".slack-gov.com"))
    return Address(url) if ours and len(url) <= URL and _IN_AN_ADDRESS.fullmatch(url) else None


class Links:
    """The links of one connection. Each answers None where the address cannot be known."""

    def __init__(self, connection: ConnectionView) -> None:
        self._web_client = _base(connection.web_client) if connection.company_name else None
        self._company = connection.company_name
        self._tenant = connection.server_tenant
        self._dataverse = _base(connection.dataverse_url)
        self._organization = ""

    def in_organization(self, organization_id: str) -> Links:
        """The same links; those to the admin center lead into the environment of that organization."""
        nearer = copy(self)
        nearer._organization = organization_id if _GUID.fullmatch(organization_id) else ""
        return nearer

    def page(self, number: int, filters: tuple[tuple[str, str], ...] = ()) -> Address | None:
        """A page by its number, showing only what the filters (field name, value) pick.

        None for a value that the filter cannot express: the page would show another record.
        """
        if self._web_client is None or any("'" in value or "'" in field for field, value in filters):
            return None
        url = f"{self._web_client}/?company={_encoded(self._company)}&page={number}"
        if self._tenant is not None:
            url += f"&tenant={_encoded(self._tenant)}"
        if filters:
            condition = " AND ".join(f"'{field}' IS '{value}'" for field, value in filters)
            url += f"&filter={_encoded(condition)}"
        return _fitting(url)

    def error(self, number: int) -> Address | None:
        """One error in Integration Synchronization Errors, by its No."""
        return self.page(ERRORS_PAGE, (("No.", str(number)),))

    def record(self, text: str, table_number: int = 0) -> Address | None:
        """A record by its id, as ``Format(RecordId)`` writes it."""
        record = parse_record_id(text, table_number)
        return None if record is None else self.parsed(record)

    def parsed(self, record: RecordId) -> Address | None:
        """A record whose id is already taken apart."""
        if record.entity is not None and record.row_id is not None:
            return self.dataverse_row(record.entity, record.row_id)
        place = record.page
        return None if place is None else self.page(*place)

    def given(self, url: str) -> Address | None:
        """An address that Business Central gave for a record, where it leads to this connection's own web
        client or Dataverse environment."""
        own = {urlsplit(base).netloc.casefold() for base in (self._web_client, self._dataverse) if base}
        if not url or not _IN_AN_ADDRESS.fullmatch(url):
            return None
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        safe = parts.scheme == "https" or parts.hostname in _LOOPBACK
        return _fitting(url) if safe and parts.netloc.casefold() in own else None

    def dataverse_row(self, entity: str, row_id: str) -> Address | None:
        """One row of a Dataverse table, by logical name and id."""
        if self._dataverse is None or not _LOGICAL_NAME.fullmatch(entity):
            return None
        return _fitting(
            f"{self._dataverse}/main.aspx?pagetype=entityrecord&etn={entity}&id={_encoded(row_id)}"
        )

    def dataverse_list(self, entity: str) -> Address | None:
        """The rows of a Dataverse table, by logical name."""
        if self._dataverse is None or not _LOGICAL_NAME.fullmatch(entity):
            return None
        return _fitting(f"{self._dataverse}/main.aspx?pagetype=entitylist&etn={entity}&navbar=on&cmdbar=true")

    def admin_center(self, place: str = "", role_id: str | None = None) -> Address:
        """The Power Platform admin center of the cloud that the Dataverse environment is in.

        ``place`` is where in the environment, such as ``securityroles``, with ``role_id`` in the editor of
        that role; the list of environments where the organization is not known (``in_organization``). The
        addresses are those to which Dataverse's own pages redirect: ``settingredirect/<organization>/...``.
        """
        host = urlsplit(self._dataverse or "").hostname or ""
        center = next((one for end, one in _ADMIN_CENTERS.items() if host.endswith(end)), _ADMIN_CENTER)
        if not self._organization or place not in ADMIN_CENTER_PLACES:
            return Address(f"{center}/environments")
        editor = f"/{role_id}/roleeditor" if role_id and _GUID.fullmatch(role_id) else ""
        return Address(f"{center}/settingredirect/{self._organization}/{place}{editor}")

    def step(
        self, target: StepLink, params: Params, record: str, number: int | None = None
    ) -> Address | None:
        """Where a step of a remedy leads; ``record`` is the id of the failing record, empty where unknown,
        ``number`` the No. of the error."""
        match target.kind:
            case LinkKind.ERROR:
                return self.page(ERRORS_PAGE) if number is None else self.error(number)
            case LinkKind.PAGE:
                if target.page is None:
                    return None
                return self.page(target.page, target.picked(params)) or self.page(target.page)
            case LinkKind.RECORD:
                return self._record_of("record_table", "record", params) or self.record(record)
            case LinkKind.OTHER_RECORD:
                return self._record_of("other_table", "other_record", params)
            case LinkKind.DATAVERSE_ROW:
                row_id = str(params.get(target.row or "", ""))
                return self.dataverse_row(target.entity or "", row_id) if row_id else None
            case LinkKind.DATAVERSE_LIST:
                return self.dataverse_list(target.entity or str(params.get("entity", "")))
            case LinkKind.ADMIN_CENTER:
                return self.admin_center(target.entity or "")
            case LinkKind.DOCS:
                return _documentation(target.address)

    def _record_of(self, table: str, key: str, params: Params) -> Address | None:
        """The record that the text names under these keys."""
        if table not in params or key not in params:
            return None
        return self.record(f"{params[table]}: {params[key]}")


def _documentation(url: str | None) -> Address | None:
    base = _base(url)
    return _fitting(base) if base is not None and urlsplit(base).hostname in _DOCS_HOSTS else None


def _base(url: str | None) -> str | None:
    """``url`` without a slash at its end, where it is a plain https address (http on the loopback only)."""
    if not url or not _IN_AN_ADDRESS.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if not host or parts.username is not None or parts.password is not None:
        return None
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
        return None
    return url.rstrip("/")


def _encoded(text: str) -> str:
    return quote(text, safe="", errors="replace")


def _fitting(url: str) -> Address | None:
    return Address(url) if len(url) <= URL else None
