"""Taught rules to a file and from one."""

from __future__ import annotations

from dataclasses import replace

from bot.clock import Clock
from bot.dataclass import dataclass
from bot.diagnosis import UNKNOWN
from bot.diagnosis.rule_files import Exported, line_of, read, written
from bot.diagnosis.taught import OWN, Precedence, TaughtRule
from bot.diagnosis.teaching import (
    LONGEST_REMEDY,
    LONGEST_TITLE,
    MOST_RULES,
    Why,
    checked_template,
    cleaned,
    overlapping,
    refused,
)
from bot.failures import RuleFileInvalid, RuleRefused
from bot.operations.activity import Activity, Deed
from bot.operations.actors import Actor
from bot.operations.knowledge import Knowledge, taught_rule
from bot.operations.rights import Act
from bot.operations.teach import digest_of, new_id, own_code
from bot.store import Database
from bot.store.taught_rules import StoredRule, TaughtRules
from bot.store.values import Scope


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file's rules."""

    added: int
    known: int
    """Taught already, with the same words."""
    behind: int
    """Added, and fitting texts that a built-in rule knows, which goes first."""


@dataclass(frozen=True, slots=True)
class RuleExchange:
    """The use case. Who may is asked before (``bot.operations.rights``); as with ``Teaching``, what is stored
    is diagnosed anew by the caller."""

    database: Database
    knowledge: Knowledge
    clock: Clock
    activity: Activity

    async def export(self) -> str:
        """All rules of the workspace as a file of the catalogue."""
        rules = await TaughtRules(self.database).all_of(self.knowledge.workspace)
        return written([Exported(taught_rule(rule), _source(rule)) for rule in rules])

    async def take(self, actor: Actor, scope: Scope, text: str) -> ImportReport:
        """Teach the rules of a file, all or none. Raises RuleFileInvalid, RuleRefused."""
        await self.knowledge.current()
        classes = [code for code in self.knowledge.catalogue.classes if code != UNKNOWN]
        rules = [self._stored(actor, rule, line_of(text, rule)) for rule in read(text, classes)]
        addition = await TaughtRules(self.database).add(self.knowledge.workspace, rules, MOST_RULES)
        if rules and not addition.added and not addition.known:
            raise refused(Why.MANY, most=MOST_RULES)
        if addition.added:
            deed = Deed(f"rules:{addition.added[0].id}", actor, Act.RULES_IMPORT, count=len(addition.added))
            await self.activity.add(scope, deed)
            await self.knowledge.current()
        return ImportReport(
            added=len(addition.added),
            known=len(rules) - len(addition.added),
            behind=sum(self._is_behind(rule) for rule in addition.added),
        )

    def _stored(self, actor: Actor, rule: TaughtRule, line: int) -> StoredRule:
        try:
            checked_template(rule.template)
        except RuleRefused as failure:
            raise RuleFileInvalid("", **{"reason": rule.name, "line": line, **failure.facts}) from failure
        title = cleaned(rule.own_title)
        if len(title) > LONGEST_TITLE or set("{}") & set(title):
            raise RuleFileInvalid(reason=f"{rule.name}: title", line=line)
        if len(rule.remedy) > LONGEST_REMEDY:
            raise RuleFileInvalid(reason=rule.name, line=line, why=Why.REMEDY_LONG.value, most=LONGEST_REMEDY)
        is_own = rule.class_code.startswith(OWN) or rule.class_code not in self.knowledge.catalogue.classes
        if is_own:
            title = title or rule.class_code
            rule = replace(rule, class_code=own_code(title, self.knowledge.catalogue.classes.values()))
        return StoredRule(
            id=new_id(),
            template=rule.template.strip(),
            digest=digest_of(rule.template),
            class_code=rule.class_code,
            own_title=title if is_own else "",
            fixer=rule.fixer.value if rule.fixer else "",
            remedy=rule.remedy.strip(),
            precedence=rule.precedence.value,
            language=rule.language,
            taught_by=str(actor),
            taught_at=self.clock.now(),
        )

    def _is_behind(self, rule: StoredRule) -> bool:
        if rule.precedence == Precedence.FIRST:
            return False
        return bool(overlapping(self.knowledge.base.catalogue, checked_template(rule.template)))


def _source(rule: StoredRule) -> str:
    return f"taught by {rule.taught_by} on {rule.taught_at.date().isoformat()}"
