"""Causes on the Dataverse side: privileges, availability, limits, refusals.

Texts: public issues and forums on Dataverse, MicrosoftDocs/powerapps-docs (service error codes), and
MicrosoftDocs/dynamics365smb-docs ``business-central/admin-troubleshoot-sales-synchronization.md`` in its
languages.
"""

from __future__ import annotations

import random

from bot.simulator.businesscentral import call_stacks
from bot.simulator.businesscentral.causes import (
    Cause,
    Pace,
    SimulatedFailure,
    communicating,
    modifying,
    one,
)
from bot.simulator.businesscentral.population import Population
from bot.simulator.businesscentral.rows import SynchDirection

Rows = tuple[SimulatedFailure, ...]
FROM = SynchDirection.FROM_DATAVERSE


def _principal(people: Population, privilege: str, otc: int, entity: str, name: str) -> str:
    """The shape of 2024 and later; after ``businessUnitId`` a hint in nested parentheses may follow."""
    return (
        f"Principal user (Id={people.integration_user}, type=8, roleCount=3, privilegeCount=812, "
        f"accessMode='4 Non-interactive', AADObjectId='{people.directory_object}', "
        f"MetadataCachePrivilegesCount=7311, businessUnitId={people.business_unit} "
        f"(root business unit (name: kleiweg))), is missing {privilege} privilege "
        f"(Id={people.guid(privilege)}) on OTC={otc} for entity '{entity}' (LocalizedName='{name}'). "
        f"context.Caller={people.integration_user}. Consider adding missed privilege to one of the principal "
        "(user/team) roles."
    )


def _missing_read_project_task(people: Population, _: random.Random, index: int) -> Rows:
    task = people.project_task(index)
    text = _principal(people, "prvReadbcbi_projecttask", 10844, "bcbi_projecttask", "Project Task")
    return one(communicating(text), "PROJECTTASK", task.local, task.remote, call_stack=call_stacks.MODIFYING)


def _missing_write_account(people: Population, _: random.Random, index: int) -> Rows:
    pair = people.customer(index)
    text = _principal(people, "prvWriteAccount", 1, "account", "Account")
    message = modifying("Dataverse Account", communicating(text))
    return one(message, "CUSTOMER", pair.local, pair.remote, call_stack=call_stacks.MODIFYING)


def _missing_create_product(people: Population, _: random.Random, index: int) -> Rows:
    pair = people.item(index)
    text = f"Principal user (Id={people.integration_user}, type=8) is missing prvCreateProduct privilege"
    return one(communicating(text), "ITEM-PRODUCT", pair.local, None, call_stack=call_stacks.INSERTING)


def _missing_team(people: Population, _: random.Random, index: int) -> Rows:
    pair = people.customer(index)
    text = (
        f"Principal team (Id={people.team}, type=9, teamType=0, privilegeCount=8, "
        f"MetadataCachePrivilegesCount=7311, businessUnitId={people.business_unit}), is missing "
        f"prvReadmsdyn_accountkpiitem privilege (Id={people.guid('kpi')}) on OTC=10732 for entity "
        "'msdyn_accountkpiitem' (LocalizedName='Account KPI Item'). "
        f"context.Caller={people.integration_user}. Consider adding missed privilege to one "
        "of the principal (user/team) roles."
    )
    return one(communicating(text), "CUSTOMER", pair.local, pair.remote, call_stack=call_stacks.MODIFYING)


def _owner_cannot_read(people: Population, _: random.Random, index: int) -> Rows:
    pair = people.contact(index)
    text = (
        f"Read Privilege Check For Owner failed with exception: Principal user (Id={people.person}, type=8, "
        f"roleCount=1, privilegeCount=41, accessMode='0 Read-Write', "
        f"AADObjectId={people.guid('person in directory')}, MetadataCachePrivilegesCount=7311, "
        f"businessUnitId={people.business_unit}), is missing prvReadContact privilege "
        f"(Id={people.guid('prvReadContact')}) on OTC=2 for entity 'contact' (LocalizedName='Contact'). "
        f"context.Caller={people.integration_user}. Consider adding missed privilege to one of the principal "
        "(user/team) roles."
    )
    return one(communicating(text), "CONTACT", pair.local, None, call_stack=call_stacks.INSERTING)


def _missing_dutch(people: Population, _: random.Random, index: int) -> Rows:
    pair = people.contact(index)
    text = f"Hoofdgebruiker (Id={people.integration_user}, type=8) heeft geen machtiging prvAppendToAccount"
    return one(text, "CONTACT", pair.local, pair.remote, call_stack=call_stacks.INSERTING)


def _access_to_one_record(people: Population, _: random.Random, index: int) -> Rows:
    pair = people.order(index)
    text = (
        f"SecLib::AccessCheckEx[2] failed. Returned hr = -2147187962, ObjectID: {pair.remote.system_id}, "
        f"OwnerId: {people.person},  OwnerIdType: 8 and CallingUser: {people.integration_user}. "
        f"ObjectTypeCode: 1088, objectBusinessUnitId: {people.business_unit}, AccessRights: WriteAccess"
    )
    message = modifying("Dataverse Sales Order", communicating(text))
    return one(message, "SALESORDER-ORDER", pair.local, pair.remote, call_stack=call_stacks.MODIFYING)


def _admin_mode(people: Population, rng: random.Random, index: int) -> Rows:
    mapping, pair = rng.choice(
        (
            ("CUSTOMER", people.customer(index)),
            ("CONTACT", people.contact(index)),
            ("ITEM-PRODUCT", people.item(index)),
            ("VENDOR", people.vendor(index)),
        )
    )
    text = (
        "User does not have required privileges (or role membership) to access the org when it is in "
        "Admin Only mode."
    )
    return one(
        communicating(text),
        mapping,
        pair.remote,
        pair.local,
        call_stack=call_stacks.READING,
        direction=FROM,
    )


_LIMITS = (
    "Number of requests exceeded the limit of 6000 over time window of 300 seconds.",
    (
        "Combined execution time of incoming requests exceeded limit of 1,200,000 milliseconds over time "
        "window of 300 seconds. Decrease number of concurrent requests or reduce the duration of requests "
        "and try again later."
    ),
    "Number of concurrent requests exceeded the limit of 52.",
)


def _throttled(people: Population, rng: random.Random, index: int) -> Rows:
    pair = people.item(index)
    text = communicating(rng.choice(_LIMITS))
    return one(text, "ITEM-PRODUCT", pair.local, pair.remote, call_stack=call_stacks.MODIFYING)


def _timed_out(people: Population, rng: random.Random, index: int) -> Rows:
    pair = people.customer(index)
    text = rng.choice(("SQL timeout expired.", "The operation has timed out.", "Generic SQL error."))
    return one(communicating(text), "CUSTOMER", pair.local, pair.remote, call_stack=call_stacks.MODIFYING)


def _plugin_refused(people: Population, _: random.Random, index: int) -> Rows:
    pair = people.customer(index)
    text = (
        "ISV code aborted the operation. (0x80040265) Kleiweg.Crm.Plugins.AccountGuard: KvK number must be "
        "eight digits before an account may be approved."
    )
    message = modifying("Dataverse Account", communicating(text))
    return one(message, "CUSTOMER", pair.local, pair.remote, call_stack=call_stacks.MODIFYING)


def _duplicate_in_dataverse(people: Population, _: random.Random, index: int) -> Rows:
    pair = people.contact(index)
    text = "A record was not created or updated because a duplicate of the current record already exists."
    return one(communicating(text), "CONTACT", pair.local, None, call_stack=call_stacks.INSERTING)


def _company_mismatch(people: Population, _: random.Random, index: int) -> Rows:
    pair = people.customer(index)
    text = f"There is no company with external ID {people.guid('other company')} in Dataverse."
    return one(text, "CUSTOMER", pair.local, None, call_stack=call_stacks.INSERTING)


_LOCALIZED = (
    "Hauptbenutzender (Id={user}, type=8) fehlt Berechtigung prvWriteAccount",
    "Principal user (Id={user}, type=8) mangler prvReadUoM-rettighed",
    "Utilisateur principal (Code={user}, type=8) ne dispose pas du privilège prvReadProduct",
    (
        "Die Tabellenverbindung für den Tabellentyp CRM muss mit RegisterTableConnection oder dem Cmdlet "
        "New-NAVTableConnection registriert werden, bevor sie verwendet werden kann."
    ),
    (
        "Tabelforbindelse for tabeltypen CRM skal registreres ved hjælp af RegisterTableConnection eller "
        "cmdlet-kommandoen New-NAVTableConnection, før den kan bruges."
    ),
)
"""German, Danish and French wording of the documentation."""


def _localized(people: Population, _: random.Random, index: int) -> Rows:
    pair = people.vendor(index)
    text = _LOCALIZED[index % len(_LOCALIZED)].format(user=people.integration_user)
    return one(text, "VENDOR", pair.local, pair.remote, call_stack=call_stacks.GARBLED)


def _wrapper_alone(people: Population, rng: random.Random, index: int) -> Rows:
    pair = people.customer(index)
    text = rng.choice(("Modifying Dataverse Account failed.", communicating("An unexpected error occurred.")))
    return one(text, "CUSTOMER", pair.local, pair.remote, call_stack=call_stacks.MODIFYING)


CAUSES = (
    Cause("privilege.read", 0.19, Pace.UNTIL_SKIPPED, _missing_read_project_task, (0.66, 0.97)),
    Cause("privilege.write", 0.05, Pace.UNTIL_SKIPPED, _missing_write_account, (0.40, 0.62)),
    Cause("privilege.create", 0.03, Pace.ONCE, _missing_create_product, (0.10, 0.98)),
    Cause("privilege.team", 0.03, Pace.UNTIL_SKIPPED, _missing_team, (0.50, 0.95)),
    Cause("privilege.owner", 0.012, Pace.ONCE, _owner_cannot_read, (0.75, 0.98)),
    Cause("privilege.dutch", 0.02, Pace.UNTIL_SKIPPED, _missing_dutch, (0.05, 0.60)),
    Cause("privilege.record", 0.008, Pace.UNTIL_SKIPPED, _access_to_one_record, (0.30, 0.90)),
    Cause("admin mode", 0.06, Pace.AT_NIGHT, _admin_mode, (0.55, 0.55)),
    Cause("throttling", 0.04, Pace.IN_A_BURST, _throttled, (0.35, 0.85)),
    Cause("timeout", 0.02, Pace.ONCE, _timed_out, (0.0, 1.0)),
    Cause("plug-in", 0.03, Pace.UNTIL_SKIPPED, _plugin_refused, (0.25, 0.97)),
    Cause("duplicate in Dataverse", 0.015, Pace.ONCE, _duplicate_in_dataverse, (0.0, 0.98)),
    Cause("company id", 0.015, Pace.ONCE, _company_mismatch, (0.12, 0.20)),
    Cause("other languages", 0.02, Pace.UNTIL_SKIPPED, _localized, (0.0, 0.50)),
    Cause("wrapper alone", 0.01, Pace.UNTIL_SKIPPED, _wrapper_alone, (0.0, 0.97)),
)
