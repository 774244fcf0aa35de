"""Messages inside JSON bodies and SOAP faults."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.diagnosis import load_classifier
from bot.diagnosis.envelopes import opened

MESSAGE = "A record with matching key values already exists."


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"error": {"code": "0x80040237", "message": MESSAGE}}),
        json.dumps({"error": {"code": "0x80040237", "message": MESSAGE}}, indent=2),
        json.dumps({"error": {"message": json.dumps({"error": {"code": "0x80040237", "message": MESSAGE}})}}),
        '[{\\"error\\":{\\"code\\":\\"0x80040237\\",\\"message\\":\\"' + MESSAGE + '\\"}}]',
        f"<OrganizationServiceFault><ErrorCode>0</ErrorCode><Message>{MESSAGE}</Message>",
        f'<s:Fault><faultstring xml:lang="en-US">{MESSAGE}</faultstring></s:Fault>',
        f'Modifying Account failed because of the following error: {{"error":{{"message":"{MESSAGE}"}}}}',
    ],
)
def test_the_message_inside_decides(body: str) -> None:
    assert opened(body).endswith(MESSAGE)
    assert load_classifier().classify(body).class_code == "data.duplicate_key"


def test_the_code_of_the_body_is_kept() -> None:
    body = json.dumps({"error": {"code": "0x80072322", "message": "Too much."}})
    diagnosis = load_classifier().classify(body)
    assert diagnosis.class_code == "throttling.limit"
    assert diagnosis.params["code"] == "0x80072322"


def test_what_stands_before_a_long_fault_is_the_message() -> None:
    text = (
        f"{MESSAGE} And more words than a label has. Detail: <OrganizationServiceFault><Message>x</Message>"
    )
    assert opened(text) == f"{MESSAGE} And more words than a label has."


def test_a_body_that_is_cut_off_is_opened_too() -> None:
    cut = '{"error":{"code":"0x80040237","message":"A record with mat'
    assert opened(cut) == "A record with mat"
    assert opened('{"error":{"message":"A \\u00e9t\\u00e9","x') == "A été"


@given(st.text(alphabet='{}<>"\\messageM:/ab ', max_size=400))
def test_any_text_comes_through(text: str) -> None:
    assert isinstance(opened(text), str)


@pytest.mark.parametrize(
    "part", ['{"message":"', '\\"message\\":', "<Message ", "<faultstring>", '"message":"\\']
)
def test_no_text_makes_it_slow(part: str) -> None:
    text = part * (400_000 // len(part))
    started = time.process_time()
    opened(text)
    assert time.process_time() - started < 2
