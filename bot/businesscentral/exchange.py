"""One GET with everything around it: sign-in, request limits, time limits, bounded repeats, bounded size."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import httpx

from bot.businesscentral.answers import RETRIED, Answer
from bot.businesscentral.authentication import Authentication
from bot.businesscentral.limits import RequestLimit
from bot.businesscentral.retrying import Patience, seconds_asked
from bot.clock import Clock
from bot.failures import SourceFailure, SourceGarbled, SourceUnreachable

LARGEST_BODY = 64 * 1024 * 1024
"""Bytes after decompression: 5,000 rows with the longest texts, escaped, and as much again."""

CONNECT_SECONDS = 10.0

_ALWAYS = {
    "Accept": "application/json",
    # Language and formats of what Business Central says itself; stored texts keep the language of their job.
    "Accept-Language": "en-US",
}


class Exchange:
    """Gets answers from one place. ``answer_seconds`` bounds each attempt from its first to its last byte."""

    def __init__(
        self,
        auth: Authentication,
        *,
        clock: Clock,
        limit: RequestLimit,
        transport: httpx.AsyncBaseTransport | None,
        jitter: Callable[[], float],
        answer_seconds: float,
    ) -> None:
        self._auth = auth
        self._clock = clock
        self._limit = limit
        self._jitter = jitter
        self._answer_seconds = answer_seconds
        self._http = httpx.AsyncClient(
            transport=transport,
            timeout=httpx.Timeout(answer_seconds, connect=CONNECT_SECONDS),
            follow_redirects=False,
        )

    async def aclose(self) -> None:
        """Let go of all connections."""
        await self._http.aclose()
        await self._auth.aclose()

    async def get(self, url: str, headers: Mapping[str, str]) -> Answer:
        """The answer, whatever its status, after the repeats that 408, 429, 502, 503, 504 and a broken
        connection are worth.

        Raises SourceUnreachable where there was none, SourceGarbled for one too large, and what signing in
        raises.
        """
        patience = Patience()
        while True:
            outcome = await self._signed_in(url, headers)
            if isinstance(outcome, Answer) and outcome.status not in RETRIED:
                return outcome
            asked = (
                seconds_asked(outcome.retry_after, self._clock.now()) if isinstance(outcome, Answer) else None
            )
            wait = patience.next_wait(asked, self._jitter())
            if wait is None:
                if isinstance(outcome, Answer):
                    return outcome
                raise outcome
            await self._clock.sleep(wait)

    async def _signed_in(self, url: str, headers: Mapping[str, str]) -> Answer | SourceFailure:
        """One attempt; two where a 401 may only mean that the token has gone stale."""
        outcome = await self._once(url, headers)
        if isinstance(outcome, Answer) and outcome.status == 401 and await self._auth.renew():
            outcome = await self._once(url, headers)
        return outcome

    async def _once(self, url: str, headers: Mapping[str, str]) -> Answer | SourceFailure:
        authorization = await self._auth.header()
        async with self._limit.request():
            try:
                async with (
                    asyncio.timeout(self._answer_seconds),
                    self._http.stream(
                        "GET", url, headers={**_ALWAYS, **headers, "Authorization": authorization}
                    ) as response,
                ):
                    return Answer(
                        response.status_code, await _bounded(response), response.headers.get("Retry-After")
                    )
            except (httpx.TimeoutException, TimeoutError):
                return SourceUnreachable("no answer in time", seconds=int(self._answer_seconds))
            except (httpx.TransportError, httpx.DecodingError) as error:
                return SourceUnreachable(type(error).__name__)


async def _bounded(response: httpx.Response) -> bytes:
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > LARGEST_BODY:
            raise SourceGarbled("the answer is too large", status=response.status_code)
    return bytes(body)
