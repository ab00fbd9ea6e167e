"""An account as a trial evaluation describes it: in JSON, instead of a store's item."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from shared.accounts.account import Account
from shared.accounts.catalogue import SYNCED_TIER, Catalogue
from shared.accounts.contribution import Contribution
from shared.accounts.identity import AccountId, FieldName, RecordKey, RuleId, SourceName, TierId
from shared.accounts.merge import ARR, MONTHS, MRR
from shared.accounts.standing import Method, Override, Standing
from shared.accounts.values import FieldType, Json, Value, parse_moment
from shared.accounts.version import Version
from shared.rules.errors import Code
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
        known = dict(self._values(given.get("last_known", {}), f"{pointer}/last_known"))
        histories = set(self._histories(given.get("history", {}), values, f"{pointer}/history"))
        synced = self._text(given, "synced_tier", pointer)
        if synced:
            values[SYNCED_TIER.name] = synced
        if "pending" in given and given["pending"] is not None:
            self.reading.members(given["pending"], f"{pointer}/pending", required=("tier", "since"))
        return Account(
            id=AccountId(self._text(given, "id", pointer) or ""),
            created_at=self.now,
            version=1,
            records=self._once_known({*known, *histories} - {*values}),
            values=self._with_arr(values),
            standing=self._standing(given.get("tier"), f"{pointer}/tier"),
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
            elif raw is not None:
                yield FieldName(key), raw, where

    def _histories(self, document: Json, values: Mapping[FieldName, Value], pointer: str) -> Iterator[FieldName]:
        for name, raw, where in self._by_field(document, pointer):
            last = None
            for at, entry in self.reading.items(raw, where, at_most=MAX_HISTORY):
                last = self._entry(name, entry, at)
            if name in values and last is not None and last != values[name]:
                self.reading.refuse(where, Code.VALUE_NOT_FOR_TYPE, "the last entry is the field's present value")
            yield name

    def _entry(self, name: FieldName, entry: Json, pointer: str) -> Value | None:
        if not isinstance(entry, list) or len(entry) != 2:  # noqa: PLR2004 - a pair
            self.reading.refuse(pointer, Code.VALUE_NOT_FOR_TYPE, "write [time, value]")
            return None
        self._moment(entry[0], f"{pointer}/0")
        return self.reading.attempt(partial(self.catalogue.types[name].parse, entry[1]), f"{pointer}/1", None)

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
            method=self.reading.choice(method, f"{pointer}/method", _METHODS, Method.RULES) if method else None,
            rule=RuleId(rule) if rule else None,
            since=None if since is None else self._moment(since, f"{pointer}/since"),
            changes=1,
        )

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
