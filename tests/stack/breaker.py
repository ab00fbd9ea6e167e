"""The deployment's breaker: out of the way of a suite that demotes most customers at some time, or as it comes."""

from collections.abc import Mapping

from tests.stack.deployed import Deployed

NEVER = {"min_accounts": 1_000_000}
"""More accounts than the suite has: with fewer the breaker never trips."""


def expect_many_demotions(deployed: Deployed) -> None:
    """Fifty downgrades at once are a mass change, and here they are meant."""
    set_limits(deployed, NEVER)


def set_limits(deployed: Deployed, limits: Mapping[str, object]) -> None:
    """What is left out is as in a fresh deployment."""
    admin = deployed.api()
    settings = admin.get("/v1/settings")
    kept = {key: value for key, value in settings.items() if key != "rates_revision"}
    admin.call("PUT", "/v1/settings", {**kept, "breaker": limits}, headers={"if-match": "*"})
