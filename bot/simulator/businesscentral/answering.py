"""Answers in Business Central's form, with whatever faults are pending."""

from __future__ import annotations

import itertools
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.simulator.businesscentral.faults import BodyDefect, Faults
from bot.simulator.businesscentral.pages import Page, next_link, on_foreign_host
from bot.simulator.businesscentral.queries import EntityType, Query, make_token, parse_query
from bot.simulator.businesscentral.refusal import Refusal, bad_request, method_not_allowed, resource_missing


class Answering:
    """Makes the answers of one simulator; ``base_url`` is the prefix of its addresses."""

    def __init__(self, origin: str, base_url: str, faults: Faults) -> None:
        self._origin = origin
        self._base_url = base_url
        self._faults = faults
        self._serial = itertools.count(1)

    def collection(
        self,
        request: Request,
        entity: EntityType[Any],
        query: Query[Any],
        page: Page[Any],
        rows: Sequence[Mapping[str, Any]],
    ) -> Response:
        """One page of an entity set."""
        body: dict[str, Any] = {"@odata.context": self.context(request)}
        if page.count is not None:
            body["@odata.count"] = page.count
        body["value"] = [_selected(row, entity, query.select) for row in rows]
        if page.following is not None:
            token = make_token(page.following, query.digest)
            options = request.query_params.multi_items()
            link = next_link(self.address(request), options, token, self._faults.next_link_form)
            if self._faults.next_body_is(BodyDefect.FOREIGN_NEXT_LINK):
                link = on_foreign_host(link)
            body["@odata.nextLink"] = link
        response = self.json(body)
        if "maxpagesize" in request.headers.get("prefer", ""):
            response.headers["Preference-Applied"] = f"odata.maxpagesize={query.page_size}"
        return response

    def entity(self, request: Request, row: Mapping[str, Any], entity: EntityType[Any]) -> Response:
        """One row."""
        for name in request.query_params:
            if name != "$select":
                raise bad_request(f"The query parameter '{name}' is not supported.")
        query = parse_query(request.query_params, entity, None)
        return self.json({"@odata.context": self.context(request), **_selected(row, entity, query.select)})

    def json(self, body: Mapping[str, Any]) -> Response:
        """JSON with status 200."""
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        if self._faults.next_body_is(BodyDefect.BROKEN_JSON):
            content = content[: len(content) // 2]
        headers = {"OData-Version": "4.0", "request-id": self.next_correlation_id()}
        return Response(content, media_type="application/json; odata.metadata=minimal", headers=headers)

    def address(self, request: Request) -> str:
        """The request's own address without its query."""
        return f"{self._origin}{request.scope.get('raw_path', b'').decode('ascii').partition('?')[0]}"

    def context(self, request: Request) -> str:
        """``@odata.context``."""
        root, _, rest = self.address(request).partition("/companies")
        return f"{root}/$metadata#companies{rest}"

    def next_correlation_id(self) -> str:
        """A GUID for the next answer."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self._base_url}#{next(self._serial)}"))

    def on_refusal(self, _: Request, error: Exception) -> Response:
        """A refusal as an answer."""
        if not isinstance(error, Refusal):
            raise error
        return error.response(self.next_correlation_id())

    def on_http_exception(self, request: Request, error: Exception) -> Response:
        """Starlette's own 404 and 405, in Business Central's words."""
        if isinstance(error, HTTPException) and error.status_code == 405:
            entity_set = request.url.path.rsplit("/", 1)[-1]
            return method_not_allowed(request.method, entity_set).response(self.next_correlation_id())
        return resource_missing(self.address(request)).response(self.next_correlation_id())


def _selected(
    row: Mapping[str, Any], entity: EntityType[Any], select: tuple[str, ...] | None
) -> Mapping[str, Any]:
    if select is None:
        return row
    dropped = entity.fields.keys() - set(select)
    return {name: value for name, value in row.items() if name not in dropped}
