"""What AWS bills of a call, from its parameters and its answer, by each service's own rules.

DynamoDB's sizes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from collections.abc import Iterable, Mapping
from typing import Any

READ_BLOCK = 4_096
"""Bytes of a read unit."""
CHUNK = 65_536
"""Bytes of a message or event that are billed as one."""
WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"})

type Call = Mapping[str, Any]


def write_units(operation: str, answer: Call) -> float:
    """As the answer bears them: DynamoDB alone knows the item that was there before, and what its indexes held."""
    return sum(float(used["CapacityUnits"]) for used in _consumed(answer)) if operation in WRITES else 0.0


def read_units(operation: str, parameters: Call, answer: Call) -> float:
    """From the items' bytes. Each item of a batch is rounded up by itself, those of a query together; what is not there
    is billed as the least that is.
    """
    match operation:
        case "GetItem":
            return _read([_bytes(answer.get("Item", {}))], parameters)
        case "BatchGetItem":
            return sum(
                _read(_with_absent(answer["Responses"].get(table, []), len(asked["Keys"])), asked)
                for table, asked in parameters["RequestItems"].items()
            )
        case "Query" | "Scan" if parameters.get("Select") != "COUNT":
            return _read([sum(map(_bytes, answer["Items"]))], parameters)
        case _:
            return 0.0 if operation in WRITES else sum(float(used["CapacityUnits"]) for used in _consumed(answer))


def billed(operation: str, parameters: Call) -> int:
    """Requests of a queue, messages of a topic or events of a bus: one for each 64 KB begun; 0 for any other call."""
    match operation:
        case "SendMessageBatch":
            return _chunks(sum(len(entry["MessageBody"].encode()) for entry in parameters["Entries"]))
        case "Publish":
            return _chunks(len(parameters["Message"].encode()))
        case "PutEvents":
            return sum(_chunks(len(entry["Detail"].encode())) for entry in parameters["Entries"])
        case _:
            return 0


def table(parameters: Call) -> str:
    """Of a call on one table; of a batch the first, of a transaction none: it may write several."""
    named = parameters.get("TableName") or next(iter(parameters.get("RequestItems", {})), "")
    return str(named)


def woken(event: Call) -> dict[str, object]:
    """By what a function was called, and with how many records or messages."""
    records = event.get("Records")
    if records is None:
        return {"by": "http" if "requestContext" in event else "schedule", "records": 1}
    source = records[0]["eventSource"] if records else ""
    return {"by": {"aws:sqs": "queue", "aws:dynamodb": "stream"}.get(source, "nothing"), "records": len(records)}


def _read(sizes: Iterable[int], asked: Call) -> float:
    units = sum(max(1, -(-size // READ_BLOCK)) for size in sizes)
    return float(units) if asked.get("ConsistentRead") else units / 2


def _with_absent(items: list[Call], asked: int) -> list[int]:
    return [*map(_bytes, items), *[0] * (asked - len(items))]


def _chunks(size: int) -> int:
    return max(1, -(-size // CHUNK))


def _consumed(answer: Call) -> list[Call]:
    used = answer.get("ConsumedCapacity", [])
    return used if isinstance(used, list) else [used]


def _bytes(item: Call) -> int:
    """Names and values in UTF-8; a number takes a byte for each two of its digits, and one more."""
    return sum(len(name.encode()) + _value_bytes(*typed.items()) for name, typed in item.items())


def _value_bytes(typed: tuple[str, Any]) -> int:
    kind, value = typed
    match kind:
        case "S":
            return len(value.encode())
        case "N":
            return 1 + (len(value.strip("-").replace(".", "")) + 1) // 2
        case "SS":
            return sum(len(each.encode()) for each in value)
        case "L":
            return 3 + sum(1 + _value_bytes(*each.items()) for each in value)
        case "BOOL" | "NULL":
            return 1
        case _:
            raise ValueError(f"no item of ours has a value of type {kind}")
