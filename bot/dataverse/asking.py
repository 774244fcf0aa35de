"""What all requests to one environment share: headers, limits, bounds, pages, failures.

Service protection, per user and web server in five minutes: 6,000 requests, 20 minutes of execution, 52
requests at a time; beyond it 429 with ``Retry-After`` in seconds (MicrosoftDocs/powerapps-docs,
``developer/data-platform/api-limits.md``). The bot stays far below: the limits are there for people too.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import quote

import httpx

from bot.clock import Clock
from bot.dataverse.answers import as_dataverse, failure_of
from bot.dataverse.environment import Environment
from bot.dataverse.fields import json_object
from bot.dataverse.remembering import Remembering
from bot.failures import DataverseGarbled, SourceFailure
from bot.odata.answers import page_of, parse_json
from bot.odata.authentication import Authentication
from bot.odata.exchange import Exchange, Outgoing
from bot.odata.limits import Allowance, RequestLimit
from bot.odata.retrying import Patience

ALLOWANCE: Final = Allowance(requests=3_000, window_seconds=300.0, at_a_time=6, burst=600)
"""Half of what one user may, on one web server alone."""

ANSWER_SECONDS: Final = 20.0
ATTEMPTS: Final = 3
WAIT_SECONDS: Final = 8.0
"""All waiting for one request together: somebody looks at a card, and who was asked to slow down shall hear
of that, and not that there was no answer in time."""

MOST_PAGES: Final = 20
PAGE: Final = 500
ROWS_SECONDS: Final = 60.0
"""How old an answer about rows, roles and privileges may be."""
STRONG_SECONDS: Final = 60.0
DEFINITIONS_SECONDS: Final = 3_600.0
"""How old an answer about tables may be: their definitions change with solutions."""

_HEADERS: Final[Mapping[str, str]] = {
    "Accept": "application/json",
    "OData-MaxVersion": "4.0",
    "OData-Version": "4.0",
    "If-None-Match": "null",
    "Prefer": f'odata.maxpagesize={PAGE},odata.include-annotations="'
    'OData.Community.Display.V1.FormattedValue,Microsoft.Dynamics.CRM.lookuplogicalname"',
}
_STRONG: Final[Mapping[str, str]] = {"Consistency": "Strong"}
"""Past Dataverse's own cache of permissions and definitions, which may be 30 seconds old."""

T = TypeVar("T")


class Asking:
    """One environment. Safe to use from many tasks of one event loop at once. Nothing is ever written."""

    def __init__(
        self,
        environment: Environment,
        auth: Authentication,
        *,
        clock: Clock,
        limit: RequestLimit | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        jitter: Callable[[], float] = random.random,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._environment = environment
        self._remembering = Remembering(clock)
        self._clock = clock
        self._strongly_until = 0.0
        self._exchange = Exchange(
            auth,
            clock=clock,
            limit=limit or RequestLimit(ALLOWANCE),
            transport=transport,
            jitter=jitter,
            answer_seconds=answer_seconds,
            patience=lambda: Patience(attempts=ATTEMPTS, budget=WAIT_SECONDS),
            headers=_HEADERS,
        )

    @property
    def environment(self) -> Environment:
        """Where this client asks."""
        return self._environment

    async def aclose(self) -> None:
        """Let go of all connections."""
        await self._remembering.aclose()
        await self._exchange.aclose()

    def ask_anew(self) -> None:
        """Forget all answers, and have the next ones come past Dataverse's own cache: somebody has just
        changed something and wants to see it."""
        self._remembering.forget()
        self._strongly_until = self._clock.monotonic() + STRONG_SECONDS

    async def _get(self, path: str, **options: str) -> Mapping[str, Any]:
        """One answer that is an object. ``path`` is relative to the Web API's root and encoded already;
        ``options`` are query options, those of OData without their ``$``."""
        return json_object(parse_json_of(await self._body(self._address(path, options))))

    async def _list(self, path: str, **options: str) -> Sequence[Mapping[str, Any]]:
        """All rows of a collection, its pages followed to their end."""
        url: str | None = self._address(path, options)
        found: list[Mapping[str, Any]] = []
        for _ in range(MOST_PAGES):
            if url is None:
                return found
            rows, following = self._page(await self._body(url))
            found += [json_object(row) for row in rows]
            url = None if following is None else self._own(url, following)
        raise DataverseGarbled("more pages than there can be")

    def _page(self, body: bytes) -> tuple[list[Any], str | None]:
        try:
            return page_of(body)
        except SourceFailure as failure:
            raise as_dataverse(failure) from None

    async def _remembered(self, question: Hashable, seconds: float, ask: Callable[[], Any]) -> Any:
        return await self._remembering.answer(question, seconds, ask)

    async def _body(self, url: str) -> bytes:
        strongly = self._clock.monotonic() < self._strongly_until
        headers = _STRONG if strongly else {}
        try:
            answer = await self._exchange.send(Outgoing("GET", url, headers))
        except SourceFailure as failure:
            raise as_dataverse(failure) from None
        if not answer.succeeded:
            raise failure_of(answer)
        return answer.body

    def _address(self, path: str, options: Mapping[str, str]) -> str:
        written = "&".join(
            f"{name if name in _BARE else f'${name}'}={quote(value, safe=_UNQUOTED)}"
            for name, value in options.items()
        )
        return f"{self._environment.api}{path}{'?' if written else ''}{written}"

    def _own(self, base: str, link: str) -> str:
        """A link made absolute. The token goes nowhere but to the environment's own Web API."""
        try:
            absolute = httpx.URL(base).join(link)
        except (httpx.InvalidURL, ValueError):
            raise DataverseGarbled("nextLink: not an address") from None
        home = httpx.URL(self._environment.api)
        if _place(absolute) != _place(home) or not absolute.path.startswith(home.path):
            raise DataverseGarbled("nextLink: leads to another place")
        return str(absolute)


_BARE: Final = frozenset({"fetchXml", "@target"})
"""Options without a ``$``: FetchXML and parameter aliases."""
_UNQUOTED: Final = "(),;'$@"
"""Characters of expressions that need no encoding in a query."""


def parse_json_of(body: bytes) -> Any:
    """JSON. Raises DataverseGarbled."""
    try:
        return parse_json(body)
    except SourceFailure as failure:
        raise as_dataverse(failure) from None


def literal(text: str) -> str:
    """A text in a filter or a parameter; apostrophes are doubled (OData URL Conventions 4.01, 5.1.1.6.1)."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def _place(url: httpx.URL) -> tuple[str, str, int | None, bytes]:
    """Scheme, host, port (None for the scheme's own) and whoever stands in front of them."""
    return url.scheme, url.host, url.port, url.userinfo
