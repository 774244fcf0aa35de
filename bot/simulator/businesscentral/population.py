"""Who and what lives in the simulated company: customers, contacts, items, Dataverse principals. All names
invented."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from bot.simulator.businesscentral.tables import SimulatedRecord, record

_Naming = Callable[[random.Random], str]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


_FIRST_WORDS = _words(
    "Aarts|Bakker & Zn.|De Vries|Van den Hoek|Hollandia|Noordzee|IJsselland|Groen|Brouwer|Northgate|"
    "Kingsbridge|Zuiderkruis|Maasdam|Veluwe|Smit|Hartland|Oosterhout|Rietveld|Silverlake|Polder|Waterman|"
    "Dijkstra|Lindenhof|Bergkamp|Stormvogel|Tulp|Weststrate"
)
_TRADES = _words(
    "Techniek|Bouwmaterialen|Groothandel|Verpakkingen|Installatie|Logistics|Packaging|Interieur|Horeca|Agri|"
    "Marine Supplies|Office|Tuinmachines|Food Services|Retail|Staal|Papier"
)
_FORMS = ("B.V.", "B.V.", "B.V.", "V.O.F.", "N.V.", "Ltd.", "GmbH", "Holding B.V.")
_GIVEN = _words(
    "Anouk|Bram|Charlotte|Daan|Eva|Fleur|Gijs|Hanna|Imre|Joris|Kaatje|Lars|Mohammed|Noor|Oliver|Priya|"
    "Quirine|Ruben|Sanne|Thijs|Ursula|Willem|Zeynep"
)
_FAMILY = _words(
    "de Jong|Jansen|van Dijk|Visser|Meijer|Mulder|Bos|Vos|Peters|Hendriks|Kaya|van Leeuwen|Dekker|Brown|"
    "Schmidt|El Amrani|Kok|Jacobs|Vermeulen|Sørensen"
)
_GOODS = _words(
    "Bureaustoel|Vergadertafel|LED-paneel|Kabelgoot|Archiefkast|Whiteboard|Desk lamp|Monitor arm|Pallet wrap|"
    "Verhuisdoos|Stapelbak|Trolley|Akoestisch paneel|Kapstok"
)
_PLACES = ("Rotterdam", "Utrecht", "Zwolle", "Delft", "Oslo", "Gent", "Porto", "Aarhus", "Lyon", "Breda")

ODD_NAMES = (
    'Café "De Zwaan" & Zonen',
    "O'Neill's <b>Bar</b> & Grill",
    "<!channel> Aanbiedingen B.V.",
    "<@U0123ABCD> Consultancy",
    "*Sterk* _Werk_ ~Oud~ `Code` B.V.",
    "<https://login-microsoftonline.example/verify|Click to restore your Business Central access>",
    "🚀 Raket Logistiek 👩‍👩‍👧‍👦",
    "شركة التجارة الدولية",
    "\u202egnp.tnemyap\u202c Trading",
    "ZERO\u200bWIDTH\u200b B.V.",
    "C:\\temp\\new\\r\\n B.V.",
    "Łódź Żółć Ğüneş Çağrı A.Ş.",
    "株式会社テスト貿易",
    '\'; DROP TABLE "Customer"; --',
    "{0} %1 ${name} {{jinja}}",
    (
        "Vereniging tot Behoud van de Zeer Lange Bedrijfsnamen en Aanverwante Handelsondernemingen in Noord- "
        "en Zuid-Holland, Utrecht, Gelderland, Overijssel, Flevoland, Drenthe, Groningen en Friesland "
        "Coöperatieve U.A."
    ),
)
"""Names of customers that a bot must survive: mentions, links, markup, right-to-left and very long ones."""

SALESPEOPLE = ("BV", "EJ", "NK")
CURRENCIES = ("USD", "GBP", "SEK")
UNITS = ("DOOS", "PALLET", "PAK-12")


@dataclass(frozen=True, slots=True)
class Pair:
    """A record of Business Central and its counterpart in Dataverse."""

    no: str
    name: str
    local: SimulatedRecord
    remote: SimulatedRecord


class Population:
    """Makes people and things on demand; the same seed and index always give the same one."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._known: dict[tuple[str, int], Pair] = {}
        self.integration_user = self.guid("integration user")
        self.person = self.guid("person")
        self.team = self.guid("team")
        self.business_unit = self.guid("business unit")
        self.owners = (self.guid("owner", 0), self.guid("owner", 1))
        """Users in Dataverse who own rows, and whose salespeople are ``SALESPEOPLE`` in this order."""
        self.directory_object = self.guid("directory object")

    def guid(self, *what: str | int) -> str:
        """The GUID of something, lower case."""
        return str(uuid.UUID(int=self._rng(*what).getrandbits(128), version=4))

    def customer(self, index: int) -> Pair:
        """Customer and account."""
        return self._pair("Customer", "CRM Account", index, f"D{10000 + index * 10}", _company_name)

    def vendor(self, index: int) -> Pair:
        """Vendor and account."""
        return self._pair("Vendor", "CRM Account", index, f"C{40000 + index * 10}", _company_name)

    def odd_customer(self, index: int) -> Pair:
        """A customer with one of ``ODD_NAMES``."""
        name = ODD_NAMES[index % len(ODD_NAMES)]
        return self._pair("Customer", "CRM Account", 90_000 + index, f"D9{index:05d}", lambda _: name)

    def contact(self, index: int) -> Pair:
        """A person and the Dataverse contact."""
        return self._pair("Contact", "CRM Contact", index, f"CT{index + 1:06d}", _person_name)

    def item(self, index: int) -> Pair:
        """Item and product."""
        return self._pair("Item", "CRM Product", index, f"{1000 + index}-{'SWLB'[index % 4]}", _goods_name)

    def invoice(self, index: int) -> Pair:
        """Posted sales invoice and invoice."""
        no = f"VF{103000 + index}"
        return self._pair("Sales Invoice Header", "CRM Invoice", index, no, lambda _: f"Factuur {no}")

    def project_task(self, index: int) -> Pair:
        """Task of a project, called Job Task in the database, of both sides."""
        no = f"PR{100 + index // 4:05d},{index % 4 + 1}00"
        return self._pair("Job Task", "FS Project Task", index, no, lambda _: f"Taak {no}")

    def order(self, index: int) -> Pair:
        """Sales order of both sides."""
        no = f"VO{205000 + index}"
        return self._pair("Sales Header", "CRM Salesorder", index, f"Order,{no}", lambda _: f"Order {no}")

    def price(self, index: int) -> Pair:
        """Line of a price list and the price of a product."""
        no = f"VK2026,{(index + 1) * 10000}"
        remote = "CRM Productpricelevel"
        return self._pair("Price List Line", remote, index, no, lambda _: f"Prijs {no}")

    def _pair(self, table: str, remote_table: str, index: int, no: str, name: _Naming) -> Pair:
        known = self._known.get((table, index))
        if known is not None:
            return known
        rng = self._rng(table, index)
        called = name(rng)
        local_id = str(uuid.UUID(int=rng.getrandbits(128), version=4))
        remote_id = str(uuid.UUID(int=rng.getrandbits(128), version=4))
        made = Pair(
            no,
            called,
            record(f"{table}: {no}", system_id=local_id, description=called),
            record(f"{remote_table}: {{{remote_id.upper()}}}", description=called),
        )
        self._known[table, index] = made
        return made

    def _rng(self, *what: str | int) -> random.Random:
        return random.Random("|".join(map(str, (self._seed, *what))))


def _company_name(rng: random.Random) -> str:
    return f"{rng.choice(_FIRST_WORDS)} {rng.choice(_TRADES)} {rng.choice(_FORMS)}"


def _person_name(rng: random.Random) -> str:
    return f"{rng.choice(_GIVEN)} {rng.choice(_FAMILY)}"


def _goods_name(rng: random.Random) -> str:
    return f"{rng.choice(_GOODS)} {rng.choice(_PLACES)}"
