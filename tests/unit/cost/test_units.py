from typing import Any

import pytest

from tests.stack.meter.units import billed, read_units, table, woken, write_units

SMALL = {"pk": {"S": "a"}, "n": {"N": "-12345"}, "yes": {"BOOL": True}}
LARGE = {"pk": {"S": "a"}, "body": {"S": "é" * 2_046}}  # 3 + 4 + 4092 = 4099 bytes
LISTED = {"l": {"L": [{"S": "x" * 2_045}, {"S": "x" * 2_045}]}}  # 1 + 3 + 2 * 2046 = 4096 bytes


@pytest.mark.parametrize(
    ("item", "consistent", "units"),
    [(SMALL, True, 1), (SMALL, False, 0.5), (LARGE, True, 2), (LARGE, False, 1), (LISTED, True, 1)],
)
def test_an_item_is_read_by_blocks_of_four_kilobytes(item: dict[str, Any], consistent: bool, units: float) -> None:  # noqa: FBT001 - a parameter of the test
    assert read_units("GetItem", {"ConsistentRead": consistent}, {"Item": item}) == units


def test_what_is_not_there_is_billed_as_the_least_that_is() -> None:
    asked = {"RequestItems": {"links": {"Keys": [{}, {}, {}], "ConsistentRead": True}}}

    assert read_units("GetItem", {"ConsistentRead": True}, {}) == 1
    assert read_units("BatchGetItem", asked, {"Responses": {}}) == 3
    assert read_units("BatchGetItem", asked, {"Responses": {"links": [SMALL, LARGE]}}) == 4


def test_a_query_is_rounded_up_once() -> None:
    assert read_units("Query", {"ConsistentRead": True}, {"Items": [SMALL] * 100}) == 1
    assert read_units("Query", {}, {"Items": [LARGE, LARGE]}) == 1.5
    assert read_units("Query", {}, {"Items": []}) == 0.5


def test_write_units_are_the_answers() -> None:
    used = {"CapacityUnits": 2.0}

    assert write_units("PutItem", {"ConsumedCapacity": used}) == 2
    assert write_units("TransactWriteItems", {"ConsumedCapacity": [used, used]}) == 4
    assert write_units("GetItem", {"ConsumedCapacity": used}) == 0
    assert read_units("PutItem", {}, {"ConsumedCapacity": used}) == 0


def test_messages_are_billed_by_each_64_kilobytes_begun() -> None:
    entries = [{"MessageBody": "x" * 40_000}] * 2

    assert billed("SendMessageBatch", {"Entries": entries[:1]}) == 1
    assert billed("SendMessageBatch", {"Entries": entries}) == 2
    assert billed("PutEvents", {"Entries": [{"Detail": "{}"}] * 3}) == 3
    assert billed("Publish", {"Message": "x" * 65_537}) == 2
    assert billed("GetItem", {}) == 0


def test_a_call_is_of_the_table_it_names() -> None:
    assert table({"TableName": "config"}) == "config"
    assert table({"RequestItems": {"links": {}}}) == "links"
    assert table({"QueueUrl": "x"}) == ""


def test_what_wakes_a_function_is_told_with_its_number() -> None:
    assert woken({"Records": [{"eventSource": "aws:sqs"}] * 2}) == {"by": "queue", "records": 2}
    assert woken({"Records": [{"eventSource": "aws:dynamodb"}]}) == {"by": "stream", "records": 1}
    assert woken({"Records": []}) == {"by": "nothing", "records": 0}
    assert woken({"requestContext": {}}) == {"by": "http", "records": 1}
    assert woken({"source": "aws.scheduler"}) == {"by": "schedule", "records": 1}
