"""Trials as `POST /v1/policy/evaluate` makes them, under the fresh deployment's policy."""

from datetime import datetime
from typing import Any

import pytest

from shared.accounts.values import Json
from shared.rules.errors import Code, DocumentRefused
from shared.tiers.evaluation import evaluate
from tests.support.builders import NOW
from tests.unit.tiers.builders import rulebook

IN_TIER_1: Json = {"id": "tier-1", "method": "rules", "rule": "high", "since": "2026-09-01T00:00:00Z"}
TO_NEW_YEAR: Json = {"tier": "tier-1", "reason": "logo", "author": "ann", "expires_at": "2027-01-01T00:00:00Z"}


FELL: Json = {"mrr": [["2026-09-01T00:00:00Z", "1250.00"], ["2026-11-20T00:00:00.5Z", "640.00"]]}


def answer(account: Json, now: datetime = NOW, **parts: Json) -> dict[str, Any]:
    return dict(evaluate({"account": account, **parts}, rulebook(), now))


def refused(body: Json) -> list[tuple[str, Code]]:
    with pytest.raises(DocumentRefused) as caught:
        evaluate(body, rulebook(), NOW)
    return [(error.pointer, error.code) for error in caught.value.errors]


def met(document: dict[str, Json], account: Json) -> tuple[bool, str | None]:
    found = answer(account, condition=document)
    return found["matched"], found["next_review_at"]
