"""Documents in the contract: what a body that the core parses looks like, told to readers of the OpenAPI document.

The core's parsers are what refuses them, with every error at its place; these shapes refuse nothing.
"""

from typing import Annotated, Any

from pydantic import WithJsonSchema

_TEXT = {"type": "string"}
_NULL = {"type": "null"}
_TEXTS = {"type": "array", "items": _TEXT}
_TIER = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "string", "maxLength": 128},
        "name": {"type": "string", "maxLength": 200},
        "definition": _TEXT,
        "delivery_model": {"anyOf": [{"enum": ["high_touch", "moderate_touch", "low_touch", "digital"]}, _NULL]},
        "targets": {"anyOf": [{"type": "object"}, _NULL]},
        "rank": {"type": "integer", "description": "The place in the list; may be left out."},
    },
}
KEPT = (
    "What is kept of its past values: `none`, `changes` (the last 40 at most), or for number and money `daily` (also "
    "the last value of each UTC day, of 400 days at most). What the published rules read of the past is kept in any "
    "case. It begins at an account's next write. `true` stands for `changes`, `false` for `none`."
)
_TERM = {
    "type": "object",
    "required": ["when", "points"],
    "properties": {"when": {"type": "object"}, "points": {"anyOf": [{"type": "number"}, _TEXT]}},
}
_FIELD = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$"},
        "type": {"enum": ["number", "money", "string", "enum", "boolean", "list", "date", "timestamp"]},
        "label": {"type": "string", "maxLength": 100},
        "combine": {"enum": ["sum", "latest"]},
        "sources": _TEXTS,
        "options": _TEXTS,
        "history": {"enum": ["none", "changes", "daily", True, False], "description": KEPT},
        "score": {
            "description": "A field that is computed: a number, the sum of the points of what holds.",
            "anyOf": [{"type": "array", "minItems": 1, "maxItems": 100, "items": _TERM}, _NULL],
        },
    },
}
_POLICY = {
    "type": "object",
    "required": ["rules"],
    "properties": {
        "rules": {
            "type": "array",
            "maxItems": 200,
            "items": {
                "type": "object",
                "required": ["id", "tier", "when"],
                "properties": {"id": _TEXT, "tier": {"anyOf": [_TEXT, _NULL]}, "when": {"type": "object"}},
            },
        },
        "otherwise": {"anyOf": [_TEXT, _NULL]},
        "requires": _TEXTS,
        "precedence": {"type": "array", "items": {"enum": ["manual", "synced", "rules"]}},
        "stability": {"type": "object"},
    },
}
_WRAPPED_POLICY = {"type": "object", "required": ["policy"], "properties": {"policy": _POLICY}}
_SETTINGS = {
    "type": "object",
    "properties": {
        "time_zone": _TEXT,
        "reporting_currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        "rates": {"type": "object", "additionalProperties": {"anyOf": [_TEXT, {"type": "number"}]}},
        "fallback_recipients": _TEXTS,
        "override_days": {"anyOf": [{"type": "integer"}, _NULL]},
        "digest_hour": {"type": "integer", "minimum": 0, "maximum": 23},
        "breaker": {
            "type": "object",
            "properties": {
                "max_demotions_pct": {"type": "integer", "minimum": 0, "maximum": 100},
                "min_accounts": {"type": "integer", "minimum": 1},
                "within": {"type": "string", "pattern": "^[1-9][0-9]{0,3}[mh]$"},
            },
        },
    },
}
_MAPPING = {
    "type": "object",
    "required": ["property", "field"],
    "properties": {"property": _TEXT, "field": _TEXT, "translate": {"type": "object"}},
}
_SOURCE = {
    "type": "object",
    "properties": {
        "enabled": {"type": "boolean"},
        "mapping": {
            "anyOf": [{"type": "array", "items": _MAPPING}, _NULL],
        },
        "sync_minutes": {"anyOf": [{"type": "integer"}, _NULL]},
        "base_url": {"anyOf": [_TEXT, _NULL]},
        "secrets": {
            "type": "object",
            "description": "Written, never read back.",
            "properties": {"webhook_secrets": _TEXTS, "api_key": _TEXT},
        },
    },
}
_PAUSE = {
    "type": "object",
    "required": ["reason"],
    "properties": {
        "reason": {"type": "string", "maxLength": 500},
        "until": {"anyOf": [{"type": "string", "format": "date-time"}, _NULL]},
    },
}
_EVALUATION = {
    "type": "object",
    "required": ["account"],
    "properties": {
        "account": {"type": "object"},
        "now": _TEXT,
        "time_zone": _TEXT,
        "policy": _POLICY,
        "tiers": {"type": "array", "items": _TIER},
        "fields": {"type": "array", "items": _FIELD},
    },
}

AnyTier = Annotated[dict[str, Any], WithJsonSchema(_TIER)]
AnyTierChange = Annotated[dict[str, Any], WithJsonSchema({**_TIER, "required": []})]
AnyTiers = Annotated[
    Any,
    WithJsonSchema(
        {"type": "object", "required": ["tiers"], "properties": {"tiers": {"type": "array", "items": _TIER}}}
    ),
]
AnyField = Annotated[dict[str, Any], WithJsonSchema({**_FIELD, "required": ["name", "type"]})]
AnyFieldChange = Annotated[dict[str, Any], WithJsonSchema(_FIELD)]
AnyPolicy = Annotated[dict[str, Any], WithJsonSchema({"anyOf": [_WRAPPED_POLICY, _POLICY]})]
AnySettings = Annotated[dict[str, Any], WithJsonSchema(_SETTINGS)]
AnySource = Annotated[dict[str, Any], WithJsonSchema(_SOURCE)]
AnyPause = Annotated[dict[str, Any], WithJsonSchema(_PAUSE)]
AnyEvaluation = Annotated[dict[str, Any], WithJsonSchema(_EVALUATION)]
