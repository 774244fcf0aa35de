"""Causes that hold up others: what waits for a record that fails itself.

Three chains: a currency without an exchange rate, the new customers that use it, their orders; a unit group
that somebody deactivated, the items with that unit (in ``causes_in_business_central``), price list lines of
such items; a user who owns rows in Dataverse and is no salesperson yet, contacts of that user, new ones too.
Texts: labels of codeunit 5341 (microsoft/BCApps, ``Integration/D365Sales/CRMIntTableSubscriber``).
Scheduled jobs do not wait for what a record depends on.
"""

from __future__ import annotations

import random

from bot.simulator.businesscentral import call_stacks
from bot.simulator.businesscentral.causes import (
    Cause,
    Pace,
    SimulatedFailure,
    copying,
    one,
    owner_not_coupled,
)
from bot.simulator.businesscentral.population import CURRENCIES, UNITS, Population
from bot.simulator.businesscentral.rows import SynchDirection
from bot.simulator.businesscentral.tables import record

Rows = tuple[SimulatedFailure, ...]

_CURRENCY, _UNIT = CURRENCIES[0], UNITS[0]
_NEW = 700
"""Index of the first customer and item that are new: nothing of them is in Dataverse yet."""
_NEW_CUSTOMERS = 8


def _no_exchange_rate(_: Population, __: random.Random, ___: int) -> Rows:
    text = (
        f"Cannot create or update the currency {_CURRENCY} in Dataverse, "
        "because there is no exchange rate defined for it."
    )
    currency = record(f"Currency: {_CURRENCY}", description=_CURRENCY)
    return one(text, "CURRENCY", currency, None, call_stack=call_stacks.INSERTING)


def _new_customer(people: Population, _: random.Random, index: int) -> Rows:
    text = f"Currency Code {_CURRENCY} must be coupled to a record in Dataverse."
    customer = people.customer(_NEW + index % _NEW_CUSTOMERS)
    return one(copying(text), "CUSTOMER", customer.local, None, call_stack=call_stacks.COUPLED_FIELD)


def _order_of_new_customer(people: Population, rng: random.Random, index: int) -> Rows:
    customer = people.customer(_NEW + min(int(rng.expovariate(1.2)), 2))
    text = f"Customer {customer.no} must be coupled to a record in Dataverse."
    order = people.order(_NEW + index)
    return one(copying(text), "SALESORDER-ORDER", order.local, None, call_stack=call_stacks.COUPLED_FIELD)


def _inactive_unit_group(_: Population, __: random.Random, ___: int) -> Rows:
    text = (
        f"The Unit Group NAV {_UNIT} already exists in Dataverse, but it cannot be synchronized, "
        "because it is inactive."
    )
    unit = record(f"Unit of Measure: {_UNIT}", description=_UNIT)
    return one(text, "UNIT OF MEASURE", unit, None, call_stack=call_stacks.INSERTING)


def _price_of_new_item(people: Population, rng: random.Random, index: int) -> Rows:
    """The line names the product only; the real cause stands in the nested row of the same minute."""
    item = people.item(_NEW + min(int(rng.expovariate(1.2)), 2))
    inner = f"Base Unit of Measure {_UNIT} must be coupled to a record in Dataverse."
    outer = f"Cannot synchronize the product {item.no}."
    return (
        *one(copying(inner), "ITEM-PRODUCT", item.local, None, call_stack=call_stacks.PRODUCT),
        *one(outer, "PLLINE-PRODPRICE", people.price(index).local, None, call_stack=call_stacks.PRODUCT),
    )


_NEW_CONTACTS = 4_000


def _owner_of_new_contact(people: Population, _: random.Random, index: int) -> Rows:
    """A contact that somebody made in Dataverse, and that Business Central does not have."""
    contact = people.contact(_NEW_CONTACTS + index)
    return one(
        owner_not_coupled(people, 0),
        "CONTACT",
        contact.remote,
        call_stack=call_stacks.DATAVERSE_OWNER,
        direction=SynchDirection.FROM_DATAVERSE,
    )


CAUSES = (
    Cause("currency without rate", 0.003, Pace.ONCE, _no_exchange_rate),
    Cause("currency of new customer", 0.006, Pace.ONCE, _new_customer, (0.05, 0.95)),
    Cause("order of new customer", 0.007, Pace.ONCE, _order_of_new_customer, (0.10, 1.0)),
    Cause("inactive unit group", 0.002, Pace.ONCE, _inactive_unit_group),
    Cause("price of new item", 0.008, Pace.ONCE, _price_of_new_item, (0.10, 1.0)),
    Cause("owner of new contact", 0.003, Pace.ONCE, _owner_of_new_contact, (0.20, 1.0)),
)
