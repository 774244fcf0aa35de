"""What the classifier makes of messages from the field.

``field_messages/*.jsonl`` holds texts that products of Microsoft wrote, found in public issues, forums and
documentation (``source``): the product's fixed words with every id, name and number of the finder replaced.
``noise.jsonl`` holds texts that are none. A third of each (a half of ``field_2026_11_*``), picked by a hash
of the text, is set aside: nobody looks at how it does one by one, only the figures are measured.

The batches ``field_2026_11_*`` were labelled before the classifier saw them. What it made of each on the
first run: a 82 of 115, b 41 of 60, c 22 of 23, d 14 of 17, e (by somebody who had no part in the catalogue)
66 of 95; after each, general phrases were added and the next was collected. Then, with ``refusals.toml``
(some of a batch were in the files already: they are counted here, and left out of its file):

====== ========== ============ =====================================================================
batch  first run  noise        what it holds
====== ========== ============ =====================================================================
f      76 of 118   9 of 79     Dataverse's list of errors, GitHub, labels of the Base Application
g      73 of 85    7 of 77     GitHub, newer errors of Dataverse, labels
h      56 of 89    2 of 68     stand-ins of Dataverse, other apps' notes, labels
i      81 of 95    3 of 68     wordings from memory, some of them in other languages; not verified
j      69 of 83    4 of 66     labels drawn at random, errors of Dataverse, privileges
k      79 of 82    3 of 105    labels of the tables that are synchronized, privileges, GitHub
====== ========== ============ =====================================================================

After each but the last the causes of its failures were generalized. All of k is set aside and was never tuned
on (but for one phrase that had met its noise). What was left wrong in h was set aside too. Privilege
and principal came out of every privilege message of f, i, j and k, of 8 of 9 of g and of 1 of 3 of h.

Then five of what Business Central itself, its older versions and its partners' apps write, with noise that
speaks of customers and orders too; what was left wrong after each was set aside:

====== ========== ============ =====================================================================
batch  first run  noise        what it holds
====== ========== ============ =====================================================================
bc1    68 of 114   4 of 168    quoted texts, partners' apps, labels, Danish, Spanish and French texts
bc2    59 of 91    3 of 180    the same from other places
bc3    59 of 79    6 of 154    quoted texts, labels; the platform's in eight languages from memory
bc4    45 of 58    3 of 134    what Microsoft's tests expect, labels, Danish
bc5    36 of 47    4 of 100    the same, drawn anew
====== ========== ============ =====================================================================

Three texts counted as noise in bc3 were refusals after all, and are left out. Half of these batches are
labels drawn at random from the Base Application, which a synchronization seldom meets: the English sentences
of the platform were right in nearly all, those in other languages in two of three.

And five of Dataverse, Entra and the tools around them (what was in the files already is not counted); what
was wrong on the first run is not set aside, since its causes were generalized:

====== ========== ========== ================================================================================
batch  first run  principal  what it holds
====== ========== ========== ================================================================================
da     54 of 59   15 of 15   GitHub issues of tools for Dataverse: privileges, plug-ins, imports, SQL, sign-in
db     31 of 63   0 of 2     Azure Data Factory, dual-write, the Dataverse client, stand-ins: far from a row
dc     27 of 40   5 of 7     blogs and support articles on privileges and sign-in, Dataverse's list of errors
dd     41 of 52   2 of 2     GitHub issues, Dataverse's list of errors drawn at random
de     25 of 30              Dataverse's list of errors drawn at random; all set aside, never tuned on
====== ========== ========== ================================================================================

The privilege came out of each that names one. Of the 66 wrong answers 60 were ``unknown``.

Then thirteen more of the same (half of each set aside, with what was left wrong):

====== ========== ========== ================================================================================
batch  first run  principal  what it holds
====== ========== ========== ================================================================================
ea     25 of 31   10 of 10   issues, blogs and documentation on privileges, imports, plug-ins
eb     22 of 32              support articles on solutions, codes, JSON bodies and faults
ec     19 of 19   14 of 16   privileges: owners, teams, SecLib, secured columns, cut off and wrapped
ed     43 of 58              every class, wordings from memory of forums
ee     24 of 54              half of them in other languages, from memory
ef     29 of 43   1 of 3     every class from memory; support articles in French and Dutch
eg     26 of 38              .NET, SQL Server and dual-write in nine languages
eh     36 of 47              dialogs, certificates, SQL, users and owners, from memory
ei     17 of 41              dual-write in Dutch and German; the Power Platform's own refusals
ej     64 of 80              dual-write in French, Danish, Spanish, Italian and Swedish
ek     21 of 34              Dataverse's list of errors drawn at random
el     25 of 36   2 of 2     wrapped refusals of Dataverse, from memory, a third of them in Dutch and German
em     26 of 46   0 of 1     the same causes in other words than the product's, half in other languages
====== ========== ========== ================================================================================

The privilege came out of each that names one. Nearly all wrong answers were ``unknown``.

Then v2: what users and Microsoft quote word for word of Dataverse, Entra, its tools and .NET, labelled before
the first run: 79 of 100 right (all 8 refusals of rights, all privileges and principals of them; 17 of the 21
wrong ones were ``unknown``). Of 184 that were collected 58 stood in the files word for word and 26 nearly so
(25 of those were right); they are left out, as is one that ``noise.jsonl`` holds as none. Of the half that
was set aside, 30 were not looked at after either: 25 of them are right now.

And nine of what Business Central itself answers, with noise written to be mistaken for it: everyday
sentences and shops of eleven languages that speak of the same records with the same verbs, other products'
logs, titles of issues. Half of each batch is set aside, with what was left wrong.

====== ========== ============ ========================================================================
batch  first run  noise        what it holds
====== ========== ============ ========================================================================
bf1    52 of 64   1 of 136     answers quoted in public code, the platform's texts in six languages
bf2    57 of 70   31 of 151    masters, dimensions, number series, posting groups, locks, from memory
bf3    61 of 69   12 of 157    the platform's texts in eleven languages
bf4    62 of 85   12 of 142    the same causes in other words than the product's
bf5    42 of 66   3 of 138     labels in French and Spanish, answers quoted in public code
bf6    70 of 80   16 of 123    wrapped texts of a synchronization, in five languages
bf7    67 of 74   4 of 123     the same, written anew
bf8    66 of 79   4 of 91      the same, more of it in other words
bf9    57 of 77                projects, price lists, opportunities; half of it in other words
====== ========== ============ ========================================================================

The English sentences of the platform were right in nearly all from the first; what was missed were other
words for the same and other languages' labels.

Then texts as they stand in public documentation and source, which are not kept here, labelled before they
were run: 68 of 180 of what Business Central says of dimensions in twelve languages (English 15 of 15;
afterwards 168), 67 of 105 of other refusals it quotes in eleven languages (99), 56 of 78 English labels of
the connection and of what is synchronized (71), 27 of 38 from other documentation (34), 19 of 22 from
support articles (21). Of Dataverse's list of errors in German and Spanish, the class of its code is the
label, half of the codes was set aside: of these 24 of 373 and 39 of 372 were right, and 110 and 147 are
since ``dataverse_german_spanish.toml``; of the rest 401 were ``unknown`` and 87 got another class. Then
this half was looked at, too (165 and 200): what was added brought the other half none, so that the 110 and
147 are what to expect. Batch v1 says the same causes in other words; 24 of its 128 were right before, all
are since, written with the new phrases in view.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.diagnosis import UNKNOWN, load_classifier

FOLDER = Path(__file__).with_name("field_messages")
MESSAGES: list[dict[str, Any]] = [
    json.loads(line)
    for path in sorted(FOLDER.glob("*.jsonl"))
    if path.stem != "noise"
    for line in path.read_text(encoding="utf-8").splitlines()
]
NOISE: list[dict[str, Any]] = [
    json.loads(line) for line in (FOLDER / "noise.jsonl").read_text(encoding="utf-8").splitlines()
]
TUNED = [message for message in MESSAGES if not message["set_aside"]]
SET_ASIDE = [message for message in MESSAGES if message["set_aside"]]
WRAPPERS = (
    "Modifying Dataverse Account failed because of the following error: {}.",
    (
        "The data could not be updated because of the following error: Modifying Customer failed because of "
        "the following error: {}."
    ),
)


def right(message: dict[str, Any], text: str) -> bool:
    """True where the class is the one of the label, or one that the label accepts too."""
    return load_classifier().classify(text).class_code in {message["class"], *message.get("accept", [])}


def test_there_are_enough_of_both() -> None:
    assert len(MESSAGES) >= 150
    assert len(NOISE) >= 100
    assert 0.25 < len(SET_ASIDE) / len(MESSAGES) < 0.6


@pytest.mark.parametrize("message", TUNED, ids=lambda message: message["text"][:40])
def test_a_message_of_the_field_gets_its_class(message: dict[str, Any]) -> None:
    assert right(message, message["text"])


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_it_gets_it_in_a_wrapper_too(wrapper: str) -> None:
    wrong = [m["text"] for m in TUNED if not right(m, wrapper.format(m["text"].rstrip(". ")))]
    assert len(wrong) <= 0.05 * len(TUNED), wrong


@pytest.mark.parametrize("length", [250, 2048])
def test_a_missing_privilege_is_known_where_its_end_is_cut_off(length: int) -> None:
    for message in TUNED:
        if message["class"] == "permission.missing_privilege" and message["text"].startswith("Princ"):
            text = WRAPPERS[0].format(message["text"])[:length]
            assert load_classifier().classify(text).class_code == message["class"], text


def test_of_a_principal_that_is_cut_off_the_kind_and_id_are_known() -> None:
    user = "5d0cbbb3-1f4b-4c5b-8c5e-1f0a2b3c4d5e"
    text = (
        f"Modifying Account failed because of the following error: Principal user (Id={user}, type=8, "
        "roleCount=6, privilegeCount=1491, accessMode='0 Read-Write', "
        "AADObjectId='6d0cbbb3-1f4b-4c5b-8c5e-1f0a2b3c4d5e', MetadataCachePrivilegesCount=5214, bus"
    )
    diagnosis = load_classifier().classify(text)
    assert diagnosis.class_code == "permission.missing_privilege"
    assert diagnosis.params["user_id"] == user
    assert diagnosis.params["principal"] == "user"


@pytest.mark.parametrize(
    "message",
    [message for message in TUNED if "privilege" in message.get("params", {})],
    ids=lambda message: message["text"][:40],
)
def test_privilege_and_principal_are_read_out(message: dict[str, Any]) -> None:
    params = load_classifier().classify(message["text"]).params
    for key, value in message["params"].items():
        assert str(params.get(key)).casefold() == str(value).casefold(), key


def test_of_what_was_set_aside_95_of_100_are_right() -> None:
    hits = sum(right(message, message["text"]) for message in SET_ASIDE)
    assert hits >= 0.95 * len(SET_ASIDE)


def test_of_noise_at_most_2_of_100_get_a_confident_answer() -> None:
    confident = sum(load_classifier().classify(each["text"]).class_code != UNKNOWN for each in NOISE)
    assert confident <= 0.02 * len(NOISE)
