"""Causes on Business Central's side: couplings, conflicts, validation, set-up, custom code.

Texts: labels in microsoft/BCApps under ``src/Layers/W1/BaseApp/Integration`` (table synch. subscribers 5341,
5342, 7205; ``IntegrationRecSynchInvoke``), and platform texts documented in
MicrosoftDocs/dynamics365smb-devitpro-pb.
"""

from __future__ import annotations

import random

from bot.simulator.businesscentral import call_stacks
from bot.simulator.businesscentral.causes import (
    Cause,
    Pace,
    SimulatedFailure,
    communicating,
    copying,
    modifying,
    one,
    owner_not_coupled,
)
from bot.simulator.businesscentral.population import CURRENCIES, SALESPEOPLE, UNITS, Population
from bot.simulator.businesscentral.rows import JobType, SynchDirection, WrittenBy

Rows = tuple[SimulatedFailure, ...]
FROM = SynchDirection.FROM_DATAVERSE


def _rank(rng: random.Random, count: int) -> int:
    """A number below ``count``, the first ones far more often than the last: counts have a long tail."""
    return min(int(rng.expovariate(1.2)), count - 1)


def _favourite(rng: random.Random, choices: tuple[str, ...]) -> str:
    return choices[_rank(rng, len(choices))]


_WAITING_FOR_CURRENCY = 3_000
"""From here on customers lack their currency and nothing else: who couples it sees them synchronize."""


def _currency(people: Population, rng: random.Random, index: int) -> Rows:
    pair = people.customer(_WAITING_FOR_CURRENCY + index)
    text = f"Currency Code {_favourite(rng, CURRENCIES)} must be coupled to a record in Dataverse."
    return one(copying(text), "CUSTOMER", pair.local, pair.remote, call_stack=call_stacks.COUPLED_FIELD)


def _salesperson(people: Population, rng: random.Random, index: int) -> Rows:
    pair = people.customer(index)
    code = _favourite(rng, SALESPEOPLE)
    text = f"Salesperson Code {code} must be coupled to a Dataverse row."
    return one(copying(text), "CUSTOMER", pair.local, pair.remote, call_stack=call_stacks.DATAVERSE_OWNER)


_OWNED = 3_000
"""From here on contacts wait for their owner and nothing else."""


def _owner(people: Population, rng: random.Random, index: int) -> Rows:
    pair = people.contact(_OWNED + index)
    text = owner_not_coupled(people, _rank(rng, 2))
    return one(
        text, "CONTACT", pair.remote, pair.local, call_stack=call_stacks.DATAVERSE_OWNER, direction=FROM
    )


def _unit(people: Population, rng: random.Random, index: int) -> Rows:
    unit = _favourite(rng, UNITS)
    if index % 3:
        pair = people.item(index)
        text = f"Base Unit of Measure {unit} must be coupled to a record in Dataverse."
    else:
        pair = people.item(index % 2)
        text = f"Item Unit of Measure ({pair.no}, PALLET) must be coupled to a Dataverse record."
    return one(copying(text), "ITEM-PRODUCT", pair.local, None, call_stack=call_stacks.COUPLED_FIELD)


def _customer_of_contact(people: Population, rng: random.Random, index: int) -> Rows:
    pair = people.contact(index)
    customer = people.customer(_rank(rng, 4))
    text = f"Company No. {customer.no} must be coupled to a record in Dataverse."
    return one(copying(text), "CONTACT", pair.local, None, call_stack=call_stacks.COUPLED_FIELD)


def _deleted(people: Population, _: random.Random, index: int) -> Rows:
    if index % 4 == 3:
        item = people.item(index)
        text = "The Item record cannot be updated because it is coupled to a deleted record."
        return one(text, "ITEM-PRODUCT", item.local, None)
    pair = people.customer(index)
    text = "The Customer record cannot be updated because it is coupled to a deleted record."
    return one(text, "CUSTOMER", pair.local, None)


_CONFLICTED = 2_000
"""From here on customers have nothing else that fails: who settles their conflict sees it end."""


def _conflict(people: Population, rng: random.Random, index: int) -> Rows:
    pair = people.customer(_CONFLICTED + index)
    local, remote = rng.choice(
        (("Name", "Account Name"), ("Phone No.", "Main Phone"), ("Address", "Street 1"))
    )
    text = (
        "Cannot update a record in the Dataverse Account table. The mapping between "
        f"{local} field on the Customer table and the {remote} field on the Dataverse Account table is "
        "bi-directional, and one or both values have changed since the last synchronization."
    )
    return one(text, "CUSTOMER", pair.local, pair.remote)


def _connection_lost(people: Population, _: random.Random, index: int) -> Rows:
    pair = people.customer(index)
    text = (
        "Table connection for table type CRM must be registered using RegisterTableConnection or cmdlet "
        "New-NAVTableConnection before it can be used."
    )
    return one(text, "CUSTOMER", pair.local, pair.remote, call_stack=call_stacks.CUSTOM_PAGE)


def _duplicate_key(people: Population, _: random.Random, index: int) -> Rows:
    pair = people.customer(index)
    text = f"The record in table Customer already exists. Identification fields and values: No.='{pair.no}'"
    return one(text, "CUSTOMER", pair.remote, None, call_stack=call_stacks.INSERTING_LOCALLY, direction=FROM)


def _too_long(people: Population, _: random.Random, index: int) -> Rows:
    pair = people.odd_customer(index // 3) if index % 3 == 0 else people.customer(index)
    value = (
        f"{pair.name}, afdeling Inkoop, t.a.v. de administratie, Industrieweg {index + 1}, gebouw C, 3e etage"
    )
    text = (
        f"The length of the string is {len(value)}, but it must be less than or equal to 50 characters. "
        f"Value: {value}"
    )
    return one(
        copying(text), "CUSTOMER", pair.remote, pair.local, call_stack=call_stacks.VALIDATING, direction=FROM
    )


def _blocked(people: Population, rng: random.Random, index: int) -> Rows:
    invoice = people.invoice(index)
    item = people.item(_rank(rng, 6))
    text = f"Blocked must be equal to 'No'  in Item: No.={item.no}. Current value is 'Yes'."
    return one(text, "POSTEDSALESINV-INV", invoice.local, None, call_stack=call_stacks.INVOICE_LINES)


def _number_series(people: Population, _: random.Random, index: int) -> Rows:
    pair = people.customer(index)
    text = "You cannot assign new numbers from the number series DEB."
    return one(text, "CUSTOMER", pair.remote, None, call_stack=call_stacks.NUMBERING, direction=FROM)


def _validation(people: Population, _: random.Random, index: int) -> Rows:
    pair = people.customer(index)
    texts = (
        f"Customer Posting Group must have a value in Customer: No.={pair.no}. It cannot be zero or empty.",
        f"Phone No. must not contain letters in Customer No.='{pair.no}'.",
        f'The email address "{pair.no.lower()}@@kleiweg" is not valid.',
        (
            "The field Country/Region Code of table Customer contains a value (NED) that cannot be found in "
            "the related table (Country/Region)."
        ),
        "You cannot enter letters in this field.",
    )
    return one(
        copying(texts[index % len(texts)]),
        "CUSTOMER",
        pair.remote,
        pair.local,
        call_stack=call_stacks.VALIDATING,
        direction=FROM,
    )


def _product_not_synchronized(people: Population, rng: random.Random, index: int) -> Rows:
    """The invoice names the product only; the real cause stands in the nested row of the same minute."""
    invoice = people.invoice(index)
    item = people.item(_rank(rng, 2))
    outer = f"Cannot synchronize the product {item.no}."
    inner = f"Base Unit of Measure must have a value in Item: No.={item.no}. It cannot be zero or empty."
    return (
        *one(inner, "ITEM-PRODUCT", item.local, None, call_stack=call_stacks.PRODUCT),
        *one(outer, "POSTEDSALESINV-INV", invoice.local, None, call_stack=call_stacks.PRODUCT),
    )


def _locked(people: Population, _: random.Random, index: int) -> Rows:
    pair = people.customer(index)
    text = (
        "The operation could not complete because a record in the Customer table was locked by another user. "
        "Please retry the activity."
    )
    return one(text, "CUSTOMER", pair.remote, pair.local, call_stack=call_stacks.VALIDATING, direction=FROM)


def _not_permitted(people: Population, _: random.Random, index: int) -> Rows:
    pair = people.item(index)
    text = "Sorry, the current permissions prevented the action. (TableData 27 Item Modify: Base Application)"
    return one(
        modifying("Item", text),
        "ITEM-PRODUCT",
        pair.remote,
        pair.local,
        call_stack=call_stacks.MODIFYING,
        direction=FROM,
    )


def _no_match(people: Population, _: random.Random, index: int) -> Rows:
    text = (
        f"Failed to couple {3 + index} record(s), because no unique uncoupled matching entity was found in "
        "https://kleiweg.crm4.dynamics.com with the specified matching criteria."
    )
    return one(text, "VENDOR", job_type=JobType.COUPLING)


def _cut_at_250(people: Population, _: random.Random, index: int) -> Rows:
    """A row of an older version: the privilege's name lies behind character 250 and is gone."""
    pair = people.contact(index)
    text = (
        f"Principal user (Id={people.integration_user}, type=8, roleCount=3, privilegeCount=640, "
        f"accessMode='4 Non-interactive', AADObjectId='{people.directory_object}', "
        f"MetadataCachePrivilegesCount=5214, businessUnitId={people.business_unit}), is missing "
        f"prvAppendContact privilege (Id={people.guid('prvAppendContact')}) on OTC=2 for entity 'contact'."
    )
    return one(
        communicating(text),
        "CONTACT",
        pair.local,
        pair.remote,
        call_stack=call_stacks.OLD_FORM,
        written_by=WrittenBy.BEFORE_ERROR_MESSAGE,
    )


def _custom(people: Population, _: random.Random, index: int) -> Rows:
    pair = people.customer(index)
    texts = (
        f"DKR-0417: klantkaart {pair.no} wacht op fiattering door afdeling Debiteuren.",
        f"Loyaliteitsniveau van {pair.no} kan niet worden bepaald (profiel 0x{index:04X}).",
        "Toll class missing, call Sven before Friday!!",
        "Object reference not set to an instance of an object.",
    )
    return one(texts[index % len(texts)], "CUSTOMER", pair.local, pair.remote, call_stack=call_stacks.PARTNER)


def _odd_characters(people: Population, _: random.Random, index: int) -> Rows:
    pair = people.odd_customer(index)
    contact = people.contact(index)
    texts = (
        f"Contact {contact.no} {contact.name} is not related to customer {pair.no} {pair.name}.",
        f"You cannot use contact {contact.no} {pair.name} because they are marked as blocked due to privacy.",
        (
            "The quantity per base unit of measure must be 1. DOOS is set up with 12 per unit of measure."
            f"\\\\You can change this setup in the Item Units of Measure window.\\{pair.name}"
        ),
    )
    return one(
        copying(texts[index % 3]), "CONTACT", contact.local, contact.remote, call_stack=call_stacks.VALIDATING
    )


def _wrapped_twice(people: Population, _: random.Random, index: int) -> Rows:
    """Two accounts that somebody deleted in Dataverse, met again and again."""
    pair = people.customer(index % 2)
    text = f"account With Id = {pair.remote.system_id} Does Not Exist"
    message = modifying("Dataverse Account", copying(communicating(text)))
    return one(message, "CUSTOMER", pair.local, pair.remote, call_stack=call_stacks.MODIFYING)


CAUSES = (
    Cause("currency", 0.10, Pace.UNTIL_SKIPPED, _currency),
    Cause("salesperson", 0.08, Pace.UNTIL_SKIPPED, _salesperson, (0.20, 0.97)),
    Cause("owner", 0.03, Pace.UNTIL_SKIPPED, _owner, (0.30, 0.97)),
    Cause("unit", 0.05, Pace.ONCE, _unit),
    Cause("customer of contact", 0.06, Pace.ONCE, _customer_of_contact),
    Cause("deleted counterpart", 0.07, Pace.UNTIL_SKIPPED, _deleted),
    Cause("both changed", 0.05, Pace.UNTIL_SKIPPED, _conflict),
    Cause("connection lost", 0.02, Pace.EVERY_RUN, _connection_lost, (0.82, 0.86)),
    Cause("duplicate key", 0.02, Pace.ONCE, _duplicate_key),
    Cause("too long", 0.03, Pace.UNTIL_SKIPPED, _too_long),
    Cause("blocked item", 0.04, Pace.EVERY_RUN, _blocked, (0.10, 0.95)),
    Cause("number series", 0.012, Pace.ONCE, _number_series, (0.90, 1.0)),
    Cause("validation", 0.03, Pace.UNTIL_SKIPPED, _validation),
    Cause("product and nested row", 0.04, Pace.EVERY_RUN, _product_not_synchronized, (0.05, 0.95)),
    Cause("lock", 0.01, Pace.ONCE, _locked),
    Cause("permission set", 0.008, Pace.UNTIL_SKIPPED, _not_permitted, (0.70, 0.90)),
    Cause("no match", 0.003, Pace.ONCE, _no_match),
    Cause("cut at 250", 0.015, Pace.UNTIL_SKIPPED, _cut_at_250, (0.0, 0.30)),
    Cause("custom text", 0.01, Pace.UNTIL_SKIPPED, _custom),
    Cause("odd characters", 0.02, Pace.UNTIL_SKIPPED, _odd_characters),
    Cause("wrapped twice", 0.01, Pace.UNTIL_SKIPPED, _wrapped_twice),
)
