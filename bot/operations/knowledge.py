"""What the bot knows about texts now: the catalogue, and the rules that a workspace taught it.

Every process asks before it diagnoses or answers. The store's revision says at once that nothing changed;
where it moved, the ids of the rules tell (a rule never changes), and a new classifier is composed. A
classifier is immutable: work under way ends with the one that it began with.
"""

from __future__ import annotations

import asyncio
import logging

from bot.diagnosis import Catalogue, Classifier
from bot.diagnosis.model import Fixer
from bot.diagnosis.taught import Precedence, TaughtClassifier, TaughtRule
from bot.diagnosis.teaching import checked_template
from bot.failures import RuleRefused
from bot.operations.views import TaughtNote
from bot.store import Database
from bot.store.taught_rules import StoredRule, TaughtRules

_log = logging.getLogger("bot.knowledge")


class Knowledge:
    """The classifier of a workspace. ``base`` is that of the catalogue alone."""

    def __init__(self, workspace: str, database: Database, base: Classifier) -> None:
        self.workspace = workspace
        self.base = base
        self._database = database
        self._revision = -1
        self._ids: frozenset[str] = frozenset()
        self._rules: dict[str, StoredRule] = {}
        self._classifier: Classifier = base

    @property
    def classifier(self) -> Classifier:
        """As it was when last asked for; see ``current``."""
        return self._classifier

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue of that classifier, with the classes that people named themselves."""
        return self._classifier.catalogue

    def rule(self, topic: str | None) -> StoredRule | None:
        """The taught rule of that topic, if it is one."""
        return self._rules.get(topic or "")

    def note(self, topic: str | None) -> TaughtNote | None:
        """Who taught what is recognised under that topic, if anybody did."""
        rule = self.rule(topic)
        return None if rule is None else TaughtNote(rule.taught_by, rule.taught_at, rule.remedy)

    async def current(self) -> Classifier:
        """The classifier of this moment. Raises StoreUnavailable."""
        revision = await self._database.revision()
        if revision != self._revision:
            rules = TaughtRules(self._database)
            ids = await rules.ids(self.workspace)
            if ids != self._ids:
                await self._compose(await rules.all_of(self.workspace))
            self._revision = revision
        return self._classifier

    async def _compose(self, stored: tuple[StoredRule, ...]) -> None:
        usable = [(taught_rule(rule), rule) for rule in stored if _is_usable(rule)]
        rules = [rule for rule, _ in usable]
        if rules:
            # Not on the loop: some 50 ms.
            made: Classifier = await asyncio.to_thread(
                lambda: TaughtClassifier(self.base.catalogue, rules).prepare()
            )
        else:
            made = self.base
        self._rules = {rule.name: kept for rule, kept in usable}
        self._ids = frozenset(rule.id for rule in stored)
        self._classifier = made


def _is_usable(stored: StoredRule) -> bool:
    """False for a rule of another version that this one cannot read: nothing else may fail by it."""
    try:
        checked_template(stored.template)
    except RuleRefused as failure:
        _log.warning("rule %s is left out: %s", stored.id, failure.facts["why"])
        return False
    return stored.precedence in set(Precedence) and stored.fixer in {"", *Fixer}


def taught_rule(stored: StoredRule) -> TaughtRule:
    """A stored rule as the classifier takes it."""
    return TaughtRule(
        id=stored.id,
        template=stored.template,
        class_code=stored.class_code,
        fixer=Fixer(stored.fixer) if stored.fixer else None,
        own_title=stored.own_title,
        remedy=stored.remedy,
        precedence=Precedence(stored.precedence),
        language=stored.language,
    )
