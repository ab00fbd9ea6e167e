"""The faults' town: eight accounts on a stack of its own, and what must hold there once a storm is over."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta
from pathlib import Path

from local.waiting import TooSlow
from local.warm import warm
from shared.accounts.account import Account
from shared.runtime.messages import DecideAccounts, write
from tests.stack.breaker import expect_many_demotions
from tests.stack.customers import hire, point_at_sandbox
from tests.stack.invariants import Facts, read, unsettled, violations
from tests.stack.own import SECONDS, OwnStack
from tests.stack.storm import Storm

STORMS = 5
UNANSWERED = timedelta(minutes=11)
"""After that a mail of which nobody heard is sent again."""
REST = timedelta(minutes=4)
"""Of the quarter of an hour in which everything settles."""
A_DAY = timedelta(days=1)


class Town(OwnStack):
    def __init__(self, folder: Path, storm: Storm) -> None:
        super().__init__(folder, storm.injector)
        self.storm = storm

    def settle_in(self) -> None:
        """Once: what is set up stays over restarts."""
        hire(self.deployed)
        point_at_sandbox(self.deployed)
        expect_many_demotions(self.deployed)
        self.hasten()
        warm(self.deployed.running)
        self.storm.found(self.deployed)

    def storms_until_struck(self, functions: AbstractSet[str]) -> None:
        """What strikes by chance, or at a later call, may pass a function by in one storm."""
        seed = self.injector.orders.seed
        for _ in range(STORMS):
            self.storm.rage(self.deployed)
            self.tick()
            self.deployed.wait(
                "every function to be struck, or rest",
                lambda: self._spared(seed, functions) == set() or not any(self.deployed.waiting().values()),
                seconds=SECONDS,
            )
            if not self._spared(seed, functions):
                return
        raise AssertionError(f"{STORMS} storms spared {self._spared(seed, functions)}")

    def _spared(self, seed: str, functions: AbstractSet[str]) -> AbstractSet[str]:
        return functions - self.injector.struck(seed).keys()

    def comes_to_rest(self, *poison: str) -> None:
        """Waits for what the deliveries lead to, then for all that waits for its time; all invariants hold then, and
        nothing changes where everything is decided anew.
        """
        taken = self.storm.taken
        self._until_settled(poison)
        self.confirm_mails()
        for span in (UNANSWERED, REST):
            self._pass(span, poison)
        self._until_none(lambda facts: violations(facts, taken, poison))
        self._pass(A_DAY, poison)
        before = self._until_none(lambda facts: violations(facts, taken, poison, digests_too=True))
        if not poison:
            self.send("decide", write(DecideAccounts(tuple(before.accounts), "data")).body)
            again = self._until_settled(poison).accounts
            hold(
                [
                    f"2: {name} was decided anew as {again[name]}"
                    for name, was in before.accounts.items()
                    if again[name] != was
                ]
            )

    def _pass(self, span: timedelta, poison: Sequence[str]) -> None:
        self.injector.let_pass(span)
        self.tick()
        self._until_settled(poison)
        self.confirm_mails()

    def _until_settled(self, poison: Sequence[str]) -> Facts:
        return self._until_none(lambda facts: unsettled(facts, self.storm.taken, poison))

    def _until_none(self, look: Callable[[Facts], Sequence[str]]) -> Facts:
        """Facts in which `look` finds nothing broken; raises AssertionError, which names what stays so.

        Never a reading of its own after the wait: the stack's schedule starts work at any moment.
        """
        broken: Sequence[str] = ()

        def whole() -> Facts | None:
            nonlocal broken
            if any(waiting := self.deployed.waiting().values()):
                broken = [f"{sum(waiting)} messages on queues"]  # the tables are left to the workers
                return None
            facts = read(self.deployed, self.injector)
            broken = look(facts)
            return None if broken else facts

        try:
            return self.deployed.wait("rest", whole, seconds=SECONDS)
        except TooSlow as error:
            raise AssertionError("\n".join([str(error), *broken])) from None

    def account(self, record: str) -> Account:
        account = read(self.deployed, self.injector).account(f"generic:{record}")
        assert account, record
        return account


def hold(broken: Sequence[str]) -> None:
    """Raises AssertionError, which names what is broken."""
    assert not broken, "\n".join(broken)
