"""A missing privilege in every form that Dataverse is known to write, in everything that is put around it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from bot.diagnosis import load_classifier

USER = "5d0cbbb3-1f4b-4c5b-8c5e-1f0a2b3c4d5e"
TEAM = "6d0cbbb3-1f4b-4c5b-8c5e-1f0a2b3c4d5e"
OTHER = "7d0cbbb3-1f4b-4c5b-8c5e-1f0a2b3c4d5e"
NAME = "prvWritemsdyn_project"
TAIL = (
    f"is missing {NAME} privilege (Id={OTHER}) on OTC=10188 for entity 'msdyn_project' "
    f"(LocalizedName='Project (old)'). context.Caller={OTHER}. Consider adding missed privilege to one of "
    "the principal (user/team) roles."
)
COUNTS = "roleCount=6, privilegeCount=1491, accessMode='0 Read-Write'"
USERS = {
    "short": f"Principal user (Id={USER}, type=8) is missing {NAME} privilege (Id={OTHER})",
    "counted": f"Principal user (Id={USER}, type=8, roleCount=4, privilegeCount=78, accessMode=0), {TAIL}",
    "modern": (
        f"Principal user (Id={USER}, type=8, {COUNTS}, AADObjectId='{OTHER}', "
        f"MetadataCachePrivilegesCount=5214, businessUnitId={OTHER}), {TAIL}"
    ),
    "nested": (
        f"Principal user (Id={USER}, type=8, {COUNTS}, businessUnitId={OTHER}(Setup/Stub unlicensed user "
        "with filtered privileges from associated roles (see docs (security)). Consider a license.)), "
        f"{TAIL}"
    ),
    "braces": f"Principal user (Id={{{USER.upper()}}}, type=8 , accessMode=4 ) is missing '{NAME}' privilege",
    "owner": (
        f"Read Privilege Check For Owner failed with exception: Principal user (Id={USER}, type=8, {COUNTS}, "
        f"businessUnitId={OTHER}), {TAIL}"
    ),
    "checked": (
        f"SecLib::CheckPrivilege failed. User: {USER}, PrivilegeName: {NAME}, PrivilegeId: {OTHER}, Required "
        f"Depth: Basic, BusinessUnitId: {OTHER}, MetadataCache Privileges Count: 4029, User Privileges "
        "Count: 20"
    ),
    "checked_in_lines": f"SecLib::CheckPrivilege failed.\nUser: {USER}\nPrivilegeName: {NAME}\nDepth: Basic",
    "access": (
        f"SecLib::AccessCheckEx failed. Returned hr = -2147187962, ObjectID: {OTHER}, OwnerId: {TEAM},  "
        f"OwnerIdType: 9 and CallingUser: {USER}. ObjectTypeCode: 10188, objectBusinessUnitId: {OTHER}, "
        f"AccessRights: {NAME}"
    ),
    "french": f"Utilisateur principal (Id={USER}, type=8) ne dispose pas du privilège {NAME}",
}
TEAMS = {
    "short": f"Principal team (Id={TEAM}, type=9) is missing {NAME} privilege (Id={OTHER})",
    "modern": (
        f"Principal team (Id={TEAM}, type=9, teamType=0, privilegeCount=8, "
        f"MetadataCachePrivilegesCount=7264, businessUnitId={OTHER}), {TAIL}"
    ),
    "owner": (
        f"Read Privilege Check For Owner failed with exception: Principal team (Id={TEAM}, type=9, "
        f"teamType=0, privilegeCount=8, businessUnitId={OTHER}), {TAIL}"
    ),
    "elided": f"Privilege Check For Owner failed ... Principal team (..., type=9),\n is missing {NAME} privi",
}
FORMS = [
    *(pytest.param(text, "user", USER, id=f"user-{name}") for name, text in USERS.items()),
    *(pytest.param(text, "team", TEAM, id=f"team-{name}") for name, text in TEAMS.items()),
]


def in_json(text: str) -> str:
    return json.dumps(
        {"error": {"code": "0x80040220", "message": text, "innererror": {"message": ""}}}, indent=2
    )


def in_a_body_cut_off(text: str) -> str:
    return json.dumps({"error": {"code": "0x80040220", "message": text, "type": "CrmException"}})[:-9]


def in_escaped_json(text: str) -> str:
    return f"[{json.dumps(in_json(text))[1:-1]}], The remote server returned an error: (403) Forbidden."


def in_a_fault(text: str) -> str:
    name = "System.ServiceModel.FaultException`1[[Microsoft.Xrm.Sdk.OrganizationServiceFault, Microsoft.Xrm]]"
    return (
        f"Unhandled Exception: {name}: {text}Detail: \n<OrganizationServiceFault "
        'xmlns="http://schemas.microsoft.com/xrm/2011/Contracts">\n  <ErrorCode>-2147220960</ErrorCode>'
    )


def before_a_stack(text: str) -> str:
    return f"Microsoft.Crm.CrmException: {text}\r\n   at Microsoft.Crm.Check(Guid id)\r\n   bei System.Run()"


def wrapped(text: str) -> str:
    return (
        "The data could not be updated because of the following error: Modifying Dataverse Account failed "
        f"because of the following error: {text.rstrip('.')}."
    )


def communicated(text: str) -> str:
    return f"An error occurred when communicating with Dataverse.\\Detailed description: {text}"


def logged(text: str) -> str:
    return f">Crm Exception: Message: {text}, ErrorCode: -2147220960"


@pytest.mark.parametrize(
    "around",
    [
        str.strip,
        in_json,
        in_a_body_cut_off,
        in_escaped_json,
        in_a_fault,
        before_a_stack,
        wrapped,
        communicated,
        logged,
    ],
)
@pytest.mark.parametrize(("text", "principal", "identity"), FORMS)
def test_privilege_and_principal_are_read_out(
    text: str, principal: str, identity: str, around: Callable[[str], str]
) -> None:
    diagnosis = load_classifier().classify(around(text))
    assert diagnosis.class_code == "permission.missing_privilege"
    assert diagnosis.params["privilege"] == NAME
    assert diagnosis.params["principal"] == principal
    if identity in text.lower():
        assert diagnosis.params[f"{principal}_id"] == identity
    assert diagnosis.params["access"] == "Write"
    assert diagnosis.params["entity"] == "msdyn_project"


@pytest.mark.parametrize("length", [250, 2048])
@pytest.mark.parametrize(("text", "principal", "identity"), FORMS)
def test_what_a_cut_leaves_of_it_is_read_out(text: str, principal: str, identity: str, length: int) -> None:
    whole = wrapped(text) if length == 250 else f"{'Modifying A failed. ' * 80}{text}"
    cut = whole[:length]
    diagnosis = load_classifier().classify(cut)
    if f"{NAME} " in cut or f"{NAME}," in cut:
        assert diagnosis.class_code == "permission.missing_privilege"
        assert diagnosis.params["privilege"] == NAME
        assert diagnosis.params["principal"] == principal
    else:
        assert diagnosis.class_code in {"permission.missing_privilege", "unknown"}
        assert diagnosis.params.get("privilege", "") in {"", NAME}


@pytest.mark.parametrize("code", ["0x80040220", "-2147220960", "0x80048306", "-2147187962"])
def test_a_code_alone_says_as_much(code: str) -> None:
    diagnosis = load_classifier().classify(f"Request refused. Code: {code}")
    assert (diagnosis.class_code, diagnosis.params["code"]) == ("permission.missing_privilege", code)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            (
                f"Trying to append to entity 'account', but the calling user with id '{USER}' does not have "
                "append-to access for that entity"
            ),
            {"principal": "user", "user_id": USER, "access": "AppendTo", "entity": "account"},
        ),
        (
            f"Calling user with id '{USER}' does not have permission to update entity 'Product'",
            {"principal": "user", "user_id": USER, "access": "Write", "entity": "product"},
        ),
        (
            f"Team Sales (ID {TEAM}) does not have the Read privilege on table 'contact'",
            {"principal": "team", "team_id": TEAM, "access": "Read", "entity": "contact"},
        ),
        (f"The principal {USER} has insufficient permissions", {"user_id": USER}),
        (
            "The user can't be added to the team because the user doesn't have the \"Share\" privilege.",
            {"principal": "user", "access": "Share"},
        ),
        (
            f"The principal user ({USER}) is missing permission {NAME}",
            {
                "principal": "user",
                "user_id": USER,
                "privilege": NAME,
                "access": "Write",
                "entity": "msdyn_project",
            },
        ),
    ],
)
def test_a_refusal_in_words_of_its_own_tells_who_may_not_do_what(text: str, expected: dict[str, str]) -> None:
    diagnosis = load_classifier().classify(text)
    assert diagnosis.class_code == "permission.missing_privilege"
    assert diagnosis.params == expected
