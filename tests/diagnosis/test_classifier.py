"""What the classifier makes of messages."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.diagnosis import UNKNOWN, Classifier, load_classifier

CLASSIFIER: Classifier = load_classifier()
LABELLED = [
    json.loads(line)
    for line in Path(__file__).with_name("labelled.jsonl").read_text(encoding="utf-8").splitlines()
]
"""Texts of BCApps and the documentation with their placeholders filled, labelled by hand."""
A = "11111111-1111-4111-8111-111111111111"
B = "22222222-2222-4222-8222-222222222222"
C = "33333333-3333-4333-8333-333333333333"


@pytest.mark.parametrize("row", LABELLED, ids=[row["id"] for row in LABELLED])
def test_a_known_text_gets_its_class(row: dict[str, str]) -> None:
    text = row["text"]
    inner = text.rstrip(".")
    assert CLASSIFIER.classify(text).class_code == row["class"]
    for wrapped in (
        f"Modifying Contact failed because of the following error: {inner}.",
        (
            f"The data could not be updated because of the following error: Modifying Contact failed "
            f"because of the "
            f"following error: {inner}."
        ),
        f"An error occurred when communicating with Dataverse.\r\nDetailed description: {text}",
        f"System.ServiceModel.FaultException`1[Microsoft.Xrm.Sdk.OrganizationServiceFault]: {text}",
        f"{text}\r\n   at Microsoft.Foo.Bar(String s) in c:\\x.cs:line 7\r\n   at System.Threading.Run()",
    ):
        assert CLASSIFIER.classify(wrapped).class_code == row["class"], wrapped
    if len(text) > 250:
        assert CLASSIFIER.classify(text[:250]).class_code == row["class"]


READ = {"access": "Read", "principal": "user", "user_id": A}


@pytest.mark.parametrize(
    ("text", "params", "topic"),
    [
        (
            f"Principal user (Id={A}, type=8) is missing prvReadProject privilege (Id={B})",
            READ | {"privilege": "prvReadProject", "entity": "project", "privilege_id": B},
            None,
        ),
        (
            (
                f"Principal user (Id={A.upper()}, type=8, roleCount=5, privilegeCount=465, accessMode=0), "
                f"is missing "
                f"prvReadincident privilege (Id={B}) on OTC=112 for entity 'incident'. "
                f"context.Caller={C}. Or "
                f"identityUser.SystemUserId={C}, identityUser.Privileges.Count=9 is missing "
                f"prvReadincident privilege"
            ),
            READ
            | {
                "privilege": "prvReadincident",
                "entity": "incident",
                "privilege_id": B,
                "otc": 112,
                "caller_id": C,
            },
            None,
        ),
        (
            (
                f"Principal user (Id={A}, type=8, roleCount=6, privilegeCount=1491, accessMode='0 "
                f"Read-Write', "
                f"AADObjectId='{C}', MetadataCachePrivilegesCount=5214, businessUnitId={C} (a hint "
                f"(nested))), is "
                f"missing prvAppendTotask privilege (Id={B}) on OTC=10286 for entity 'activitypointer' "
                f"(LocalizedName='Activity'). context.Caller={C}. Consider adding missed privilege to one "
                f"of the "
                "principal (user/team) roles."
            ),
            {
                "privilege": "prvAppendTotask",
                "access": "AppendTo",
                "entity": "activitypointer",
                "principal": "user",
                "user_id": A,
                "privilege_id": B,
                "otc": 10286,
                "caller_id": C,
            },
            None,
        ),
        (
            (
                f"Principal team (Id={A}, type=9, teamType=0, privilegeCount=8, "
                f"MetadataCachePrivilegesCount=7264, "
                f"businessUnitId={C}), is missing prvReadaccount privilege (Id={B}) on OTC=1 for entity "
                f"'account' "
                f"(LocalizedName='Account'). context.Caller={C}."
            ),
            {
                "privilege": "prvReadaccount",
                "access": "Read",
                "entity": "account",
                "principal": "team",
                "team_id": A,
                "privilege_id": B,
                "otc": 1,
                "caller_id": C,
            },
            None,
        ),
        (
            (
                f"Read Privilege Check For Owner failed with exception: Principal user (Id={A}, type=8) "
                f"is missing "
                f"prvReadcontact privilege (Id={B}). context.Caller={C}"
            ),
            READ | {"privilege": "prvReadcontact", "entity": "contact", "privilege_id": B, "caller_id": C},
            "permission.owner_lacks_read",
        ),
        (
            (
                f"SecLib::AccessCheckEx[2] failed. Returned hr = -2147187962, ObjectID: {B}, OwnerId: {C},  "
                f"OwnerIdType: 8 and CallingUser: {A}. ObjectTypeCode: 4120, objectBusinessUnitId: {C}, "
                "AccessRights: WriteAccess"
            ),
            {
                "principal": "user",
                "user_id": A,
                "caller_id": A,
                "otc": 4120,
                "access": "Write",
                "record": B,
                "code": "-2147187962",
            },
            "permission.record_access",
        ),
        (
            (
                f"SecLib::CheckPrivilege failed. User: {A}, PrivilegeName: prvReadRelationship, "
                f"PrivilegeId: {B}, "
                f"Required Depth: Basic, BusinessUnitId: {C}, MetadataCache Privileges Count: 2999"
            ),
            READ | {"privilege": "prvReadRelationship", "entity": "relationship", "privilege_id": B},
            None,
        ),
        (
            (
                f"Principal with id {A} does not have WriteAccess right(s) for record with id {B} of entity "
                f"account"
            ),
            {"user_id": A, "access": "Write", "record": B, "record_table": "account", "entity": "account"},
            "permission.record_access",
        ),
        (
            (
                "Principal user is missing prvReadaaduser privilege for entity 'aaduser' (LocalizedName='AAD "
                "User')."
            ),
            {"privilege": "prvReadaaduser", "access": "Read", "entity": "aaduser", "principal": "user"},
            None,
        ),
        (
            (
                f"Principal user (Id={A}, type=8, roleCount=0, privilegeCount=0) is missing prvReadUser "
                f"privilege"
            ),
            READ | {"privilege": "prvReadUser", "entity": "user"},
            "permission.no_role_at_all",
        ),
    ],
)
def test_a_missing_privilege_is_read_in_every_shape(
    text: str, params: dict[str, str | int], topic: str | None
) -> None:
    for wrapped in (text, f"Modifying Item failed because of the following error: {text.rstrip('.')}."):
        diagnosis = CLASSIFIER.classify(wrapped)
        assert diagnosis.class_code == "permission.missing_privilege"
        assert diagnosis.language == "en"
        assert diagnosis.topic == topic
        got = dict(diagnosis.params)
        if not ("record_table" in params or "record" in params):
            got.pop("record_table", None)  # the wrapper's
        assert got == params


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nl", f"Hoofdgebruiker (Id={A}, type=8) heeft geen machtiging prvReadAccount"),
        ("de", f"Hauptbenutzender (Id={A}, type=8) fehlt Berechtigung prvReadAccount"),
        ("da", f"Principal user (Id={A}, type=8) mangler prvReadAccount-rettighed"),
        ("fr", f"Utilisateur principal (Code={A}, type=8) ne dispose pas du privilège prvReadAccount"),
        ("es", f"Usuario principal (Id={A}, type=8) falta el privilegio prvReadAccount"),
        ("it", f"All'utente principale (Id={A}, type=8) manca il privilegio prvReadAccount"),
        ("sv", f"huvudanvändare (Id={A}, typ=8) saknar prvReadAccount privilegium"),
        ("nb", f"Hovedbruker (Id={A}, type=8) mangler prvReadAccount-rettigheten"),
        ("fi", f"Pääkäyttäjästä (ID={A}, type=8) puuttuu prvReadAccount oikeus"),
        ("is", f"Aðalnotandi (Id={A}, tegund=8) vantar prvReadAccount heimildir"),
        ("und", f"Främsta användaren (Id={A}, type=8) prvReadAccount"),
    ],
)
@pytest.mark.parametrize("wrapper", ["{}", "Modifying Account failed because of the following error: {}."])
def test_a_missing_privilege_is_read_in_every_language(language: str, text: str, wrapper: str) -> None:
    diagnosis = CLASSIFIER.classify(wrapper.format(text))
    assert diagnosis.class_code == "permission.missing_privilege"
    assert diagnosis.language == language, "not that of the wrapper, which may be another"
    params = {key: value for key, value in diagnosis.params.items() if key != "record_table"}
    assert params == READ | {"privilege": "prvReadAccount", "entity": "account"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "nl",
            (
                "Tabelverbinding voor tabeltype CRM moet worden geregistreerd met behulp van "
                "RegisterTableConnection of "
                "cmdlet New-NAVTableConnection voordat deze kan worden gebruikt."
            ),
        ),
        (
            "de",
            (
                "Die Tabellenverbindung für den Tabellentyp CRM muss mit RegisterTableConnection oder dem "
                "Cmdlet "
                "New-NAVTableConnection registriert werden, bevor sie verwendet werden kann."
            ),
        ),
        ("und", "CRM: RegisterTableConnection / New-NAVTableConnection"),
    ],
)
def test_a_lost_connection_is_known_by_its_token(language: str, text: str) -> None:
    diagnosis = CLASSIFIER.classify(text)
    assert diagnosis.class_code == "connection.session_lost"
    assert diagnosis.language == language


@pytest.mark.parametrize(
    ("text", "class_code"),
    [
        (
            f"The user (Id = {A}) has not been assigned any roles. They need prvReadUser.",
            "permission.no_role_or_license",
        ),
        (
            (
                "User does not have required privileges (or role membership) to access the org when it is "
                "in Admin Only "
                "mode. prvReadOrganization"
            ),
            "connection.admin_mode",
        ),
        (
            (
                "Sorry, the current permissions prevented the action. (TableData 5331 CRM Integration "
                "Record Read: Base "
                "Application)"
            ),
            "permission.bc_permission_set",
        ),
        (
            "An error occurred in the Foo.Bar plug-in. Principal user is missing prvReadLead privilege",
            "permission.missing_privilege",
        ),
        ("An error occurred in the Foo.Bar plug-in. ErrorCode: 0x80040220", "permission.missing_privilege"),
        ("An error occurred in the Foo.Bar plug-in.", "customization.plugin_or_workflow"),
        (
            "Unhandled Exception: Microsoft.Xrm.Sdk.InvalidPluginExecutionException: Only gold customers.",
            "customization.plugin_or_workflow",
        ),
        ("An unexpected error occurred. (0x80040237)", "data.duplicate_key"),
        ("An unexpected error occurred.\n\nError code 80040237", "data.duplicate_key"),
        ("E-mail server: Crm.80040237.An unexpected error occurred.", "data.duplicate_key"),
        ("hr = -2147220960", "permission.missing_privilege"),
        ("AADSTS50076: multi-factor", "auth.failed"),
        ("AADSTS99999999", UNKNOWN),
        (
            (
                "The connection setup cannot be validated. Verify the settings and try again.\\Detailed "
                "error description: "
                "The remote name could not be resolved: 'x.crm4.dynamics.com'."
            ),
            "connection.unavailable",
        ),
        (
            (
                "The connection setup cannot be validated. Verify the settings and try again.\\Detailed "
                "error description: "
                "Something."
            ),
            "auth.failed",
        ),
    ],
)
def test_the_labelling_rules_hold(text: str, class_code: str) -> None:
    assert CLASSIFIER.classify(text).class_code == class_code


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \r\n",
        "\x00",
        "Modifying Customer failed.",
        "Modifying Customer failed because of the following error: .",
        "An error occurred when communicating with Dataverse.",
        (
            "The data could not be updated because of the following error: Modifying Item failed because "
            "of the "
            "following error: ."
        ),
        "   at System.Foo.Bar(String s)\r\n   at System.Baz()",
        "Hello, could you check why customer 10000 is not there?",
        "The page could not be found in the catalog.",
        "Job finished: 12 inserted, 3 modified, 0 failed.",
        "Customer 10000 was not found in the mail.",
        "Cannot find my keys in the table.",
        "HTTP 200 OK",
        "The meeting does not exist. Please ask Anna.",
        "TypeError: undefined is not a function",
        "prv",
        "We improved privileges and roles in this release.",
        "0x80040216",
        "De synchronisatie is voltooid.",
        "must be coupled",
    ],
)
def test_noise_is_unknown(text: str) -> None:
    assert CLASSIFIER.classify(text).class_code == UNKNOWN


def test_an_unknown_text_says_its_language_and_mask() -> None:
    diagnosis = CLASSIFIER.classify("De record 10000 kan niet worden gefrobniceerd.")
    assert (diagnosis.class_code, diagnosis.language, diagnosis.rule) == (UNKNOWN, "nl", "")
    assert diagnosis.masked == "De record <number> kan niet worden gefrobniceerd"


def test_the_failing_table_comes_from_the_wrapper() -> None:
    diagnosis = CLASSIFIER.classify(
        "Modifying Customer failed because of the following error: Currency Code EUR must be coupled to a "
        "Dataverse row."
    )
    assert diagnosis.params["record_table"] == "Customer"
    assert diagnosis.wrappers == ("bc.IntegrationRecSynchInvoke.ModifyFailedErr",)
    assert diagnosis.rule == "bc.CDSIntTableSubscriber.RecordMustBeCoupledErr"


def test_a_record_id_gives_table_and_key() -> None:
    params = CLASSIFIER.classify(
        "The integration record for entity Sales Header: Order,1001 was not found."
    ).params
    assert params == {"record_table": "Sales Header", "record": "Order,1001"}


def test_a_privilege_that_was_cut_in_two_is_not_named() -> None:
    text = f"Principal user (Id={A}, type=8, roleCount=5, note={'x' * 400}"[:232] + " is missing prvWri"
    assert len(text) == 250
    diagnosis = CLASSIFIER.classify(text)
    assert diagnosis.class_code == "permission.missing_privilege"
    assert "privilege" not in diagnosis.params
    assert diagnosis.params["user_id"] == A


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=400)
FRAGMENTS = st.lists(
    st.sampled_from(
        [
            "Modifying ",
            " failed because of the following error: ",
            "must be coupled to a ",
            " record in ",
            "prvRead",
            "Principal user (Id=",
            A,
            "SecLib::",
            "does not have ",
            "0x80040220",
            "-2147220960",
            "AADSTS",
            "\r\n   at A.B(",
            "\\",
            "\ud800",
            "%1",
            "{",
            "'",
            '"',
            " is missing ",
            " privilege",
            "(CodeUnit ",
            "OTC=",
            "9" * 30,
            "The length of the string is ",
            ", but it must be less than or equal to ",
            " characters. Value: ",
        ]
    ),
    max_size=12,
).map("".join)


@settings(max_examples=300, deadline=None)
@example("\ud800\udfff")
@example("The length of the string is ²³, but it must be less than or equal to ² characters. Value: x")
@example(
    "The length of the string is 1, but it must be less than or equal to "
    + "9" * 5000
    + " characters. Value: x"
)
@given(st.one_of(ANY_TEXT, FRAGMENTS))
def test_any_text_gives_an_answer(text: str) -> None:
    diagnosis = CLASSIFIER.classify(text)
    known = CLASSIFIER.catalogue.classes[diagnosis.class_code]
    assert diagnosis.fixer is known.fixer_for(diagnosis.topic)
    assert (diagnosis.class_code == UNKNOWN) or not diagnosis.masked
    assert known.title_for(diagnosis.params).holes <= set(diagnosis.params)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.characters(), max_size=200))
def test_random_text_is_never_taken_for_a_cause(letters: list[str]) -> None:
    """Letter by letter: of whole texts Hypothesis takes some from our own modules, which hold messages."""
    assert CLASSIFIER.classify("".join(letters)).class_code == UNKNOWN


@pytest.mark.parametrize(
    "piece",
    [
        "The Customer must be coupled to a record ",
        "'\"{[",
        " \n\\",
        "prv",
        "Modifying ",
        "1",
        "\r\n   at A.B",
        "a.",
        "Principal user (Id=",
        "does not have ",
        "0x8",
        "\u00e9\u2603",
        "%1",
        "AADSTS",
        "SecLib::",
        "a@",
        "'a\n",
        "Modifying X failed because of the following error: ",
        "(CodeUnit ",
        "XException: ",
    ],
)
def test_a_long_text_cannot_hang_the_bot(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    started = time.process_time()
    CLASSIFIER.classify(text)
    assert time.process_time() - started < 2.0


@pytest.mark.parametrize("row", LABELLED, ids=[row["id"] for row in LABELLED])
def test_a_known_text_gets_steps_that_it_can_fill(row: dict[str, str]) -> None:
    diagnosis = CLASSIFIER.classify(row["text"])
    known = CLASSIFIER.catalogue.classes[diagnosis.class_code]
    steps = known.remedy_for(diagnosis.topic, diagnosis.params)
    assert [step for step in steps if step.link]
    for step in steps:
        assert "…" not in step.text.filled("nl", diagnosis.params)


def test_the_record_to_couple_first_is_named_first() -> None:
    for text, first in (
        (
            "Currency Code EUR must be coupled to a Dataverse row.",
            "Open Currency EUR in Business Central",
        ),
        (
            "Item Unit of Measure (1000, PCS) must be coupled to a Dataverse record.",
            "Open unit PCS of item 1000",
        ),
        ("Sales header is not coupled.", "Synchronize the sales order itself first"),
    ):
        diagnosis = CLASSIFIER.classify(text)
        known = CLASSIFIER.catalogue.classes["coupling.dependency_not_coupled"]
        steps = known.remedy_for(diagnosis.topic, diagnosis.params)
        assert steps[0].text.filled("en", diagnosis.params).startswith(first)
