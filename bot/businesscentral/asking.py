"""What all requests to one connection share: reading an answer, following links, naming what is missing."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from typing import TypeVar

import httpx

from bot.businesscentral.answers import failure_of
from bot.businesscentral.connection import Connection
from bot.clock import Clock
from bot.failures import ActionMissing, SourceFailure, SourceGarbled, SourceMissing
from bot.odata.answers import Answer, complaint_of
from bot.odata.authentication import Authentication
from bot.odata.exchange import Exchange, Outgoing
from bot.odata.limits import RequestLimit

LARGEST_PAGE = 20_000
"""Entities; more answers 413 (``dev-itpro/api-reference/v2.0/dynamics-current-limits.md``)."""

PARSED_ON_THE_LOOP = 256 * 1024
"""Bytes; larger bodies are parsed in a thread, so that Slack is still answered within its 3 seconds."""

ANSWER_SECONDS = 120.0

FROM_PRIMARY: Mapping[str, str] = {"Data-Access-Intent": "ReadWrite"}
"""Online, a GET reads a replica that may be seconds behind; with this it reads the primary database
(``dev-itpro/administration/database-read-scale-out-overview.md``)."""

_NO_HEADERS: Mapping[str, str] = {}

T = TypeVar("T")


class Asking:
    """One connection. Safe to use from many tasks at once."""

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
        self.limit = limit
        self._exchange = Exchange(
            auth,
            clock=clock,
            limit=limit,
            transport=transport,
            jitter=jitter,
            answer_seconds=answer_seconds,
            query={"tenant": connection.server_tenant} if connection.server_tenant else {},
        )

    async def aclose(self) -> None:
        """Let go of all connections."""
        await self._exchange.aclose()

    def _expect_extension(self, action: str) -> None:
        """Raises ActionMissing where errors come from the published page: what is read there has no ids that
        an action could name."""
        if self._connection.error_page is not None:
            raise ActionMissing("", action=action, what="extension")

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
        answer = await self._exchange.send(Outgoing("GET", url, headers))
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
        """``environment``, ``company``, ``extension`` or ``what``, the row that was asked for.

        Codes settle it where they are specific. Otherwise the standard API is asked: it is in every
        environment, so where it knows the company, what is missing is the extension.
        """
        told = _told_by_code(answer, missing_row=what)
        if told or what == "company":
            return told or "environment"
        standard = await self._exchange.send(Outgoing("GET", self._connection.standard_api))
        if standard.succeeded:
            return "extension"
        return _told_by_code(standard, missing_row="company") or "environment"


def paged(page_size: int) -> Mapping[str, str]:
    """The header that asks for pages of that many rows."""
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


def _place(url: httpx.URL) -> tuple[str, str, int | None, bytes]:
    """Scheme, host, port (None for the scheme's own) and whoever stands in front of them."""
    return url.scheme, url.host, url.port, url.userinfo
