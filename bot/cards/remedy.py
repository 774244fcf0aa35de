"""The steps that end a problem, numbered, each with its link; and the warnings where they belong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

from bot.cards.filling import prose
from bot.cards.links import Links
from bot.cards.markup import EMPTY, Markup, bold, link, own, sentence
from bot.cards.texts import Texts
from bot.diagnosis.model import LinkKind, Params, Step, StepLink


def remedy_lines(
    steps: Sequence[Step], params: Params, record: str, links: Links, texts: Texts, number: int | None = None
) -> Iterator[Markup]:
    """A line for each step that ``params`` can fill (``Step.condition``), in the catalogue's order.

    A warning has a word instead of a number. ``record`` is the id of the failing record, as Business Central
    formats it; it may be empty. ``number`` is the error's.
    """
    numbers = count(1)
    for step in steps:
        if step.condition.holds(params):
            mark = bold(texts.gettext("Careful:")) if step.warning else own(f"{next(numbers)}.")
            words = prose(step.text, params, texts)
            yield sentence((mark, words, _where(step.link, params, record, number, links, texts)))


def _where(
    target: StepLink | None, params: Params, record: str, number: int | None, links: Links, texts: Texts
) -> Markup:
    """The words of a step's link; empty where it has none or it cannot be made."""
    if target is None:
        return EMPTY
    address = links.step(target, params, record, number)
    return EMPTY if address is None else link(_link_words(target.kind, texts), address)


def _link_words(kind: LinkKind, texts: Texts) -> Markup:
    match kind:
        case LinkKind.PAGE | LinkKind.ERROR:
            return texts.gettext("Open the page")
        case LinkKind.RECORD:
            return texts.gettext("Open the record")
        case LinkKind.OTHER_RECORD:
            return texts.gettext("Open that record")
        case LinkKind.DATAVERSE_ROW:
            return texts.gettext("Open it in Dataverse")
        case LinkKind.DATAVERSE_LIST:
            return texts.gettext("Open the list in Dataverse")
        case LinkKind.ADMIN_CENTER:
            return texts.gettext("Open the admin center")
        case LinkKind.DOCS:
            return texts.gettext("Read more")
