"""The AL source keeps the companion API's contract, as client and simulator have it, and the compiler's rules
that can be seen without a compiler."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.businesscentral import acting, field_rows, rows, state_rows
from bot.businesscentral.acting import Guard
from bot.simulator.businesscentral.actions import ACTIONS, MOST_IDS
from bot.simulator.businesscentral.entities import MAINTENANCE_ID
from bot.simulator.businesscentral.permissions import ALL, permission_rows
from tests.businesscentral.extension.base_application import EXTENSION, Source, objects, snapshot
from tests.businesscentral.extension.lexer import Malformed, Sort
from tests.businesscentral.extension.reader import AlObject, Procedure, read
from tests.businesscentral.extension.uses import uses_of
from tests.simulator.businesscentral.wire import Wire

OBJECTS = objects()
PAGES = {one.text("EntitySetName"): one for one in OBJECTS if one.kind == "page"}
KINDS = {"page": "Page", "table": "Table", "codeunit": "Codeunit", "permissionset": "PermissionSet"}
APP = json.loads((EXTENSION / "app.json").read_text())


# The compiler's rules


def test_each_object_has_its_own_number_in_the_range_and_its_file() -> None:
    (ids,) = APP["idRanges"]
    assert len({(one.kind, one.number) for one in OBJECTS}) == len(OBJECTS)
    assert len({(one.kind, one.name) for one in OBJECTS}) == len(OBJECTS)
    for one in OBJECTS:
        assert ids["from"] <= one.number <= ids["to"]
        name = re.sub(r"[^A-Za-z0-9]", "", one.name)
        assert one.file.name == f"{name}.{KINDS[one.kind]}.al"
        assert len(one.name) <= (20 if one.kind == "permissionset" else 30)
        assert one.name.upper().startswith("SYNCERRORS")


def test_the_app_is_for_business_central_26_in_the_cloud() -> None:
    assert (APP["runtime"], APP["application"], APP["platform"]) == ("15.0", "26.0.0.0", "26.0.0.0")
    assert (APP["target"], APP["features"], APP["dependencies"]) == ("Cloud", ["NoImplicitWith"], [])


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_api_pages_are_what_the_address_says_and_change_nothing(page: AlObject) -> None:
    address = [page.text(name) for name in ("PageType", "APIPublisher", "APIGroup", "APIVersion")]
    assert address == ["API", "syncerrors", "integration", "v1.0"]
    assert [page.text(name) for name in ("DelayedInsert", "Extensible")] == ["true", "false"]
    assert [page.text(name) for name in ("InsertAllowed", "ModifyAllowed")] == ["false", "false"]
    assert page.text("DeleteAllowed") == ("true" if page.text("EntitySetName") == "syncErrors" else "false")
    assert not page.text("Editable"), "it would also take DELETE away"
    for name in ("EntityName", "EntitySetName", *page.controls):
        assert re.fullmatch(r"[a-z][A-Za-z0-9]*", page.text(name) or name)
    key = page.controls["id"][-1].text
    assert page.text("ODataKeyFields") == key
    own = {one.name: one for one in OBJECTS if one.kind == "table"}.get(page.text("SourceTable"))
    assert (page.text("SourceTableTemporary") == "true") == (own is not None)
    assert own is None or own.text("TableType") == "Temporary"


def test_every_field_of_an_own_table_exists() -> None:
    tables = {one.name: one for one in OBJECTS if one.kind == "table"}
    for page in PAGES.values():
        own = tables.get(page.text("SourceTable"))
        for expression in page.controls.values():
            if own is not None and expression[0].text == "Rec":
                assert expression[2].text in own.controls
    for name, field_name, line in _members("Record", tables):
        assert field_name in tables[name].controls or field_name.casefold() in _RECORD_METHODS, line


def test_every_procedure_of_an_own_codeunit_exists_and_gets_its_arguments() -> None:
    codeunits = {one.name: one for one in OBJECTS if one.kind == "codeunit"}
    called = set()
    for name, member, line in _members("Codeunit", codeunits):
        there = [one for one in codeunits[name].procedures if one.name == member and not one.access]
        assert there, f"{name}.{member}, {line}"
        called.add((name, member))
    public = {
        (one.name, its.name)
        for one in codeunits.values()
        for its in one.procedures
        if its.kind == "procedure" and not its.access
    }
    alone = {
        (one.name, its.name)
        for one in codeunits.values()
        for its in one.procedures
        for other in one.procedures
        if any(token.text == its.name for token in other.body)
    }
    assert public <= called | alone, "nobody calls it"
    for one in OBJECTS:
        for its in one.procedures:
            for callee, arguments in _calls(one, its):
                assert len(callee.parameters) == arguments, f"{one.name}.{its.name}: {callee.name}"


def test_tries_are_local_and_their_answer_is_always_taken() -> None:
    """A TryFunction whose answer nobody takes is none: its error ends the call."""
    for one in OBJECTS:
        tries = {its.name for its in one.procedures if "TryFunction" in its.attributes}
        assert all(one.procedure(name).access == "local" for name in tries)
        for its in one.procedures:
            for at, token in enumerate(its.body):
                if token.text in tries:
                    assert its.body[at - 1].word("if", "not", "and", "or"), f"{one.name}, line {token.line}"


def test_nothing_asks_notifies_or_forces_another_way() -> None:
    forbidden = {
        *("confirm", "strmenu", "message", "hyperlink", "runmodal", "updatemultiplenow", "updateonenow"),
        *(
            "updateallskippednow",
            "updateskippednow",
            "sendnotification",
            "restart",
            "setstatus",
            "notification",
        ),
    }
    commits = []
    for one in OBJECTS:
        for its in one.procedures:
            for at, token in enumerate(its.body):
                if token.sort is Sort.WORD and its.body[min(at + 1, len(its.body) - 1)].sign("("):
                    assert token.text.casefold() not in forbidden, f"{one.name}, line {token.line}"
                if token.word("commit"):
                    commits.append((one.name, its.name))
    assert commits == [("SyncErrors Mapping Actions", "Enqueue")], (
        "where the clone of a refused job is removed"
    )


def test_a_record_is_sought_beside_a_mappings_filter_never_in_its_place() -> None:
    """``SetRange`` takes the place of a filter on the same field in the same group: a mapping whose own
    filter names ids would let any record through."""
    narrowed = []
    for one in OBJECTS:
        for its in one.procedures:
            words = [token.text for token in its.body]
            if "SetView" not in words:
                continue
            view, other_group = words.index("SetView"), words.index("FilterGroup")
            assert words[other_group + 1 : other_group + 4] == ["(", "2", ")"]
            assert view < other_group < words.index("SetRange", view), f"{one.name}.{its.name}"
            narrowed.append(its.name)
    assert sorted(narrowed) == ["IsRecordInside", "IsRowFound"]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (
            'codeunit 1 "A"\n{\n    procedure B()\n    begin\n        if true then begin\n    end;\n}',
            "closes nothing",
        ),
        ('codeunit 1 "A"\n{\n    procedure B()\n    begin\n        exit((1);\n    end;\n}', "closes nothing"),
        ('codeunit 1 "A"\n{\n}\ncodeunit 2 "B"\n{\n}', "more than one"),
        ('page 1 "A"\n{\n    PageType API;\n}', "PageType"),
        ('codeunit 1 "A"\n{\n    procedure B()\n    begin\n        Error(\'open);\n    end;\n}', "open"),
        ('codeunit 1 "A"\n{\n    procedure B()\n    begin\n    end\n}', "no semicolon"),
    ],
)
def test_the_reader_sees_what_is_broken(tmp_path: Path, source: str, why: str) -> None:
    file = tmp_path / "A.Codeunit.al"
    file.write_text(source)
    with pytest.raises(Malformed, match=why):
        read(file)


# The contract


class Asked(dict[str, Any]):
    """A row that remembers which fields were asked for."""

    def __init__(self, row: dict[str, Any]) -> None:
        super().__init__(row)
        self.fields: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.fields.add(key)
        return super().get(key, default)


READERS: dict[str, Callable[[Any], Any]] = {
    "syncErrors": rows.sync_error,
    "syncErrorDetails": rows.error_details,
    "maintenance": rows.maintenance,
    "couplings": state_rows.coupling,
    "syncJobs": state_rows.sync_job,
    "tableMappings": state_rows.table_mapping,
    "connectionStates": state_rows.connection_state,
    "permissions": state_rows.permission,
    "couplingFields": field_rows.pair_row,
    "mappedRecords": field_rows.mapped_record,
    "recordFields": field_rows.record_field,
}


def test_every_entity_set_is_there() -> None:
    assert set(PAGES) == set(READERS)


@pytest.mark.parametrize("name", READERS)
async def test_fields_are_those_that_the_client_asks_for_and_the_simulator_serves(
    wire: Wire, name: str
) -> None:
    row = await _row(wire, name)
    served = {field for field in row if not field.startswith("@")}
    assert served == set(PAGES[name].controls)
    asked = Asked(row)
    READERS[name](asked)
    assert asked.fields - {"id"} <= served
    if name == "syncErrors":
        assert set(rows.LIGHT_FIELDS) == served


async def _row(wire: Wire, name: str) -> dict[str, Any]:
    """Any row of the entity set, from the simulator."""
    there = wire.company.synchronization
    there.fail("Customer: 1", "number series", times=2)
    coupling = there.couplings.of_record("Customer: 1")
    assert coupling is not None
    mapping = there.mappings["CUSTOMER"].id
    if name == "syncErrorDetails":
        (error, *_) = (await wire.get("syncErrors?$top=1")).json()["value"]
        return dict((await wire.get(f"syncErrorDetails({error['id']})")).json())
    conditions = {
        "couplingFields": f"?$filter=couplingId eq {coupling.id}",
        "mappedRecords": f"?$filter=mappingId eq {mapping} and systemId eq {coupling.local_system_id}",
        "recordFields": f"?$filter=mappingId eq {mapping} and systemId eq {coupling.local_system_id}",
    }
    answer = await wire.get(name + conditions.get(name, ""))
    return dict(answer.json()["value"][0])


TYPES = {str: "Text", int: "Integer"}


@pytest.mark.parametrize("name", sorted(PAGES))
def test_actions_are_those_of_the_contract_with_their_parameters(name: str) -> None:
    offered = {one.name: one for one in PAGES[name].procedures if "ServiceEnabled" in one.attributes}
    wanted = ACTIONS.get(name, {})
    assert {action[0].upper() + action[1:] for action in wanted} == set(offered)
    for action, its in wanted.items():
        first, *others = offered[action[0].upper() + action[1:]].parameters
        assert (first.type, first.is_var) == ("WebServiceActionContext", True)
        assert {one.name: one.type for one in others} == {
            parameter: TYPES[kind] for parameter, kind in its.parameters.items()
        }
        assert not any(one.is_var for one in others)


def test_the_client_calls_no_other_action() -> None:
    known = {one.name for one in vars(acting).values() if isinstance(one, acting._Action)}
    assert known == {name for actions in ACTIONS.values() for name in actions}


def test_every_guard_is_raised_and_no_other() -> None:
    raised = {
        its.body[at + 2].text
        for one in OBJECTS
        for its in one.procedures
        for at, token in enumerate(its.body)
        if token.text == "Refuse" and its.body[at + 1].sign("(") and its.body[at + 2].sort is Sort.TEXT
    }
    assert raised == {guard.value for guard in Guard}
    guard = next(one for one in OBJECTS if one.name == "SyncErrors Guard")
    assert "'SYNCERRORS.%1: %2'" in guard.file.read_text()
    assert any(
        token.text == str(MOST_IDS) == str(acting.MOST_IDS) for token in guard.procedure("MostIds").body
    )
    assert acting.MAINTENANCE == MAINTENANCE_ID
    assert f"'{MAINTENANCE_ID}'" in next(
        one.file.read_text() for one in OBJECTS if one.name == "SyncErrors Error List"
    )


# Permissions


def test_every_object_is_in_the_permission_set_that_most_will_grant() -> None:
    granted = _permissions("SYNCERRORS READ")
    for one in OBJECTS:
        if one.kind != "permissionset":
            assert granted[one.kind, one.name] == "X"
        if one.kind == "table":
            assert granted["tabledata", one.name] == "RIMD"


def test_the_list_of_permissions_is_what_the_sets_grant() -> None:
    """In AL, and in the simulator, whose tables are named by number."""
    listed = _listed()
    names = {one["tableName"] for one in permission_rows(ALL, ())}
    for name, own in listed.items():
        granted = {**(_permissions("SYNCERRORS READ") if "SYNC" in name else {}), **_permissions(name)}
        for table, letters in own.items():
            assert set(letters) <= set(granted["tabledata", table]), (name, table)
        assert set(own) <= names
    simulated: dict[str, dict[str, str]] = {}
    for row in permission_rows(ALL, ()):
        its = simulated.setdefault(row["permissionSet"], {})
        its[row["tableName"]] = its.get(row["tableName"], "") + row["access"][0]
    for its in simulated.values():
        its.pop("Customer", None)  # a mapped table, not one of the list
    assert simulated == listed


def _listed() -> dict[str, dict[str, str]]:
    one = next(one for one in OBJECTS if one.name == "SyncErrors Permission List")
    source = one.file.read_text()
    found = re.findall(r"Add\(Permission, (Read|Sync)Tok, Database::\"([^\"]+)\", '([RIMD]+)'\)", source)
    listed: dict[str, dict[str, str]] = {}
    for which, table, letters in found:
        listed.setdefault(f"SYNCERRORS {which.upper()}", {})[table] = letters
    return listed


def _permissions(name: str) -> dict[tuple[str, str], str]:
    one = next(one for one in OBJECTS if one.kind == "permissionset" and one.name == name)
    found = one.properties["Permissions"]
    return {
        (found[at - 2].text.casefold(), found[at - 1].text): found[at + 1].text
        for at, token in enumerate(found)
        if token.sign("=")
    }


# Microsoft's objects


def test_what_is_used_of_microsofts_objects_is_what_was_checked() -> None:
    assert uses_of(OBJECTS) == set(snapshot())


def test_all_of_it_may_be_used_by_an_extension() -> None:
    for use, row in snapshot().items():
        assert row["scope"] == "Cloud", use
        assert row["path"] == "platform" or row["path"].endswith(".al")


def test_all_of_it_was_there_in_or_before_the_oldest_version_that_the_app_is_for() -> None:
    oldest = _version(json.loads((EXTENSION / "app.json").read_text(encoding="utf-8"))["application"])
    for use, row in snapshot().items():
        versions = [_version(name) for name in row["also_in"]]
        assert row["path"] == "platform" or (versions and min(versions) <= oldest), use


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:2])


@pytest.mark.skipif(
    "SYNCERRORS_BCAPPS" not in os.environ, reason="SYNCERRORS_BCAPPS names no clone of BCApps"
)
def test_microsofts_source_still_says_so() -> None:
    source = Source(Path(os.environ["SYNCERRORS_BCAPPS"]))
    for use, row in snapshot().items():
        declared = source.declared(use)
        assert declared is not None, use
        assert (declared.declaration, declared.scope) == (row["declaration"], row["scope"]), use


_RECORD_METHODS = {
    *("init", "insert", "copy", "reset", "find", "getfilter", "getrangemin", "copyfilter", "fieldno"),
}


def _members(kind: str, own: dict[str, AlObject]) -> Iterator[tuple[str, str, str]]:
    """``Variable.Member`` where the variable is of one of these objects."""
    for one in OBJECTS:
        for its in one.procedures:
            variables = {**one.variables, **its.variables}
            for at, token in enumerate(its.body[:-2]):
                word, _, name = variables.get(token.text, "").partition(" ")
                if (
                    word == kind
                    and name in own
                    and its.body[at + 1].sign(".")
                    and not its.body[at - 1].sign(".")
                ):
                    yield name, its.body[at + 2].text, f"{one.file.name}, line {token.line}"


def _calls(one: AlObject, its: Procedure) -> Iterator[tuple[Procedure, int]]:
    """Calls of own procedures, in the object or in another, with the number of arguments."""
    codeunits = {other.name: other for other in OBJECTS if other.kind == "codeunit"}
    variables = {**one.variables, **its.variables}
    for at, token in enumerate(its.body[:-2]):
        if not its.body[at + 1].sign("("):
            continue
        holder = one
        if its.body[at - 1].sign("."):
            word, _, name = variables.get(its.body[at - 2].text, "").partition(" ")
            if word != "Codeunit" or name not in codeunits:
                continue
            holder = codeunits[name]
        callee = next((other for other in holder.procedures if other.name == token.text), None)
        if callee is not None:
            yield callee, _argument_count(its, at + 1)


def _argument_count(its: Procedure, at: int) -> int:
    depth, count = 0, 0
    for number, token in enumerate(its.body[at:]):
        depth += token.sign("(", "[")
        depth -= token.sign(")", "]")
        if depth == 0:
            return 0 if number == 1 else count + 1
        count += depth == 1 and token.sign(",")
    raise AssertionError("no end of a call")
