"""The fallback without the extension: page 5339, published as a web service, read-only.

What the page has: number, time, text (``IntegrationSynchErrorList.Page.al`` in microsoft/BCApps). It has no
ids of records, no jobs, no mappings, no actions; and from version 30 Business Central publishes no page of
Microsoft's any more (``dev-itpro/upgrade/deprecated-features-platform.md``). All else that is asked for
therefore says that the extension is missing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

from bot.businesscentral.asking import FROM_PRIMARY, LARGEST_PAGE, paged
from bot.businesscentral.fields import MAX_INTEGER
from bot.businesscentral.reading_errors import ReadingErrors
from bot.businesscentral.records import (
    ErrorDetails,
    ErrorPage,
    Maintenance,
    NumbersPage,
    SyncErrorRecord,
    UnreadableRow,
)
from bot.businesscentral.rows import number_and_id, sync_error
from bot.failures import SourceGarbled, SourceMissing
from bot.odata.answers import page_of, parse_json

T = TypeVar("T")

_FIELDS = {"No": "number", "Date_Time": "loggedAt", "Message": "errorMessage"}
"""Names that OData gives the page's controls (``dev-itpro/webservices/
return-obtain-service-metadata-edmx-document.md``), and those of the companion API."""


class ReadingPublishedPage(ReadingErrors):
    """Reads errors from the published page where the connection names one, else as ever.

    Raises SourceMissing with ``what`` = ``page`` where no page is published under that name.
    """

    async def error_page(self, after: int, page_size: int) -> ErrorPage:
        """As in ReadingErrors; without records, mappings, directions and jobs."""
        if not self._published:
            return await super().error_page(after, page_size)
        if after < 0:
            raise ValueError("numbers are not negative")
        url = f"{self._published}?$filter={quote(f'No gt {after}')}&$orderby=No&$select={','.join(_FIELDS)}"
        return await self._published_errors(url, page_size)

    async def follow(self, next_link: str, page_size: int) -> ErrorPage:
        """As in ReadingErrors."""
        if not self._published:
            return await super().follow(next_link, page_size)
        return await self._published_errors(self._own(self._published, next_link), page_size)

    async def error_numbers(self, after: int, up_to: int, page_size: int = LARGEST_PAGE) -> NumbersPage:
        """As in ReadingErrors."""
        if not self._published:
            return await super().error_numbers(after, up_to, page_size)
        if after < 0:
            raise ValueError("numbers are not negative")
        wanted = quote(f"No gt {after} and No le {up_to}")
        return await self._published_numbers(
            f"{self._published}?$filter={wanted}&$orderby=No&$select=No", page_size
        )

    async def follow_numbers(self, next_link: str, page_size: int = LARGEST_PAGE) -> NumbersPage:
        """As in ReadingErrors."""
        if not self._published:
            return await super().follow_numbers(next_link, page_size)
        return await self._published_numbers(self._own(self._published, next_link), page_size)

    async def details(self, error_id: str) -> ErrorDetails:
        """As in ReadingErrors; the page has no call stack and no records."""
        if self._published:
            raise SourceMissing("", what="extension")
        return await super().details(error_id)

    async def maintenance(self, headers: Mapping[str, str] = FROM_PRIMARY) -> Maintenance:
        """As in ReadingErrors; the page does not tell how long errors are kept."""
        if not self._published:
            return await super().maintenance(headers)
        url = f"{self._published}?$orderby=No%20desc&$top=1&$count=true&$select=No"
        return await self._of_the_page(url, _maintenance, headers)

    @property
    def _published(self) -> str:
        return self._connection.published_errors

    async def _published_errors(self, url: str, page_size: int) -> ErrorPage:
        def parse(body: bytes) -> ErrorPage:
            found, link = page_of(body)
            read = [sync_error(self._as_companion(row)) for row in found]
            return ErrorPage(
                rows=tuple(row for row in read if isinstance(row, SyncErrorRecord)),
                unreadable=tuple(row for row in read if isinstance(row, UnreadableRow)),
                next_link=None if link is None else self._own(url, link),
            )

        return await self._of_the_page(url, parse, paged(page_size))

    async def _published_numbers(self, url: str, page_size: int) -> NumbersPage:
        def parse(body: bytes) -> NumbersPage:
            found, link = page_of(body)
            read = [number_and_id(self._as_companion(row)) for row in found]
            return NumbersPage(
                ids={number: row_id for number, row_id in read if number is not None},
                unnumbered=sum(number is None for number, _ in read),
                next_link=None if link is None else self._own(url, link),
            )

        return await self._of_the_page(url, parse, {**paged(page_size), **FROM_PRIMARY})

    async def _of_the_page(self, url: str, parse: Callable[[bytes], T], headers: Mapping[str, str]) -> T:
        try:
            return await self._read(url, parse, headers=headers)
        except SourceMissing as missing:
            if missing.facts.get("what") in {"extension", ""}:
                missing.facts["what"] = "page"
            raise

    def _as_companion(self, row: object) -> object:
        """A row with the companion API's names. Its id comes from the number: the page has no SystemId."""
        if not isinstance(row, Mapping):
            return row
        known: dict[str, Any] = {ours: row.get(theirs) for theirs, ours in _FIELDS.items()}
        known["id"] = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self._published}/{row.get('No')}"))
        return known


def _maintenance(body: bytes) -> Maintenance:
    found, _ = page_of(body)
    whole = parse_json(body)
    count = whole.get("@odata.count") if isinstance(whole, Mapping) else None
    first = found[0] if found else {"No": 0}
    highest = first.get("No") if isinstance(first, Mapping) else None
    for value in (count, highest):
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_INTEGER:
            raise SourceGarbled("published page: no count or no number")
    return Maintenance(
        highest_number=int(highest or 0),
        error_count=int(count or 0),
        oldest_logged_at=None,
        retention_enabled=False,
        retention_period="",
    )
