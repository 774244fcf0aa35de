"""Made messages: templates of the catalogue filled with what Business Central could put there.

A fixed mix, the same in every run (the randomness comes from a seed): a quarter wrapped, a tenth with a call
stack behind it, 15 in a hundred that no catalogue knows, the rest in plain.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.diagnosis import Catalogue
from bot.diagnosis.catalogue_files import TemplateRule
from bot.diagnosis.templates import IGNORED, Hole

WRAPPED: Final = 0.25
STACKED: Final = 0.10
NOISE: Final = 0.15
_WRAPPERS: Final = (
    "Modifying {table} failed because of the following error: {text}.",
    "The data could not be updated because of the following error: {text}.",
    (
        "The data could not be updated because of the following error: Modifying {table} failed because of "
        "the following error: {text}."
    ),
    "An error occurred when communicating with Dataverse.\r\nDetailed description: {text}",
)
_FRAMES: Final = (
    "\r\n   at Microsoft.Xrm.Sdk.Client.OrganizationServiceProxy.CreateCore(Entity entity)",
    "\r\n   at Microsoft.Dynamics.Nav.Runtime.CrmDataProvider.Insert(NavRecord record, Boolean trigger)",
    "\r\n   at Microsoft.Dynamics.Nav.BusinessApplication.Codeunit5345.InsertRecord_Scope.OnRun()",
    "\r\n   at System.Runtime.CompilerServices.TaskAwaiter.ThrowForNonSuccess(Task task)",
)
_FILLERS: Final = (
    "the nightly import from the warehouse stopped after line",
    "please have a look at the customer with the new address",
    "nothing was changed since the last run of the export",
    "worker finished its batch and went to sleep at",
    "de bestelling van gisteren staat nog open voor",
    "the label printer in hall two did not answer to",
    "unrecognized statement in the configuration of step",
)
_NAMES: Final = (
    "Contoso Ltd.",
    'D\'Arcy & "Söhne" GmbH',
    "株式会社 東京",
    "Müller AG, Köln",
    "ООО Ромашка",
    "Ærø Data (DK)",
    "first\r\nsecond",
    "مؤسسة",
    "O'Neil",
    "A.B. Bygg",
)


@dataclass(frozen=True, slots=True)
class Filled:
    """A text made from a template, and the values that must come back where the template decides them."""

    text: str
    rule: TemplateRule
    values: dict[str, str]


class Filler:
    """Fills templates; the same seed gives the same texts."""

    def __init__(self, catalogue: Catalogue, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 # made messages, not secrets
        self._captions = catalogue.captions
        self._tables = sorted(name for name in self._captions.tables if len(name) > 2)
        self._fields = sorted(self._captions.fields)
        self._products = sorted(self._captions.products)

    def begin(self, seed: str) -> None:
        """Start anew: what follows does not depend on what was filled before."""
        self._random.seed(seed)

    def fill(self, rule: TemplateRule) -> Filled:
        """One text from a template."""
        template = rule.template
        seen: dict[str, str] = {}
        values: dict[str, str] = {}
        parts: list[str] = []
        undecided = False  # a value that holds the very words behind it: "Amt to Deduct" before " to "
        for index, gap in enumerate(template.gaps):
            written = []
            for hole in gap:
                value = seen.get(hole.key) if hole.key != IGNORED else None
                if value is None:
                    value = self._value(hole)
                    seen[hole.key] = value
                    if len(gap) == 1 and hole.key != IGNORED:
                        values[hole.key] = value
                written.append(value)
            parts.append(" ".join(written))
            if index < len(template.literals):
                following = template.literals[index]
                parts.append(following)
                undecided = undecided or following in parts[-2]
        if undecided:
            values.clear()
        return Filled("".join(parts) + "." * template.final_dot, rule, values)

    def wrap(self, text: str) -> str:
        """The text as Business Central wraps it: without its dots, with one of its own."""
        wrapper = self._random.choice(_WRAPPERS)
        return wrapper.format(table=self._random.choice(self._tables), text=text.rstrip(". "))

    def noise(self, words: int) -> str:
        """Prose that names no cause."""
        parts = [f"{self._random.choice(_FILLERS)} {self._random.randrange(10**6)}" for _ in range(words)]
        return "; ".join(parts)

    def stack(self, frames: int) -> str:
        """A call stack to stand behind a message."""
        return "".join(self._random.choices(_FRAMES, k=frames))

    def mix(self, rules: Sequence[TemplateRule], count: int) -> list[str]:
        """So many distinct messages in the fixed mix."""
        texts: dict[str, None] = {}
        while len(texts) < count:
            draw = self._random.random()
            if draw < NOISE:
                text = self.noise(self._random.randint(3, 14))
            else:
                text = self._told(self.fill(self._random.choice(rules)).text)
                if draw < NOISE + WRAPPED:
                    text = self.wrap(text)
                elif draw < NOISE + WRAPPED + STACKED:
                    text += self.stack(self._random.randint(4, 16))
            texts[text] = None
        return list(texts)

    def plain(self, rules: Sequence[TemplateRule], count: int) -> list[str]:
        """So many distinct texts of one line, neither wrapped nor with anything behind them."""
        texts: dict[str, None] = {}
        while len(texts) < count:
            text = self.fill(self._random.choice(rules)).text.replace("\r\n", " ")
            texts[f"{text} ({len(texts)})" if text in texts else text] = None
        return list(texts)

    def _told(self, text: str) -> str:
        """Four of ten messages come with what Dataverse tells in addition."""
        if self._random.random() < 0.6:
            return text
        ids = " ".join(f"ActivityId: {uuid.UUID(int=self._random.getrandbits(128))}." for _ in range(6))
        return f"{text} {ids}"

    def _value(self, hole: Hole) -> str:
        choice = self._random.choice
        match hole.kind:
            case "guid":
                guid = str(uuid.UUID(int=self._random.getrandbits(128)))
                return choice((guid, "{" + guid.upper() + "}"))
            case "int":
                return str(self._random.randrange(10**6))
            case "privilege":
                return choice(("prvReadAccount", "prvWritebcbi_company", "prvAppendTocontact"))
            case "caption":
                return choice(self._tables)
            case "word":
                return f"X{self._random.randrange(10**6)}"
        match hole.key:
            case "field":
                return choice(self._fields)
            case "table" | "record_table" | "other_table":
                return choice(self._tables)
            case "product":
                return choice(self._products)
            case "entity":
                return choice(("account", "contact", "bcbi_company"))
            case "host":
                return "https://contoso.crm4.dynamics.com"
            case "code":
                return "0x80040216"
            case _:
                return choice(
                    (*_NAMES, f"C{self._random.randrange(10**6):06}", f"IT-{self._random.random():.6f}")
                )
