"""What is in force is read as one, trusted for a while, and compiled anew only where a document moved."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from shared.accounts.identity import FieldName, SourceName
from shared.accounts.money import Currency
from shared.accounts.values import Json
from shared.alerts import rule
from shared.configuration.alert_rules_document import alert_rules_to_json, parse_alert_rules
from shared.configuration.documents import Document, DocumentChange, Kind
from shared.configuration.published import fresh, parse
from shared.configuration.reader import PublishedReader, sync_time
from shared.memory.documents import MemoryDocuments
from shared.memory.runs import MemoryWatermarks
from shared.rules.errors import DocumentRefused
from shared.tiers import model
from shared.tiers.freshness import Freshness
from tests.support.builders import NOW


def save(documents: MemoryDocuments, document_id: str, body: Mapping[str, Json], expected: int = 0) -> None:
    documents.commit([DocumentChange(Kind.PUBLISHED, document_id, expected, body)], at=NOW, by="admin", audit=())


class CountingDocuments(MemoryDocuments):
    """Counts the queries that the reader makes."""

    def __init__(self) -> None:
        super().__init__()
        self.queries = 0

    def all(self, kind: Kind) -> Sequence[Document]:
        self.queries += 1
        return super().all(kind)


def test_a_fresh_deployment_has_three_tiers_and_two_alert_rules_and_decides_by_mrr() -> None:
    published = fresh()

    assert [tier.id for tier in published.rulebook.tiers.tiers] == ["tier-1", "tier-2", "tier-3"]
    assert [found.id for found in published.alert_rules] == ["tier-lowered", "tier-raised"]
    assert [found.id for found in published.rulebook.policy.rules] == ["high", "mid"]
    assert published.rulebook.policy_version == 1
    assert set(published.sources) == {"generic", "recurly"}


def test_saved_documents_take_the_place_of_the_defaults() -> None:
    published = parse(
        {
            "settings": {"reporting_currency": "JPY", "time_zone": "Asia/Tokyo"},
            "fields": {"fields": [{"name": "region", "type": "string"}]},
            "tiers": {"tiers": [{"id": "gold", "name": "Gold"}]},
            "policy": {"version": 4, "policy": {"rules": [], "otherwise": "gold"}},
            "source:recurly": {"sync_minutes": 15},
        }
    )

    assert published.rulebook.policy_version == 4
    assert published.rulebook.policy.otherwise == "gold"
    assert published.rulebook.time_zone == "Asia/Tokyo"
    assert published.catalogue.types[FieldName("mrr")].decimals == 0
    assert published.settings.reporting_currency == Currency("JPY")
    assert FieldName("region") in published.catalogue
    assert published.sources[SourceName("recurly")].sync_minutes == 15


def test_the_reader_trusts_what_it_read_for_its_age_only() -> None:
    documents = CountingDocuments()
    reader = PublishedReader(documents, timedelta(seconds=10))
    first = reader.read(NOW)
    save(documents, "settings", {"time_zone": "Asia/Tokyo"})

    assert reader.read(NOW + timedelta(seconds=9)) is first
    assert reader.read(NOW + timedelta(seconds=10)).settings.time_zone == "Asia/Tokyo"
    assert documents.queries == 2


def test_unmoved_documents_are_not_compiled_again() -> None:
    reader = PublishedReader(MemoryDocuments(), timedelta(seconds=10))

    assert reader.read(NOW) is reader.read(NOW + timedelta(minutes=5))


def test_rules_are_compiled_again_only_where_they_changed() -> None:
    documents, synced = MemoryDocuments(), MemoryWatermarks()
    reader = PublishedReader(documents, timedelta(0), synced=synced)

    def compiled() -> object:
        return reader.read(NOW).rulebook._first_match

    def publish(version: int, mrr: int) -> None:
        rule: Json = {"id": "high", "tier": "tier-1", "when": {"field": "mrr", "op": ">=", "value": mrr}}
        save(documents, "policy", {"version": version, "policy": {"rules": [rule]}}, expected=version - 1)

    publish(1, mrr=1_000)
    first = compiled()
    save(documents, "pauses", {})
    synced.advance(sync_time(SourceName("recurly")), NOW)
    save(documents, "source:recurly", {"sync_minutes": 60})
    assert reader.read(NOW).rulebook.sources
    assert reader.read(NOW).rulebook.holding_demotions._first_match is compiled() is first

    publish(2, mrr=2_000)
    assert compiled() is not first
    publish(3, mrr=1_000)
    assert compiled() is first


def test_a_source_is_stale_from_the_third_missed_sync_on() -> None:
    documents, synced = MemoryDocuments(), MemoryWatermarks()
    reader = PublishedReader(documents, timedelta(0), synced=synced)
    save(documents, "source:recurly", {"sync_minutes": 60})
    assert reader.read(NOW).rulebook.sources == {}

    synced.advance(sync_time(SourceName("recurly")), NOW)
    hour = timedelta(hours=1)
    assert reader.read(NOW).rulebook.sources == {SourceName("recurly"): Freshness(NOW + 3 * hour, hour)}
    assert reader.read(NOW).rulebook is reader.read(NOW).rulebook

    save(documents, "source:recurly", {"sync_minutes": None}, expected=1)
    assert reader.read(NOW).rulebook.sources == {}


def test_the_fresh_alert_rules_survive_the_round_trip() -> None:
    assert parse_alert_rules(alert_rules_to_json(rule.FRESH), model.FRESH) == rule.FRESH


RULE: dict[str, Json] = {
    "id": "lost",
    "name": "Lost",
    "type": "churn",
    "severity": "high",
    "on_tier_change": {"direction": "down", "from": ["tier-1"]},
}


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"type": "weather"}, "/alert_rules/0/type", "not_in_options"),
        ({"severity": 3}, "/alert_rules/0/severity", "not_in_options"),
        ({"on_tier_change": {"direction": "left"}}, "/alert_rules/0/on_tier_change/direction", "not_in_options"),
        (
            {"on_tier_change": {"direction": "up", "to": ["gold"]}},
            "/alert_rules/0/on_tier_change/to/0",
            "unknown_tier",
        ),
        ({"scope": {"tiers": ["tier-9"]}}, "/alert_rules/0/scope/tiers/0", "unknown_tier"),
        ({"when": {"always": True}}, "/alert_rules/0/when", "unknown_key"),
        ({"enabled": 1}, "/alert_rules/0/enabled", "value_not_for_type"),
    ],
)
def test_a_wrong_alert_rule_is_refused_where_it_is_wrong(change: dict[str, Json], pointer: str, code: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        parse_alert_rules({"alert_rules": [{**RULE, **change}]}, model.FRESH)

    assert {error.pointer: error.code.value for error in refused.value.errors} == {pointer: code}


def test_an_alert_rules_id_stands_once() -> None:
    with pytest.raises(DocumentRefused, match="lost stands there already"):
        parse_alert_rules({"alert_rules": [RULE, RULE]}, model.FRESH)
