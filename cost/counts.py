"""The counts that are kept: what one webhook of each kind makes the deployed functions do."""

import json
from collections.abc import Iterator, Mapping
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from pathlib import Path

FILE = Path(__file__).parent / "counts.json"
AT_MOST = "log_bytes"
"""The one group whose numbers are ceilings: a line's length varies with what it tells."""
_ROUND, _SLACK = 20, 8
"""Bytes."""


class Kind(StrEnum):
    """Of webhook, by what it changes."""

    NOT_NEWER = "not_newer"
    VALUE = "value"
    TIER = "tier"
    TIER_AND_MAIL = "tier_and_mail"

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS = {
    Kind.NOT_NEWER: "not newer",
    Kind.VALUE: "a value",
    Kind.TIER: "a tier",
    Kind.TIER_AND_MAIL: "a tier, mailed",
}

type Counts = Mapping[str, Mapping[str, Decimal]]
"""Numbers a webhook by group (`calls`, `write_units`, …) and name (`ingest dynamodb.PutItem`, `ingest`, …)."""


def kept(file: Path = FILE) -> dict[Kind, Counts]:
    document = json.loads(file.read_text("utf-8"), parse_float=Decimal, parse_int=Decimal)
    return {Kind(kind): counts for kind, counts in document.items()}


def keep(counts: Mapping[Kind, Counts], file: Path = FILE) -> None:
    """Writes them in the place of those that were kept, log bytes rounded up."""
    document = {
        kind.value: {group: _numbers(group, numbers) for group, numbers in sorted(counts[kind].items())}
        for kind in Kind
    }
    file.write_text(json.dumps(document, indent=2) + "\n", "utf-8")


def differences(kind: Kind, counted: Counts, kept: Counts) -> Iterator[str]:
    """A sentence for each number that is not the one that is kept."""
    for group in sorted({*counted, *kept}):
        numbers, known = counted.get(group, {}), kept.get(group, {})
        for name in sorted({*numbers, *known}):
            now, then = numbers.get(name, Decimal(0)), known.get(name, Decimal(0))
            if now > then if group == AT_MOST else now != then:
                yield (
                    f"a webhook of the kind {kind.words!r}: {group} of {name} are {_plain(now)}, and "
                    f"{'at most ' if group == AT_MOST else ''}{_plain(then)} in cost/{FILE.name}. "
                    "If that is meant, `make counts` keeps it."
                )


def _numbers(group: str, numbers: Mapping[str, Decimal]) -> dict[str, int | float]:
    rounded = {name: _ceiling(number) if group == AT_MOST else number for name, number in numbers.items()}
    return {name: int(number) if number == int(number) else float(number) for name, number in sorted(rounded.items())}


def _ceiling(number: Decimal) -> Decimal:
    return ((number + _SLACK) / _ROUND).to_integral_value(ROUND_CEILING) * _ROUND


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
