"""One request with everything around it: sign-in, limits, time limits, bounded repeats, bounded size."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime
from enum import Enum
from urllib.parse import quote

import httpx

from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import SourceGarbled, SourceUnreachable
from bot.odata.answers import RETRIED, Answer
from bot.odata.authentication import Authentication
from bot.odata.limits import RequestLimit
from bot.odata.retrying import Patience, seconds_asked
from bot.trust import trusted

LARGEST_BODY = 64 * 1024 * 1024
"""Bytes after decompression: 5,000 rows with the longest texts, escaped, and as much again."""

CONNECT_SECONDS = 10.0

_ALWAYS: Mapping[str, str] = {
    "Accept": "application/json",
    # Language and formats of what a service says itself; stored texts keep the language of their job.
    "Accept-Language": "en-US",
}


_NOTHING: Mapping[str, str] = {}


class Repeat(Enum):
    """Whether a request may be sent again after an answer that says "later", or none."""

    WHENEVER_IT_HELPS = "whenever it helps"
    """Doing it twice is doing it once."""
    UNLESS_BEGUN = "unless begun"
    """Doing it twice would be something else."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    repeat: Repeat = Repeat.WHENEVER_IT_HELPS
    parts: int = 1
    """Requests in it, where it is a batch."""


class AnswerLost(Exception):
    """A request that may not be repeated may have been carried out, and the answer does not say."""


class Exchange:
    """Gets answers from one place.

    ``answer_seconds`` bounds each attempt from its first to its last byte, ``patience`` all of them together;
    ``headers`` and ``query`` go with every request.
    """

    def __init__(
        self,
        auth: Authentication,
        *,
        clock: Clock,
        limit: RequestLimit,
        transport: httpx.AsyncBaseTransport | None,
        jitter: Callable[[], float],
        answer_seconds: float,
        patience: Callable[[], Patience] = Patience,
        headers: Mapping[str, str] = _ALWAYS,
        query: Mapping[str, str] = _NOTHING,
    ) -> None:
        self._auth = auth
        self._clock = clock
        self._limit = limit
        self._jitter = jitter
        self._answer_seconds = answer_seconds
        self._patience = patience
        self._headers = {**_ALWAYS, **headers}
        self._query = dict(query)
        self._transport = transport
        self._opened: httpx.AsyncClient | None = None

    async def aclose(self) -> None:
        """Let go of all connections."""
        if self._opened is not None:
            await self._opened.aclose()
        await self._auth.aclose()

    async def send(self, request: Outgoing) -> Answer:
        """The answer, whatever its status, after the repeats that the request allows.

        Raises SourceUnreachable where there was none, AnswerLost where that leaves open what was done,
        SourceGarbled for one too large, and what signing in raises.
        """
        patience = self._patience()
        while True:
            outcome = await self._signed_in(request)
            if isinstance(outcome, Answer) and outcome.status not in RETRIED:
                return outcome
            if request.repeat is Repeat.UNLESS_BEGUN and _may_have_begun(outcome):
                raise AnswerLost
            asked = (
                seconds_asked(outcome.retry_after, self._clock.now()) if isinstance(outcome, Answer) else None
            )
            wait = patience.next_wait(asked, self._jitter())
            if wait is None:
                if isinstance(outcome, Answer):
                    return outcome
                raise outcome.failure
            await self._clock.sleep(wait)

    async def wait(self, seconds: float) -> None:
        """Let that time pass, by the clock that all waits here go by."""
        await self._clock.sleep(seconds)

    def now(self) -> datetime:
        """The present."""
        return self._clock.now()

    def jitter(self) -> float:
        """0 to 1, for waits that somebody else decides about."""
        return self._jitter()

    @property
    def _http(self) -> httpx.AsyncClient:
        """Opened by the first request: reading the machine's certificates takes a while."""
        if self._opened is None:
            self._opened = httpx.AsyncClient(
                transport=self._transport,
                verify=trusted(),
                timeout=httpx.Timeout(self._answer_seconds, connect=CONNECT_SECONDS),
                follow_redirects=False,
            )
        return self._opened

    def count_parts(self) -> None:
        """Told that the service counts the parts of a batch against the limits."""
        self._limit.count_parts()

    async def _signed_in(self, request: Outgoing) -> Answer | _NoAnswer:
        """One attempt; two where a 401 may only mean that the token has gone stale."""
        outcome = await self._once(request)
        if isinstance(outcome, Answer) and outcome.status == 401 and await self._auth.renew():
            outcome = await self._once(request)
        return outcome

    def _address(self, url: str) -> str:
        """With what goes into every address, where a link does not have it already."""
        for name, value in self._query.items():
            if not re.search(rf"[?&]{re.escape(name)}=", url, re.IGNORECASE):
                url += f"{'&' if '?' in url else '?'}{name}={quote(value, safe='')}"
        return url

    async def _once(self, request: Outgoing) -> Answer | _NoAnswer:
        try:
            authorization = await self._auth.header()
        except SourceUnreachable as failure:
            return _NoAnswer(failure, sent=False)
        headers = {**self._headers, **request.headers, "Authorization": authorization}
        async with self._limit.request(request.parts):
            try:
                async with (
                    asyncio.timeout(self._answer_seconds),
                    self._http.stream(
                        request.method, self._address(request.url), headers=headers, content=request.content
                    ) as response,
                ):
                    return Answer(
                        response.status_code, await _bounded(response), response.headers.get("Retry-After")
                    )
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
                return _NoAnswer(SourceUnreachable(type(error).__name__), sent=False)
            except (httpx.TimeoutException, TimeoutError):
                seconds = int(self._answer_seconds)
                return _NoAnswer(SourceUnreachable("no answer in time", seconds=seconds), sent=True)
            except (httpx.TransportError, httpx.DecodingError) as error:
                return _NoAnswer(SourceUnreachable(type(error).__name__), sent=True)


@dataclass(frozen=True, slots=True)
class _NoAnswer:
    failure: SourceUnreachable
    sent: bool
    """Whether the request may have arrived."""


def _may_have_begun(outcome: Answer | _NoAnswer) -> bool:
    """Turned away before the work began is only what the limits turn away (429) and what never arrived."""
    return outcome.status != 429 if isinstance(outcome, Answer) else outcome.sent


async def _bounded(response: httpx.Response) -> bytes:
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > LARGEST_BODY:
            raise SourceGarbled("the answer is too large", status=response.status_code)
    return bytes(body)
