"""Where worlds differ: each difference by account and field, and which of them are listed with a reason."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tests.worlds.state import LISTED, EndState

NOTHING = "nothing"
EACH = "each"
"""No two worlds agree."""


@dataclass(frozen=True, slots=True)
class Difference:
    subject: str
    field: str
    values: Mapping[str, object]
    """By world."""

    def __str__(self) -> str:
        return f"{self.subject}, {self.field}: " + ", ".join(f"{value} ({name})" for name, value in self.values.items())


@dataclass(frozen=True, slots=True)
class Known:
    """A line of the list."""

    field: str
    """With `*` for any text."""
    alone: str
    """The world that differs from all others, which agree; or EACH."""
    why: str

    def covers(self, difference: Difference) -> bool:
        if self.alone == EACH:
            differ = len({*map(str, difference.values.values())}) == len(difference.values)
        else:
            others = [value for name, value in difference.values.items() if name != self.alone]
            differ = self.alone in difference.values and all(value == others[0] for value in others)
        return differ and fnmatchcase(difference.field, self.field)


@dataclass(frozen=True, slots=True)
class Comparison:
    unlisted: Sequence[Difference]
    listed: Mapping[Known, int]
    """How often each occurred."""
    stale: Sequence[Known]
    """Lines for one of the worlds that nothing is behind any more."""

    @property
    def held(self) -> bool:
        return not (self.unlisted or self.stale)

    def __str__(self) -> str:
        lines = [*map(str, self.unlisted)]
        lines += [f"listed, and not there any more: {known.field}, {known.alone} alone" for known in self.stale]
        return "\n".join(lines)


def listed() -> Sequence[Known]:
    table = tomllib.loads(LISTED.read_text())["difference"]
    return [Known(field, entry["alone"], entry["why"]) for entry in table for field in entry["fields"]]


def compare(worlds: Mapping[str, EndState], known: Iterable[Known] | None = None) -> Comparison:
    """Of two worlds or more."""
    expected = [each for each in (listed() if known is None else known) if each.alone in (*worlds, EACH)]
    counts = dict.fromkeys(expected, 0)
    unlisted = []
    for difference in _differences(worlds):
        reason = next((each for each in expected if each.covers(difference)), None)
        if reason is None:
            unlisted.append(difference)
        else:
            counts[reason] += 1
    return Comparison(unlisted, counts, [each for each, times in counts.items() if not times])


def _differences(worlds: Mapping[str, EndState]) -> Iterator[Difference]:
    for subject in sorted({subject for state in worlds.values() for subject in state}):
        found = {name: state.get(subject, {}) for name, state in worlds.items()}
        for field in sorted({field for fields in found.values() for field in fields}):
            values = {name: fields.get(field, NOTHING) for name, fields in found.items()}
            if any(value != values[name] for name in values for value in values.values()):
                yield Difference(subject, field, values)


def missed(expected: EndState, name: str, state: EndState) -> Sequence[Difference]:
    """Where a world is not as expected, in what the expectation has a word for: it says nothing of other fields, but
    what it has a word for must not be there once more.
    """
    words = {_word(field) for fields in expected.values() for field in fields}
    told = {
        subject: {field: value for field, value in fields.items() if _word(field) in words}
        for subject, fields in state.items()
        if subject != "answers"
    }
    return [*_differences({"expected": expected, name: told})]


def _word(field: str) -> tuple[str, str]:
    """What kind of field it is: of which part, and its last word."""
    first, _, rest = field.partition(" ")
    if first in ("link", "records") and rest.startswith("recurly:"):
        first = "recurly"
    return first, "" if first in ("published", "hints:") else rest.rpartition(" ")[2]
