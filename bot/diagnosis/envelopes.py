"""The message inside what a service sent: a JSON error body or a SOAP fault.

Dataverse's Web API answers ``{"error": {"code": "0x80040220", "message": "..."}}`` (powerapps-docs,
``webapi/compose-http-requests-handle-errors.md``), in a batch once more inside the message of another body;
the organization service answers ``<OrganizationServiceFault>`` with ``<Message>``. Every expression is
bounded or possessive, so that no text can make it slow.
"""

from __future__ import annotations

import html
import json
import re
from typing import Final

_DEEPEST: Final = 3
"""A batch answer holds a body in the message of a body; one more for whoever logged it."""
_LONGEST_LABEL: Final = 40
"""Characters before a fault that are a label ("Detail: "); more than that is the message itself."""
_ESCAPED_KEY: Final = '\\"message\\"'
_MESSAGE = re.compile(r'"[Mm]essage"\s{0,8}:\s{0,8}"((?:[^"\\]|\\.)*+)', re.DOTALL)
_FAULT = re.compile(
    r"<(?:OrganizationServiceFault|Message|faultstring|(?:\w{1,8}:)?(?:Message|Text|faultstring|Fault|Envelope))[\s>]"
)
_FAULT_TEXT = re.compile(
    r"<(?:\w{1,8}:)?(?:Message|faultstring|Text)(?:\s[^>]{0,200})?>([^<]++)</", re.IGNORECASE
)


def opened(text: str) -> str:
    """The text with its envelope taken off; what stands before the envelope stays.

    >>> opened('Failed: {"error":{"code":"0x80040237","message":"A record exists."}}')
    'Failed: A record exists.'
    """
    if ("{" in text or '"' in text) and "essage" in text and ("{" in text or '"message"' in text):
        for _ in range(_DEEPEST):
            inside = _from_json(text)
            if inside is None:
                break
            text = inside
    if "<" in text and (fault := _FAULT.search(text)):
        return _from_fault(text, fault.start())
    return text


def _from_json(text: str) -> str | None:
    if _ESCAPED_KEY in text and '"message"' not in text:
        text = text.replace('\\"', '"').replace("\\\\", "\\")
    found = _MESSAGE.search(text)
    if found is None:
        return None
    brace = text.find("{")
    before = text[:brace] if 0 <= brace < found.start() else ""
    return before + _unescaped(found[1])


def _unescaped(written: str) -> str:
    try:
        value = json.loads(f'"{written}"', strict=False)
    except ValueError:  # cut off within an escape
        return written
    return str(value)


def _from_fault(text: str, start: int) -> str:
    before = text[:start].rstrip()
    if len(before) > _LONGEST_LABEL:
        return before.removesuffix("Detail:").rstrip()
    found = _FAULT_TEXT.search(text, start)
    return html.unescape(found[1]) if found else text
