"""When an account is to be decided again though no new data come: found by deciding at the moments that may matter."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from shared.accounts.account import Account
from shared.accounts.standing import Hold, Method
from shared.rules.condition import Condition
from shared.rules.facts import Facts
from shared.rules.trace import leaves
from shared.rules.turning import ascending, next_turn, turning_points
from shared.tiers.calendar_holds import renewal_hold
from shared.tiers.holding import later, stale_source, with_last_known
from shared.tiers.methods import rules_say
from shared.tiers.outcome import Verdict, outcome, standing_after
from shared.tiers.rulebook import Rulebook

MAX_STEPS = 32
"""Holds that follow each other with the tier unchanged: more than there are kinds."""
MAX_DECIDED = 500
"""Moments at which it is decided anew: where more may matter, it is looked at again from the last."""


@dataclass(frozen=True, slots=True)
class Review:
    next_review_at: datetime | None
    due_at: datetime | None
    """Each as in Verdict."""


NEVER = Review(None, None)


def review(account: Account, rulebook: Rulebook, facts: Facts, verdict: Verdict) -> Review:
    """Where nothing of the verdict hangs on time, and no rule does, there is none."""
    if verdict.hold is None and verdict.method is not Method.MANUAL and not rulebook.tells_time:
        return NEVER
    told = next_turn(rulebook.telling_time(rules_say(rulebook, facts).matched), facts) if rulebook.tells_time else None
    if verdict.hold is None and verdict.method is not Method.MANUAL:
        return Review(told, told)
    soon = _looked_at_again(account, rulebook, facts, verdict)
    changes = list(_changes(_Course(account, rulebook), facts, verdict, until=_earliest(told, soon)))
    moved = next((moment for moment, moves in changes if moves), None)
    first = changes[0][0] if changes else None
    return Review(_earliest(told, soon, moved), _earliest(told, soon, first))


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _looked_at_again(account: Account, rulebook: Rulebook, facts: Facts, verdict: Verdict) -> datetime | None:
    """While a stale source holds the account, after that source's interval: only new data, or none, will tell."""
    if verdict.hold is not Hold.STALE_SOURCE:
        return None
    source = stale_source(account, rulebook, facts)
    return None if source is None else later(facts.at.now, rulebook.sources[source].interval)


@dataclass(frozen=True, slots=True)
class _Course:
    """An account as it goes on by itself."""

    account: Account
    rulebook: Rulebook

    def after(self, verdict: Verdict, at: datetime) -> Self:
        standing = standing_after(self.account.standing, verdict, at, self.rulebook.policy_version)
        return replace(self, account=replace(self.account, standing=standing))

    def at(self, moment: datetime) -> Facts:
        return self.rulebook.facts(self.account, moment)

    def decided(self, facts: Facts) -> Verdict:
        return outcome(self.account, self.rulebook, facts)


def _changes(
    course: _Course, facts: Facts, verdict: Verdict, *, until: datetime | None
) -> Iterator[tuple[datetime, bool]]:
    """The moments before `until` at which the outcome changes, up to the first at which the tier, the result or the
    status does, or the last that is looked at: that one comes with True.
    """
    decided = 0
    for _ in range(MAX_STEPS):
        course = course.after(verdict, facts.at.now)
        known = course.decided(facts)
        for moment in ascending(_moments(course, facts, known), facts.at.now):
            if until is not None and moment >= until:
                return
            facts = course.at(moment)
            verdict = course.decided(facts)
            decided += 1
            if verdict != known or decided == MAX_DECIDED:
                break
        else:
            return
        moves = (verdict.tier, verdict.result, verdict.status) != (known.tier, known.result, known.status)
        yield facts.at.now, moves or decided == MAX_DECIDED
        if moves or decided == MAX_DECIDED:
            return


def _moments(course: _Course, facts: Facts, verdict: Verdict) -> Iterator[Iterable[datetime]]:
    """Where the outcome may change: an override's end, a pause's, and what the holds of a policy wait for; each in
    ascending order.

    What the rules say changes only where a leaf that they are traced by turns: that is looked for apart.
    """
    account, rulebook = course.account, course.rulebook
    if account.override and account.override.expires_at:
        yield [account.override.expires_at]
    if verdict.hold is None:
        return
    if verdict.effective_at is not None:
        yield [verdict.effective_at]
    stability = rulebook.policy.stability
    if verdict.pending is not None:
        yield [later(verdict.pending.since, stability.demote_after)]
    renewal = renewal_hold(stability, facts)
    if renewal is not None:
        yield [renewal.begins, renewal.ends]
    yield sorted(source.stale_at for source in rulebook.sources.values())
    yield from _turns(stability.hold_demotion_when, facts)
    if rulebook.tells_time:
        known = with_last_known(account, rulebook, facts)
        for rule in rulebook.rules_for(account.standing.tier):
            yield from _turns(rule.rule.when, facts)
            if known is not None:
                yield from _turns(rule.rule.when, known)


def _turns(condition: Condition | None, facts: Facts) -> Iterator[Iterable[datetime]]:
    if condition is not None:
        yield from (turning_points(leaf, facts) for leaf in leaves(condition))
