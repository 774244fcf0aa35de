"""The client of the companion API (contract: "Reading") and of what the bot reads of the standard API."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import quote

import httpx

from bot.businesscentral import rows
from bot.businesscentral.answers import Answer, complaint_of, failure_of, page_of, parse_json
from bot.businesscentral.authentication import Authentication
from bot.businesscentral.connection import Connection
from bot.businesscentral.exchange import Exchange
from bot.businesscentral.limits import RequestLimit
from bot.businesscentral.records import (
    Company,
    ErrorDetails,
    ErrorPage,
    Maintenance,
    NumbersPage,
    SyncErrorRecord,
    UnreadableRow,
)
from bot.clock import Clock
from bot.failures import SourceFailure, SourceGarbled, SourceMissing

LARGEST_PAGE = 20_000
"""Entities; more answers 413 (``dev-itpro/api-reference/v2.0/dynamics-current-limits.md``)."""

PARSED_ON_THE_LOOP = 256 * 1024
"""Bytes; larger bodies are parsed in a thread, so that Slack is still answered within its 3 seconds."""

ANSWER_SECONDS = 120.0

_FROM_PRIMARY: Mapping[str, str] = {"Data-Access-Intent": "ReadWrite"}
_NO_HEADERS: Mapping[str, str] = {}

T = TypeVar("T")


class BusinessCentralClient:
    """Reads one connection. Safe to use from many tasks at once.

    Every method raises the failures below ``bot.failures.SourceFailure``: SignInRefused, SourceUnreachable,
    SourceThrottled, SourceRefused, SourceMissing (``facts['what']``: environment, company, extension or
    error), SourceRejected, SourceGarbled.
    """

    def __init__(
        self,
        connection: Connection,
        auth: Authentication,
        *,
        clock: Clock,
        limit: RequestLimit,
        transport: httpx.AsyncBaseTransport | None = None,
        jitter: Callable[[], float] = random.random,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._connection = connection
        self._exchange = Exchange(
            auth,
            clock=clock,
            limit=limit,
            transport=transport,
            jitter=jitter,
            answer_seconds=answer_seconds,
        )

    async def aclose(self) -> None:
        """Let go of all connections."""
        await self._exchange.aclose()

    async def company(self) -> Company:
        """The company's names, from the standard API v2.0."""
        return await self._read(
            self._connection.standard_api, lambda body: rows.company(parse_json(body)), what="company"
        )

    async def error_page(self, after: int, page_size: int) -> ErrorPage:
        """The first page of errors whose number is above ``after``, by rising number."""
        if after < 0:
            raise ValueError("numbers are not negative")
        url = (
            f"{self._connection.companion_api}/syncErrors?$filter={quote(f'number gt {after}')}"
            f"&$orderby=number&$select={','.join(rows.LIGHT_FIELDS)}"
        )
        return await self._error_page(url, page_size)

    async def follow(self, next_link: str, page_size: int) -> ErrorPage:
        """The page behind a nextLink, which is followed as it was given; a relative one is allowed."""
        base = f"{self._connection.companion_api}/syncErrors"
        return await self._error_page(self._own(base, next_link), page_size)

    async def error_numbers(self, after: int, up_to: int, page_size: int = LARGEST_PAGE) -> NumbersPage:
        """Numbers and ids alone of the errors above ``after`` and up to ``up_to``, by rising number.

        Read from the primary database, for a replica may be seconds behind: what is missing here is missing.
        """
        if after < 0:
            raise ValueError("numbers are not negative")
        wanted = quote(f"number gt {after} and number le {up_to}")
        url = (
            f"{self._connection.companion_api}/syncErrors?$filter={wanted}&$orderby=number&$select=number,id"
        )
        return await self._numbers_page(url, page_size)

    async def follow_numbers(self, next_link: str, page_size: int = LARGEST_PAGE) -> NumbersPage:
        """The page behind a nextLink of ``error_numbers``."""
        base = f"{self._connection.companion_api}/syncErrors"
        return await self._numbers_page(self._own(base, next_link), page_size)

    async def details(self, error_id: str) -> ErrorDetails:
        """Call stack and descriptions of one error, by its id (a GUID)."""
        url = f"{self._connection.companion_api}/syncErrorDetails({quote(error_id, safe='')})"
        return await self._read(url, lambda body: rows.error_details(parse_json(body)), what="error")

    async def maintenance(self) -> Maintenance:
        """Highest number and count of the errors that are there now, in the primary database."""
        url = f"{self._connection.companion_api}/maintenance"
        return await self._read(url, _the_one_row, headers=_FROM_PRIMARY)

    async def _error_page(self, url: str, page_size: int) -> ErrorPage:
        def parse(body: bytes) -> ErrorPage:
            found, link = page_of(body)
            read = [rows.sync_error(row) for row in found]
            return ErrorPage(
                rows=tuple(row for row in read if isinstance(row, SyncErrorRecord)),
                unreadable=tuple(row for row in read if isinstance(row, UnreadableRow)),
                next_link=None if link is None else self._own(url, link),
            )

        return await self._read(url, parse, headers=_paged(page_size))

    async def _numbers_page(self, url: str, page_size: int) -> NumbersPage:
        def parse(body: bytes) -> NumbersPage:
            found, link = page_of(body)
            read = [rows.number_and_id(row) for row in found]
            return NumbersPage(
                ids={number: row_id for number, row_id in read if number is not None},
                unnumbered=sum(number is None for number, _ in read),
                next_link=None if link is None else self._own(url, link),
            )

        return await self._read(url, parse, headers={**_paged(page_size), **_FROM_PRIMARY})

    def _own(self, base: str, link: str) -> str:
        """A link made absolute. The token goes nowhere but to the connection's own scheme, host and port.

        The parser that judges the link is the one that will send the request.
        """
        try:
            absolute = httpx.URL(base).join(link)
        except (httpx.InvalidURL, ValueError):
            raise SourceGarbled("nextLink: not an address") from None
        if _place(absolute) != _place(httpx.URL(self._connection.prefix)):
            raise SourceGarbled("nextLink: leads to another host")
        return str(absolute)

    async def _read(
        self,
        url: str,
        parse: Callable[[bytes], T],
        *,
        what: str = "",
        headers: Mapping[str, str] = _NO_HEADERS,
    ) -> T:
        """GET and understand. An answer cut off in the middle is asked for once more."""
        try:
            return await self._understood(url, parse, headers, what)
        except SourceGarbled:
            return await self._understood(url, parse, headers, what)

    async def _understood(
        self, url: str, parse: Callable[[bytes], T], headers: Mapping[str, str], what: str
    ) -> T:
        answer = await self._exchange.get(url, headers)
        if not answer.succeeded:
            raise await self._explained(answer, what)
        if len(answer.body) > PARSED_ON_THE_LOOP:
            return await asyncio.to_thread(parse, answer.body)
        return parse(answer.body)

    async def _explained(self, answer: Answer, what: str) -> SourceFailure:
        failure = failure_of(answer)
        if isinstance(failure, SourceMissing):
            failure.facts["what"] = await self._what_is_missing(answer, what)
        return failure

    async def _what_is_missing(self, answer: Answer, what: str) -> str:
        """``environment``, ``company``, ``extension`` or ``error``.

        Codes settle it where they are specific. Otherwise the standard API is asked: it is in every
        environment, so where it knows the company, what is missing is the extension.
        """
        told = _told_by_code(answer, missing_row=what)
        if told or what == "company":
            return told or "environment"
        standard = await self._exchange.get(self._connection.standard_api, {})
        if standard.succeeded:
            return "extension"
        return _told_by_code(standard, missing_row="company") or "environment"


def _paged(page_size: int) -> Mapping[str, str]:
    if not 1 <= page_size <= LARGEST_PAGE:
        raise ValueError("a page has 1 to 20,000 rows")
    return {"Prefer": f"odata.maxpagesize={page_size}"}


def _told_by_code(answer: Answer, missing_row: str) -> str:
    """What the code of a 404 names; empty where it could be anything.

    Codes: ``dev-itpro/webservices/dynamics-error-codes.md``.
    """
    code = complaint_of(answer).code
    if code == "Internal_CompanyNotFound":
        return "company"
    if code in {"Internal_TenantUnavailable", "NoEnvironment"}:
        return "environment"
    if code in {"Internal_RecordNotFound", "Internal_DataNotFoundFilter", "BadRequest_ResourceNotFound"}:
        return missing_row
    return ""


def _the_one_row(body: bytes) -> Maintenance:
    found, _ = page_of(body)
    if len(found) != 1:
        raise SourceGarbled("maintenance: not exactly one row")
    return rows.maintenance(found[0])


def _place(url: httpx.URL) -> tuple[str, str, int | None, bytes]:
    """Scheme, host, port (None for the scheme's own) and whoever stands in front of them."""
    return url.scheme, url.host, url.port, url.userinfo
