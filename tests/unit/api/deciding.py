"""What the workers make of what the API ordered: the walks over all accounts, on the stage's own stores."""

from datetime import timedelta

from functions.tier_trigger.service import TierTrigger
from functions.tier_trigger.walk import Walk
from shared.configuration.breaker import Breaker
from shared.configuration.reader import PublishedReader
from shared.runtime.messages import DecideAll, read
from tests.unit.api.stage import Stage


def walked(stage: Stage, *, later: timedelta = timedelta(minutes=1)) -> None:
    """The walks that were ordered, to their end."""
    now = stage.now + later
    breaker = Breaker(stage.documents, stage.accounts)
    published = PublishedReader(stage.documents, timedelta(0))
    trigger = TierTrigger(stage.accounts, published, stage.decide, lambda: now, breaker)
    walk = Walk(trigger, stage.accounts, stage.runs)
    while messages := stage.decide.take():
        for message in messages:
            work = read(message.body, [DecideAll])
            assert isinstance(work, DecideAll)
            walk.go_on(work, now + timedelta(minutes=1))
