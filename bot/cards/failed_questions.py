"""Words for what somebody asked about and there is not: errors, filters, mappings, connections, people."""

from __future__ import annotations

from typing import Final

from bot.cards.markup import bold, code, own, sentence
from bot.cards.outside import Outside
from bot.cards.texts import Texts
from bot.cards.wording import Facts, FailureWords, Words, fact

_KNOWN: Final = 400
"""Values that a filter knows, together."""
_OVERVIEW: Final = code(own("/syncerrors"))
_CONNECTIONS: Final = code(own("/syncerrors connections"))


def _not_found(facts: Facts, texts: Texts) -> FailureWords:
    if number := fact(facts, "number"):
        what = texts.gettext(
            "There is no error No. {number} among those read from Business Central.", number=number
        )
    else:
        what = texts.gettext("That is not among what was read from Business Central.")
    return FailureWords(
        what,
        texts.gettext(
            "If it is new, press Refresh in the overview ({command}) and ask again.", command=_OVERVIEW
        ),
    )


def _filter_unknown(facts: Facts, texts: Texts) -> FailureWords:
    name = fact(facts, "name")
    what = texts.gettext("There is no filter “{name}”.", name=name)
    if near := fact(facts, "nearest"):
        what = sentence((what, texts.gettext("Did you mean {command}?", command=code(near + own(":")))))
    known = texts.gettext("You can filter with {known}.", known=fact(facts, "known"))
    quoted = texts.gettext("To search for it as text, put it in quotes.")
    return FailureWords(what, sentence((known, quoted)))


def _filter_value_unknown(facts: Facts, texts: Texts) -> FailureWords:
    name = code(fact(facts, "name") + own(":"))
    if value := fact(facts, "value"):
        what = texts.gettext("The filter {name} does not know “{value}”.", name=name, value=value)
    else:
        what = texts.gettext("The filter {name} needs a value.", name=name)
    if near := fact(facts, "nearest"):
        typed = code(fact(facts, "name") + own(":") + near)
        what = sentence((what, texts.gettext("Did you mean {command}?", command=typed)))
    if known := Outside(str(facts.get("known", ""))).short(_KNOWN):
        return FailureWords(what, texts.gettext("It knows, for example: {known}.", known=known))
    return FailureWords(what, texts.gettext("No error that was read has such a value."))


def _mapping_unknown(facts: Facts, texts: Texts) -> FailureWords:
    name = code(fact(facts, "name"))
    what = texts.gettext("There is no table mapping {name} here.", name=name)
    if near := fact(facts, "nearest"):
        typed = code(own("/syncerrors status ") + near)
        what = sentence((what, texts.gettext("Did you mean {command}?", command=typed)))
    if known := Outside(str(facts.get("known", ""))).short(_KNOWN):
        return FailureWords(what, texts.gettext("There are, for example: {known}.", known=known))
    next_step = texts.gettext("Ask for all of them: {command}.", command=code(own("/syncerrors status")))
    return FailureWords(what, next_step)


def _connection_gone(facts: Facts, texts: Texts) -> FailureWords:
    if name := fact(facts, "name"):
        what = texts.gettext("{name} is no longer set up in this bot.", name=name)
    else:
        what = texts.gettext("This connection is no longer set up in this bot.")
    return FailureWords(what, texts.gettext("Type {command} for what is there now.", command=_OVERVIEW))


def _connection_unknown(facts: Facts, texts: Texts) -> FailureWords:
    what = texts.gettext("There is no connection “{name}”.", name=fact(facts, "name"))
    if nearest := fact(facts, "nearest"):
        return FailureWords(what, texts.gettext("Did you mean {name}?", name=bold(nearest)))
    return FailureWords(what, texts.gettext("Type {command} for all of them.", command=_CONNECTIONS))


def _nobody_named(_facts: Facts, texts: Texts) -> FailureWords:
    return FailureWords(
        texts.gettext("That names nobody whose data could be removed."),
        texts.gettext(
            "Name a record with its table and number, such as {example}, or at least three letters of a "
            "name or an address as they are written.",
            example=code(own("Customer: 10000")),
        ),
    )


WORDS_OF_QUESTIONS: Final[dict[str, Words]] = {
    "not_found": _not_found,
    "connection.gone": _connection_gone,
    "connection.unknown": _connection_unknown,
    "forget.nobody": _nobody_named,
    "filter.unknown": _filter_unknown,
    "filter.value_unknown": _filter_value_unknown,
    "mapping.unknown": _mapping_unknown,
}
