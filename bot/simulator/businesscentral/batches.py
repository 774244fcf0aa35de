"""``$batch`` in its JSON form.

MicrosoftDocs/dynamics365smb-devitpro-pb, ``dev-itpro/webservices/use-odata-batch.md`` (form) and
``dev-itpro/api-reference/v2.0/dynamics-current-limits.md`` (100 operations). The text about too many parts is
the one that users report; a part's address with a slash in front is not found (issue 811 of that repository).
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from bot.simulator.businesscentral.faults import Faults
from bot.simulator.businesscentral.refusal import Refusal, bad_request
from bot.simulator.network import ConnectionCut

MOST_PARTS = 100

_METHODS = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE"})


@dataclass(frozen=True, slots=True)
class Part:
    """One request of a batch."""

    id: str | None
    method: str
    url: str
    headers: Mapping[str, str]
    """By names in lower case."""
    body: Any


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """What one part is answered; ``body`` is JSON, or None for none."""

    status: int
    body: Any = None
    headers: Mapping[str, str] | None = None


def parts_of(body: bytes) -> list[Part]:
    """The parts. Raises Refusal (400)."""
    try:
        document = json.loads(body)
    except ValueError:
        raise bad_request("The batch is not valid JSON.") from None
    requests = document.get("requests") if isinstance(document, dict) else None
    if not isinstance(requests, list):
        raise bad_request("The batch has no array 'requests'.")
    if len(requests) > MOST_PARTS:
        raise Refusal(
            400,
            "Unknown",
            "The current batch message contains too many parts. A maximum number of "
            f"'{MOST_PARTS}' query operations and change sets are allowed in a batch message.",
        )
    parts = [_part(item) for item in requests]
    ids = [part.id for part in parts if part.id is not None]
    if len(set(ids)) < len(ids):
        raise bad_request("The ids of the requests in the batch are not unique.")
    return parts


def _part(item: Any) -> Part:
    if not isinstance(item, dict):
        raise bad_request("A request of the batch is not an object.")
    part_id, method, url = item.get("id"), item.get("method"), item.get("url")
    headers = item.get("headers", {})
    if not isinstance(method, str) or method.upper() not in _METHODS or not isinstance(url, str):
        raise bad_request("A request of the batch needs a method and an url.")
    if part_id is not None and not isinstance(part_id, str):
        raise bad_request("The id of a request of the batch is a text.")
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        raise bad_request("The headers of a request of the batch are texts.")
    lowered = {str(name).lower(): value for name, value in headers.items()}
    return Part(part_id, method.upper(), url, lowered, item.get("body"))


async def answer_parts(
    request: Request, faults: Faults, answer: Callable[[Part], Awaitable[PartAnswer]]
) -> dict[str, Any]:
    """Carry the parts out one after the other. Raises Refusal (400) for what is no batch.

    A part that fails ends the batch, with the answers so far, unless ``odata.continue-on-error`` is
    preferred.
    """
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json":
        raise Refusal(415, "Unknown", "The simulator knows batches of type application/json only.")
    if "isolation" in request.headers:
        raise bad_request("The simulator knows no transactional batches.")
    goes_on = "continue-on-error" in request.headers.get("prefer", "").lower()
    responses: list[dict[str, Any]] = []
    for number, part in enumerate(parts_of(await request.body())):
        if faults.cuts_at(number):
            raise ConnectionCut
        answered = await answer(part)
        response: dict[str, Any] = {
            "id": part.id,
            "status": answered.status,
            "headers": dict(answered.headers or {}),
        }
        if answered.body is not None:
            response["body"] = answered.body
        responses.append(response)
        if answered.status >= 400 and not goes_on:
            break
    return {"responses": responses}
