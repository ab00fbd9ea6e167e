"""What a webhook leaves for ingest survives the queue to the digit."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.accounts.identity import SourceName
from shared.runtime.hints import MAX_BYTES, BadHint, HintMessage, HintTooLarge, read, write

NOW = datetime(2026, 11, 22, 7, 0, 0, 5, tzinfo=UTC)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.decimals(allow_nan=False, allow_infinity=False, places=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


@given(record=st.dictionaries(st.text(max_size=8), JSON, max_size=4), attempt=st.integers(0, 300))
def test_a_record_is_read_as_it_was_written(record: dict[str, None], attempt: int) -> None:
    hint = HintMessage(SourceName("generic"), "key", NOW, record=record, attempt=attempt)

    message = write(hint, delay_seconds=7)

    assert read(message.body) == hint
    assert message.delay_seconds == 7
    assert message.body.isascii()


def test_a_number_keeps_its_digits() -> None:
    message = write(HintMessage(SourceName("generic"), "key", NOW, record={"mrr": Decimal("0.10")}))

    assert '"mrr":0.10' in message.body


def test_a_hint_that_no_message_holds_is_refused() -> None:
    with pytest.raises(HintTooLarge):
        write(HintMessage(SourceName("generic"), "key", NOW, record={"name": "x" * MAX_BYTES}))


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no json",
        "[]",
        "{}",
        "[" * 100_000,
        '{"source":"generic","delivery":"d","received_at":"2026-11-22T07:00:00Z","attempt":0}',
        '{"source":"generic","delivery":"d","received_at":"yesterday","attempt":0,"subject":"s"}',
        '{"source":"generic","delivery":"d","received_at":1,"attempt":0,"subject":"s"}',
        '{"source":"generic","delivery":"d","received_at":"2026-11-22T07:00:00Z","attempt":-1,"subject":"s"}',
        '{"source":"generic","delivery":"d","received_at":"2026-11-22T07:00:00Z","attempt":true,"subject":"s"}',
        '{"source":"generic","delivery":1,"received_at":"2026-11-22T07:00:00Z","attempt":0,"subject":"s"}',
        '{"source":"generic","delivery":"d","received_at":"2026-11-22T07:00:00Z","attempt":0,"record":[]}',
        '{"source":"generic","delivery":"d","received_at":"2026-11-22T07:00:00Z","attempt":0,"record":{},"more":1}',
        '{"source":"g","delivery":"d","received_at":"2026-11-22T07:00:00Z","attempt":0,"subject":"s","record":{}}',
    ],
    ids=lambda body: body[-24:],
)
def test_a_message_that_nobody_of_ours_wrote_is_told_apart(body: str) -> None:
    with pytest.raises(BadHint):
        read(body)
