"""The tier policy as JSON: parsed with every error at once; what a fresh deployment decides with."""

from collections.abc import Mapping
from typing import Final

from shared.accounts.catalogue import TIER_WORDS, Catalogue
from shared.accounts.identity import FieldName, RuleId, TierId
from shared.accounts.standing import Method
from shared.accounts.values import Json
from shared.rules.condition import Always
from shared.rules.errors import Code
from shared.rules.parse import parse_condition
from shared.rules.parse_leaf import readable
from shared.rules.reading import Reading
from shared.rules.size import exceeds
from shared.rules.vocabulary import Vocabulary
from shared.tiers.model import TierModel
from shared.tiers.policy import Policy, TierRule
from shared.tiers.stability_document import parse_stability

MAX_RULES = 200
MAX_BYTES = 256 * 1024
MAX_ID = 128
MAX_REQUIRED = 100

FRESH_POLICY: Final[Mapping[str, Json]] = {
    "rules": [
        {"id": "high", "tier": "tier-1", "when": {"field": "mrr", "op": ">=", "value": 1000}},
        {
            "id": "mid",
            "tier": "tier-2",
            "when": {
                "all": [{"field": "mrr", "op": "<", "value": 1000}, {"field": "mrr", "op": ">=", "value": 500}],
            },
        },
    ],
    "otherwise": "tier-3",
    "precedence": ["manual", "synced", "rules"],
}
"""The policy of a fresh deployment."""

_METHODS = {method.value: method for method in Method}
_PRECEDENCE = tuple(_METHODS)


def parse_policy(document: Json, tiers: TierModel, catalogue: Catalogue) -> Policy:
    """The policy that `document` says in terms of these tiers and fields; raises DocumentRefused."""
    reading = Reading()
    if exceeds(document, MAX_BYTES):
        reading.refuse("", Code.TOO_LONG, f"a policy has at most {MAX_BYTES // 1024} KB")
        reading.done()
    given = reading.members(
        document, "", required=("rules",), optional=("otherwise", "requires", "precedence", "stability")
    )
    words = vocabulary(catalogue)
    policy = Policy(
        rules=_rules(given.get("rules", []), tiers, words, reading),
        otherwise=_tier(given.get("otherwise"), tiers, reading, "/otherwise"),
        requires=_requires(given.get("requires", []), words, reading),
        precedence=_precedence(given.get("precedence", list(_PRECEDENCE)), reading),
        stability=parse_stability(given.get("stability", {}), words, reading, "/stability"),
    )
    reading.done()
    return policy


def vocabulary(catalogue: Catalogue) -> Vocabulary:
    """What tier rules may read: the fields, not what follows from the rules."""
    types = {name: catalogue.types[name] for name in catalogue.fields}
    return Vocabulary(types, TIER_WORDS, without_history=catalogue.scores, scores=catalogue.scores)


def _rules(raw: Json, tiers: TierModel, words: Vocabulary, reading: Reading) -> tuple[TierRule, ...]:
    ids: set[RuleId] = set()
    rules = []
    for pointer, item in reading.items(raw, "/rules", at_most=MAX_RULES):
        given = reading.members(item, pointer, required=("id", "tier", "when"))
        rule_id = RuleId(_id(given["id"], reading, f"{pointer}/id")) if "id" in given else RuleId("")
        if rule_id and rule_id in ids:
            reading.refuse(f"{pointer}/id", Code.DUPLICATE_ID, f"{rule_id!r} is another rule's id already")
        ids.add(rule_id)
        tier = _tier(given.get("tier"), tiers, reading, f"{pointer}/tier")
        when = parse_condition(given["when"], words, reading, f"{pointer}/when") if "when" in given else Always()
        rules.append(TierRule(rule_id, tier, when))
    return tuple(rules)


def _id(raw: Json, reading: Reading, pointer: str) -> str:
    text = reading.text(raw, pointer, at_most=MAX_ID)
    if not text.isprintable():
        reading.refuse(pointer, Code.VALUE_NOT_FOR_TYPE, "write printable characters only")
    return text


def _tier(raw: Json, tiers: TierModel, reading: Reading, pointer: str) -> TierId | None:
    if raw is None:
        return None
    if not isinstance(raw, str):
        reading.refuse(pointer, Code.VALUE_NOT_FOR_TYPE, "write a tier's id, or null for no tier")
        return None
    if raw not in tiers.by_id:
        known = ", ".join(tier.id for tier in tiers.tiers)
        reading.refuse(pointer, Code.UNKNOWN_TIER, f"there is no tier {raw[:MAX_ID]!r}: write one of {known}")
    return TierId(raw)


def _requires(raw: Json, words: Vocabulary, reading: Reading) -> tuple[FieldName, ...]:
    named = []
    for pointer, item in reading.items(raw, "/requires", at_most=MAX_REQUIRED):
        name = readable(item, words, reading, pointer)
        if name in words.scores:
            advice = f"{name} is a score, which always has a value: require the fields that it reads"
            reading.refuse(pointer, Code.VALUE_NOT_FOR_TYPE, advice)
        named.append(name)
    return tuple(dict.fromkeys(name for name in named if name is not None))


def _precedence(raw: Json, reading: Reading) -> tuple[Method, ...]:
    methods = [
        reading.choice(item, pointer, _METHODS, Method.RULES)
        for pointer, item in reading.items(raw, "/precedence", at_most=len(_METHODS))
    ]
    if not methods:
        reading.refuse("/precedence", Code.VALUE_NOT_FOR_TYPE, f"name at least one of {', '.join(_PRECEDENCE)}")
    if len(set(methods)) != len(methods):
        reading.refuse("/precedence", Code.DUPLICATE_ID, "name each method once")
    return tuple(methods)
