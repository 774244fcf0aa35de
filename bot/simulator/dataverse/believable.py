"""The Dataverse environment of the believable company: its integration user, owners and roles, and what they
lack. Names of roles, teams and templates: microsoft/BCApps, ``Integration/Dataverse/CDSIntegrationImpl``."""

from __future__ import annotations

from bot.clock import Clock
from bot.simulator.businesscentral.company import SimulatedCompany
from bot.simulator.businesscentral.population import Population
from bot.simulator.dataverse.company_rows import CompanyRows
from bot.simulator.dataverse.organization import SimulatedOrganization
from bot.simulator.dataverse.tables import SYSTEM_PRIVILEGES, SimulatedTable, made_up_id
from bot.simulator.dataverse.values import ACTIVE, INACTIVE, Depth, Ref

INTEGRATION_TEMPLATE = "a2b18661-9ff5-e911-a812-000d3a0b9028"
INTEGRATION_ROLE = "Business Central Dataverse Integration"
SALES_ROLE = "Dynamics 365 Business Central Integration User"
OWN_ROLE = "Sync Errors bot"
CUSTOM_ROLE = "maatwerk integratie"
"""End of the name of the role that somebody at the company made for what the standard ones lack."""
NEEDED = ("prvReadUser", "prvReadTeam", "prvReadRole", "prvReadEntity", "prvReadAttribute")
"""What the bot's application needs at least, beside reading the synchronized tables."""
READS = ("account", "contact", "product", "transactioncurrency", "uomschedule", "uom", "pricelevel")
READS_TOO = ("opportunity", "salesorder", "invoice", "productpricelevel", "bcbi_projecttask")
_INTEGRATION, _OWNER = "Business Central Integration", "Femke de Boer"
_LACKING = ("prvReadbcbi_projecttask", "prvWriteAccount", "prvCreateProduct", "prvAppendContact")
"""Privileges of which the company's errors say that the integration user lacks them, and it does."""
UNIT_GROUP = "NAV DOOS"
"""The group that somebody deactivated: the company's errors say so, and it is."""
TOO_SHORT, REFUSED_RECORDS = "prvWriteOrder", "privilege.record"
"""The privilege that does not reach some records, and what the company calls the errors that come of it."""


def believable_organization(
    company: SimulatedCompany, clock: Clock, *, seed: int, application: str, unit: str = "kleiweg"
) -> SimulatedOrganization:
    """The environment that ``company``, made with the same ``seed``, synchronizes with.

    ``application`` is the client id of the bot's own application user, which may read what it needs.
    """
    people = Population(seed)
    organization = SimulatedOrganization(
        clock,
        company.dataverse_url,
        privilege_ids={
            "prvReadbcbi_projecttask": people.guid("prvReadbcbi_projecttask"),
            "prvWriteAccount": people.guid("prvWriteAccount"),
            "prvReadmsdyn_accountkpiitem": people.guid("kpi"),
            "prvReadContact": people.guid("prvReadContact"),
            "prvAppendContact": people.guid("prvAppendContact"),
        },
        unit=(unit, people.business_unit),
    )
    _add_bot(organization, application)
    clerk = organization.add_user("Sanne Mulder", email=f"sanne@{unit}.example")
    organization.add_user(_INTEGRATION, people.integration_user, application_id=made_up_id(str(seed), "app"))
    organization.add_user(_OWNER, people.person, email=f"femke@{unit}.example")
    organization.add_team(f"BCI - {unit}", people.team, members=[people.integration_user])
    _add_roles(organization, people, unit)
    _add_candidates(organization, people)
    owner = Ref("team", people.team)
    organization.lives(
        CompanyRows(
            company,
            owner=owner,
            unit=people.business_unit,
            writer=people.integration_user,
            deleter=clerk,
            users={"integration": people.integration_user},
            owners={"salesorder": Ref("systemuser", people.person)},
        )
    )
    return organization


def custom_role(organization: SimulatedOrganization) -> str:
    """Id of the role in which an administrator of the believable company puts what is missing."""
    rows = organization.rows("role")
    return next(str(row["roleid"]) for row in rows if str(row["name"]).endswith(CUSTOM_ROLE))


def grant_what_is_missing(organization: SimulatedOrganization, words: str) -> None:
    """An administrator grants the privilege of that name, if it is one, to all who lack one here."""
    if words.lower() not in organization.privileges:
        return
    role = custom_role(organization)
    organization.grant(role, words, Depth.Global)
    for row in organization.rows("team"):
        organization.assign(role, team=str(row["teamid"]))
    for row in organization.rows("systemuser"):
        if row["fullname"] in {_INTEGRATION, _OWNER}:
            organization.assign(role, user=str(row["systemuserid"]))


def activate_what_is_inactive(organization: SimulatedOrganization, words: str) -> None:
    """Somebody activates the unit group again, where the words are of the error that it brings about."""
    if words.casefold() in f"{UNIT_GROUP} inactive".casefold():
        for row in [*organization.rows("uomschedule")]:
            if row["name"] == UNIT_GROUP:
                organization.change("uomschedule", str(row["uomscheduleid"]), statecode=ACTIVE)


def _add_bot(organization: SimulatedOrganization, application: str) -> None:
    tables = [organization.tables[name] for name in (*READS, *READS_TOO)]
    grants = {**dict.fromkeys(NEEDED, Depth.Global), "prvReadAuditSummary": Depth.Global}
    grants |= {table.privilege("Read"): Depth.Global for table in tables}
    role = organization.add_role(OWN_ROLE, grants=grants)
    organization.assign(role, user=organization.add_user("Sync Errors bot", application_id=application))


def _add_roles(organization: SimulatedOrganization, people: Population, unit: str) -> None:
    synchronized = [organization.tables[name] for name in (*READS, *READS_TOO, "systemuser", "team")]
    standard = organization.add_role(
        INTEGRATION_ROLE,
        template=INTEGRATION_TEMPLATE,
        managed=True,
        grants={name: Depth.Global for table in synchronized for name in _everything(table)},
    )
    sales = organization.add_role(SALES_ROLE, managed=True, grants={"prvReadOrder": Depth.Global})
    own = organization.add_role(
        f"{unit.capitalize()} {CUSTOM_ROLE}",
        grants={"prvReadOpportunity": Depth.Global, TOO_SHORT: Depth.Basic},
    )
    organization.add_role("System Administrator", managed=True, customizable=False, grants=_all(organization))
    reader = organization.add_role("Verkoper", grants={"prvReadAccount": Depth.Local})
    for name in (*_LACKING, TOO_SHORT, "prvReadContact"):
        organization.revoke(standard, name)
    for role in (standard, sales, own):
        organization.assign(role, user=people.integration_user)
    organization.assign(standard, team=people.team)
    organization.assign(reader, user=people.person)


def _everything(table: SimulatedTable) -> list[str]:
    return [table.privilege(verb) for verb in table.verbs]


def _all(organization: SimulatedOrganization) -> dict[str, Depth]:
    names = {name for table in organization.tables.values() for name in _everything(table)}
    known = {name for name in names | set(SYSTEM_PRIVILEGES) if name.lower() in organization.privileges}
    return dict.fromkeys(sorted(known), Depth.Global)


def _add_candidates(organization: SimulatedOrganization, people: Population) -> None:
    """Rows that nobody has coupled yet, though the company's errors ask for some of them."""
    organization.add_user("Bart Visser", people.owners[0], email="info@bart-visser.example")
    organization.add_user("Emma Jansen", people.owners[1], email="info@emma-jansen.example")
    organization.add(
        "transactioncurrency", isocurrencycode="USD", currencyname="US dollar", currencysymbol="$"
    )
    organization.add(
        "transactioncurrency",
        isocurrencycode="GBP",
        currencyname="Pound sterling",
        currencysymbol="£",
        statecode=INACTIVE,
    )
    organization.add("uomschedule", name=UNIT_GROUP, baseuomname="DOOS", statecode=INACTIVE)
