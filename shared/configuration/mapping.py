"""A source's field mapping: from a record's properties to the fields of an account."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from shared.access.people import UserDirectory
from shared.accounts.account import OWNER
from shared.accounts.catalogue import SYNCED_TIER, Catalogue
from shared.accounts.contribution import RecordUpdate
from shared.accounts.identity import FieldName
from shared.accounts.values import FieldType, Json, Value, ValueRefused
from shared.configuration.records import SourceRecord
from shared.configuration.sources import TIER_PROPERTY, PropertyMapping, SourceConfig

_TRUTHS: Mapping[object, bool] = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Mapped:
    update: RecordUpdate
    unmapped: Mapping[str, int]
    """Each property that came and no field takes, once."""
    rejects: tuple[Mapping[str, str], ...]
    """`record` and `reason` of each property that was withheld or does not fit its field; the field is left as it was.
    """


def map_record(record: SourceRecord, config: SourceConfig, catalogue: Catalogue, directory: UserDirectory) -> Mapped:
    """What `record` says of its account's fields.

    Its version counts the mapping's revision, so that the same record under a new mapping is newer.
    """
    mappings = _mappings(record, config, catalogue)
    values: dict[FieldName, Value | None] = {}
    rejects = list(record.withheld)
    for mapping in mappings:
        target = SYNCED_TIER.name if mapping.target == TIER_PROPERTY else mapping.target
        try:
            values[target] = _value(record.properties[mapping.property], mapping, target, catalogue)
        except ValueRefused as refused:
            rejects.append(f"{mapping.property} does not fit {mapping.target}: {refused}")
    rejects.extend(_resolve_owner(values, directory))
    taken = {mapping.property for mapping in mappings}
    update = RecordUpdate(
        key=record.key,
        version=record.version.revised(config.mapping_revision),
        values=values,
        deleted=record.deleted,
        also_known_as=record.also_known_as,
    )
    reasons = tuple({"record": str(record.key), "reason": reason} for reason in rejects)
    return Mapped(update, {name: 1 for name in record.properties if name not in taken}, reasons)


def _mappings(record: SourceRecord, config: SourceConfig, catalogue: Catalogue) -> list[PropertyMapping]:
    named: Iterable[PropertyMapping] = config.mapping if config.mapping is not None else _by_name(record, catalogue)
    return [mapping for mapping in named if mapping.property in record.properties]


def _by_name(record: SourceRecord, catalogue: Catalogue) -> Iterable[PropertyMapping]:
    """The default: a property that bears a field's name is that field."""
    for name in record.properties:
        if (name in catalogue and name not in catalogue.scores) or name == TIER_PROPERTY:
            yield _onto_its_name(name)


@lru_cache(maxsize=256)
def _onto_its_name(name: str) -> PropertyMapping:
    return PropertyMapping(name, FieldName(name))


def _value(raw: Json, mapping: PropertyMapping, target: FieldName, catalogue: Catalogue) -> Value | None:
    """Raises ValueRefused. Systems send whole numbers and truths as texts, and the other way round: both are taken
    where nothing is guessed.
    """
    kind = catalogue.types[target]
    if isinstance(raw, (str, int)) and mapping.translate:
        raw = mapping.translate.get(_as_text(raw), raw)
    if raw is None:
        return None
    if kind.type is FieldType.BOOLEAN and isinstance(raw, str):
        raw = _TRUTHS.get(raw, raw)
    if kind.type in (FieldType.STRING, FieldType.ENUM) and isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw)
    return kind.parse(raw)


def _as_text(raw: str | int) -> str:
    return str(raw).lower() if isinstance(raw, bool) else str(raw)


def _resolve_owner(values: dict[FieldName, Value | None], directory: UserDirectory) -> Iterable[str]:
    """Puts the user's id in the place of an e-mail address; one that is no user's is kept, and said."""
    owner = values.get(OWNER)
    if not isinstance(owner, str) or not owner:
        return
    user = directory.find(owner)
    if user is None:
        yield f"owner {owner} is no user of this deployment: nobody is mailed"
    else:
        values[OWNER] = user.id
