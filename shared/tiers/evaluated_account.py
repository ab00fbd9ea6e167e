"""An account as a trial evaluation describes it: in JSON, instead of a store's item."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import pairwise

from shared.accounts.account import Account
from shared.accounts.catalogue import SYNCED_TIER, Catalogue
from shared.accounts.contribution import Contribution
from shared.accounts.history import History
from shared.accounts.identity import AccountId, FieldName, RecordKey, RuleId, SourceName, TierId
from shared.accounts.merge import ARR, MONTHS, MRR
from shared.accounts.standing import Method, Override, Pending, Standing
from shared.accounts.values import FieldType, Json, Value, parse_moment
from shared.accounts.version import Version
from shared.rules.errors import Code
from shared.rules.moment import seconds_of
from shared.rules.reading import Reading, escaped
from shared.tiers.model import TierModel

MAX_HISTORY = 1_000

_METHODS = {method.value: method for method in Method}
_TRIAL = RecordKey(SourceName("evaluate"), "account")


def parse_account(
    document: Json, pointer: str, *, tiers: TierModel, catalogue: Catalogue, reading: Reading, now: datetime
) -> Account:
    """The account that `document` describes; what is wrong with it is refused in `reading`."""
    return _Parser(tiers, catalogue, reading, now).account(document, pointer)


@dataclass(frozen=True, slots=True)
class _Parser:
    tiers: TierModel
    catalogue: Catalogue
    reading: Reading
    now: datetime

    def account(self, document: Json, pointer: str) -> Account:
        given = self.reading.members(
            document,
            pointer,
            optional=("id", "fields", "history", "last_known", "tier", "pending", "synced_tier", "override"),
        )
        values = dict(self._values(given.get("fields", {}), f"{pointer}/fields"))
        last_known = dict(self._values(given.get("last_known", {}), f"{pointer}/last_known"))
        present = dict(self._with_arr(values))
        known = {**last_known, **present}
        histories = dict(self._histories(given.get("history", {}), known, f"{pointer}/history"))
        if ARR in present and ARR not in {**values, **histories} and MRR in histories:
            histories[ARR] = histories[MRR].times(MONTHS)
        synced = self._text(given, "synced_tier", pointer)
        if synced:
            present[SYNCED_TIER.name] = synced
        return Account(
            id=AccountId(self._text(given, "id", pointer) or ""),
            created_at=self.now,
            version=1,
            records=self._once_known({*last_known, *histories} - {*present}),
            values=present,
            histories={**dict(self._last_known(last_known, present)), **histories},
            standing=replace(
                self._standing(given.get("tier"), f"{pointer}/tier"),
                pending=self._pending(given.get("pending"), f"{pointer}/pending"),
            ),
            override=self._override(given.get("override"), f"{pointer}/override"),
        )

    def _values(self, document: Json, pointer: str) -> Iterator[tuple[FieldName, Value]]:
        for name, raw, where in self._by_field(document, pointer):
            value = self.reading.attempt(partial(self.catalogue.types[name].parse, raw), where, None)
            if value is not None:
                yield name, value

    def _by_field(self, document: Json, pointer: str) -> Iterator[tuple[FieldName, Json, str]]:
        """Name, what is said of it and where, but for nulls: they say nothing."""
        if not isinstance(document, Mapping):
            self.reading.refuse(pointer, Code.VALUE_NOT_FOR_TYPE, "write an object with the fields' names as keys")
            return
        for key, raw in document.items():
            where = f"{pointer}/{escaped(key)}"
            if key not in self.catalogue:
                self.reading.refuse(where, Code.UNKNOWN_FIELD, f"there is no field {key[:100]!r}")
            elif key in self.catalogue.scores:
                self.reading.refuse(where, Code.UNKNOWN_KEY, f"leave it out: {key} is a score, which is computed")
            elif raw is not None:
                yield FieldName(key), raw, where

    def _histories(
        self, document: Json, known: Mapping[FieldName, Value], pointer: str
    ) -> Iterator[tuple[FieldName, History]]:
        """`known`: the fields' present values, or the ones that they had last."""
        for name, raw, where in self._by_field(document, pointer):
            entries = [self._entry(name, item, at) for at, item in self.reading.items(raw, where, at_most=MAX_HISTORY)]
            read = [entry for entry in entries if entry is not None]
            if not read or len(read) < len(entries):
                continue
            self._in_order([at for at, _ in read], where)
            if known.get(name, read[-1][1]) != read[-1][1]:
                advice = "the last entry is the field's present value, or the one that it had last"
                self.reading.refuse(where, Code.VALUE_NOT_FOR_TYPE, advice)
            yield name, History(tuple((seconds_of(at), value) for at, value in read))

    def _in_order(self, times: Sequence[datetime], pointer: str) -> None:
        for index, (before, at) in enumerate(pairwise(times), start=1):
            if at < before:
                advice = "this entry is earlier than the one before it: write the oldest first"
                self.reading.refuse(f"{pointer}/{index}/0", Code.VALUE_NOT_FOR_TYPE, advice)

    def _entry(self, name: FieldName, entry: Json, pointer: str) -> tuple[datetime, Value] | None:
        if not isinstance(entry, list) or len(entry) != 2:  # noqa: PLR2004 - a pair
            self.reading.refuse(pointer, Code.VALUE_NOT_FOR_TYPE, "write [time, value]")
            return None
        at = self._moment(entry[0], f"{pointer}/0")
        value = self.reading.attempt(partial(self.catalogue.types[name].parse, entry[1]), f"{pointer}/1", None)
        return None if value is None else (at, value)

    def _last_known(
        self, known: Mapping[FieldName, Value], values: Mapping[FieldName, Value]
    ) -> Iterator[tuple[FieldName, History]]:
        """Of missing fields; when they had that value isn't told."""
        return (
            (name, History(((seconds_of(self.now), value),))) for name, value in known.items() if name not in values
        )

    def _once_known(self, names: set[FieldName]) -> Mapping[RecordKey, Contribution]:
        """A record that gave these fields and cleared them since."""
        cleared = Contribution(Version.of_number(1), self.now, dict.fromkeys(sorted(names)))
        return {_TRIAL: cleared} if names else {}

    def _with_arr(self, values: Mapping[FieldName, Value]) -> Mapping[FieldName, Value]:
        mrr = values.get(MRR)
        derived = all(
            name in self.catalogue and self.catalogue.types[name].type is FieldType.MONEY for name in (MRR, ARR)
        )
        return {**values, ARR: mrr * MONTHS} if derived and ARR not in values and isinstance(mrr, int) else values

    def _standing(self, document: Json, pointer: str) -> Standing:
        if document is None:
            return Standing()
        given = self.reading.members(document, pointer, required=("id",), optional=("method", "rule", "since"))
        tier, rule, method = (self._text(given, key, pointer) for key in ("id", "rule", "method"))
        since = given.get("since")
        return Standing(
            tier=TierId(tier) if tier else None,
            method=self.reading.choice(method, f"{pointer}/method", _METHODS, Method.RULES) if method else Method.RULES,
            rule=RuleId(rule) if rule else None,
            since=None if since is None else self._moment(since, f"{pointer}/since"),
            changes=1,
        )

    def _pending(self, document: Json, pointer: str) -> Pending | None:
        if document is None:
            return None
        given = self.reading.members(document, pointer, required=("tier", "since"))
        tier = self._text(given, "tier", pointer)
        if tier is not None and tier not in self.tiers.by_id:
            self.reading.refuse(f"{pointer}/tier", Code.UNKNOWN_TIER, "write the id of one of the tiers, or null")
        since = self._moment(given["since"], f"{pointer}/since") if "since" in given else self.now
        return Pending(TierId(tier) if tier else None, since)

    def _override(self, document: Json, pointer: str) -> Override | None:
        if document is None:
            return None
        given = self.reading.members(
            document, pointer, required=("tier",), optional=("reason", "author", "set_at", "expires_at")
        )
        tier = self._text(given, "tier", pointer)
        if tier not in self.tiers.by_id:
            self.reading.refuse(f"{pointer}/tier", Code.UNKNOWN_TIER, "write the id of one of the tiers")
        expires, set_at = given.get("expires_at"), given.get("set_at")
        return Override(
            tier=TierId(tier or ""),
            reason=self._text(given, "reason", pointer) or "",
            author=self._text(given, "author", pointer) or "",
            set_at=self.now if set_at is None else self._moment(set_at, f"{pointer}/set_at"),
            expires_at=None if expires is None else self._moment(expires, f"{pointer}/expires_at"),
        )

    def _text(self, given: Mapping[str, Json], key: str, pointer: str) -> str | None:
        value = given.get(key)
        return None if value is None else self.reading.text(value, f"{pointer}/{key}", empty=True)

    def _moment(self, raw: Json, pointer: str) -> datetime:
        text = self.reading.text(raw, pointer)
        return self.reading.attempt(partial(parse_moment, text), pointer, self.now)
