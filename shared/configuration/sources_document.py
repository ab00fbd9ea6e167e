"""A source as a JSON document: its mapping, schedule and address."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from shared.accounts.catalogue import Catalogue
from shared.accounts.identity import FieldName, SourceName
from shared.accounts.values import Json
from shared.configuration.sources import TIER_PROPERTY, PropertyMapping, SourceConfig
from shared.rules.errors import Code
from shared.rules.reading import Reading, escaped

MAX_MAPPINGS = 500
MAX_TRANSLATIONS = 1_000
SYNC_MINUTES = (5, 1_440)


def parse_source(
    name: SourceName, document: Json, catalogue: Catalogue, before: SourceConfig | None = None
) -> SourceConfig:
    """Raises DocumentRefused. Where the mapping differs from `before`, `mapping_revision` is one higher."""
    reading = Reading()
    keys = ("enabled", "mapping", "sync_minutes", "base_url", "mapping_revision")
    given = reading.members(document, "", optional=keys)
    mapping = given.get("mapping")
    config = SourceConfig(
        name=name,
        enabled=reading.flag(given.get("enabled", True), "/enabled"),
        mapping=None if mapping is None else _mappings(reading, mapping, catalogue),
        sync_minutes=_minutes(reading, given.get("sync_minutes")),
        base_url=_address(reading, given.get("base_url")),
        mapping_revision=_stored_revision(given, before),
    )
    reading.done()
    if before is not None and config.mapping != before.mapping:
        return replace(config, mapping_revision=config.mapping_revision + 1)
    return config


def source_to_json(config: SourceConfig) -> dict[str, Json]:
    return {
        "enabled": config.enabled,
        "mapping": None
        if config.mapping is None
        else [
            {"property": entry.property, "field": entry.target, "translate": dict(entry.translate)}
            for entry in config.mapping
        ],
        "sync_minutes": config.sync_minutes,
        "base_url": config.base_url,
        "mapping_revision": config.mapping_revision,
    }


def _stored_revision(given: Mapping[str, Json], before: SourceConfig | None) -> int:
    """The server counts revisions: a client's figure is read only where no earlier source is at hand (the store)."""
    stored = given.get("mapping_revision")
    return before.mapping_revision if before else stored if isinstance(stored, int) else 0


def _minutes(reading: Reading, value: Json) -> int | None:
    return None if value is None else reading.whole(value, "/sync_minutes", least=SYNC_MINUTES[0], most=SYNC_MINUTES[1])


def _address(reading: Reading, value: Json) -> str | None:
    """The scheme and host are judged again when the address is called: here only its form."""
    if value is None:
        return None
    text = reading.text(value, "/base_url", at_most=500)
    parts = reading.attempt(lambda: urlsplit(text), "/base_url", urlsplit(""))
    if text and (parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.query):
        reading.refuse("/base_url", Code.VALUE_NOT_FOR_TYPE, "write an address such as https://v3.eu.recurly.com")
    return text.rstrip("/")


def _mappings(reading: Reading, document: Json, catalogue: Catalogue) -> tuple[PropertyMapping, ...]:
    found: list[PropertyMapping] = []
    for pointer, item in reading.items(document, "/mapping", at_most=MAX_MAPPINGS):
        given = reading.members(item, pointer, required=("property", "field"), optional=("translate",))
        source_property = reading.text(given.get("property", ""), f"{pointer}/property", at_most=256)
        target = FieldName(reading.text(given.get("field", ""), f"{pointer}/field", at_most=64))
        if target and target != TIER_PROPERTY and target not in catalogue:
            reading.refuse(
                f"{pointer}/field", Code.UNKNOWN_FIELD, f"no field is named {target!r}: add it first, or name another"
            )
        if target in catalogue.scores:
            message = f"{target} is a score, which is computed: name a field that takes values"
            reading.refuse(f"{pointer}/field", Code.UNKNOWN_FIELD, message)
        if target in {entry.target for entry in found}:
            reading.refuse(f"{pointer}/field", Code.DUPLICATE_ID, f"{target} is mapped already")
        found.append(
            PropertyMapping(source_property, target, _translations(reading, given.get("translate", {}), pointer))
        )
    return tuple(found)


def _translations(reading: Reading, value: Json, pointer: str) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > MAX_TRANSLATIONS:
        reading.refuse(
            f"{pointer}/translate", Code.VALUE_NOT_FOR_TYPE, f"write an object of at most {MAX_TRANSLATIONS} texts"
        )
        return {}
    return {key: reading.text(text, f"{pointer}/translate/{escaped(key)}", empty=True) for key, text in value.items()}
