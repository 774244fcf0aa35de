"""*Why this diagnosis?*: the rule behind one stored error, and how it lies over its text."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from bot.businesscentral import Connection
from bot.dataclass import dataclass
from bot.diagnosis import explain
from bot.operations.connections import connection_view
from bot.operations.knowledge import Knowledge
from bot.operations.views import WhyView
from bot.store import Database, Errors
from bot.store.values import Scope


@dataclass(frozen=True, slots=True)
class Explanations:
    """Explains diagnoses with the classifier that makes them.

    ``connections`` is keyed by ``Connection.key``.
    """

    database: Database
    knowledge: Knowledge
    connections: Mapping[str, Connection]

    async def why(self, scope: Scope, number: int) -> WhyView:
        """Why the error of this No. has its diagnosis: the facts of ``syncerrors classify --explain``.

        Made anew from the stored text. ``WhyView.stored_rule`` is the rule that made the stored diagnosis: an
        older catalogue may have had another. Raises NotFound for an error that is not stored.
        """
        error = await Errors(self.database).by_number(scope, number)
        classifier = await asyncio.to_thread((await self.knowledge.current()).prepare)
        explanation = explain(classifier, error.message)
        return WhyView(
            connection=await connection_view(self.database, self.connections, scope),
            number=number,
            logged_at=error.logged_at,
            explanation=explanation,
            stored_rule=error.rule,
            error_class=classifier.catalogue.classes[explanation.diagnosis.class_code],
            taught=self.knowledge.note(explanation.diagnosis.topic),
        )
