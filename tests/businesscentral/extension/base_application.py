"""What the extension uses of Microsoft's objects, as their public source declares it.

``base_application_uses.toml`` beside the AL source is the snapshot that was checked. Given a clone of
microsoft/BCApps (a work tree), and older versions of it, it is made, or checked, anew::

    python -m tests.businesscentral.extension.base_application NEWEST 26.0=OLDER 24.1=OLDEST > TABLE
    SYNCERRORS_BCAPPS=NEWEST python -m pytest tests/businesscentral/extension
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.businesscentral.extension.reader import AlObject, read
from tests.businesscentral.extension.uses import Use, uses_of

EXTENSION = Path(__file__).parents[3] / "bot" / "businesscentral" / "extension"
SNAPSHOT = EXTENSION / "base_application_uses.toml"
ROOTS = (
    "src/Layers/W1/BaseApp/Integration",
    "src/Layers/W1/BaseApp",
    "src/System Application/App",
    "src/Business Foundation/App",
)
PLATFORM = {"Table Metadata", "Field", "User", "Expanded Permission"}
"""Tables of the platform itself, whose source is not public: what BCApps does with them is the evidence."""
SEEN = {("CRM Integration Management", "EnqueueSyncJob"): "25.0"}
"""Read by eye in Base Application 25.0.23364.24652 (StefanMaron/MSDyn365BC.Code.History, commit dcc43833),
where it is as in the newest source; in 24.1 an extension could not call it yet."""

_INTRODUCTION = """\
# What the AL source uses of Microsoft's objects, as microsoft/BCApps declares it (Base Application 29.0,
# commit c3414ede). Made by tests/businesscentral/extension/base_application.py; the tests hold it to the AL.
# also_in: older versions whose source says the same, so that 26.0, the oldest that the extension is for, lies
# at or between two that do. 26.0: the branch releases/26.0, which has the System Application alone. 24.1: the
# Base Application as Microsoft delivered it (dvlprlife/msdyn365bc-us, branch us-24, 24.1.18927.19498). 25.0:
# read by eye in StefanMaron/MSDyn365BC.Code.History.
"""

_HEAD = re.compile(r'^(table|codeunit|permissionset|enum) (\d+) (?:"([^"]+)"|(\w+))', re.MULTILINE)
_PROCEDURE = re.compile(
    r"^(?P<attributes>(?:[ \t]*(?:\[[^\n]*\]|#[^\n]*|///[^\n]*)\n)*)"
    r"[ \t]*(?P<access>local |internal |protected )?procedure (?P<name>\w+)"
    r"\((?P<parameters>[^)]*)\)(?P<result>[^\n]*)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Declared:
    """How the source declares a use."""

    path: str
    declaration: str
    scope: str
    """``Cloud``, or why an extension may not use it."""


def objects() -> list[AlObject]:
    """The extension's objects."""
    return [read(file) for file in sorted((EXTENSION / "src").glob("*.al"))]


def snapshot() -> dict[Use, dict[str, Any]]:
    """The checked table, by use."""
    rows = tomllib.loads(SNAPSHOT.read_text(encoding="utf-8"))["use"]
    return {_use(row): row for row in rows}


def _use(row: dict[str, Any]) -> Use:
    return Use(row["kind"], row["object"], row.get("member", ""), row.get("arguments", -1))


class Source:
    """A work tree of microsoft/BCApps, or one that is the Base Application alone."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def declared(self, use: Use) -> Declared | None:
        """None where the source has no such thing."""
        if use.name in PLATFORM:
            return Declared("platform", _platform(use), "Cloud")
        file = _files(self._root).get((use.kind, use.name.casefold()))
        if file is None:
            return None
        text = file.read_text(encoding="utf-8-sig")
        path = file.relative_to(self._root).as_posix()
        if not use.member:
            head = next(
                one for one in _HEAD.finditer(text) if (one[3] or one[4]).casefold() == use.name.casefold()
            )
            internal = re.search(r"^    Access = Internal;", text, re.MULTILINE)
            return Declared(path, head[0], "internal" if internal else "Cloud")
        if use.arguments >= 0:
            return _procedure(path, text, use)
        return self._value(path, text, use) if "::" in use.member else _field(path, text, use.member)

    def _value(self, path: str, text: str, use: Use) -> Declared | None:
        field_name, _, value = use.member.partition("::")
        body = _field_body(text, field_name)
        members = re.search(r"OptionMembers = ([^;]+);", body)
        if members is not None:
            names = [one.strip().strip('"') for one in members[1].split(",")]
            return Declared(path, f"{field_name}::{value}", "Cloud") if value in names else None
        kind = re.match(r'[^;]*;[^;]*;\s*Enum "?([^")]+)"?\)', body)
        enum = _files(self._root).get(("enum", kind[1].casefold())) if kind else None
        if enum is None or not re.search(
            rf'value\(\d+; "?{re.escape(value)}"?\)', enum.read_text("utf-8-sig")
        ):
            return None
        return Declared(enum.relative_to(self._root).as_posix(), f"{field_name}::{value}", "Cloud")


def _platform(use: Use) -> str:
    return f"system table {use.name}" + (f", {use.member}" if use.member else "")


def _field(path: str, text: str, name: str) -> Declared | None:
    body = _field_body(text, name)
    return Declared(path, body.partition("\n")[0].strip(), "Cloud") if body else None


def _field_body(text: str, name: str) -> str:
    found = re.search(
        rf'^        field\(\d+; (?:"{re.escape(name)}"|{re.escape(name)}); .*?^        }}',
        text,
        re.MULTILINE | re.DOTALL | re.IGNORECASE,
    )
    return found[0] if found else ""


def _procedure(path: str, text: str, use: Use) -> Declared | None:
    """The overload with so many parameters; one that may be used before one that may not."""
    fitting = [
        one
        for one in _PROCEDURE.finditer(text)
        if one["name"].casefold() == use.member.casefold()
        and len([part for part in one["parameters"].split(";") if part.strip()]) == use.arguments
    ]
    declared = [
        Declared(
            path,
            f"procedure {one['name']}({one['parameters']}){one['result'].rstrip()}",
            (one["access"] or "").strip()
            or ("OnPrem" if "Scope('OnPrem')" in one["attributes"] else "Cloud"),
        )
        for one in fitting
    ]
    return min(
        declared, key=lambda one: (one.scope != "Cloud", "List of" not in one.declaration), default=None
    )


@lru_cache
def _files(root: Path) -> dict[tuple[str, str], Path]:
    found: dict[tuple[str, str], Path] = {}
    folders = [folder for folder in ROOTS if (root / folder).is_dir()] or ["."]
    for folder in folders:
        for file in sorted((root / folder).rglob("*.al")):
            for one in _HEAD.finditer(file.read_text(encoding="utf-8-sig")):
                found.setdefault((one[1], (one[3] or one[4]).casefold()), file)
    return found


def _is_the_same(older: Declared | None, declared: Declared) -> bool:
    """Wherever the file lies, and of the platform nothing can be said."""
    if older is None or declared.path == "platform":
        return False
    return (older.declaration, older.scope) == (declared.declaration, declared.scope)


def table(source: Source, older: dict[str, Source]) -> Iterator[str]:
    """The snapshot as TOML."""
    yield _INTRODUCTION
    for use in sorted(uses_of(objects())):
        declared = source.declared(use)
        if declared is None:
            raise SystemExit(f"not in the source: {use}")
        yield "[[use]]"
        yield f"kind = {json.dumps(use.kind)}"
        yield f"object = {json.dumps(use.name)}"
        if use.member:
            yield f"member = {json.dumps(use.member)}"
        if use.arguments >= 0:
            yield f"arguments = {use.arguments}"
        yield f"declaration = {json.dumps(declared.declaration)}"
        yield f"path = {json.dumps(declared.path)}"
        yield f"scope = {json.dumps(declared.scope)}"
        same = [name for name, one in older.items() if _is_the_same(one.declared(use), declared)]
        if (use.name, use.member) in SEEN:
            same.append(SEEN[use.name, use.member])
        yield f"also_in = {json.dumps(same)}"
        yield ""


if __name__ == "__main__":
    newest, *others = sys.argv[1:]
    sources = {name: Source(Path(path)) for name, _, path in (one.partition("=") for one in others)}
    sys.stdout.write("\n".join(table(Source(Path(newest)), sources)))
