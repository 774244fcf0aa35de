"""What never changes with the language: names of privileges, GUIDs, ``type=8``, codes.

Shapes of the privilege messages: those that Dataverse is known to write, from the plain "Principal user
(Id=..., type=8) is missing prvReadX privilege (Id=...)" to the current one with nested parentheses, the
check of a record's future owner ("Read Privilege Check For Owner failed"), and ``SecLib::AccessCheckEx``
and ``SecLib::CheckPrivilege``. Every expression is anchored on a word and bounded, and runs only where that
word stands, so that no text can make it slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from bot.dataclass import dataclass
from bot.diagnosis.model import ParamValue
from bot.diagnosis.sieve import Sieve
from bot.diagnosis.values import GUID_FORM

OWNER_TOPIC: Final = "permission.owner_lacks_read"
RECORD_TOPIC: Final = "permission.record_access"
FIELD_TOPIC: Final = "permission.field_security"
NO_ROLE_TOPIC: Final = "permission.no_role_at_all"

_ID = rf"[\"']?\{{?({GUID_FORM})"
_PRIVILEGE = re.compile(r"(?<!\w)prv_?[A-Z]\w{2,120}")
_VERBS: Final = ("AppendTo", "Append", "Assign", "Create", "Delete", "Read", "Share", "Write")
_PRINCIPAL = re.compile(rf"Principal (user|team)\b(?: ?\((?:Id ?= ?)?{_ID})?", re.IGNORECASE)
_TYPED_ID = re.compile(rf"\(\w{{1,12}} ?= ?{_ID}[\"']?\}}?, ?(?:type?|tipo|tegund) ?= ?([89])\b")
_PRIVILEGE_ID = re.compile(rf"[Pp]rivilege ?\(Id ?= ?{_ID}|PrivilegeId ?: ?{_ID}")
_OTC = re.compile(r"OTC ?= ?(\d{1,9})|ObjectTypeCode: ?(\d{1,9})")
_ENTITY = re.compile(r"for entity ['\"]?(\w{1,128})|of entity ['\"]?(\w{1,128})")
_CALLER = re.compile(rf"context\.Caller ?= ?{_ID}|CallingUser: ?{_ID}")
_RIGHTS = re.compile(
    r"AccessRights: ?(\w{3,12}?)Access\b|does not have (\w{3,12}?)(?:Access)?(?:/\w{3,20})? right"
)
_RIGHTS_PRINCIPAL = re.compile(rf"\b(Principal|user|team) with id {_ID}", re.IGNORECASE)
_MISSING = re.compile(r"\bis missing (Append ?To|Append|Assign|Create|Delete|Read|Share|Write) [Pp]rivilege")
"""A right that is named without its privilege."""
_CALLER_USER = re.compile(rf"\bCaller user with id {_ID}", re.IGNORECASE)
"""How a column that is secured is refused."""
_RIGHTS_RECORD = re.compile(rf"for record with id {_ID}|ObjectID: ?{_ID}")
_NAMED_PRINCIPAL = re.compile(
    r"\b(?:(user|gebruiker|benutzer\w{0,2}|utilisateur|usuario|utente|brugere?n?|brukere?n?|användaren?"
    r"|käyttäjä\w{0,3}|uživatel\w{0,3}|notand\w{1,3})|(team(?:et)?|équipe|equipo)|principal)\b"
    rf"[^.\n]{{0,40}}?{_ID}",
    re.IGNORECASE,
)
"""Who is refused, in whatever words and language: a user, a team, or one of the two."""
_MISSES = re.compile(
    r"\b(user|team)\b[^\n]{0,60}? (?:is missing|lacks|misses|has no|does not have|doesn't have)\b",
    re.IGNORECASE,
)
"""Who lacks it, where the text gives no id."""
_RIGHT = r"(append[ -]?to|append|assign|create|delete|read|share|update|write)"
_NAMED_RIGHT = re.compile(
    rf"\b{_RIGHT}[\"']?[ -](?:access|permission|privilege|right)"
    rf"|\b(?:permissions?|privileges?|rights?) to {_RIGHT}\b",
    re.IGNORECASE,
)
"""Which right is refused, in whatever words."""
_NAMED_TABLE = re.compile(r"\b(?:entity|table) ['\"](\w{1,128})['\"]", re.IGNORECASE)
_SECLIB_USER = re.compile(rf"\b(?:CallingUser|User|UserId) ?: ?{_ID}")
_NO_ROLES = re.compile(r"\broleCount ?= ?0\b")
_CODE = re.compile(r"(?<![\w-])(?:0x8[0-9A-Fa-f]{7}|-214[0-9]{7})(?!\w)")
_BARE_CODE = re.compile(r"(?:ode:? |Crm\.)(80[0-9A-Fa-f]{6})(?!\w)")
"""Dialogs and mailboxes write a code without its 0x: ``Error code 80048041``, ``Crm.80040265.ISV code``."""
_AADSTS = re.compile(r"(?<!\w)AADSTS\d{4,7}(?!\d)")


@dataclass(frozen=True, slots=True)
class PrivilegeFacts:
    """What a text tells about a missing privilege or a refused access."""

    rule: str
    topic: str | None
    params: dict[str, ParamValue]


def read_privilege(text: str) -> PrivilegeFacts | None:
    """The missing privilege or refused access that a text names, or None."""
    name = _PRIVILEGE.search(text) if "prv" in text else None
    if name:
        rule = "token.privilege"
    elif "SecLib:" in text or "SecLib ::" in text or "::VerifyCallerPrivileges failed" in text:
        rule = "token.seclib"
    elif "does not have " in text and _RIGHTS.search(text):
        rule = "token.access_rights"
    elif "does not have " in text and _CALLER_USER.search(text):
        rule = "token.caller_user"
    elif "is missing " in text and _MISSING.search(text):
        rule = "token.missing"
    elif "privilegeCount=" in text and _TYPED_ID.search(text):  # cut off before the name of the privilege
        rule = "token.principal"
    else:
        return None
    params: dict[str, ParamValue] = {}
    if name:
        params["privilege"] = name[0]
        params.update(split_privilege(name[0]))
    _read_principal(text, params)
    _read_rest(text, params)
    return PrivilegeFacts(rule, _topic(text, rule), params)


def read_refusal(text: str) -> dict[str, ParamValue]:
    """Who may not do what, out of a refusal in words of its own: nothing in it need be named."""
    params: dict[str, ParamValue] = {}
    may_match = _refusals().may_match(text)
    if _NAMED_PRINCIPAL in may_match and (found := _NAMED_PRINCIPAL.search(text)):
        _take_principal(found, params)
    elif _MISSES in may_match and (found := _MISSES.search(text)):
        params["principal"] = found[1].lower()
    if _NAMED_RIGHT in may_match and (found := _NAMED_RIGHT.search(text)):
        params["access"] = _right(found[1] or found[2])
    if _NAMED_TABLE in may_match and (found := _NAMED_TABLE.search(text)):
        params["entity"] = found[1].lower()
    return params


@cache
def _refusals() -> Sieve:
    """Tells which of the expressions that follow may match; most match no text at all."""
    return Sieve(_NAMED_PRINCIPAL, _MISSES, _NAMED_RIGHT, _NAMED_TABLE)


def _take_principal(found: re.Match[str], params: dict[str, ParamValue]) -> None:
    """What ``_NAMED_PRINCIPAL`` found; a principal is a user or a team, and the text does not say which."""
    if kind := "user" if found[1] else "team" if found[2] else "":
        params["principal"] = kind
    params[f"{kind or 'user'}_id"] = found[3].lower()


def _right(written: str) -> str:
    """``append-to`` -> ``AppendTo``; whoever may not update lacks *Write*."""
    name = written.replace("-", " ").title().replace(" ", "").replace("Appendto", "AppendTo")
    return "Write" if name == "Update" else name


def split_privilege(name: str) -> dict[str, ParamValue]:
    """``prvReadProject`` -> access ``Read``, entity ``project``; nothing for a privilege of no table."""
    start = 4 if name.startswith("prv_") else 3
    for verb in _VERBS:
        if name.startswith(verb, start) and len(name) > start + len(verb):
            return {"access": verb, "entity": name[start + len(verb) :].lower()}
    return {}


def codes_in(text: str) -> Iterator[str]:
    """All such codes of a text, in order."""
    if "AADSTS" in text:
        yield from (found[0] for found in _AADSTS.finditer(text))
    if "0x8" in text or "-214" in text:
        yield from (found[0] for found in _CODE.finditer(text))
    if "ode 80" in text or "ode: 80" in text or "Crm.80" in text:
        yield from (found[1] for found in _BARE_CODE.finditer(text))


def first_code(text: str) -> str | None:
    """The first such code of a text."""
    return next(codes_in(text), None)


def hexadecimal(code: str) -> str:
    """``-2147220960`` -> ``0x80040220``; a hexadecimal code in lower case; anything else as it is."""
    if code.startswith("-"):
        return f"0x{int(code) + (1 << 32):08x}"
    return (code if code.startswith("0x") else f"0x{code}").lower() if code[0].isdigit() else code


def _read_principal(text: str, params: dict[str, ParamValue]) -> None:
    """Who lacks it: the first principal named, which is not always the caller."""
    kind = identity = None
    if found := _PRINCIPAL.search(text):
        kind, identity = found[1].lower(), found[2]
    elif ("typ" in text or "tipo" in text or "tegund" in text) and (found := _TYPED_ID.search(text)):
        kind, identity = ("user" if found[2] == "8" else "team"), found[1]
    elif ("::" in text or "UserId:" in text) and (found := _SECLIB_USER.search(text)):
        kind, identity = "user", found[1]
    elif found := _RIGHTS_PRINCIPAL.search(text):
        if found[1].lower() == "principal":  # which of the two it is, the text does not say
            params["user_id"] = found[2].lower()
        else:
            kind, identity = found[1].lower(), found[2]
    elif found := _NAMED_PRINCIPAL.search(text):
        _take_principal(found, params)
    elif found := _MISSES.search(text):
        kind = found[1].lower()
    if kind:
        params["principal"] = kind
        if identity:
            params[f"{kind}_id"] = identity.lower()


def _read_rest(text: str, params: dict[str, ParamValue]) -> None:
    if found := _PRIVILEGE_ID.search(text):
        params["privilege_id"] = (found[1] or found[2]).lower()
    if found := _OTC.search(text):
        params["otc"] = int(found[1] or found[2])
    if " entity " in text and (found := _ENTITY.search(text)):
        params["entity"] = (found[1] or found[2]).lower()
    if found := _CALLER.search(text):
        params["caller_id"] = (found[1] or found[2]).lower()
    if "ight" in text and (found := _RIGHTS.search(text)):
        params.setdefault("access", found[1] or found[2])
    if "is missing " in text and (found := _MISSING.search(text)):
        params.setdefault("access", found[1].replace(" ", ""))
    if found := _RIGHTS_RECORD.search(text):
        params["record"] = (found[1] or found[2]).lower()
        if "entity" in params:
            params["record_table"] = params["entity"]


def _topic(text: str, rule: str) -> str | None:
    if "Privilege Check For Owner" in text:
        return OWNER_TOPIC
    if rule == "token.caller_user":
        return FIELD_TOPIC
    if (
        rule in {"token.seclib", "token.access_rights"}
        and "CheckPrivilege" not in text
        and "VerifyCaller" not in text
    ):
        return RECORD_TOPIC
    return NO_ROLE_TOPIC if _NO_ROLES.search(text) else None
