"""The same edit of many accounts: checked whole, then done by a worker as a run that can be looked at and cancelled."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from functions.api.service.accounts import Accounts
from functions.api.service.overriding import REJECTED_FOR, Until, check_reason
from functions.api.service.refusals import NoSuch
from functions.api.service.runs import queue_for
from functions.api.service.session import Session
from shared.accounts import exact_json
from shared.accounts.identity import TierId
from shared.accounts.values import Json
from shared.configuration.published import Published
from shared.rules.errors import Code
from shared.rules.parse import parse_condition
from shared.rules.reading import Reading
from shared.runtime.messages import write
from shared.runtime.ports import Queue, Run, RunState, RunStore
from shared.runtime.works import works
from shared.tiers.edits import Action, Edit
from shared.tiers.words import vocabulary

KIND = "bulk"
MAX_ORDER = 200 * 1024
"""Of an order as its run keeps it, with room for the reasons why accounts are refused: an item has 400 KB."""
SELECTIONS: Final = ("ids", "seen", "when")
TAKES: Mapping[Action, tuple[frozenset[str], frozenset[str]]] = {
    Action.APPROVE: (frozenset(), frozenset()),
    Action.REJECT: (frozenset({"reason"}), frozenset({"reason", "expires_at"})),
    Action.SET_OVERRIDE: (frozenset({"tier", "reason"}), frozenset({"tier", "reason", "expires_at"})),
    Action.CLEAR_OVERRIDE: (frozenset(), frozenset()),
    Action.SET_FIELDS: (frozenset({"fields"}), frozenset({"fields"})),
}
"""What of a body each action needs, and what it may have."""
ANSWERS = frozenset({Action.APPROVE, Action.REJECT})


@dataclass(frozen=True, slots=True)
class Many:
    """An edit of many accounts as it was asked for."""

    action: Action
    given: frozenset[str]
    """The keys of the body that were sent."""
    ids: Sequence[str] | None
    seen: Mapping[str, str | None] | None
    when: Json
    dry_run: bool
    tier: str | None
    reason: str | None
    expires_at: str | None
    fields: Mapping[str, Json] | None


@dataclass(frozen=True, slots=True)
class BulkEdits:
    accounts: Accounts
    runs: RunStore
    queue: Queue
    new_id: Callable[[], str]

    def order(self, many: Many, published: Published, session: Session) -> Run:
        """Raises DocumentRefused with all that is wrong with it, QueueUnavailable."""
        reading = Reading()
        _check_keys(many, reading)
        if many.when is not None:
            words = vocabulary(published.catalogue, published.rulebook.tiers)
            parse_condition(many.when, words, reading, "/when")
        edit = self._edit(many, published, session, reading)
        ids = None if many.when is not None else list(dict.fromkeys(many.ids or many.seen or ()))
        order = {
            "edit": edit.to_json(published.catalogue),
            "dry_run": many.dry_run,
            "ids": ids,
            "seen": many.seen or {},
            "when": many.when,
        }
        if len(exact_json.write(order)) > MAX_ORDER:
            reading.refuse("", Code.TOO_LONG, f"at most {MAX_ORDER // 1024} KB: name fewer accounts, or ask for less")
        reading.done()
        run = Run(
            id=self.new_id(),
            kind=KIND,
            state=RunState.QUEUED,
            created_at=session.now,
            total=None if ids is None else len(ids),
            order=order,
        )
        stored = self.runs.save(run)
        queue_for(self.runs, stored, self.queue, [write(work) for work in works(stored)], session.now)
        return stored

    def run(self, run_id: str) -> Run:
        """Raises NoSuch."""
        run = self.runs.get(KIND, run_id)
        if run is None:
            raise NoSuch("bulk edit of this id")
        return run

    def _edit(self, many: Many, published: Published, session: Session, reading: Reading) -> Edit:
        needs, takes = TAKES[many.action]
        tiers = published.rulebook.tiers
        if "tier" in needs and many.tier is not None and many.tier not in tiers.by_id:
            reading.refuse("/tier", Code.UNKNOWN_TIER, f"write one of {', '.join(tiers.by_id)}")
        if "reason" in needs and many.reason is not None:
            check_reason(reading, many.reason)
        expires_at = None
        if "expires_at" in takes:
            until = Until(many.expires_at, "expires_at" in many.given)
            expires_at = until.moment(reading, published.settings, session.now)
            if many.action is Action.REJECT and expires_at is None and not until.given:
                expires_at = session.now + REJECTED_FOR
        fields = many.fields if many.action is Action.SET_FIELDS and many.fields else {}
        return Edit(
            action=many.action,
            by=session.actor.id,
            at=session.now,
            tier=None if many.tier is None else TierId(many.tier),
            reason=many.reason or "",
            expires_at=expires_at,
            values=self.accounts.parsed(fields, published.catalogue, reading),
        )


def _check_keys(many: Many, reading: Reading) -> None:
    needs, takes = TAKES[many.action]
    for key in sorted(needs - many.given):
        reading.refuse(f"/{key}", Code.MISSING_KEY, f"{key} is required: {many.action} needs it")
    for key in sorted((many.given & {"tier", "reason", "expires_at", "fields"}) - takes):
        reading.refuse(f"/{key}", Code.UNKNOWN_KEY, f"leave it out: {many.action} takes none")
    chosen = [key for key in SELECTIONS if key in many.given]
    if not chosen:
        reading.refuse("/ids", Code.MISSING_KEY, "say which accounts: by ids, or by a condition in when")
    for key in chosen[1:]:
        reading.refuse(f"/{key}", Code.UNKNOWN_KEY, f"leave it out: {chosen[0]} says which accounts")
    if "seen" in many.given and many.action not in ANSWERS:
        reading.refuse("/seen", Code.UNKNOWN_KEY, "leave it out: it is for demotions that are approved or rejected")
