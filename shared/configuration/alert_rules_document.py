"""Alert rules as a JSON document; rules on tier changes are what it can hold."""

from collections.abc import Mapping, Sequence

from shared.accounts.identity import RuleId, TierId
from shared.accounts.values import Json
from shared.alerts.rule import AlertRule, AlertType, Direction, OnTierChange, Route, Scope, Severity
from shared.rules.errors import Code
from shared.rules.reading import Reading
from shared.tiers.model import TierModel

MAX_RULES = 500
_TYPES = {kind.value: kind for kind in AlertType}
_SEVERITIES = {severity.value: severity for severity in Severity}
_ROUTES = {route.value: route for route in Route}
_DIRECTIONS = {direction.value: direction for direction in Direction}


def parse_alert_rules(document: Json, tiers: TierModel) -> Sequence[AlertRule]:
    """The rules of `{"alert_rules": [...]}`; raises DocumentRefused."""
    reading = Reading()
    given = reading.members(document, "", required=("alert_rules",))
    items = reading.items(given.get("alert_rules", []), "/alert_rules", at_most=MAX_RULES)
    rules = [_rule(reading, item, pointer, tiers) for pointer, item in items]
    ids = [rule.id for rule in rules]
    for index, rule in enumerate(rules):
        if rule.id and rule.id in ids[:index]:
            reading.refuse(f"/alert_rules/{index}/id", Code.DUPLICATE_ID, f"{rule.id} stands there already")
    reading.done()
    return tuple(rules)


def alert_rules_to_json(rules: Sequence[AlertRule]) -> dict[str, Json]:
    return {"alert_rules": [alert_rule_to_json(rule) for rule in rules]}


def alert_rule_to_json(rule: AlertRule) -> dict[str, Json]:
    return {
        "id": rule.id,
        "name": rule.name,
        "type": rule.type.value,
        "severity": rule.severity.value,
        "enabled": rule.enabled,
        "route": rule.route.value,
        "scope": {
            "tiers": list(rule.scope.tiers),
            "stages": list(rule.scope.stages),
            "owners": list(rule.scope.owners),
        },
        "on_tier_change": {
            "direction": rule.on_tier_change.direction.value,
            "from": list(rule.on_tier_change.before),
            "to": list(rule.on_tier_change.after),
        },
        "version": rule.version,
    }


def _rule(reading: Reading, item: Json, pointer: str, tiers: TierModel) -> AlertRule:
    given = reading.members(
        item,
        pointer,
        required=("id", "name", "type", "severity", "on_tier_change"),
        optional=("enabled", "scope", "route", "version"),
    )
    return AlertRule(
        id=RuleId(reading.text(given.get("id", "-"), f"{pointer}/id", at_most=128)),
        name=reading.text(given.get("name", "-"), f"{pointer}/name", at_most=200),
        type=reading.choice(given.get("type", "churn"), f"{pointer}/type", _TYPES, AlertType.CHURN),
        severity=reading.choice(given.get("severity", "low"), f"{pointer}/severity", _SEVERITIES, Severity.LOW),
        on_tier_change=_on_tier_change(reading, given.get("on_tier_change", {"direction": "any"}), pointer, tiers),
        route=reading.choice(given.get("route", "immediate"), f"{pointer}/route", _ROUTES, Route.IMMEDIATE),
        enabled=reading.flag(given.get("enabled", True), f"{pointer}/enabled"),
        scope=_scope(reading, given.get("scope", {}), f"{pointer}/scope", tiers),
        version=reading.whole(given.get("version", 1), f"{pointer}/version", least=1, most=10**9),
    )


def _on_tier_change(reading: Reading, item: Json, pointer: str, tiers: TierModel) -> OnTierChange:
    pointer = f"{pointer}/on_tier_change"
    given = reading.members(item, pointer, required=("direction",), optional=("from", "to"))
    return OnTierChange(
        reading.choice(given.get("direction", "any"), f"{pointer}/direction", _DIRECTIONS, Direction.ANY),
        _tiers(reading, given, "from", pointer, tiers),
        _tiers(reading, given, "to", pointer, tiers),
    )


def _scope(reading: Reading, item: Json, pointer: str, tiers: TierModel) -> Scope:
    given = reading.members(item, pointer, optional=("tiers", "stages", "owners"))
    return Scope(
        _tiers(reading, given, "tiers", pointer, tiers),
        reading.texts(given.get("stages", []), f"{pointer}/stages"),
        reading.texts(given.get("owners", []), f"{pointer}/owners"),
    )


def _tiers(reading: Reading, given: Mapping[str, Json], key: str, pointer: str, tiers: TierModel) -> tuple[TierId, ...]:
    found = reading.texts(given.get(key, []), f"{pointer}/{key}")
    for index, tier in enumerate(found):
        if tier and tier not in tiers.by_id:
            known = ", ".join(tiers.by_id)
            reading.refuse(f"{pointer}/{key}/{index}", Code.UNKNOWN_TIER, f"no tier is {tier!r}: known are {known}")
    return tuple(TierId(tier) for tier in found)
