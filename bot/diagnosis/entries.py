"""The form of a catalogue file, entry by entry. What is not named here is refused."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(min_length=1)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z_]+(\.[a-z_]+)?$")]
PhraseText = Annotated[str, StringConstraints(min_length=5, pattern=r"^[^A-Z]+$")]
VocabularyWord = Annotated[str, StringConstraints(min_length=3, pattern=r"^[^A-Z]+$")]
RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


class Entry(BaseModel):
    """Base of all entries: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SentenceEntry(Entry):
    """A sentence in every language of the bot."""

    en: Text
    nl: Text


class TitleEntry(SentenceEntry):
    """A title with holes; ``needs``, ``lacks``, ``when`` and ``unless`` narrow it further.

    ``when = { principal = "team" }`` or ``{ other_table = ["Payment Terms", "Shipment Method"] }``, and
    ``{ value = "<guid>" }`` for any id of a row in Dataverse.
    """

    needs: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    when: dict[str, Text | tuple[Text, ...]] = Field(default_factory=dict)
    unless: dict[str, Text | tuple[Text, ...]] = Field(default_factory=dict)


class StepEntry(TitleEntry):
    """A step of a remedy.

    ``link`` is ``page:<number>``, ``list:<logical name>``, ``docs:<address>``, ``record``, ``other_record``,
    ``error`` (the row on page 5339), ``admin_center`` or ``admin_center:securityroles``.
    ``page:209?Code={value}`` shows only the record whose field ``Code`` has that value, where it is known,
    ``page:5335?Name=CURRENCY`` always that one; ``row:systemuser={user_id}`` is that row of Dataverse.
    """

    link: Text | None = None
    warning: bool = False


class TopicEntry(Entry):
    """What differs for a topic of a class."""

    name: Code
    fixer: Literal["user", "admin", "wait"] | None = None
    explanation: SentenceEntry | None = None
    step: tuple[StepEntry, ...] = ()


class ClassEntry(Entry):
    """One class of error."""

    code: Code
    fixer: Literal["user", "admin", "wait"]
    severity: Literal["low", "medium", "high"]
    group_by: tuple[str, ...]
    title: SentenceEntry
    titles: tuple[TitleEntry, ...] = ()
    explanation: SentenceEntry
    step: Annotated[tuple[StepEntry, ...], Field(min_length=1)]
    topic: tuple[TopicEntry, ...] = ()


class TemplateEntry(Entry):
    """A text by which a class is recognised.

    ``also`` names further keys for a value: ``{ other_record = "value" }`` where the refused value is the
    key of the record that it refers to. ``namesakes`` lists labels of other places with the very same words
    that mean another class (id -> class): no text tells them apart, and the bench names them.
    """

    id: RuleId
    class_: Code = Field(alias="class")
    topic: Code | None = None
    lang: Language = "en"
    text: Text
    source: Text
    also: dict[str, str] = Field(default_factory=dict)
    namesakes: dict[RuleId, Code] = Field(default_factory=dict)


class WrapperEntry(Entry):
    """A text around another one. ``class`` is what it says by itself where nothing known is inside."""

    id: RuleId
    lang: Language = "en"
    text: Text
    source: Text
    class_: Code | None = Field(default=None, alias="class")
    topic: Code | None = None


class CodesEntry(Entry):
    """Platform codes that say a class: code -> name."""

    class_: Code = Field(alias="class")
    topic: Code | None = None
    source: Text
    codes: dict[Annotated[str, StringConstraints(pattern=r"^(0x[0-9a-f]{8}|AADSTS\d*)$")], Text]


class PhrasesEntry(Entry):
    """Words that tell a class in a sentence that no template knows; see ``phrases``.

    ``last``: they say only that something failed, so that words for the reason count first. ``among``: they
    count only where the text speaks of a record (``vocabulary``); ``named``: only where it also names one, by
    its key or by a caption. The class ``unknown`` hushes: of a text with such words nothing is said.
    """

    class_: Code = Field(alias="class")
    topic: Code | None = None
    source: Text
    texts: tuple[PhraseText, ...] = Field(min_length=1)
    last: bool = False
    among: bool = False
    named: bool = False


class CaptionsEntry(Entry):
    """Names of tables, fields and products.

    ``references`` says for a field of Business Central in which table the record is that it refers to.
    """

    tables: tuple[Text, ...] = ()
    fields: tuple[Text, ...] = ()
    products: tuple[Text, ...] = ()
    references: dict[Text, Text] = Field(default_factory=dict)


class TaughtEntry(Entry):
    """What only a taught rule has; ``rule`` is the id of its template. See ``rule_files``."""

    rule: RuleId
    fixer: Literal["user", "admin", "wait"] | None = None
    remedy: str = ""
    precedence: Literal["last", "first"] = "last"


class CatalogueFile(Entry):
    """One file of the catalogue."""

    class_: tuple[ClassEntry, ...] = Field(default=(), alias="class")
    template: tuple[TemplateEntry, ...] = ()
    wrapper: tuple[WrapperEntry, ...] = ()
    code: tuple[CodesEntry, ...] = ()
    phrases: tuple[PhrasesEntry, ...] = ()
    vocabulary: tuple[VocabularyWord, ...] = ()
    captions: CaptionsEntry = CaptionsEntry()
    taught: tuple[TaughtEntry, ...] = ()
